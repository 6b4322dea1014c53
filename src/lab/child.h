/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Other programs: run to their end (apt, compilers), or attended to while they have the terminal
 * (gdb, ssh). */
#ifndef LAB_CHILD_H
#define LAB_CHILD_H

#include <sys/types.h>
#include "lab/lab.h"

struct lab_child {
	char *const *argv;
	const char *dir;  /* where it runs; NULL: here */
	const char *env;  /* one NAME=VALUE more; NULL: none */
	/* msgid: report apt's progress lines (descriptor 3) under it; NULL: none */
	const char *note;
	const char *note_subject;
	/* what it wrote goes here instead of into out; NULL: out */
	void (*hear)(void *arg, const char *p, size_t n);
	void *hear_arg;
	struct out out;	  /* what it wrote to 1 and 2 */
	int status;	  /* 0-255, 128+n by a signal, 127 when it could not be started */
};

/* An error only when the run itself failed or was stopped; a status that is not 0 is the caller's
 * affair. */
struct tl_err *lab_child_run(const struct lab *lab, struct lab_child *c);
void lab_child_fini(struct lab_child *c);
/* fork() of a child that ends with us and takes the terminal's signals; what it becomes is the
 * caller's affair. */
pid_t lab_child_fork(void);
/* Is there a program of this name. */
bool lab_can_run(const char *prog);

#endif
