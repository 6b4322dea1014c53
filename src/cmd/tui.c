/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tui: a trace, or a command while it runs, on the full screen. The screen belongs to the view:
 * what the command writes is kept in a file without a name and written out when the screen is given
 * back; it reads nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "cmd/capture.h"
#include "cmd/pipeline.h"
#include "tui/tui.h"

struct full {
	struct common common;
	struct selectors selectors;
	bool command; /* "--" was there */
};

static const struct opt tui_opts[] = {
	OPT_DASHES(N_("what follows is a command to run and watch"), struct full, command),
	OPT_TABLE(selector_opts, struct full, selectors),
	OPT_TABLE(common_opts, struct full, common),
	OPT_END,
};

struct showing {
	struct select sel;
	const struct selectors *selectors;
	struct capture *cap; /* NULL: of a file */
};

static bool is_wanted(void *ctx, const struct tl_told *told, bool rooted)
{
	struct showing *s = ctx;

	if (!s->selectors->all && !select_names(&s->sel) &&
	    !pipeline_usual(told->task, rooted, false))
		return false;
	return select_task(&s->sel, told->task, told->t0) && select_cause(&s->sel, told);
}

static bool is_stopped(void *ctx)
{
	return capture_interrupted() != 0;
}

static void on_leaving(void *ctx)
{
	struct showing *s = ctx;

	if (s->cap)
		capture_leave();
}

static struct tl_err *show(struct showing *s, const struct full *f, struct tl_source *src,
			   const char *title)
{
	struct tui_opts opts = {.title = title,
				.live = s->cap != NULL,
				.color = color_wanted(&f->common, STDOUT_FILENO),
				.wanted = is_wanted,
				.stop = is_stopped,
				.ctx = s};

	return tui_run(src, &opts, on_leaving);
}

/* ---- a file ---- */

static struct tl_err *show_file(const struct full *f, int n, char **words)
{
	struct showing s = {.selectors = &f->selectors};
	struct tl_source *src = NULL;
	struct tl_err *err;

	try(select_init(&s.sel, &f->selectors));
	try(trace_open(n, words, &src));
	capture_catch_signals();
	err = show(&s, f, src, n ? basename(words[0]) : _("the last recording"));
	tl_source_close(src);
	return err;
}

/* ---- a command ---- */

struct keeper { /* waits for the end of the command and stops the recorder: the source then ends */
	pthread_t thread;
	struct capture *cap;
	struct tl_err *err;
};

static void *keep(void *arg)
{
	struct keeper *k = arg;

	k->err = capture_wait(k->cap, -1);
	return NULL;
}

/* The command's own streams while ours are kept. */
struct streams {
	int was[3];
	int said; /* what it wrote */
};

static struct tl_err *streams_begin(struct streams *st)
{
	FILE *file = tmpfile();
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	*st = (struct streams){{-1, -1, -1}, file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 3) : -1};
	if (file)
		fclose(file);
	for (int fd = 0; fd < 3; fd++)
		st->was[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (st->said < 0 || null < 0 || dup2(null, 0) < 0 || dup2(st->said, 1) < 0 ||
	    dup2(st->said, 2) < 0)
		return tl_err_os(errno, N_("cannot keep what the command writes"), NULL, NULL);
	close(null);
	return NULL;
}

static void streams_back(struct streams *st)
{
	for (int fd = 0; fd < 3; fd++) {
		if (st->was[fd] >= 0)
			dup2(st->was[fd], fd);
		guard_close(&st->was[fd]);
		st->was[fd] = -1;
	}
}

/* What it wrote, as if it had been written just now. */
static void streams_tell(struct streams *st)
{
	char part[4096];
	ssize_t n;

	if (st->said < 0 || lseek(st->said, 0, SEEK_SET) < 0)
		return;
	while ((n = read(st->said, part, sizeof(part))) > 0)
		if (io_write_all(STDOUT_FILENO, part, (size_t)n))
			break;
	guard_close(&st->said);
}

static struct tl_err *watch_it(struct showing *s, const struct full *f, char **words)
{
	struct keeper k = {.cap = s->cap};
	struct tl_source *src = NULL;
	struct tl_err *err;
	int fd = -1;

	try(tl_recorder_follow(s->cap->rec, &fd));
	if (pthread_create(&k.thread, NULL, keep, &k)) {
		close(fd);
		return &tl_enomem;
	}
	err = tl_source_open_fd(fd, "trace_pipe", &src);
	if (!err)
		err = show(s, f, src, words[0]);
	capture_leave();
	tl_source_close(src);
	pthread_join(k.thread, NULL);
	if (!err)
		return k.err;
	tl_err_free(k.err);
	return err;
}

static struct tl_err *start_it(struct capture *cap, struct streams *st, char **words)
{
	struct tl_err *err = streams_begin(st);

	if (!err)
		err = capture_start(cap, words);
	streams_back(st);
	return err;
}

static int show_command(const struct full *f, char **words)
{
	struct capture_opts how = {
		.mode = "stacks", .best_effort = true, .follow = true, .states = true};
	struct streams st = {{-1, -1, -1}, -1};
	struct capture cap = {};
	struct showing s = {.selectors = &f->selectors, .cap = &cap};
	struct tl_err *err = select_init(&s.sel, &f->selectors);
	int status = 0;

	if (!err)
		err = capture_open(&how, &cap);
	if (!err) {
		err = start_it(&cap, &st, words);
		status = err ? capture_start_status(err) : 0;
	}
	if (!err)
		err = watch_it(&s, f, words);
	streams_tell(&st);
	if (err && status)
		say_and_status(err);
	else if (err)
		status = say_and_status(err);
	else if (!cap.ended)
		say_note(N_("the recording was ended; the command itself goes on, as process %d"),
			 cap.child);
	capture_close(&cap);
	return status;
}

/* Before a command is started or a file is read. */
static struct tl_err *check_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return tl_err_hint(
			tl_err_os(errno, N_("there is no terminal to show it on"), NULL, NULL),
			N_("without one: tasklife story, tree, timeline"), NULL);
	close(fd);
	return NULL;
}

static int run(const void *opts, int n, char **words)
{
	const struct full *f = opts;
	struct tl_err *err = NULL;

	if (f->command && !n)
		err = tl_err_hint(tl_err_new(TL_E_USAGE, N_("watch what?"), NULL),
				  N_("a command: tasklife tui -- CMD"), NULL);
	if (!err)
		err = check_terminal();
	if (!err && f->command)
		return show_command(f, words);
	if (!err)
		err = show_file(f, n, words);
	return err ? say_and_status(err) : 0;
}

const struct cmd cmd_tui = {
	.name = "tui",
	.summary = N_("a trace, or a command while it runs, on the full screen"),
	.usage = "[options] [FILE | -- CMD [ARG...]]",
	.opts = tui_opts,
	.size = sizeof(struct full),
	.run = run,
};
