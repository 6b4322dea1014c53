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
/* a + b, either may be NULL. */
const char *page_join(struct page *pg, const char *a, const char *between, const char *b);

/* A mark in place of its words; "" when memory is out. */
const char *page_mark(struct page *pg, const struct mark *m);

/* One row; label and time may be NULL (blank). The text wraps at the page's width. */
void page_row(struct page *pg, const char *label, const char *time, const char *text);
/* A line from the left edge, `indent` cells under itself when it wraps. */
void page_line(struct page *pg, int indent, const char *text);

#endif
