/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waits beside a flight recorder for the death that ends it. A process of its own, because it
 * records too (the rare events, read as they come), and instances and their journal are one set a
 * process.
 */
#ifndef CMD_SENTINEL_H
#define CMD_SENTINEL_H

#include <pthread.h>
#include "base/out.h"
#include "cmd/capture.h"
#include "why/cond.h"

struct sentinel {
	int pid; /* 0: none */
	int said; /* a byte when it is ready; then of the death its tl_ns, and its words */
	struct tl_recorder *rec;
	pthread_t guard;
	bool guarded;
};

/* Ready when this returns. Before anything of ours has threads or instances. */
struct tl_err *sentinel_start(const struct capture_opts *how, const char *expr,
			      struct sentinel *ret);
/* When the death has come the recorder is told when, and then, or when it can no longer be waited
 * for, capture_stop(). s stays where it is. */
struct tl_err *sentinel_guard(struct sentinel *s, struct tl_recorder *rec);
/* Ends it; *ret_death the death in words, to be freed, NULL: it did not come. */
struct tl_err *sentinel_end(struct sentinel *s, char **ret_death);

/* watch.c: the sentinel's own work; into fd a byte when it is ready, and at once when the death was
 * and what it is in words. */
struct tl_err *sentinel_watch(const struct capture_opts *how, const struct cond *until, int fd);

#endif
