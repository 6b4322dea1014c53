/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stacks that were met before. A trace shows the same few hundred over and over, as the same lines:
 * the lines are the key, and their frames are cut once. And what a CPU does it does again in the
 * same order: mostly the stack behind one is that which stood behind it the last time, and to see
 * that takes one comparison.
 */
#ifndef READ_TEXT_STACKS_H
#define READ_TEXT_STACKS_H

#include "base/arena.h"
#include "base/map.h"
#include "tasklife/read.h"

struct kept_stack {
	struct kept_stack *next; /* with the same hash */
	struct kept_stack *then; /* which came behind it last */
	size_t n;                /* bytes of its lines */
	const char *bytes;
	unsigned lines, n_frames;
	const struct tl_rawframe *frame; /* they point into bytes */
};

enum { STACKS_CPUS = 16 };

struct text_stacks {
	struct map by_hash;
	struct kept_stack *last[STACKS_CPUS]; /* of the CPUs whose numbers have the same rest */
	struct arena mem;
	size_t kept; /* bytes of it, about */
};

/* How a tool writes stacks. */
struct stack_form {
	/* Does a line that begins here belong to a stack? */
	bool (*begins)(const char *p);
	/* Does a line that begins here surely not, nor is it anything that a stack goes on behind?
	 */
	bool (*ends)(const char *p, const char *end);
	/* One line without its end; *ret_keep: its frame is to be given out. False: it is none. */
	bool (*take)(struct tl_str line, struct tl_rawframe *ret, bool *ret_keep);
};

void stacks_init(struct text_stacks *s);
void stacks_fini(struct text_stacks *s);
/*
 * The stack of this CPU whose lines begin at p, with its end in sight before `end`, behind which
 * newlines stand (text_lines.h). NULL: it has to be read line by line. One of its lines is no
 * frame, or what stands behind them does not show that they are all, or too much is kept already:
 * memory does not follow the length of a trace that never repeats itself.
 */
const struct kept_stack *stacks_at(struct text_stacks *s, const struct stack_form *form, int cpu,
				   const char *p, const char *end);

#endif
