/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which lives are meant: one sub-table of options for every view and export. A life must fit every
 * kind of selector given; of one kind, any of its values will do.
 */
#ifndef CMD_SELECTORS_H
#define CMD_SELECTORS_H

#include "base/args.h"
#include "tasklife/view.h"
#include "why/cond.h"

struct selectors {
	struct opt_list pid, comm, cause;
	const char *since, *until;
	const char *when; /* of `why` alone */
	bool all;
};
extern const struct opt selector_opts[];        /* of lives */
extern const struct opt record_selector_opts[]; /* of records: without --cause and --all */

/* A moment of the trace's clock, or counted from its first record. */
struct moment {
	bool given, relative;
	tl_ns t;
};

struct select {
	tl_pid pid[OPT_LIST_MAX];
	bool pid_seen[OPT_LIST_MAX];
	bool comm_seen[OPT_LIST_MAX];
	const struct selectors *from;
	struct moment since, until;
	struct cond when;
};

/* Wrong usage (no number, no time, no such cause) is answered here, before anything is read. */
struct tl_err *select_init(struct select *sel, const struct selectors *from);
/* t0: the trace's first time. Also notes which of the tasks asked for exist at all; several threads
 * may ask at once. */
bool select_task(struct select *sel, const struct tl_task *task, tl_ns t0);
bool select_cause(const struct select *sel, const struct tl_told *told);
/* Is anything chosen by name, number or cause? */
bool select_names(const struct select *sel);
bool select_time(const struct select *sel, tl_ns from, tl_ns to, tl_ns t0);
/* The moments asked for, as the trace counts, into the options of a view. */
void select_window(const struct select *sel, tl_ns t0, struct tl_view_opts *opts);
/* An error for the first task asked for that the trace does not have; NULL when all were seen. */
struct tl_err *select_missing(const struct select *sel);

#endif
