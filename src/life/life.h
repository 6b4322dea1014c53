/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside life/: the table of the living, and who does what with an event.
 *
 * Numbered invariants, which tests refer to:
 *  inv 1  pids holds, for every pid, the one task that bears it now; an older bearer is no longer
 *in it. inv 2  a task is handed on exactly once, after everything known of it was written into it.
 *  inv 3  a process is freed with its last task; its leavers outlive the threads they tell of.
 *  inv 4  silence is never turned into a fact: what was not seen stays "not seen".
 *  inv 5  what is held is bounded by the tasks alive, the zombies, and those that died in the last
 *	   HOLD_NS of trace time; lists inside a task are bounded by the *_KEPT limits.
 */
#ifndef LIFE_LIFE_H
#define LIFE_LIFE_H

#include "base/arena.h"
#include "base/guard.h"
#include "base/vec.h"
#include "life/pids.h"
#include "tasklife/life.h"

/* How long a finished life waits for what comes late: side facts of the recorder, threads of its
 * group. */
#define HOLD_NS 1000000000ll
/* Where the trace has no sched_process_free, a life is complete this long after its death. */
#define LINGER_NS 1000000000ll
/* Where it has, but nobody needs to wait for the dead: clocks of CPUs differ, and a parent is told
 * a moment later. */
#define GONE_NS 100000000ll
/*
 * Records of one moment may lie so far apart, in either order: clocks of CPUs differ, stand still
 * between ticks (early in a boot), and a BPF program sees a death a moment after its event.
 */
#define SKEW_NS 1000000ll
/*
 * The recorder's program and the record saw one death; so far apart they saw two, of one number:
 * where records are missing. Where none is, each death has its record, and the program may be as
 * late as it likes: a guest's CPU that its host took away was 120 ms late on a busy machine.
 */
#define TWO_DEATHS_NS 50000000ll

enum run_state { RUN_UNKNOWN, RUN_ON_CPU, RUN_QUEUED, RUN_ASLEEP };

struct pending_notice { /* a SIGCHLD on its way to this task: about whom */
	tl_pid tid;
	uint32_t generation;
};
#define PENDING_NOTICES 64
#define FOSTERS_KEPT 64

#define SENT_KEPT 4

/* What only some tasks come to do or to meet: they have it as a record of their own, see
 * own_deeds(). */
struct deeds {
	struct tl_exec *exec;
	struct tl_signal *signals;
	struct tl_adoption *adoption;
	struct tl_ref *child;
	const struct tl_atom **comms; /* all names, where it bore more than one */
	const struct tl_atom *argv, *cgroup;
	unsigned n_execs, n_signals, n_adoptions, n_children;
	uint64_t signals_folded, children_more;
	/* sender.c: signals it sent before its command line was told */
	struct {
		tl_pid target;
		uint64_t place;
	} sent[SENT_KEPT];
	unsigned n_sent;
	/* exec.c */
	struct tl_seen prepared;
	const struct tl_atom *interp;
	/* notice.c */
	struct pending_notice *notice;
	unsigned n_notices;
	unsigned zombies_told; /* of its children, to whom they fall */
	struct tl_ref heir;
	struct tl_seen heir_seen;
	struct tl_ref *foster; /* kin.c: dead children it was told of as an heir */
	unsigned n_fosters;
	/* room in the arrays */
	uint16_t notices_cap, fosters_cap, signals_cap, comms_cap, execs_cap, children_cap,
		adoptions_cap;
};

/* Who made it, as struct tl_birth has it. */
struct birth {
	struct tl_seen seen, confirmed;
	struct tl_ref creator, real_parent, requester;
};

