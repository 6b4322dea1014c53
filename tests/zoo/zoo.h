/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The zoo: small programs that are born or die in exactly one known way and themselves say, in
 * ndjson, what tasklife must tell of them. The words are the public ids of birth.kind, death.cause
 * and signals[].source.
 *
 * A case is one function and one row of its family's table. It runs in a process of its own, the
 * keeper d_CASE, which makes the subjects: c_ is the one the case is about, k_ kills, m_ stands
 * between (a parent that is not the keeper). Names fit in 15 bytes, and a role may carry a tail:
 * "c:a" is c_CASE_a.
 *
 * What is said must be true of the kernel, not of tasklife: a zoo_end() waits with waitid and
 * compares before it speaks. What cannot apply or is not certain is left out.
 */
#ifndef ZOO_H
#define ZOO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ZOO_SLOTS 32
#define ZOO_KIDS  64

/* Seen by every process of the case. */
struct zoo_shared {
	uint32_t step;		    /* see zoo_step */
	/* of tasks that others must know; the case says which is which */
	pid_t pid[ZOO_SLOTS];
	int value[ZOO_SLOTS];
};

struct zoo_kid {
	pid_t tid;
	char comm[32];
};

struct zoo {
	const char *name;
	int out; /* where expectations go */
	struct zoo_shared *sh;
	struct zoo_kid kid[ZOO_KIDS];
	unsigned n_kids;
	char dir[64]; /* of this case, made on demand, removed when the case is over */
	bool made_dir;
};

enum zoo_needs {
	ZOO_ANY = 0,
	ZOO_ROOT = 1,	 /* skipped for other users */
	/* changes the whole machine (sysctl, OOM): only with ZOO_LAB=1 in the environment */
	ZOO_MACHINE = 2,
	ZOO_ALONE = 4,	 /* only when asked for by name */
};

struct zoo_case {
	const char *name; /* at most 13 bytes */
	void (*run)(struct zoo *z);
	unsigned needs;
	const char *says; /* one line for people */
};

struct zoo_family {
	const char *name;
	const struct zoo_case *cases; /* ends with a row without a name */
};

/* A task by id and name; tid 0: nobody said. */
struct zoo_who {
	pid_t tid;
	const char *comm;
};

#define ZOO_EXIT(code) ((code) + 1) /* 0 means "nothing said" */

/*
 * What must be told of one task. Fields left empty are left out of the line; zoo_end() fills tid,
 * comm, birth, creator, reaper, notified and process from what it knows.
 */
struct zoo_say {
	pid_t tid;
	const char *comm, *or_comm; /* or_comm: the other name it may bear, by kernel */
	const char *birth;
	struct zoo_who creator, parent;
	const char *exec; /* comm after the last exec */
	const char *death, *or_death;
	int signal;
	const char *source, *or_source;
	struct zoo_who by, trigger;
	bool nobody; /* by must be null: nobody sent it */
	int exit;    /* ZOO_EXIT(code) */
	bool core;
	struct zoo_who reaper;
	pid_t or_process; /* reaper: or a thread of this process, where it cannot be told which */
	bool autoreap;
	bool childless;	  /* tried to have a child and has none */
	bool quiet;	  /* no SIGCHLD, or one that says something else */
	const char *process; /* cause of the end of its process; "-" leaves it out */
	int process_signal, process_exit;
	const char *process_source;
	const struct zoo_sig *also; /* a signal that did not kill */
};

struct zoo_sig {
	int sig;
	const char *source, *result;
	struct zoo_who from;
};

typedef int zoo_fn(struct zoo *z, void *arg);

/* Fork a child named after its role; it returns from fn with its exit status. Named before this
 * returns. */
pid_t zoo_child(struct zoo *z, const char *role, zoo_fn *fn, void *arg);
/* What zoo_child does in the child, for children made in other ways. */
void zoo_be(struct zoo *z, const char *role);
const char *zoo_role(struct zoo *z, const char *role, char *buf); /* buf[32] */
/* A task made otherwise: remember its name. */
void zoo_known(struct zoo *z, pid_t tid, const char *role);
void zoo_known_comm(struct zoo *z, pid_t tid, const char *comm);
struct zoo_who zoo_who(struct zoo *z, pid_t tid);
struct zoo_who zoo_me(void);

