/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One hash of bytes for every table of the house; the tables compare what collides. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <string.h>
#include "tasklife/types.h"

/* The last n < 8 bytes as one word: bytes may come twice, but none is left out. */
static inline uint64_t hash_tail(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t a, b;

	if (n < 4)
		return n ? (uint64_t)u[0] << 16 | (uint64_t)u[n / 2] << 8 | u[n - 1] : 0;
	memcpy(&a, s, 4);
	memcpy(&b, s + n - 4, 4);
	return (uint64_t)a << 32 | b;
}

static inline uint64_t hash_bytes(const char *s, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u ^ n, w;

	for (; n >= 8; s += 8, n -= 8) {
		memcpy(&w, s, 8);
		h = (h ^ w) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	return (h ^ hash_tail(s, n)) * 0x9e3779b97f4a7c15u;
}

#endif
