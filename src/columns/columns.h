/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of facts (columns.def) as data: what a task's line consists of, whoever draws or stores
 * it.
 *
 * Law of this header: cells borrow from the struct tl_told they were made of; rows are constants.
 */
#ifndef COLUMNS_COLUMNS_H
#define COLUMNS_COLUMNS_H

#include "tasklife/why.h"

enum column_kind { COLUMN_CELL, COLUMN_OBJECT, COLUMN_PART };
enum column_type { COLUMN_NS, COLUMN_INT, COLUMN_BOOL, COLUMN_TEXT, COLUMN_REF };

enum cell_kind {
	CELL_ABSENT, /* cannot apply: left out */
	CELL_NULL,   /* not seen */
	CELL_INT,
	CELL_BOOL,
	CELL_TEXT,
	CELL_REF,
	CELL_THERE, /* of objects */
};

struct cell {
	enum cell_kind kind;
	union {
		int64_t i;
		bool b;
		struct tl_str s;
		const struct tl_ref *ref;
	} u;
};

enum column_id {
#define OBJECT(id, path, state, meaning)            COL_##id,
#define COLUMN(id, path, sql, type, value, meaning) COL_##id,
#define PART(id, path, meaning)                     COL_##id,
#include "columns/columns.def"
#undef OBJECT
#undef COLUMN
#undef PART
	COLUMNS,
};

struct column {
	enum column_kind kind;
	const char *path; /* "birth.t_ns" */
	const char *key;  /* "t_ns": the last part of path */
	unsigned depth;   /* objects around it */
	const char *sql;  /* NULL unless a cell */
	enum column_type type;
	const char *meaning;                            /* msgid */
	struct cell (*get)(const struct tl_told *told); /* NULL for parts */
};

extern const struct column columns[COLUMNS];

#endif
