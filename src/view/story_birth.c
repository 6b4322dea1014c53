/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a life began, and what it executed. */
#include "base/tongue.h"
#include "view/story.h"

static const char *flags_text(struct story *st, const struct tl_birth *b)
{
	const char *text = NULL;

	if (!b->flags_known)
		return _("clone flags not recorded");
	for (unsigned bit = 7; bit < 64; bit++) {
		const char *name = tl_clone_flag_name(bit);

		if (!(b->clone_flags >> bit & 1))
			continue;
		if (!name)
			name = page_fmt(&st->pg, "0x%llx", 1ull << bit);
		text = page_join(&st->pg, text, " ", name);
	}
	return text ? page_fmt(&st->pg, _("clone flags: %1$s"), text) : _("no clone flags");
}

void story_birth(struct story *st, const struct tl_told *d)
{
	const struct tl_birth *b = &d->task->birth;
	const struct tl_ref *parent = &b->real_parent;
	const char *text;

	if (!b->seen.is) {
		story_row(st, L_BORN, NULL,
		    d->witnesses->newtask || d->witnesses->fork
			    ? _("not seen: it lived before the trace began")
			    : _("not seen: this trace holds no births"));
		return;
	}
	text = noted_all(st, words_birth(&st->pg, d), &b->seen, &d->birth);
	story_row(st, L_BORN, &b->seen, text);
	page_row(&st->pg, NULL, NULL, flags_text(st, b));
	story_lesson(st, TOPIC_BIRTH, tl_finding_id(&d->birth));
	story_lesson_clone(st, b->flags_known ? b->clone_flags : 0);
	story_lesson_grade(st, &d->birth);
	if (parent->tid != TL_PID_NONE && parent->tid != b->creator.tid)
		page_row(&st->pg, NULL, NULL,
			 page_fmt(&st->pg, _("its parent is %1$s"), words_ref(&st->pg, parent)));
	story_path(st, b->stack);
}

void story_execs(struct story *st, const struct tl_task *t)
{
	for (unsigned i = 0; i < t->n_execs; i++) {
		const struct tl_exec *x = &t->exec[i];
		const char *text = words_name(&st->pg, x->argv ? x->argv : x->filename);

		if (x->old_pid != TL_PID_NONE && x->old_pid != t->tid)
			text = page_join(
				&st->pg, text, _("; "),
				page_fmt(&st->pg,
					 _("thread %1$d called it and took the leader's id"),
					 x->old_pid));
		story_row(st, L_EXEC, &x->seen, noted(st, text, &x->seen));
		story_lesson(st, TOPIC_EVENT, "sched_process_exec");
	}
}