/* struct tl_sched without what few tasks have. */
struct ran {
	tl_ns run, wait, sleep;
	uint64_t cpus; /* the first 64 */
	uint64_t switches, migrations;
	uint64_t preemptions : 48;
	bool any;
	uint8_t last_cpu; /* one of those in cpus */
	struct ran_more *more; /* NULL: nothing of it, see own_more() */
};
struct ran_more {
	tl_ns stopped;
	tl_ns run_before; /* of ran.run, before the sleep that is the last in a rhythm */
	uint64_t cpus[3]; /* from the 65th on */
	uint64_t rhythms_more;
	struct tl_rhythm *rhythm;
	unsigned n_rhythms;
	uint16_t rhythms_cap;
};

/*
 * What is held of a struct tl_task; show.c makes the one of the other. There are as many as tasks
 * that live, most of which have done little yet: what can be told from something else, or is rare,
 * is not in here.
 */
struct held {
	tl_pid tid, tgid; /* tgid TL_PID_NONE unknown */
	uint32_t generation;
	/* the pid under which it is found: not its tid after a thread's exec (exec.c) */
	tl_pid bears;
	uint8_t confined : 2, asked : 3;
	bool kthread : 1, root : 1, family : 1, is_leader : 1;
	bool flags_known : 1; /* clone_flags are */
	bool born : 1;	      /* its birth was seen */
	bool dying : 1;	      /* its do_exit or its sched_process_exit was */
	/* by both of its records, of which the second lies so far behind the first: */
	bool confirmed : 1;
	/* birth.c: without clone_flags, how its creator slept first after its birth; 0 not seen */
	char creator_slept;
	uint16_t confirmed_t, confirmed_place;
	/* more than one: deeds->comms; the last is comm, if it has names that are no guess */
	uint16_t n_comms;
	/* call.c: enum tl_call and enum tl_reclaim, UNKNOWN none seen; losses of the trace then */
	uint8_t call, reclaim;
	uint16_t call_losses, reclaim_losses;
	const struct tl_atom *comm;
	struct tl_seen first, last;
	struct tl_ref parent;
	/* NULL: it was first seen at its birth, and parent is all that struct birth has; see
	 * birth_of() */
	const struct birth *birth;
	uint64_t clone_flags;
	const struct tl_stack *born_stack;
	const struct tl_death *death;
	const struct tl_notice *notice;
	const struct tl_reap *reap;
	const struct ran *sched;
	struct group *process;
};

/* segment.c */
struct segments {
	struct tl_segments kept;
	tl_pid woken_by; /* TL_PID_NONE: by nobody, an interrupt, or not known */
};

struct life {
	struct held t;
	struct arena mem;
	struct segments *segments;    /* NULL: not kept */
	const struct deeds *deeds;    /* never NULL, see own_deeds() */
	union {
		struct life *next_held; /* queue of finished lives */
		/* birth.c: the last copy_process of this task, until the birth it led to */
		const struct tl_stack *copy_stack;
	};
	union {
		/* finished: ring of those that bore one tid, see struct pid_entry */
		struct life *same_tid;
		/* task.c: a name that records may still bear for a moment */
		const struct tl_atom *former;
	};
	/* run.c */
	tl_ns since;
	tl_ns off_cpu; /* when it last left a CPU */
	tl_ns slept;   /* when it last did so to sleep, in sleep_state */
	uint32_t moves;
	uint32_t leaves; /* done.c: its place among the leaving, counted from 1; 0 none */
	int16_t cpu; /* it is on, or was last; -1 not known */
	uint8_t run; /* enum run_state */
	/* signal.c: 2 a delivery to a handler was its last record, 1 the one before */
	uint8_t framing;
	char sleep_state;
	bool made : 1; /* its last child came without clone flags, and it has not slept since */
	bool hung_up : 1; /* signal.c: its terminal was */
	bool finished : 1;
	bool tgid_known : 1;
	bool census : 1; /* alive when recording began, says the recorder */
	bool awaits_switch : 1; /* done.c: dead for a while, and its last switch was not seen */
	bool released : 1; /* reap.c: it called release_task while dying: of itself */
	bool untimed : 1; /* show.c: what is known of its time is no sum */
};

