/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside why/: what a row of causes.def says, and the one engine that asks it.
 */
#ifndef WHY_MATCH_H
#define WHY_MATCH_H

#include <string.h>

#include "base/arena.h"
#include "tasklife/why.h"

#define TOKENS_MAX 4
#define ROLE_WORDS ((TL_ROLES + 63) / 64) /* as in struct tl_stack */

/* How a token of a pattern stands in the stack; plain ones allow gaps before them, because inlining
 * and tail calls drop frames. */
enum token_how {
	HOW_NEXT = 1,	  /* right behind the frame of the token before */
	HOW_TOP = 2,	  /* the innermost frame */
	HOW_AT0 = 4,	  /* printed with +0x0 and not put right */
	HOW_DOUBTFUL = 8, /* any frame known not to be what is printed */
	HOW_NOT = 16,	  /* nowhere in the stack */
};

struct token {
	uint8_t how;
	uint64_t roles[ROLE_WORDS]; /* a bit per role: any of them; none: only `how` is asked */
};

/* ASK_NOT: it does not matter */
enum __attribute__((packed)) ask { ASK_NOT, ASK_YES, ASK_NO };

/* What a birth row says of a task whose clone_flags are not in the trace. */
enum __attribute__((packed)) flagless {
	FLAGLESS_NO,	     /* cannot be told */
	FLAGLESS_STACK,	     /* the call path alone proves it */
	FLAGLESS_IF_PROCESS, /* it later did what only processes do: a guess, but a good one */
};

/* What a death may show: a row that needs some of it is passed over where it is not there. */
enum shown {
	SHOWN_SENT = 1,	      /* the signal that kills, as it was sent */
	SHOWN_TAKEN = 2,      /* the delivery that kills */
	SHOWN_SIGNAL = 4,     /* one of these two */
	SHOWN_ZAPPED = 8,     /* killed with its process */
	SHOWN_STATUS = 16,    /* its status; not the argument of a call */
	SHOWN_TOLD = 32,      /* that it was a signal, by status or notice */
	SHOWN_CALL = 64,      /* its exit or exit_group call */
	SHOWN_CONFINED = 128, /* that it asked for seccomp, or who made it did */
	SHOWN_INSIDER = 256,  /* clone flags of who is made by the kernel */
};

struct question;
typedef bool (*predicate)(const struct question *q, enum tl_grade *grade);

struct when {
	/* births */
	uint64_t flags_mask, flags_are; /* clone_flags & mask == are; mask 0: not asked */
	enum flagless flagless;
	enum ask fork;	     /* sched_process_fork came with it */
	enum ask by_kthreadd; /* its creator is pid 2 */
	enum ask idle;	     /* pid 0 */
	/* signals */
	uint64_t sigs; /* bit per number; 0: any */
	bool code_asked, or_asked;
	int16_t code_lo, code_hi, code_or;
	enum ask group, self, irq, owner_dead, oom;
	/* deaths */
	uint16_t needs; /* enum shown, all of them */
	enum ask kthread;
	/* what a field cannot say */
	predicate also;
};

/* Most rows are out at a glance: what that asks stands first. */
struct pattern {
	struct when when;
	bool framed;		 /* it has tokens */
	bool bare;		 /* may match without any stack, then deduced at best */
	enum tl_grade grade;	 /* of a row without frames */
	bool sender;		 /* source: the owner of the record is who did it */
	bool exits;		 /* death: it left by itself, an exit code applies */
	uint8_t number;		 /* death: the signal wait reports where no record has it */
	struct token tok[TOKENS_MAX];
};

/* What is known of a death before the rows are asked (fatal.c). */
struct death_facts {
	const struct tl_delivery *sd;	 /* the delivery that kills; NULL none seen */
	const struct tl_signal *fatal;	 /* the signal that kills; NULL none seen */
	const struct tl_cause *source;	 /* its row; NULL unknown or no fatal */
	const struct tl_leaver *crashed; /* another thread that crashed */
	const struct tl_leaver *leader_out; /* another thread that called exit_group */
	bool zapped;	  /* killed with its process, without a signal of its own */
	bool exec_after;  /* the process went on in another thread's exec */
	bool of_process;  /* asked how the process ended, not this thread of it */
	/* crashed: it took the signal that killed it; else it was only sent one */
	bool crash_seen;
	int8_t core;	  /* a core was written: 1, 0, -1 not known */
	int8_t notice;	  /* CLD_ code of its end, 0 not seen */
	bool told_signal, told_exit; /* status or notice say so */
};

