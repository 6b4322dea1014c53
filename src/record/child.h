/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command: forked, held until it is followed, then let go to exec.
 *
 *	child_fork     → it exists (its birth is in the trace) and waits
 *	child_release  → it execs; a failed exec comes back as an error
 *	child_wait     → it ended; not reaped yet
 *	child_reap     → reaped
 *
 * It shares our process group and terminal, so Ctrl-C reaches it as it would without us, and it
 * keeps our standard streams. Its signal mask is empty and its dispositions are the default ones,
 * except that SIGHUP, SIGINT and SIGQUIT stay ignored where they are ignored in us (nohup,
 * background jobs of a shell): a program that wants to outlive Ctrl-C during a recording sets a
 * handler and does not ignore it.
 */
#ifndef RECORD_CHILD_H
#define RECORD_CHILD_H

#include <stdatomic.h>
#include "tasklife/err.h"

struct child {
	tl_pid pid; /* 0: none, or reaped */
	int go;	    /* closing it without a word ends a child that was not released */
	int said;   /* errno of a failed exec comes out here */
	int pidfd;  /* readable when it ended; -1 before Linux 5.3 */
};

struct tl_err *child_fork(char *const argv[], struct child *ret);
struct tl_err *child_release(struct child *c, const char *name);
/* What ends the waiting besides the child's end. */
struct until {
	/* seconds on the monotonic clock, as of child_deadline(); < 0: no limit */
	double at;
	const volatile int *stop; /* became true; NULL: nobody asks */
	const atomic_int *full;	  /* likewise */
};

double child_deadline(double seconds); /* < 0: none */
struct tl_err *child_wait(struct child *c, const struct until *until, int *ret_status,
			  bool *ret_ended);
/* Time is up, or *stop or *full became true. */
bool child_enough(const struct until *u);
void child_reap(struct child *c);
/* Give up: an unreleased child ends, a running one goes on without us. */
void child_fini(struct child *c);

#endif
