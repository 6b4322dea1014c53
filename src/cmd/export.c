/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export: the same lives for other programs. The forms are the views that say they are exports, and
 * the database of store/. OUT appears when it is whole; whatever went wrong, what stood there
 * before is still there.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include "base/io.h"
#include "cmd/export_sqlite.h"
#include "cmd/output.h"

struct export
{
	struct common common;
	struct selectors selectors;
	const char *to, *output, *tables;
	int64_t threads;
};

static const struct opt export_opts[] = {
	OPT_STR('t', "to", "FORM", N_("json, ndjson, csv, sqlite, chrome, html, svg or dot"),
		struct export, to),
	OPT_STR('o', "output", "OUT",
		N_("write to OUT instead of standard output; it appears when it is whole"),
		struct export, output),
	OPT_STR(0, "tables", "LIST", N_("sqlite: only these tables, such as tasks,signals"),
		struct export, tables),
	OPT_THREADS(struct export, threads),
	OPT_TABLE(selector_opts, struct export, selectors),
	OPT_TABLE(common_opts, struct export, common),
	OPT_END,
};

#define SQLITE "sqlite"
#define FORMS  32

/* Names of all forms, in the views' order. */
static unsigned forms(const char *ret[FORMS])
{
	unsigned n, known = 0;
	const struct tl_view *const *views = tl_views(&n);

	for (unsigned i = 0; i < n && known + 1 < FORMS; i++)
		if (views[i]->is_export)
			ret[known++] = views[i]->name;
	ret[known++] = SQLITE;
	return known;
}

static struct tl_err *no_such_form(const char *name)
{
	const char *known[FORMS], *near;
	unsigned n = forms(known);
	char all[256] = "";
	size_t at = 0;
	struct tl_err *err = tl_err_new(TL_E_USAGE, N_("cannot export to '%s'"), name);

	near = args_nearest(name, strlen(name), known, n);
	if (near)
		return tl_err_hint(err, N_("did you mean '%s'?"), near);
	for (unsigned i = 0; i < n && at < sizeof(all); i++)
		at += (size_t)snprintf(all + at, sizeof(all) - at, "%s%s", i ? ", " : "", known[i]);
	return tl_err_hint(err, N_("there are %s"), all);
}

/* NULL in *ret: the database. */
static struct tl_err *form_named(const char *name, const struct tl_view **ret)
{
	if (!name)
		return tl_err_hint(tl_err_new(TL_E_USAGE, N_("export to which form?"), NULL),
				   N_("tasklife export --to json [FILE]"), NULL);
	*ret = tl_view_named(name);
	if (*ret && (*ret)->is_export)
		return NULL;
	*ret = NULL;
	if (strcmp(name, SQLITE))
		return no_such_form(name);
#ifdef TL_WITH_SQLITE
	return NULL;
#else
	return tl_err_hint(
		tl_err_new(TL_E_DENIED, N_("this tasklife was built without SQLite"), NULL),
		N_("install libsqlite3-dev and build it again"), NULL);
#endif
}

/* The trace that a reading command without FILE takes. */
static const char *input_of(int n, char **words)
{
	return n ? words[0] : !access("tasklife.dat", F_OK) ? "tasklife.dat" : "trace.dat";
}

static struct tl_err *check(const struct export *x, const struct tl_view *view, int n, char **words)
{
	if (x->tables && view)
		return tl_err_new(TL_E_USAGE, N_("--tables is for --to sqlite, not for '%s'"),
				  view->name);
	if (x->output && output_is(x->output, input_of(n, words)))
		return tl_err_hint(
			tl_err_new(TL_E_USAGE, N_("'%s' is the trace itself"), x->output),
			N_("the export wants another file than the trace"), NULL);
	if (!view && (!x->output || !strcmp(x->output, "-")) && isatty(STDOUT_FILENO))
		return tl_err_hint(
			tl_err_new(TL_E_USAGE, N_("a database is nothing for a terminal"), NULL),
			N_("name a file: tasklife export --to sqlite -o lives.db [FILE]"), NULL);
	return NULL;
}

#ifdef TL_WITH_SQLITE
static int copy(int from, int to)
{
	char buf[65536];
	ssize_t got;

	while ((got = read(from, buf, sizeof(buf))) > 0)
		if (io_write_all(to, buf, (size_t)got) < 0)
			return errno == EPIPE
				       ? 0
				       : say_and_status(tl_err_os(
						 errno, N_("cannot write the answer"), NULL, NULL));
	return got < 0 ? say_and_status(tl_err_os(errno, N_("cannot write the answer"), NULL, NULL))
		       : 0;
}

/* A database has to stand in a file; for standard output that is a passing one. */
static int tell_sqlite_out(struct pipeline *p, struct tl_source *src, const char *tables)
{
	const char *tmp = getenv("TMPDIR");
	char path[4096];
	struct output out;
	struct tl_err *err;
	int status;

	snprintf(path, sizeof(path), "%s/tasklife-%ld.db", tmp && *tmp ? tmp : "/tmp",
		 (long)getpid());
	err = output_open(path, true, &out);
	if (err) {
		tl_source_close(src);
		return say_and_status(err);
	}
	status = export_sqlite(p, src, out.part, tables);
	if (!status)
		status = copy(out.fd, STDOUT_FILENO);
	tl_err_free(output_close(&out, false));
	return status;
}
#endif

static int tell(struct pipeline *p, struct tl_source *src, const struct export *x)
{
	bool named = x->output && strcmp(x->output, "-");
	struct output out;
	struct tl_err *err;
	int status;

#ifdef TL_WITH_SQLITE
	if (!p->view && !named)
		return tell_sqlite_out(p, src, x->tables);
#endif
	err = output_open(x->output, !p->view, &out);
	if (err) {
		tl_source_close(src);
		return say_and_status(err);
	}
	p->fd = out.fd;
	p->to = named ? x->output : NULL;
	if (p->view)
		status = pipeline_tell(p, src);
#ifdef TL_WITH_SQLITE
	else
		status = export_sqlite(p, src, out.part, x->tables);
#endif
	err = output_close(&out, !status);
	return err && !status ? say_and_status(err) : (tl_err_free(err), status);
}

static int run(const void *opts, int n, char **words)
{
	const struct export *x = opts;
	struct pipeline p = {.selectors = &x->selectors,
			     .threads = x->threads,
			     .opts = {.all = x->selectors.all, .stacks = true}};
	struct tl_source *src = NULL;
	struct tl_err *err = form_named(x->to, &p.view);

	if (!err)
		err = check(x, p.view, n, words);
	if (!err)
		err = trace_open(n, words, &src); /* first: a wrong FILE must not touch OUT */
	if (err)
		return say_and_status(err);
	if (!x->output && isatty(STDOUT_FILENO))
		p.opts.width = width_of(STDOUT_FILENO, 80);
	return tell(&p, src, x);
}

const struct cmd cmd_export = {
	.name = "export",
	.summary = N_(
		"the same lives for other programs and for eyes: json, csv, sqlite, chrome, html, svg, dot"),
	.usage = "--to FORM [-o OUT] [options] [FILE]",
	.opts = export_opts,
	.size = sizeof(struct export),
	.run = run,
};
