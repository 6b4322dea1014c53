/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stories in both languages. Each life is told twice, once in each, with marks for what changes
 * (marks.h). The two texts of a row then are one sentence of the page's table, with numbered slots;
 * a story is the number of its form (which sentences, in which order) and the values of all slots.
 * Lives that went alike share their form.
 *
 *	sentence  label, its Korean, "t" when it has a time, kinds of its slots, text, its Korean;
 *		  SPLIT between
 *	slot      MARK_ON, its number among the row's slots, MARK_OFF
 */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "view/html.h"

#define SPLIT	   "\x1e"
/* of one row: only names a task bore can be more, and then the last are left out */
#define SLOTS_MAX  512
#define DIGITS_MAX 15  /* what a number of JavaScript holds exactly */

struct told_row {
	const char *label, *time, *text;
};
typedef VEC(struct told_row) rows_of;

struct telling {
	struct page_taker taker;
	rows_of rows;
	struct marks marks;
};

/* What a row's slots hold, in order of their numbers. */
struct slots {
	struct mark v[SLOTS_MAX];
	long from[SLOTS_MAX]; /* number of the life's mark; -1: a number found in the text */
	unsigned n;
	uint8_t used[SLOTS_MAX]; /* by the second language */
};

struct html_stories {
	struct story story;
	struct telling told[2];
	struct slots slots;
	struct out sentence, form, values; /* of one life */
	struct out chunk, notes;
	unsigned n;
	uint64_t from;
};

static void take_row(struct page_taker *to, const char *label, const char *time, const char *text)
{
	struct telling *t = container_of(to, struct telling, taker);
	struct told_row *row = vec_push(&t->rows);

	if (row)
		*row = (struct told_row){label, time, text};
}

struct html_stories *html_stories_new(struct out *o, const struct tl_view_opts *opts)
{
	struct html_stories *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	page_init(&s->story.pg, o, opts);
	s->told[0].taker.row = s->told[1].taker.row = take_row;
	out_init(&s->sentence, -1);
	out_init(&s->form, -1);
	out_init(&s->values, -1);
	out_init(&s->chunk, -1);
	out_init(&s->notes, -1);
	return s;
}

void html_stories_free(struct html_stories *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < ARRAY_SIZE(s->told); i++) {
		vec_fini(&s->told[i].rows);
		vec_fini(&s->told[i].marks.v);
	}
	page_fini(&s->story.pg);
	out_fini(&s->sentence);
	out_fini(&s->form);
	out_fini(&s->values);
	out_fini(&s->chunk);
	out_fini(&s->notes);
	free(s);
}

static void tell_in(struct html_stories *s, enum tongue tongue, const struct tl_told *d)
{
	struct telling *t = &s->told[tongue == TONGUE_KO];

	t->rows.n = t->marks.v.n = 0;
	s->story.n_notes = 0;
	s->story.pg.taker = &t->taker;
	s->story.pg.marks = &t->marks;
	tongue_set(tongue);
	story_rows(&s->story, d);
}

/* ---- a sentence from a row's text ---- */

static void put_slot(struct out *o, unsigned slot)
{
	out_fmt(o, "%c%u%c", MARK_ON, slot, MARK_OFF);
}

/* The slot of one of the life's marks; a new one when it has none in this row. */
static int slot_of_mark(struct slots *sl, const struct telling *t, long mark)
{
	for (unsigned i = 0; i < sl->n; i++)
		if (sl->from[i] == mark)
			return (int)i;
	if (sl->n == SLOTS_MAX || mark < 0 || (size_t)mark >= t->marks.v.n)
		return -1;
	sl->v[sl->n] = t->marks.v.v[mark];
	sl->from[sl->n] = mark;
	return (int)sl->n++;
}

/* The other language may have the same numbers in another order: each takes one that is not
 * taken yet. */
static int slot_of_number(struct slots *sl, int64_t n)
{
	for (unsigned i = 0; i < sl->n; i++)
		if (sl->from[i] < 0 && sl->v[i].n == n && !sl->used[i]) {
			sl->used[i] = 1;
			return (int)i;
		}
	if (sl->n == SLOTS_MAX)
		return -1;
	sl->v[sl->n] = (struct mark){.kind = MARK_NUMBER, .n = n};
	sl->from[sl->n] = -1;
	sl->used[sl->n] = 1;
	return (int)sl->n++;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c | 0x20) == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Digits that are a number of their own: not part of a name such as SIGUSR1 or 0x10. 0: none
 * begins here. */
static size_t number_at(const char *text, const char *p)
{
	size_t n = 0;

	if (p > text && (is_word(p[-1]) || p[-1] == '.'))
		return 0;
	while (is_digit(p[n]))
		n++;
	if (n > DIGITS_MAX || is_word(p[n]) || (n > 1 && *p == '0'))
		return 0;
	return n;
}

