/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch: births, execs, signals and deaths as they happen, one line each. The kernel's records come
 * through the same reader, events and lives as those of a file; only the telling does not wait for
 * a life to be complete.
 *
 * A death's line waits for the exit code, which comes as a side fact some milliseconds after the
 * death, at most CODE_NS of trace time.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include "base/arena.h"
#include "base/io.h"
#include "base/vec.h"
#include "cmd/capture.h"
#include "cmd/pipeline.h"
#include "cmd/sentinel.h"
#include "view/watch.h"
#include "view/words.h"

#define CODE_NS 200000000ll

struct watch {
	struct common common;
	struct capture_opts capture;
	const char *seconds;
};

static const struct opt watch_opts[] = {
	OPT_LIST('p', "pid", "PID",
		 N_("only this running task and what it creates; may be given more than once"),
		 struct watch, capture.pid),
	OPT_FLAG('a', "all", N_("every task of the machine"), struct watch, capture.everything),
	OPT_STR('d', "duration", "SECONDS", N_("end after so long"), struct watch, seconds),
	OPT_TABLE(common_opts, struct watch, common),
	OPT_END,
};

struct dying {
	struct tl_ref who;
	tl_ns t;
};

struct watching {
	struct out out;
	struct page pg;
	struct arena mem;
	struct tl_source *src;
	struct tl_events *events;
	struct tl_lives *lives;
	bool everything;
	bool side; /* exit codes come as side facts */
	const struct cond *until; /* say nothing, and end at the first death of which this holds */
	int until_fd; /* that death in words, at once */
	bool found;
	VEC(struct dying) dying;
};

/* ---- telling ---- */

static bool is_meant(const struct watching *w, const struct tl_task *t)
{
	return t && (w->everything || t->family || t->root);
}

static struct tl_told told_of(struct watching *w, const struct tl_task *t)
{
	const struct tl_trace_info *info = tl_source_info(w->src);

	page_reset(&w->pg);
	arena_reset(&w->mem);
	return (struct tl_told){.task = t,
				.info = info,
				.t0 = info->first,
				.witnesses = tl_lives_witnesses(w->lives)};
}

static void tell_birth(struct watching *w, tl_pid tid)
{
	const struct tl_task *t = tl_lives_find(w->lives, tid);
	struct tl_told told;

	if (!is_meant(w, t))
		return;
	told = told_of(w, t);
	tl_why_birth(t, told.witnesses, &w->mem, &told.birth);
	watch_birth(&w->pg, &told);
}

static void tell_exec(struct watching *w, tl_pid tid, uint64_t place)
{
	const struct tl_task *t = tl_lives_find(w->lives, tid);

	if (!is_meant(w, t) || !t->n_execs || t->exec[t->n_execs - 1].seen.place != place)
		return;
	page_reset(&w->pg);
	watch_exec(&w->pg, t);
}

/* SIGCHLD with CLD_EXITED, CLD_KILLED or CLD_DUMPED: the child's death says it. */
static bool tells_an_end(const struct tl_event *ev)
{
	return ev->u.sig.sig == 17 && ev->u.sig.code >= 1 && ev->u.sig.code <= 3;
}

static void tell_signal(struct watching *w, const struct tl_event *ev)
{
	const struct tl_task *t = tl_lives_find(w->lives, ev->u.sig.pid),
			     *owner = tl_lives_find(w->lives, ev->pid);
	const struct tl_signal *sig = t && t->n_signals ? &t->signals[t->n_signals - 1] : NULL;
	struct tl_finding source;
	struct tl_told told;

	if (!sig || tells_an_end(ev) || sig->seen.place != ev->place ||
	    (!is_meant(w, t) && !is_meant(w, owner)))
		return;
	told = told_of(w, t);
	tl_why_signal(t, sig, told.witnesses, &w->mem, &source);
	watch_signal(&w->pg, t, sig, &source);
}

/* To who waits for it. */
static bool say_death(struct watching *w, const struct tl_task *t,
		      const struct tl_death_verdict *v)
{
	const char *words = page_fmt(&w->pg, "%s: %s", words_task(&w->pg, t),
				     words_death(&w->pg, v));
	tl_ns when = t->death->seen.t;

	return !io_write_all(w->until_fd, (const char *)&when, sizeof(when)) &&
	       !io_write_all(w->until_fd, words, strlen(words));
}

static void tell_death(struct watching *w, const struct tl_task *t)
{
	struct tl_told told = told_of(w, t);

	tl_why_death(t, told.witnesses, &w->mem, &told.death);
	if (!w->until) {
		watch_death(&w->pg, &told);
	} else if (!w->found && cond_holds(w->until, t, &told.death)) {
		w->found = say_death(w, t, &told.death);
	}
}

