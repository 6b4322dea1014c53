/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pager for what is longer than the screen, as git does it: $TASKLIFE_PAGER, else $PAGER, else
 * less; "cat" or nothing in them means none. Only where standard output is a terminal.
 */
#ifndef CMD_PAGER_H
#define CMD_PAGER_H

#include <sys/types.h>
#include "base/out.h"

struct pager {
	pid_t pid; /* 0: none runs */
	int fd;	   /* into it */
};

/* From an out's opening: when its first bytes do not fit the screen, they and all others go to a
 * pager. */
void pager_begin(struct pager *p, struct out *o);
/* Waits until its user has seen enough. */
void pager_end(struct pager *p);

#endif
