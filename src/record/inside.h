/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of this room share: the recorder itself.
 */
#ifndef RECORD_INSIDE_H
#define RECORD_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include "base/vec.h"
#include "bpf/exits.h"
#include "record/child.h"
#include "record/follow.h"
#include "record/names.h"
#include "record/own.h"
#include "record/probe.h"
#include "record/pump.h"
#include "record/side.h"
#include "tasklife/recorder.h"
#include "tracefs/undo.h"

/* symbols.c */
struct symbols {
	pthread_t thread;
	bool running;
	char *text; /* functions of /proc/kallsyms; NULL none */
	size_t n;
	char *modules; /* those that were there then */
};
/* read while the command runs; without it symbols_get() reads */
void symbols_start(struct symbols *s);
struct tl_str symbols_get(struct symbols *s); /* empty: hidden from us; valid until the end */
void symbols_fini(struct symbols *s);

/* plan.c: what may be traced, read while the instances are made: see tracefs/filter.c. */
struct functions {
	pthread_t thread;
	bool running;
	const char *tracefs;
	char *text; /* available_filter_functions */
	struct tl_err *err;
};
void functions_start(struct functions *f, const char *tracefs);
void functions_fini(struct functions *f);

/* deaths.c: execs and senders are heard before deaths; they wait, so that all stand in the order of
 * their times. */
struct fact {
	tl_ns t;
	int cpu;
	tl_pid tid;
	size_t n;
	char *text;
};
struct waiting {
	VEC(struct fact) facts;
	size_t done;
};

/* The buffers of a recording: those of the instances, and the pages of our own. */
enum { FACTS = BUFFERS, ALL_BUFFERS };

struct tl_recorder {
	struct tfs_undo undo;
	char *tracefs;
	struct tfs_instance inst[BUFFERS];
	struct pumps pumps[ALL_BUFFERS];
	struct pump_limit limit;
	struct side side;
	struct exits *exits; /* NULL: exit codes are not to be had by BPF */
	pthread_t deaths;    /* turns them into side facts */
	tl_pid deaths_tid;   /* 0 none */
	struct own own;	     /* where it puts them; not on: into the kernel's buffer */
	struct waiting waiting;
	struct names names;
	bool own_names; /* and nobody else keeps any */
	int names_lock; /* while others may not do so as well; -1 none */
	atomic_llong from, to; /* CLOCK_MONOTONIC: what it hears of is of the recording */
	sem_t deaths_said;   /* it is there; it said its last facts */
	sem_t deaths_go;
	sem_t deaths_leave;
	bool deaths_run;
	atomic_bool deaths_end;
	struct child child;
	struct symbols symbols;
	struct functions functions;
	struct follow follow;
	int follow_fd;	/* the reader's end, until it is handed over */
	bool following; /* plan.follow */
	bool without_family; /* nothing but the rare events: nobody is followed into it */
	bool flight;	/* plan.flight: pumps run at the end only */
	bool leave;	/* plan.leave */
	double last;
	_Atomic tl_ns last_until; /* 0: the stop */
	tl_pid *root; /* those of the plan */
	unsigned n_roots;
	bool on, stopped;
	/* rows that are on, per buffer */
	uint8_t enabled[TL_EVENTS]; /* bit per enum buffer */
	bool stacks;
	struct tl_rec_report report;
};

/* plan.c: switch on what the plan asks for, step by step down to what this machine permits. After
 * our threads are there, so that their wake-ups can be left out. */
struct tl_err *record_enable(struct tl_recorder *rec, const struct tl_rec_plan *plan);
/* Keep a refusal for the report (owned from here on). */
void record_refused(struct tl_recorder *rec, struct tl_err *err);
/* Are all calls recorded of which silence shall prove something? */
bool record_hears_calls(const struct tl_recorder *rec);
bool record_hears_asks(const struct tl_recorder *rec);
bool record_hears_reclaim(const struct tl_recorder *rec);

/* recorder.c: count again what was written, read and lost. */
void record_count(struct tl_recorder *rec);

/* deaths.c: exit status of tasks that are not ours, while recording. */
/* before events are on: its wake-ups are left out */
struct tl_err *record_deaths_thread(struct tl_recorder *rec);
/* also before: whether it can be done. own: facts may go into pages of our own */
struct tl_err *record_deaths_open(struct tl_recorder *rec, bool own);
/* After: so that a death's fact stands behind its event. */
struct tl_err *record_deaths_start(struct tl_recorder *rec);
/* while tracing is on: the last facts go into it */
void record_deaths_last(struct tl_recorder *rec);
void record_deaths_stop(struct tl_recorder *rec);
void record_tell_exit(struct side *s, tl_pid tid, int status);
void side_call(struct side_line *l, enum tl_call call); /* the word for it, where one is known */

/* sender.c: who sent a signal, with command line and control group */
void side_sender(struct side_line *l, const struct exits_signal *s, bool mono);

/* symbols.c: are the addresses of /proc/kallsyms there to be read, and not all zero? */
bool record_kallsyms_readable(void);

#endif
