/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Schema and rows, from columns.def. A task's row holds its cells; a list of objects has a table of
 * its own, whose rows say task and n; a list of plain values is JSON in its cell; a stack is kept
 * once, and its id stands for it.
 */
#include <string.h>
#include "base/guard.h"
#include "columns/as_json.h"
#include "store/inside.h"

static const char *sql_type(const struct flat *f)
{
	return f->type == COLUMN_TEXT ? "TEXT" : "INTEGER";
}

/* Stacks are ids here, so that what the trace said of one has no column of its own. */
static unsigned without_raw(struct flat *flat, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++)
		if (flat[i].piece != FLAT_RAW)
			flat[kept++] = flat[i];
	return kept;
}

static bool create(struct store *st, struct table *t)
{
	struct out o;
	bool fine, tasks = t->list == COLUMNS;

	out_init(&o, -1);
	out_fmt(&o, "CREATE TABLE %s(%s", t->name,
		tasks ? "id INTEGER PRIMARY KEY" : "task INTEGER NOT NULL REFERENCES tasks(id), n INTEGER NOT NULL");
	for (unsigned i = 0; i < t->n; i++)
		out_fmt(&o, ",\n %s %s%s", t->flat[i].name, sql_type(&t->flat[i]),
			t->flat[i].type == COLUMN_STACK ? " REFERENCES stacks(id)" : "");
	out_str(&o, ")");
	fine = store_do(st, out_text(&o));
	o.n = 0;
	out_fmt(&o, "INSERT INTO %s VALUES(?%s", t->name, tasks ? "" : ",?");
	for (unsigned i = 0; i < t->n; i++)
		out_str(&o, ",?");
	out_str(&o, ")");
	fine = fine && store_prepare(st, out_text(&o), &t->insert);
	out_fini(&o);
	return fine;
}

static bool add_table(struct store *st, const char *name, unsigned list)
{
	struct table *t = &st->table[st->n_tables];

	if (!store_has(st, name))
		return true;
	if (st->n_tables == TABLES_MAX)
		return false;
	st->n_tables++;
	t->name = name;
	t->list = list;
	t->n = list == COLUMNS ? flat_task(t->flat, false) : flat_items(list, t->flat);
	t->n = without_raw(t->flat, t->n);
	return create(st, t);
}

bool tables_create(struct store *st)
{
	bool fine = add_table(st, "tasks", COLUMNS);

	for (unsigned i = 0; fine && i < COLUMNS; i++)
		if (columns[i].kind == COLUMN_LIST)
			fine = add_table(st, columns[i].sql, i);
	if (fine && store_has(st, "stacks"))
		fine = store_do(st, "CREATE TABLE stacks(id INTEGER PRIMARY KEY, functions TEXT NOT NULL, raw TEXT NOT NULL)") &&
		       store_prepare(st, "INSERT INTO stacks VALUES(?,?,?)", &st->stack);
	return fine;
}

void tables_fini(struct store *st)
{
	for (unsigned i = 0; i < st->n_tables; i++)
		sqlite3_finalize(st->table[i].insert);
	sqlite3_finalize(st->stack);
}

static void bind_json(struct store *st, sqlite3_stmt *stmt, int at, size_t from)
{
	sqlite3_bind_text64(stmt, at, st->text.buf + from, st->text.n - from, SQLITE_STATIC,
			    SQLITE_UTF8);
}

/* The id of a stack, which gets its row when it is met first. 0: stacks are not kept. */
static int64_t stack_id(struct store *st, const struct tl_stack *stack)
{
	struct cell c = {CELL_STACK, 0, {.stack = stack}};
	uintptr_t id = (uintptr_t)map_get(&st->stacks, (uintptr_t)stack);
	struct json j;
	size_t raw;

	if (id || !st->stack)
		return (int64_t)id;
	id = ++st->n_stacks;
	if (!map_put(&st->stacks, (uintptr_t)stack, (void *)id)) {
		st->failed = SQLITE_NOMEM;
		return 0;
	}
	st->text.n = 0;
	json_init(&j, &st->text);
	columns_put(&j, NULL, 0, &c, NULL);
	raw = st->text.n;
	json_init(&j, &st->text);
	columns_put_raw(&j, NULL, &c);
	sqlite3_bind_int64(st->stack, 1, (int64_t)id);
	sqlite3_bind_text64(st->stack, 2, st->text.buf, raw, SQLITE_STATIC, SQLITE_UTF8);
	bind_json(st, st->stack, 3, raw);
	store_step(st, st->stack);
	return (int64_t)id;
}

