/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a life: its death, the notice to the parent, its reaping, and the end of its
 * process. */
#include "base/tongue.h"
#include "view/story.h"

static void put_missing(struct story *st, const struct tl_finding *f)
{
	if (f->missing)
		story_row(st, L_MISSING, NULL, _(f->missing));
}

void story_death(struct story *st, const struct tl_told *d)
{
	const struct tl_death *death = d->task->death;
	const struct tl_death_verdict *v = &d->death;
	const char *text;

	if (!death->seen.is) {
		story_row(st, L_DIED, NULL,
		    d->witnesses->exit || d->witnesses->functions
			    ? _("not seen: it was alive when the trace ended")
			    : _("not seen: this trace holds no deaths"));
		return;
	}
	text = page_fmt(&st->pg, "%s%s" ST_OFF, v->exited ? ST_GOOD : ST_BAD,
			words_death(&st->pg, v));
	text = noted_all(st, text, &death->seen, &v->cause);
	story_row(st, L_DIED, &death->seen, text);
	if (v->source.row && !v->exited && v->by.tid == TL_PID_NONE)
		page_row(&st->pg, NULL, NULL, _(v->source.row->says));
	story_lesson(st, TOPIC_DEATH, tl_finding_id(&v->cause));
	if (v->source.row && !v->exited)
		story_lesson(st, TOPIC_SOURCE, tl_finding_id(&v->source));
	story_lesson_grade(st, &v->cause);
	if (death->stack)
		story_path(st, death->stack);
	else if (st->pg.opts.stacks)
		story_row(st, L_PATH, NULL, _("not recorded: no stack came with its death"));
	put_missing(st, &v->cause);
	if (v->exited && !v->exit_code_known && d->witnesses->side) /* of our own recordings */
		story_row(st, L_MISSING, NULL,
		    _("its exit code: permit BPF (tasklife doctor says what is missing), or record with --exit-syscalls"));
	if (!v->exited && v->fatal)
		put_missing(st, &v->source);
}

void story_notice(struct story *st, const struct tl_task *t)
{
	const struct tl_notice *n = t->notice;
	struct page *pg = &st->pg;
	const char *code = tl_sigcode_name(n->sig, n->code), *text, *parent;

	if (!n->seen.is) {
		if (t->death->seen.is && t->is_leader && !t->kthread && t->reap->automatic != 1)
			story_row(st, L_TOLD, NULL,
			    _("not seen: no record says that its parent was told"));
		return;
	}
	parent = words_ref(pg, &n->parent);
	text = page_fmt(pg, _("%1$s was told with %2$s (%3$s)"), parent, words_signal(pg, n->sig),
			code ? code : "?");
	if (n->result == 1)
		text = page_join(pg, text, _("; "),
				 _("it has no handler for that signal, which was dropped"));
	if (n->delivered.is)
		text = page_join(pg, text, _("; "),
				 page_fmt(pg, _("it took the signal after %1$s"),
					  words_duration(pg, n->delivered.t - n->seen.t)));
	story_row(st, L_TOLD, &n->seen, noted(st, text, &n->seen));
	story_lesson(st, TOPIC_STEP, "exit_notify");
	story_lesson(st, TOPIC_SIGNAL, tl_signal_name(n->sig));
	story_lesson(st, TOPIC_CODE, code);
	if (n->result)
		story_lesson(st, TOPIC_RESULT, tl_sigresult_name(n->result));
}

static const char *zombie_text(struct story *st, const struct tl_task *t)
{
	const char *time;

	if (!t->death->seen.is || t->reap->seen.t < t->death->seen.t)
		return NULL;
	time = words_duration(&st->pg, t->reap->seen.t - t->death->seen.t);
	return t->reap->at_most ? page_fmt(&st->pg, _("at most %1$s as a zombie"), time)
			       : page_fmt(&st->pg, _("%1$s as a zombie"), time);
}

void story_reap(struct story *st, const struct tl_task *t)
{
	const struct tl_reap *r = t->reap;
	const char *text;

	if (!t->death->seen.is)
		return;
	if (!r->is && r->automatic != 1) {
		if (t->is_leader && !t->kthread)
			story_row(st, L_REAPED, NULL,
			    _("not seen: a zombie when the trace ended, or its reaping was not recorded"));
		return;
	}
	if (r->automatic == 1)
		text = _("by the kernel at once: nobody had to wait for it");
	else if (r->by.tid == TL_PID_NONE)
		text = _("by whom was not seen");
	else
		text = page_fmt(&st->pg, r->by_process ? _("by a thread of %1$s") : _("by %1$s"),
				words_ref(&st->pg, &r->by));
	if (r->is && r->automatic != 1)
		text = page_join(&st->pg, text, _("; "), zombie_text(st, t));
	story_row(st, L_REAPED, r->is ? &r->seen : NULL, noted(st, text, &r->seen));
	story_lesson_state(st, 'Z');
	story_lesson(st, TOPIC_STEP, "release_task");
	story_lesson(st, TOPIC_STEP, "finish_task_switch");
}

void story_process(struct story *st, const struct tl_told *d)
{
	const struct tl_process *p = d->task->process;
	const struct tl_process_verdict *v = &d->process;
	struct page *pg = &st->pg;

	if (!d->task->is_leader || !p || p->n_threads + p->threads_more < 2)
		return;
	story_row(st, L_PROCESS, v->ended ? &v->end : NULL,
	    page_fmt(pg, _("%1$llu threads were seen in it"),
		     (unsigned long long)(p->n_threads + p->threads_more)));
	if (!v->ended) {
		page_row(pg, NULL, NULL, _("its end was not seen"));
		return;
	}
	page_row(pg, NULL, NULL, words_death(pg, &v->v));
	if (v->decided_by.tid != TL_PID_NONE)
		page_row(pg, NULL, NULL,
			 page_fmt(pg, _("%1$s decided it"), words_ref(pg, &v->decided_by)));
}
