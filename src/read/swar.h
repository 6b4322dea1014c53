/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text eight bytes at a time. Each of these reads whole words from where it is told to, whatever
 * stands there: the caller vouches that SWAR_SPARE bytes behind the end of its text may be read,
 * and that the first of them is neither blank nor digit, so no run goes on there (text_lines.h).
 */
#ifndef READ_SWAR_H
#define READ_SWAR_H

#include <endian.h>
#include <string.h>
#include "tasklife/types.h"

#define SWAR_SPARE   64
#define SWAR_EACH(b) (0x0101010101010101u * (uint8_t)(b))

/* The first byte is the lowest, on every machine. */
static inline uint64_t swar_load(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

static inline unsigned swar_first(uint64_t bits)
{
	return bits ? (unsigned)__builtin_ctzll(bits) / 8 : 8;
}

/* The highest bit of each byte that is b. */
static inline uint64_t swar_where(uint64_t w, char b)
{
	uint64_t x = w ^ SWAR_EACH(b);

	return ~(((x & SWAR_EACH(0x7f)) + SWAR_EACH(0x7f)) | x) & SWAR_EACH(0x80);
}

/* How many bytes stand before the first b; 8: it is not here. */
static inline unsigned swar_before(uint64_t w, char b)
{
	uint64_t x = w ^ SWAR_EACH(b);

	return swar_first((x - SWAR_EACH(1)) & ~x & SWAR_EACH(0x80));
}

/* How many before the first that is a blank or a control character. */
static inline unsigned swar_before_blank(uint64_t w)
{
	return swar_first((w - SWAR_EACH(' ' + 1)) & ~w & SWAR_EACH(0x80));
}

static inline const char *swar_skip_blanks(const char *p)
{
	unsigned n;

	do {
		n = swar_first(swar_load(p) ^ SWAR_EACH(' '));
		p += n;
	} while (n == 8);
	return p;
}

/* The value of eight digits without their '0': pairs, then fours, then all eight are put together.
 */
static inline uint64_t swar_value(uint64_t x)
{
	x = (x * 10 + (x >> 8)) & 0x00ff00ff00ff00ffu;
	x = (x * 100 + (x >> 16)) & 0x0000ffff0000ffffu;
	return (x * 10000 + (x >> 32)) & 0xffffffffu;
}

/* How many bytes from the first are digits, and their value. */
static inline unsigned swar_digits(uint64_t w, uint64_t *ret)
{
	uint64_t x = w ^ SWAR_EACH('0');
	unsigned n = swar_first((((x & SWAR_EACH(0x7f)) + SWAR_EACH(0x76)) | x) & SWAR_EACH(0x80));

	if (!n)
		return 0;
	*ret = swar_value(x << (64 - n * 8)); /* zeros in front */
	return n;
}

/* A number of one to eight digits; false: none, or a longer one. */
static inline bool swar_number(const char **p, uint64_t *ret)
{
	unsigned n = swar_digits(swar_load(*p), ret);

	if (!n || (n == 8 && (unsigned char)((*p)[8] - '0') < 10))
		return false;
	*p += n;
	return true;
}

#endif
