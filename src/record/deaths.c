/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A thread that turns what BPF programs saw, deaths, the arguments of execs and senders of signals,
 * into side facts.
 *
 * They go into pages of our own (own.h), at their own times. Then nobody waits for them: the thread
 * looks twenty times a second, and takes next to nothing from a load of many deaths.
 *
 * Where they must go through the kernel's buffer (who reads it while it is written, who keeps its
 * last seconds, and where the trace's clock is not that of the programs), it is woken by the first
 * death after it had caught up and then rests for 2 ms, so that a storm of deaths costs it at most
 * 500 wake-ups a second, while a fact still stands in the trace before the kernel frees the dead
 * task (an RCU grace period later).
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/guard.h"
#include "record/inside.h"

void record_tell_exit(struct side *s, tl_pid tid, int status)
{
	struct side_line l;

	side_begin(&l, "exit");
	side_int(&l, "tid", tid);
	side_int(&l, "status", status);
	side_put(s, &l);
}

void side_call(struct side_line *l, enum tl_call call)
{
	const char *name = tl_call_name(call);

	if (name)
		side_text(l, "call", name, strlen(name));
}

/* ---- where facts go ---- */

static int by_time(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	return x->t < y->t ? -1 : x->t > y->t;
}

static bool is_mono(const struct tl_recorder *rec)
{
	return rec->report.clock[0] == 'm';
}

/* What happened before the recording began or after it had no room for more is none of it. */
static void put_own(struct tl_recorder *rec, int cpu, tl_ns t, tl_pid tid, const char *text,
		    size_t n)
{
	if (t >= atomic_load(&rec->from) && t <= atomic_load(&rec->to))
		own_put(&rec->own, cpu, (uint64_t)t, tid, text, n);
}

static void put_waiting(struct tl_recorder *rec, tl_ns until)
{
	struct waiting *w = &rec->waiting;

	if (!w->done)
		vec_sort(&w->facts, by_time);
	for (; w->done < w->facts.n && w->facts.v[w->done].t <= until; w->done++) {
		struct fact *f = &w->facts.v[w->done];

		put_own(rec, f->cpu, f->t, f->tid, f->text, f->n);
		free(f->text);
	}
	if (w->done == w->facts.n)
		w->done = w->facts.n = 0;
}

static void tell_later(struct tl_recorder *rec, int cpu, tl_ns t, tl_pid tid,
		       const struct side_line *l)
{
	struct fact *f;
	char *text;

	if (!rec->own.on) {
		side_put(&rec->side, l);
		return;
	}
	text = malloc(l->n);
	f = text ? vec_push(&rec->waiting.facts) : NULL;
	if (f)
		*f = (struct fact){t, cpu, tid, l->n, memcpy(text, l->text, l->n)};
	else
		free(text);
}

static void tell_now(struct tl_recorder *rec, int cpu, tl_ns t, tl_pid tid,
		     const struct side_line *l)
{
	if (!rec->own.on) {
		side_put(&rec->side, l);
		return;
	}
	if (rec->waiting.facts.n)
		put_waiting(rec, t);
	put_own(rec, cpu, t, tid, l->text, l->n);
}

/* ---- what is told ---- */

/* The program's clock is that of the trace only when that is mono. */
static void on_death(void *ctx, const struct exits_death *d)
{
	struct tl_recorder *rec = ctx;
	struct side_line l;

	side_begin(&l, "exit");
	side_int(&l, "tid", d->tid);
	side_int(&l, "status", d->status);
	if (is_mono(rec))
		side_int(&l, "t", d->t);
	side_call(&l, d->call);
	side_int(&l, "unwanted", d->unwanted);
	names_died(&rec->names, d->tid, d->comm);
	tell_now(rec, d->cpu, d->t, d->tid, &l);
}

static void on_exec(void *ctx, const struct exits_exec *e)
{
	struct side_line l;

	if (side_args(&l, e->tid, e->args, e->n))
		tell_later(ctx, e->cpu, e->t, e->tid, &l);
}

