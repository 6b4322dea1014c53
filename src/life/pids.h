/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Everything that is asked by a pid, in one place: who bears it, which process has it as its id,
 * who of those that bore it is held, how many have borne it. Entries are never taken out, since
 * generations are counted to the end of the trace, and never move. Pids are given one after the
 * other, so a row of them lies together: neighbours in time are neighbours in memory. Zeroed, an
 * empty table.
 */
#ifndef LIFE_PIDS_H
#define LIFE_PIDS_H

#include "tasklife/types.h"

struct pid_entry {
	tl_pid pid; /* 0: empty */
	uint32_t generation; /* the last one given */
	struct life *life;   /* NULL: nobody bears it now */
	struct group *group; /* NULL: no process of this id lives */
	/* the newest of those who bore it and are held (done.c), a ring by same_tid; NULL none */
	struct life *held;
};

enum {
	PIDS_BITS = 22, /* PID_MAX_LIMIT of include/linux/threads.h, 64 bits: no task bears more */
	PIDS_ROW_BITS = 4,
	PIDS_BLOCK_BITS = 16,
	PIDS_TOP_BITS = PIDS_BITS - PIDS_BLOCK_BITS - PIDS_ROW_BITS
};

/* A damaged record says anything. */
static inline bool pids_may_be(tl_pid pid)
{
	return pid > 0 && pid < 1 << PIDS_BITS;
}

struct pid_row {
	struct pid_entry entry[1 << PIDS_ROW_BITS];
};

struct pid_block {
	struct pid_row *row[1 << PIDS_BLOCK_BITS];
};

struct pids {
	struct pid_block *block[1 << PIDS_TOP_BITS]; /* the first holds all pids of most machines */
	tl_pid most; /* the highest there is */
};

/* Where its row is noted; NULL: there is no block for it. Of pids that may be, and 0. */
static inline struct pid_row **pids_row(const struct pids *p, tl_pid pid)
{
	struct pid_block *b = p->block[pid >> (PIDS_BLOCK_BITS + PIDS_ROW_BITS)];

	return b ? &b->row[pid >> PIDS_ROW_BITS & ((1 << PIDS_BLOCK_BITS) - 1)] : NULL;
}

/* Its entry, which is blank where it was never heard of, or NULL. */
static inline struct pid_entry *pids_room(const struct pids *p, tl_pid pid)
{
	struct pid_row **row = pids_may_be(pid) ? pids_row(p, pid) : NULL;

	return row && *row ? &(*row)->entry[pid & ((1 << PIDS_ROW_BITS) - 1)] : NULL;
}

/* NULL: never heard of. */
static inline struct pid_entry *pids_at(const struct pids *p, tl_pid pid)
{
	struct pid_entry *e = pids_room(p, pid);

	return e && e->pid ? e : NULL;
}

struct pid_entry *pids_make(struct pids *p,
			    tl_pid pid); /* of one that may be; NULL: memory is out */
/* In order of their pids; NULL behind the last. */
struct pid_entry *pids_next(const struct pids *p, const struct pid_entry *before);
void pids_fini(struct pids *p);

#define pids_each(e, p) for (struct pid_entry *e = pids_next(p, NULL); e; e = pids_next(p, e))

#endif
