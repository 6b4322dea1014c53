/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Widths follow Unicode's East Asian Width (W and F are two cells) and combining classes as far as
 * names and our two languages need; own tables because wcwidth() depends on a locale that may not
 * be there.
 */
#include <string.h>
#include "base/guard.h"
#include "base/digits.h"
#include "base/text.h"
#include "base/utf8.h"

struct range {
	uint32_t from, to;
};

static const struct range wide[] = {
	{0x1100, 0x115f},   {0x231a, 0x231b},	{0x2329, 0x232a},   {0x23e9, 0x23ec},
	{0x2614, 0x2615},   {0x2e80, 0x303e},	{0x3041, 0x33ff},   {0x3400, 0x4dbf},
	{0x4e00, 0xa4cf},   {0xa960, 0xa97f},	{0xac00, 0xd7a3},   {0xf900, 0xfaff},
	{0xfe30, 0xfe6f},   {0xff00, 0xff60},	{0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
	{0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};
static const struct range none[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
	{0x1160, 0x11ff}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0x3099, 0x309a},
	{0xd7b0, 0xd7ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};
/* Characters that reorder, hide or break lines: a name must not move the text around it. */
static const struct range unsafe[] = {
	{0x00, 0x1f},	  {0x7f, 0x9f},	    {0xad, 0xad},     {0x061c, 0x061c}, {0x180e, 0x180e},
	{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb},
	{0xfffe, 0xffff}, /* no characters: XML has none, and terminals disagree on their width */
	{0xe0000, 0xe0fff},
};

static bool in(uint32_t c, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].from && c <= r[i].to)
			return true;
	return false;
}

static bool is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && in(c, unsafe, ARRAY_SIZE(unsafe)));
}

static int cells_of(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (in(c, none, ARRAY_SIZE(none)))
		return 0;
	return in(c, wide, ARRAY_SIZE(wide)) ? 2 : 1;
}

/* Bytes from s on that are plain ASCII: one byte, one cell, shown as they are. Eight at a time as
 * long as all are. */
static size_t plain_run(const char *s, size_t n)
{
	const uint64_t ones = 0x0101010101010101, blanks = 0x2020202020202020,
		       tops = 0x8080808080808080;
	size_t i = 0;

	for (uint64_t w; i + 8 <= n; i += 8) {
		memcpy(&w, s + i, 8);
		if ((w | (w + ones) | (w - blanks)) & tops)
			break;
	}
	while (i < n && s[i] >= 0x20 && s[i] < 0x7f)
		i++;
	return i;
}

bool text_is_plain(const char *s, size_t n)
{
	return plain_run(s, n) == n;
}

int text_width(const char *s, size_t n)
{
	size_t run = plain_run(s, n);
	int width = (int)run;

	for (size_t i = run; i < n;) {
		unsigned len = utf8_len(s + i, n - i);
		uint32_t c = len ? utf8_code(s + i, len) : 0;

		if (!len || is_unsafe(c)) {
			width += 4 * (int)(len ? len : 1);
			i += len ? len : 1;
			continue;
		}
		width += cells_of(c);
		i += len;
	}
	return width;
}

static void hex_bytes(struct out *o, const char *s, unsigned n)
{
	while (n--)
		out_fmt(o, "\\x%02x", (unsigned char)*s++);
}

void text_safe(struct out *o, const char *s, size_t n)
{
	size_t run = plain_run(s, n);

	out_mem(o, s, run);
	for (size_t i = run; i < n;) {
		unsigned len = utf8_len(s + i, n - i);

		if (!len || is_unsafe(utf8_code(s + i, len)))
			hex_bytes(o, s + i, len ? len : 1);
		else
			out_mem(o, s + i, len);
		i += len ? len : 1;
	}
}

void text_safe_atom(struct out *o, const struct tl_atom *a)
{
	if (a)
		text_safe(o, a->s, a->len);
	else
		out_char(o, '?');
}

void text_pad(struct out *o, const char *s, size_t n, int cells)
{
	text_safe(o, s, n);
	for (int w = text_width(s, n); w < cells; w++)
		out_char(o, ' ');
}

static void trim_zeros(char *digits)
{
	size_t n = strlen(digits);

	if (!strchr(digits, '.'))
		return;
	while (digits[n - 1] == '0')
		n--;
	digits[n - (digits[n - 1] == '.')] = 0;
}

/* Zeros are printed only where they were measured: 52000 ns of a microsecond clock is "52 us",
 * 3000012345 ns is "3.000 s". */
void text_duration(struct out *o, tl_ns ns)
{
	static const struct {
		tl_ns size;
		const char *name;
	} unit[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}};
	static const tl_ns ten_to[] = {1, 10, 100, 1000};
	double most = ns < 0 ? -(double)ns : (double)ns;
	char digits[32];

	for (size_t i = 0; i < ARRAY_SIZE(unit); i++) {
		double v = most / (double)unit[i].size;
		int places = v < 9.9995 ? 3 : v < 99.995 ? 2 : v < 999.95 ? 1 : 0;

		/* 999.96 us is 1.000 ms, not 1000 us */
		if (v < 0.99995)
			continue;
		snprintf(digits, sizeof(digits), "%s%.*f", ns < 0 ? "-" : "", places, v);
		if (ns % (unit[i].size / ten_to[places]) == 0)
			trim_zeros(digits);
		out_fmt(o, "%s %s", digits, unit[i].name);
		return;
	}
	out_fmt(o, "%lld ns", (long long)ns);
}

size_t text_digits(char *ret, uint64_t v)
{
	unsigned n = digits_of(v);

	digits_put(ret + n, v);
	return n;
}

size_t text_time_put(char *ret, tl_ns t)
{
	uint64_t ns = t < 0 ? -(uint64_t)t : (uint64_t)t;
	uint32_t us = (uint32_t)(ns % 1000000000 / 1000);
	size_t n = 0;

	if (t == TL_NS_NONE) {
		ret[0] = '?';
		return 1;
	}
	if (t < 0)
		ret[n++] = '-';
	n += text_digits(ret + n, ns / 1000000000);
	digits_put(ret + n + 7, 1000000 + us); /* the point stands where the million was */
	ret[n] = '.';
	return n + 7;
}

void text_time(struct out *o, tl_ns t)
{
	char text[TEXT_TIME_MOST];

	out_mem(o, text, text_time_put(text, t));
}
