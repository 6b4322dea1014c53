/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event/: records become typed events. Stacks are joined to the event they belong to, frames are
 * named, put right and given their roles.
 *
 * Law of this header: atoms and stacks belong to the struct tl_events and live as long as it; an
 * event is valid until the next call.
 */
#ifndef TASKLIFE_EVENT_H
#define TASKLIFE_EVENT_H

#include "read.h"
#include "sym.h"

enum tl_ev {
	TL_EV_NONE,
	TL_EV_NEWTASK,
	TL_EV_FORK,
	TL_EV_RENAME,
	TL_EV_PREPARE_EXEC,
	TL_EV_EXEC,
	TL_EV_EXIT,
	TL_EV_WAIT,
	TL_EV_FREE,
	TL_EV_SWITCH,
	TL_EV_WAKING,
	TL_EV_WAKEUP,
	TL_EV_WAKEUP_NEW,
	TL_EV_MIGRATE,
	TL_EV_SIGNAL,	/* signal_generate */
	TL_EV_DELIVER,	/* signal_deliver */
	TL_EV_OOM_VICTIM,
	TL_EV_EXIT_CALL, /* sys_enter_exit, sys_enter_exit_group: carries the exit code */
	TL_EV_WAIT_RETURN,
	TL_EV_CALL,	/* a system call that may send signals begins or ends */
	TL_EV_CONFINE,	/* a task asks for seccomp */
	TL_EV_WAITID,	/* waitid() begins: how it waits */
	TL_EV_ASKED,	/* a task asks for what decides much later */
	TL_EV_RECLAIM,	/* a task looked for memory to take, mostly in vain */
	TL_EV_FUNC,	/* a traced function with a role */
	TL_EV_SIDE,	/* a side fact of our own recorder, see side.h */
	TL_EV_LOST,
	TL_EV_OTHER,	/* everything else: only for the `events` command */
	TL_EVS,
};
/* "signal_generate" style name for evidence; functions give their own name instead. */
const char *tl_ev_name(enum tl_ev kind);

enum tl_frame_mark {
	TL_FM_PLAIN,	 /* as the trace says */
	TL_FM_CORRECTED, /* a return address put right: raw has what the trace said */
	/* its +0x0 is certainly not the caller, and nothing here can say which is */
	TL_FM_DOUBTFUL,
	TL_FM_TRAP,	 /* syscall or trap entry frame: complete, but dimmed by views */
};

struct tl_frame {
	/* put right, compiler suffix cut; "0xffff..." when it has no name */
	const struct tl_atom *name;
	const struct tl_atom *raw;  /* "copy_process+0x8/0x1610" as the trace said it */
	uint32_t off, size;	    /* put right; size 0 unknown */
	uint16_t role;		    /* enum tl_role */
	uint8_t mark;		    /* enum tl_frame_mark */
	uint8_t has_off;
};

/* Interned: equal stacks are one pointer. frame[] is innermost first, complete, without the
 * tracer's own. */
struct tl_stack {
	uint32_t hash;
	uint16_t n, n_raw;
	uint64_t roles[(TL_ROLES + 63) / 64]; /* a bit per role that any frame plays */
	/* every frame as the trace said it, tracer's own included */
	const struct tl_atom *const *raw;
	struct tl_frame frame[];
};

/* Whoever makes a stack says so when its frames are complete. */
static inline void tl_stack_complete(struct tl_stack *stack)
{
	for (unsigned i = 0; i < stack->n; i++)
		stack->roles[stack->frame[i].role / 64] |= (uint64_t)1 << stack->frame[i].role % 64;
}

static inline bool tl_stack_has_role(const struct tl_stack *stack, unsigned role)
{
	return stack->roles[role / 64] >> role % 64 & 1;
}

/* What a task may have asked for. */
enum tl_asked {
	TL_ASKED_RSEQ = 1,	/* another area for restartable sequences than its C library's */
	TL_ASKED_SESSION = 2,	/* a session of its own */
	TL_ASKED_CPU_LIMIT = 4, /* a limit of CPU time */
};

