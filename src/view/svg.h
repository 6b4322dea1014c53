/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The picture for documents, from within: rows in the order of the family, each with its ribbon,
 * and the places of things in it. Pixels are those of the picture's own size; whoever shows it
 * scales it.
 */
#ifndef VIEW_SVG_H
#define VIEW_SVG_H

#include "view/ribbon.h"
#include "view/tree.h"

enum {
	SVG_EDGE = 20,	 /* empty around all */
	SVG_NAMES = 260, /* the tree with its names */
	SVG_PLOT = 720,	 /* time: a cell of the scale is a pixel */
	SVG_ENDS = 190,	 /* how they ended */
	SVG_LEFT = SVG_EDGE + SVG_NAMES,
	SVG_WIDTH = SVG_LEFT + SVG_PLOT + SVG_ENDS + SVG_EDGE,
	SVG_HEAD = 104,
	SVG_ROW = 24,
	SVG_BAR = 16,  /* height of one that runs */
	SVG_STEP = 14, /* a generation to the right */
};

struct svg_row {
	uint32_t who; /* in the cast */
	uint32_t branch; /* 0: a root */
	uint32_t parent; /* row + 1; 0 none */
	unsigned depth;
};

struct svg {
	CAST_VIEW;
	struct branches br;
	struct scale scale;
	struct ribbon ribbon;
	VEC(struct svg_row) row;
	struct map row_of; /* life → its row + 1 */
	uint64_t left_out; /* lives without a row */
	tl_ns begin, end;  /* of the trace */
	const struct tl_trailer *trailer;
};

static inline int svg_row_y(uint32_t row) /* its middle */
{
	return SVG_HEAD + (int)row * SVG_ROW + SVG_ROW / 2;
}

/* Text of a page, made safe before, as XML; styles are left out. */
void svg_text(struct out *o, const char *s);
/* What a moment is in pixels from the left. */
double svg_x(const struct svg *v, tl_ns t);

/* svg_ribbon.c: one row's life over time */
void svg_ribbon(struct svg *v, uint32_t row);
/* svg_frame.c: everything that is no row */
void svg_head(struct svg *v);
void svg_foot(struct svg *v);

#endif
