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

const char *page_glue(struct page *pg, const char *a, const char *b, const char *c)
{
	size_t na = strlen(a), nb = strlen(b), nc = strlen(c);
	char *made = arena_alloc(&pg->mem, na + nb + nc + 1);

	if (!made)
		return "";
	memcpy(made, a, na);
	memcpy(made + na, b, nb);
	memcpy(made + na + nb, c, nc);
	return made;
}

const char *page_join(struct page *pg, const char *a, const char *between, const char *b)
{
	if (!a || !*a)
		return b ? b : "";
	if (!b || !*b)
		return a;
	return page_glue(pg, a, between, b);
}

const char *page_mark(struct page *pg, const struct mark *m)
{
	struct mark *kept = vec_push(&pg->marks->v);

	if (!kept)
		return "";
	*kept = *m;
	return page_fmt(pg, "%c%c%zu%c", MARK_ON, m->kind, pg->marks->v.n - 1, MARK_OFF);
}

static void put_style(struct page *pg, char style)
{
	static const char *const sgr[] = {NULL,	      "\033[0m",  "\033[2m",	"\033[1m",
					  "\033[31m", "\033[32m", "\033[33m", "\033[36m"};

	if (pg->opts.color)
		out_str(pg->out, sgr[(int)style]);
}

static void put(struct page *pg, const char *s, size_t n)
{
	while (n) {
		size_t run = page_plain(s, n);

		out_mem(pg->out, s, run);
		if (run < n)
			put_style(pg, s[run++]);
		s += run;
		n -= run;
	}
}

static void blanks(struct page *pg, int n)
{
	char *to = n > 0 ? out_room(pg->out, (size_t)n) : NULL;

	if (to)
		memset(to, ' ', (size_t)n);
}

/* Words until the line is full, then on under column `indent`, behind `stem` where there is one.
 * `at` cells are already used. */
static void put_wrapped(struct page *pg, int at, int indent, const char *stem, const char *text)
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
		int gap = (int)strspn(text, " ");
		size_t n = strcspn(text + gap, " ");
		int w = page_text_cells(text + gap, n);

		text += gap;
		if (!fresh && at + gap + w > width) {
			out_char(pg->out, '\n');
			if (stem)
				page_put(pg, stem);
			else
				blanks(pg, indent);
			at = indent;
			gap = 0;
		}
		blanks(pg, gap);
		put(pg, text, n);
		at += gap + w;
		fresh = false;
		text += n;
	}
	out_char(pg->out, '\n');
}

static int put_column(struct page *pg, const char *s, int want, const char *style)
{
	size_t n = s ? strlen(s) : 0;
	int w = page_text_cells(s, n);

	if (s) {
		put_style(pg, *style);
		put(pg, s, n);
		put_style(pg, *ST_OFF);
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
	put_wrapped(pg, at, indent, NULL, text);
}

void page_put(struct page *pg, const char *text)
{
	put(pg, text, strlen(text));
}

void page_line(struct page *pg, int indent, const char *text)
{
	put_wrapped(pg, 0, indent, NULL, text);
}

void page_under(struct page *pg, const char *first, const char *rest, const char *text)
{
	page_put(pg, first);
	put_wrapped(pg, page_cells(first), page_cells(rest), rest, text);
}