/* Where a task last looked for memory to take. */
enum tl_reclaim {
	TL_RECLAIM_UNKNOWN,
	TL_RECLAIM_NONE,   /* nowhere since the recording began */
	TL_RECLAIM_MEMCG,  /* in its control group, in vain */
	TL_RECLAIM_GLOBAL, /* in all memory */
};

/* How the area for restartable sequences looked when a signal was sent. */
enum tl_rseq {
	TL_RSEQ_UNKNOWN,
	TL_RSEQ_NONE,  /* none registered */
	TL_RSEQ_GOOD,  /* readable, in no sequence, up to date */
	TL_RSEQ_BAD,   /* not readable */
	TL_RSEQ_OTHER, /* in a sequence, or not up to date */
};

/* Kinds of side facts (recorder → trace_marker → here; doc: src/record/side.md). */
enum tl_side {
	TL_SIDE_ROOT, /* tid: a task the recording was asked for */
	TL_SIDE_EXIT, /* tid, status: the wait status as the kernel keeps it in task->exit_code */
	TL_SIDE_TASK, /* tid, tgid, ppid, comm, kthread: alive when recording began */
	TL_SIDE_CMD,  /* tid, text: command line */
	TL_SIDE_CGROUP, /* tid, text */
	TL_SIDE_WAITED, /* tid reaped by ppid at this moment */
	TL_SIDE_SENDER, /* tid sent sig to target: its command line (text) and control group then */
	TL_SIDE_MODE, /* text: how it was recorded ("events+stacks") */
};

/* What every event has comes first; of u only the member of its kind is there. */
struct tl_event {
	enum tl_ev kind : 8;
	uint8_t ctx; /* enum tl_ctx */
	uint16_t buffer;
	int32_t cpu;
	tl_pid pid; /* the owner */
	tl_pid tgid;
	tl_ns t;
	uint64_t place;
	/* of the owner, as looked up at read time; "<...>" gives NULL */
	const struct tl_atom *comm;
	const struct tl_stack *stack;  /* NULL: none seen with it */
	union {
		struct {
			tl_pid pid;
			const struct tl_atom *comm;
			uint64_t clone_flags;
		} newtask;
		struct {
			tl_pid parent, child;
			const struct tl_atom *parent_comm, *child_comm;
		} fork;
		struct {
			tl_pid pid;
			const struct tl_atom *oldcomm, *newcomm;
		} rename;
		struct {
			tl_pid pid, old_pid;
			/* comm, interp: prepare_exec only */
			const struct tl_atom *filename, *interp, *comm;
		} exec;
		struct {
			tl_pid pid;
			const struct tl_atom *comm;
			int8_t group_dead; /* -1 the kernel does not say */
		} exit;
		struct {
			tl_pid pid; /* argument of wait; 0 any */
		} wait;
		struct {
			tl_pid pid;
			const struct tl_atom *comm;
		} free; /* also OOM_VICTIM */
		struct {
			tl_pid prev, next;
			const struct tl_atom *prev_comm, *next_comm;
			char state;	/* letter, 'R' */
			bool preempted; /* '+' */
		} sw;
		struct {
			tl_pid pid;
			const struct tl_atom *comm;
			int cpu;
		} wake; /* WAKING, WAKEUP, WAKEUP_NEW; MIGRATE: cpu is the new one */
		struct {
			tl_pid pid; /* target */
			const struct tl_atom *comm;
			int32_t sig, err, code, result;
			bool group;
		} sig;
		struct {
			int32_t sig, err, code;
			uint64_t handler, flags;
		} deliver;
		struct {
			int32_t code; /* argument of exit, & 0xff */
			bool group;
		} exit_call;
		struct {
			int64_t ret;
			bool is_waitid;
		} wait_return;
		uint8_t call; /* enum tl_call begun; TL_CALL_UNWATCHED: it ended */
		bool strict;  /* CONFINE: strict mode, else a filter */
		uint8_t reclaim; /* enum tl_reclaim */
		struct {
			uint32_t options;
			bool of_one; /* of the process that sched_process_wait names */
		} waitid;
		struct {
			tl_pid pid; /* for whom */
			uint8_t what; /* enum tl_asked */
		} asked;
		struct {
			const struct tl_atom *name, *caller;
			uint16_t role, caller_role;
		} func;
		struct {
			enum tl_side kind;
			tl_pid tid, tgid, ppid;
			int32_t status;
			bool kthread;
			/* when it happened, where that differs from the marker's own time */
			tl_ns t;
			tl_pid target;
			int32_t sig;
			uint8_t call;	 /* enum tl_call */
			int8_t unwanted; /* 1, 0, -1 not told */
			/* SENDER: the last CPU exception it could not be spared, -1 not told */
			int8_t trap;
			uint8_t rseq;	 /* SENDER: enum tl_rseq */
			int8_t leads;	 /* SENDER: the target leads a session: 1, 0, -1 not told */
			/* SENDER: its process has used up its CPU time: 1, 0, -1 not told */
			int8_t limit;
			uint8_t arch;	 /* MODE: enum tl_arch of the kernel */
			/* MODE: what decides much later (enum tl_asked) is recorded */
			bool asks;
			bool reclaims;	 /* MODE: the search for memory is recorded */
			/* MODE: system calls that may send signals are recorded, all of them */
			bool calls;
			const struct tl_atom *comm, *text, *cgroup;
		} side;
		uint64_t lost;
	} u;
};

