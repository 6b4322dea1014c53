/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in a database beside the lives: the trace itself, where it is blind, what the columns
 * mean; and, when all rows are in, the indexes and the ready questions.
 */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "store/inside.h"

struct question {
	const char *name, *tables, *sql;
};

static const struct question indexes[] = {
#define INDEX(table, columns) {columns, table, NULL},
#define QUESTION(name, tables, sql)
#include "store/questions.def"
#undef INDEX
#undef QUESTION
};

static const struct question questions[] = {
#define INDEX(table, columns)
#define QUESTION(name, tables, sql) {name, tables, sql},
#include "store/questions.def"
#undef INDEX
#undef QUESTION
};

static bool is_table(struct store *st, const char *name, size_t n)
{
	for (unsigned i = 0; i < st->n_tables; i++)
		if (!strncmp(st->table[i].name, name, n) && !st->table[i].name[n])
			return true;
	return n == 6 && !memcmp(name, "stacks", n) && st->stack;
}

static bool all_tables(struct store *st, const char *tables)
{
	for (const char *p = tables; *p;) {
		size_t n = strcspn(p, ",");

		if (!is_table(st, p, n))
			return false;
		p += n + (p[n] == ',');
	}
	return true;
}

static bool put_indexes(struct store *st)
{
	char sql[160];

	for (unsigned i = 0; i < ARRAY_SIZE(indexes); i++) {
		if (!all_tables(st, indexes[i].tables))
			continue;
		snprintf(sql, sizeof(sql), "CREATE INDEX %s_%s ON %s(%s)", indexes[i].tables,
			 indexes[i].name, indexes[i].tables, indexes[i].name);
		if (!store_do(st, sql))
			return false;
	}
	return true;
}

static bool put_questions(struct store *st)
{
	struct out sql;
	bool fine = true;

	out_init(&sql, -1);
	for (unsigned i = 0; fine && i < ARRAY_SIZE(questions); i++) {
		if (!all_tables(st, questions[i].tables))
			continue;
		sql.n = 0;
		out_fmt(&sql, "CREATE VIEW %s AS %s", questions[i].name, questions[i].sql);
		fine = store_do(st, out_text(&sql));
	}
	out_fini(&sql);
	return fine;
}

static void put_text(struct store *st, sqlite3_stmt *stmt, int at, const char *s)
{
	store_text(st, stmt, at, s, s ? strlen(s) : 0);
}

static bool put_meaning(struct store *st, sqlite3_stmt *stmt, const struct table *t,
			const struct flat *f)
{
	put_text(st, stmt, 1, t->name);
	put_text(st, stmt, 2, f->name);
	put_text(st, stmt, 3, t->list == COLUMNS ? columns[f->row].path : items[f->row].key);
	put_text(st, stmt, 4,
		 _(t->list == COLUMNS ? columns[f->row].meaning : items[f->row].meaning));
	return store_step(st, stmt);
}

static bool put_meanings(struct store *st)
{
	sqlite3_stmt *stmt = NULL;
	bool fine = store_do(st, "CREATE TABLE meanings(tbl TEXT, col TEXT, json TEXT, meaning TEXT, PRIMARY KEY(tbl, col))") &&
		    store_prepare(st, "INSERT INTO meanings VALUES(?,?,?,?)", &stmt);

	for (unsigned k = 0; fine && k < st->n_tables; k++)
		for (unsigned i = 0; fine && i < st->table[k].n; i++)
			fine = put_meaning(st, stmt, &st->table[k], &st->table[k].flat[i]);
	sqlite3_finalize(stmt);
	return fine;
}

static void put_ns(sqlite3_stmt *stmt, int at, tl_ns t)
{
	if (t == TL_NS_NONE)
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_int64(stmt, at, t);
}

static void put_count(sqlite3_stmt *stmt, int at, uint64_t n)
{
	if (n > INT64_MAX) /* lost, and nobody knows how many */
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_int64(stmt, at, (int64_t)n);
}

