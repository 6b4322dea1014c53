/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lives in an SQLite database. Tables and their columns come from columns.def: `tasks` has a row
 * per life, every list of objects is a table of its own (execs, signals, evidence ...) that says
 * task and n, stacks are kept once each. Beside them stand `trace`, `blind` and `warnings`, what
 * each column means (`meanings`), and the ready views of questions.def.
 *
 * Law of this header: the file is a database only after store_close() with an end; everything
 * passed in is borrowed.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "tasklife/why.h"

struct store;

/* What is known of the trace as a whole when it was read. */
struct store_end {
	const struct tl_trace_info *info;
	const struct tl_event_counts *counts;
	const struct tl_oddity *oddity;
	unsigned n_oddities;
};

/* path: a file of ours, empty or not there. tables: "tasks,signals", only these; NULL all. */
struct tl_err *store_open(const char *path, const char *tables, struct store **ret);
/* One life. 0, or errno: nothing more can be stored. */
int store_task(struct store *st, const struct tl_told *told);
/* end NULL: whatever is in it is not wanted. Frees in any case. */
struct tl_err *store_close(struct store *st, const struct store_end *end);

#endif
