/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals a life was sent, runs of equal ones in one row. */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "view/story.h"

#define SIGNALS_SHOWN 12

static const char *delivered_text(struct story *st, const struct tl_signal *s)
{
	const char *after;

	if (!s->delivered.is)
		return NULL;
	after = words_duration(&st->pg, s->delivered.t - s->seen.t);
	if (s->handler > 1)
		return page_fmt(&st->pg, _("its handler ran after %1$s"), after);
	return page_fmt(&st->pg, _("taken after %1$s"), after);
}

static const char *result_text(const struct tl_signal *s)
{
	static const char *const says[] = {
		[1] = N_("dropped: the target ignores it or is ending"),
		[2] = N_("the same one was pending already"),
		[3] = N_("dropped: the queue was full"),
		[4] = N_("queued without its details: the queue was full"),
	};

	return s->result > 0 && (unsigned)s->result < ARRAY_SIZE(says) ? _(says[s->result]) : NULL;
}

static void put_signal(struct story *st, const struct tl_signal *s, const struct tl_finding *f)
{
	struct page *pg = &st->pg;
	const char *text = words_sent(pg, s, f);

	if (!s->group)
		text = page_join(pg, text, ", ", _("to this thread alone"));
	text = page_join(pg, text, _("; "), result_text(s));
	text = page_join(pg, text, _("; "), delivered_text(st, s));
	story_row(st, L_SIGNAL, &s->seen, noted(st, text, &s->seen));
	story_lesson_signal(st, s, f);
	if (tl_source_has_sender(f->row) && !s->self && *words_sender(pg, s))
		story_row(st, L_SENDER, NULL, words_sender(pg, s));
	if (strcmp(tl_finding_id(f), "child"))
		story_path(st, s->stack);
}

static bool same_story(const struct tl_signal *a, const struct tl_finding *fa,
		       const struct tl_signal *b, const struct tl_finding *fb)
{
	bool child = !strcmp(tl_finding_id(fa), "child");

	if (a->sig != b->sig || fa->row != fb->row || a->code != b->code)
		return false;
	/* many children at once: the kernel keeps one SIGCHLD pending for all of them */
	return child || (a->result == b->result && a->owner.tid == b->owner.tid);
}

/* A run of signals that differ in nothing but time (or, as notices, in the child) is one row. */
static unsigned put_run(struct story *st, const struct tl_told *d, unsigned i)
{
	const struct tl_signal *s = d->task->signals, *last;
	struct page *pg = &st->pg;
	unsigned n = 1;
	const char *text;

	while (i + n < d->task->n_signals &&
	       same_story(&s[i], &d->signal[i], &s[i + n], &d->signal[i + n]))
		n++;
	if (n < 3 || pg->opts.all) {
		put_signal(st, &s[i], &d->signal[i]);
		return 1;
	}
	last = &s[i + n - 1];
	if (!strcmp(tl_finding_id(&d->signal[i]), "child"))
		text = page_fmt(pg, _("%1$u notices of children (%2$s), until %3$s"), n,
				words_signal(pg, s[i].sig), words_seen(pg, &last->seen));
	else
		text = page_fmt(pg, _("%1$u \xc3\x97 %2$s, until %3$s"), n,
				words_sent(pg, &s[i], &d->signal[i]), words_seen(pg, &last->seen));
	story_row(st, L_SIGNAL, &s[i].seen, text);
	story_lesson_signal(st, &s[i], &d->signal[i]);
	return n;
}

void story_signals(struct story *st, const struct tl_told *d)
{
	const struct tl_task *t = d->task;
	unsigned rows = 0;

	for (unsigned i = 0; i < t->n_signals && d->signal; rows++) {
		if (rows == SIGNALS_SHOWN && !st->pg.opts.all) {
			story_row(st, L_SIGNAL, NULL,
				  page_fmt(&st->pg,
					   st->pg.taker ? _("and %1$llu more")
							: _("and %1$llu more (--all shows them)"),
					   (unsigned long long)(t->n_signals - i +
								t->signals_folded)));
			return;
		}
		i += put_run(st, d, i);
	}
	if (t->signals_folded)
		story_row(st, L_SIGNAL, NULL,
		    page_fmt(&st->pg, _("and %1$llu more, counted only"),
			     (unsigned long long)t->signals_folded));
}
