/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lives as columns: every cell of columns.def, and parts: the lists the page draws or searches, in
 * few numbers. null: not seen; false: cannot apply; texts, tasks and call paths are numbers of
 * the tables.
 */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "view/html.h"

typedef void (*part_fn)(struct out *o, struct html_tables *tb, const struct tl_told *d, tl_ns t0);

static void comma(struct out *o, unsigned i)
{
	if (i)
		out_char(o, ',');
}

/* Names it bore before the last. */
static void part_comms(struct out *o, struct html_tables *tb, const struct tl_told *d, tl_ns t0)
{
	out_char(o, '[');
	for (unsigned i = 0; i + 1 < d->task->n_comms; i++) {
		comma(o, i);
		html_put_name(tb, o, d->task->comms[i]);
	}
	out_char(o, ']');
}

static void part_parent(struct out *o, struct html_tables *tb, const struct tl_told *d, tl_ns t0)
{
	html_put_ref(tb, o, &d->task->parent);
}

static void part_killer(struct out *o, struct html_tables *tb, const struct tl_told *d, tl_ns t0)
{
	html_put_ref(tb, o, &d->death.by);
}

/* time, program, arguments */
static void part_execs(struct out *o, struct html_tables *tb, const struct tl_told *d, tl_ns t0)
{
	out_char(o, '[');
	for (unsigned i = 0; i < d->task->n_execs; i++) {
		const struct tl_exec *x = &d->task->exec[i];

		comma(o, i);
		html_put_time(o, x->seen.is ? x->seen.t : TL_NS_NONE, t0);
		out_char(o, ',');
		html_put_name(tb, o, x->filename);
		out_char(o, ',');
		html_put_name(tb, o, x->argv);
	}
	out_char(o, ']');
}

static void part_adoptions(struct out *o, struct html_tables *tb, const struct tl_told *d, tl_ns t0)
{
	out_char(o, '[');
	for (unsigned i = 0; i < d->task->n_adoptions; i++) {
		comma(o, i);
		html_put_time(o, d->task->adoption[i].seen.t, t0);
		out_char(o, ',');
		html_put_ref(tb, o, &d->task->adoption[i].by);
	}
	out_char(o, ']');
}

/* time, number, source, whose context, is that the sender, result, when taken */
static void put_signal(struct out *o, struct html_tables *tb, const struct tl_signal *s,
		       const struct tl_finding *f, tl_ns t0)
{
	const char *id = f ? tl_finding_id(f) : "unknown";

	html_put_time(o, s->seen.t, t0);
	out_fmt(o, ",%d,%u,", s->sig, html_name_of_text(tb, (struct tl_str){id, strlen(id)}));
	html_put_ref(tb, o, &s->owner);
	out_fmt(o, ",%d,%d,", f && f->row && tl_source_has_sender(f->row), s->result);
	html_put_time(o, s->delivered.is ? s->delivered.t : TL_NS_NONE, t0);
}

static void part_signals(struct out *o, struct html_tables *tb, const struct tl_told *d, tl_ns t0)
{
	out_char(o, '[');
	for (unsigned i = 0; i < d->task->n_signals; i++) {
		comma(o, i);
		put_signal(o, tb, &d->task->signals[i], d->signal ? &d->signal[i] : NULL, t0);
	}
	out_char(o, ']');
}

/* Of a process of several threads: how many, when it ended, why, by which signal or code, by
 * whose hand. */
static void part_process_end(struct out *o, struct html_tables *tb, const struct tl_told *d,
			     tl_ns t0)
{
	const struct tl_process *p = d->task->process;
	const struct tl_death_verdict *v = &d->process.v;
	const char *id = tl_finding_id(&v->cause);

	if (!d->task->is_leader || !p || p->n_threads + p->threads_more < 2) {
		out_char(o, '0');
		return;
	}
	out_fmt(o, "[%llu", (unsigned long long)(p->n_threads + p->threads_more));
	if (d->process.ended) {
		out_char(o, ',');
		html_put_time(o, d->process.end.t, t0);
		out_fmt(o, ",%u,%d,", html_name_of_text(tb, (struct tl_str){id, strlen(id)}),
			v->signal);
		if (v->exited && v->exit_code_known)
			out_fmt(o, "%d,", v->exit_code);
		else
			out_str(o, "null,");
		html_put_ref(tb, o, &v->by);
	}
	out_char(o, ']');
}

/*
 * What it was doing: the nanoseconds nothing was seen of it before, how long it did it, and what:
 * enum tl_doing, 5 for an uninterruptible sleep, plus 8 times the CPU plus 1 (0 when not known).
 */
static void part_doing(struct out *o, struct html_tables *tb, const struct tl_told *d, tl_ns t0)
{
	const struct tl_segments *s = d->task->segments;
	tl_ns at = t0;

	out_char(o, '[');
	for (size_t i = 0; s && i < s->n; i++) {
		const struct tl_segment *g = &s->v[i];
		int what = g->what == TL_SLEEPING && g->letter == 'D' ? TL_DOINGS : g->what;

		comma(o, (unsigned)!!i);
		html_put_time(o, g->from, at);
		out_char(o, ',');
		html_put_time(o, g->to, g->from);
		out_char(o, ',');
		out_i64(o, what + 8 * (g->cpu + 1));
		at = g->to;
	}
	out_char(o, ']');
}

static const struct {
	const char *name;
	part_fn put;
} parts[] = {
	{"names_before", part_comms},
	{"parent", part_parent},
	{"killer", part_killer},
	{"programs", part_execs},
	{"adoptions", part_adoptions},
	{"sent", part_signals},
	{"whole", part_process_end},
	{"doing", part_doing},
};

