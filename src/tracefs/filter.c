/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include "base/guard.h"
#include "tracefs/diagnose.h"
#include "tracefs/filter.h"

void tfs_names_fini(struct tfs_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	vec_fini(names);
}

struct tl_err *tfs_functions(struct tfs_instance *inst, const char *tracefs, char **ret)
{
	auto_free char *path = tfs_path(tracefs, "available_filter_functions");

	if (!path)
		return &tl_enomem;
	return tfs_read(path, ret) ? tfs_diagnose(inst, TFS_OP_FUNCTIONS, errno, NULL, path) : NULL;
}

/* ---- role → names ---- */

/* A line is "name" or "name [module]"; modules play no role in a task's life. */
static bool add_matching(const char *functions, const char *glob, struct tfs_names *names)
{
	size_t before = names->n;

	for (const char *at = functions, *end; *at; at = *end ? end + 1 : end) {
		size_t n;

		end = strchrnul(at, '\n');
		n = (size_t)(end - at);
		if (memchr(at, ' ', n) || !n)
			continue;
		auto_free char *base = strndup(at, tl_function_base(at, n));
		char *full = base && !fnmatch(glob, base, 0) ? strndup(at, n) : NULL;
		char **slot = full ? vec_push(names) : NULL;

		if (slot)
			*slot = full;
		else
			free(full);
	}
	return names->n > before;
}

/* Rows stand newest name first, so the first that is here is the one that leads; the older names of a role may
 * live on as helpers of it. */
bool tfs_functions_of(const char *functions, enum tl_role role, struct tfs_names *names)
{
	unsigned n;
	const struct tl_function_row *row = tl_role_rows(role, &n);

	for (unsigned i = 0; i < n; i++)
		if (add_matching(functions, row[i].name, names))
			return true;
	return false;
}

/* ---- the filter, then the tracer ---- */

static size_t count_lines(const char *text)
{
	size_t n = *text != 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* "#### all functions enabled ####" is one line as well, but not one of ours. */
static bool holds_exactly(const char *path, const struct tfs_names *names)
{
	auto_free char *text = NULL;

	if (tfs_read(path, &text) || count_lines(text) != names->n)
		return false;
	for (size_t i = 0; i < names->n; i++)
		if (!tfs_holds(path, names->v[i], TFS_SHOWS_LINE))
			return false;
	return true;
}

static struct tl_err *set_filter(struct tfs_instance *inst, const struct tfs_names *names)
{
	auto_free char *path = tfs_path(inst->dir, "set_ftrace_filter");

	if (!path)
		return &tl_enomem;
	if (!names->n)
		return tfs_diagnose(inst, TFS_OP_FUNCTION_FILTER, EINVAL, "", path);
	for (size_t i = 0; i < names->n; i++) {
		errno = 0;
		if (tracefs_function_filter(inst->ti, names->v[i], NULL, i ? 0 : TRACEFS_FL_RESET))
			return tfs_diagnose(inst, TFS_OP_FUNCTION_FILTER, errno ? errno : EINVAL, names->v[i],
					    path);
	}
	if (!holds_exactly(path, names))
		return tfs_diagnose(inst, TFS_OP_FUNCTION_FILTER, TFS_NOT_TAKEN, names->v[0], path);
	return NULL;
}

/*
 * The stack option comes after the tracer: up to 5.10 function_trace_init() heeds it in the top instance alone, while
 * switching it on later (func_set_flag()) works in any. Tracing is off meanwhile.
 */
static struct tl_err *start(struct tfs_instance *inst)
{
	auto_free char *path = tfs_path(inst->dir, "current_tracer");

	if (!path)
		return &tl_enomem;
	if (tfs_set(path, "function", TFS_SHOWS_SAME))
		return tfs_diagnose(inst, TFS_OP_TRACER, errno, NULL, path);
	return tfs_instance_option(inst, "func_stack_trace", true);
}

struct tl_err *tfs_function_tracer(struct tfs_instance *inst, const struct tfs_names *names)
{
	struct tl_err *err = set_filter(inst, names);

	if (!err)
		err = start(inst);
	if (err)
		tracefs_instance_file_write(inst->ti, "current_tracer", "nop");
	return err;
}
