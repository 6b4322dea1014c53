/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command: held, let go, waited for. No tracing, no root. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include "base/guard.h"
#include "record/child.h"

static int status_of(char *const argv[])
{
	struct child c;
	int status = -1;
	bool ended;

	assert_null(child_fork(argv, &c));
	assert_null(child_release(&c, argv[0]));
	assert_null(child_wait(&c, &(struct until){.at = child_deadline(10)}, &status, &ended));
	assert_true(ended);
	child_reap(&c);
	child_fini(&c);
	return status;
}

static void test_status(void **state)
{
	assert_int_equal(status_of((char *[]){"sh", "-c", "exit 3", NULL}), 3 << 8);
	assert_int_equal(status_of((char *[]){"sh", "-c", "kill -9 $$", NULL}), SIGKILL);
}

static void refused(char *path, int os)
{
	struct child c;
	struct tl_err *err;

	assert_null(child_fork((char *[]){path, NULL}, &c));
	err = child_release(&c, path);
	assert_non_null(err);
	assert_int_equal(err->code, TL_E_FAILED);
	assert_int_equal(err->os, os);
	assert_string_equal(err->subject, path);
	tl_err_free(err);
	assert_int_equal(c.pid, 0); /* reaped */
	child_fini(&c);
}

static void test_refused(void **state)
{
	refused("/nonexistent/program", ENOENT);
	refused("/etc/passwd", EACCES);
	refused("/", EACCES);
}

static void on_signal(int sig)
{
}

/* Our handlers and our mask do not reach it: SIGUSR1 is blocked and caught here, and kills there.
 */
static void test_signals(void **state)
{
	struct sigaction act = {.sa_handler = on_signal}, was;
	sigset_t block;

	sigaction(SIGUSR1, &act, &was);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, NULL);
	assert_int_equal(status_of((char *[]){"sh", "-c", "kill -USR1 $$; exit 0", NULL}), SIGUSR1);
	assert_int_equal(status_of((char *[]){"sh", "-c", "kill -PIPE $$; exit 0", NULL}), SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &block, NULL);
	sigaction(SIGUSR1, &was, NULL);
	signal(SIGPIPE, SIG_DFL);
}

/* One that was never let go ends with us, without having run. */
static void test_held(void **state)
{
	char path[] = "/tmp/tl-held-XXXXXX";
	struct child c;
	tl_pid pid;

	close(mkstemp(path));
	unlink(path);
	assert_null(child_fork((char *[]){"touch", path, NULL}, &c));
	pid = c.pid;
	assert_int_equal(kill(pid, 0), 0);
	child_fini(&c);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(access(path, F_OK), -1);
}

/* Time is up, or somebody asks to stop: it goes on without us. */
static void test_time(void **state)
{
	const volatile int stop = 1;
	char *const argv[] = {"sleep", "30", NULL};
	struct child c;
	int status;
	bool ended;

	assert_null(child_fork(argv, &c));
	assert_null(child_release(&c, argv[0]));
	assert_null(child_wait(&c, &(struct until){.at = child_deadline(0.05)}, &status, &ended));
	assert_false(ended);
	assert_null(child_wait(&c, &(struct until){.at = child_deadline(-1), .stop = &stop},
			       &status, &ended));
	assert_false(ended);
	kill(c.pid, SIGTERM);
	assert_null(child_wait(&c, &(struct until){.at = child_deadline(-1)}, &status, &ended));
	assert_true(ended);
	assert_int_equal(status, SIGTERM);
	child_reap(&c);
	child_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_signals), cmocka_unit_test(test_held),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