/* ---- deaths that wait for their code ---- */

static void forget_waiting(struct watching *w, size_t i)
{
	w->dying.n--;
	memmove(&w->dying.v[i], &w->dying.v[i + 1], (w->dying.n - i) * sizeof(w->dying.v[i]));
}

/* False: its pid is free already, and it is told when it is complete. */
static bool tell_waiting(struct watching *w, size_t i)
{
	struct tl_ref who = w->dying.v[i].who;
	const struct tl_task *t = tl_lives_find(w->lives, who.tid);

	if (!t || !tl_ref_same(who, tl_ref_of(t)))
		return false;
	forget_waiting(w, i);
	tell_death(w, t);
	return true;
}

static void tell_late(struct watching *w, tl_ns now)
{
	for (size_t i = 0; now != TL_NS_NONE && i < w->dying.n && now - w->dying.v[i].t > CODE_NS;)
		if (!tell_waiting(w, i))
			i++;
}

static void code_came(struct watching *w, tl_pid tid)
{
	for (size_t i = 0; i < w->dying.n; i++)
		if (w->dying.v[i].who.tid == tid) {
			tell_waiting(w, i);
			return;
		}
}

static void see_death(struct watching *w, const struct tl_event *ev)
{
	const struct tl_task *t = tl_lives_find(w->lives, ev->u.exit.pid);
	struct dying *d;

	if (!is_meant(w, t) || !t->death->seen.is)
		return;
	d = w->side && !(t->death->status_known && !t->death->status_from_call)
		    ? vec_push(&w->dying)
		    : NULL;
	if (d)
		*d = (struct dying){.who = tl_ref_of(t), .t = ev->t};
	else
		tell_death(w, t);
}

/* Complete before its code came: now or never. */
static void on_complete(void *ctx, const struct tl_task *t)
{
	struct watching *w = ctx;

	for (size_t i = 0; i < w->dying.n; i++) {
		if (!tl_ref_same(w->dying.v[i].who, tl_ref_of(t)))
			continue;
		forget_waiting(w, i);
		tell_death(w, t);
		return;
	}
}

/* ---- the stream ---- */

static void see_side(struct watching *w, const struct tl_event *ev)
{
	const struct tl_task *t = tl_lives_find(w->lives, ev->u.side.tid);

	if (ev->u.side.kind == TL_SIDE_EXIT) {
		w->side = true;
		code_came(w, ev->u.side.tid);
	}
	if (ev->u.side.kind == TL_SIDE_ROOT && !w->everything && !w->until && t && t->birth.seen.is)
		tell_birth(w, t->tid); /* a command of ours is born before it is known to be it */
}

static void tell(struct watching *w, const struct tl_event *ev)
{
	tell_late(w, ev->t);
	if (w->until && ev->kind != TL_EV_EXIT && ev->kind != TL_EV_SIDE)
		return;
	switch (ev->kind) {
	case TL_EV_NEWTASK: tell_birth(w, ev->u.newtask.pid); break;
	case TL_EV_FORK:
		if (!tl_lives_witnesses(w->lives)->newtask)
			tell_birth(w, ev->u.fork.child);
		break;
	case TL_EV_EXEC: tell_exec(w, ev->u.exec.pid, ev->place); break;
	case TL_EV_SIGNAL: tell_signal(w, ev); break;
	case TL_EV_EXIT: see_death(w, ev); break;
	case TL_EV_LOST:
		page_reset(&w->pg);
		watch_lost(&w->pg, ev->u.lost, ev->t);
		break;
	case TL_EV_SIDE:
		see_side(w, ev);
		break;
	default: break;
	}
}

static struct tl_err *stream(struct watching *w)
{
	struct tl_event ev;

	try(tl_events_new(w->src, &w->events));
	try(tl_lives_new(w->events, on_complete, w, &w->lives));
	while (!w->out.os && !w->found && tl_events_next(w->events, &ev) > 0) {
		try(tl_lives_feed(w->lives, &ev));
		tell(w, &ev);
	}
	return tl_lives_end(w->lives);
}

static struct tl_err *tell_source(struct watching *w, const struct common *c)
{
	struct tl_view_opts opts = {.width =
					    width_of(STDOUT_FILENO, isatty(STDOUT_FILENO) ? 80 : 0),
				    .color = color_wanted(c, STDOUT_FILENO)};
	struct tl_err *err;

	out_init(&w->out, STDOUT_FILENO);
	arena_init(&w->mem);
	page_init(&w->pg, &w->out, &opts);
	w->pg.label_cells = 6;
	w->pg.time_cells = 14;
	err = stream(w);
	out_flush(&w->out);
	if (!err && w->out.os && w->out.os != EPIPE)
		err = tl_err_os(w->out.os, N_("cannot write the answer"), NULL, NULL);
	tl_lives_free(w->lives);
	tl_events_free(w->events);
	vec_fini(&w->dying);
	page_fini(&w->pg);
	arena_fini(&w->mem);
	out_fini(&w->out);
	return err;
}

