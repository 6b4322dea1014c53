/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How tracefs files show what was written into them, where tracefs is, and values inside lines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "tracefs/file.h"
#include "tracefs/mount.h"
#include "tracefs/percent.h"

static char path[] = "/tmp/tl-file-XXXXXX";

static int setup(void **state)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int teardown(void **state)
{
	return unlink(path);
}

static void assert_shows(const char *text, const char *value, enum tfs_shows shows, bool want)
{
	assert_int_equal(tfs_write(path, text), 0);
	assert_int_equal(tfs_holds(path, value, shows), want);
}

static void test_shows(void **state)
{
	const char *clocks = "local global counter uptime perf [mono] mono_raw boot tai x86-tsc\n";

	assert_shows(clocks, "mono", TFS_SHOWS_CHOSEN, true);
	assert_shows(clocks, "mono_raw", TFS_SHOWS_CHOSEN, false);
	assert_shows(clocks, "local", TFS_SHOWS_CHOSEN, false);
	assert_shows("4096\n", "4096", TFS_SHOWS_AT_LEAST, true);
	assert_shows("1410 (expanded: 4)\n", "4096", TFS_SHOWS_AT_LEAST, false);
	assert_shows("12\n3062\n", "3062", TFS_SHOWS_LINE, true);
	assert_shows("12\n3062\n", "306", TFS_SHOWS_LINE, false);
	assert_shows("1*\n", "1", TFS_SHOWS_SWITCH, true);
	assert_shows("0*\n", "1", TFS_SHOWS_SWITCH, false);
	assert_shows("stacktrace:unlimited\n", "stacktrace", TFS_SHOWS_TRIGGER, true);
	assert_shows("stacktrace:unlimited if sig==9\n", "stacktrace", TFS_SHOWS_TRIGGER, false);
	assert_shows("traceon:unlimited\nstacktrace:unlimited if sig==9\n", "stacktrace if sig==9",
		     TFS_SHOWS_TRIGGER, true);
	assert_shows("stacktrace:unlimited if sig==90\n", "stacktrace if sig==9", TFS_SHOWS_TRIGGER,
		     false);
	assert_shows("# Available triggers:\n# traceon stacktrace\n", "stacktrace",
		     TFS_SHOWS_TRIGGER, false);
}

static void test_value(void **state)
{
	char *v;

	tfs_write(path, "local [mono] boot\n");
	assert_int_equal(tfs_read_value(path, &v), 0);
	assert_string_equal(v, "mono");
	free(v);
	tfs_write(path, "nop\n");
	assert_int_equal(tfs_read_value(path, &v), 0);
	assert_string_equal(v, "nop");
	free(v);
}

static void assert_mounted(const char *mounts, const char *want)
{
	char *dir = tfs_mounted_in(mounts);

	if (want)
		assert_string_equal(dir, want);
	else
		assert_null(dir);
	free(dir);
}

static void test_mounted(void **state)
{
	assert_mounted("proc /proc proc rw 0 0\n", NULL);
	assert_mounted("", NULL);
	assert_mounted("debugfs /sys/kernel/debug debugfs rw 0 0\n", "/sys/kernel/debug/tracing");
	assert_mounted("t /my\\040place tracefs rw 0 0\ndebugfs /sys/kernel/debug debugfs rw 0 0\n",
		       "/my place");
	assert_mounted(
		"t /sys/kernel/debug/tracing tracefs rw 0 0\nn /sys/kernel/tracing tracefs rw 0 0\n",
		"/sys/kernel/tracing");
	assert_mounted("broken\n\n x\n", NULL);
}

static void test_percent(void **state)
{
	const char hostile[] = "a b=c%d\n\x1b[31m\x7f\xed\x95\x9c";
	char text[128], small[8];
	size_t n = percent_encode(text, sizeof(text), hostile, sizeof(hostile) - 1);

	assert_int_equal(n, strlen(text));
	assert_null(strpbrk(text, " =\n\x1b\x7f"));
	assert_true(percent_decode(text, &n));
	assert_int_equal(n, sizeof(hostile) - 1);
	assert_memory_equal(text, hostile, n);
	assert_int_equal(percent_encode(small, sizeof(small), "ab\n\n\n", 5), 5);
	assert_string_equal(small, "ab%0a"); /* cut between, not inside */
	strcpy(text, "x%4");
	assert_false(percent_decode(text, &n));
	strcpy(text, "%");
	assert_false(percent_decode(text, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shows),
		cmocka_unit_test(test_value),
		cmocka_unit_test(test_mounted),
		cmocka_unit_test(test_percent),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
