/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kernel symbols as text: "name+0x8/0x1610 [module] <address>", and the lines of a stack.
 */
#ifndef READ_TEXT_FRAME_H
#define READ_TEXT_FRAME_H

#include "tasklife/read.h"

/* The symbol at p; where it ends, or NULL when none stands there. */
const char *text_symbol(const char *p, const char *end, struct tl_rawframe *ret);

/* A line " => symbol", with a pasted line number before and a remark behind it if need be. */
bool text_frame_line(struct tl_str line, struct tl_rawframe *ret);

/* The CPU a symbol belongs to, where only one has it. */
enum tl_arch text_frame_arch(const struct tl_rawframe *frame);

/* Behind a line number somebody pasted in front ("26034:", "26034 "), else p. */
const char *text_skip_number(const char *p, const char *end);

#endif
