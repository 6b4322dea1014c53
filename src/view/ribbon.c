/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "view/ribbon.h"

/* What is drawn for what; a style, then one character of one cell. */
struct sign {
	const char *text;
	const char *says; /* msgid; NULL: not in the legend */
};
static const struct sign state_sign[TL_DOINGS] = {
	[TL_RUNNING] = {ST_GOOD "\xe2\x96\x88",
			N_("running")},		 /* █, lower where it ran a part of the time */
	[TL_RUNNABLE] = {ST_WARN "\xe2\x96\x92", N_("waiting for a CPU")}, /* ▒ */
	[TL_SLEEPING] = {ST_DIM "\xe2\x94\x80", N_("sleeping")},		 /* ─ */
	[TL_STOPPED] = {ST_WARN "T", N_("stopped")},
	[TL_ZOMBIE] = {ST_BAD "Z", N_("zombie")},
};
static const struct sign deep_sign = {ST_DIM "\xe2\x95\x90", N_("uninterruptible")}; /* ═ */
static const struct sign unseen_sign = {ST_DIM "\xc2\xb7", N_("alive, not recorded")}; /* · */
static const struct sign doubt_sign = {ST_BAD "?", N_("records were lost")};
static const struct sign cut_sign = {ST_DIM "\xe2\x95\xb1", N_("time left out")}; /* ╱ */
static const struct sign mark_sign[RIBBON_MARKS] = {
	[RIBBON_EXEC] = {ST_COOL "\xe2\x97\x86", N_("exec")},	  /* ◆ */
	[RIBBON_SIGNAL] = {ST_WARN "!", N_("signal")},
	[RIBBON_BORN] = {ST_BOLD "\xe2\x94\x9c", N_("born")},	  /* ├ */
	[RIBBON_ENDED] = {ST_BOLD "\xe2\x94\xa4", N_("ended")}, /* ┤ */
	[RIBBON_KILLED] = {ST_BAD "\xe2\x9c\x97", N_("killed")},  /* ✗ */
};

void ribbon_clear(struct ribbon *r, const struct scale *s)
{
	memset(r->cell, 0, (size_t)s->cells * sizeof(*r->cell));
	r->lives = 0;
}

/* The part of [from, to) that lies in a cell. */
static tl_ns overlap(const struct scale *s, int cell, tl_ns from, tl_ns to)
{
	tl_ns a = s->edge[cell] > from ? s->edge[cell] : from,
	      b = s->edge[cell + 1] < to ? s->edge[cell + 1] : to;

	return b > a ? b - a : 0;
}

/* First and last cell that a stretch of time touches; false: none. */
static bool cells_of(const struct scale *s, tl_ns from, tl_ns to, int *ret_first, int *ret_last)
{
	int first = scale_cell(s, from), last = scale_cell(s, to);

	if (last < 0 || first >= s->cells)
		return false;
	*ret_first = first < 0 ? 0 : first;
	*ret_last = last < s->cells ? last : s->cells - 1;
	return true;
}

static void add_segment(struct ribbon *r, const struct scale *s, const struct tl_segment *seg)
{
	int first, last;

	if (!cells_of(s, seg->from, seg->to, &first, &last))
		return;
	for (int c = first; c <= last; c++) {
		tl_ns ns = overlap(s, c, seg->from, seg->to);

		r->cell[c].what[seg->what] += ns;
		r->cell[c].deep += seg->letter == 'D' ? ns : 0;
		r->cell[c].alive |= ns > 0;
	}
}

static void put_mark(struct ribbon *r, const struct scale *s, tl_ns t, enum ribbon_mark mark)
{
	int c = t == TL_NS_NONE ? -1 : scale_cell(s, t);

	if (c < 0 || c >= s->cells)
		return;
	r->cell[c].alive = true;
	if (r->cell[c].mark < mark)
		r->cell[c].mark = (uint8_t)mark;
}

void ribbon_add(struct ribbon *r, const struct scale *s, const struct cast_life *life, tl_ns begin,
		tl_ns end)
{
	tl_ns from = life->born != TL_NS_NONE || begin == TL_NS_NONE ? life->from : begin;
	tl_ns to = life->dead || !life->deaths_seen || end == TL_NS_NONE ? life->to : end;
	const struct tl_segment *segment;
	int first, last;
	size_t n;

	r->lives++;
	if (from != TL_NS_NONE && to != TL_NS_NONE &&
	    cells_of(s, from, life->dead ? life->died : to, &first, &last))
		for (int c = first; c <= last; c++)
			r->cell[c].alive = true;
	segment = cast_segments(life, &n);
	for (size_t i = 0; i < n; i++)
		add_segment(r, s, &segment[i]);
	for (unsigned i = 0; i < life->n_marks; i++)
		put_mark(r, s, life->mark[i].t,
			 life->mark[i].kind == CAST_EXEC ? RIBBON_EXEC : RIBBON_SIGNAL);
	put_mark(r, s, life->born, RIBBON_BORN);
	put_mark(r, s, life->died, life->signal ? RIBBON_KILLED : RIBBON_ENDED);
}

