/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "base/text.h"
#include "view/page.h"

/* Under this the text column is not squeezed any further; lines then run over the edge. */
#define TEXT_CELLS_MIN 24

void page_init(struct page *pg, struct out *out, const struct tl_view_opts *opts)
{
	*pg = (struct page){.out = out, .opts = *opts};
	arena_init(&pg->mem);
}

void page_fini(struct page *pg)
{
	arena_fini(&pg->mem);
}

void page_reset(struct page *pg)
{
	arena_reset(&pg->mem);
}

const char *page_fmt(struct page *pg, const char *fmt, ...)
{
	char text[256]; /* nearly every sentence is shorter; nobody wants malloc() for it */
	va_list ap;
	char *made;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return "";
	made = arena_alloc(&pg->mem, (size_t)n + 1);
	if (made && (size_t)n < sizeof(text)) {
		memcpy(made, text, (size_t)n);
	} else if (made) {
		va_start(ap, fmt);
		vsnprintf(made, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	return made ? made : "";
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
const char *page_fill(struct page *pg, const char *sentence, const char *a, const char *b)
{
	return page_fmt(pg, sentence, a, b);
}
#pragma GCC diagnostic pop

const char *page_join(struct page *pg, const char *a, const char *between, const char *b)
{
	if (!a || !*a)
		return b ? b : "";
	if (!b || !*b)
		return a;
	return page_fmt(pg, "%s%s%s", a, between, b);
}

static bool is_style(char c)
{
	return (unsigned char)(c - 1) < 5;
}

const char *page_mark(struct page *pg, const struct mark *m)
{
	struct mark *kept = vec_push(&pg->marks->v);

	if (!kept)
		return "";
	*kept = *m;
	return page_fmt(pg, "%c%c%zu%c", MARK_ON, m->kind, pg->marks->v.n - 1, MARK_OFF);
}

/* Cells of a piece of text, styles not counted. */
static int cells(const char *s, size_t n)
{
	int sum = 0;

	for (size_t from = 0, i = 0; i <= n; i++) {
		if (i < n && !is_style(s[i]))
			continue;
		sum += text_width(s + from, i - from);
		from = i + 1;
	}
	return sum;
}

static void put_style(struct page *pg, char style)
{
	static const char *const sgr[] = {NULL,      "\033[0m",  "\033[2m",
					  "\033[1m", "\033[31m", "\033[32m"};

	if (pg->opts.color)
		out_str(pg->out, sgr[(int)style]);
}

static void put(struct page *pg, const char *s, size_t n)
{
	while (n) {
		size_t run = 0;

		while (run < n && !is_style(s[run]))
			run++;
		out_mem(pg->out, s, run);
		if (run < n)
			put_style(pg, s[run++]);
		s += run;
		n -= run;
	}
}

static void blanks(struct page *pg, int n)
{
	while (n-- > 0)
		out_char(pg->out, ' ');
}

/* Words until the line is full, then on under column `indent`. `at` cells are already used. */
static void put_wrapped(struct page *pg, int at, int indent, const char *text)
{
	int width = pg->opts.width;
	bool fresh = true; /* nothing of the text on this line yet */

	if (!width) {
		put(pg, text, strlen(text));
		out_char(pg->out, '\n');
		return;
	}
	if (width < indent + TEXT_CELLS_MIN)
		width = indent + TEXT_CELLS_MIN;
	while (*text) {
		size_t n = strcspn(text, " ");
		int w = cells(text, n);

		if (!fresh && at + 1 + w > width) {
			out_char(pg->out, '\n');
			blanks(pg, indent);
			at = indent;
			fresh = true;
		}
		if (!fresh)
			out_char(pg->out, ' ');
		put(pg, text, n);
		at += w + !fresh;
		fresh = false;
		text += n + (text[n] == ' ');
	}
	out_char(pg->out, '\n');
}

static int put_column(struct page *pg, const char *s, int want, const char *style)
{
	int w = s ? cells(s, strlen(s)) : 0;

	if (s) {
		put(pg, style, 1);
		put(pg, s, strlen(s));
		put(pg, ST_OFF, 1);
	}
	blanks(pg, want - w);
	return w > want ? w : want;
}

void page_row(struct page *pg, const char *label, const char *time, const char *text)
{
	int indent = 2 + pg->label_cells + 2, at;

	if (pg->taker) {
		pg->taker->row(pg->taker, label, time, text);
		return;
	}
	blanks(pg, 2);
	at = 2 + put_column(pg, label, pg->label_cells, ST_BOLD) + 2;
	blanks(pg, 2);
	if (pg->time_cells >= 0) {
		at += put_column(pg, time, pg->time_cells, ST_DIM) + 2;
		indent += pg->time_cells + 2;
		blanks(pg, 2);
	}
	put_wrapped(pg, at, indent, text);
}

void page_line(struct page *pg, int indent, const char *text)
{
	put_wrapped(pg, 0, indent, text);
}
