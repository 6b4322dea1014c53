/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record: the capture of `run` into a file, of a command, of running tasks, or of the whole
 * machine. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "base/text.h"
#include "cmd/capture.h"
#include "cmd/sentinel.h"

struct record {
	struct common common;
	struct capture_opts capture;
	const char *output, *seconds, *until_death, *last;
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
	OPT_STR(0, "until-death", "EXPR",
		N_("keep only the last seconds, and end at the first death of which this holds, as with why --when; nothing is kept without one"),
		struct record, until_death),
	OPT_STR(0, "last", "SECONDS", N_("with --until-death: how much is kept (default: 30)"),
		struct record, last),
	OPT_TABLE(capture_opts, struct record, capture),
	OPT_TABLE(common_opts, struct record, common),
	OPT_END,
};

#define LAST_SECONDS 30

static struct tl_err *seconds_of(const char *text, double *ret)
{
	char *end;

	if (!text)
		return NULL;
	*ret = strtod(text, &end);
	if (end == text || *end || !isfinite(*ret) || *ret < 0)
		return tl_err_new(TL_E_USAGE, N_("'%s' is no number of seconds"), text);
	return NULL;
}

static struct tl_err *check(const struct record *r, int n, double *ret_seconds)
{
	*ret_seconds = -1;
	if (!n && !r->capture.pid.n && !r->capture.everything)
		return tl_err_hint(
			tl_err_hint(
				tl_err_new(TL_E_USAGE, N_("record what?"), NULL),
				N_("a command: tasklife record -- CMD; a running task: tasklife record -p PID"),
				NULL),
			N_("the whole machine: tasklife record -a -d 10"), NULL);
	if (r->last && !r->until_death)
		return tl_err_new(TL_E_USAGE, N_("--last belongs to --until-death"), NULL);
	return seconds_of(r->seconds, ret_seconds);
}

static void report_losses(const struct tl_rec_report *rep)
{
	for (unsigned i = 0; i < rep->n_cpus; i++)
		if (rep->cpu[i].lost)
			say_note(N_("CPU %1$u: %2$llu events written = %3$llu kept + %4$llu lost"),
				 i, (unsigned long long)rep->cpu[i].written,
				 (unsigned long long)rep->cpu[i].read,
				 (unsigned long long)rep->cpu[i].lost);
	if (rep->lost && !rep->full)
		say_warn(N_("%1$llu events were lost; a larger buffer keeps them: --buffer-kb"),
			 (unsigned long long)rep->lost);
}

/* What a flight recorder has overwritten was not asked for. */
static void report(const struct capture *cap, const char *path, bool until_death)
{
	const struct tl_rec_report *rep = tl_recorder_report(cap->rec);

	for (unsigned i = 0; i < rep->n_refused && cap->best_effort; i++)
		say_err(rep->refused[i]);
	say_note(
		N_("%1$llu events in %2$s, recorded with %3$s, clock %4$s; %5$llu were written, %6$llu lost"),
		(unsigned long long)rep->read, path, tl_rec_mode_name(rep->mode),
		rep->clock ? rep->clock : "?", (unsigned long long)rep->written,
		(unsigned long long)rep->lost);
	if (rep->full == EFBIG)
		say_note(N_("ended at --max-size"));
	if (!until_death)
		report_losses(rep);
}

/* What was recorded before a failure is kept, too. */
static int see_through(struct capture *cap, struct keep *keep, double seconds)
{
	struct tl_err *err = capture_wait(cap, seconds), *save_err = keep_save(keep, cap);

	if (!err && !save_err)
		report(cap, keep->path, false);
	if (err && save_err)
		say_and_status(save_err);
	else if (save_err)
		err = save_err;
	return err ? say_and_status(err) : 0;
}

static int not_started(struct tl_err *err, struct capture *cap, struct keep *keep)
{
	int start = cap->rec ? capture_start_status(err) : 125, status = say_and_status(err);

	keep_drop(keep);
	return start == 125 ? status : start; /* 127 not found, 126 not executable, as with run */
}

static struct tl_err *begin(const struct record *r, struct capture *cap, struct keep *keep, int n,
			    char **words)
{
	try(keep_open(r->output ? r->output : "tasklife.dat", keep));
	try(capture_open(&r->capture, cap));
	return n ? capture_start(cap, words) : NULL;
}

/* ---- the flight recorder ---- */

static void say_death(const char *death)
{
	struct out text;

	out_init(&text, -1);
	text_safe(&text, death, strlen(death));
	say_note("%s", out_text(&text));
	out_fini(&text);
}

/* A recording is kept when the death came; else nothing is. */
static int end_flight(struct capture *cap, struct keep *keep, double seconds, struct sentinel *s)
{
	auto_free char *death = NULL;
	struct tl_err *err = capture_wait(cap, seconds);

	tl_err_free(sentinel_end(s, &death));
	if (!err && death)
		err = keep_save(keep, cap);
	else
		keep_drop(keep);
	if (err)
		return say_and_status(err);
	if (!death)
		return say_and_status(tl_err_new(
			TL_E_NOT_THERE, N_("no death was as asked for: nothing is kept"), NULL));
	say_death(death);
	report(cap, keep->path, true);
	return 0;
}

static int run_flight(const struct record *asked, double seconds, int n, char **words)
{
	struct record r = *asked;
	struct capture cap = {};
	struct keep keep = {.fd = -1};
	struct sentinel s = {};
	struct tl_err *err;
	char *none;
	int status;

	r.capture.flight = true;
	r.capture.last = LAST_SECONDS;
	err = seconds_of(r.last, &r.capture.last);
	if (!err)
		err = sentinel_start(&r.capture, r.until_death, &s);
	if (!err)
		err = begin(&r, &cap, &keep, n, words);
	if (!err)
		err = sentinel_guard(&s, cap.rec);
	status = err ? not_started(err, &cap, &keep) : end_flight(&cap, &keep, seconds, &s);
	tl_err_free(sentinel_end(&s, &none));
	capture_close(&cap);
	return status;
}

static int run(const void *opts, int n, char **words)
{
	const struct record *r = opts;
	struct capture cap = {};
	struct keep keep = {.fd = -1};
	double seconds;
	struct tl_err *err = check(r, n, &seconds);
	int status;

	if (!err && r->until_death)
		return run_flight(r, seconds, n, words);
	if (!err)
		err = begin(r, &cap, &keep, n, words);
	status = err ? not_started(err, &cap, &keep) : see_through(&cap, &keep, seconds);
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
