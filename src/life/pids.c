/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocks of rows, each made when its first pid comes. Of a block only the pages are touched where
 * its pids lie. */
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "life/pids.h"

#define ROW   ((int64_t)1 << PIDS_ROW_BITS)
#define BLOCK (ROW << PIDS_BLOCK_BITS)

void pids_fini(struct pids *p)
{
	for (int64_t pid = 0; pid <= p->most; pid += ROW) {
		struct pid_row **at = pids_row(p, (tl_pid)pid);

		if (at)
			free(*at);
		else
			pid |= BLOCK - ROW;
	}
	for (size_t i = 0; i < ARRAY_SIZE(p->block); i++)
		free(p->block[i]);
	memset(p, 0, sizeof(*p));
}

struct pid_entry *pids_make(struct pids *p, tl_pid pid)
{
	struct pid_block **block = &p->block[pid >> (PIDS_BLOCK_BITS + PIDS_ROW_BITS)];
	struct pid_row **row;
	struct pid_entry *e;

	if (!*block)
		*block = calloc(1, sizeof(**block));
	row = pids_row(p, pid);
	if (row && !*row)
		*row = calloc(1, sizeof(**row));
	if (!row || !*row)
		return NULL;
	e = &(*row)->entry[pid & ((1 << PIDS_ROW_BITS) - 1)];
	e->pid = pid;
	p->most = pid > p->most ? pid : p->most;
	return e;
}

struct pid_entry *pids_next(const struct pids *p, const struct pid_entry *before)
{
	for (int64_t pid = before ? (int64_t)before->pid + 1 : 1; pid <= p->most;) {
		struct pid_row **at = pids_row(p, (tl_pid)pid);
		struct pid_entry *e = pids_at(p, (tl_pid)pid);

		if (e)
			return e;
		pid = !at ? (pid | (BLOCK - 1)) + 1 : !*at ? (pid | (ROW - 1)) + 1 : pid + 1;
	}
	return NULL;
}
