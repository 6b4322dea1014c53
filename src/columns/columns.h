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

enum column_kind { COLUMN_CELL, COLUMN_OBJECT, COLUMN_LIST, COLUMN_PLAIN };
enum column_type { COLUMN_NS, COLUMN_INT, COLUMN_BOOL, COLUMN_TEXT, COLUMN_REF, COLUMN_STACK };

enum cell_kind {
	CELL_ABSENT, /* cannot apply: left out */
	CELL_NULL,   /* not seen */
	CELL_INT,
	CELL_BOOL,
	CELL_TEXT,
	CELL_REF,
	CELL_STACK,
	CELL_THERE, /* of objects */
	CELL_LIST,  /* n objects: ask their items */
	CELL_PLAIN, /* columns_plain() writes it */
};

/* Two words, so that it is returned in registers: a life has some eighty of them. */
struct cell {
	enum cell_kind kind;
	unsigned n; /* bytes of a text, objects of a list */
	union {
		int64_t i;
		bool b;
		const char *s;
		const struct tl_ref *ref;
		const struct tl_stack *stack;
	} u;
};

enum column_id {
#define OBJECT(id, path, state, meaning)            COL_##id,
#define COLUMN(id, path, sql, type, value, meaning) COL_##id,
#define LIST(id, path, size, meaning)                 COL_##id,
#define ITEM(list, id, key, sql, type, value, meaning)
#define PLAIN(id, path, meaning) COL_##id,
#include "columns/columns.def"
#include "columns/undef.h"
	COLUMNS,
};

enum item_id {
#define OBJECT(id, path, state, meaning)
#define COLUMN(id, path, sql, type, value, meaning)
#define LIST(id, path, size, meaning)                    FIRST_##id, BEFORE_##id = FIRST_##id - 1,
#define ITEM(list, id, key, sql, type, value, meaning) ITEM_##list##_##id,
#define PLAIN(id, path, meaning)
#include "columns/columns.def"
#include "columns/undef.h"
	ITEMS,
};

struct column {
	enum column_kind kind;
	const char *path; /* "birth.t_ns" */
	const char *key;  /* "t_ns": the last part of path */
	unsigned depth;   /* objects around it */
	const char *sql;  /* its name where there are no objects; NULL of objects */
	enum column_type type;
	const char *meaning; /* msgid */
	struct cell (*get)(const struct tl_told *told);
	unsigned item; /* of a list: the first of its items */
};

/* A cell of the objects in a list. */
struct item {
	unsigned list; /* enum column_id */
	const char *key, *sql;
	enum column_type type;
	const char *meaning;
	struct cell (*get)(const struct tl_told *told, unsigned i);
};

extern const struct column columns[COLUMNS];
extern const struct item items[ITEMS];

#define items_of(column, it)                                                                       \
	for (unsigned it = columns[column].item; it < ITEMS && items[it].list == (column); it++)

#define DOT(path) __builtin_strchr(path, '.')
#define KEY_OF(path)                                                                               \
	(!DOT(path) ? path : !DOT(DOT(path) + 1) ? DOT(path) + 1 : DOT(DOT(path) + 1) + 1)
#define DEPTH_OF(path) (!DOT(path) ? 0 : !DOT(DOT(path) + 1) ? 1 : 2)

/* Every cell of one life, in order; what lies in an object that is null is absent. */
void columns_cells(const struct tl_told *told, struct cell ret[COLUMNS]);

#endif
