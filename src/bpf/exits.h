/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The exit status of every task that dies while this is open, and the arguments of every exec, by
 * small BPF programs.
 *
 * Law of this header: a struct exits holds a program attached to the kernel until exits_close();
 * the kernel drops it with the process, however that ends.
 */
#ifndef BPF_EXITS_H
#define BPF_EXITS_H

#include "tasklife/err.h"
#include "tasklife/facts.h"

struct exits;

struct exits_death {
	tl_ns t; /* CLOCK_MONOTONIC */
	int cpu; /* where it was seen */
	tl_pid tid, tgid;
	int32_t status; /* what wait would report: exit code << 8, or signal, or signal | 0x80 */
	enum tl_call call; /* the system call it was in */
	bool unwanted;	   /* its parent leaves no zombies: nobody need wait for it */
	const char *comm;  /* at most 15 bytes */
};

struct exits_exec {
	tl_ns t;
	int cpu;
	tl_pid tid;
	const char *args; /* n bytes, a NUL behind each argument; cut when long */
	size_t n;
};

struct exits_signal { /* one that may kill */
	tl_ns t;
	int cpu;
	tl_pid tid, target; /* who was running when it was sent, mostly the sender */
	int sig;
	/* the system call that who was running was in; nothing in an interrupt */
	enum tl_call call;
	/* who was running: the last CPU exception it could not be spared (x86); -1 not known */
	int trap;
	/* its area for restartable sequences: "none", "good", "bad", "other"; NULL not told */
	const char *rseq;
	int leads;	  /* the target leads a session */
	int limit;	  /* who was running: its process has used up its hard limit of CPU time */
	uint64_t cgroup; /* of who was running: its id in the unified hierarchy; 0 unknown */
	const char *args; /* of who was running; n 0: a kernel thread, or not readable */
	size_t n;
};

/* Who is told. */
struct exits_ear {
	void (*died)(void *ctx, const struct exits_death *d);
	void (*execed)(void *ctx, const struct exits_exec *e);
	void (*sent)(void *ctx, const struct exits_signal *s);
	void *ctx;
};

/* Why not is a normal case with its reason: no BTF, not permitted, not built in. prompt: exits_fd()
 * is readable at once when something happened; otherwise now and then, and only when much is
 * waiting. */
struct tl_err *exits_open(bool prompt, struct exits **ret);
/* From now on; before, nothing is told. */
struct tl_err *exits_start(struct exits *x);
/* To poll: readable when there is something to take. -1 none. */
int exits_fd(const struct exits *x);
/* Hand over what happened since the last call, kind by kind, deaths last, each in its order; at
 * most what is there now. */
void exits_take(struct exits *x, const struct exits_ear *ear);
/* Are the arguments of execs told as well? */
bool exits_has_execs(const struct exits *x);
/* Deaths the ring had no room for. */
uint64_t exits_lost(const struct exits *x);
void exits_close(struct exits *x);

/* Which kernel type information is there: its path, NULL none. */
const char *exits_btf(void);

#endif
