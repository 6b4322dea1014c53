/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Raw pages are touched before the reader comes to them, by whoever of a crew waits for it: a page
 * that nobody touched is a fault, and its bytes come from memory, a line at a time. Both are a
 * sixth of the time of reading scheduler events.
 *
 * Nothing depends on it. A stream's piece is all of it and stays; the reader's place in it is
 * looked at while it changes.
 */
#include <stdlib.h>
#include "base/crew.h"
#include "base/line.h"
#include "read/tracedat.h"

/* ALL: of all streams, no more than a cache holds. STEP: at once; of more streams than make up ALL
 * by their steps nothing is touched. */
enum { ALL = 1 << 20, STEP = 32 << 10 };

bool td_touch_begin(struct tracedat *td)
{
	if (!td->touched && td->stream.n <= ALL / STEP)
		td->touched = calloc(td->stream.n, sizeof(*td->touched));
	return td->touched && crew_join(td->crew, td_touch_ahead, td);
}

/* Where its pages were not touched yet; the piece's end: all that should be are. */
static size_t untouched(const struct tracedat *td, size_t i, size_t *ret_ahead)
{
	const struct td_stream *s = &td->stream.v[i];
	size_t at = __atomic_load_n(&s->piece_pos, __ATOMIC_RELAXED),
	       touched = td->touched[i] > at ? td->touched[i] : at;

	*ret_ahead = touched - at;
	return *ret_ahead < ALL / td->stream.n ? touched : s->piece_n;
}

static void touch(const uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n; at += LINE / 2)
		(void)*(const volatile uint8_t *)(p + at);
}

/* Of the stream of which the least is. */
bool td_touch_ahead(void *ctx, unsigned hand)
{
	struct tracedat *td = ctx;
	size_t best = SIZE_MAX, best_ahead = SIZE_MAX, from = 0, n;

	(void)hand;
	for (size_t i = 0; i < td->stream.n; i++) {
		size_t ahead, at;

		if (td->stream.v[i].packed)
			continue;
		at = untouched(td, i, &ahead);
		if (at >= td->stream.v[i].piece_n || ahead >= best_ahead)
			continue;
		best = i;
		best_ahead = ahead;
		from = at;
	}
	if (best == SIZE_MAX)
		return false;
	n = td->stream.v[best].piece_n - from;
	n = n < STEP ? n : STEP;
	td->touched[best] = from + n;
	crew_unlock(td->crew);
	touch(td->stream.v[best].piece + from, n);
	crew_lock(td->crew);
	return true;
}
