/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One cpu of one buffer: pages lie one after the other, raw or in packed chunks of several pages
 * (tracedat_chunk.c).
 *
 * Damage costs what it touches: a bad event the rest of its page, a bad page that page, a bad chunk
 * that chunk (its size still leads to the next one). What was lost so becomes a gap before the next
 * event that is read.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include "read/tracedat.h"

#define LET_GO (2u << 20)

static void gap_add(struct td_stream *s, uint64_t n, const char *why)
{
	if (n == UINT64_MAX || s->gap == UINT64_MAX)
		s->gap = UINT64_MAX;
	else if (__builtin_add_overflow(s->gap, n, &s->gap))
		s->gap = UINT64_MAX;
	if (why)
		s->gap_why = why;
}

/* What was read is let go now and then: the mapping of a long recording would count as our memory.
 */
static void let_go(struct td_stream *s, const uint8_t *upto)
{
	const uintptr_t page = 4096; /* where pages are larger, this fails and nothing is let go */
	uintptr_t from = ((uintptr_t)s->mapped + page - 1) & ~(page - 1),
		  to = (uintptr_t)upto & ~(page - 1);

	if (to <= from || to - from < LET_GO)
		return;
	madvise((void *)from, to - from, MADV_DONTNEED);
	s->mapped = (const uint8_t *)to;
}

/* The next chunk that can be unpacked. */
static bool next_chunk(struct tracedat *td, struct td_stream *s)
{
	enum td_chunk_step step;
	const uint8_t *packed = s->mapped;
	struct tl_str piece;
	uint64_t place;

	while ((step = td_chunk_next(td, s->chunks, &piece, &packed, &place)) != TD_CHUNK_END) {
		let_go(s, packed);
		if (step == TD_CHUNK_READ) {
			s->piece = (const uint8_t *)piece.p;
			s->piece_n = piece.n;
			s->piece_pos = 0;
			s->piece_place = place;
			return true;
		}
		gap_add(s, UINT64_MAX,
			step == TD_CHUNK_CUT
				? N_("the recording is cut off")
				: N_("a packed piece of the recording is damaged"));
	}
	return false;
}

/* A page of zeros is a page nothing was written to: splice() pads the end of a recording so, and
 * a machine that went down leaves such holes in its files. */
static bool is_empty(const uint8_t *p, size_t n)
{
	return !p[0] && !memcmp(p, p + 1, n - 1);
}

static RARE bool next_page(struct tracedat *td, struct td_stream *s)
{
	for (;;) {
		const uint8_t *p = s->piece + s->piece_pos;
		size_t left = s->piece_n - s->piece_pos, n;

		if (!left) {
			if (!s->packed || !next_chunk(td, s))
				return false;
			continue;
		}
		n = left < s->page_size ? left : s->page_size;
		if (!s->packed)
			let_go(s, p);
		/* others look at it: tracedat_touch.c */
		__atomic_store_n(&s->piece_pos, s->piece_pos + n, __ATOMIC_RELAXED);
		if (!page_load(&s->page, p, n, s->page_size, &td->form)) {
			if (!is_empty(p, n))
				gap_add(s, UINT64_MAX, N_("a page of the recording is damaged"));
			continue;
		}
		if (!s->page.end && is_empty(p, n)) {
			s->unwritten = true;
			continue;
		}
		if (s->unwritten) /* not the end: more stands behind it */
			gap_add(s, UINT64_MAX, N_("a page of the recording was never written"));
		s->unwritten = false;
		if (s->page.missed)
			gap_add(s, s->page.missed, NULL);
		return true;
	}
}

/* t * mult >> shift without 128 bits; shift <= 32 */
static uint64_t scale(uint64_t t, uint32_t mult, uint32_t shift)
{
	return (((t >> 32) * mult) << (32 - shift)) + (((t & UINT32_MAX) * mult) >> shift);
}

static tl_ns time_of(const struct tracedat *td, uint64_t t)
{
	if (td->tsc.mult)
		t = scale(t, td->tsc.mult, td->tsc.shift);
	return (tl_ns)((t + (uint64_t)td->time_offset) & INT64_MAX);
}

bool td_stream_next_near(struct tracedat *td, struct td_stream *s)
{
	if (!page_next_usual(&s->page, &s->ev))
		return false;
	s->t = time_of(td, s->ev.t);
	td_recognise(td, s);
	return true;
}

bool td_stream_next(struct tracedat *td, struct td_stream *s)
{
	s->last = s->t;
	for (;;) {
		enum page_step step = page_next(&s->page, &s->ev);

		if (step == PAGE_EVENT) {
			s->t = time_of(td, s->ev.t);
			td_recognise(td, s);
			return true;
		}
		if (step == PAGE_DAMAGED)
			gap_add(s, UINT64_MAX, N_("a page of the recording is damaged"));
		if (!next_page(td, s))
			return false;
	}
}
