/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A life as a ribbon of cells: what it was doing, most of the time that a cell stands for, and
 * marks for what happened to it. One character a cell, told apart without colour too.
 */
#ifndef VIEW_RIBBON_H
#define VIEW_RIBBON_H

#include "view/scale.h"

enum ribbon_mark {
	RIBBON_NONE,
	RIBBON_EXEC,
	RIBBON_SIGNAL,
	RIBBON_BORN,
	RIBBON_ENDED,
	RIBBON_KILLED,
	RIBBON_MARKS
};

struct ribbon_cell {
	tl_ns what[TL_DOINGS];
	tl_ns deep;  /* of sleeping: uninterruptible */
	bool alive;  /* in a part of it at least */
	bool doubt;  /* records were lost that could tell otherwise */
	uint8_t mark; /* enum ribbon_mark; the weightiest */
};

struct ribbon {
	struct ribbon_cell cell[SCALE_CELLS];
	unsigned lives; /* more than one: folded, without marks */
};

void ribbon_clear(struct ribbon *r, const struct scale *s);
/* One more life into it. begin, end: of the trace, for lives whose birth or death was not seen. */
void ribbon_add(struct ribbon *r, const struct scale *s, const struct cast_life *life, tl_ns begin,
		tl_ns end);
/* What the last one has been doing since, where its segments do not tell it yet. */
void ribbon_doing(struct ribbon *r, const struct scale *s, const struct tl_segment *doing);
/* Losses put what they could have changed in doubt. */
void ribbon_doubt(struct ribbon *r, const struct scale *s, const struct cast_life *life,
		  const struct tl_blind *blind, unsigned n_blind);
/* The cells as text with styles. */
const char *ribbon_text(struct page *pg, const struct ribbon *r, const struct scale *s);
/* What the characters mean, one line. */
const char *ribbon_legend(struct page *pg, bool cuts);

#endif
