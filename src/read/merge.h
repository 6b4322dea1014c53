/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The earliest of several streams: a small heap of (time, number of the stream). Equal times go by
 * number, so that the order never depends on how the heap happens to lie.
 */
#ifndef READ_MERGE_H
#define READ_MERGE_H

#include "tasklife/types.h"

struct merge_item {
	tl_ns t;
	uint32_t who;
};

struct merge {
	struct merge_item *item;
	uint32_t n, cap;
	struct merge_item second; /* of none the end of time */
};

bool merge_init(struct merge *m, uint32_t cap); /* false: memory is out */
void merge_fini(struct merge *m);
/* `who` has something at t. There is room for `cap` of them. */
void merge_add(struct merge *m, tl_ns t, uint32_t who);
/* The first one is done, or no longer the first. */
void merge_first_done(struct merge *m);
void merge_first_sink(struct merge *m);

static inline bool merge_before(struct merge_item a, struct merge_item b)
{
	return a.t < b.t || (a.t == b.t && a.who < b.who);
}

/* The first one goes on at t. One stream is usually ahead for several events in a row; of two,
 * which is most traces of small machines, the other one is next then. */
static inline void merge_first_at(struct merge *m, tl_ns t)
{
	struct merge_item it = {t, m->item[0].who};

	m->item[0].t = t;
	if (!merge_before(m->second, it))
		return;
	if (m->n != 2) {
		merge_first_sink(m);
		return;
	}
	m->item[0] = m->second;
	m->second = m->item[1] = it;
}

#endif
