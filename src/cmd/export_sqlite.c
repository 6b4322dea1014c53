/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include "base/out.h"
#include "cmd/export_sqlite.h"
#include "store/store.h"

/* The pipeline speaks to views; this one hands on what it gets. Its `out` leads nowhere. */
static bool begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	*ret_state = opts->into;
	return true;
}

static void task(struct out *o, void *state, const struct tl_told *told)
{
	int os = store_task(*(struct store **)state, told);

	if (os) /* as if a write had failed, which it has: reading on would be in vain */
		o->os = os;
}

/* The store is closed here, where the trailer is; its error, if any, is the answer to every
 * write. */
static void end(struct out *o, void *state, const struct tl_trailer *tr)
{
	struct store **store = state;
	struct store_end e = {.info = tr->info,
			      .counts = tr->counts,
			      .oddity = tr->oddity,
			      .n_oddities = tr->n_oddities};
	struct tl_err *err = store_close(*store, o->os ? NULL : &e);

	*store = NULL;
	if (err)
		o->os = err->os ? err->os : EIO;
	tl_err_free(err);
}

static void aside_end(void *aside, void *state)
{
}

/* SQLite takes more time than reading does: its rows are made beside. */
static const struct tl_view_aside beside = {.begin = begin, .end = aside_end, .in_order = true};

/* Segments are most of the memory of a life: not without a table for them. */
static const struct tl_view with_segments = {.name = "sqlite",
					     .is_export = true,
					     .segments = true,
					     .aside = &beside,
					     .begin = begin,
					     .task = task,
					     .end = end};
static const struct tl_view without_segments = {.name = "sqlite",
						.is_export = true,
						.aside = &beside,
						.begin = begin,
						.task = task,
						.end = end};

int export_sqlite(struct pipeline *p, struct tl_source *src, const char *path, const char *tables)
{
	struct store *store = NULL;
	struct tl_err *err = store_open(path, tables, &store);
	int status;

	if (err) {
		tl_source_close(src);
		return say_and_status(err);
	}
	p->view = !tables || strstr(tables, "segments") ? &with_segments : &without_segments;
	p->opts.into = &store;
	p->fd = -1;
	status = pipeline_tell(p, src);
	if (store)
		tl_err_free(store_close(store, NULL));
	return status;
}
