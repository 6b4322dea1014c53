/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The age and CPU of bare stacks, as in the study notes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "base/guard.h"
#include "facts/ages.h"

static struct age age_of_all(const char *const *names)
{
	struct age age = {};

	for (; *names; names++)
		age_add(&age, *names, strlen(*names));
	return age;
}

static void notes_001_and_002_are_x86_before_5_9(void **state)
{
	static const char *const birth[] = {"copy_process.part.53", "_do_fork", "__x64_sys_clone",
					    "do_syscall_64", NULL};
	static const char *const death[] = {"do_exit",   "do_group_exit",         "get_signal",
					    "do_signal", "exit_to_usermode_loop", "do_syscall_64",
					    NULL};
	struct age b = age_of_all(birth), d = age_of_all(death);

	assert_int_equal(b.from->from, 4017);
	assert_int_equal(b.to->to, 5009);
	assert_int_equal(b.arch->arch, AGE_X86);
	assert_int_equal(d.to->to, 5008);
	assert_int_equal(d.arch->arch, AGE_X86);
	assert_false(b.contradictory || d.contradictory);
}

static void note_003_is_arm(void **state)
{
	static const char *const names[] = {"do_group_exit", "sys_exit_group", "ret_fast_syscall",
					    NULL};
	struct age a = age_of_all(names);

	assert_int_equal(a.arch->arch, AGE_ARM);
	assert_null(a.from);
	assert_null(a.to);
}

static void note_000_is_arm64_since_5_14(void **state)
{
	static const char *const names[] = {"copy_process",
					    "kernel_clone",
					    "__do_sys_clone",
					    "__arm64_sys_clone",
					    "invoke_syscall",
					    "el0_svc_common.constprop.0",
					    "do_el0_svc",
					    "el0_svc",
					    "el0t_64_sync_handler",
					    "el0t_64_sync",
					    NULL};
	struct age a = age_of_all(names);

	assert_int_equal(a.arch->arch, AGE_ARM64);
	assert_int_equal(a.from->from, 5014);
	assert_null(a.to);
}

static void impossible_stacks_are_called_so(void **state)
{
	static const char *const time[] = {"_do_fork", "kernel_clone", NULL};
	static const char *const cpu[] = {"do_syscall_64", "ret_fast_syscall", NULL};

	assert_true(age_of_all(time).contradictory);
	assert_true(age_of_all(cpu).contradictory);
}

static void strangers_tell_nothing(void **state)
{
	assert_null(age_of("", 0));
	assert_null(age_of("my_function", 11));
	assert_null(age_of("kernel_clone_not", 16));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_001_and_002_are_x86_before_5_9),
		cmocka_unit_test(note_003_is_arm),
		cmocka_unit_test(note_000_is_arm64_since_5_14),
		cmocka_unit_test(impossible_stacks_are_called_so),
		cmocka_unit_test(strangers_tell_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
