/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of names in a recording's file: each pid once, who lives before who died, the last bearer
 * before those before it. No root needed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "base/guard.h"
#include "record/names.h"

/* No kernel gives these: PID_MAX_LIMIT is 4 Mi. */
#define NOBODY (8 << 20)

static bool has_line(const char *text, long tid, const char *comm)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "%ld %s\n", tid, comm);

	for (const char *at = text; (at = strstr(at, line)); at += n)
		if (at == text || at[-1] == '\n')
			return true;
	return false;
}

static char *text_of(const struct names *n)
{
	size_t size;
	char *text = names_text(n, &size);

	assert_non_null(text);
	assert_int_equal(size, strlen(text));
	return text;
}

static void test_the_last_bearer_has_the_pid(void **state)
{
	auto_fini(names) struct names n = {};
	auto_free char *text = NULL;

	names_died(&n, NOBODY, "first");
	names_died(&n, NOBODY + 1, "other one");
	names_died(&n, NOBODY, "second");
	text = text_of(&n);
	assert_true(has_line(text, NOBODY, "second"));
	assert_false(has_line(text, NOBODY, "first"));
	assert_true(has_line(text, NOBODY + 1, "other one"));
}

static void test_who_lives_has_the_pid(void **state)
{
	auto_fini(names) struct names n = {};
	auto_free char *text = NULL;

	if (access("/proc/self", F_OK))
		skip(); /* a bare chroot: nobody says who lives */
	prctl(PR_SET_NAME, "alive and well");
	names_died(&n, getpid(), "dead");
	text = text_of(&n);
	assert_true(has_line(text, getpid(), "alive and well"));
	assert_false(has_line(text, getpid(), "dead"));
}

static void test_a_name_cannot_forge_a_line(void **state)
{
	auto_fini(names) struct names n = {};
	auto_free char *text = NULL;

	names_died(&n, NOBODY, "a\n1 evil");
	names_died(&n, NOBODY + 1, "");
	text = text_of(&n);
	assert_false(has_line(text, 1, "evil"));
	assert_null(strstr(text, "8388608 "));
	assert_null(strstr(text, "8388609 "));
}

static void test_of_very_many_the_last_are_kept(void **state)
{
	enum { MANY = 100000, SURE = 10000 };
	auto_fini(names) struct names n = {};
	auto_free char *text = NULL;

	for (int i = 0; i < MANY; i++)
		names_died(&n, NOBODY + i, "task");
	text = text_of(&n);
	assert_false(has_line(text, NOBODY, "task"));
	for (int i = MANY - SURE; i < MANY; i += 999)
		assert_true(has_line(text, NOBODY + i, "task"));
	assert_true(has_line(text, NOBODY + MANY - 1, "task"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_last_bearer_has_the_pid),
		cmocka_unit_test(test_who_lives_has_the_pid),
		cmocka_unit_test(test_a_name_cannot_forge_a_line),
		cmocka_unit_test(test_of_very_many_the_last_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
