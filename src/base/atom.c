/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An open-addressing hash set of strings; the strings lie in an arena and never move. */
#include <stdlib.h>
#include <string.h>
#include "base/atom.h"
#include "base/guard.h"
#include "base/hash.h"

void atoms_init(struct atoms *at)
{
	memset(at, 0, sizeof(*at));
	pthread_mutex_init(&at->lock, NULL);
}

void atoms_fini(struct atoms *at)
{
	free(at->slot);
	arena_fini(&at->mem);
	pthread_mutex_destroy(&at->lock);
	atoms_init(at);
}

static uint32_t hash_of(const char *s, size_t n)
{
	return (uint32_t)(hash_bytes(s, n) >> 32);
}

/* memcmp() is a call, and most names are shorter than one takes. */
static bool same(const char *a, const char *b, size_t n)
{
	uint64_t x, y;

	for (; n >= 8; a += 8, b += 8, n -= 8) {
		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		if (x != y)
			return false;
	}
	return hash_tail(a, n) == hash_tail(b, n);
}

static bool atoms_grow(struct atoms *at)
{
	size_t cap = at->cap ? at->cap * 2 : 256;
	const struct tl_atom **slot = calloc(cap, sizeof(*slot));

	if (!slot)
		return false;
	for (size_t i = 0; i < at->cap; i++) {
		const struct tl_atom *a = at->slot[i];
		size_t at_i;

		if (!a)
			continue;
		for (at_i = a->hash & (cap - 1); slot[at_i]; at_i = (at_i + 1) & (cap - 1))
			;
		slot[at_i] = a;
	}
	free(at->slot);
	at->slot = slot;
	at->cap = cap;
	return true;
}

static const struct tl_atom *atom_new(struct atoms *at, const char *s, size_t n, uint32_t hash)
{
	struct tl_atom *a = arena_alloc(&at->mem, sizeof(*a) + n + 1);

	if (!a)
		return NULL;
	a->hash = hash;
	a->len = (uint32_t)n;
	memcpy(a->s, s, n);
	at->n++;
	return a;
}

static const struct tl_atom *find_or_make_alone(struct atoms *at, const char *s, size_t n)
{
	const char *nul = n ? memchr(s, 0, n) : NULL;
	uint32_t hash;
	size_t i;

	if (nul)
		n = (size_t)(nul - s);
	if (n > UINT32_MAX / 2)
		return NULL;
	if (at->n * 4 >= at->cap * 3 && !atoms_grow(at))
		return NULL;
	hash = hash_of(s, n);
	for (i = hash & (at->cap - 1); at->slot[i]; i = (i + 1) & (at->cap - 1)) {
		const struct tl_atom *a = at->slot[i];

		if (a->hash == hash && a->len == n && same(a->s, s, n))
			return a;
	}
	return at->slot[i] = atom_new(at, n ? s : "", n, hash);
}

static RARE const struct tl_atom *find_or_make(struct atoms *at, const char *s, size_t n)
{
	const struct tl_atom *atom;

	pthread_mutex_lock(&at->lock);
	atom = find_or_make_alone(at, s, n);
	pthread_mutex_unlock(&at->lock);
	return atom;
}

const struct tl_atom *atom_of_other(struct atoms *at, const char *s, size_t n)
{
	return find_or_make(at, s, n);
}

/* At most 16 bytes in two words that have all of them: with n, equal words are equal bytes. */
static inline struct atom_recent short_of(const char *s, size_t n)
{
	struct atom_recent r = {.n = n};

	if (n < 8) {
		r.a = hash_tail(s, n);
		return r;
	}
	memcpy(&r.a, s, 8);
	memcpy(&r.b, s + n - 8, 8);
	return r;
}

static RARE const struct tl_atom *remember(struct atoms *at, struct atom_recent *known,
					   const char *s, size_t n)
{
	return known->atom = find_or_make(at, s, n);
}

/* key by its parts: put together in memory it would be waited for */
static inline const struct tl_atom *of_late(struct atoms *at, uint64_t a, uint64_t b, size_t len,
					    const char *s, size_t n)
{
	struct atom_recent *known = &at->recent[((a ^ b << 1) * 0x9e3779b97f4a7c15u + len) >> 57];

	if (known->atom && known->a == a && known->b == b && known->n == len)
		return known->atom;
	known->a = a;
	known->b = b;
	known->n = len;
	return remember(at, known, s, n);
}

const struct tl_atom *atom_of(struct atoms *at, const char *s, size_t n)
{
	struct atom_recent key;

	if (n > ATOM_SHORT)
		return find_or_make(at, s, n);
	key = short_of(s, n);
	return of_late(at, key.a, key.b, n, s, n);
}

/* With whatever lies behind the NUL, which is mostly nothing: a name that comes with other bytes
 * there is looked up once more. */
const struct tl_atom *atom_of_comm(struct atoms *at, const void *comm)
{
	enum { AS_IT_LIES = ATOM_SHORT + 1 }; /* no length of short_of()'s */
	uint64_t a, b;

	memcpy(&a, comm, 8);
	memcpy(&b, (const char *)comm + 8, 8);
	return of_late(at, a, b, AS_IT_LIES, comm, ATOM_SHORT);
}

const struct tl_atom *atom_of_str(struct atoms *at, struct tl_str s)
{
	return atom_of(at, s.p, s.n);
}
