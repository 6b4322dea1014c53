/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small scanners over bytes that need not end in NUL. Each moves *p only on success. Numbers that
 * do not fit stay at their largest value: hostile digits are no undefined behaviour.
 */
#ifndef READ_SCAN_H
#define READ_SCAN_H

#include <string.h>
#include "tasklife/types.h"

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Also what a wrapped or split record holds in place of a blank. */
static inline bool is_space(char c)
{
	return c == ' ' || (unsigned char)(c - '\t') < 5;
}

static inline int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum { SCAN_WORD = 1, SCAN_SYMBOL = 2 };
extern const unsigned char scan_class[256];

/* Letters, digits and '_': what event names and keys are made of. */
static inline bool is_word(char c)
{
	return scan_class[(unsigned char)c] & SCAN_WORD;
}

/* What kernel symbols are made of: words, and the compiler's '.' and '$'. */
static inline bool is_symbol(char c)
{
	return scan_class[(unsigned char)c] & SCAN_SYMBOL;
}

static inline const char *skip_blank(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

static inline const char *skip_space(const char *p, const char *end)
{
	while (p < end && is_space(*p))
		p++;
	return p;
}

static inline const char *trim_end(const char *from, const char *end)
{
	while (end > from && is_space(end[-1]))
		end--;
	return end;
}

static inline bool scan_lit(const char **p, const char *end, const char *lit, size_t n)
{
	if ((size_t)(end - *p) < n || memcmp(*p, lit, n) != 0)
		return false;
	*p += n;
	return true;
}

#define SCAN_LIT(p, end, lit) scan_lit(p, end, lit, sizeof(lit) - 1)

static inline bool scan_u64(const char **p, const char *end, uint64_t *ret)
{
	const uint64_t most = UINT64_MAX / 10;
	const char *q = *p;
	uint64_t v = 0;

	for (; q < end && is_digit(*q); q++) {
		unsigned d = *q - '0';

		v = v > most || (v == most && d > UINT64_MAX % 10) ? UINT64_MAX : v * 10 + d;
	}
	if (q == *p)
		return false;
	*ret = v;
	*p = q;
	return true;
}

static inline bool scan_i64(const char **p, const char *end, int64_t *ret)
{
	const char *q = *p;
	bool minus = q < end && *q == '-';
	uint64_t v;

	q += minus;
	if (!scan_u64(&q, end, &v))
		return false;
	if (v > INT64_MAX)
		v = INT64_MAX;
	*ret = minus ? -(int64_t)v : (int64_t)v;
	*p = q;
	return true;
}

/* Hexadecimal with or without 0x; more than 16 digits are none. */
static inline bool scan_hex(const char **p, const char *end, uint64_t *ret)
{
	const char *q = *p, *digits;
	uint64_t v = 0;
	int d;

	if (end - q > 2 && q[0] == '0' && (q[1] | 0x20) == 'x' && hex_digit(q[2]) >= 0)
		q += 2;
	for (digits = q; q < end && (d = hex_digit(*q)) >= 0; q++)
		v = v << 4 | (unsigned)d;
	if (q == digits || q - digits > 16)
		return false;
	*ret = v;
	*p = q;
	return true;
}

#endif
