/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Living tasks on a terminal: one of them in full, or many, a line each. In full, each field says
 * what it means, and on a wide screen also its C type and its place in the task_struct.
 */
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "base/tongue.h"
#include "view/peek.h"

#define WIDE 110 /* from here on type and place have room */
#define PLACE_CELLS 30

/* ---- one task in full ---- */

static bool is_known(const struct view_peek *v, const struct tl_peek_task *t, enum tl_task_field f)
{
	if (tl_task_field_row_of(f)->form == TL_FORM_TASK)
		return tl_peek_has(t, f + 1);
	return tl_peek_has(t, f);
}

static const char *place_text(struct page *pg, const struct view_peek *v, enum tl_task_field f)
{
	struct tl_peek_place p;

	if (pg->time_cells < 0 || !v->types || !tl_peek_place_of(v->types, f, &p))
		return NULL;
	return page_fmt(pg, "%5u%s %.22s", p.off, p.behind ? "\xe2\x86\x92" : " ", p.type);
}

/* Each flag on a line of its own: its name, and what it says. */
static void put_flags(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t,
		      enum tl_task_field f)
{
	enum tl_flag_set set;
	const struct tl_flag_row *flag;
	uint64_t left = t->v[f];
	unsigned it = 0;

	if (!tl_task_form_flags(tl_task_field_row_of(f)->form, &set))
		return;
	while ((flag = tl_flag_next(set, v->peek->arch, v->peek->release, &left, &it)))
		page_row(pg, NULL, NULL,
			 page_fmt(pg, "%s " ST_DIM "%s" ST_OFF, flag->name, _(flag->says)));
	if (left)
		page_row(pg, NULL, NULL,
			 page_fmt(pg, "0x%llx " ST_DIM "%s" ST_OFF, (unsigned long long)left,
				  _("without a name here")));
}

static void put_field(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t,
		      enum tl_task_field f)
{
	const struct tl_task_field_row *row = tl_task_field_row_of(f);
	enum tl_flag_set set;
	bool named = tl_task_form_flags(row->form, &set);
	const char *value = named ? page_fmt(pg, "0x%llx", (unsigned long long)t->v[f])
				  : peek_value(pg, v, t, f);

	if (f == TL_TASK_state)
		value = page_fmt(
			pg, "0x%llx  %c %s", (unsigned long long)t->v[f], tl_peek_letter(t),
			tl_state_word(tl_peek_letter(t)) ? _(tl_state_word(tl_peek_letter(t)))
							 : "");
	page_row(pg, row->id, place_text(pg, v, f),
		 page_fmt(pg, "%s  " ST_DIM "%s" ST_OFF, value, _(row->says)));
	if (named)
		put_flags(pg, v, t, f);
}

static void put_names(struct page *pg, const char *label, const char *says,
		      struct tl_peek_task *const *who, size_t n, const struct tl_peek_task *but)
{
	const char *all = NULL;

	for (size_t i = 0; i < n; i++)
		if (who[i] != but)
			all = page_join(pg, all, " ", peek_name(pg, who[i]));
	if (all)
		page_row(pg, label, NULL, page_fmt(pg, "%s  " ST_DIM "%s" ST_OFF, all, says));
}

static void put_kin(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t)
{
	const struct tl_peek_task *parent = tl_peek_relative(v->peek, t, TL_TASK_real_parent);
	struct tl_peek_task **who;
	size_t n;

	who = tl_peek_children(v->peek, t, &n);
	put_names(pg, "children", _("processes it made or adopted"), who, n, NULL);
	if (parent && t->v[TL_TASK_pid] == t->v[TL_TASK_tgid]) {
		who = tl_peek_children(v->peek, parent, &n);
		put_names(pg, "sibling", _("the other children of its parent"), who, n > 40 ? 0 : n,
			  t);
	}
	who = tl_peek_threads(v->peek, t, &n);
	put_names(pg, "threads", _("the other threads of its process"), who, n, t);
}

/* In the namespaces below the first its number is another. */
static void put_namespaces(struct page *pg, const struct tl_peek_task *t)
{
	const char *all = NULL;

	for (unsigned i = 0; i < t->n_ns; i++)
		all = page_join(pg, all, " \xe2\x86\x92 ",
				t->ns[i].ns ? page_fmt(pg, "%d [%u]", t->ns[i].nr, t->ns[i].ns)
					    : page_fmt(pg, "%d", t->ns[i].nr));
	if (all)
		page_row(pg, "pids", NULL,
			 page_fmt(pg, "%s  " ST_DIM "%s" ST_OFF, all,
				  _("its number in each pid namespace, outermost first")));
}

