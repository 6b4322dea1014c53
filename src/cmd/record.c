/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record: the capture of `run` into a file, of a command, of running tasks, or of the whole
 * machine. */
#include <math.h>
#include <string.h>
#include "cmd/capture.h"

struct record {
	struct common common;
	struct capture_opts capture;
	const char *output, *seconds;
};

static const struct opt record_opts[] = {
	OPT_STR('o', "output", "FILE",
		N_("the recording; - is standard output (default: tasklife.dat)"), struct record,
		output),
	OPT_LIST('p', "pid", "PID",
		 N_("follow this running task and what it creates; may be given more than once"),
		 struct record, capture.pid),
	OPT_FLAG('a', "all", N_("follow every task of the machine"), struct record,
		 capture.everything),
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
		return tl_err_hint(
			tl_err_hint(
				tl_err_new(TL_E_USAGE, N_("record what?"), NULL),
				N_("a command: tasklife record -- CMD; a running task: tasklife record -p PID"),
				NULL),
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
	say_note(N_("%1$llu events in %2$s, recorded with %3$s, clock %4$s"),
		 (unsigned long long)rep->read, path, tl_rec_mode_name(rep->mode),
		 rep->clock ? rep->clock : "?");
	if (rep->lost)
		say_warn(N_("%1$llu events were lost; a larger buffer keeps them: --buffer-kb"),
			 (unsigned long long)rep->lost);
}

/* What was recorded before a failure is kept, too. */
static int see_through(struct capture *cap, struct keep *keep, double seconds)
{
	struct tl_err *err = capture_wait(cap, seconds), *save_err = keep_save(keep, cap);

	if (!err && !save_err)
		report(cap, keep->path);
	if (err && save_err)
		say_and_status(save_err);
	else if (save_err)
		err = save_err;
	return err ? say_and_status(err) : 0;
}

static int run(const void *opts, int n, char **words)
{
	const struct record *r = opts;
	struct capture cap = {};
	struct keep keep = {.fd = -1};
	double seconds;
	struct tl_err *err = check(r, n, &seconds);
	int status;

	if (!err)
		err = keep_open(r->output ? r->output : "tasklife.dat", &keep);
	if (!err)
		err = capture_open(&r->capture, &cap);
	if (!err && n)
		err = capture_start(&cap, words);
	if (err) {
		int start = cap.rec ? capture_start_status(err) : 125;

		status = say_and_status(err);
		status = start == 125 ? status
				      : start; /* 127 not found, 126 not executable, as with run */
		keep_drop(&keep);
	} else {
		status = see_through(&cap, &keep, seconds);
	}
	capture_close(&cap);
	return status;
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