struct tl_events;
struct crew;

/* Reads from src (borrowed). */
struct tl_err *tl_events_new(struct tl_source *src, struct tl_events **ret);
/* The kernel's CPU, as far as the trace has told it by now. */
enum tl_arch tl_events_arch(const struct tl_events *evs);
void tl_events_free(struct tl_events *evs);
/* Symbols for stacks of traces that carry none; borrowed. Before the first event. */
void tl_events_symbols(struct tl_events *evs, const struct tl_symtab *tab);
/*
 * Take events in batches from here on, by a hand of the crew some thousands ahead of those given
 * out: the source is the crew's then, and who takes events is its owner. NULL, or one without
 * hands: by the taker. What is given out is the same. Not for a trace that is still being written:
 * a batch is waited for. Once, before the first event; the crew outlives the stream.
 */
struct tl_err *tl_events_ahead(struct tl_events *evs, struct crew *crew);
/* 1 got one, 0 the end. Order of time within the source's order; a stack is already joined. */
int tl_events_next(struct tl_events *evs, struct tl_event *ret);
/* The same without a copy: valid until the next one is taken; NULL the end. */
const struct tl_event *tl_events_take(struct tl_events *evs);
/* What is known of the trace, as far as events were given out (of a batch, its end). */
const struct tl_trace_info *tl_events_info(const struct tl_events *evs);
/* tl_source_progress(), as far as events were given out. */
double tl_events_progress(const struct tl_events *evs);
/* Intern a string in this stream's table (for tests and for life/). */
const struct tl_atom *tl_events_atom(struct tl_events *evs, const char *s);

/* Counters for the trace's own report; grow while reading. */
struct tl_event_counts {
	uint64_t events;	 /* typed ones given out */
	uint64_t orphan_stacks;	 /* stacks that belong to no event */
	uint64_t frames, rewritten, doubtful; /* return addresses seen, put right, left in doubt */
};
const struct tl_event_counts *tl_events_counts(const struct tl_events *evs);

/* Make an interned, corrected stack from raw frames: also for `tasklife symbols`. `func` non-NULL
 * is the traced function's own record (ip, parent): they are put on top where the stack lacks them
 * (32-bit ARM). */
const struct tl_stack *tl_stack_of(struct tl_events *evs, const struct tl_rawframe *frame,
				   unsigned n, const struct tl_rawframe *ip,
				   const struct tl_rawframe *parent);

#endif
