/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run: trace a command and everything it creates, then tell its story. There is one way from the
 * kernel to the story: the recording as trace.dat bytes, through a file (-o) or a pipe, into the
 * same reader every other command uses.
 *
 * Like strace, the story goes to standard error: standard output belongs to the command. The exit
 * status is the command's, as with env and timeout.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include "cmd/capture.h"
#include "cmd/pipeline.h"

#define STATUS_OURS 125 /* tasklife failed before the command started */

struct run {
	struct common common;
	struct selectors selectors;
	struct capture_opts capture;
	const char *output, *to, *tell_to;
	bool no_stacks, quiet;
};

static const struct opt run_opts[] = {
	OPT_STR('o', "output", "FILE", N_("keep the recording in FILE, a trace.dat"), struct run,
		output),
	OPT_STR('t', "to", "VIEW", N_("story (default), why, json or ndjson"), struct run, to),
	OPT_STR(0, "tell-to", "FILE", N_("write the view to FILE instead of standard error"),
		struct run, tell_to),
	OPT_FLAG(0, "no-stacks", N_("without the kernel's call paths"), struct run, no_stacks),
	OPT_FLAG('q', "quiet", N_("tell nothing; for a recording that is kept"), struct run, quiet),
	OPT_TABLE(capture_opts, struct run, capture),
	OPT_TABLE(selector_opts, struct run, selectors),
	OPT_TABLE(common_opts, struct run, common),
	OPT_END,
};

static struct tl_err *view_of(const struct run *r, const struct tl_view **ret)
{
	unsigned n;
	const struct tl_view *const *views = tl_views(&n);
	const char *known[32], *near;
	struct tl_err *err;

	*ret = tl_view_named(r->to ? r->to : "story");
	if (*ret)
		return NULL;
	for (unsigned i = 0; i < n && i < ARRAY_SIZE(known); i++)
		known[i] = views[i]->name;
	err = tl_err_new(TL_E_USAGE, N_("there is no view '%s'"), r->to);
	near = args_nearest(r->to, strlen(r->to), known, n);
	return near ? tl_err_hint(err, N_("did you mean '%s'?"), near) : err;
}

static struct tl_err *tell_fd(const struct run *r, int *ret)
{
	*ret = STDERR_FILENO;
	if (!r->tell_to)
		return NULL;
	*ret = open(r->tell_to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return *ret >= 0 ? NULL : tl_err_os(errno, N_("cannot write the story"), NULL, r->tell_to);
}

/* Everything that can be wrong about the words is said before anything is touched. */
static struct tl_err *check(const struct run *r, int n, struct pipeline *p)
{
	struct select sel;