/* Wait for a child of the caller, compare with waitid, and speak. */
void zoo_end(struct zoo *z, pid_t pid, struct zoo_say say);
/* Speak only. */
void zoo_tell(struct zoo *z, struct zoo_say say);
/* Speak of what somebody else waited for; what zoo_end() fills is filled. */
void zoo_tell_reaped(struct zoo *z, struct zoo_who reaper, struct zoo_say say);
/* Helpers exit 0: zoo_end with that. */
void zoo_end0(struct zoo *z, pid_t pid);

/* Is something possible here? Runs fn in an unnamed child (of which nothing is expected): its exit
 * status. */
int zoo_try(struct zoo *z, zoo_fn *fn);

/* Steps: a number that only grows and that all processes of the case see. */
void zoo_step(struct zoo *z, uint32_t n);
void zoo_until(struct zoo *z, uint32_t n);

/* Give up: the case cannot be produced here, or went wrong. */
void zoo_skip(struct zoo *z, const char *fmt, ...) __attribute__((noreturn, format(printf, 2, 3)));
void zoo_fail(struct zoo *z, const char *fmt, ...) __attribute__((noreturn, format(printf, 2, 3)));

void zoo_ms(unsigned ms);
pid_t zoo_tid(void);
#define ZOO_PATIENCE_MS 20000 /* for what takes a moment, on a guest of a busy machine */
bool zoo_gone(pid_t pid, unsigned ms); /* wait until no such task is left */
char zoo_state(pid_t pid);		/* letter of /proc/PID/stat, 0 when there is none */
bool zoo_state_is(pid_t pid, char state, unsigned ms);
const char *zoo_dir(struct zoo *z);	/* a directory of the case, removed at its end */
bool zoo_write(const char *path, const char *text);
bool zoo_read(const char *path, char *buf, size_t n); /* first line */
bool zoo_kernel_at_least(int major, int minor);
/* A new cgroup below the mount of a controller ("memory", "pids", "" for v2 itself); false: none to
 * be had. */
bool zoo_cgroup(struct zoo *z, const char *controller, char *ret_path, size_t n, bool *ret_v2);
/* Make path/file and write. */
bool zoo_put(const char *dir, const char *file, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A copy of this program's link named COMM, to exec: argv[1] is what it must do (zoo_sub). */
const char *zoo_link(struct zoo *z, const char *comm, char *buf); /* buf[128] */
/* The life of a program started through zoo_link. */
int zoo_sub(int argc, char **argv);

/* Bodies of children that many cases use. */
struct zoo_kill {
	pid_t pid;
	int sig;
	pid_t tid; /* tgkill */
};
int zoo_sleeps(struct zoo *z, void *arg);   /* for ever */
int zoo_kills(struct zoo *z, void *arg);    /* struct zoo_kill */
int zoo_exits(struct zoo *z, void *arg);    /* (intptr_t)arg */

/* Ways of many cases. */
/* A killer comes, and ends: who it was. */
struct zoo_who zoo_kill_by(struct zoo *z, const char *role, struct zoo_kill k);
/* "c" ends itself by a signal. */
void zoo_own(struct zoo *z, zoo_fn *fn, int sig, const char *source);
/* "m" runs fn, which makes sh->pid[0], "c", and ends: who it was. */
struct zoo_who zoo_between(struct zoo *z, zoo_fn *fn, void *arg);
/* The same, and its end sends "c" a signal; the keeper inherits "c". */
void zoo_taken_along(struct zoo *z, zoo_fn *fn, void *arg, int sig, const char *source);

extern const struct zoo_case zoo_births[], zoo_exits_[], zoo_execs[], zoo_threads[], zoo_signals[],
	zoo_faults[], zoo_limits[], zoo_seccomp[], zoo_orphans[], zoo_ttys[], zoo_ptrace[],
	zoo_cgroups[], zoo_spaces[], zoo_kernel[], zoo_names[], zoo_uring[],
	zoo_turns[], zoo_waits[], zoo_crowds[];

#endif
