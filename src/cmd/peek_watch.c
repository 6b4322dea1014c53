/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peek --watch: what changed between one look and the next, a line per change. Looks are samples:
 * what came and went between two of them is not seen; `tasklife watch` sees it, from the trace.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include "base/text.h"
#include "cmd/peek.h"

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	stop = sig;
}

/* What is told when nobody says which fields: what does not change with every breath. */
static const unsigned told[] = {
	TL_TASK_tgid,
	TL_TASK_state,
	TL_TASK_exit_state,
	TL_TASK_flags,
	TL_TASK_ptrace,
	TL_TASK_real_parent_pid,
	TL_TASK_parent_pid,
	TL_TASK_nr_threads,
	TL_TASK_policy,
	TL_TASK_prio,
	TL_TASK_pending,
	TL_TASK_shared_pending,
	TL_TASK_blocked,
	TL_TASK_signal_flags,
	TL_TASK_exit_code,
	TL_TASK_group_exit_code,
	TL_TASK_mm,
	TL_TASK_ti_cpu,
	TL_TASK_ti_syscall_work,
};

struct watching {
	const struct peek_opts *o;
	const struct peek_asked *a;
	const struct view_peek *v;
	struct tl_peek was; /* the rows of the look before */
	struct page pg;
	struct out *out;
};

static void begin_line(struct watching *w, const struct tl_peek_task *t)
{
	text_time(w->out, w->v->peek->now);
	out_fmt(w->out, "  %s  ", peek_name(&w->pg, t));
}

static void tell_change(struct watching *w, const struct tl_peek_task *was,
			const struct tl_peek_task *t, unsigned shown)
{
	struct view_peek before = *w->v;
	const char *from, *to;

	if (shown < TL_TASK_FIELDS && was->v[shown] == t->v[shown] &&
	    tl_peek_has(was, shown) == tl_peek_has(t, shown))
		return;
	before.peek = &w->was;
	from = peek_value(&w->pg, &before, was, shown);
	to = peek_value(&w->pg, w->v, t, shown);
	if (!strcmp(from, to))
		return;
	begin_line(w, t);
	if (shown == TL_TASK_state)
		out_fmt(w->out, "state %c ", tl_peek_letter(was));
	else
		out_fmt(w->out, "%s ", view_peek_id(shown));
	out_fmt(w->out, "%s \xe2\x86\x92 ", from);
	if (shown == TL_TASK_state)
		out_fmt(w->out, "%c ", tl_peek_letter(t));
	out_fmt(w->out, "%s\n", to);
}

static void compare(struct watching *w, const struct tl_peek_task *was,
		    const struct tl_peek_task *t)
{
	const unsigned *f = w->a->n_fields ? w->a->field : told;
	unsigned n = w->a->n_fields ? w->a->n_fields : ARRAY_SIZE(told);

	page_reset(&w->pg);
	if (memcmp(was->comm, t->comm, sizeof(t->comm))) {
		begin_line(w, was);
		out_fmt(w->out, "comm \xe2\x86\x92 ");
		text_safe(w->out, t->comm, strlen(t->comm));
		out_char(w->out, '\n');
	}
	for (unsigned i = 0; i < n; i++)
		tell_change(w, was, t, f[i]);
}

static bool wanted(const struct watching *w, const struct tl_peek *p, const struct tl_peek_task *t)
{
	for (unsigned i = 0; i < w->a->n_pids; i++)
		if (tl_peek_find(p, w->a->pid[i]) == t)
			return true;
	return !w->a->n_pids;
}

static void tell_end(struct watching *w, const struct tl_peek_task *t, const char *what)
{
	page_reset(&w->pg);
	begin_line(w, t);
	out_fmt(w->out, "%s\n", what);
}

/* Both looks are in the order of (pid, birth): one walk along the two. */
static void tell_changes(struct watching *w)
{
	const struct tl_peek *now = w->v->peek;
	size_t i = 0, k = 0;

	while (i < w->was.n || k < now->n) {
		const struct tl_peek_task *a = i < w->was.n ? &w->was.task[i] : NULL,
					  *b = k < now->n ? &now->task[k] : NULL;
		int by = !a   ? 1
			 : !b ? -1
			 : tl_peek_pid(a) != tl_peek_pid(b)
				 ? (tl_peek_pid(a) < tl_peek_pid(b) ? -1 : 1)
				 : 0;
		uint64_t sa = a ? a->v[TL_TASK_start_boottime] : 0,
			 sb = b ? b->v[TL_TASK_start_boottime] : 0;

		by = by ? by : sa < sb ? -1 : sa > sb;
		if (by < 0 && wanted(w, &w->was, a))
			tell_end(w, a, _("is gone"));
		else if (by > 0 && wanted(w, now, b))
			tell_end(w, b, _("is new"));
		else if (!by && wanted(w, now, b))
			compare(w, a, b);
		i += by <= 0;
		k += by >= 0;
	}
}

static bool any_left(const struct peek_asked *a, const struct tl_peek *p)
{
	for (unsigned i = 0; i < a->n_pids; i++)
		if (tl_peek_find(p, a->pid[i]))
			return true;
	return !a->n_pids;
}

struct tl_err *peek_watch(const struct peek_opts *o, const struct peek_asked *a,
			  const struct view_peek *v, struct tl_peek_live *l, struct tl_peek *p,
			  struct out *out)
{
	struct watching w = {.o = o, .a = a, .v = v, .out = out};
	struct timespec pause = {(time_t)a->interval,
				 (long)((a->interval - (time_t)a->interval) * 1e9)};
	struct sigaction sa = {.sa_handler = on_signal};
	struct tl_err *err = tl_peek_sweep(l, p);

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	peek_page(&w.pg, out, &o->common);
	if (!err)
		err = peek_show(o, a, v, out);
	while (!err && !stop && !out->os && any_left(a, p)) {
		out_flush(out);
		err = tl_peek_keep(p, &w.was);
		nanosleep(&pause, NULL);
		if (!err && !stop)
			err = tl_peek_sweep(l, p);
		if (!err && !stop && !o->json)
			tell_changes(&w);
		else if (!err && !stop && any_left(a, p))
			err = peek_show(o, a, v, out);
	}
	page_fini(&w.pg);
	tl_peek_fini(&w.was);
	return err;
}
