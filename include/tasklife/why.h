/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * why/: verdicts. Three decisions by one table engine: the kind of a birth, the source of a signal,
 * the cause of a death. Pure functions of one life over the table why/causes.def, without state of
 * their own. Every matching row is kept, ordered by grade, then by row; the grade comes from the
 * witnesses in this trace, never from how sure we are of a row. No evidence, no verdict: then the
 * id is "unknown".
 *
 * Law of this header: findings live in the arena given; rows are constants.
 */
#ifndef TASKLIFE_WHY_H
#define TASKLIFE_WHY_H

#include "life.h"

struct arena;

enum tl_grade { TL_OBSERVED, TL_DEDUCED, TL_GUESSED };
const char *tl_grade_name(enum tl_grade g); /* "observed", "deduced", "guessed" */

enum tl_cause_kind { TL_CAUSE_BIRTH, TL_CAUSE_SOURCE, TL_CAUSE_DEATH };

/* One row of the table; rows are constants. */
struct tl_cause {
	enum tl_cause_kind kind;
	const char *id;	    /* public: "fork", "oom.memcg", "exit"; only ever grows */
	const char *rule;   /* "B-FORK": which row it was */
	const char *says;   /* msgid: one sentence for people */
	const char *cite;   /* the kernel fact it rests on */
	const void *match;  /* why/match.h */
};

struct tl_match {
	const struct tl_cause *row;
	enum tl_grade grade;
};

#define TL_EVIDENCE 8
struct tl_evidence {
	struct tl_seen seen;
	const struct tl_atom *function; /* for TL_EV_FUNC: its name */
};

struct tl_finding {
	const struct tl_cause *row; /* NULL: unknown */
	enum tl_grade grade;
	unsigned n_matches, n_evidence;
	struct tl_match *match; /* all, best first */
	struct tl_evidence *evidence; /* in order of time, at most TL_EVIDENCE */
	/* msgid: which witness would have told more, and how to record it; or NULL */
	const char *missing;
};
const char *tl_finding_id(const struct tl_finding *f); /* "unknown" when row is NULL */

struct tl_death_verdict {
	struct tl_finding cause;
	struct tl_finding source;      /* of the fatal signal; row NULL where none */
	const struct tl_signal *fatal; /* the signal that killed, as generated; NULL none seen */
	int signal;		       /* number wait would report; 0 none or not known */
	struct tl_ref by;	       /* who sent it; TL_PID_NONE nobody did */
	/* why its command line or control group is not known: msgid; NULL both are */
	const char *by_missing;
	struct tl_ref trigger;	       /* in whose context the kernel sent it; TL_PID_NONE none */
	int8_t core_dumped;	       /* -1 not known */
	bool exited;		       /* left by itself: exit_code applies */
	bool exit_code_known;
	int exit_code;
	bool handled_term;	       /* a deadly signal was handled before it left by itself */
	const struct tl_signal *handled; /* that signal */
	tl_ns handled_before;		 /* from its delivery to the death; TL_NS_NONE not known */
};

struct tl_process_verdict {
	bool ended;
	struct tl_seen end;
	struct tl_death_verdict v; /* of the thread that decided */
	struct tl_ref decided_by;
};

/* All with the trace's witnesses, so that silence is judged rightly. */
void tl_why_birth(const struct tl_task *task, const struct tl_witnesses *w, struct arena *mem,
		  struct tl_finding *ret);
void tl_why_signal(const struct tl_task *task, const struct tl_signal *sig,
		   const struct tl_witnesses *w, struct arena *mem, struct tl_finding *ret);
void tl_why_death(const struct tl_task *task, const struct tl_witnesses *w, struct arena *mem,
		  struct tl_death_verdict *ret);
/* Of the process a leader stands for. own: the verdict of the leader's own death, where it is made
 * already; else NULL. */
void tl_why_process(const struct tl_task *leader, const struct tl_death_verdict *own,
		    const struct tl_witnesses *w, struct arena *mem,
		    struct tl_process_verdict *ret);
/* One life with its verdicts, made once for whichever room above asks. */
struct tl_told {
	const struct tl_task *task;
	struct tl_finding birth;
	struct tl_finding *signal; /* one per task->signals in order, n_signals */
	struct tl_death_verdict death;	   /* when task->death.seen.is */
	struct tl_process_verdict process; /* on leaders */
	const struct tl_witnesses *witnesses;
	const struct tl_trace_info *info;
	tl_ns t0; /* the trace's first time, for relative ones */
	bool unkept; /* the recording is not kept: a place in it leads nowhere */
};

/*
 * Every verdict on a life at once. In ret the trace's own members (witnesses, info, t0, unkept) are
 * the caller's to fill before; false: memory is out. deaths_only: nobody asks for birth and
 * signals, which are left alone.
 */
bool tl_why_tell(const struct tl_task *task, bool deaths_only, struct arena *mem,
		 struct tl_told *ret);

/* Does the sender of this source count as "who did it" (kill), or is the owner only the trigger
 * (tty, oom)? */
bool tl_source_has_sender(const struct tl_cause *source);

/* Decide on stacks alone, for `tasklife symbols` (bare call stacks from a note): the best matching
 * birth or death row; NULL none. */
const struct tl_cause *tl_why_stack(const struct tl_stack *stack, enum tl_cause_kind *ret_kind);

/* All rows, for docs and `explain`. */
const struct tl_cause *tl_causes(unsigned *ret_n);

#endif
