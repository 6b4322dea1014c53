/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lives as a table for spreadsheets: RFC 4180, a head line, one line a life, every fact of
 * columns.def. What was not seen, and what cannot apply, is an empty field; an empty text is "". A
 * list is its JSON in one field.
 *
 * Names are hostile, and a spreadsheet runs what begins like a formula. A text that begins with one
 * of = + - @, a tab, a line end, their full-width forms, or ' gets a ' before it, so that taking
 * one leading ' away gives back what was there. On a terminal, control bytes are shown as their
 * pictures; in a file they are what they were.
 */
#include <string.h>
#include "base/guard.h"
#include "base/quote.h"
#include "columns/as_json.h"
#include "columns/flat.h"
#include "view/views.h"

struct csv {
	struct flat flat[FLAT_MAX];
	unsigned n;
	bool terminal;
	struct out list; /* the JSON of the list being written */
	struct json json;
};

/* What a byte means for the field it stands in. */
enum {
	TO_QUOTE = 1,   /* the field needs quotes */
	TO_CHANGE = 2,  /* and cannot be copied as it is */
	TO_START = 4,	/* at its start: a formula, or part of what may begin one */
};

#define CHANGED (TO_QUOTE | TO_CHANGE)
static const uint8_t care[256] = {
	[0 ... 8] = CHANGED, ['\t'] = CHANGED | TO_START, ['\n'] = CHANGED | TO_START,
	[11 ... 12] = CHANGED,
	['\r'] = CHANGED | TO_START, [14 ... 31] = CHANGED, [' '] = TO_QUOTE, ['"'] = CHANGED,
	['\''] = TO_QUOTE | TO_START,
	['+'] = TO_START, [','] = TO_QUOTE, ['-'] = TO_START, [';'] = TO_QUOTE, ['='] = TO_START,
	['@'] = TO_START,
	[127 ... 238] = CHANGED, [0xef] = CHANGED | TO_START, [240 ... 255] = CHANGED,
};

/* U+FF0B, FF0D, FF1D, FF20: + - = @ as East Asian keyboards have them; spreadsheets take them
 * as well. */
static bool is_wide_formula(const char *s, size_t n)
{
	static const char *const wide[] = {"\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\x9d",
					   "\xef\xbc\xa0"};

	for (unsigned i = 0; n >= 3 && i < ARRAY_SIZE(wide); i++)
		if (!memcmp(s, wide[i], 3))
			return true;
	return false;
}

static bool is_formula(const char *s, size_t n)
{
	return care[(unsigned char)s[0]] & TO_START &&
	       ((unsigned char)s[0] != 0xef || is_wide_formula(s, n));
}

static void put_control(bool terminal, struct out *o, unsigned char c)
{
	static const char picture[] = "\xe2\x90";

	if (!terminal || c == '\n' || c == '\t') {
		out_char(o, (char)c);
		return;
	}
	out_mem(o, picture, 2); /* U+2400 and on: one for each control byte */
	out_char(o, (char)(c == 0x7f ? 0xa1 : 0x80 + c));
}

/* A C1 control, two bytes in UTF-8: a terminal obeys it as it does ESC. */
static bool is_c1(const char *s, unsigned len)
{
	return len == 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0;
}

static void put_special(struct out *o, const char *s, unsigned len, void *ctx)
{
	const struct csv *csv = ctx;

	if (*s == '"')
		out_mem(o, "\"\"", 2);
	else if (len == 1 && *s != '\\')
		put_control(csv->terminal, o, (unsigned char)*s);
	else if (csv->terminal && is_c1(s, len))
		out_mem(o, "\xef\xbf\xbd", 3);
	else
		out_mem(o, s, len);
}

