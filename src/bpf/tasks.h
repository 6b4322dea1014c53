/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every task of this machine, read by a BPF iterator: what is visible from our pid namespace.
 *
 * Law of this header: a struct tasks holds a program until tasks_close().
 */
#ifndef BPF_TASKS_H
#define BPF_TASKS_H

#include "bpf/task_row.h"
#include "tasklife/err.h"

struct tasks;

/* Why not is a normal case with its reason: no BTF, not permitted, not built in. */
struct tl_err *tasks_open(bool with_stacks, struct tasks **ret);
/* One sweep: `row` is told of each task; false ends it. A row is valid during the call; without
 * stacks it ends before them. */
typedef bool tasks_row_fn(void *ctx, const struct task_row *row);
struct tl_err *tasks_sweep(struct tasks *t, tasks_row_fn *row, void *ctx);
void tasks_close(struct tasks *t);

#endif
