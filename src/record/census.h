/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who lives, as /proc tells it. */
#ifndef RECORD_CENSUS_H
#define RECORD_CENSUS_H

#include "tasklife/types.h"

struct census_task {
	long tid, tgid, ppid;
	bool kthread;
	struct tl_str comm; /* the kernel's own, without what /proc adds */
};

/* Every task there is, thread by thread. What it is given is valid during the call. */
void census_each(void (*each)(void *ctx, const struct census_task *t), void *ctx);

#endif
