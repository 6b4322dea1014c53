/* SPDX-License-Identifier: GPL-2.0-or-later */
/* export: the same lives for other programs. The forms are the views that say they are exports. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include "cmd/pipeline.h"

struct export
{
	struct common common;
	struct selectors selectors;
	const char *to, *output;
};

static const struct opt export_opts[] = {
	OPT_STR('t', "to", "FORM", N_("json or ndjson"), struct export, to),
	OPT_STR('o', "output", "OUT", N_("write to OUT instead of standard output"), struct export,
		output),
	OPT_TABLE(selector_opts, struct export, selectors),
	OPT_TABLE(common_opts, struct export, common),
	OPT_END,
};

static struct tl_err *form_named(const char *name, const struct tl_view **ret)
{
	unsigned n, n_known = 0;
	const struct tl_view *const *views = tl_views(&n);
	const char *known[32], *near;
	struct tl_err *err;

	if (!name)
		return tl_err_hint(tl_err_new(TL_E_USAGE, N_("export to which form?"), NULL),
				   N_("tasklife export --to json [FILE]"), NULL);
	for (unsigned i = 0; i < n && n_known < ARRAY_SIZE(known); i++) {
		if (!views[i]->is_export)
			continue;
		if (!strcmp(views[i]->name, name)) {
			*ret = views[i];
			return NULL;
		}
		known[n_known++] = views[i]->name;
	}
	err = tl_err_new(TL_E_USAGE, N_("cannot export to '%s'"), name);
	near = args_nearest(name, strlen(name), known, n_known);
	return near ? tl_err_hint(err, N_("did you mean '%s'?"), near)
		    : tl_err_hint(err, N_("there are 'json' and 'ndjson'"), NULL);
}

static struct tl_err *output_open(const char *path, int *ret)
{
	*ret = STDOUT_FILENO;
	if (!path || !strcmp(path, "-"))
		return NULL;
	*ret = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return *ret >= 0 ? NULL : tl_err_os(errno, N_("cannot write the export"), NULL, path);
}

static int run(const void *opts, int n, char **words)
{
	const struct export *x = opts;
	struct pipeline p = {.selectors = &x->selectors,
			     .opts = {.all = x->selectors.all, .stacks = true},
			     .to = x->output};
	struct tl_source *src = NULL;
	struct tl_err *err = form_named(x->to, &p.view);
	int status;

	if (!err)
		err = trace_open(n, words, &src); /* first: a wrong FILE must not empty OUT */
	if (!err)
		err = output_open(x->output, &p.fd);
	if (err) {
		tl_source_close(src);
		return say_and_status(err);
	}
	status = pipeline_tell(&p, src);
	if (p.fd != STDOUT_FILENO && close(p.fd) && !status)
		status = say_and_status(
			tl_err_os(errno, N_("cannot write the export"), NULL, x->output));
	return status;
}

const struct cmd cmd_export = {
	.name = "export",
	.summary = N_("the same lives for other programs: json, ndjson"),
	.usage = "--to FORM [-o OUT] [options] [FILE]",
	.opts = export_opts,
	.size = sizeof(struct export),
	.run = run,
};