static void on_sent(void *ctx, const struct exits_signal *s)
{
	struct side_line l;

	side_sender(&l, s, is_mono(ctx));
	tell_later(ctx, s->cpu, s->t, s->tid, &l);
}

static void hear_kernel(struct tl_recorder *rec)
{
	exits_take(rec->exits,
		   &(struct exits_ear){
			   .died = on_death, .execed = on_exec, .sent = on_sent, .ctx = rec});
	if (rec->waiting.facts.n)
		put_waiting(rec, INT64_MAX);
}

static void tell_lost(struct tl_recorder *rec)
{
	struct side_line l;

	if (!exits_lost(rec->exits))
		return;
	side_begin(&l, "lost");
	side_text(&l, "what", "exit", 4);
	side_int(&l, "n", (int64_t)exits_lost(rec->exits));
	side_put(&rec->side, &l);
}

/* ---- the thread ---- */

/* How long it looks away, when nothing wakes it and at least. */
#define LOOK_MS 50
#define REST_NS (2 * 1000 * 1000)

static void wait_for(sem_t *said)
{
	while (sem_wait(said) && errno == EINTR)
		;
}

static void listen_to_kernel(struct tl_recorder *rec)
{
	struct pollfd fd = {.fd = exits_fd(rec->exits), .events = POLLIN};

	while (!rec->deaths_end) {
		poll(&fd, 1, LOOK_MS);
		hear_kernel(rec);
		nanosleep(&(struct timespec){.tv_nsec = REST_NS}, NULL);
	}
	hear_kernel(rec);
	own_flush(&rec->own);
	tell_lost(rec);
}

/* When told to end it says the last facts, and leaves only when tracing is off: its own end is
 * nobody's story. */
static void *deaths_run(void *arg)
{
	struct tl_recorder *rec = arg;

	rec->deaths_tid = gettid();
	sem_post(&rec->deaths_said);
	wait_for(&rec->deaths_go);
	if (rec->exits)
		listen_to_kernel(rec);
	sem_post(&rec->deaths_said);
	wait_for(&rec->deaths_leave);
	return NULL;
}

struct tl_err *record_deaths_thread(struct tl_recorder *rec)
{
	sem_init(&rec->deaths_said, 0, 0);
	sem_init(&rec->deaths_go, 0, 0);
	sem_init(&rec->deaths_leave, 0, 0);
	atomic_store(&rec->from, INT64_MAX);
	atomic_store(&rec->to, INT64_MAX);
	if (pump_thread(&rec->deaths, deaths_run, rec))
		return tl_err_new(TL_E_FAILED, N_("cannot read exit codes by BPF"), NULL);
	rec->deaths_run = true;
	wait_for(&rec->deaths_said);
	return NULL;
}

struct tl_err *record_deaths_open(struct tl_recorder *rec, bool own)
{
	if (!rec->deaths_run)
		return NULL;
	if (own && is_mono(rec))
		try(own_open(rec->tracefs, &rec->limit, &rec->pumps[FACTS], &rec->own));
	return exits_open(!rec->own.on, &rec->exits);
}

struct tl_err *record_deaths_start(struct tl_recorder *rec)
{
	struct tl_err *err = rec->exits ? exits_start(rec->exits) : NULL;

	if (err)
		exits_close(take(rec->exits));
	rec->report.exit_by_bpf = rec->exits;
	if (rec->deaths_run)
		sem_post(&rec->deaths_go);
	return err;
}

void record_deaths_last(struct tl_recorder *rec)
{
	if (!rec->deaths_run)
		return;
	rec->deaths_end = true;
	sem_post(&rec->deaths_go); /* where it never started */
	wait_for(&rec->deaths_said);
}

void record_deaths_stop(struct tl_recorder *rec)
{
	if (!rec->deaths_run)
		return;
	sem_post(&rec->deaths_leave);
	pthread_join(rec->deaths, NULL);
	rec->deaths_run = false;
	own_fini(&rec->own);
	vec_fini(&rec->waiting.facts);
}