struct question {
	const struct tl_task *task;   /* NULL: a bare stack */
	const struct tl_signal *sig;  /* sources only */
	const struct tl_stack *stack; /* NULL none */
	const struct tl_witnesses *w;
	const struct death_facts *d; /* deaths only */
};

/* Every matching row of a kind, best first, into ret->match; ret->row and grade are the first's. */
void match_rows(enum tl_cause_kind kind, const struct question *q, struct arena *mem,
		struct tl_finding *ret);
/* The first row alone, without memory. */
const struct tl_cause *match_first(enum tl_cause_kind kind, const struct question *q,
				   enum tl_grade *grade);
const struct pattern *pattern_of(const struct tl_cause *row);
bool stack_has(const struct tl_stack *stack, enum tl_role role);
/* SIGNAL_PATH of causes.def. */
bool on_signal_path(const struct tl_stack *stack);

/* fatal.c */
unsigned shown_by(const struct question *q); /* enum shown */
void death_facts_of(const struct tl_task *task, const struct tl_witnesses *w,
		    struct death_facts *ret);
/* What a path tells of how a task left; NULL: nothing. */
const struct tl_stack *path_told(const struct tl_stack *stack);
/* Did this stack leave through exit_group? */
bool left_by_exit_group(const struct tl_stack *stack);
/* The only thread of its process, as far as was seen. */
bool is_alone(const struct tl_task *task);
bool is_queued(const struct tl_signal *s);
/* Known to be a process's leader, no thread of another. */
bool is_process(const struct tl_task *task);
/* The one thread that ended the others by exit_group, where only deliveries and statuses tell;
 * NULL: none, or not clear. */
const struct tl_leaver *ender_of(const struct tl_process *p);
/* Took the 9 that nobody sent. */
bool taken_along(const struct tl_leaver *l);
/* Left without a path and a signal, and was told to have exited. */
bool left_alone(const struct tl_leaver *l);

/* Of words that mostly begin otherwise. */
static inline bool begins(const char *s, const char *with)
{
	return s[0] == with[0] && !strncmp(s, with, strlen(with));
}

static inline void at_best(enum tl_grade *grade, enum tl_grade g)
{
	if (*grade < g)
		*grade = g;
}

/* predicates.c, of sources senders.c: what fields of struct when cannot say */
#define PREDICATE(name) bool name(const struct question *q, enum tl_grade *grade);
PREDICATE(also_core_dumped)
PREDICATE(also_core_signal)
PREDICATE(also_peer_crash)
PREDICATE(also_peer_exec)
PREDICATE(also_peer_exit)
PREDICATE(also_oom)
PREDICATE(also_own_number)
PREDICATE(also_group_signal)
PREDICATE(also_sigkill)
PREDICATE(also_path_only)
PREDICATE(also_told_signal)
PREDICATE(also_exit_call)
PREDICATE(also_told_exit)
PREDICATE(also_by_kworker)
PREDICATE(also_process)
PREDICATE(also_ended_as_thread)
PREDICATE(also_waited_for)
PREDICATE(also_of_another_process)
PREDICATE(also_living_owner)
PREDICATE(also_surely_dying)
PREDICATE(also_queued)
PREDICATE(also_in_kill)
PREDICATE(also_in_sigreturn)
PREDICATE(also_protection)
PREDICATE(also_bad_area)
PREDICATE(also_moved_area)
PREDICATE(also_framing)
PREDICATE(also_not_sigreturn)
PREDICATE(also_maybe_sigreturn)
PREDICATE(also_without_exception)
PREDICATE(also_hung_up_alone)
PREDICATE(also_hung_up_leader)
PREDICATE(also_stopped_group)
PREDICATE(also_memcg_searched)
PREDICATE(also_all_searched)
PREDICATE(also_nothing_searched)
PREDICATE(also_limit_used)
PREDICATE(also_in_pidfd)
PREDICATE(also_in_ptrace)
PREDICATE(also_in_none)
PREDICATE(also_vanished_strict)
PREDICATE(also_vanished_filter)
PREDICATE(also_vanished_thread)
PREDICATE(also_in_write)
PREDICATE(also_in_exec)
PREDICATE(also_not_tiocnotty)
PREDICATE(also_cpu_limit)
PREDICATE(also_x86)
PREDICATE(also_other_clone)
PREDICATE(also_thread_call)
PREDICATE(also_nothing_else)
PREDICATE(also_by_neighbour)
PREDICATE(also_kthreadds_child)
PREDICATE(also_worker)
PREDICATE(also_not_init)
PREDICATE(also_helper_without_exec)
PREDICATE(also_silent_kill)
PREDICATE(also_silent_thread_kill)
PREDICATE(also_ended_others)
PREDICATE(also_left_others)
#undef PREDICATE

#endif
