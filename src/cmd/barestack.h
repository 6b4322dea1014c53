/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call stacks as people keep them in notes: one frame per line, with prose, markdown and comments
 * around, and sometimes a blank line between all lines. No record says which event they belong to.
 */
#ifndef CMD_BARESTACK_H
#define CMD_BARESTACK_H

#include "tasklife/read.h"

#define BARE_FRAMES_MOST 128

struct bare_stack {
	struct tl_rawframe frame[BARE_FRAMES_MOST]; /* pointing into the text */
	unsigned n;
	uint64_t first_line, last_line;
};

struct bare_reader {
	const char *p, *end;
	uint64_t line;
};

void bare_init(struct bare_reader *r, const char *text, size_t n);
/* 1: a stack; 0: the end of the text. */
int bare_next(struct bare_reader *r, struct bare_stack *ret);

#endif