static void bind_plain(struct store *st, sqlite3_stmt *stmt, int at, const struct flat *f,
		       const struct cell *c, const struct tl_told *told)
{
	struct json j;

	st->text.n = 0;
	json_init(&j, &st->text);
	columns_put(&j, NULL, f->row, c, told);
	if (st->text.n == 4 && !memcmp(st->text.buf, "null", 4))
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_text64(stmt, at, st->text.buf, st->text.n, SQLITE_TRANSIENT,
				    SQLITE_UTF8);
}

static void bind_int(struct table *t, int at, int64_t i)
{
	struct bound *b = &t->bound[at];

	if (b->kind == BOUND_INT && b->i == i)
		return;
	*b = (struct bound){BOUND_INT, i};
	sqlite3_bind_int64(t->insert, at, i);
}

static void bind_null(struct table *t, int at)
{
	if (t->bound[at].kind != BOUND_NULL)
		sqlite3_bind_null(t->insert, at);
	t->bound[at].kind = BOUND_NULL;
}

static void bind_cell(struct store *st, struct table *t, int at, const struct flat *f,
		      const struct cell *whole, const struct tl_told *told)
{
	struct cell c = flat_cell(f, whole);

	switch (c.kind) {
	case CELL_INT: bind_int(t, at, c.u.i); return;
	case CELL_BOOL: bind_int(t, at, c.u.b); return;
	case CELL_TEXT: store_text(st, t->insert, at, c.u.s, c.n); break;
	case CELL_PLAIN: bind_plain(st, t->insert, at, f, &c, told); break;
	case CELL_STACK:
		c.u.i = stack_id(st, c.u.stack);
		if (c.u.i)
			bind_int(t, at, c.u.i);
		else
			bind_null(t, at);
		return;
	default: bind_null(t, at); return;
	}
	t->bound[at].kind = BOUND_OTHER;
}

static bool put_task(struct store *st, struct table *t, const struct cell *cells,
		     const struct tl_told *told)
{
	sqlite3_bind_int64(t->insert, 1, st->task);
	for (unsigned i = 0; i < t->n; i++)
		bind_cell(st, t, (int)i + 2, &t->flat[i], &cells[t->flat[i].row], told);
	return store_step(st, t->insert);
}

static bool put_item(struct store *st, struct table *t, unsigned n, const struct tl_told *told)
{
	struct cell whole = {CELL_NULL, 0, {0}};

	sqlite3_bind_int64(t->insert, 1, st->task);
	sqlite3_bind_int64(t->insert, 2, n);
	for (unsigned i = 0; i < t->n; i++) {
		if (t->flat[i].piece != FLAT_COMM) /* the second piece of the cell before */
			whole = items[t->flat[i].row].get(told, n);
		bind_cell(st, t, (int)i + 3, &t->flat[i], &whole, told);
	}
	return store_step(st, t->insert);
}

bool tables_task(struct store *st, const struct tl_told *told)
{
	struct cell cells[COLUMNS];

	columns_cells(told, cells);
	for (unsigned k = 0; k < st->n_tables; k++) {
		struct table *t = &st->table[k];

		if (t->list == COLUMNS) {
			if (!put_task(st, t, cells, told))
				return false;
			continue;
		}
		for (unsigned i = 0; cells[t->list].kind == CELL_LIST && i < cells[t->list].n; i++)
			if (!put_item(st, t, i, told))
				return false;
	}
	return true;
}