struct html_chunk {
	unsigned n;
	uint64_t from;
	struct column_out col[COLUMNS + ARRAY_SIZE(parts)];
};

struct html_chunk *html_chunk_new(void)
{
	struct html_chunk *c = calloc(1, sizeof(*c));

	for (unsigned i = 0; c && i < ARRAY_SIZE(c->col); i++)
		out_init(&c->col[i].cells, -1);
	return c;
}

void html_chunk_free(struct html_chunk *c)
{
	for (unsigned i = 0; c && i < ARRAY_SIZE(c->col); i++)
		out_fini(&c->col[i].cells);
	free(c);
}

static struct out *cell_begin(struct column_out *col)
{
	comma(&col->cells, col->n);
	return &col->cells;
}

/* What stands behind `from` is the cell; is it the same as the first? */
static void cell_end(struct column_out *col, size_t from)
{
	size_t n = col->cells.n - from;

	if (!col->n++)
		col->first = n;
	else if (!col->differ)
		col->differ = n != col->first || memcmp(col->cells.buf, col->cells.buf + from, n);
}

static bool is_moment(const struct column *col)
{
	const char *tail = strstr(col->key, "t_ns");

	return tail && (tail == col->key || tail[-1] == '_');
}

/* Lists are told by the parts; here stands only how long they are. */
static void put_cell(struct out *o, struct html_tables *tb, const struct column *col,
		     const struct cell *c, tl_ns t0)
{
	switch (c->kind) {
	case CELL_ABSENT:
	case CELL_PLAIN: out_str(o, "false"); return;
	case CELL_NULL: out_str(o, "null"); return;
	case CELL_THERE: out_char(o, '1'); return;
	case CELL_INT:
		if (is_moment(col))
			html_put_time(o, c->u.i, t0);
		else
			out_i64(o, c->u.i);
		return;
	case CELL_BOOL: out_char(o, c->u.b ? '1' : '0'); return;
	case CELL_TEXT: out_u64(o, html_name_of_text(tb, (struct tl_str){c->u.s, c->n})); return;
	case CELL_REF: html_put_ref(tb, o, c->u.ref); return;
	case CELL_STACK: html_put_stack(tb, o, c->u.stack); return;
	case CELL_LIST: out_u64(o, c->n); return;
	}
}

void html_chunk_add(struct html_chunk *c, struct html_tables *tb, const struct tl_told *d, tl_ns t0)
{
	struct cell cells[COLUMNS];

	columns_cells(d, cells);
	for (unsigned i = 0; i < ARRAY_SIZE(c->col); i++) {
		struct column_out *to = &c->col[i];
		struct out *o = cell_begin(to);
		size_t from = o->n;

		if (i < COLUMNS)
			put_cell(o, tb, &columns[i], &cells[i], t0);
		else
			parts[i - COLUMNS].put(o, tb, d, t0);
		cell_end(to, from);
	}
	c->n++;
}

static void column_put(struct column_out *col, struct out *o)
{
	if (col->cells.os)
		o->os = col->cells.os;
	else if (!col->differ && col->n)
		out_mem(o, col->cells.buf, col->first);
	if (col->differ) {
		out_char(o, '[');
		out_mem(o, col->cells.buf, col->cells.n);
		out_char(o, ']');
	}
	col->cells.n = col->first = col->n = 0;
	col->differ = false;
}

/* {"from":512,"n":512,"same":[numbers of columns whose one cell is all],"columns":[...]} */
void html_chunk_put(struct html_chunk *c, struct out *o)
{
	unsigned same = 0;

	out_fmt(o, "<script type=\"application/json\" data-is=\"lives\">{\"from\":%llu,\"n\":%u,\"same\":[",
		(unsigned long long)c->from, c->n);
	for (unsigned i = 0; i < ARRAY_SIZE(c->col); i++)
		if (!c->col[i].differ) {
			comma(o, same++);
			out_u64(o, i);
		}
	out_str(o, "],\"columns\":[");
	for (unsigned i = 0; i < ARRAY_SIZE(c->col); i++) {
		comma(o, i);
		column_put(&c->col[i], o);
	}
	out_str(o, "]}</script>\n");
	c->from += c->n;
	c->n = 0;
}

static const char *type_name(const struct column *col)
{
	static const char *const kinds[] = {
		[COLUMN_OBJECT] = "object", [COLUMN_LIST] = "list", [COLUMN_PLAIN] = "plain"};
	static const char *const types[] = {
		[COLUMN_NS] = "duration", [COLUMN_INT] = "number", [COLUMN_BOOL] = "bool",
		[COLUMN_TEXT] = "text", [COLUMN_REF] = "task", [COLUMN_STACK] = "path"};

	if (col->kind != COLUMN_CELL)
		return kinds[col->kind];
	return col->type == COLUMN_NS && is_moment(col) ? "time" : types[col->type];
}

void html_put_columns(struct out *o)
{
	out_char(o, '[');
	for (unsigned i = 0; i < COLUMNS; i++) {
		comma(o, i);
		out_fmt(o, "[\"%s\",\"%s\",", columns[i].path, type_name(&columns[i]));
		html_put_both(o, columns[i].meaning);
		out_char(o, ']');
	}
	for (unsigned i = 0; i < ARRAY_SIZE(parts); i++)
		out_fmt(o, ",[\"%s\",\"part\"]", parts[i].name);
	out_char(o, ']');
}
