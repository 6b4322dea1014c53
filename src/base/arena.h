/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that is freed all at once. Everything a life owns comes from one arena.
 * Allocation returns zeroed memory aligned to 16; NULL when there is none.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/pool.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
	struct pool *pool;   /* where chunks come from; NULL: malloc */
};

void arena_init(struct arena *a);
/* One of many small ones, with chunks of a pool that outlives it. */
void arena_init_in(struct arena *a, struct pool *pool);
void arena_fini(struct arena *a);
/* Forget everything but keep one chunk for reuse. */
void arena_reset(struct arena *a);
void *arena_alloc(struct arena *a, size_t n);
char *arena_strdup(struct arena *a, const char *s, size_t n); /* NUL-terminated copy */

#endif
