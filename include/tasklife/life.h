/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * life/: events in time order become tasks with births, execs, signals, deaths, notices and
 * reapings. It has no opinions: it keeps what happened and where that was seen. A task is a thread
 * in the kernel's sense; a process is the group its leader stands for.
 *
 * Law of this header: a task handed to the callback is valid during the call (it is freed after),
 * with everything it points to, except atoms and stacks, which belong to the struct tl_events.
 */
#ifndef TASKLIFE_LIFE_H
#define TASKLIFE_LIFE_H

#include "event.h"

/* Another task, by identity and by the name it bore then. tid TL_PID_NONE: not seen. */
struct tl_ref {
	tl_pid tid;
	uint32_t generation;
	const struct tl_atom *comm; /* NULL unknown */
};

/* The same life, whatever name it bore. */
static inline bool tl_ref_same(struct tl_ref a, struct tl_ref b)
{
	return a.tid == b.tid && a.generation == b.generation;
}

struct tl_birth {
	struct tl_seen seen;	  /* task_newtask, else sched_process_fork */
	struct tl_seen confirmed; /* sched_process_fork where seen is task_newtask */
	bool flags_known;
	uint64_t clone_flags;
	/* flags not known: the state in which its creator slept first after it; 0 not seen */
	char creator_slept;
	struct tl_ref creator;	   /* the thread that called clone */
	struct tl_ref real_parent; /* who gets its SIGCHLD; TL_PID_NONE: not known */
	struct tl_ref requester;   /* kernel threads: who asked for it */
	const struct tl_stack *stack;
};

struct tl_exec {
	struct tl_seen seen;
	struct tl_seen prepared; /* sched_prepare_exec */
	const struct tl_atom *filename, *interp, *comm, *argv;
	/* differs from the tid when a non-leader called exec and took the leader's id */
	tl_pid old_pid;
};

#define TL_ANCESTRY 8

struct tl_signal {
	struct tl_seen seen; /* signal_generate */
	int32_t sig, err, code, result;
	bool group;
	bool owner_dead;   /* the owner had already entered do_exit: a trigger, not a sender */
	bool owner_kthread;
	bool self;	   /* owner and target are one process */
	uint8_t ctx;	   /* enum tl_ctx of the record */
	/* enum tl_call: the system call the owner was in; nothing in an interrupt */
	uint8_t call;
	struct tl_ref target;
	struct tl_ref owner; /* who was running */
	tl_pid owner_tgid;   /* TL_PID_NONE unknown */
	const struct tl_ref *ancestry; /* of the owner, nearest first; at most TL_ANCESTRY */
	unsigned n_ancestry;
	const struct tl_atom *owner_argv, *owner_cgroup;
	const struct tl_stack *stack;
	struct tl_seen delivered; /* signal_deliver that matched it */
	int32_t deliver_sig;
	uint64_t handler, sa_flags;
	bool oom_victim;  /* mark_victim for the target just before or after */
	/* of the trace before it: places where records are missing; 0: none at all */
	uint16_t losses;
	char target_state; /* state letter of the target at that moment, 0 unknown ('T' stopped) */
	/* to itself, right behind the delivery of another one that has a handler */
	bool framing;
	bool continued;	   /* a SIGHUP of a dying task, behind which it sent SIGCONT as well */
	bool owner_hung;   /* the owner's terminal may have been hung up before */
	int8_t leads;	   /* the target leads a session: 1, 0, -1 not known */
	int8_t limit;	   /* the owner's process has used up its CPU time: 1, 0, -1 not told */
	int8_t trap;	   /* the owner's last CPU exception of those that may kill; -1 not told */
	uint8_t rseq;	   /* enum tl_rseq of the owner */
	uint8_t reclaim;   /* enum tl_reclaim of the owner */
};

/* A signal_deliver in this task, matched or not. */
struct tl_delivery {
	struct tl_seen seen;
	int32_t sig, err, code;
	uint64_t handler, flags;
};

