/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Everything that is asked by a pid, in one place: who bears it, which process has it as its id, who of those that bore it
 * is held, how many have borne it.
 * Entries are never taken out, since generations are counted to the end of the trace. Zeroed, an empty table.
 */
#ifndef LIFE_PIDS_H
#define LIFE_PIDS_H

#include "tasklife/types.h"

struct pid_entry {
	tl_pid pid; /* 0: empty */
	uint32_t generation; /* the last one given */
	struct life *life;   /* NULL: nobody bears it now */
	struct group *group; /* NULL: no process of this id lives */
	struct life *held;   /* the newest of those who bore it and are held (done.c), a ring by same_tid; NULL none */
};

struct pids {
	struct pid_entry *entry, *last; /* last: asked for; the next question is often the same */
	size_t n, cap;			/* cap is a power of two, or 0 */
	unsigned shift;			/* 32 less the bits of cap - 1 */
};

struct pid_entry *pids_find(struct pids *p, tl_pid pid);

/* NULL: never heard of. Valid until pids_make(). */
static inline struct pid_entry *pids_at(struct pids *p, tl_pid pid)
{
	return p->last && p->last->pid == pid ? p->last : pids_find(p, pid);
}

struct pid_entry *pids_make(struct pids *p, tl_pid pid); /* pid > 0; NULL: memory is out */
void pids_fini(struct pids *p);

#define pids_each(e, p)                                                                            \
	for (struct pid_entry *e = (p)->entry; e && e < (p)->entry + (p)->cap; e++)                \
		if (e->pid)

#endif
