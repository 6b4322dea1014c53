/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which functions a role is played by, and how much of the kernel's list is read for that. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "tracefs/filter.h"

#define MANY 30000

static char dir[] = "/tmp/tl-filter-XXXXXX", path[64];
static const enum tl_role roles[] = {TL_ROLE_COPY_PROCESS, TL_ROLE_BPRM_EXECVE, TL_ROLE_DO_EXIT};

static int setup(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/available_filter_functions", dir);
	return 0;
}

static int teardown(void **state)
{
	unlink(path);
	return rmdir(dir);
}

struct place {
	unsigned line; /* from 1 */
	const char *name;
};

/* MANY lines, some of which are these. */
static void list(const struct place *at)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (unsigned i = 1; i <= MANY; i++)
		if (at->name && i == at->line)
			fprintf(f, "%s\n", at++->name);
		else
			fprintf(f, "some_other_function_%u\n", i);
	assert_int_equal(fclose(f), 0);
}

static char *get(void)
{
	char *text = NULL;

	assert_null(tfs_functions(NULL, dir, roles, 3, &text));
	assert_non_null(text);
	return text;
}

static void assert_plays(const char *text, enum tl_role role, size_t n, const char *name, size_t line)
{
	auto_fini(tfs_names) struct tfs_names names = {};

	assert_int_equal(tfs_functions_of(text, role, &names), n > 0);
	assert_int_equal(names.n, n);
	if (n) {
		assert_string_equal(names.v[n - 1], name);
		assert_int_equal(names.line.v[n - 1], line);
	}
}

/* A clone stands beside; whole lines only. */
static void test_reading_ends_behind_the_last_role(void **state)
{
	list((const struct place[]){{1000, "copy_process"},
				    {1100, "do_exit"},
				    {1200, "do_exit [a_module]"},
				    {9000, "bprm_execve"},
				    {9004, "bprm_execve.constprop.0"},
				    {}});
	auto_free char *text = get();

	assert_plays(text, TL_ROLE_COPY_PROCESS, 1, "copy_process", 1000);
	assert_plays(text, TL_ROLE_DO_EXIT, 1, "do_exit", 1100);
	assert_plays(text, TL_ROLE_BPRM_EXECVE, 2, "bprm_execve.constprop.0", 9004);
	assert_null(strstr(text, "some_other_function_20000"));
	assert_int_equal(text[strlen(text) - 1], '\n');
}

/* Only older names, or compiled into parts: nothing may be missed. */
static void test_all_is_read_where_a_name_is_older(void **state)
{
	list((const struct place[]){{1000, "copy_process.part.35"},
				    {1100, "do_exit"},
				    {9000, "do_execveat_common.isra.0"},
				    {29000, "copy_process.constprop.0"},
				    {}});
	auto_free char *text = get();

	assert_plays(text, TL_ROLE_COPY_PROCESS, 2, "copy_process.constprop.0", 29000);
	assert_plays(text, TL_ROLE_BPRM_EXECVE, 1, "do_execveat_common.isra.0", 9000);
	assert_non_null(strstr(text, "some_other_function_30000"));
}

static void test_a_module_plays_no_role(void **state)
{
	list((const struct place[]){{10, "copy_process [mine]"}, {20, "do_exit [mine]"}, {}});
	auto_free char *text = get();

	assert_plays(text, TL_ROLE_COPY_PROCESS, 0, NULL, 0);
	assert_plays(text, TL_ROLE_DO_EXIT, 0, NULL, 0);
}

static void test_a_short_and_an_empty_list(void **state)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs("copy_process\nbprm_execve\ndo_exit", f);
	fclose(f);
	auto_free char *text = get();
	assert_plays(text, TL_ROLE_DO_EXIT, 1, "do_exit", 3);
	assert_int_equal(truncate(path, 0), 0);
	auto_free char *none = get();
	assert_string_equal(none, "");
	assert_plays(none, TL_ROLE_DO_EXIT, 0, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading_ends_behind_the_last_role),
		cmocka_unit_test(test_all_is_read_where_a_name_is_older),
		cmocka_unit_test(test_a_module_plays_no_role),
		cmocka_unit_test(test_a_short_and_an_empty_list),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