/* What a task asked of seccomp; the last it asked for. */
enum tl_confined { TL_CONFINED_NOT_SEEN, TL_CONFINED_STRICT, TL_CONFINED_FILTER };

/* On the way to a death: what only some deaths, or some recordings, tell. */
struct tl_way {
	struct tl_seen do_exit;	 /* the function record */
	struct tl_seen coredump; /* do_coredump or vfs_coredump */
	struct tl_seen exit_call;
	struct tl_seen oom;	 /* mark_victim */
	tl_ns told; /* when the recorder says that it died; 0: it does not */
	struct tl_delivery last; /* the last signal_deliver before death */
};

struct tl_death {
	struct tl_seen seen;	 /* sched_process_exit, else do_exit */
	const struct tl_stack *stack; /* do_exit's, else sched_process_exit's */
	const struct tl_way *way;     /* never NULL */
	int32_t status; /* wait status, as task->exit_code holds it */
	uint16_t losses; /* as in struct tl_signal */
	bool status_known : 1;
	bool status_from_call : 1; /* only the argument of exit()/exit_group() was seen */
	bool exit_group_called : 1; /* exit_call was exit_group */
	bool any_delivery : 1;
	int8_t group_dead; /* -1 not said */
	int8_t unwanted; /* its parent leaves no zombies: 1, 0, -1 not told */
	char last_state; /* 'Z', 'X' of the last sched_switch; 0 not seen */
};

struct tl_notice {
	struct tl_seen seen;
	struct tl_ref parent;
	struct tl_seen delivered; /* signal_deliver in the parent */
	tl_pid sender; /* in whose context it was sent */
	int32_t result;
	int16_t sig, code; /* SIGCHLD; CLD_EXITED, CLD_KILLED or CLD_DUMPED */
};

struct tl_reap {
	bool is;
	bool at_most;	   /* t is the latest moment it can have been */
	int8_t automatic;  /* 1 nobody needed to wait, 0 somebody waited, -1 not known */
	struct tl_seen seen;
	struct tl_ref by;
	bool by_process; /* `by` stands for its process: which thread waited is not known */
	struct tl_seen waited; /* sched_process_wait of the parent that led to it */
	/* its parent, waiting then, where it may as well have reaped itself */
	struct tl_ref waiter;
	struct tl_seen freed;  /* sched_process_free: late, never the time of reaping */
};

struct tl_adoption {
	struct tl_seen seen;
	struct tl_ref by;
};

/* Sleeps of one kind and like length, folded: "500 x sleep of 3.0 s". */
struct tl_rhythm {
	tl_ns from, to;
	uint64_t count;
	tl_ns min, max, sum; /* of the sleeps */
	tl_ns run;	     /* time run between them */
	char state;
};
#define TL_RHYTHMS 32

struct tl_sched {
	bool any;
	tl_ns run, wait, sleep, stopped;
	/* preemptions: left with R+, that is inside the kernel */
	uint64_t switches, preemptions, migrations;
	uint64_t cpus[4];  /* bit per CPU, the first 256 */
	uint64_t rhythms_more; /* sleeps that did not fit */
	struct tl_rhythm *rhythm;
	unsigned n_rhythms;
};

/*
 * What a task was doing, from a moment to another. In order of time, never overlapping, never
 * empty; where none lies, it was not seen. A zombie's last moment is the latest it can have been
 * where the reaping is (tl_reap).
 */
enum tl_doing { TL_RUNNING, TL_RUNNABLE, TL_SLEEPING, TL_STOPPED, TL_ZOMBIE, TL_DOINGS };
struct tl_segment {
	tl_ns from, to;
	int16_t cpu;  /* TL_RUNNING: where, -1 not known; else where it ran last, -1 not known */
	uint8_t what; /* enum tl_doing */
	char letter;  /* of a sleep or stop as sched_switch told it: 'S', 'D', 'T' ...; else 0 */
	/* TL_RUNNABLE: who woke it; TL_PID_NONE nobody did, an interrupt, or not known */
	tl_pid by;
};
struct tl_segments {
	struct tl_segment *v;
	size_t n, cap;
};
/* "running", "zombie": ids, the same in both languages. */
const char *tl_doing_name(enum tl_doing what);
/*
 * Does this loss of events put the segment in doubt? Whoever runs on another CPU is witnessed
 * there; anybody else may have been woken, run and put to sleep again among the records that are
 * lost.
 */
