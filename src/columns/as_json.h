/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A life as JSON, and the JSON value of a cell: the same there and in the flat forms (csv, tables),
 * which keep a list as its JSON in one cell. Keys are literals or NULL, as in base/json.h.
 */
#ifndef COLUMNS_AS_JSON_H
#define COLUMNS_AS_JSON_H

#include "base/json.h"
#include "columns/columns.h"

/* All members of one life's object. */
void columns_task(struct json *j, const struct tl_told *told);
/* Writes nothing for CELL_ABSENT and CELL_THERE. A stack is written as its names, put right. */
void columns_put(struct json *j, const char *key, unsigned column, const struct cell *c,
		 const struct tl_told *told);
/* The frames as the trace said them; nothing for a stack that is not there. */
void columns_put_raw(struct json *j, const char *key, const struct cell *c);

#endif