/* ---- live ---- */

struct keeper { /* waits for the end of what is watched, and stops the recorder */
	pthread_t thread;
	struct capture *cap;
	double seconds;
	struct tl_err *err;
};

static void *keeper_run(void *arg)
{
	struct keeper *k = arg;

	k->err = capture_wait(k->cap, k->seconds);
	return NULL;
}

/* Signals go to the keeper, whose waiting they end; the reader sees the end of its pipe. */
static struct tl_err *read_while_kept(struct watching *w, struct keeper *k, const struct common *c,
				      int fd)
{
	sigset_t ends;
	struct tl_err *err;

	if (pthread_create(&k->thread, NULL, keeper_run, k)) {
		close(fd);
		return &tl_enomem;
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	err = tl_source_open_fd(fd, "trace_pipe", &w->src);
	if (!err)
		err = tell_source(w, c);
	capture_stop();
	tl_source_close(w->src);
	pthread_join(k->thread, NULL);
	if (!err)
		return k->err;
	tl_err_free(k->err);
	return err;
}

static struct tl_err *open_following(struct capture_opts how, struct capture *ret)
{
	how.follow = true;
	how.mode = how.mode ? how.mode : "stacks";
	how.best_effort = true;
	return capture_open(&how, ret);
}

static struct tl_err *live(const struct watch *opts, struct capture *cap, double seconds,
			   char **argv)
{
	struct watching w = {.everything = opts->capture.everything};
	struct keeper k = {.cap = cap, .seconds = seconds};
	const struct tl_rec_report *rep;
	int fd = -1;

	try(open_following(opts->capture, cap));
	rep = tl_recorder_report(cap->rec);
	w.side = rep->exit_by_bpf;
	for (unsigned i = 0; i < rep->n_refused; i++)
		say_err(rep->refused[i]);
	if (*argv)
		try(capture_start(cap, argv));
	try(tl_recorder_follow(cap->rec, &fd));
	return read_while_kept(&w, &k, &opts->common, fd);
}

struct tl_err *sentinel_watch(const struct capture_opts *how, const struct cond *until, int fd)
{
	static const struct common plain;
	struct watching w = {.everything = how->everything, .until = until, .until_fd = fd};
	struct capture cap = {};
	struct keeper k = {.cap = &cap, .seconds = -1};
	struct tl_err *err = open_following(*how, &cap);
	int from = -1;

	if (!err)
		err = tl_recorder_follow(cap.rec, &from);
	if (!err) {
		w.side = tl_recorder_report(cap.rec)->exit_by_bpf;
		io_write_all(fd, "r", 1);
		err = read_while_kept(&w, &k, &plain, from);
	}
	capture_close(&cap);
	return err;
}

static struct tl_err *check(const struct watch *o, int n, double *ret_seconds)
{
	char *end;

	*ret_seconds = -1;
	if (!n && !o->capture.pid.n && !o->capture.everything)
		return tl_err_hint(
			tl_err_hint(
				tl_err_new(TL_E_USAGE, N_("watch what?"), NULL),
				N_("the whole machine: tasklife watch -a; a running task: tasklife watch -p PID"),
				NULL),
			N_("a command: tasklife watch -- CMD"), NULL);
	if (!o->seconds)
		return NULL;
	*ret_seconds = strtod(o->seconds, &end);
	if (end == o->seconds || *end || !isfinite(*ret_seconds) || *ret_seconds < 0)
		return tl_err_new(TL_E_USAGE, N_("'%s' is no number of seconds"), o->seconds);
	return NULL;
}

static int run(const void *opts, int n, char **words)
{
	const struct watch *o = opts;
	struct capture cap = {};
	double seconds;
	struct tl_err *err = check(o, n, &seconds);
	int status;

	if (!err)
		err = live(o, &cap, seconds, words);
	if (err && n && cap.rec && cap.child == TL_PID_NONE)
		status = capture_start_status(err);
	else
		status = 0;
	if (err && status)
		say_and_status(err);
	else if (err)
		status = say_and_status(err);
	capture_close(&cap);
	return status;
}

const struct cmd cmd_watch = {
	.name = "watch",
	.summary = N_("births, execs, signals and deaths as they happen, one line each"),
	.usage = "[-d SECONDS] [-p PID | -a | [--] CMD [ARG...]]",
	.opts = watch_opts,
	.size = sizeof(struct watch),
	.stop_at_first_word = true,
	.run = run,
};
