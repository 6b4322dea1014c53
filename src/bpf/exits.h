/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The exit status of every task that dies while this is open, by a small BPF program.
 *
 * Law of this header: a struct exits holds a program attached to the kernel until exits_close(); the kernel
 * drops it with the process, however that ends.
 */
#ifndef BPF_EXITS_H
#define BPF_EXITS_H

#include "tasklife/err.h"

struct exits;

struct exits_death {
	tl_ns t; /* CLOCK_MONOTONIC */
	tl_pid tid, tgid;
	int32_t status; /* what wait would report: exit code << 8, or signal, or signal | 0x80 */
};

/* Why not is a normal case with its reason: no BTF, not permitted, not built in. */
struct tl_err *exits_open(struct exits **ret);
/* To poll: readable when somebody died. -1 none. */
int exits_fd(const struct exits *x);
/* Hand over what died since the last call, in order; at most what is there now. */
void exits_take(struct exits *x, void (*each)(void *ctx, const struct exits_death *d), void *ctx);
/* Deaths the ring had no room for. */
uint64_t exits_lost(const struct exits *x);
void exits_close(struct exits *x);

/* Which kernel type information is there: its path, NULL none. */
const char *exits_btf(void);

#endif