static void put_text(struct csv *csv, struct out *o, const char *s, size_t n)
{
	bool formula = n && is_formula(s, n);
	unsigned all = n && !formula ? 0 : TO_QUOTE;

	for (size_t i = 0; i < n; i++)
		all |= care[(unsigned char)s[i]];
	if (all & TO_QUOTE)
		out_char(o, '"');
	if (formula)
		out_char(o, '\'');
	if (all & TO_CHANGE)
		quote_text(o, s, n, put_special, csv);
	else
		out_mem(o, s, n);
	if (all & TO_QUOTE)
		out_char(o, '"');
}

/* JSON made for the inside of a quoted field; a list of one number, or of nothing, needs no
 * quotes. */
static void put_json(struct out *o, const char *s, size_t n)
{
	bool quoted = false;

	for (size_t i = 0; i < n && !quoted; i++)
		quoted = care[(unsigned char)s[i]] & TO_QUOTE;
	if (quoted)
		out_char(o, '"');
	out_mem(o, s, n);
	if (quoted)
		out_char(o, '"');
}

/* A list or a stack; null leaves the field empty. */
static void put_list(struct csv *csv, struct out *o, const struct flat *f, const struct cell *c,
		     const struct tl_told *told)
{
	csv->list.n = 0;
	json_init(&csv->json, &csv->list);
	csv->json.twice = true;
	if (f->piece == FLAT_RAW)
		columns_put_raw(&csv->json, NULL, c);
	else
		columns_put(&csv->json, NULL, f->row, c, told);
	if (csv->list.n && memcmp(csv->list.buf, "null", 4))
		put_json(o, csv->list.buf, csv->list.n);
}

static void put_cell(struct csv *csv, struct out *o, const struct flat *f, const struct cell *c,
		     const struct tl_told *told)
{
	switch (c->kind) {
	case CELL_INT: out_i64(o, c->u.i); return;
	case CELL_BOOL: out_str(o, c->u.b ? "true" : "false"); return;
	case CELL_TEXT: put_text(csv, o, c->u.s, c->n); return;
	case CELL_STACK:
	case CELL_LIST:
	case CELL_PLAIN: put_list(csv, o, f, c, told); return;
	default: return;
	}
}

static bool csv_aside_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct csv *csv = calloc(1, sizeof(*csv));

	if (!csv)
		return false;
	for (unsigned i = 0, n = flat_task(csv->flat, true); i < n; i++)
		/* not asked for: they would be most of the file */
		if (csv->flat[i].row != COL_segments)
			csv->flat[csv->n++] = csv->flat[i];
	csv->terminal = opts->width;
	out_init(&csv->list, -1);
	*ret_state = csv;
	return true;
}

static bool csv_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	const struct csv *csv;

	if (!csv_aside_begin(o, opts, ret_state))
		return false;
	csv = *ret_state;
	for (unsigned i = 0; i < csv->n; i++) {
		if (i)
			out_char(o, ',');
		out_str(o, csv->flat[i].name);
	}
	out_mem(o, "\r\n", 2);
	return true;
}

static void csv_task(struct out *o, void *state, const struct tl_told *told)
{
	struct csv *csv = state;
	struct cell cells[COLUMNS];

	columns_cells(told, cells);
	for (unsigned i = 0; i < csv->n; i++) {
		struct cell c = flat_cell(&csv->flat[i], &cells[csv->flat[i].row]);

		if (i)
			out_char(o, ',');
		put_cell(csv, o, &csv->flat[i], &c, told);
	}
	out_mem(o, "\r\n", 2);
	if (csv->list.os)
		o->os = csv->list.os;
}

static void csv_free(struct csv *csv)
{
	out_fini(&csv->list);
	free(csv);
}

static void csv_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	csv_free(state);
}

static void csv_aside_end(void *aside, void *state)
{
	csv_free(aside);
}

static const struct tl_view_aside csv_aside = {
	.begin = csv_aside_begin,
	.end = csv_aside_end,
};

const struct tl_view view_csv = {
	.name = "csv",
	.suffix = ".csv",
	.summary = N_("one line per life, for spreadsheets"),
	.is_export = true,
	.aside = &csv_aside,
	.begin = csv_begin,
	.task = csv_task,
	.end = csv_end,
};