/* What only some processes come to: their own from then on, see own_affairs(). */
struct affairs {
	struct arena mem;
	struct tl_leaver *leaver;
	struct tl_signal *group_signals;
	unsigned n_leavers, n_group_signals;
	uint16_t leavers_cap, signals_cap, threads_cap;
	uint16_t waiting_losses; /* of the trace, at `waiting` */
	bool leavers_more; /* as in struct tl_process */
	bool wait_told; /* how its waitid() waits, for one process */
	/* reap.c: a child of it stayed a zombie, so it does not leave them to be reaped alone */
	bool had_zombies;
	uint32_t wait_options;	/* of waitid(), where wait_told */
	tl_pid waiting_for;	/* the pid it named; 0 any */
	struct tl_seen waiting; /* the last wait of any of its threads */
	struct waiters *waiters; /* waiters.c: NULL none */
	/* a dead child that waitid() told it of, not known yet to be gone */
	struct tl_ref took;
	struct tl_seen took_at;
	tl_ns released; /* reap.c: the last release_task of any of its threads; 0 none */
	/* task.c: the name of the thread that is taking the leader's id */
	const struct tl_atom *exec_comm;
	struct tl_seen execed, end; /* as in struct tl_process; end: see group_end() */
};

struct group {
	tl_pid tgid;
	uint32_t refs; /* lives that point here */
	uint32_t live;
	uint32_t threads_more;
	struct life *leader; /* NULL: handed on before or never seen */
	tl_pid *thread;	     /* as in struct tl_process */
	const struct affairs *affairs; /* never NULL, see own_affairs() */
	tl_pid thread_room; /* most processes have one thread */
	uint16_t n_threads;
	bool cpu_limited : 1, ended : 1;
};

/* kthreadd's next child was asked for by this task. */
struct request {
	struct tl_ref by;
	tl_ns t;
	bool doubtful; /* another one was open at a birth: whose it was is not known */
};

/* A dead task that is complete some time after t, see finish_lingering(). */
struct leaving {
	tl_pid tid;
	uint32_t generation;
	tl_ns t;
	bool zombie; /* as told by its last switch: it lies there until it is freed */
};

struct tl_lives {
	struct tl_events *events;
	tl_life_fn done;
	tl_keep_fn keep; /* NULL: nobody wants to */
	void *ctx;
	struct pids pids; /* the living, and the dead that are not complete */
	struct pool pool; /* lives, processes and what they own */
	struct life *held_first, *held_last;
	VEC(struct leaving) leaving;
	size_t leaving_first; /* those before it are done with */
	size_t leaving_gone;  /* and so many more are not in it any more */
	struct shown *kept; /* handed on, where all are kept */
	struct shown *shown; /* what was asked for since the last event */
	bool keep_all;
	bool ends; /* the trace has: nobody new will want memory */
	size_t n_lives, n_most;
	tl_ns now;
	struct tl_witnesses w;
	uint16_t losses; /* places where records are missing */
	bool rooted; /* the recording follows some tasks, not all */
	bool renames; /* task_rename is recorded */
	bool keep_segments;
	bool silent; /* silent.c: a CPU's records of the family are missing, and were not counted */
	/* by CPU: who acted there last without having been switched in; 0 nobody since the last
	 * switch */
	VEC(tl_pid) unswitched;
	VEC(struct tl_oddity) oddities;
	VEC(struct request) requests;
	struct tl_err *err; /* the first failure; feeding goes on to drain */
};

/* Some were lost up to now, counted or not: what is not seen may have been. */
static inline bool lives_miss_records(const struct tl_lives *l)
{
	return l->losses || l->silent;
}

/* ---- task.c: objects and identities ---- */
struct life *life_at(struct tl_lives *l, tl_pid pid); /* who bears pid now; NULL nobody seen */
/* The same, made when needed: something alive that was not seen before. NULL for what can be no
 * pid, or no memory. */
struct life *life_of(struct tl_lives *l, tl_pid pid, const struct tl_atom *comm,
		     const struct tl_event *ev);
