/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who killed how many: one sender, several victims. */
#ifndef WHY_TALLY_H
#define WHY_TALLY_H

#include "base/vec.h"
#include "tasklife/why.h"

#define TALLY_MOST 4096 /* senders; a machine in a storm of kills has few */

struct tally_row {
	struct tl_ref by;
	uint64_t victims; /* processes */
	int sig;	  /* 0: different ones */
};

struct tally {
	VEC(struct tally_row) row;
};

/* Does this verdict name a killer other than the victim itself? */
bool tally_counts(const struct tl_death_verdict *v);
/* The end of a process by this verdict. True: the first one by this sender. */
bool tally_add(struct tally *t, const struct tl_death_verdict *v);
void tally_fini(struct tally *t);

#endif
