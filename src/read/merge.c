/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A binary heap. Who comes second is kept beside it: while the first stream is ahead of that one
 * nothing moves.
 */
#include <stdlib.h>
#include "read/merge.h"

static void set_second(struct merge *m)
{
	uint32_t at = m->n > 2 && merge_before(m->item[2], m->item[1]) ? 2 : 1;

	m->second = m->n > 1 ? m->item[at] : (struct merge_item){INT64_MAX, UINT32_MAX};
}

bool merge_init(struct merge *m, uint32_t cap)
{
	*m = (struct merge){.item = calloc(cap ? cap : 1, sizeof(*m->item)), .cap = cap};
	set_second(m);
	return m->item != NULL;
}

void merge_fini(struct merge *m)
{
	free(m->item);
	*m = (struct merge){};
}

void merge_first_sink(struct merge *m)
{
	struct merge_item it = m->item[0];
	uint32_t at = 0, child;

	while ((child = 2 * at + 1) < m->n) {
		child += child + 1 < m->n && merge_before(m->item[child + 1], m->item[child]);
		if (!merge_before(m->item[child], it))
			break;
		m->item[at] = m->item[child];
		at = child;
	}
	m->item[at] = it;
	set_second(m);
}

void merge_add(struct merge *m, tl_ns t, uint32_t who)
{
	struct merge_item it = {t, who};
	uint32_t at = m->n++;

	for (; at && merge_before(it, m->item[(at - 1) / 2]); at = (at - 1) / 2)
		m->item[at] = m->item[(at - 1) / 2];
	m->item[at] = it;
	set_second(m);
}

void merge_first_done(struct merge *m)
{
	m->item[0] = m->item[--m->n];
	if (m->n)
		merge_first_sink(m);
}