/* A task newly born with this pid; an older bearer is finished. */
struct life *life_born(struct tl_lives *l, tl_pid pid, const struct tl_event *ev);
/* The owner of a record, with its read-time name only where no better one is known. */
struct life *life_owner(struct tl_lives *l, const struct tl_event *ev);
void life_name(struct life *life, const struct tl_atom *comm); /* it bears this name now */
void life_touch(struct life *life, const struct tl_event *ev);
uint32_t next_generation(struct tl_lives *l, tl_pid pid);
struct tl_ref life_ref(const struct life *life);
struct tl_ref ref_none(void);
struct tl_ref ref_pid(struct tl_lives *l, tl_pid pid, const struct tl_atom *comm);
static inline struct tl_seen seen_at(const struct tl_event *ev)
{
	return (struct tl_seen){.t = ev->t, .place = ev->place, .kind = ev->kind, .is = true};
}
extern const struct ran no_ran;
extern const struct deeds no_deeds;
/* To be written into; NULL: memory is out. */
struct tl_death *own_death(struct life *life);
struct tl_way *own_way(struct life *life); /* of its death, then its own too */
struct tl_notice *own_notice(struct life *life);
struct tl_reap *own_reap(struct life *life);
struct ran *sched_begins(struct life *life);
static inline struct ran *own_sched(struct life *life)
{
	return life->t.sched != &no_ran ? (struct ran *)life->t.sched : sched_begins(life);
}
struct ran_more *own_more(struct life *life);
struct deeds *own_deeds(struct life *life);
/* Its names, the oldest first: t.n_comms of them. */
const struct tl_atom *const *life_names(const struct life *life);
/* Room for one more in an arena-grown array. */
void *array_more(struct arena *mem, void *v, unsigned n, uint16_t *cap, size_t size);
void life_odd(struct tl_lives *l, const char *what, const struct tl_event *ev, tl_pid tid);

/* ---- done.c: finishing, holding, handing on ---- */
void life_finish(struct tl_lives *l, struct life *life); /* nothing more will come for it */
void life_leaves(struct tl_lives *l, struct life *life, tl_ns t); /* it died at t */
void life_lies(struct tl_lives *l, struct life *life); /* its last state is known */
/* for the last time, a while after its death */
void life_switched(struct tl_lives *l, struct life *life, tl_ns t);
void lives_advance(struct tl_lives *l, tl_ns t);
void life_free(struct tl_lives *l, struct life *life);
/* Held lives of this tid, oldest first: NULL before the first, NULL behind the last. */
struct life *held_next(struct tl_lives *l, tl_pid tid, struct life *before);
/* A dead life by tid that may still take a late side fact: held or current. */
struct life *life_dead(struct tl_lives *l, tl_pid tid, tl_ns died);

/* ---- show.c: what others see of a life ---- */
struct shown {
	struct tl_task t;
	struct tl_process process;
	struct tl_sched sched;
	struct tl_leaver leaver; /* the only one, see group_lone_leaver() */
	struct life *life;
	struct shown *next;
};
struct shown *show(struct tl_lives *l, struct life *life); /* NULL: memory is out */
bool show_later(struct tl_lives *l, struct life *life); /* somebody keeps it */
void show_free(struct tl_lives *l, struct shown *shown); /* the life, too */
void show_forget(struct tl_lives *l); /* what was shown of the living */

/* ---- segment.c: what it was doing when; nothing where segments are not kept ---- */
void segment_keep(struct life *life, tl_ns from, tl_ns to, enum tl_doing what);
static inline void segment_add(struct life *life, tl_ns from, tl_ns to, enum tl_doing what)
{
	if (life->segments)
		segment_keep(life, from, to, what);
}
/* Who wakes it now. */
static inline void segment_woken(struct life *life, tl_pid by)
{
	if (life->segments)
		life->segments->woken_by = by;
}
void segment_last(const struct tl_lives *l, struct life *life); /* the life is complete */

