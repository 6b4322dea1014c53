/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A stretch of time laid over cells of a terminal. Where nothing happened for much longer than
 * anything took (a night between two runs), the time is cut out: a cell stands for the cut, and
 * both sides keep their detail.
 *
 * Invariants: edge[] ascends; cell c is [edge[c], edge[c + 1]), the last one closed.
 */
#ifndef VIEW_SCALE_H
#define VIEW_SCALE_H

#include "view/cast.h"

#define SCALE_CELLS 1024
#define SCALE_CUTS  6

struct scale {
	int cells;
	tl_ns edge[SCALE_CELLS + 1];
	bool cut[SCALE_CELLS]; /* this cell is time left out */
	tl_ns cell;	       /* length of one that is no cut */
	tl_ns left_out;
};

struct scale_gap {
	tl_ns from, to;
};

/* From t0 to t1 over so many cells. The gaps, in order, are cut out; none, or at most
 * SCALE_CUTS. */
void scale_set(struct scale *s, tl_ns t0, tl_ns t1, int cells, const struct scale_gap *gap,
	       unsigned n_gaps);
/* The cell of a moment, -1 before the first, `cells` behind the last. */
int scale_cell(const struct scale *s, tl_ns t);

/* Gaps of this cast worth cutting out of t0 to t1; false: memory is out. */
bool scale_gaps(const struct cast *c, tl_ns t0, tl_ns t1, struct scale_gap ret[SCALE_CUTS],
		unsigned *ret_n);

/* The axis: round moments since `zero`, where they fit: "│+0.2 s      │+0.4 s". */
const char *scale_axis(struct page *pg, const struct scale *s, tl_ns zero);

#endif
