/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An event with a filter and a trigger of the same condition, in a private instance of this kernel;
 * skipped where that is not permitted. A trigger without the condition would give stacks without
 * events.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include "base/guard.h"
#include "tracefs/events.h"
#include "tracefs/mount.h"

struct place {
	struct tfs_undo undo;
	char *tracefs;
	struct tfs_instance inst;
};

static bool have(struct place *p)
{
	*p = (struct place){.undo.fd = -1};
	struct tl_err *err = tfs_undo_begin(NULL, &p->undo);

	if (!err)
		err = tfs_mount(&p->undo, &p->tracefs);
	if (!err)
		err = tfs_instance_make(&p->undo, p->tracefs, "unit", &p->inst);
	tl_err_free(err);
	return !err;
}

static void leave(struct place *p)
{
	auto_free char *dir = p->inst.dir ? strdup(p->inst.dir) : NULL;

	tfs_instance_fini(&p->inst);
	assert_null(tfs_undo_end(&p->undo));
	if (dir)
		assert_int_equal(access(dir, F_OK), -1);
	free(p->tracefs);
}

static void kill_one(int sig)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		for (;;)
			pause();
	kill(pid, sig);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

static void test_filter_and_trigger(void **state)
{
	const struct tl_event_row *row = tl_event_row_of(TL_EVENT_SIGNAL_GENERATE);
	auto_free char *path = NULL, *text = NULL;
	char cond[64];
	struct place p;

	if (!have(&p)) {
		leave(&p);
		skip();
	}
	snprintf(cond, sizeof(cond), "sig == %d", SIGUSR2);
	assert_null(tfs_event_on(&p.inst, row, cond));
	assert_null(tfs_event_stack(&p.inst, row, cond));
	assert_null(tfs_instance_on(&p.inst, true));
	kill_one(SIGUSR1);
	kill_one(SIGUSR2);
	kill_one(SIGKILL);
	assert_null(tfs_instance_on(&p.inst, false));
	path = tfs_path(p.inst.dir, "trace");
	assert_int_equal(tfs_read(path, &text), 0);
	assert_true(count(text, "signal_generate: ") >= 1);
	assert_int_equal(count(text, "signal_generate: "), count(text, "sig=12 "));
	assert_int_equal(count(text, "<stack trace>"), count(text, "sig=12 "));
	leave(&p);
}

/* What the kernel refuses is an error with its reason, and nothing is left switched on. */
static void test_refusals(void **state)
{
	const struct tl_event_row *row = tl_event_row_of(TL_EVENT_SIGNAL_GENERATE);
	struct tl_event_row none = {.system = "signal", .name = "no_such_event"};
	struct tl_err *err;
	struct place p;

	if (!have(&p)) {
		leave(&p);
		skip();
	}
	err = tfs_event_on(&p.inst, row, "no_such_field == 1");
	assert_non_null(err);
	assert_int_equal(err->os, EINVAL);
	assert_non_null(err->log); /* error_log points at the field */
	assert_non_null(strstr(err->log, "no_such_field"));
	tl_err_free(err);
	err = tfs_event_on(&p.inst, &none, NULL);
	assert_non_null(err);
	assert_int_equal(err->os, ENOENT);
	assert_null(err->log); /* quoted once */
	tl_err_free(err);
	err = tfs_instance_set_clock(&p.inst, "sundial");
	assert_non_null(err);
	tl_err_free(err);
	leave(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter_and_trigger),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