static bool put_trace(struct store *st, const struct store_end *end)
{
	const struct tl_trace_info *info = end->info;
	static const char *const arch[] = {
		[TL_ARCH_X86] = "x86", [TL_ARCH_ARM64] = "arm64", [TL_ARCH_ARM] = "arm"};
	sqlite3_stmt *stmt = NULL;
	bool fine = store_do(st, "CREATE TABLE trace(schema TEXT, format TEXT, clock TEXT, kernel TEXT, arch TEXT, "
				 "cpus INTEGER, first_t_ns INTEGER, last_t_ns INTEGER, events INTEGER, "
				 "lost_events INTEGER, unparsed_lines INTEGER, orphan_stacks INTEGER)") &&
		    store_prepare(st, "INSERT INTO trace VALUES('tasklife/1',?,?,?,?,?,?,?,?,?,?,?)", &stmt);

	if (!fine)
		return false;
	put_text(st, stmt, 1, info->format);
	put_text(st, stmt, 2, info->clock);
	put_text(st, stmt, 3, info->kernel);
	put_text(st, stmt, 4, (unsigned)info->arch < ARRAY_SIZE(arch) ? arch[info->arch] : NULL);
	if (info->cpus > 0)
		sqlite3_bind_int(stmt, 5, info->cpus);
	put_ns(stmt, 6, info->first);
	put_ns(stmt, 7, info->last);
	put_count(stmt, 8, info->records);
	put_count(stmt, 9, info->lost_unknown ? UINT64_MAX : info->lost);
	put_count(stmt, 10, info->unparsed);
	put_count(stmt, 11, end->counts ? end->counts->orphan_stacks : 0);
	fine = store_step(st, stmt);
	sqlite3_finalize(stmt);
	return fine;
}

static bool put_blind(struct store *st, const struct tl_trace_info *info)
{
	sqlite3_stmt *stmt = NULL;
	bool fine = store_do(st, "CREATE TABLE blind(from_ns INTEGER, to_ns INTEGER, cpu INTEGER, why TEXT, lost INTEGER)") &&
		    store_prepare(st, "INSERT INTO blind VALUES(?,?,?,?,?)", &stmt);

	for (unsigned i = 0; fine && i < info->n_blind; i++) {
		const struct tl_blind *b = &info->blind[i];

		put_ns(stmt, 1, b->from);
		put_ns(stmt, 2, b->to);
		if (b->cpu < 0)
			sqlite3_bind_null(stmt, 3);
		else
			sqlite3_bind_int(stmt, 3, b->cpu);
		put_text(st, stmt, 4, b->why);
		put_count(stmt, 5, b->lost);
		fine = store_step(st, stmt);
	}
	sqlite3_finalize(stmt);
	return fine;
}

static bool put_warnings(struct store *st, const struct store_end *end)
{
	sqlite3_stmt *stmt = NULL;
	bool fine = store_do(st, "CREATE TABLE warnings(warning TEXT, tid INTEGER, place INTEGER)") &&
		    store_prepare(st, "INSERT INTO warnings VALUES(?,?,?)", &stmt);

	for (unsigned i = 0; fine && i < end->info->n_warnings; i++) {
		put_text(st, stmt, 1, end->info->warnings[i]);
		fine = store_step(st, stmt);
	}
	for (unsigned i = 0; fine && i < end->n_oddities; i++) {
		put_text(st, stmt, 1, end->oddity[i].what);
		sqlite3_bind_int64(stmt, 2, end->oddity[i].tid);
		put_count(stmt, 3, end->oddity[i].seen.place);
		fine = store_step(st, stmt);
	}
	sqlite3_finalize(stmt);
	return fine;
}

bool report_write(struct store *st, const struct store_end *end)
{
	return put_trace(st, end) && put_blind(st, end->info) && put_warnings(st, end) &&
	       put_meanings(st) && put_indexes(st) && put_questions(st);
}
