/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tracefs/percent.h"

static bool plain(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '%' && c != '=';
}

size_t percent_encode(char *dst, size_t cap, const char *s, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	size_t at = 0;

	if (!cap)
		return 0;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		size_t need = plain(c) ? 1 : 3;

		if (at + need >= cap)
			break;
		if (need == 1) {
			dst[at++] = (char)c;
			continue;
		}
		dst[at++] = '%';
		dst[at++] = hex[c >> 4];
		dst[at++] = hex[c & 15];
	}
	dst[at] = 0;
	return at;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool percent_decode(char *s, size_t *ret_n)
{
	char *to = s;

	for (const char *at = s; *at; at++) {
		int hi, lo;

		if (*at != '%') {
			*to++ = *at;
			continue;
		}
		hi = digit(at[1]);
		lo = hi < 0 ? -1 : digit(at[2]);
		if (lo < 0)
			return false;
		*to++ = (char)(hi << 4 | lo);
		at += 2;
	}
	*to = 0;
	*ret_n = (size_t)(to - s);
	return true;
}
