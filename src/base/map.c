/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open addressing with linear probing; deletion shifts the followers back, so there are
 * no tombstones. */
#include <stdlib.h>
#include <string.h>
#include "base/map.h"

void map_init(struct map *m)
{
	memset(m, 0, sizeof(*m));
}

void map_fini(struct map *m)
{
	free(m->slot);
	map_init(m);
}

static size_t home_of(uint64_t key, size_t cap)
{
	return (size_t)((key * 0x9e3779b97f4a7c15u) >> 32) & (cap - 1);
}

/* Where key is, or the empty slot where it would go. cap must not be 0. */
static struct map_slot *find(const struct map *m, uint64_t key)
{
	size_t i = home_of(key, m->cap);

	while (m->slot[i].val && m->slot[i].key != key)
		i = (i + 1) & (m->cap - 1);
	return &m->slot[i];
}

void *map_get(const struct map *m, uint64_t key)
{
	return m->cap ? find(m, key)->val : NULL;
}

static bool map_grow(struct map *m)
{
	struct map bigger = {.cap = m->cap ? m->cap * 2 : 16, .n = m->n};

	bigger.slot = calloc(bigger.cap, sizeof(*bigger.slot));
	if (!bigger.slot)
		return false;
	map_each (s, m)
		*find(&bigger, s->key) = *s;
	free(m->slot);
	*m = bigger;
	return true;
}

bool map_put(struct map *m, uint64_t key, void *val)
{
	struct map_slot *s;

	if (m->n * 4 >= m->cap * 3 && !map_grow(m))
		return false;
	s = find(m, key);
	m->n += !s->val;
	*s = (struct map_slot){key, val};
	return true;
}

void *map_del(struct map *m, uint64_t key)
{
	struct map_slot *s;
	size_t hole, i;
	void *was;

	if (!m->cap)
		return NULL;
	s = find(m, key);
	was = s->val;
	if (!was)
		return NULL;
	hole = i = (size_t)(s - m->slot);
	for (;;) {
		size_t home;

		i = (i + 1) & (m->cap - 1);
		if (!m->slot[i].val)
			break;
		home = home_of(m->slot[i].key, m->cap);
		/* may move back only when its home does not lie between the hole and itself */
		if (((i - home) & (m->cap - 1)) >= ((i - hole) & (m->cap - 1))) {
			m->slot[hole] = m->slot[i];
			hole = i;
		}
	}
	m->slot[hole].val = NULL;
	m->n--;
	return was;
}
