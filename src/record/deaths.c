/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A thread that turns what BPF programs saw, deaths and the arguments of execs, into side facts. It is woken by the first death after it had
 * caught up and then rests for 2 ms, so that a storm of deaths costs it at most 500 wake-ups a second, while a
 * fact still stands in the trace before the kernel frees the dead task (an RCU grace period later).
 */
#include <errno.h>
#include <poll.h>
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

/* The program's clock is that of the trace only when that is mono. */
static void on_death(void *ctx, const struct exits_death *d)
{
	struct tl_recorder *rec = ctx;
	bool mono = rec->report.clock[0] == 'm';
	struct side_line l;

	side_begin(&l, "exit");
	side_int(&l, "tid", d->tid);
	side_int(&l, "status", d->status);
	if (mono)
		side_int(&l, "t", d->t);
	side_call(&l, d->call);
	side_int(&l, "unwanted", d->unwanted);
	side_put(&rec->side, &l);
}

static void on_exec(void *ctx, const struct exits_exec *e)
{
	struct tl_recorder *rec = ctx;

	side_args(&rec->side, e->tid, e->args, e->n);
}

static void on_sent(void *ctx, const struct exits_signal *s)
{
	struct tl_recorder *rec = ctx;

	side_sender(&rec->side, s, rec->report.clock[0] == 'm');
}

static void hear_kernel(struct tl_recorder *rec)
{
	exits_take(rec->exits,
		   &(struct exits_ear){.died = on_death, .execed = on_exec, .sent = on_sent, .ctx = rec});
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

/* When told to end it says the last facts, and leaves only when tracing is off: its own end is nobody's story. */
static void *deaths_run(void *arg)
{
	struct tl_recorder *rec = arg;
	struct pollfd fd = {.fd = exits_fd(rec->exits), .events = POLLIN};

	rec->deaths_tid = gettid();
	sem_post(&rec->deaths_said);
	while (!rec->deaths_end) {
		poll(&fd, 1, 50);
		hear_kernel(rec);
		nanosleep(&(struct timespec){.tv_nsec = 2 * 1000 * 1000}, NULL);
	}
	hear_kernel(rec);
	tell_lost(rec);
	sem_post(&rec->deaths_said);
	while (sem_wait(&rec->deaths_leave) && errno == EINTR)
		;
	return NULL;
}

static void hear(struct tl_recorder *rec)
{
	while (sem_wait(&rec->deaths_said) && errno == EINTR)
		;
}

struct tl_err *record_deaths_start(struct tl_recorder *rec)
{
	try(exits_open(&rec->exits));
	sem_init(&rec->deaths_said, 0, 0);
	sem_init(&rec->deaths_leave, 0, 0);
	if (pump_thread(&rec->deaths, deaths_run, rec)) {
		exits_close(rec->exits);
		rec->exits = NULL;
		return tl_err_new(TL_E_FAILED, N_("cannot read exit codes by BPF"), NULL);
	}
	hear(rec);
	rec->deaths_run = true;
	rec->report.exit_by_bpf = true;
	return NULL;
}

void record_deaths_last(struct tl_recorder *rec)
{
	if (!rec->deaths_run)
		return;
	rec->deaths_end = true;
	hear(rec);
}

void record_deaths_stop(struct tl_recorder *rec)
{
	if (!rec->deaths_run)
		return;
	sem_post(&rec->deaths_leave);
	pthread_join(rec->deaths, NULL);
	rec->deaths_run = false;
}
