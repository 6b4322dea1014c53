/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The texts of two trace_pipes become one, in order of time, each record behind the name of its
 * buffer, as in the report of trace-cmd:
 *
 *	family:                             sh-2124    [002] d..2.  6400.733066: sched_switch: ...
 *
 * Law of this header: what was added is handed on by weave_until() once, records older than the
 * time it is given first; whoever calls it has read both pipes until there was nothing more.
 */
#ifndef RECORD_WEAVE_H
#define RECORD_WEAVE_H

#include "base/out.h"
#include "base/vec.h"
#include "tasklife/facts.h"

struct weave_piece { /* a record with the lines that belong to it, a loss before it too */
	tl_ns t;
	size_t at, n; /* in the text */
};

struct weave_from {
	const char *name;
	VEC(char) begun;	 /* a line whose end is not there yet */
	VEC(char) open;		 /* a piece that may go on */
	tl_ns t;		 /* of the open piece; TL_NS_NONE: its record is still to come */
	VEC(tl_ns) cpu;		 /* the last record of each */
	tl_ns newest;		 /* record of all */
};

struct weave {
	struct weave_from from[2];
	VEC(char) text;
	VEC(struct weave_piece) piece;
	tl_ns tick; /* the youngest tick that was added; TL_NS_NONE: none */
	bool starved; /* memory ran out: something is missing */
};

void weave_init(struct weave *w, const char *first, const char *second);
void weave_fini(struct weave *w);
void weave_add(struct weave *w, unsigned from, const char *text, size_t n);
/* All records up to t, into `to`. */
void weave_until(struct weave *w, tl_ns t, struct out *to);
bool weave_holds(const struct weave *w);

#endif
