/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Many living tasks on a terminal, a line each: as a list, or as a tree of who made whom. A line
 * begins with the pid and ends with the name; what stands between is chosen.
 */
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "base/text.h"
#include "view/peek.h"

/* ---- a line ---- */

struct column {
	const char *title;
	int cells;
	unsigned shown;
	bool left; /* words stand at the left of their column, numbers at the right */
};

/* Unless --fields says otherwise. */
static const struct column usual[] = {
	{"TGID", 7, TL_TASK_tgid, false},       {"PARENT", 7, TL_TASK_real_parent_pid, false},
	{"S", 1, PEEK_LETTER, false},           {"CPU", 3, TL_TASK_ti_cpu, false},
	{"PRIO", 4, TL_TASK_prio, false},       {"RUN", 9, TL_TASK_sum_exec_runtime, false},
	{"DELAY", 9, TL_TASK_run_delay, false},
};

struct table {
	struct page *pg;
	const struct view_peek *v;
	struct column col[PEEK_SHOWN];
	unsigned n;
	int width; /* of the page, which a line does not wrap at */
};

/* Flags that nearly all have say nothing in a list. */
static const char *flags_text(struct page *pg, const struct view_peek *v,
			      const struct tl_peek_task *t)
{
	enum { USUAL = 0x400000 | 0x40 | 0x100 }; /* PF_RANDOMIZE PF_FORKNOEXEC PF_SUPERPRIV */
	const struct tl_flag_row *flag;
	const char *all = NULL;
	uint64_t left = t->v[TL_TASK_flags] & ~(uint64_t)USUAL;
	unsigned it = 0;

	while (tl_peek_has(t, TL_TASK_flags) &&
	       (flag = tl_flag_next(TL_FLAGS_PF, v->peek->arch, v->peek->release, &left, &it)))
		all = page_join(pg, all, " ", flag->name);
	return all ? page_fmt(pg, "  " ST_DIM "%s" ST_OFF, all) : "";
}

/* ---- the table ---- */

static bool is_words(unsigned shown)
{
	static const bool numbers[] = {
		[TL_FORM_INT] = true,  [TL_FORM_HEX] = true, [TL_FORM_PTR] = true,
		[TL_FORM_CODE] = true, [TL_FORM_NS] = true,  [TL_FORM_TIME] = true,
	};
	const struct tl_task_field_row *row = tl_task_field_row_of(shown);

	return row ? row->form >= ARRAY_SIZE(numbers) || !numbers[row->form] : shown >= PEEK_LETTER;
}

/* The pid stands before them and the name behind, whatever is asked for. */
static bool stands_anyway(unsigned shown)
{
	return shown == TL_TASK_pid || shown == PEEK_COMM;
}

/* As wide as the widest value; what is longer than most screens may stand out of its column. */
static void make_room(struct table *tb, const struct tl_peek_task *t)
{
	enum { MOST = 60 };

	page_reset(tb->pg);
	for (unsigned i = 0; i < tb->n; i++) {
		const char *text = peek_value(tb->pg, tb->v, t, tb->col[i].shown);
		int cells = text_width(text, strlen(text));

		if (cells > tb->col[i].cells)
			tb->col[i].cells = cells < MOST ? cells : MOST;
	}
}

static void begin_table(struct table *tb, struct page *pg, const struct view_peek *v)
{
	tb->pg = pg;
	tb->v = v;
	tb->n = v->field ? 0 : ARRAY_SIZE(usual);
	tb->width = pg->opts.width;
	pg->opts.width = 0; /* a line is a task */
	if (!v->field)
		memcpy(tb->col, usual, sizeof(usual));
	for (unsigned i = 0; i < v->n_fields; i++) {
		unsigned shown = v->field[i];
		const char *id = view_peek_id(shown);

		if (!stands_anyway(shown))
			tb->col[tb->n++] =
				(struct column){id, (int)strlen(id), shown, is_words(shown)};
	}
}

static void put_cell(struct table *tb, unsigned i, const char *text)
{
	const struct column *c = &tb->col[i];
	int left = c->cells - page_cells(text);

	left = left > 0 ? left : 0;
	out_fmt(tb->pg->out, " %*s%s%*s", c->left ? 0 : left, "", text, c->left ? left : 0, "");
}

