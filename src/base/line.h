/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory on cache lines of its own. What one thread writes all the time must not lie on a line that
 * another reads or writes: they would wait for each other at each access (a third of the time of
 * two threads, where the cores' caches lie far apart). Two lines are fetched together, hence 128.
 */
#ifndef BASE_LINE_H
#define BASE_LINE_H

#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define LINE 128

/* Zeroed, to be freed by free(); NULL: memory is out. */
static inline void *line_calloc(size_t n)
{
	size_t whole = (n + LINE - 1) & ~(size_t)(LINE - 1);
	void *p = n ? aligned_alloc(LINE, whole) : NULL;

	return p ? memset(p, 0, whole) : NULL;
}

/* Asked for, so that it is near when it is looked at. It begins anywhere in a line, and may end in
 * one more; where a line is half of LINE the other half comes along. */
static inline void line_fetch(const void *v, size_t n)
{
	for (size_t at = 0; at < n; at += LINE)
		__builtin_prefetch((const char *)v + at);
	__builtin_prefetch((const char *)v + n - 1);
}

/* Does line_hand() do more than memcpy()? Where not, what can be made in its place is. */
#ifdef __SSE2__
#define LINE_HANDS true
#else
#define LINE_HANDS false
#endif

/*
 * Copies what another core is to read past the caches, between places aligned to 16. Written in the
 * usual way its lines would have to come back from that core first, where they were read the last
 * time, only to be overwritten, and would be fetched one by one from this one. Where two cores have
 * no cache in common that takes longer than most of what is worth handing over.
 */
static inline void line_hand(void *to, const void *from, size_t n)
{
#ifdef __SSE2__
	size_t whole = n & ~(sizeof(__m128i) - 1);

	for (size_t i = 0; i < whole; i += sizeof(__m128i))
		_mm_stream_si128((__m128i *)((char *)to + i),
				 _mm_load_si128((const __m128i *)((const char *)from + i)));
	memcpy((char *)to + whole, (const char *)from + whole, n - whole);
	_mm_sfence();
#else
	memcpy(to, from, n);
#endif
}

#endif
