/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The story: each life from birth to reaping in rows that a person reads once from top to bottom,
 * with the kernel's call paths and, as footnotes, the records it all rests on. What was not seen is
 * said to be so.
 */
#include <string.h>
#include "base/guard.h"
#include "base/text.h"
#include "base/tongue.h"
#include "view/story.h"
#include "view/views.h"

#define CHILDREN_SHOWN 8

static const char *const label[LABELS] = {
	[L_BORN] = N_("born"),       [L_PATH] = N_("path"),       [L_RENAMED] = N_("names"),
	[L_EXEC] = N_("exec"),       [L_RAN] = N_("ran"),         [L_SLEPT] = N_("slept"),
	[L_SIGNAL] = N_("signal"),   [L_DIED] = N_("died"),       [L_TOLD] = N_("notice"),
	[L_REAPED] = N_("reaped"),   [L_ADOPTED] = N_("adopted"), [L_MADE] = N_("children"),
	[L_SENDER] = N_("sender"),
	[L_PROCESS] = N_("process"), [L_MISSING] = N_("to know"),
};

const char *story_label(enum label l)
{
	return _(label[l]);
}

void story_row(struct story *st, enum label l, const struct tl_seen *when, const char *text)
{
	story_teach_open(st, l);
	page_row(&st->pg, story_label(l), when ? words_seen(&st->pg, when) : NULL, text);
}

/* ---- who it is ---- */

static void put_head(struct story *st, const struct tl_task *t)
{
	struct page *pg = &st->pg;
	const char *what = NULL;

	if (t->kthread)
		what = _("a kernel thread");
	else if (t->tgid != TL_PID_NONE && t->tgid != t->tid)
		what = page_fmt(pg, _("a thread of process %1$d"), t->tgid);
	if (t->generation > 1)
		what = page_join(
			pg, what, ", ",
			page_fmt(pg, _("number %1$u of this id in the trace"), t->generation));
	if (st->told++)
		out_char(pg->out, '\n');
	page_line(pg, 2,
		  page_join(pg, page_fmt(pg, ST_BOLD "%s" ST_OFF, words_task(pg, t)), "  ", what));
}

static void put_names(struct story *st, const struct tl_task *t)
{
	const char *text = NULL;

	if (t->n_comms < 2)
		return;
	for (unsigned i = 0; i < t->n_comms; i++)
		text = page_join(&st->pg, text, " \xe2\x86\x92 ", words_name(&st->pg, t->comms[i]));
	story_row(st, L_RENAMED, NULL, text);
	story_lesson(st, TOPIC_EVENT, "task_rename");
}

/* ---- its kin ---- */

static void put_adoptions(struct story *st, const struct tl_task *t)
{
	for (unsigned i = 0; i < t->n_adoptions; i++)
		story_row(st, L_ADOPTED, &t->adoption[i].seen,
		    page_fmt(&st->pg, _("by %1$s, because its parent had died"),
			     words_ref(&st->pg, &t->adoption[i].by)));
	if (t->n_adoptions)
		story_lesson(st, TOPIC_STEP, "forget_original_parent");
}

static void put_children(struct story *st, const struct tl_task *t)
{
	unsigned most = st->pg.opts.all ? t->n_children : CHILDREN_SHOWN, i = 0;
	const char *text = NULL;
	uint64_t more;

	for (; i < t->n_children && i < most; i++)
		text = page_join(&st->pg, text, ", ", words_ref(&st->pg, &t->child[i]));
	more = t->n_children - i + t->children_more;
	if (more)
		text = page_join(&st->pg, text, ", ",
				 page_fmt(&st->pg, _("and %1$llu more"), (unsigned long long)more));
	if (text)
		story_row(st, L_MADE, NULL, text);
}

/* ---- the view ---- */

static void set_columns(struct story *st, const struct tl_trace_info *info)
{
	struct page *pg = &st->pg;

	pg->label_cells = pg->time_cells = 0;
	for (unsigned i = 0; i < LABELS; i++) {
		int w = text_width(_(label[i]), strlen(_(label[i])));

		pg->label_cells = w > pg->label_cells ? w : pg->label_cells;
	}
	if (info)
		pg->time_cells =
			(int)strlen(words_time(pg, info->last != TL_NS_NONE ? info->last : 0));
}

static bool story_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct story *st = calloc(1, sizeof(*st));

	if (!st)
		return false;
	page_init(&st->pg, o, opts);
	st->teach = opts->teach ? story_teach_new() : NULL;
	*ret_state = st;
	return true;
}

void story_rows(struct story *st, const struct tl_told *told)
{
	const struct tl_task *t = told->task;

	put_names(st, t);
	story_birth(st, told);
	put_adoptions(st, t);
	story_execs(st, t);
	story_sched(st, t->sched);
	put_children(st, t);
	story_signals(st, told);
	story_death(st, told);
	story_notice(st, t);
	story_reap(st, t);
	story_process(st, told);
}

static void story_task(struct out *o, void *state, const struct tl_told *told)
{
	struct story *st = state;
	const struct tl_task *t = told->task;

	if (!st->pg.opts.each && alike_counts(&st->alike, told))
		return;
	page_reset(&st->pg);
	set_columns(st, told->info);
	put_head(st, t);
	story_teach_release(st, told->info ? told->info->kernel : NULL);
	story_rows(st, told);
	story_teach_close(st);
	story_notes(st, told);
}

static void story_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct story *st = state;

	if (!st->told)
		page_line(
			&st->pg, 0,
			trailer->tasks
				? _("Nothing to tell: none of the tasks in this trace was born, was signalled or died; --all shows them.")
				: _("Nothing to tell: there are no tasks in this trace."));
	alike_tell(&st->alike, &st->pg);
	story_teach_free(st->teach);
	page_fini(&st->pg);
	free(st);
}

const struct tl_view view_story = {
	.name = "story",
	.summary = N_("each life from birth to reaping"),
	.begin = story_begin,
	.task = story_task,
	.end = story_end,
};
