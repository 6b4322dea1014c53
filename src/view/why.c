/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * why: one line a life; its time of death, who it was, and what ended it by whose hand. What a
 * recording would have to hold to say more is mostly the same for all: it is told once, at the end.
 */
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "base/line.h"
#include "base/tongue.h"
#include "view/views.h"
#include "view/words.h"
#include "why/tally.h"

#define LACKS_MOST 16 /* there are not that many sentences of that kind */

struct lack {
	const char *what; /* msgid */
	uint64_t deaths;
};

/* The words of who left by itself hang on this alone (words_death()), and most leave as the one
 * before did: what was said last is kept. */
struct leave {
	const struct tl_cause *row;
	enum tl_grade grade;
	bool code_known;
	int code;
	char text[256];
};

struct why {
	struct page pg;
	struct leave last;
	struct tally senders;
	uint64_t told;
	struct lack lack[LACKS_MOST]; /* up to the first without text */
};

static bool why_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct why *w = line_calloc(sizeof(*w));

	if (!w)
		return false;
	page_init(&w->pg, o, opts);
	w->pg.label_cells = 24;
	*ret_state = w;
	return true;
}

/* The process where it speaks for all its threads, else the task. */
static const struct tl_death_verdict *verdict_of(const struct tl_told *d)
{
	const struct tl_process *p = d->task->process;

	return d->process.ended && p && p->n_threads + p->threads_more > 1 ? &d->process.v
									   : &d->death;
}

/* --all: every row that matched, the one that speaks first. */
static void put_matches(struct why *w, const struct tl_finding *f)
{
	for (unsigned i = 0; i < f->n_matches; i++)
		page_row(&w->pg, NULL, NULL,
			 page_fmt(&w->pg, ST_DIM "%s %s: %s" ST_OFF, f->match[i].row->rule,
				  tl_grade_name(f->match[i].grade), _(f->match[i].row->says)));
}

/* The killer in full, where more than its name is known; once for all its victims. */
static void put_sender(struct why *w, const struct tl_signal *s)
{
	const char *text = words_sender(&w->pg, s);

	if (*text && s->owner_argv)
		page_row(&w->pg, NULL, NULL, page_fmt(&w->pg, ST_DIM "%s" ST_OFF, text));
}

static void put_senders(struct why *w)
{
	struct page *pg = &w->pg;

	vec_each(row, &w->senders.row) {
		const char *by, *sig;

		if (row->victims < 2)
			continue;
		page_reset(pg);
		by = words_ref(pg, &row->by);
		sig = row->sig ? words_signal(pg, row->sig) : _("signals");
		page_line(pg, 2,
			  page_fmt(pg, _("1 sender, %1$llu victims: %2$s killed them with %3$s"),
				   (unsigned long long)row->victims, by, sig));
	}
}

/* ---- what is missing ---- */

static void add_lack(struct why *w, const char *what, uint64_t deaths)
{
	struct lack *l = w->lack;

	while (l < w->lack + LACKS_MOST && l->what && l->what != what && strcmp(l->what, what))
		l++;
	if (l == w->lack + LACKS_MOST)
		return;
	l->what = what;
	l->deaths += deaths;
}

/* The most frequent first; else as their words go: threads may have met them in any order. */
static int by_deaths(const void *a, const void *b)
{
	const struct lack *x = a, *y = b;

	if (!x->what || !y->what)
		return !x->what - !y->what;
	return x->deaths != y->deaths ? (x->deaths < y->deaths ? 1 : -1) : strcmp(x->what, y->what);
}

static void put_lacks(struct why *w)
{
	struct page *pg = &w->pg;

	qsort(w->lack, LACKS_MOST, sizeof(*w->lack), by_deaths);
	for (const struct lack *l = w->lack; l < w->lack + LACKS_MOST && l->what; l++) {
		page_reset(pg);
		if (l == w->lack)
			page_line(pg, 0, page_glue(pg, ST_DIM, _("To know more:"), ST_OFF));
		page_line(pg, 4,
			  page_fmt(pg, ST_DIM "  %llu \xc3\x97 %s" ST_OFF,
				   (unsigned long long)l->deaths, _(l->what)));
	}
}

/* ---- the lives ---- */

