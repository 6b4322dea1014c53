/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How names are hashed: shared by the lookups and by make_index.c, which lays the tables out at
 * build time so that they are constants.
 */
#ifndef FACTS_NAMES_H
#define FACTS_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a */
static inline uint32_t name_hash(const char *s, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h;
}

#define FUNCTION_SLOTS 2048 /* power of two, at least twice the rows */
#define EVENT_SLOTS    128
#define NO_ROW	       UINT16_MAX

#endif
