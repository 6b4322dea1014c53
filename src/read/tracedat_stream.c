/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One cpu of one buffer: pages lie one after the other, raw or in packed chunks of several pages
 * (trace-cmd.dat.v7(5), "compression format of the trace data"):
 *
 *	u32 number of chunks | per chunk: u32 packed size, u32 unpacked size, data
 *
 * `place` of an event is the offset of its entry in the file; in a packed stream the offset of its
 * chunk's data plus its offset in the unpacked chunk, which still tells two events apart within a
 * chunk and keeps their order, but may reach into the next chunk's numbers.
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

static bool room_for(struct td_stream *s, size_t n)
{
	uint8_t *room;

	if (n <= s->room_n)
		return true;
	room = realloc(s->room, n);
	if (!room)
		return false;
	s->room = room;
	s->room_n = n;
	return true;
}

/* The next chunk that can be unpacked. */
static bool next_chunk(struct tracedat *td, struct td_stream *s)
{
	while (s->chunks_left) {
		uint32_t packed = cursor_u32(&s->chunks), n = cursor_u32(&s->chunks);
		uint64_t place = s->chunks_place + s->chunks.pos;
		struct tl_str in = cursor_span(&s->chunks, packed);

		s->chunks_left--;
		let_go(s, s->chunks.p + s->chunks.pos - in.n);
		if (s->chunks.bad) { /* cut off */
			gap_add(s, UINT64_MAX, N_("the recording is cut off"));
			s->chunks_left = 0;
			return false;
		}
		if (n && n <= TD_CHUNK_MAX && room_for(s, n) &&
		    td_unpack(td->codec, in, s->room, n)) {
			s->piece = s->room;
			s->piece_n = n;
			s->piece_pos = 0;
			s->piece_place = place;
			return true;
		}
		gap_add(s, UINT64_MAX, N_("a packed piece of the recording is damaged"));
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
		s->piece_pos += n;
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