static void put_heading(struct table *tb)
{
	page_put(tb->pg, ST_DIM);
	out_fmt(tb->pg->out, "%7s", "PID");
	for (unsigned i = 0; i < tb->n; i++)
		put_cell(tb, i, tb->col[i].title);
	page_line(tb->pg, 0, "  NAME" ST_OFF);
}

static void put_line(struct table *tb, const struct tl_peek_task *t, const char *branch)
{
	struct page *pg = tb->pg;
	const struct view_peek *v = tb->v;

	out_fmt(pg->out, "%7s", peek_value(pg, v, t, TL_TASK_pid));
	for (unsigned i = 0; i < tb->n; i++)
		put_cell(tb, i, peek_value(pg, v, t, tb->col[i].shown));
	page_line(pg, 0,
		  page_fmt(pg, "  %s%s%s", branch, peek_value(pg, v, t, PEEK_COMM),
			   v->field ? "" : flags_text(pg, v, t)));
}

/* ---- as a list ---- */

void view_peek_list(struct page *pg, const struct view_peek *v,
		    const struct tl_peek_task *const *task, size_t n)
{
	struct table tb;

	begin_table(&tb, pg, v);
	for (size_t i = 0; i < n; i++)
		make_room(&tb, task[i]);
	put_heading(&tb);
	for (size_t i = 0; i < n; i++) {
		page_reset(pg);
		put_line(&tb, task[i], "");
	}
	pg->opts.width = tb.width;
}

/* ---- as a tree ---- */

#define TREE_DEEP 64

struct tree {
	struct table tb;
	bool more[TREE_DEEP]; /* at this depth another one follows */
};

static void put_branch(struct tree *tr, const struct tl_peek_task *t, unsigned depth,
		       bool is_thread)
{
	char branch[TREE_DEEP * 5 + 8];
	size_t n = 0;

	page_reset(tr->tb.pg);
	for (unsigned i = 1; i < depth; i++)
		n += snprintf(branch + n, sizeof(branch) - n, "%s",
			      tr->more[i] ? "\xe2\x94\x82 " : "  ");
	if (depth)
		n += snprintf(branch + n, sizeof(branch) - n, "%s",
			      tr->more[depth] ? "\xe2\x94\x9c\xe2\x94\x80"
					      : "\xe2\x94\x94\xe2\x94\x80");
	snprintf(branch + n, sizeof(branch) - n, "%s", is_thread ? "\xc2\xb7 " : depth ? " " : "");
	put_line(&tr->tb, t, branch);
}

static void put_subtree(struct tree *tr, const struct tl_peek_task *t, unsigned depth)
{
	size_t n_threads = 0, n_kids = 0, last;
	struct tl_peek_task **threads = tl_peek_threads(tr->tb.v->peek, t, &n_threads);

	put_branch(tr, t, depth, false);
	if (depth + 2 >= TREE_DEEP)
		return;
	/* children belong to the thread that made them; a process is shown as one */
	for (size_t k = 0; k < n_threads; k++) {
		size_t n;

		tl_peek_children(tr->tb.v->peek, threads[k], &n);
		n_kids += n;
	}
	last = n_kids + n_threads - 1;
	for (size_t k = 0; k < n_threads; k++) {
		if (threads[k] == t)
			continue;
		tr->more[depth + 1] = --last > 0;
		put_branch(tr, threads[k], depth + 1, true);
	}
	for (size_t k = 0; k < n_threads; k++) {
		size_t n;
		struct tl_peek_task **kids = tl_peek_children(tr->tb.v->peek, threads[k], &n);

		for (size_t i = 0; i < n; i++) {
			tr->more[depth + 1] = --last > 0;
			put_subtree(tr, kids[i], depth + 1);
		}
	}
}

void view_peek_tree(struct page *pg, const struct view_peek *v)
{
	struct tree tr = {};

	begin_table(&tr.tb, pg, v);
	for (size_t i = 0; i < v->peek->n; i++)
		make_room(&tr.tb, &v->peek->task[i]);
	put_heading(&tr.tb);
	for (size_t i = 0; i < v->peek->n; i++) {
		const struct tl_peek_task *t = &v->peek->task[i],
					  *parent =
						  tl_peek_relative(v->peek, t, TL_TASK_real_parent);

		if (t->v[TL_TASK_pid] == t->v[TL_TASK_tgid] && (!parent || parent == t))
			put_subtree(&tr, t, 0);
	}
	pg->opts.width = tr.tb.width;
}
