/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include "base/guard.h"
#include "columns/flat.h"

static unsigned add(struct flat *ret, unsigned n, struct flat f, const char *sql,
		    const char *suffix)
{
	if (n == FLAT_MAX)
		return n;
	snprintf(f.name, sizeof(f.name), "%s%s", sql, suffix);
	ret[n] = f;
	return n + 1;
}

/* A row's columns: one, or the two pieces of a task or a stack. */
static unsigned add_row(struct flat *ret, unsigned n, unsigned row, enum column_kind kind,
			enum column_type type, const char *sql)
{
	struct flat f = {.row = row, .piece = FLAT_WHOLE, .kind = kind, .type = type};

	if (type == COLUMN_REF) {
		f.piece = FLAT_TID;
		f.type = COLUMN_INT;
		n = add(ret, n, f, sql, "_tid");
		f.piece = FLAT_COMM;
		f.type = COLUMN_TEXT;
		return add(ret, n, f, sql, "_comm");
	}
	n = add(ret, n, f, sql, "");
	if (type != COLUMN_STACK)
		return n;
	f.piece = FLAT_RAW;
	return add(ret, n, f, sql, "_raw");
}

unsigned flat_task(struct flat ret[FLAT_MAX], bool lists)
{
	unsigned n = 0;

	for (unsigned i = 0; i < COLUMNS; i++) {
		const struct column *c = &columns[i];

		if (c->kind != COLUMN_OBJECT && (lists || c->kind != COLUMN_LIST))
			n = add_row(ret, n, i, c->kind, c->type, c->sql);
	}
	return n;
}

unsigned flat_items(unsigned column, struct flat ret[FLAT_MAX])
{
	unsigned n = 0;

	items_of(column, it)
		n = add_row(ret, n, it, COLUMN_CELL, items[it].type, items[it].sql);
	return n;
}
