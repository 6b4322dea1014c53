/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The database itself: opened for one writer who either finishes or throws all away, so without a
 * journal and without waiting for the disk; everything is one transaction, indexes and views
 * come last.
 */
#include <errno.h>
#include <string.h>
#include "base/guard.h"
#include "base/utf8.h"
#include "store/inside.h"

#define APPLICATION 0x746c6966 /* "tlif", for file(1) */

static const char *const settings[] = {
	"PRAGMA page_size=16384",   "PRAGMA journal_mode=OFF",     "PRAGMA synchronous=OFF",
	"PRAGMA temp_store=MEMORY", "PRAGMA locking_mode=EXCLUSIVE", "PRAGMA cache_size=-16384",
	"PRAGMA encoding='UTF-8'",  "PRAGMA application_id=1953261926", "PRAGMA user_version=1",
	"BEGIN",
};
_Static_assert(APPLICATION == 1953261926, "as the pragma says it");

static bool note(struct store *st, int result)
{
	if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW)
		return true;
	if (!st->failed) {
		st->failed = result;
		st->os = result == SQLITE_FULL	  ? ENOSPC
			 : result == SQLITE_NOMEM ? ENOMEM
			 : st->db		  ? sqlite3_system_errno(st->db)
						  : 0;
		if (!st->os)
			st->os = EIO;
	}
	return false;
}

bool store_do(struct store *st, const char *sql)
{
	return note(st, sqlite3_exec(st->db, sql, NULL, NULL, NULL));
}

bool store_prepare(struct store *st, const char *sql, sqlite3_stmt **ret)
{
	return note(st, sqlite3_prepare_v3(st->db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL));
}

bool store_step(struct store *st, sqlite3_stmt *stmt)
{
	return note(st, sqlite3_step(stmt)) && note(st, sqlite3_reset(stmt));
}

/* Bytes that are well-formed from the start; n when all are. */
static size_t sound(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		unsigned len = (unsigned char)p[i] < 0x80 ? 1 : utf8_len(p + i, n - i);

		if (!len)
			break;
		i += len;
	}
	return i;
}

void store_text(struct store *st, sqlite3_stmt *stmt, int at, const char *p, size_t n)
{
	if (!p) {
		sqlite3_bind_null(stmt, at);
		return;
	}
	if (sound(p, n) == n) {
		sqlite3_bind_text64(stmt, at, p, n, SQLITE_STATIC, SQLITE_UTF8);
		return;
	}
	st->text.n = 0;
	while (n) {
		size_t good = sound(p, n);

		out_mem(&st->text, p, good);
		if (good < n)
			out_mem(&st->text, "\xef\xbf\xbd", 3);
		good += good < n;
		p += good;
		n -= good;
	}
	sqlite3_bind_text64(stmt, at, out_text(&st->text), st->text.n, SQLITE_TRANSIENT,
			    SQLITE_UTF8);
}

bool store_has(const struct store *st, const char *table)
{
	size_t n = strlen(table);

	for (const char *p = st->only; p && *p;) {
		size_t word = strcspn(p, ",");

		if (word == n && !memcmp(p, table, n))
			return true;
		p += word + (p[word] == ',');
	}
	return !st->only;
}

static struct tl_err *error_of(const struct store *st)
{
	struct tl_err *err = tl_err_os(st->os, N_("cannot write the database"), NULL, st->path);

	if (!err || st->os != EIO || !st->failed)
		return err;
	return tl_err_cause(err, N_("SQLite: %s"), sqlite3_errstr(st->failed));
}

static void store_free(struct store *st)
{
	tables_fini(st);
	sqlite3_close(st->db);
	map_fini(&st->stacks);
	out_fini(&st->text);
	free(st->path);
	free(st->only);
	free(st);
}

/* A word of --tables that is no table is a slip, and told as one. */
static struct tl_err *check_tables(const struct store *st)
{
	for (const char *p = st->only; p && *p;) {
		size_t word = strcspn(p, ",");
		auto_free char *name = strndup(p, word);
		bool known = false;

		if (!name)
			return &tl_enomem;
		known = !strcmp(name, "tasks") || !strcmp(name, "stacks");
		for (unsigned i = 0; i < COLUMNS && !known; i++)
			known = columns[i].kind == COLUMN_LIST && !strcmp(columns[i].sql, name);
		if (!known)
			return tl_err_hint(
				tl_err_new(TL_E_USAGE, N_("there is no table '%s'"), name),
				N_("there are %s"),
				"tasks, execs, signals, segments, stacks, evidence, ancestry, adopted_by, children");
		p += word + (p[word] == ',');
	}
	return NULL;
}

struct tl_err *store_open(const char *path, const char *tables, struct store **ret)
{
	struct store *st = calloc(1, sizeof(*st));
	struct tl_err *err = NULL;
	bool fine;

	if (!st)
		return &tl_enomem;
	out_init(&st->text, -1);
	map_init(&st->stacks);
	st->path = strdup(path);
	st->only = tables ? strdup(tables) : NULL;
	err = check_tables(st);
	if (err) {
		store_free(st);
		return err;
	}
	/* nobody asks how much it takes, and counting locks */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	fine = st->path && note(st, sqlite3_open_v2(path, &st->db,
						    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
							    SQLITE_OPEN_NOMUTEX,
						    NULL));
	for (unsigned i = 0; fine && i < ARRAY_SIZE(settings); i++)
		fine = store_do(st, settings[i]);
	if (!fine || !tables_create(st)) {
		err = error_of(st);
		store_free(st);
		return err;
	}
	*ret = st;
	return NULL;
}

int store_task(struct store *st, const struct tl_told *told)
{
	if (st->failed)
		return st->os;
	st->task++;
	tables_task(st, told);
	return st->failed ? st->os : 0;
}

struct tl_err *store_close(struct store *st, const struct store_end *end)
{
	struct tl_err *err = NULL;

	if (end && !st->failed && report_write(st, end))
		store_do(st, "COMMIT");
	if (end && st->failed)
		err = error_of(st);
	store_free(st);
	return err;
}