static void put_stack(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t)
{
	if (t->n_stack == TL_PEEK_NO_STACK)
		return;
	page_line(pg, 0, page_fmt(pg, " " ST_BOLD "%s" ST_OFF, _("kernel stack")));
	if (t->n_stack <= 0)
		page_row(pg, NULL, NULL,
			 t->n_stack < 0 ? _("not to be had")
					: _("none: it is in user space, or a CPU is executing it"));
	for (int i = 0; i < t->n_stack; i++)
		page_row(pg, NULL, NULL, peek_code(pg, v, t->stack[i], i > 0));
}

static void put_group(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t,
		      enum tl_task_group g)
{
	bool begun = false;

	for (enum tl_task_field f = 0; f < TL_TASK_FIELDS; f++) {
		if (tl_task_field_row_of(f)->group != g || !view_peek_wants(v, f) ||
		    !is_known(v, t, f))
			continue;
		if (!begun)
			page_line(pg, 0,
				  page_fmt(pg, " " ST_BOLD "%s" ST_OFF, _(tl_task_group_name(g))));
		begun = true;
		put_field(pg, v, t, f);
	}
	if (g == TL_GROUP_WHO && begun && !v->field)
		put_namespaces(pg, t);
	if (g == TL_GROUP_KIN && begun && !v->field)
		put_kin(pg, v, t);
}

void view_peek_task(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t)
{
	page_reset(pg);
	pg->label_cells = 16;
	pg->time_cells = v->types && (!pg->opts.width || pg->opts.width >= WIDE) ? PLACE_CELLS : -1;
	page_line(pg, 0,
		  page_fmt(pg, ST_BOLD "%s" ST_OFF "  %s", peek_name(pg, t),
			   t->addr ? page_fmt(pg, "task_struct 0x%llx", (unsigned long long)t->addr)
				   : ""));
	for (enum tl_task_group g = TL_GROUP_WHO; g < TL_TASK_GROUPS; g++)
		put_group(pg, v, t, g);
	put_stack(pg, v, t);
}

/* ---- many, a line each ---- */

struct column {
	const char *title;
	int cells; /* < 0: to the left */
	const char *(*text)(struct page *pg, const struct view_peek *v,
			    const struct tl_peek_task *t);
};

static const char *col_pid(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t)
{
	return peek_value(pg, v, t, TL_TASK_pid);
}

static const char *col_tgid(struct page *pg, const struct view_peek *v,
			    const struct tl_peek_task *t)
{
	return peek_value(pg, v, t, TL_TASK_tgid);
}

static const char *col_parent(struct page *pg, const struct view_peek *v,
			      const struct tl_peek_task *t)
{
	return peek_value(pg, v, t, TL_TASK_real_parent_pid);
}

static const char *col_state(struct page *pg, const struct view_peek *v,
			     const struct tl_peek_task *t)
{
	return page_fmt(pg, "%c", tl_peek_letter(t));
}

static const char *col_cpu(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t)
{
	return peek_value(pg, v, t, TL_TASK_ti_cpu);
}

static const char *col_prio(struct page *pg, const struct view_peek *v,
			    const struct tl_peek_task *t)
{
	return peek_value(pg, v, t, TL_TASK_prio);
}

static const char *col_run(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t)
{
	return peek_value(pg, v, t, TL_TASK_sum_exec_runtime);
}

static const char *col_delay(struct page *pg, const struct view_peek *v,
			     const struct tl_peek_task *t)
{
	return peek_value(pg, v, t, TL_TASK_run_delay);
}

static const struct column columns[] = {
	{"PID", 7, col_pid}, {"TGID", 7, col_tgid}, {"PARENT", 7, col_parent}, {"S", 1, col_state},
	{"CPU", 3, col_cpu},
	{"PRIO", 4, col_prio}, {"RUN", 9, col_run}, {"DELAY", 9, col_delay},
};

static const char *padded(struct page *pg, const char *s, int cells)
{
	int left = cells - text_width(s, strlen(s));

	return left > 0 ? page_fmt(pg, "%*s%s", left, "", s) : s;
}

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

static int cells_of(enum tl_task_field f)
{
	static const int cells[] = {[TL_FORM_INT] = 8,
				    [TL_FORM_NS] = 9,
				    [TL_FORM_TIME] = 16,
				    [TL_FORM_PTR] = 18,
				    [TL_FORM_TASK] = 22};
	enum tl_task_form form = tl_task_field_row_of(f)->form;
	int at_least = strlen(tl_task_field_row_of(f)->id),
	    want = (unsigned)form < ARRAY_SIZE(cells) && cells[form] ? cells[form] : 12;

	return at_least > want ? at_least : want;
}

