/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store from within: one table per list of columns.def, and how a row is put into one. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <sqlite3.h>
#include "base/map.h"
#include "base/out.h"
#include "columns/flat.h"
#include "store/store.h"

#define TABLES_MAX 12

struct table {
	const char *name;
	unsigned list; /* the LIST of columns.def it holds; COLUMNS: the tasks themselves */
	sqlite3_stmt *insert;
	/* What each parameter is bound to now: from life to life most stay as they were, and
	 * binding again is wasted. */
	struct bound {
		enum { BOUND_NULL, BOUND_INT, BOUND_OTHER } kind;
		int64_t i;
	} bound[FLAT_MAX + 2];
	struct flat flat[FLAT_MAX];
	unsigned n;
};

struct store {
	sqlite3 *db;
	int failed; /* the first result that was not SQLITE_OK */
	int os;     /* errno with it, or 0 */
	char *path, *only;
	struct table table[TABLES_MAX]; /* tasks first */
	unsigned n_tables;
	sqlite3_stmt *stack;
	struct map stacks; /* struct tl_stack * → its id */
	uint64_t n_stacks;
	int64_t task; /* id of the life being stored */
	struct out text; /* of what must be written before it is bound */
};

/* Was this table asked for? */
bool store_has(const struct store *st, const char *table);
/* One statement without a result; false: failed. */
bool store_do(struct store *st, const char *sql);
bool store_prepare(struct store *st, const char *sql, sqlite3_stmt **ret);
/* Insert what is bound. */
bool store_step(struct store *st, sqlite3_stmt *stmt);
/* Text of any bytes: what is no UTF-8 becomes U+FFFD, as in JSON. NULL p binds NULL. */
void store_text(struct store *st, sqlite3_stmt *stmt, int at, const char *p, size_t n);

/* tables.c */
bool tables_create(struct store *st);
bool tables_task(struct store *st, const struct tl_told *told);
void tables_fini(struct store *st);
/* report.c: what is known of the trace, what the columns mean, indexes and views */
bool report_write(struct store *st, const struct store_end *end);

#endif
