/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside event/: the stream's state, the decoders, and how they get at fields. */
#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H

#include "base/atom.h"
#include "base/line.h"
#include "base/map.h"
#include "base/out.h"
#include "base/vec.h"
#include "read/fields_bin.h"
#include "tasklife/event.h"

/*
 * Events wait in a ring until it is known whether a stack follows. Invariants:
 *  inv 1  events leave in the order in which their records came;
 *  inv 2  at most one event per (buffer, cpu, context) is open, and it is the last record of these;
 *  inv 3  an event is open for at most PAIR_WINDOW records.
 */
struct pair_slot {
	uint64_t seq; /* of the open event, counted from 1; 0 none */
	tl_pid pid;
	bool dropped; /* the last record was a function without a role: its stack goes with it */
};

/* Whose names lie still need not be looked up by their bytes again. */
enum { OWNERS = 256 };
struct owner {
	const char *name;
	const struct tl_atom *atom; /* NULL: the kernel no longer knew it */
};

struct held {
	struct tl_event ev;
	uint64_t record; /* number of its record */
	bool open;
	bool is_func;
	struct tl_rawframe ip, parent; /* is_func: names are atoms' bytes */
};

/*
 * Whoever takes events only looks at the first line of this: what the reader changes with each
 * record lies on others, or the two would wait for each other's caches at every event.
 */
struct tl_events {
	struct tl_source *src;
	const struct tl_symtab *symbols; /* given from outside, for traces without */
	struct ahead *ahead; /* ahead.c; NULL: events are pulled one by one */
	alignas(LINE) struct atoms atoms;
	struct arena mem; /* stacks */
	struct map stacks; /* hash -> struct stack_entry */
	struct out key;	   /* of the stack being looked up */
	struct map kept;   /* address of frames that their reader keeps -> struct stack_entry */
	struct tl_event_counts counts;
	struct held *ring;
	size_t cap;	    /* a power of two */
	uint64_t head, tail; /* seq of the first held, and one behind the last */
	uint64_t records;
	VEC(struct pair_slot) slot; /* by cpu, buffer and context */
	unsigned in_use; /* of them hold something */
	bool ended;
	struct owner owner[OWNERS]; /* by pid */
	struct tl_event taken;	/* by tl_events_take(), where none are read ahead */
};

/* events.c: the next one from the source itself; false: the end */
bool events_pull(struct tl_events *evs, struct tl_event *ret);
/* what no life asks for need not be read */
void events_want(const struct tl_events *evs);
/* ahead.c */
const struct tl_event *ahead_take(struct ahead *a);
const struct tl_trace_info *ahead_info(const struct ahead *a);
double ahead_progress(const struct ahead *a);
const struct tl_event_counts *ahead_counts(const struct ahead *a);
void ahead_free(struct ahead *a);

/* One decoder per modelled event: fills what is special to it. False: a field it cannot do without
 * is missing, the record is not given out. */
typedef bool (*decoder)(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);

extern const decoder decoder_of[TL_EVENTS];

bool decode_newtask(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_rename(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_fork(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_prepare_exec(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_exec(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_exit(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_wait(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_free(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_switch(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_waking(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_wakeup(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_wakeup_new(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_migrate(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_signal(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_deliver(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_victim(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_exit_call(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_wait_return(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_call(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_confine(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_waitid(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_asked(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
bool decode_reclaim(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
/* A traced function; false when it has no role. */
bool decode_func(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);
/* A marker of our recorder; false for anybody else's text. */
bool decode_side(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev);

static inline bool has(const struct tl_record *rec, unsigned field)
{
	return rec->f.have >> field & 1;
}

static inline int64_t int_of(const struct tl_record *rec, unsigned field, int64_t otherwise)
{
	return has(rec, field) ? field_int(&rec->f, field) : otherwise;
}

static inline tl_pid pid_of(const struct tl_record *rec, unsigned field)
{
	return (tl_pid)int_of(rec, field, TL_PID_NONE);
}

/* NULL when the trace does not have it. */
static inline const struct tl_atom *str_of(struct tl_events *evs, const struct tl_record *rec,
					   unsigned field)
{
	const void *comm;

	if (!has(rec, field))
		return NULL;
	if (!rec->f.plan)
		return atom_of_str(&evs->atoms, rec->f.v[field].s);
	comm = field_comm(&rec->f, field);
	return comm ? atom_of_comm(&evs->atoms, comm)
		    : atom_of_str(&evs->atoms, tl_field(&rec->f, field).s);
}

/* stack.c: a stack whose reader keeps its frames. */
const struct tl_stack *stack_of_kept(struct tl_events *evs, const struct tl_rawframe *frame,
				     unsigned n);
/* An event of the function tracer without a stack still says function and caller. */
const struct tl_stack *stack_of_pair(struct tl_events *evs, const struct tl_rawframe *ip,
				     const struct tl_rawframe *parent);

#endif
