/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/quote.h"
#include "base/utf8.h"

static const bool plain[256] = {[' ' ... '!'] = true, ['#' ... '['] = true, [']' ... '~'] = true};

/* Are these eight bytes plain? No is not certain: then each is looked at. */
static bool all_plain(const char *s)
{
	const uint64_t ones = 0x0101010101010101, tops = 0x80 * ones;
	uint64_t w, quote, slash;

	memcpy(&w, s, sizeof(w));
	quote = w ^ '"' * ones;
	slash = w ^ '\\' * ones;
	/* a byte below m borrows where m is taken away; 0x7f and above have or get the top bit */
	return !((w | (w + ones) | (w - ' ' * ones) | (quote - ones) | (slash - ones)) & tops);
}

bool quote_plain(char *to, const char *s, size_t n)
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		if (!all_plain(s + i))
			return false;
		memcpy(to + i, s + i, 8);
	}
	if (i && i < n) /* the last eight, some of them once more */
		return all_plain(s + n - 8) && memcpy(to + n - 8, s + n - 8, 8);
	for (; i < n; i++) {
		if (!plain[(unsigned char)s[i]])
			return false;
		to[i] = s[i];
	}
	return true;
}

/* How many of n bytes are plain, from the first on. */
static size_t plain_run(const char *s, size_t n)
{
	size_t i = 0;

	while (n - i >= 8 && all_plain(s + i))
		i += 8;
	while (i < n && plain[(unsigned char)s[i]])
		i++;
	return i;
}

void quote_text(struct out *o, const char *s, size_t n, quote_fn *special, void *ctx)
{
	for (size_t i = 0; i < n;) {
		size_t run = plain_run(s + i, n - i);

		out_mem(o, s + i, run);
		i += run;
		if (i == n)
			break;
		unsigned len = utf8_len(s + i, n - i);
		if (len)
			special(o, s + i, len, ctx);
		else
			out_mem(o, "\xef\xbf\xbd", 3);
		i += len ? len : 1;
	}
}
