/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A life as JSON: cells as values, in their nested objects. Lists of objects come from their ITEM
 * rows; lists of plain names or numbers have a function here each, found by the column.
 */
#include <string.h>
#include "base/guard.h"
#include "columns/as_json.h"

static void plain_comms(struct json *j, const char *key, const struct tl_told *d)
{
	json_arr(j, key);
	for (unsigned i = 0; i < d->task->n_comms; i++)
		json_atom(j, NULL, d->task->comms[i]);
	json_end_arr(j);
}

#define CSIGNAL_MASK 0x7full /* the exit signal */

static void put_unnamed_flag(struct json *j, unsigned bit)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", 1ull << bit);
	json_str(j, NULL, text);
}

static void plain_clone_flags(struct json *j, const char *key, const struct tl_told *d)
{
	const struct tl_birth *b = &d->task->birth;

	if (!b->flags_known) {
		json_null(j, key);
		return;
	}
	json_arr(j, key);
	for (uint64_t left = b->clone_flags & ~CSIGNAL_MASK; left; left &= left - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(left);
		const char *name = tl_clone_flag_name(bit);

		if (name)
			json_str(j, NULL, name);
		else
			put_unnamed_flag(j, bit);
	}
	json_end_arr(j);
}

static void plain_threads(struct json *j, const char *key, const struct tl_told *d)
{
	const struct tl_process *p = d->task->process;

	json_arr(j, key);
	for (unsigned i = 0; p && i < p->n_threads; i++)
		json_int(j, NULL, p->thread[i]);
	json_end_arr(j);
}

static void plain_cpus(struct json *j, const char *key, const struct tl_told *d)
{
	const struct tl_sched *s = d->task->sched;

	json_arr(j, key);
	for (unsigned i = 0; i < ARRAY_SIZE(s->cpus); i++)
		for (uint64_t left = s->cpus[i]; left; left &= left - 1)
			json_int(j, NULL, 64 * i + (unsigned)__builtin_ctzll(left));
	json_end_arr(j);
}

/* ---- keys, as they are written ---- */

#define WRITTEN(path)                                                                              \
	{path "\":", sizeof(path) - 1 - __builtin_strlen(KEY_OF(path)),                            \
	 __builtin_strlen(KEY_OF(path)) + 2}

static const struct json_key keys[COLUMNS] = {
#define OBJECT(id, path, state, meaning)	    WRITTEN(path),
#define COLUMN(id, path, sql, type, value, meaning) WRITTEN(path),
#define LIST(id, path, size, meaning)		    WRITTEN(path),
#define ITEM(list, id, key, sql, type, value, meaning)
#define PLAIN(id, path, meaning) WRITTEN(path),
#include "columns/columns.def"
#include "columns/undef.h"
};

static const struct json_key item_keys[ITEMS] = {
#define OBJECT(id, path, state, meaning)
#define COLUMN(id, path, sql, type, value, meaning)
#define LIST(id, path, size, meaning)
#define ITEM(list, id, key, sql, type, value, meaning) WRITTEN(key),
#define PLAIN(id, path, meaning)
#include "columns/columns.def"
#include "columns/undef.h"
};

/* ---- values ---- */

typedef void (*plain_fn)(struct json *j, const char *key, const struct tl_told *d);
static const plain_fn plain[COLUMNS] = {
#define OBJECT(id, path, state, meaning)
#define COLUMN(id, path, sql, type, value, meaning)
#define LIST(id, path, size, meaning)
#define ITEM(list, id, key, sql, type, value, meaning)
#define PLAIN(id, path, meaning) [COL_##id] = plain_##id,
#include "columns/columns.def"
#include "columns/undef.h"
};

static void put_ref(struct json *j, const char *key, const struct tl_ref *ref)
{
	static const struct json_key tid = WRITTEN("tid"), comm = WRITTEN("comm");

	json_obj(j, key);
	json_key(j, &tid);
	json_int(j, NULL, ref->tid);
	json_key(j, &comm);
	json_atom(j, NULL, ref->comm);
	json_end_obj(j);
}

static void put_stack(struct json *j, const char *key, const struct tl_stack *stack)
{
	json_arr(j, key);
	for (unsigned i = 0; i < stack->n; i++)
		json_atom(j, NULL, stack->frame[i].name);
	json_end_arr(j);
}

void columns_put_raw(struct json *j, const char *key, const struct cell *c)
{
	if (c->kind != CELL_STACK)
		return;
	json_arr(j, key);
	for (unsigned i = 0; i < c->u.stack->n_raw; i++)
		json_atom(j, NULL, c->u.stack->raw[i]);
	json_end_arr(j);
}

/* A cell with its key; absent ones leave nothing. */
static void put_member(struct json *j, const struct json_key *key, unsigned column,
		       const struct cell *c, const struct tl_told *told)
{
	if (c->kind == CELL_ABSENT)
		return;
	json_key(j, key);
	columns_put(j, NULL, column, c, told);
	if (c->kind == CELL_STACK)
		columns_put_raw(j, "stack_raw", c);
}

static void put_list(struct json *j, const char *key, unsigned column, unsigned n,
		     const struct tl_told *told)
{
	json_arr(j, key);
	for (unsigned i = 0; i < n; i++) {
		json_obj(j, NULL);
		items_of(column, it) {
			struct cell c = items[it].get(told, i);

			put_member(j, &item_keys[it], column, &c, told);
		}
		json_end_obj(j);
	}
	json_end_arr(j);
}

void columns_put(struct json *j, const char *key, unsigned column, const struct cell *c,
		 const struct tl_told *told)
{
	switch (c->kind) {
	case CELL_ABSENT:
	case CELL_THERE: return;
	case CELL_NULL: json_null(j, key); return;
	case CELL_INT: json_int(j, key, c->u.i); return;
	case CELL_BOOL: json_bool(j, key, c->u.b); return;
	case CELL_TEXT: json_strn(j, key, c->u.s, c->n); return;
	case CELL_REF: put_ref(j, key, c->u.ref); return;
	case CELL_STACK: put_stack(j, key, c->u.stack); return;
	case CELL_LIST: put_list(j, key, column, c->n, told); return;
	case CELL_PLAIN: plain[column](j, key, told); return;
	}
}

/* What is open closes before a row that stands less deep. */
void columns_task(struct json *j, const struct tl_told *told)
{
	struct cell cells[COLUMNS];
	unsigned open = 0;

	columns_cells(told, cells);
	for (unsigned i = 0; i < COLUMNS; i++) {
		if (cells[i].kind == CELL_ABSENT)
			continue;
		for (; open > columns[i].depth; open--)
			json_end_obj(j);
		if (cells[i].kind != CELL_THERE) {
			put_member(j, &keys[i], i, &cells[i], told);
			continue;
		}
		json_key(j, &keys[i]);
		json_obj(j, NULL);
		open++;
	}
	while (open--)
		json_end_obj(j);
}
