/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record: the capture of `run` into a file, of a command, of running tasks, or of the whole machine. */
#include <math.h>
#include <string.h>
#include "cmd/capture.h"

struct record {
	struct common common;
	struct capture_opts capture;
	const char *output, *seconds;
};

static const struct opt record_opts[] = {
	OPT_STR('o', "output", "FILE", N_("the recording (default: tasklife.dat)"), struct record, output),
	OPT_LIST('p', "pid", "PID", N_("follow this running task and what it creates; may be given more than once"), struct record, capture.pid),
	OPT_FLAG('a', "all", N_("follow every task of the machine"), struct record, capture.everything),
	OPT_STR('d', "duration", "SECONDS", N_("end after so long"), struct record, seconds),
	OPT_TABLE(capture_opts, struct record, capture),
	OPT_TABLE(common_opts, struct record, common),
	OPT_END,
};

static struct tl_err *check(const struct record *r, int n, double *ret_seconds)
{
	char *end;

	*ret_seconds = -1;
	if (!n && !r->capture.pid.n && !r->capture.everything)
		return tl_err_hint(tl_err_hint(tl_err_new(TL_E_USAGE, N_("record what?"), NULL),
					       N_("a command: tasklife record -- CMD; a running task: tasklife record -p PID"), NULL),
				   N_("the whole machine: tasklife record -a -d 10"), NULL);
	if (!r->seconds)
		return NULL;
	*ret_seconds = strtod(r->seconds, &end);
	if (end == r->seconds || *end || !isfinite(*ret_seconds) || *ret_seconds < 0)
		return tl_err_new(TL_E_USAGE, N_("'%s' is no number of seconds"), r->seconds);
	return NULL;
}

static void report(const struct capture *cap, const char *path)
{
	const struct tl_rec_report *rep = tl_recorder_report(cap->rec);

	for (unsigned i = 0; i < rep->n_refused && cap->best_effort; i++)
		say_err(rep->refused[i]);
	say_note(N_("%1$llu events in %2$s, recorded with %3$s, clock %4$s"), (unsigned long long)rep->read,
		 path, tl_rec_mode_name(rep->mode), rep->clock ? rep->clock : "?");
	if (rep->lost)
		say_warn(N_("%1$llu events were lost; a larger buffer keeps them: --buffer-kb"),
			 (unsigned long long)rep->lost);
}

static int run(const void *opts, int n, char **words)
{
	const struct record *r = opts;
	const char *path = r->output ? r->output : "tasklife.dat";
	struct capture cap = {};
	double seconds;
	struct tl_err *err = check(r, n, &seconds), *wait_err;
	int status;

	if (!err)
		err = capture_open(&r->capture, &cap);
	if (!err && n) {
		err = capture_start(&cap, words);
		if (err) {
			status = capture_start_status(err);
			capture_close(&cap);
			say_and_status(err);
			return status == 125 ? 1 : status;
		}
	}
	wait_err = err ? NULL : capture_wait(&cap, seconds);
	if (!err)
		err = capture_save(&cap, path); /* what was recorded before a failure is kept, too */
	if (!err && !wait_err)
		report(&cap, path);
	capture_close(&cap);
	if (wait_err)
		status = say_and_status(wait_err);
	else
		status = 0;
	return err ? say_and_status(err) : status;
}

const struct cmd cmd_record = {
	.name = "record",
	.summary = N_("record a command, running tasks or the whole machine into a file"),
	.usage = "[options] [-p PID | -a | [--] CMD [ARG...]]",
	.opts = record_opts,
	.size = sizeof(struct record),
	.stop_at_first_word = true,
	.run = run,
};
