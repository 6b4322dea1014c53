/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stacks that were met before. A trace shows the same few hundred over and over, as the same lines:
 * the lines are the key, and their frames are cut once.
 */
#ifndef READ_TEXT_STACKS_H
#define READ_TEXT_STACKS_H

#include "base/arena.h"
#include "base/map.h"
#include "tasklife/read.h"

struct kept_stack {
	struct kept_stack *next; /* with the same hash */
	size_t n;		 /* bytes of its lines */
	const char *bytes;
	unsigned lines, n_frames;
	const struct tl_rawframe *frame; /* they point into bytes */
};

struct text_stacks {
	struct map by_hash;
	struct arena mem;
	size_t kept; /* bytes of it, about */
};

/* One frame line without its end; *ret_keep: the frame is to be given out. False: it is none. */
typedef bool (*stack_line)(struct tl_str line, struct tl_rawframe *ret, bool *ret_keep);

void stacks_init(struct text_stacks *s);
void stacks_fini(struct text_stacks *s);
/*
 * The stack of these n bytes, which are whole lines. NULL: one of them is no frame, or too much is
 * kept already: memory does not follow the length of a trace that never repeats itself.
 */
const struct kept_stack *stacks_of(struct text_stacks *s, const char *bytes, size_t n,
				   stack_line take);

#endif
