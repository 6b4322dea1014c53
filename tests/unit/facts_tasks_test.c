/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/guard.h"
#include "tasklife/facts.h"

/* "A|B|0x4": what has no name stays a number. */
static const char *named(enum tl_flag_set set, enum tl_arch arch, unsigned release, uint64_t v)
{
	static char text[512];
	const struct tl_flag_row *row;
	unsigned it = 0;
	size_t n = 0;

	text[0] = 0;
	while ((row = tl_flag_next(set, arch, release, &v, &it)))
		n += snprintf(text + n, sizeof(text) - n, "%s%s", n ? "|" : "", row->name);
	if (v)
		snprintf(text + n, sizeof(text) - n, "%s0x%llx", n ? "|" : "",
			 (unsigned long long)v);
	return text;
}

/* The numbers as the headers of Debian's sources give them. */
static void a_number_is_named_by_release_and_cpu(void **state)
{
	static const struct {
		enum tl_flag_set set;
		enum tl_arch arch;
		unsigned release;
		uint64_t v;
		const char *names;
	} row[] = {
		{TL_FLAGS_PF, TL_ARCH_X86, TL_RELEASE(6, 1), 0x4208040,
		 "PF_FORKNOEXEC|PF_NOFREEZE|PF_KTHREAD|PF_NO_SETAFFINITY"},
		{TL_FLAGS_PF, TL_ARCH_X86, TL_RELEASE(5, 10), 0x10000, "PF_FROZEN"},
		{TL_FLAGS_PF, TL_ARCH_X86, TL_RELEASE(6, 1), 0x10000, "0x10000"},
		{TL_FLAGS_PF, TL_ARCH_X86, TL_RELEASE(6, 12), 0x10000, "PF_KCOMPACTD"},
		{TL_FLAGS_PF, TL_ARCH_ARM, TL_RELEASE(5, 10), 0x8, "0x8"},
		{TL_FLAGS_PF, TL_ARCH_ARM, TL_RELEASE(6, 1), 0x8, "PF_POSTCOREDUMP"},
		/* never read: never named */
		{TL_FLAGS_PF, TL_ARCH_ARM, TL_RELEASE(4, 19), 0x200000, "0x200000"},
		{TL_FLAGS_TIF, TL_ARCH_X86, TL_RELEASE(5, 10), 0x6,
		 "TIF_SIGPENDING|TIF_NOTIFY_RESUME"},
		{TL_FLAGS_TIF, TL_ARCH_X86, TL_RELEASE(6, 12), 0x20000, "TIF_NOTIFY_SIGNAL"},
		{TL_FLAGS_TIF, TL_ARCH_X86, TL_RELEASE(7, 2), 0x20000, "TIF_SPEC_IB"},
		{TL_FLAGS_TIF, TL_ARCH_X86, TL_RELEASE(7, 2), 0x200000, "TIF_NOTSC"},
		{TL_FLAGS_TIF, TL_ARCH_ARM64, TL_RELEASE(6, 1), 0x8, "TIF_FOREIGN_FPSTATE"},
		{TL_FLAGS_TIF, TL_ARCH_ARM64, TL_RELEASE(7, 2), 0x18,
		 "TIF_NOTIFY_RESUME|TIF_FOREIGN_FPSTATE"},
		/* between two that were read */
		{TL_FLAGS_TIF, TL_ARCH_ARM64, TL_RELEASE(7, 0), 0x18, "0x18"},
		{TL_FLAGS_TIF, TL_ARCH_ARM, TL_RELEASE(6, 12), 0x800000, "TIF_SECCOMP"},
		{TL_FLAGS_TASK_STATE, TL_ARCH_X86, TL_RELEASE(6, 1), 0, "TASK_RUNNING"},
		{TL_FLAGS_TASK_STATE, TL_ARCH_X86, TL_RELEASE(6, 1), 0x2001,
		 "TASK_INTERRUPTIBLE|TASK_FREEZABLE"},
		{TL_FLAGS_TASK_STATE, TL_ARCH_X86, TL_RELEASE(6, 1), 0x402,
		 "TASK_UNINTERRUPTIBLE|TASK_NOLOAD"},
		{TL_FLAGS_EXIT_STATE, TL_ARCH_X86, TL_RELEASE(6, 1), 0x20, "EXIT_ZOMBIE"},
		{TL_FLAGS_POLICY, TL_ARCH_X86, TL_RELEASE(6, 1), 0, "SCHED_NORMAL"},
		{TL_FLAGS_POLICY, TL_ARCH_X86, TL_RELEASE(6, 1), 3, "SCHED_BATCH"},
		{TL_FLAGS_POLICY, TL_ARCH_X86, TL_RELEASE(6, 1), 7, "0x7"},
		{TL_FLAGS_POLICY, TL_ARCH_X86, TL_RELEASE(6, 12), 7, "SCHED_EXT"},
		{TL_FLAGS_SYSCALL_WORK, TL_ARCH_X86, TL_RELEASE(6, 1), 0x5,
		 "SYSCALL_WORK_SECCOMP|SYSCALL_WORK_SYSCALL_TRACE"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++)
		assert_string_equal(named(row[i].set, row[i].arch, row[i].release, row[i].v),
				    row[i].names);
}

/* Nothing has two names at once: neither in one release on one CPU, nor by a slip of a row. */
static void no_bit_has_two_names(void **state)
{
	static const unsigned releases[] = {TL_RELEASE(5, 10), TL_RELEASE(5, 15), TL_RELEASE(6, 1),
					    TL_RELEASE(6, 12), TL_RELEASE(6, 18), TL_RELEASE(7, 2)};
	unsigned n;
	const struct tl_flag_row *rows = tl_flag_rows(&n);

	for (unsigned r = 0; r < ARRAY_SIZE(releases); r++)
		for (enum tl_arch a = TL_ARCH_X86; a <= TL_ARCH_ARM; a++)
			for (unsigned i = 0; i < n; i++)
				for (unsigned j = 0; j < i; j++) {
					const struct tl_flag_at *x = tl_flag_at(&rows[i], a,
										releases[r]),
								*y = tl_flag_at(&rows[j], a,
										releases[r]);

					if (rows[i].set != rows[j].set || !x || !y)
						continue;
					if (rows[i].set == TL_FLAGS_POLICY
						    ? x->value == y->value
						    : (x->value & y->value) != 0)
						fail_msg("%s and %s", rows[i].name, rows[j].name);
				}
	for (unsigned i = 0; i < n; i++)
		assert_true(rows[i].says[0] && rows[i].cite[0] && rows[i].at[0].until);
}

static void fields_are_found_by_name(void **state)
{
	assert_int_equal(tl_task_field_named("state", 5), TL_TASK_state);
	assert_int_equal(tl_task_field_named("stat", 4), TL_TASK_FIELDS);
	assert_string_equal(tl_task_field_row_of(TL_TASK_state)->path, "__state");
	assert_string_equal(tl_task_field_row_of(TL_TASK_state)->older, "state");
	assert_null(tl_task_field_row_of(TL_TASK_FIELDS));
	for (enum tl_task_field f = 0; f < TL_TASK_FIELDS; f++) {
		const struct tl_task_field_row *row = tl_task_field_row_of(f);

		assert_true(row->says[0]);
		assert_int_equal(tl_task_field_named(row->id, strlen(row->id)), f);
	}
}

static void a_release_is_a_number(void **state)
{
	assert_int_equal(tl_release_of("6.12.107+deb13-cloud-amd64"), TL_RELEASE(6, 12));
	assert_int_equal(tl_release_of("7.2"), TL_RELEASE(7, 2));
	assert_int_equal(tl_release_of("99999999999.99999"), TL_RELEASE(255, 255));
	assert_int_equal(tl_release_of(""), 0);
	assert_int_equal(tl_release_of("x"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_named_by_release_and_cpu),
		cmocka_unit_test(no_bit_has_two_names),
		cmocka_unit_test(fields_are_found_by_name),
		cmocka_unit_test(a_release_is_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