static void put_heading(struct page *pg, const struct view_peek *v)
{
	const char *all = page_fmt(pg, "%7s", "PID");

	for (unsigned i = 1; !v->field && i < ARRAY_SIZE(columns); i++)
		all = page_fmt(pg, "%s %s", all, padded(pg, columns[i].title, columns[i].cells));
	for (unsigned i = 0; i < v->n_fields; i++)
		all = page_fmt(
			pg, "%s %s", all,
			padded(pg, tl_task_field_row_of(v->field[i])->id, cells_of(v->field[i])));
	page_line(pg, 0, page_fmt(pg, ST_DIM "%s  NAME" ST_OFF, all));
}

static void put_line(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t,
		     const char *branch)
{
	const char *all = padded(pg, col_pid(pg, v, t), 7);
	struct out name;

	for (unsigned i = 1; !v->field && i < ARRAY_SIZE(columns); i++)
		all = page_fmt(pg, "%s %s", all,
			       padded(pg, columns[i].text(pg, v, t), columns[i].cells));
	for (unsigned i = 0; i < v->n_fields; i++)
		all = page_fmt(
			pg, "%s %s", all,
			padded(pg, peek_value(pg, v, t, v->field[i]), cells_of(v->field[i])));
	out_init(&name, -1);
	text_safe(&name, t->comm, strlen(t->comm));
	out_str(pg->out, all);
	page_line(pg, 0,
		  page_fmt(pg, "  %s%s%s%s", branch, out_text(&name),
			   v->field ? "" : flags_text(pg, v, t), ""));
	out_fini(&name);
}

void view_peek_list(struct page *pg, const struct view_peek *v,
		    const struct tl_peek_task *const *task, size_t n)
{
	int width = pg->opts.width;

	pg->opts.width = 0; /* a line is a task */
	put_heading(pg, v);
	for (size_t i = 0; i < n; i++) {
		page_reset(pg);
		put_line(pg, v, task[i], "");
	}
	pg->opts.width = width;
}

/* ---- as a tree ---- */

#define TREE_DEEP 64

struct tree {
	struct page *pg;
	const struct view_peek *v;
	bool more[TREE_DEEP]; /* at this depth another one follows */
};

static void put_branch(struct tree *tr, const struct tl_peek_task *t, unsigned depth,
		       bool is_thread)
{
	char branch[TREE_DEEP * 5 + 8];
	size_t n = 0;

	page_reset(tr->pg);
	for (unsigned i = 1; i < depth; i++)
		n += snprintf(branch + n, sizeof(branch) - n, "%s",
			      tr->more[i] ? "\xe2\x94\x82 " : "  ");
	if (depth)
		n += snprintf(branch + n, sizeof(branch) - n, "%s",
			      tr->more[depth] ? "\xe2\x94\x9c\xe2\x94\x80"
					      : "\xe2\x94\x94\xe2\x94\x80");
	snprintf(branch + n, sizeof(branch) - n, "%s", is_thread ? "\xc2\xb7 " : depth ? " " : "");
	put_line(tr->pg, tr->v, t, branch);
}

static void put_subtree(struct tree *tr, const struct tl_peek_task *t, unsigned depth)
{
	size_t n_threads = 0, n_kids = 0, last;
	struct tl_peek_task **threads = tl_peek_threads(tr->v->peek, t, &n_threads);

	put_branch(tr, t, depth, false);
	if (depth + 2 >= TREE_DEEP)
		return;
	/* children belong to the thread that made them; a process is shown as one */
	for (size_t k = 0; k < n_threads; k++) {
		size_t n;

		tl_peek_children(tr->v->peek, threads[k], &n);
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
		struct tl_peek_task **kids = tl_peek_children(tr->v->peek, threads[k], &n);

		for (size_t i = 0; i < n; i++) {
			tr->more[depth + 1] = --last > 0;
			put_subtree(tr, kids[i], depth + 1);
		}
	}
}

void view_peek_tree(struct page *pg, const struct view_peek *v)
{
	struct tree tr = {.pg = pg, .v = v};
	int width = pg->opts.width;

	pg->opts.width = 0;
	put_heading(pg, v);
	for (size_t i = 0; i < v->peek->n; i++) {
		const struct tl_peek_task *t = &v->peek->task[i],
					  *parent =
						  tl_peek_relative(v->peek, t, TL_TASK_real_parent);

		if (t->v[TL_TASK_pid] == t->v[TL_TASK_tgid] && (!parent || parent == t))
			put_subtree(&tr, t, 0);
	}
	pg->opts.width = width;
}
