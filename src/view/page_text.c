/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text for tables: measured, cut and filled by cells of a terminal. The text is safe already
 * (words.h) and may hold styles, which take no room; a cut ends them.
 */
#include <string.h>
#include "base/text.h"
#include "base/utf8.h"
#include "view/page.h"

int page_text_cells(const char *s, size_t n)
{
	int sum = 0;

	for (size_t from = 0, run; from < n; from += run + 1) {
		run = page_plain(s + from, n - from);
		sum += text_width(s + from, run);
	}
	return sum;
}

int page_cells(const char *text)
{
	return page_text_cells(text, strlen(text));
}

/* Bytes that fill at most so many cells. */
static size_t bytes_in(const char *text, size_t n, int cells)
{
	size_t i = 0;

	while (i < n) {
		unsigned len = page_is_style(text[i]) ? 1 : utf8_len(text + i, n - i);

		len = len ? len : 1;
		cells -= page_text_cells(text + i, len);
		if (cells < 0)
			break;
		i += len;
	}
	return i;
}

const char *page_cut(struct page *pg, const char *text, int cells)
{
	size_t n = strlen(text);

	if (n <= (size_t)(cells > 0 ? cells : 0) || page_text_cells(text, n) <= cells)
		return text;
	if (cells < 1)
		return "";
	return page_fmt(pg, "%.*s\xe2\x80\xa6" ST_OFF, (int)bytes_in(text, n, cells - 1), text);
}

const char *page_left(struct page *pg, const char *text, int cells)
{
	text = page_cut(pg, text, cells);
	return page_fmt(pg, "%s%*s", text, cells - page_cells(text), "");
}

const char *page_right(struct page *pg, const char *text, int cells)
{
	text = page_cut(pg, text, cells);
	return page_fmt(pg, "%*s%s", cells - page_cells(text), "", text);
}
