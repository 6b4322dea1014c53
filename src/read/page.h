/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One sub-buffer ("page") of the kernel's ring buffer, walked event by event.
 *
 * Law of this header: a page is borrowed bytes; an event points into them.
 */
#ifndef READ_PAGE_H
#define READ_PAGE_H

#include <string.h>
#include "tasklife/types.h"

struct page_form {
	bool big;	   /* the traced machine is big-endian */
	uint8_t long_size; /* 4 or 8: of its kernel */
};

struct page {
	const uint8_t *data; /* first event */
	uint32_t pos, end;
	bool big;
	uint64_t t;
	uint64_t missed; /* events lost just before this page; UINT64_MAX: some, not counted */
};

struct page_event {
	const uint8_t *p;
	uint32_t n;
	uint64_t t;
};

enum page_step { PAGE_END, PAGE_EVENT, PAGE_DAMAGED };

static inline uint16_t page_u16(const void *p, bool big)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return big == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? v : __builtin_bswap16(v);
}

static inline uint32_t page_u32(const void *p, bool big)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return big == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? v : __builtin_bswap32(v);
}

static inline uint64_t page_u64(const void *p, bool big)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return big == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? v : __builtin_bswap64(v);
}

static inline uint64_t page_long(const void *p, const struct page_form *form)
{
	return form->long_size == 8 ? page_u64(p, form->big) : page_u32(p, form->big);
}

/* n bytes of a page of `size` (fewer where a file is cut off: then the events that are there are
 * read). False: this cannot be a page; it claims more events than a page can hold, or has no head.
 */
bool page_load(struct page *pg, const void *p, size_t n, size_t size, const struct page_form *form);

enum page_step page_next_rare(struct page *pg, struct page_event *ret);

/* The next event, if it is as nearly all are: 4 to 112 bytes long with the length in the first
 * word. False: ask page_next_rare(). */
static inline bool page_next_usual(struct page *pg, struct page_event *ret)
{
	uint32_t head, n, left = pg->end - pg->pos;

	if (left < 4 || pg->big)
		return false;
	head = page_u32(pg->data + pg->pos, false);
	n = (head & 31) * 4;
	if (n - 4 >= 28 * 4 || n > left - 4)
		return false;
	pg->t += head >> 5;
	ret->p = pg->data + pg->pos + 4;
	ret->n = n;
	ret->t = pg->t;
	pg->pos += 4 + n;
	return true;
}

/* The next event. PAGE_DAMAGED: an event claims to reach behind the page's end; what follows on
 * this page is not readable, and the page is at its end. */
static inline enum page_step page_next(struct page *pg, struct page_event *ret)
{
	return page_next_usual(pg, ret) ? PAGE_EVENT : page_next_rare(pg, ret);
}

#endif