bool tl_segment_doubtful(const struct tl_segment *seg, const struct tl_blind *blind);

#define TL_SIGNALS_KEPT	 256
#define TL_CHILDREN_KEPT 4096

/* Nothing of the kind was seen: what most of the living point to. */
extern const struct tl_way tl_no_way;
extern const struct tl_death tl_no_death;
extern const struct tl_notice tl_no_notice;
extern const struct tl_reap tl_no_reap;
extern const struct tl_sched tl_no_sched;

struct tl_process;

struct tl_task {
	tl_pid tid;
	tl_pid tgid; /* TL_PID_NONE unknown */
	uint32_t generation;
	bool kthread;
	uint8_t confined; /* enum tl_confined: seccomp asked for by it or by who made it */
	uint8_t asked;	  /* enum tl_asked, bits: by it; RSEQ also by who made it */
	bool root;	/* the recording was asked for it */
	bool family;	/* root or descends from one */
	const struct tl_atom *comm; /* the last it bore */
	const struct tl_atom *const *comms; /* all of them, in order */
	unsigned n_comms;
	struct tl_seen first, last; /* anything seen of it */
	struct tl_birth birth;
	struct tl_exec *exec;
	unsigned n_execs;
	struct tl_signal *signals; /* sent to this thread id, an array of n_signals, oldest first */
	unsigned n_signals;
	uint64_t signals_folded; /* not kept one by one */
	/* what has not come to pass is one record for all tasks, below: these are never NULL */
	const struct tl_death *death;
	const struct tl_notice *notice;
	const struct tl_reap *reap;
	const struct tl_sched *sched;
	struct tl_adoption *adoption;
	unsigned n_adoptions;
	struct tl_ref *child;
	unsigned n_children;
	uint64_t children_more;
	const struct tl_segments *segments; /* NULL: none, or not asked for */
	struct tl_ref parent; /* real_parent as last known */
	const struct tl_atom *argv, *cgroup;
	/* never NULL; a process of its own when the group is not known */
	struct tl_process *process;
	bool is_leader;
};

static inline struct tl_ref tl_ref_of(const struct tl_task *task)
{
	return (struct tl_ref){task->tid, task->generation, task->comm};
}

/* How one thread of a group left, kept for the others' verdicts. */
struct tl_leaver {
	struct tl_ref who;
	/* when it entered do_exit or, if not recorded, its sched_process_exit */
	struct tl_seen seen;
	const struct tl_stack *stack;
	struct tl_delivery last;
	bool any_delivery;
	struct tl_seen coredump;
	struct tl_seen exit_call;
	/* as in struct tl_death, exit_call and losses too */
	bool status_known, status_from_call, exit_group_called;
	uint16_t losses;
	int32_t status;
	/* sent to this thread alone, an array of n_own, the newest ones */
	const struct tl_signal *own;
	unsigned n_own;
};

struct tl_process {
	tl_pid tgid;
	struct tl_ref leader; /* TL_PID_NONE: handed on before or never seen */
	tl_pid *thread;		      /* all ever seen, at most TL_CHILDREN_KEPT */
	unsigned n_threads;
	uint64_t threads_more;
	unsigned live;
	struct tl_leaver *leaver; /* in order of leaving */
	unsigned n_leavers;
	bool leavers_more; /* there were others before them, not kept */
	struct tl_signal *group_signals; /* grp=1, whichever thread was named as target; an array */
	unsigned n_group_signals;
	bool cpu_limited; /* it was given a limit of CPU time, or who made it */
	struct tl_seen execed; /* last sched_process_exec under this tgid */
	struct tl_seen end;    /* the last thread's death; not seen while one lives */
	bool ended;
};

