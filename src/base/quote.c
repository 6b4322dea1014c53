/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/quote.h"
#include "base/utf8.h"

static const bool plain[256] = {[' ' ... '!'] = true, ['#' ... '['] = true, [']' ... '~'] = true};

void quote_text(struct out *o, const char *s, size_t n, quote_fn *special, void *ctx)
{
	for (size_t i = 0, run; i < n;) {
		for (run = i; run < n && plain[(unsigned char)s[run]];)
			run++;
		out_mem(o, s + i, run - i);
		i = run;
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
