/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A terminal page in rows: a label, a time, and text that wraps under itself. Text comes in pieces
 * made in the page's arena; styles are single control bytes inside them, which is safe because
 * every foreign name went through text_safe() and holds no control bytes any more.
 *
 * Law of this header: strings returned live until the next page_reset().
 */
#ifndef VIEW_PAGE_H
#define VIEW_PAGE_H

#include <endian.h>
#include <string.h>

#include "base/arena.h"
#include "base/out.h"
#include "tasklife/view.h"
#include "view/marks.h"

/* Styles, to be put around text. Each but OFF is replaced by nothing without colour. */
#define ST_OFF  "\x01"
#define ST_DIM  "\x02"
#define ST_BOLD "\x03"
#define ST_BAD  "\x04"
#define ST_GOOD "\x05"
#define ST_WARN "\x06"
#define ST_COOL "\x07"

static inline bool page_is_style(char c)
{
	return (unsigned char)(c - 1) < 7;
}

/* Bytes from s on without a style. Eight at a time: the first below 8 is looked at closely. */
static inline size_t page_plain(const char *s, size_t n)
{
	const uint64_t eights = 0x0808080808080808, tops = 0x8080808080808080;
	size_t i = 0;

	for (uint64_t w, low; i + 8 <= n; i += 8) {
		memcpy(&w, s + i, 8);
		w = le64toh(w); /* the first byte is the lowest */
		low = (w - eights) & ~w & tops;
		if (!low)
			continue;
		i += (unsigned)__builtin_ctzll(low) / 8;
		break;
	}
	while (i < n && !page_is_style(s[i]))
		i++;
	return i;
}

/* Takes the rows of a page that is not drawn on a terminal. label and time may be NULL. */
struct page_taker {
	void (*row)(struct page_taker *to, const char *label, const char *time, const char *text);
};

struct page {
	struct out *out;
	struct page_taker *taker; /* NULL: rows are written to out */
	struct marks *marks;	  /* NULL: words are written out */
	struct tl_view_opts opts;
	struct arena mem;
	int label_cells; /* widest label */
	int time_cells;  /* -1: no such column */
};

void page_init(struct page *pg, struct out *out, const struct tl_view_opts *opts);
void page_fini(struct page *pg);
void page_reset(struct page *pg);

/* printf into the page's arena; "" when memory is out. */
const char *page_fmt(struct page *pg, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A sentence from a table with its slots %1$s and %2$s filled; whoever writes the table answers for
 * the slots. */
const char *page_fill(struct page *pg, const char *sentence, const char *a, const char *b);
/* One behind the other. */
const char *page_glue(struct page *pg, const char *a, const char *b, const char *c);
/* a + b, either may be NULL. */
const char *page_join(struct page *pg, const char *a, const char *between, const char *b);

/* A mark in place of its words; "" when memory is out. */
const char *page_mark(struct page *pg, const struct mark *m);

/* One row; label and time may be NULL (blank). The text wraps at the page's width. */
void page_row(struct page *pg, const char *label, const char *time, const char *text);
/* A line from the left edge, `indent` cells under itself when it wraps. */
void page_line(struct page *pg, int indent, const char *text);
/* Text that wraps behind a stem: `first` before its first line, `rest` before the others. */
void page_under(struct page *pg, const char *first, const char *rest, const char *text);
/* Text as it is, styles and all: no wrapping, no newline. */
void page_put(struct page *pg, const char *text);

/* ---- page_text.c: pieces for tables ---- */

/* Cells of a terminal; styles take none. */
int page_text_cells(const char *text, size_t n);
int page_cells(const char *text);
/* Not more than so many cells, the last of them "…" where something was cut. */
const char *page_cut(struct page *pg, const char *text, int cells);
/* Filled with blanks (behind, or before it) up to so many cells; cut where it is longer. */
const char *page_left(struct page *pg, const char *text, int cells);
const char *page_right(struct page *pg, const char *text, int cells);

#endif
