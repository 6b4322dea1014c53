/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A binary heap. One stream is usually ahead for several events in a row, so the common step is two
 * comparisons at the root and no move.
 */
#include <stdlib.h>
#include "read/merge.h"

bool merge_init(struct merge *m, uint32_t cap)
{
	*m = (struct merge){calloc(cap ? cap : 1, sizeof(*m->item)), 0, cap};
	return m->item != NULL;
}

void merge_fini(struct merge *m)
{
	free(m->item);
	*m = (struct merge){};
}

static inline bool before(struct merge_item a, struct merge_item b)
{
	return a.t < b.t || (a.t == b.t && a.who < b.who);
}

static void sink(struct merge *m)
{
	struct merge_item it = m->item[0];
	uint32_t at = 0, child;

	while ((child = 2 * at + 1) < m->n) {
		child += child + 1 < m->n && before(m->item[child + 1], m->item[child]);
		if (!before(m->item[child], it))
			break;
		m->item[at] = m->item[child];
		at = child;
	}
	m->item[at] = it;
}

void merge_add(struct merge *m, tl_ns t, uint32_t who)
{
	struct merge_item it = {t, who};
	uint32_t at = m->n++;

	for (; at && before(it, m->item[(at - 1) / 2]); at = (at - 1) / 2)
		m->item[at] = m->item[(at - 1) / 2];
	m->item[at] = it;
}

void merge_first_at(struct merge *m, tl_ns t)
{
	m->item[0].t = t;
	sink(m);
}

void merge_first_done(struct merge *m)
{
	m->item[0] = m->item[--m->n];
	if (m->n)
		sink(m);
}