	if (!n)
		return tl_err_hint(tl_err_new(TL_E_USAGE, N_("run which command?"), NULL),
				   N_("tasklife run -- ls -l"), NULL);
	if (r->output && !strcmp(r->output, "-"))
		return tl_err_hint(
			tl_err_new(TL_E_USAGE, N_("standard output belongs to the command"), NULL),
			N_("keep the recording in a file: -o FILE; or use: tasklife record -o - -- CMD"),
			NULL);
	try(view_of(r, &p->view));
	try(select_init(&sel, &r->selectors));
	try(tell_fd(r, &p->fd));
	p->selectors = &r->selectors;
	p->unkept = !r->output;
	p->opts = view_opts_for(&r->common, p->fd, &r->selectors, r->no_stacks);
	p->to = r->tell_to;
	return NULL;
}

/* ---- without any recording ---- */

static int exec_failed_status(int os)
{
	struct tl_err of = {.os = os};

	return capture_start_status(&of);
}

static int run_untraced(char **argv)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return say_and_status(tl_err_os(errno, N_("cannot start '%s'"), argv[0], NULL)),
		       STATUS_OURS;
	if (!pid) {
		execvp(argv[0], argv);
		status = exec_failed_status(errno);
		say_err(tl_err_os(errno, N_("cannot run '%s'"), argv[0], NULL));
		_exit(status);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return STATUS_OURS;
	say_note(
		N_("nothing could be recorded; all that is known is the status of the command: %d"),
		capture_exit_status(status));
	return capture_exit_status(status);
}

/* The refusal names the way to run the command all the same. */
static int refused(const struct run *r, struct tl_err *err, char **argv)
{
	if (r->capture.best_effort && err->code != TL_E_USAGE) {
		say_and_status(err);
		return run_untraced(argv);
	}
	if (err->code != TL_E_USAGE)
		err = tl_err_hint(
			err,
			N_("the command was not run; to run it with whatever can be recorded: tasklife run --best-effort -- ..."),
			NULL);
	say_and_status(err);
	return STATUS_OURS;
}

/* ---- after the command ---- */

static void say_refusals(const struct capture *cap)
{
	const struct tl_rec_report *rep = tl_recorder_report(cap->rec);

	if (!cap->best_effort && rep->mode != TL_MODE_EVENTS)
		return;
	for (unsigned i = 0; i < rep->n_refused; i++)
		say_err(rep->refused[i]);
	say_note(N_("recorded with: %s"), tl_rec_mode_name(rep->mode));
}

/* A recording that could not be kept (a full disk) is still told. */
static bool kept(struct keep *keep, struct capture *cap)
{
	struct tl_err *err = keep->path ? keep_save(keep, cap) : NULL;

	if (err)
		say_and_status(err);
	return keep->path && !err;
}

static void tell(const struct run *r, struct keep *keep, struct capture *cap,
		 const struct pipeline *p)
{
	struct writer *writer = NULL;
	struct tl_source *src = NULL;
	struct tl_err *err;
	int fd = -1;

	if (kept(keep, cap)) {
		if (r->quiet)
			return;
		err = tl_source_open(keep->path, &src);
	} else {
		err = capture_pipe(cap, &fd, &writer);
		if (!err)
			err = tl_source_open_fd(fd, "run", &src);
	}
	if (!err)
		pipeline_tell(p, src);
	else
		say_and_status(err);
	err = capture_join(writer);
	if (err)
		say_and_status(err);
}

/* The command is running: from here on its status is ours. */
static int see_through(const struct run *r, struct capture *cap, struct keep *keep,
		       const struct pipeline *p)
{
	struct tl_err *err = capture_wait(cap, -1);

	if (err)
		say_and_status(err);
	say_refusals(cap);
	if (!cap->ended)
		say_note(N_("the recording was ended; the command itself goes on, as process %d"),
			 cap->child);
	tell(r, keep, cap, p);
	return cap->ended ? capture_exit_status(cap->status) : 128 + capture_interrupted();
}

static int run(const void *opts, int n, char **words)
{
	const struct run *r = opts;
	struct pipeline p = {};
	struct capture cap = {};
	struct keep keep = {.fd = -1};
	struct tl_err *err = check(r, n, &p);
	int status;

	if (!err && r->output)
		err = keep_open(r->output, &keep);
	if (err)
		return say_and_status(err), STATUS_OURS;
	err = capture_open(&r->capture, &cap);
	if (err) {
		capture_close(&cap);
		keep_drop(&keep);
		return refused(r, err, words);
	}
	err = capture_start(&cap, words);
	if (err) {
		status = capture_start_status(err);
		say_and_status(err);
		keep_drop(&keep);
	} else {
		status = see_through(r, &cap, &keep, &p);
	}
	capture_close(&cap);
	return status;
}

const struct cmd cmd_run = {
	.name = "run",
	.summary = N_("trace a command and all it creates, then tell their story"),
	.usage = "[options] [--] CMD [ARG...]",
	.opts = run_opts,
	.size = sizeof(struct run),
	.stop_at_first_word = true,
	.usage_status = STATUS_OURS,
	.run = run,
};
