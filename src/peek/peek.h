/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of this room. */
#ifndef PEEK_PEEK_H
#define PEEK_PEEK_H

#include "peek/types.h"
#include "tasklife/peek.h"

/* A new row, nothing known of it; NULL when memory is out. */
struct tl_peek_task *peek_add(struct tl_peek *p);
/* After the last row: one row per task, in order, relatives ready to be found. */
struct tl_err *peek_sort(struct tl_peek *p);
/* The rows that /proc has. */
struct tl_err *peek_proc_sweep(struct tl_peek *p);

struct tl_peek_types {
	struct types *types;
	bool have[TL_TASK_FIELDS];
	struct types_path path[TL_TASK_FIELDS];
};

#endif
