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
};

bool merge_init(struct merge *m, uint32_t cap); /* false: memory is out */
void merge_fini(struct merge *m);
/* `who` has something at t. There is room for `cap` of them. */
void merge_add(struct merge *m, tl_ns t, uint32_t who);
/* The first one goes on at t, or is done. */
void merge_first_at(struct merge *m, tl_ns t);
void merge_first_done(struct merge *m);

#endif
