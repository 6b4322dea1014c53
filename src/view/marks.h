/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Marks: what changes from life to life in a sentence (names, tasks, times, call paths, footnotes)
 * stands beside it instead of in it. What is left is one of few sentences, which a view that
 * carries both languages stores once; and a task in it can be a link. On a terminal there are no
 * marks: then words are written out.
 *
 * In the text a mark is MARK_ON, the kind, its index in decimal, MARK_OFF. Names with control bytes
 * never stand in such a text themselves, so nothing foreign looks like a mark.
 *
 * Law of this header: marks borrow what they point to, for as long as the life is being told.
 */
#ifndef VIEW_MARKS_H
#define VIEW_MARKS_H

#include "base/vec.h"
#include "tasklife/why.h"

#define MARK_ON	 '\x0e'
#define MARK_OFF '\x0f'

enum mark_kind {
	MARK_NAME = 's',
	MARK_TASK = 'r',
	MARK_TIME = 't',
	MARK_DURATION = 'd',
	MARK_PATH = 'k',
	MARK_NOTE = 'e',   /* a footnote's number */
	MARK_NUMBER = 'n', /* any other number; found in the finished sentence */
};

struct mark {
	enum mark_kind kind;
	int64_t n; /* ns, number */
	const struct tl_atom *name;
	struct tl_ref ref;
	const struct tl_stack *stack;
};

struct marks {
	VEC(struct mark) v;
};

#endif
