/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writer of side facts; the form is documented in side.md.
 *
 *	struct side_line l;
 *	side_begin(&l, "exit");
 *	side_int(&l, "tid", 42);
 *	side_put(&side, &l);
 *
 * Lines may be put from several threads at once: each is one write(2).
 */
#ifndef RECORD_SIDE_H
#define RECORD_SIDE_H

#include "tracefs/instance.h"

#define SIDE_MAX 1000 /* trace_marker cut writes at 1 KB up to v6.8 */

struct side {
	int fd; /* trace_marker; -1: not to be had, lines are dropped */
};

struct side_line {
	size_t n;
	char text[SIDE_MAX + 1];
};

struct tl_err *side_open(struct tfs_instance *inst, struct side *ret);
void side_close(struct side *s);

void side_begin(struct side_line *l, const char *kind);
void side_int(struct side_line *l, const char *key, int64_t v);
void side_text(struct side_line *l, const char *key, const char *s, size_t n);
/* False when the kernel did not take it. */
bool side_put(struct side *s, const struct side_line *l);

/* /proc told: every task that lives now. */
void side_census(struct side *s);
/* A task's command line and control group, where they can be read. */
void side_cmd(struct side *s, tl_pid tid);
void side_cgroup(struct side *s, tl_pid tid);
/* One from its arguments with a NUL behind each. False: there are none, as of a kernel thread. */
bool side_args(struct side_line *l, tl_pid tid, const char *args, size_t n);
/* The command line of one that we start ourselves: it may be over before /proc could be asked. */
void side_argv(struct side *s, tl_pid tid, char *const argv[]);

#endif