void ribbon_doing(struct ribbon *r, const struct scale *s, const struct tl_segment *doing)
{
	add_segment(r, s, doing);
}

/* In cells where it lives: those whose own time is in doubt. */
void ribbon_doubt(struct ribbon *r, const struct scale *s, const struct cast_life *life,
		  const struct tl_blind *blind, unsigned n_blind)
{
	const struct tl_segment *segment;
	size_t n;

	segment = cast_segments(life, &n);
	for (unsigned i = 0; i < n_blind; i++) {
		const struct tl_blind *b = &blind[i];
		int first, last;

		if (!cells_of(s, b->from == TL_NS_NONE ? s->edge[0] : b->from,
			      b->to == TL_NS_NONE ? s->edge[s->cells] : b->to, &first, &last))
			continue;
		for (size_t k = 0; k < n; k++) {
			int from, to;

			if (!tl_segment_doubtful(&segment[k], b) ||
			    !cells_of(s, segment[k].from, segment[k].to, &from, &to))
				continue;
			for (int c = from > first ? from : first; c <= to && c <= last; c++)
				r->cell[c].doubt = true;
		}
		for (int c = first; !n && c <= last; c++)
			r->cell[c].doubt = true;
	}
}

/* ---- drawing ---- */

/* Eight heights; whoever ran at all is seen. */
static const char *height(tl_ns part, tl_ns whole)
{
	static const char *const block[] = {
		ST_GOOD "\xe2\x96\x81", ST_GOOD "\xe2\x96\x82", ST_GOOD "\xe2\x96\x83",
		ST_GOOD "\xe2\x96\x84", ST_GOOD "\xe2\x96\x85", ST_GOOD "\xe2\x96\x86",
		ST_GOOD "\xe2\x96\x87", ST_GOOD "\xe2\x96\x88",
	};
	double share = whole > 0 ? (double)part / (double)whole : 1;
	int i = (int)(share * 8);

	return block[i < 0 ? 0 : i > 7 ? 7 : i];
}

static const char *sign_of(const struct ribbon *r, const struct scale *s, int c)
{
	const struct ribbon_cell *cell = &r->cell[c];
	enum tl_doing most = TL_RUNNABLE;

	if (s->cut[c])
		return cell->alive ? cut_sign.text : " ";
	if (cell->mark && r->lives == 1)
		return mark_sign[cell->mark].text;
	if (!cell->alive)
		return " ";
	if (cell->doubt)
		return doubt_sign.text;
	for (enum tl_doing d = TL_RUNNABLE; d < TL_DOINGS; d++)
		most = cell->what[d] > cell->what[most] ? d : most;
	if (cell->what[TL_RUNNING] &&
	    (most != TL_RUNNABLE || cell->what[TL_RUNNING] >= cell->what[TL_RUNNABLE]))
		return height(cell->what[TL_RUNNING], s->edge[c + 1] - s->edge[c]);
	if (!cell->what[most])
		return unseen_sign.text;
	return most == TL_SLEEPING && cell->deep * 2 > cell->what[TL_SLEEPING]
		       ? deep_sign.text
		       : state_sign[most].text;
}

const char *ribbon_text(struct page *pg, const struct ribbon *r, const struct scale *s)
{
	/* a style, three bytes and ST_OFF a cell at most */
	char *text = arena_alloc(&pg->mem, (size_t)s->cells * 5 + 1), *p = text, style = 0;

	if (!text)
		return "";
	for (int c = 0; c < s->cells; c++) {
		const char *sign = sign_of(r, s, c);
		char next = page_is_style(*sign) ? *sign++ : 0;

		if (next != style && style)
			*p++ = *ST_OFF;
		if (next != style && next)
			*p++ = next;
		style = next;
		p = stpcpy(p, sign);
	}
	if (style)
		*p++ = *ST_OFF;
	*p = 0;
	return text;
}

/* A sign and what it means stay on one line: their blanks are such as no line breaks at. */
static const char *explain(struct page *pg, const char *text, const struct sign *sign)
{
	const char *says = _(sign->says), *word;
	const char *one = page_fmt(pg, "%s" ST_OFF, sign->text);

	for (; *says; says = *word ? word + 1 : word) {
		word = says + strcspn(says, " ");
		one = page_fmt(pg, "%s\xc2\xa0%.*s", one, (int)(word - says), says);
	}
	return page_join(pg, text, "  ", one);
}

const char *ribbon_legend(struct page *pg, bool cuts)
{
	const char *text = NULL;

	for (int i = 0; i < TL_DOINGS; i++) {
		text = explain(pg, text, &state_sign[i]);
		if (i == TL_SLEEPING)
			text = explain(pg, text, &deep_sign);
	}
	text = explain(pg, text, &unseen_sign);
	text = explain(pg, text, &doubt_sign);
	for (int i = RIBBON_MARKS; --i > RIBBON_NONE;)
		text = explain(pg, text, &mark_sign[i]);
	return cuts ? explain(pg, text, &cut_sign) : text;
}
