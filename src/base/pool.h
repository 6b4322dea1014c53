/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory for many things that come and go: what is given back is given out again, the last first,
 * and goes back to the system only with the pool. A size asked for must be named again when giving
 * back; larger things go to malloc.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "tasklife/types.h"

enum { POOL_STEP = 16, POOL_LARGEST = 1024 };

struct pool {
	void *free[POOL_LARGEST / POOL_STEP + 1]; /* by size, each a list */
	/* of the newest slab: what is left of what was asked for, and of it */
	char *at, *touched, *end;
	struct pool_slab *slabs;
	size_t total; /* bytes of all slabs, touched or not */
};

/* Does the pool have all that was taken from it, given back or not? Then pool_fini() frees it. */
#if defined(__SANITIZE_ADDRESS__)
#define POOL_HAS_ALL false
#else
#define POOL_HAS_ALL true
#endif

void pool_init(struct pool *p);
void pool_fini(struct pool *p);
/* Not zeroed, aligned to 16; NULL when there is none. A NULL pool is malloc. */
void *pool_take(struct pool *p, size_t n);
void pool_give(struct pool *p, void *v, size_t n);

#endif