/* ---- thread.c: groups ---- */
static inline struct group *group_of(const struct life *life)
{
	return life->t.process;
}
/* of its process, to be written into; NULL: memory is out */
struct affairs *own_affairs(const struct life *life);
bool group_join(struct tl_lives *l, struct life *life, tl_pid tgid);
/* One process with a task whose group's id is not known: they get it together when it is. */
void group_unmask(struct tl_lives *l, struct life *life, struct life *leader);
void group_share(struct tl_lives *l, struct life *life, const struct life *with);
void group_leave(struct tl_lives *l, struct life *life); /* drop the reference */
/* Its process has no other life that is not handed on: it is found by nobody any more. False:
 * others have it, too. */
bool group_alone(struct tl_lives *l, const struct life *life);
void group_died(struct tl_lives *l, struct life *life);  /* one thread less */
void group_leaver(struct life *life); /* it left, or more is known of that */
bool group_has_affairs(const struct group *g); /* its own */
struct tl_seen group_end(const struct group *g); /* as in struct tl_process */
/* The leaver of a process that never had another thread; false: those there are, are kept. */
bool group_lone_leaver(const struct life *life, struct tl_leaver *ret);
/* It leads its group after all: what it did only leaders do. */
void group_leads(struct tl_lives *l, struct life *life);

/* ---- one function per event; the table is in lives.c ---- */
void see_newtask(struct tl_lives *l, const struct tl_event *ev);
void see_fork(struct tl_lives *l, const struct tl_event *ev);
void see_rename(struct tl_lives *l, const struct tl_event *ev);
void see_prepare_exec(struct tl_lives *l, const struct tl_event *ev);
void see_exec(struct tl_lives *l, const struct tl_event *ev);
void see_exit(struct tl_lives *l, const struct tl_event *ev);
void see_wait(struct tl_lives *l, const struct tl_event *ev);
void see_waitid(struct tl_lives *l, const struct tl_event *ev);
void see_wait_return(struct tl_lives *l, const struct tl_event *ev);
void see_free(struct tl_lives *l, const struct tl_event *ev);
void see_switch(struct tl_lives *l, const struct tl_event *ev);
void see_wake(struct tl_lives *l, const struct tl_event *ev);
void see_wakeup_new(struct tl_lives *l, const struct tl_event *ev);
void see_migrate(struct tl_lives *l, const struct tl_event *ev);
void see_signal(struct tl_lives *l, const struct tl_event *ev);
void see_deliver(struct tl_lives *l, const struct tl_event *ev);
void see_oom_victim(struct tl_lives *l, const struct tl_event *ev);
void see_exit_call(struct tl_lives *l, const struct tl_event *ev);
void see_func(struct tl_lives *l, const struct tl_event *ev);
/* call.c */
void see_call(struct tl_lives *l, const struct tl_event *ev);
void see_confine(struct tl_lives *l, const struct tl_event *ev);
void see_asked(struct tl_lives *l, const struct tl_event *ev);
void see_reclaim(struct tl_lives *l, const struct tl_event *ev);
void see_lost(struct tl_lives *l, const struct tl_event *ev);
uint8_t reclaim_now(const struct tl_lives *l, const struct life *life); /* enum tl_reclaim */
uint8_t call_now(const struct tl_lives *l, const struct life *life); /* enum tl_call */
void see_side(struct tl_lives *l, const struct tl_event *ev);

