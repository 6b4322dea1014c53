/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waits beside a flight recorder for the death that ends it. A process of its own, because it
 * records too (the rare events, read as they come), and instances and their journal are one set a
 * process.
 */
#ifndef CMD_SENTINEL_H
#define CMD_SENTINEL_H

#include "base/out.h"
#include "cmd/capture.h"
#include "why/cond.h"

struct sentinel {
	int pid; /* 0: none */
	int said; /* what it says: a byte when it is ready, then the death in words */
};

/* Ready when this returns. Before anything of ours has threads or instances. */
struct tl_err *sentinel_start(const struct capture_opts *how, const char *expr,
			      struct sentinel *ret);
/* capture_stop() when the death has come, or can no longer be waited for. */
struct tl_err *sentinel_guard(struct sentinel *s);
/* Ends it; *ret_death the death in words, to be freed, NULL: it did not come. */
struct tl_err *sentinel_end(struct sentinel *s, char **ret_death);

/* watch.c: the sentinel's own work; into fd a byte when it is ready, and the death in words at
 * once. */
struct tl_err *sentinel_watch(const struct capture_opts *how, const struct cond *until, int fd);

#endif
