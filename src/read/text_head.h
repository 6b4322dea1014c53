/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One line of a trace: the columns in front, then the name of what happened.
 */
#ifndef READ_TEXT_HEAD_H
#define READ_TEXT_HEAD_H

#include "tasklife/read.h"

enum head_found {
	HEAD_NONE,   /* prose */
	HEAD_BROKEN, /* columns of a record, but it cannot be read */
	HEAD_OK,
};

struct head_extra {
	const char *dash;     /* the '-' between comm and pid */
	struct tl_str buffer; /* "lives" of "lives:  bash-12 [000] ..." (trace-cmd report) */
};

/* Everything up to the name and the name itself: fills comm, pid, tgid, cpu, ctx, preempt, t and
 * what text_name() fills. */
enum head_found text_head(struct tl_str line, struct tl_record *ret, struct head_extra *ret_extra);

/* "name: payload", "func <-parent", "<stack trace>" ...: fills kind, name, payload, ip, parent and,
 * for system calls, row. False when nothing of ours stands there. */
bool text_name(const char *p, const char *end, struct tl_record *ret);

/* "6400.733066:" or "123456:" at *p, which moves behind it. */
bool text_stamp(const char **p, const char *end, tl_ns *ret);

/* The context column: false when these characters are none. */
bool text_flags(const char *p, const char *end, struct tl_record *ret);

#endif
