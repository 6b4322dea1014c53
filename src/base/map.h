/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hash map from uint64_t keys to pointers. Values are borrowed and never NULL.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "tasklife/types.h"

struct map_slot {
	uint64_t key;
	void *val; /* NULL: empty */
};

struct map {
	struct map_slot *slot;
	size_t n, cap; /* cap is a power of two, or 0 */
};

void map_init(struct map *m);
void map_fini(struct map *m);
void *map_get(const struct map *m, uint64_t key); /* NULL: not there */
bool map_put(struct map *m, uint64_t key, void *val); /* false: memory is out. Replaces. */
void *map_del(struct map *m, uint64_t key);	       /* what was there, or NULL */

/* `slot` walks the occupied slots in no order. The map must not change meanwhile. */
#define map_each(s, m)                                                                             \
	for (struct map_slot *s = (m)->slot; s && s < (m)->slot + (m)->cap; s++)                   \
		if (s->val)

#endif