/* Of text_time(): seconds, a point and six digits. Counted, because each line asks anew. */
static int time_cells(tl_ns t)
{
	uint64_t seconds = (t < 0 ? -(uint64_t)t : (uint64_t)t) / 1000000000;
	int cells = (t < 0) + 1 + 7;

	for (; seconds >= 10; seconds /= 10)
		cells++;
	return cells;
}

static bool tells_deaths(const struct tl_witnesses *w)
{
	return !w || w->exit || w->functions;
}

static const char *death(struct why *w, const struct tl_death_verdict *v)
{
	return page_glue(&w->pg, v->exited ? ST_GOOD : ST_BAD, words_death(&w->pg, v), ST_OFF);
}

static bool only_left(const struct tl_death_verdict *v)
{
	return v->exited && !v->signal && !v->fatal && v->core_dumped != 1 && !v->handled_term;
}

static const char *ending(struct why *w, const struct tl_death_verdict *v)
{
	struct leave *last = &w->last;
	const char *text;

	if (!only_left(v))
		return death(w, v);
	if (last->row == v->cause.row && last->grade == v->cause.grade &&
	    last->code_known == v->exit_code_known && last->code == v->exit_code)
		return last->text;
	text = death(w, v);
	if (!*text || strlen(text) >= sizeof(last->text))
		return text; /* there was no memory for it, or there is no room */
	last->row = v->cause.row;
	last->grade = v->cause.grade;
	last->code_known = v->exit_code_known;
	last->code = v->exit_code;
	return strcpy(last->text, text);
}

static void why_task(struct out *o, void *state, const struct tl_told *d)
{
	struct why *w = state;
	const struct tl_task *t = d->task;
	const struct tl_death_verdict *v = verdict_of(d);
	const char *text;

	page_reset(&w->pg);
	if (d->info)
		w->pg.time_cells = time_cells(d->info->last != TL_NS_NONE ? d->info->last : 0);
	if (!t->death->seen.is) {
		if (!w->pg.opts.all)
			return;
		text = tells_deaths(d->witnesses) ? _("alive when the trace ended") :
						    _("not seen: this trace holds no deaths");
	} else {
		text = ending(w, v);
	}
	w->told++;
	page_row(&w->pg, words_task(&w->pg, t), words_seen(&w->pg, &t->death->seen), text);
	if (w->pg.opts.all && t->death->seen.is) {
		put_matches(w, &v->cause);
		put_matches(w, &v->source);
	}
	if (t->is_leader && t->death->seen.is && tally_add(&w->senders, v))
		put_sender(w, v->fatal);
	if (!v->cause.missing || !t->death->seen.is)
		return;
	if (w->pg.opts.all)
		page_row(&w->pg, NULL, NULL,
			 page_glue(&w->pg, ST_DIM, _(v->cause.missing), ST_OFF));
	else
		add_lack(w, v->cause.missing, 1);
}

static void why_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct why *w = state;

	if (!w->told)
		page_line(&w->pg, 0,
			  tells_deaths(trailer->witnesses)
				  ? _("Nobody died in what this trace shows.")
				  : _("not seen: this trace holds no deaths"));
	put_senders(w);
	put_lacks(w);
	tally_fini(&w->senders);
	page_fini(&w->pg);
	free(w);
}

/* The first victim of somebody shows the killer in full: who was first is known in turn only. */
static bool why_apart(const struct tl_told *d)
{
	return !d->task->is_leader || !d->task->death->seen.is || !tally_counts(verdict_of(d));
}

static void why_aside_end(void *aside, void *state)
{
	struct why *w = aside, *all = state;

	if (all)
		all->told += w->told;
	for (unsigned i = 0; all && i < LACKS_MOST && w->lack[i].what; i++)
		add_lack(all, w->lack[i].what, w->lack[i].deaths);
	page_fini(&w->pg);
	free(w);
}

static const struct tl_view_aside why_aside = {
	.begin = why_begin,
	.apart = why_apart,
	.end = why_aside_end,
};

const struct tl_view view_why = {
	.name = "why",
	.summary = N_("one line a life: how it died and by whom"),
	.deaths_only = true,
	.aside = &why_aside,
	.begin = why_begin,
	.task = why_task,
	.end = why_end,
};
