/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of tasks, for the list of them that a trace.dat carries: trace-cmd and its like have no
 * other source for the name in front of a record. The kernel's own list (saved_cmdlines) holds 128
 * and costs much (tracefs/names.h); this one holds who lives at the end and the last who died.
 */
#ifndef RECORD_NAMES_H
#define RECORD_NAMES_H

#include "base/vec.h"
#include "tasklife/types.h"

struct name {
	tl_pid tid;
	char comm[16];
};

struct names {
	VEC(struct name) dead; /* a ring, once it is full */
	size_t next;	       /* … the oldest of it */
};

/* Without memory it is left out: a name is an extra. */
void names_died(struct names *n, tl_pid tid, const char *comm);
/* "pid comm" in lines, as saved_cmdlines has it, each pid once: who lives, else who bore it last.
 * To be freed; NULL: memory is out. */
char *names_text(const struct names *n, size_t *ret_n);
void names_fini(struct names *n);

#endif
