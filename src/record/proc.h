/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking /proc. */
#ifndef RECORD_PROC_H
#define RECORD_PROC_H

#include "tasklife/types.h"

/* Every entry of a directory that is a number: the processes of /proc, the threads of
 * /proc/PID/task. */
void proc_each(const char *dir, void (*each)(void *ctx, long n), void *ctx);

/* Do we count tasks as the kernel does? Not inside a pid namespace. */
bool proc_counts_as_kernel(void);

#endif