struct tl_lives;
struct arena;

/* What the lives were told with: which kinds of witnesses this trace has at all. */
struct tl_witnesses {
	bool newtask, fork, exec, exit, wait, free, sw, signal, deliver, functions, stacks, side;
	bool asks; /* what a task may ask for is recorded (enum tl_asked) */
	bool reclaims; /* the search for memory is recorded */
	/* all system calls that end a task or send signals by a way of their own, and none was lost
	 */
	bool calls;
	uint8_t arch; /* enum tl_arch of the kernel, as far as known by now */
};

typedef void (*tl_life_fn)(void *ctx, const struct tl_task *task);

/* `done` gets each life when it is complete, in order of completion. events is borrowed. */
struct tl_err *tl_lives_new(struct tl_events *events, tl_life_fn done, void *ctx,
			    struct tl_lives **ret);
void tl_lives_free(struct tl_lives *lives);
/* Before the first event: keep the segments of each life too. They are most of the memory a life
 * needs, so they are kept only for who draws them. */
void tl_lives_keep_segments(struct tl_lives *lives);
/* Of all segments kept, also of the handed on, no more than so many: the oldest are forgotten. */
void tl_lives_trim_segments(struct tl_lives *lives, size_t most);
/* Before the first event: lives that were handed on stay valid until tl_lives_free(), for who lets
 * people look at any of them. Memory then follows the length of the trace. */
void tl_lives_keep_all(struct tl_lives *lives);
/*
 * A complete life of which nothing changes any more, kept for whoever looks at it later, and maybe
 * in another thread. What is held of it is a third of what is shown, so it is shown where it is
 * looked at.
 */
struct tl_kept;
/* ctx: that of `done`. True: it is kept until it is given back, and `done` does not get it. */
typedef bool (*tl_keep_fn)(void *ctx, const struct tl_kept *kept);
/* Before the first event: `keep` is asked first, but for lives whose process lives on. */
void tl_lives_keep(struct tl_lives *lives, tl_keep_fn keep);
void tl_lives_give_back(struct tl_lives *lives, const struct tl_kept *kept);
/* The task, in mem; valid until it is given back. By any thread. NULL: memory is out. */
const struct tl_task *tl_kept_show(const struct tl_kept *kept, struct arena *mem);
/* Asks memory for what tl_kept_show() will look at: first for the life itself, then, when that has
 * come, for what it points to. */
void tl_kept_fetch(const struct tl_kept *kept);
void tl_kept_fetch_rest(const struct tl_kept *kept);
/* One event, in time order. */
struct tl_err *tl_lives_feed(struct tl_lives *lives, const struct tl_event *ev);
/* The end of the trace: everything still held is handed on. */
struct tl_err *tl_lives_end(struct tl_lives *lives);
/* Who bears this pid now, before the life is complete; NULL: nobody that was seen. Valid until the
 * next event. */
const struct tl_task *tl_lives_find(const struct tl_lives *lives, tl_pid pid);
/* Everybody who is not handed on yet, in no order; valid until the next event, and where all are
 * kept until the next call. */
void tl_lives_each(const struct tl_lives *lives, tl_life_fn fn, void *ctx);
/* What it has been doing up to now, where that is a recording: who is switched out or woken is told
 * of at once. False: not known, or it is complete. */
bool tl_lives_doing(const struct tl_lives *lives, const struct tl_task *task,
		    struct tl_segment *ret);
const struct tl_witnesses *tl_lives_witnesses(const struct tl_lives *lives);
/* Tasks held now, and the most ever held. */
void tl_lives_count(const struct tl_lives *lives, size_t *ret_now, size_t *ret_most);
/* Oddities worth a sentence ("sender and target share one tid"): msgids with a place. */
struct tl_oddity {
	const char *what; /* msgid */
	struct tl_seen seen;
	tl_pid tid;
};
const struct tl_oddity *tl_lives_oddities(const struct tl_lives *lives, unsigned *ret_n);

#endif
