/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One living task in full on a terminal: each field says what it means, and on a wide screen also
 * its C type and its place in the task_struct.
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

static void put_stack(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t)
{
	if (t->n_stack == TL_PEEK_NO_STACK)
		return;
	page_line(pg, 0, page_fmt(pg, " " ST_BOLD "%s" ST_OFF, _("its kernel stack")));
	if (t->n_stack <= 0)
		page_row(pg, view_peek_id(PEEK_STACK_FRAMES), NULL,
			 t->n_stack < 0 ? _("not to be had")
					: _("none: it is in user space, or a CPU is executing it"));
	for (int i = 0; i < t->n_stack; i++)
		page_row(pg, i ? NULL : view_peek_id(PEEK_STACK_FRAMES), NULL,
			 peek_code(pg, v, t->stack[i], i > 0));
}

/* What stands at the end of a group, and is no row of the table. */
static const struct {
	enum tl_task_group group;
	enum peek_shown first, last;
} ends[] = {
	{TL_GROUP_WHO, PEEK_COMM, PEEK_PIDS},
	{TL_GROUP_KIN, PEEK_CHILDREN, PEEK_THREADS},
};

/* A field that is a part of another one is shown where that one is, when it is asked for. */
static bool stands_in(const struct view_peek *v, enum tl_task_field f, enum tl_task_group g)
{
	enum tl_task_group its = tl_task_field_row_of(f)->group;

	if (its == TL_GROUP_HIDDEN && v->field)
		its = f == TL_TASK_ns_level ? TL_GROUP_WHO : TL_GROUP_KIN;
	return its == g && view_peek_wants(v, f);
}

/* The group's title, once there is something to stand under it. */
static void put_title(struct page *pg, enum tl_task_group g, bool *put)
{
	if (!*put)
		page_line(pg, 0, page_fmt(pg, " " ST_BOLD "%s" ST_OFF, _(tl_task_group_name(g))));
	*put = true;
}

static void put_group(struct page *pg, const struct view_peek *v, const struct tl_peek_task *t,
		      enum tl_task_group g)
{
	bool titled = false;

	for (enum tl_task_field f = 0; f < TL_TASK_FIELDS; f++)
		if (stands_in(v, f, g) && is_known(v, t, f)) {
			put_title(pg, g, &titled);
			put_field(pg, v, t, f);
		}
	for (unsigned i = 0; i < ARRAY_SIZE(ends); i++)
		for (unsigned f = ends[i].first; ends[i].group == g && f <= ends[i].last; f++) {
			const char *says, *text = view_peek_more(pg, v, t, f, &says);

			/* the first line and the state tell these already */
			if (!v->field && (!text || f < PEEK_PIDS))
				continue;
			if (!view_peek_wants(v, f))
				continue;
			put_title(pg, g, &titled);
			page_row(pg, view_peek_id(f), NULL,
				 page_fmt(pg, "%s  " ST_DIM "%s" ST_OFF, text ? text : _("none"),
					  _(says)));
		}
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
	if (view_peek_wants(v, PEEK_STACK_FRAMES))
		put_stack(pg, v, t);
}
