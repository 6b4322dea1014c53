/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of facts without its objects, for csv and for tables: a task that is referred to takes
 * two columns (its tid and its comm), a stack two as well (put right, and as the trace said it).
 *
 * Law of this header: constants; a piece borrows from the cell it was taken of.
 */
#ifndef COLUMNS_FLAT_H
#define COLUMNS_FLAT_H

#include "columns/columns.h"

enum flat_piece { FLAT_WHOLE, FLAT_TID, FLAT_COMM, FLAT_RAW };

struct flat {
	unsigned row; /* of columns, or of items */
	enum flat_piece piece;
	enum column_kind kind;
	enum column_type type; /* of what stands there: never REF */
	char name[40];
};

#define FLAT_MAX 160

/* Of a task, without its lists of objects where `lists` is false; how many. */
unsigned flat_task(struct flat ret[FLAT_MAX], bool lists);
/* Of the objects in a list. */
unsigned flat_items(unsigned column, struct flat ret[FLAT_MAX]);
/* The piece of a whole cell: a number or a text instead of a task. Stacks and lists stay what
 * they are. */
static inline struct cell flat_cell(const struct flat *f, const struct cell *whole)
{
	const struct tl_ref *ref = whole->u.ref;

	if (whole->kind != CELL_REF)
		return *whole;
	if (f->piece == FLAT_TID)
		return (struct cell){CELL_INT, 0, {.i = ref->tid}};
	return ref->comm ? (struct cell){CELL_TEXT, ref->comm->len, {.s = ref->comm->s}}
			 : (struct cell){CELL_NULL, 0, {0}};
}

#endif
