/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ring-buffer pages as trace_pipe_raw gives them (kernel/trace/ring_buffer.c; events/header_page
 * and events/header_event describe them):
 *
 *	u64 timestamp | long commit | events ... commit bytes of them
 *
 * commit: bit 31 events were lost before this page, bit 30 their number stands behind the last
 * event (a long). The kernel adds bit 31 as an int to a long (RB_MISSED_EVENTS), so that on 64 bits
 * all above it are set, too. An event starts with a word: 5 bits type_len, 27 bits time since the
 * event before. type_len
 *	1..28	4 * type_len bytes of data follow
 *	0	a word follows: length of word and data
 *	29	padding: without a time delta the page ends here, else a discarded event, length in the next word
 *	30	time extend: the next word is the upper part of the delta
 *	31	absolute time (4.17 on): the word is the upper part; the top 5 bits of 64 are those of the time before
 *
 * Why not libtraceevent's kbuffer: it cannot be used on bytes nobody vouches for. It adds an
 * event's length to its position unchecked (kbuffer-parse.c update_pointers, libtraceevent 1.7.1
 * and 1.9): a padding event whose word is -4 makes kbuffer_next_event() loop for ever, and it reads
 * a word behind the commit, which a check before each call would have to walk the page to prevent:
 * that walk is this file. It also takes a tenth of kbuffer's time (bench/page_walk.c).
 *
 * Invariant: 0 <= pos <= end, and data + end lies inside the page.
 */
#include "read/page.h"

enum {
	COMMIT_MASK = (1 << 27) - 1,
	MISSED_EVENTS = 1u << 31,
	MISSED_STORED = 1 << 30,
	TYPE_PADDING = 29,
	TYPE_TIME_EXTEND = 30,
	TYPE_TIME_STAMP = 31,
	TIME_SHIFT = 27,
};

#define TIME_MSB (0xf8ull << 56)

static uint64_t missed_of(struct page *pg, uint64_t commit, size_t room,
			  const struct page_form *form)
{
	uint64_t n;

	if (!(commit & MISSED_EVENTS))
		return 0;
	if (!(commit & MISSED_STORED) || room - pg->end < form->long_size)
		return UINT64_MAX;
	n = page_long(pg->data + pg->end, form);
	return n ? n : UINT64_MAX;
}

bool page_load(struct page *pg, const void *p, size_t n, size_t size, const struct page_form *form)
{
	const uint8_t *b = p;
	size_t head = 8u + form->long_size;
	uint64_t commit;

	*pg = (struct page){.big = form->big};
	if (n < head || size < n)
		return false;
	pg->t = page_u64(b, form->big);
	commit = page_long(b + 8, form);
	pg->data = b + head;
	if ((commit >> 32 && (commit >> 31) + 1 != 1ull << 33) ||
	    (commit & COMMIT_MASK) > size - head)
		return false;
	pg->end = (uint32_t)(commit & COMMIT_MASK);
	if (pg->end > n - head)
		pg->end = (uint32_t)(n - head);
	pg->missed = missed_of(pg, commit, n - head, form);
	return true;
}

static enum page_step damaged(struct page *pg)
{
	pg->pos = pg->end;
	return PAGE_DAMAGED;
}

static enum page_step got(struct page *pg, uint32_t skip, uint32_t n, struct page_event *ret)
{
	*ret = (struct page_event){pg->data + pg->pos + skip, n, pg->t};
	pg->pos += skip + n;
	return PAGE_EVENT;
}

/* Everything page_next() does not do in a few instructions. */
enum page_step page_next_rare(struct page *pg, struct page_event *ret)
{
	uint32_t head, type, delta, word, left;
	const uint8_t *p;

	while ((left = pg->end - pg->pos)) {
		if (left < 4)
			return damaged(pg);
		p = pg->data + pg->pos;
		head = page_u32(p, pg->big);
		type = pg->big ? head >> 27 : head & 31;
		delta = pg->big ? head & ((1u << TIME_SHIFT) - 1) : head >> 5;
		if (type == TYPE_PADDING && !delta) {
			pg->pos = pg->end;
			return PAGE_END;
		}
		if (type && type <= 28) {
			if (type * 4 > left - 4)
				return damaged(pg);
			pg->t += delta;
			return got(pg, 4, type * 4, ret);
		}
		if (left < 8)
			return damaged(pg);
		word = page_u32(p + 4, pg->big);
		if (type == TYPE_TIME_EXTEND || type == TYPE_TIME_STAMP) {
			uint64_t t = ((uint64_t)word << TIME_SHIFT) + delta;

			pg->t = type == TYPE_TIME_EXTEND ? pg->t + t : (t | (pg->t & TIME_MSB));
			pg->pos += 8;
			continue;
		}
		/* type 0 and padding: the word counts itself; padding is 4-aligned already */
		if (word < 4 || word > left - 4 || ((word + 3) & ~3u) > left - 4)
			return damaged(pg);
		pg->t += delta;
		word = (word + 3) & ~3u;
		if (!type)
			return got(pg, 8, word - 4, ret);
		pg->pos += 4 + word;
	}
	return PAGE_END;
}