static void put_sentence(struct out *o, struct slots *sl, const struct telling *t, const char *text)
{
	memset(sl->used, 0, sizeof(sl->used[0]) * sl->n);
	for (const char *p = text; *p;) {
		size_t n = number_at(text, p);
		char *end;
		int slot = -1;

		if (*p == MARK_ON && p[1]) {
			slot = slot_of_mark(sl, t, strtol(p + 2, &end, 10));
			p = *end ? end + 1 : end;
		} else if (n) {
			slot = slot_of_number(sl, strtoll(p, NULL, 10));
			p += n;
		} else {
			out_char(o, *p++);
			continue;
		}
		if (slot >= 0)
			put_slot(o, (unsigned)slot);
	}
}

static void put_value(struct out *o, struct html_tables *tb, const struct mark *m, tl_ns t0)
{
	out_char(o, ',');
	switch (m->kind) {
	case MARK_NAME: html_put_name(tb, o, m->name); return;
	case MARK_TASK: html_put_ref(tb, o, &m->ref); return;
	case MARK_TIME: html_put_time(o, m->n, t0); return;
	case MARK_PATH: html_put_stack(tb, o, m->stack); return;
	case MARK_DURATION:
	case MARK_NOTE:
	case MARK_NUMBER: out_i64(o, m->n); return;
	}
}

/* The time stands first among the values. */
static void put_row(struct html_stories *s, struct html_tables *tb, const struct told_row *en,
		    const struct told_row *ko, tl_ns t0)
{
	struct slots *sl = &s->slots;
	struct out *o = &s->sentence;
	bool timed = en->time && *en->time;
	struct out texts;

	sl->n = 0;
	out_init(&texts, -1);
	if (timed)
		slot_of_mark(sl, &s->told[0], strtol(en->time + 2, NULL, 10));
	put_sentence(&texts, sl, &s->told[0], en->text ? en->text : "");
	out_str(&texts, SPLIT);
	put_sentence(&texts, sl, &s->told[1], ko->text ? ko->text : "");
	o->n = 0;
	out_fmt(o, "%s" SPLIT "%s" SPLIT "%s" SPLIT, en->label ? en->label : "",
		ko->label ? ko->label : "", timed ? "t" : "");
	for (unsigned i = 0; i < sl->n; i++)
		out_char(o, (char)sl->v[i].kind);
	out_str(o, SPLIT);
	out_mem(o, texts.buf, texts.n);
	if (s->form.n)
		out_char(&s->form, ',');
	out_u64(&s->form, html_strings_add(tb, &tb->sentences, o->buf, o->n));
	for (unsigned i = 0; i < sl->n; i++)
		put_value(&s->values, tb, &sl->v[i], t0);
	out_fini(&texts);
}

/* ---- the life ---- */

/* time, event, place */
static void put_notes(struct html_stories *s, struct html_tables *tb, const struct tl_told *d,
		      tl_ns t0)
{
	struct out *o = &s->notes;

	out_str(o, s->n ? ",[" : "[");
	for (unsigned i = 0; i < s->story.n_notes; i++) {
		const struct tl_evidence *e = &s->story.note[i];
		const char *event = tl_ev_name(e->seen.kind);

		if (i)
			out_char(o, ',');
		html_put_time(o, e->seen.t, t0);
		out_fmt(o, ",%u,",
			e->function ? html_name_of(tb, e->function)
				    : html_name_of_text(tb, (struct tl_str){event, strlen(event)}));
		if (d->unkept)
			out_str(o, "null");
		else
			out_u64(o, e->seen.place);
	}
	out_char(o, ']');
}

void html_stories_add(struct html_stories *s, struct html_tables *tb, const struct tl_told *d,
		      tl_ns t0)
{
	rows_of *en = &s->told[0].rows, *ko = &s->told[1].rows;
	enum tongue chosen = tongue_now();

	page_reset(&s->story.pg);
	tell_in(s, TONGUE_KO, d);
	tell_in(s, TONGUE_EN, d);
	tongue_set(chosen);
	s->form.n = s->values.n = 0;
	for (size_t i = 0; i < en->n; i++)
		put_row(s, tb, &en->v[i], i < ko->n ? &ko->v[i] : &en->v[i], t0);
	out_fmt(&s->chunk, "%s[%u", s->n ? "," : "", html_strings_add(tb, &tb->forms, s->form.n ? s->form.buf : "", s->form.n));
	out_mem(&s->chunk, s->values.buf, s->values.n);
	out_char(&s->chunk, ']');
	put_notes(s, tb, d, t0);
	s->n++;
}

void html_stories_put(struct html_stories *s, struct out *o)
{
	out_fmt(o, "<script type=\"application/json\" data-is=\"stories\">{\"from\":%llu,\"n\":%u,\"stories\":[",
		(unsigned long long)s->from, s->n);
	out_mem(o, s->chunk.buf, s->chunk.n);
	out_str(o, "],\"notes\":[");
	out_mem(o, s->notes.buf, s->notes.n);
	out_str(o, "]}</script>\n");
	if (s->chunk.os || s->notes.os)
		o->os = s->chunk.os ? s->chunk.os : s->notes.os;
	s->from += s->n;
	s->n = 0;
	s->chunk.n = s->notes.n = 0;
}
