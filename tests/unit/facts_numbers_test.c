/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of numbers, held against those of the kernel's headers (tests/data/kernel-numbers.txt):
 * none wrong, none missing, none too many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/guard.h"
#include "tasklife/facts.h"

#define RELEASES 4
static const unsigned releases[RELEASES] = {TL_RELEASE(5, 10), TL_RELEASE(6, 1), TL_RELEASE(6, 12),
					    TL_RELEASE(7, 2)};

struct number {
	char set[16], cpu[8], name[48];
	char value[RELEASES][24]; /* "-": this release has no such name */
};

struct numbers {
	struct number at[400];
	unsigned n;
};

static int setup(void **state)
{
	struct numbers *all = calloc(1, sizeof(*all));
	char path[4096], line[256];
	FILE *f;

	assert_non_null(all);
	snprintf(path, sizeof(path), "%s/tests/data/kernel-numbers.txt",
		 getenv("TL_SOURCE_ROOT") ? getenv("TL_SOURCE_ROOT") : ".");
	f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		struct number *k = &all->at[all->n];

		if (*line == '#')
			continue;
		assert_true(all->n < ARRAY_SIZE(all->at));
		assert_int_equal(sscanf(line, "%15s %7s %47s %23s %23s %23s %23s", k->set, k->cpu,
					k->name, k->value[0], k->value[1], k->value[2],
					k->value[3]),
				 7);
		all->n++;
	}
	fclose(f);
	*state = all;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static const char *const set_names[] = {"TASK_STATE",   "EXIT_STATE", "PF",     "POLICY",
					"PTRACE",       "JOBCTL",     "SIGNAL", "TIF",
					"SYSCALL_WORK", "TS",         "PREEMPT"};

static const struct {
	const char *name;
	enum tl_arch arch;
} cpus[] = {{"x86", TL_ARCH_X86}, {"arm64", TL_ARCH_ARM64}, {"arm", TL_ARCH_ARM}};

static const struct tl_flag_at *in_table(enum tl_flag_set set, const char *name, enum tl_arch arch,
					 unsigned release)
{
	unsigned n;
	const struct tl_flag_row *rows = tl_flag_rows(&n);

	for (unsigned i = 0; i < n; i++)
		if (rows[i].set == set && !strcmp(rows[i].name, name) &&
		    tl_flag_at(&rows[i], arch, release))
			return tl_flag_at(&rows[i], arch, release);
	return NULL;
}

static const struct number *in_headers(const struct numbers *all, const char *set, const char *cpu,
				       const char *name)
{
	for (unsigned i = 0; i < all->n; i++)
		if (!strcmp(all->at[i].set, set) && !strcmp(all->at[i].name, name) &&
		    (!strcmp(all->at[i].cpu, "any") || !strcmp(all->at[i].cpu, cpu)))
			return &all->at[i];
	return NULL;
}

/* One set on one CPU in one release. */
static unsigned compare(const struct numbers *all, enum tl_flag_set set, unsigned c, unsigned r)
{
	unsigned n, seen = 0;
	const struct tl_flag_row *rows = tl_flag_rows(&n);

	for (unsigned i = 0; i < all->n; i++) {
		const struct number *k = &all->at[i];

		if (strcmp(k->set, set_names[set]) ||
		    (strcmp(k->cpu, "any") && strcmp(k->cpu, cpus[c].name)) ||
		    !strcmp(k->value[r], "-"))
			continue;
		const struct tl_flag_at *at = in_table(set, k->name, cpus[c].arch, releases[r]);

		if (!at || at->value != strtoull(k->value[r], NULL, 0))
			fail_msg("%s on %s in %x: the headers say %s, the table 0x%llx", k->name,
				 cpus[c].name, releases[r], k->value[r],
				 at ? (unsigned long long)at->value : 0ull);
		seen++;
	}
	for (unsigned i = 0; i < n; i++) {
		const struct number *k =
			in_headers(all, set_names[set], cpus[c].name, rows[i].name);

		if (rows[i].set != set || !tl_flag_at(&rows[i], cpus[c].arch, releases[r]) ||
		    (k && strcmp(k->value[r], "-")))
			continue;
		/* came with 6.1.192, the headers are 6.1.176's */
		if (strcmp(rows[i].name, "PF_NO_NOTIFY_SIGNAL"))
			fail_msg("%s on %s in %x: not in the headers", rows[i].name, cpus[c].name,
				 releases[r]);
	}
	return seen;
}

static void flags_are_those_of_the_headers(void **state)
{
	unsigned seen = 0;

	for (unsigned set = 0; set < ARRAY_SIZE(set_names); set++)
		for (unsigned c = 0; c < ARRAY_SIZE(cpus); c++)
			for (unsigned r = 0; r < RELEASES; r++)
				seen += compare(*state, set, c, r);
	assert_true(seen > 1000);
}

static void clone_flags_are_those_of_the_headers(void **state)
{
	const struct numbers *all = *state;
	unsigned named = 0, listed = 0;

	for (unsigned i = 0; i < all->n; i++) {
		if (strcmp(all->at[i].set, "CLONE"))
			continue;
		uint64_t v = strtoull(all->at[i].value[RELEASES - 1], NULL, 0);

		assert_true(v && !(v & (v - 1)));
		const char *name = tl_clone_flag_name((unsigned)__builtin_ctzll(v));

		assert_non_null(name);
		assert_string_equal(name, all->at[i].name + strlen("CLONE_"));
		listed++;
	}
	for (unsigned bit = 0; bit < 64; bit++)
		named += tl_clone_flag_name(bit) != NULL;
	assert_int_equal(named, listed);
}

static int signal_of(const char *code)
{
	static const struct {
		const char *prefix;
		int sig;
	} of[] = {{"SI_", 1},    {"ILL_", 4},  {"TRAP_", 5},  {"BUS_", 7}, {"FPE_", 8},
		  {"SEGV_", 11}, {"CLD_", 17}, {"POLL_", 29}, {"SYS_", 31}};

	for (unsigned i = 0; i < ARRAY_SIZE(of); i++)
		if (!strncmp(code, of[i].prefix, strlen(of[i].prefix)))
			return of[i].sig;
	return 0;
}

static void codes_are_those_of_the_headers(void **state)
{
	const struct numbers *all = *state;
	unsigned named = 0, listed = 0;

	for (unsigned i = 0; i < all->n; i++) {
		const struct number *k = &all->at[i];

		if (strcmp(k->set, "CODE"))
			continue;
		const char *name = tl_sigcode_name(signal_of(k->name),
						   (int)strtol(k->value[RELEASES - 1], NULL, 0));

		if (!name || strcmp(name, k->name))
			fail_msg("%s is %s in the headers, the table says %s", k->name,
				 k->value[RELEASES - 1], name ? name : "nothing");
		listed++;
	}
	while (tl_sigcode_at(named))
		named++;
	assert_int_equal(named, listed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_are_those_of_the_headers),
		cmocka_unit_test(clone_flags_are_those_of_the_headers),
		cmocka_unit_test(codes_are_those_of_the_headers),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