/* birth.c: what was seen of it; nothing where it was not */
void birth_of(const struct life *life, struct tl_birth *ret);
tl_pid birth_real_parent(const struct life *life); /* TL_PID_NONE: it does not say */
void birth_keep(struct life *life, const struct tl_birth *b);
void birth_creator_slept(struct tl_lives *l, struct life *creator, char state);
void life_parent(struct life *life, struct tl_ref parent); /* its parent from now on */
/* called from func.c */
void birth_path(struct tl_lives *l, const struct tl_event *ev);
void birth_request(struct tl_lives *l, const struct tl_event *ev);
void birth_request_done(struct tl_lives *l, tl_pid by); /* what it has asked for is there */
/* death.c */
void death_path(struct tl_lives *l, const struct tl_event *ev);
void death_coredump(struct tl_lives *l, const struct tl_event *ev);
/* run.c: the trace ends while it sleeps or runs */
void run_cut(struct life *life, tl_ns t);
/* a record of its own, though nobody has switched it in */
void run_unswitched(struct tl_lives *l, struct life *life, const struct tl_event *ev);
static inline bool run_is_off(const struct tl_lives *l, const struct life *life)
{
	return l->w.sw && (life->run == RUN_QUEUED || life->run == RUN_ASLEEP);
}
static inline void run_acts(struct tl_lives *l, struct life *life, const struct tl_event *ev)
{
	if (run_is_off(l, life))
		run_unswitched(l, life, ev);
}
/* silent.c */
/* its switch was not seen */
void silent_acts(struct tl_lives *l, const struct life *life, const struct tl_event *ev);
void silent_switch(struct tl_lives *l, int cpu);
/* sender.c */
/* a side fact of a signal's sender */
void sender_told(struct tl_lives *l, const struct tl_event *ev);
/* it sent a signal */
void sender_sent(struct life *owner, tl_pid target, const struct tl_event *ev);
void sender_execed(struct life *life);
void sender_named(struct tl_lives *l, struct life *life); /* its command line became known */
void sender_renamed(struct tl_lives *l, const struct life *life, const struct tl_atom *comm);
/* notice.c: a signal that tells a parent of its child's end */
void notice_sent(struct tl_lives *l, struct life *sender, struct life *parent,
		 const struct tl_event *ev);
/* The one child that is dead and not known to be reaped; NULL: none, or more than one, or some are
 * not known. */
struct life *only_dead_child(struct tl_lives *l, const struct life *parent);
/* it tells nobody of anything any more */
void notice_last_switch(struct tl_lives *l, struct life *life);
void notice_delivered(struct tl_lives *l, struct life *parent, const struct tl_event *ev);
/* waiters.c */
void waiters_see(struct tl_lives *l, const struct life *owner, struct affairs *a, tl_pid pid);
/* The thread of this parent's process that waited; not clear: the parent, for its process. */
struct tl_ref waiters_one(const struct life *parent, const struct life *child, bool *ret_clear);

/* reap.c */
void reap_last_switch(struct tl_lives *l, struct life *life, const struct tl_event *ev);
void reap_by(struct life *child, struct life *parent, struct tl_seen seen, bool at_most);
/* at the latest then, and not seen, but concluded: some thread of this process did */
void reap_by_one_of(struct life *child, struct life *parent, struct tl_seen seen);
void reap_release(struct tl_lives *l, const struct tl_event *ev); /* release_task was called */
void reap_itself(struct life *life); /* dead: a kernel thread needs nobody */
void reap_replaced(struct life *leader, struct tl_seen seen); /* a thread has taken its id */
/* what the recorder told of it came late */
void reap_settle(const struct tl_lives *l, struct life *life);
/* kin.c */
void kin_child(struct life *parent, const struct life *child);
void kin_keep(struct arena *mem, struct tl_signal *copy);
const struct tl_ref *kin_ancestry(struct tl_lives *l, struct life *of, struct arena *mem,
				  unsigned *ret_n);
void kin_foster(struct tl_lives *l, const struct life *child); /* its parent is not its creator */
void kin_adopted(struct tl_lives *l, struct life *child, struct tl_ref by, struct tl_seen seen);
/* The living task of a reference, if it is still the same; NULL gone. */
struct life *life_by_ref(struct tl_lives *l, const struct tl_ref *ref);

/* A call path without a frame is none: seen on arm 6.1, which loses them all in some. */
static inline const struct tl_stack *path_of(const struct tl_event *ev)
{
	return ev->stack && ev->stack->n ? ev->stack : NULL;
}

static inline bool is_dying(const struct life *life)
{
	return life->t.dying;
}

#endif
