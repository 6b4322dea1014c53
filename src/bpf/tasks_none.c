/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same doors where the program was built without BPF. */
#include <errno.h>
#include "bpf/refusal.h"
#include "bpf/tasks.h"

struct tl_err *tasks_open(bool with_stacks, struct tasks **ret)
{
	return tasks_refused(ENOTSUP);
}

struct tl_err *tasks_sweep(struct tasks *t, tasks_row_fn *row, void *ctx)
{
	return tasks_refused(ENOTSUP);
}

void tasks_close(struct tasks *t)
{
}
