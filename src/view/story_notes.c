/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Footnotes of the story: the records that what it tells rests on, each told once. */
#include "base/tongue.h"
#include "view/story.h"

static unsigned note_of(struct story *st, const struct tl_seen *seen,
			const struct tl_atom *function)
{
	for (unsigned i = 0; i < st->n_notes; i++)
		if (st->note[i].seen.place == seen->place && st->note[i].seen.kind == seen->kind &&
		    st->note[i].seen.t == seen->t)
			return i + 1;
	if (st->n_notes == NOTES_MAX)
		return 0;
	st->note[st->n_notes] = (struct tl_evidence){*seen, function};
	return ++st->n_notes;
}

static const char *note_mark(struct story *st, unsigned n)
{
	if (st->pg.marks)
		return page_mark(&st->pg, &(struct mark){.kind = MARK_NOTE, .n = n});
	return page_fmt(&st->pg, ST_DIM "[%u]" ST_OFF, n);
}

/* The text with the marks of its footnotes behind it: what was seen, and what a verdict rests on.
 * Each mark stands once. */
const char *noted_all(struct story *st, const char *text, const struct tl_seen *seen,
		      const struct tl_finding *f)
{
	uint64_t marks = 0;

	if (seen->is)
		marks |= 1ull << note_of(st, seen, NULL);
	for (unsigned i = 0; f && i < f->n_evidence; i++)
		marks |= 1ull << note_of(st, &f->evidence[i].seen, f->evidence[i].function);
	for (unsigned n = 1; n <= NOTES_MAX; n++)
		if (marks >> n & 1)
			text = page_join(&st->pg, text, " ", note_mark(st, n));
	return text;
}

const char *noted(struct story *st, const char *text, const struct tl_seen *seen)
{
	return noted_all(st, text, seen, NULL);
}

static const char *note_text(struct story *st, const struct tl_evidence *e, const struct tl_told *d)
{
	bool binary = d->info && d->info->format && !strncmp(d->info->format, "trace.dat", 9);
	const char *what =
		e->function ? words_name(&st->pg, e->function) : tl_ev_name(e->seen.kind);
	const char *time = words_seen(&st->pg, &e->seen);
	unsigned long long place = e->seen.place;

	if (d->unkept)
		return page_fmt(&st->pg, "%s %s", time, what);
	return binary ? page_fmt(&st->pg, _("%1$s %2$s, byte %3$llu"), time, what, place)
		      : page_fmt(&st->pg, _("%1$s %2$s, line %3$llu"), time, what, place);
}

void story_notes(struct story *st, const struct tl_told *d)
{
	for (unsigned i = 0; i < st->n_notes; i++) {
		const struct tl_evidence *e = &st->note[i];

		story_teach_open(st, LABELS);
		page_line(&st->pg, 7,
			  page_fmt(&st->pg, "  " ST_DIM "[%u] %s" ST_OFF, i + 1,
				   note_text(st, e, d)));
		if (e->function)
			story_lesson_function(st, e->function);
		else
			story_lesson(st, TOPIC_EVENT, tl_ev_name(e->seen.kind));
	}
	story_teach_close(st);
	st->n_notes = 0;
}
