/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Chunks in a list, newest first. A request larger than the usual chunk gets a chunk of its own
 * behind the newest one, so that the room left there is not wasted.
 */
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/guard.h"

#define CHUNK_FIRST 240 /* 256 with its head */
#define CHUNK_SMALL 48	/* of a pool, where a chunk costs no more than its size */
#define CHUNK_MOST  (64 * 1024)

struct arena_chunk {
	struct arena_chunk *next;
	uint32_t size, used; /* one that is larger than can be said here has no room left, and is
			      * not of the pool */
	max_align_t data[];
};

void arena_init(struct arena *a)
{
	arena_init_in(a, NULL);
}

void arena_init_in(struct arena *a, struct pool *pool)
{
	*a = (struct arena){.pool = pool};
}

static void chunks_free(struct arena *a)
{
	struct arena_chunk *c = take(a->chunks);

	while (c) {
		struct arena_chunk *next = c->next;

		pool_give(a->pool, c, sizeof(*c) + c->size);
		c = next;
	}
}

void arena_fini(struct arena *a)
{
	chunks_free(a);
	arena_init_in(a, a->pool);
}

static struct arena_chunk *chunk_new(struct arena *a, size_t size, size_t used)
{
	struct arena_chunk *c = pool_take(a->pool, sizeof(*c) + size);

	if (!c)
		return NULL;
	c->next = NULL;
	c->size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
	c->used = used > UINT32_MAX ? UINT32_MAX : (uint32_t)used;
	return c;
}

static size_t room(const struct arena *a)
{
	return a->chunks ? a->chunks->size - a->chunks->used : 0;
}

/* A request too large to share a chunk: the newest chunk stays the newest. */
static void *alloc_alone(struct arena *a, size_t n)
{
	struct arena_chunk *c = chunk_new(a, n, n);

	if (!c)
		return NULL;
	if (a->chunks) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		a->chunks = c;
	}
	return memset(c->data, 0, n);
}

static bool chunk_open(struct arena *a, size_t size)
{
	struct arena_chunk *c = chunk_new(a, size > CHUNK_MOST ? CHUNK_MOST : size, 0);

	if (!c)
		return false;
	c->next = a->chunks;
	a->chunks = c;
	return true;
}

/* What did not fit into one chunk this time will next time: soon no reset calls malloc any more. */
void arena_reset(struct arena *a)
{
	size_t total = 0;

	if (a->chunks && a->chunks->next) {
		for (const struct arena_chunk *c = a->chunks; c; c = c->next)
			total += c->size;
		chunks_free(a);
		chunk_open(a, total);
	}
	if (a->chunks)
		a->chunks->used = 0;
}

/* Who has much will have more; of a pool's many small arenas none is given much ahead. */
static size_t next_size(const struct arena *a)
{
	size_t last = a->chunks ? a->chunks->size : 0;

	if (a->pool)
		return last > CHUNK_SMALL ? (last + last / 4 + 15) & ~(size_t)15 : CHUNK_SMALL;
	return last ? last * 2 : CHUNK_FIRST;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t alone = (a->pool ? CHUNK_SMALL : CHUNK_FIRST) / 2;
	void *p;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = (n + 15) & ~(size_t)15;
	if (n > alone && room(a) < n)
		return alloc_alone(a, n);
	if (room(a) < n && !chunk_open(a, next_size(a)))
		return NULL;
	p = (char *)a->chunks->data + a->chunks->used;
	a->chunks->used += (uint32_t)n;
	return memset(p, 0, n);
}

char *arena_strdup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	if (p && n)
		memcpy(p, s, n);
	return p;
}
