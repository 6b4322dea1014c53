/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running and sleeping: sums, and the rhythm of sleeps. */
#include <string.h>
#include "base/guard.h"
#include "base/text.h"
#include "base/tongue.h"
#include "view/story.h"

#define RHYTHMS_SHOWN 6

static const char *cpus_text(struct story *st, const struct tl_sched *s)
{
	const char *text = NULL;

	for (unsigned cpu = 0; cpu < 64 * ARRAY_SIZE(s->cpus); cpu++)
		if (s->cpus[cpu / 64] >> (cpu % 64) & 1)
			text = page_join(&st->pg, text, ",", page_fmt(&st->pg, "%u", cpu));
	return text ? text : "?";
}

/* An ordinary sleep needs no word; others are told by their state: uninterruptible, stopped ... */
static const char *sleep_word(struct story *st, char state)
{
	const char *word = state == 'S' ? NULL : tl_state_word(state);

	return word ? page_fmt(&st->pg, " (%s)", _(word)) : "";
}

/* Two durations that read the same. */
static bool same_words(tl_ns a, tl_ns b)
{
	struct out text[2];
	bool same;

	out_init(&text[0], -1);
	out_init(&text[1], -1);
	text_duration(&text[0], a);
	text_duration(&text[1], b);
	same = !strcmp(out_text(&text[0]), out_text(&text[1]));
	out_fini(&text[0]);
	out_fini(&text[1]);
	return same;
}

static void put_rhythm(struct story *st, const struct tl_rhythm *r)
{
	struct page *pg = &st->pg;
	unsigned long long n = r->count;
	const char *text, *least = words_duration(pg, r->min), *most = words_duration(pg, r->max);

	if (r->count == 1)
		text = page_fmt(pg, _("once %1$s"), words_duration(pg, r->sum));
	else if (same_words(r->min, r->max))
		text = page_fmt(pg, _("%1$llu \xc3\x97 sleep of %2$s"), n, least);
	else
		text = page_fmt(pg, _("%1$llu \xc3\x97 sleep of %2$s to %3$s"), n, least, most);
	story_teach_open(st, L_SLEPT);
	page_row(pg, story_label(L_SLEPT), words_time(pg, r->from),
		 page_join(pg, text, "", sleep_word(st, r->state)));
	story_lesson_state(st, r->state);
}

/* The longest in sum, told in the order of time. */
static void put_rhythms(struct story *st, const struct tl_sched *s)
{
	unsigned most = st->pg.opts.all ? s->n_rhythms : RHYTHMS_SHOWN, left = 0;
	uint64_t hidden = s->rhythms_more;

	for (unsigned i = 0; i < s->n_rhythms; i++) {
		unsigned longer = 0;

		for (unsigned k = 0; k < s->n_rhythms; k++)
			longer += s->rhythm[k].sum > s->rhythm[i].sum ||
				  (s->rhythm[k].sum == s->rhythm[i].sum && k < i);
		if (longer < most)
			put_rhythm(st, &s->rhythm[i]);
		else
			left++, hidden += s->rhythm[i].count;
	}
	if (hidden)
		story_row(st, L_SLEPT, NULL,
		    page_fmt(&st->pg, _("and %1$llu shorter sleeps"), (unsigned long long)hidden));
}

void story_sched(struct story *st, const struct tl_sched *s)
{
	struct page *pg = &st->pg;

	if (!s->any)
		return;
	if (!s->run && !s->wait && !s->sleep && !s->stopped) {
		story_row(st, L_RAN, NULL,
		    page_fmt(pg, _("on CPU %1$s; for how long was not seen"), cpus_text(st, s)));
		return;
	}
	story_row(st, L_RAN, NULL,
	    page_fmt(pg, _("%1$s on CPU %2$s, %3$s waiting for a CPU, %4$s asleep"),
		     words_duration(pg, s->run), cpus_text(st, s), words_duration(pg, s->wait),
		     words_duration(pg, s->sleep)));
	page_row(pg, NULL, NULL,
		 page_fmt(pg, _("switches %1$llu, preemptions %2$llu, migrations %3$llu"),
			  (unsigned long long)s->switches, (unsigned long long)s->preemptions,
			  (unsigned long long)s->migrations));
	story_lesson(st, TOPIC_EVENT, "sched_switch");
	if (s->preemptions)
		story_lesson(st, TOPIC_HOW, "R+");
	if (s->migrations)
		story_lesson(st, TOPIC_EVENT, "sched_migrate_task");
	if (s->stopped)
		page_row(pg, NULL, NULL,
			 page_fmt(pg, _("%1$s stopped or traced"), words_duration(pg, s->stopped)));
	put_rhythms(st, s);
}
