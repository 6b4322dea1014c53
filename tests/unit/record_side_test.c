/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Side facts as lines, and the statistics of a ring buffer. No root needed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "record/pump.h"
#include "record/side.h"

static void test_line(void **state)
{
	struct side_line l;

	side_begin(&l, "task");
	side_int(&l, "tid", 42);
	side_text(&l, "comm", "a b=%", 5);
	assert_string_equal(l.text, "tasklife/1 task tid=42 comm=a%20b%3d%25");
	assert_int_equal(l.n, strlen(l.text));
}

static void test_long(void **state)
{
	char text[3000];
	struct side_line l;

	memset(text, '\n', sizeof(text));
	side_begin(&l, "cmd");
	side_int(&l, "tid", 1);
	side_text(&l, "text", text, sizeof(text));
	assert_true(l.n <= SIDE_MAX);
	assert_int_equal(l.n, strlen(l.text));
	assert_string_equal(l.text + l.n - 3, "%0a");
	side_text(&l, "more", text, sizeof(text));
	side_int(&l, "and", 1);
	assert_true(l.n <= SIDE_MAX);
}

/* The census of this very machine: our own task is in it, with our parent. */
static void test_census(void **state)
{
	if (access("/proc/self/stat", R_OK))
		skip(); /* needs /proc */

	char path[] = "/tmp/tl-side-XXXXXX", want[64], *text;
	struct side s = {.fd = mkstemp(path)};

	assert_true(s.fd >= 0);
	unlink(path);
	side_census(&s);
	lseek(s.fd, 0, SEEK_SET);
	assert_true(io_read_all(s.fd, 64 << 20, &text) > 0);
	snprintf(want, sizeof(want), "task tid=%d tgid=%d ppid=%d kthread=0 comm=", getpid(),
		 getpid(), getppid());
	assert_non_null(strstr(text, want));
	free(text);
	side_close(&s);
}

static void test_count(void **state)
{
	struct pump p = {};

	pump_count(
		"entries: 3\noverrun: 5\ncommit overrun: 1\nbytes: 120\noldest event ts: 12.5\nnow ts: 13.5\n"
		"dropped events: 2\nread events: 100\n",
		&p);
	assert_int_equal(p.read, 100);
	assert_int_equal(p.lost, 3 + 5 + 1 + 2);
	assert_int_equal(p.written, p.read + p.lost);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_census),
		cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
