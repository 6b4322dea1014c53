/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <unistd.h>
#include "base/guard.h"
#include "tracefs/diagnose.h"
#include "tracefs/filter.h"

void tfs_names_fini(struct tfs_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	vec_fini(names);
	vec_fini(&names->line);
}

/* ---- what may be traced: as much as is needed of available_filter_functions ---- */

#define PIECE  (64u << 10)
#define BESIDE (16u << 10) /* 500 lines: what a compiler made of one source file */

#define ROLES  32

struct listing {
	VEC(char) text; /* without the 0 */
	size_t looked;	/* up to here, the begin of a line */
	unsigned n_roles;
	struct tl_str newest[ROLES]; /* name of each role; {} when it was seen */
};

/* False at the end; -1 with errno. */
static int read_piece(int fd, struct listing *l, size_t piece)
{
	ssize_t n = 0;

	if (!vec_reserve(&l->text, l->text.n + piece + 1))
		return errno = ENOMEM, -1;
	for (size_t end = l->text.n + piece; l->text.n < end; l->text.n += (size_t)n) {
		do
			n = read(fd, l->text.v + l->text.n, end - l->text.n);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			break;
	}
	l->text.v[l->text.n] = 0;
	return n < 0 ? -1 : n > 0;
}

static void strike_off(struct listing *l, const char *line, size_t n)
{
	for (unsigned i = 0; i < l->n_roles; i++)
		if (l->newest[i].p && n == l->newest[i].n && !memcmp(line, l->newest[i].p, n))
			l->newest[i] = (struct tl_str){};
}

/* Looks at the whole lines that are new. */
static bool has_all(struct listing *l)
{
	char *at = l->text.v + l->looked, *end;
	bool all = true;

	for (; (end = strchr(at, '\n')); at = end + 1)
		strike_off(l, at, (size_t)(end - at));
	l->looked = (size_t)(at - l->text.v);
	for (unsigned i = 0; i < l->n_roles; i++)
		all &= !l->newest[i].p;
	return all;
}

/*
 * The kernel looks up each of its 50 000 functions for whoever reads them, 10 ms of a machine and
 * 0.3 s of a guest. They come by address (kernel/trace/ftrace.c sorts each page of records), so
 * those of one source file stand together, and fs/ at a third of them: when every role's newest
 * name was seen, only what the compiler may have made of the last one (.constprop.0) can follow,
 * beside it. Where one is missing, because it has an older name, all is read.
 */
static int read_needed(int fd, struct listing *l)
{
	int more;

	while ((more = read_piece(fd, l, PIECE)) > 0)
		if (has_all(l)) {
			more = read_piece(fd, l, BESIDE);
			break;
		}
	if (more < 0)
		return -1;
	has_all(l);
	l->text.v[more ? l->looked : l->text.n] = 0; /* no half a name */
	return 0;
}

struct tl_err *tfs_functions(struct tfs_instance *inst, const char *tracefs,
			     const enum tl_role *roles, unsigned n_roles, char **ret)
{
	auto_free char *path = tfs_path(tracefs, "available_filter_functions");
	auto_close int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct listing l = {};

	if (!path)
		return &tl_enomem;
	for (unsigned rows; l.n_roles < n_roles && l.n_roles < ROLES; l.n_roles++) {
		const char *name = tl_role_rows(roles[l.n_roles], &rows)->name;

		l.newest[l.n_roles] = (struct tl_str){name, strlen(name)};
	}
	if (fd < 0 || read_needed(fd, &l)) {
		int os = errno;

		vec_fini(&l.text);
		return tfs_diagnose(inst, TFS_OP_FUNCTIONS, os, NULL, path);
	}
	*ret = l.text.v;
	return NULL;
}

/* ---- role → names ---- */

static bool add_name(struct tfs_names *names, const char *at, size_t n, size_t line)
{
	size_t *l = vec_push(&names->line);
	char **slot = l ? vec_push(names) : NULL;

	if (l)
		*l = line;
	if (!slot) {
		names->line.n -= l != NULL;
		return false;
	}
	*slot = strndup(at, n);
	if (*slot)
		return true;
	names->n--;
	names->line.n--;
	return false;
}

static size_t count_newlines(const char *from, const char *to)
{
	size_t n = 0;

	for (; (from = memchr(from, '\n', (size_t)(to - from))); from++)
		n++;
	return n;
}

/*
 * A line is "name" or "name [module]"; modules play no role in a task's life. There are 50 000
 * lines, and few begin as the name does: only those are looked at.
 */
static bool add_matching(const char *functions, const char *glob, struct tfs_names *names)
{
	auto_free char *begin = strndup(glob, strcspn(glob, "*?["));
	size_t before = names->n, line = 1;
	const char *counted = functions;

	for (const char *at = functions, *end; begin && (at = strstr(at, begin)) && *at; at = end) {
		size_t n = strcspn(at, "\n");

		end = at + n + (at[n] == '\n');
		if ((at > functions && at[-1] != '\n') || !n) {
			end = at + 1;
			continue;
		}
		if (memchr(at, ' ', n))
			continue;
		auto_free char *base = strndup(at, tl_function_base(at, n));
		if (!base || fnmatch(glob, base, 0))
			continue;
		line += count_newlines(counted, at);
		counted = at;
		add_name(names, at, n, line);
	}
	return names->n > before;
}

/* Rows stand newest name first, so the first that is here is the one that leads; the older names of
 * a role may live on as helpers of it. */
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

/* Read once: for each reader the kernel asks all its functions. "#### all functions enabled ####"
 * is one line as well, but not one of ours. */
static bool holds_exactly(const char *path, const struct tfs_names *names)
{
	auto_free char *text = NULL;

	if (tfs_read(path, &text) || count_lines(text) != names->n)
		return false;
	for (size_t i = 0; i < names->n; i++)
		if (!tfs_has_line(text, names->v[i]))
			return false;
	return true;
}

/*
 * One opening for all, so one change of the code. Each name makes the kernel compare it with every
 * function it has; a number, which it takes since f79b3f338564 ("ftrace: Allow enabling of filters
 * via index of available_filter_functions") v5.1, leads there at once. What took effect is read
 * back in either case.
 */
static int write_filter(const char *path, const struct tfs_names *names, bool numbers)
{
	auto_close int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	char number[32];

	if (fd < 0)
		return errno;
	for (size_t i = 0; i < names->n; i++) {
		const char *word = numbers ? number : names->v[i];

		snprintf(number, sizeof(number), "%zu", names->line.v[i]);
		errno = 0;
		if (write(fd, word, strlen(word)) != (ssize_t)strlen(word) ||
		    write(fd, " ", 1) != 1)
			return errno ? errno : EINVAL;
	}
	return 0;
}

static struct tl_err *set_filter(struct tfs_instance *inst, const struct tfs_names *names)
{
	auto_free char *path = tfs_path(inst->dir, "set_ftrace_filter");
	int os;

	if (!path)
		return &tl_enomem;
	if (!names->n)
		return tfs_diagnose(inst, TFS_OP_FUNCTION_FILTER, EINVAL, "", path);
	if (names->line.n == names->n && !write_filter(path, names, true) &&
	    holds_exactly(path, names))
		return NULL;
	os = write_filter(path, names, false);
	if (os)
		return tfs_diagnose(inst, TFS_OP_FUNCTION_FILTER, os, names->v[0], path);
	if (!holds_exactly(path, names))
		return tfs_diagnose(inst, TFS_OP_FUNCTION_FILTER, TFS_NOT_TAKEN, names->v[0], path);
	return NULL;
}

/*
 * The stack option comes after the tracer: up to 5.10 function_trace_init() heeds it in the top
 * instance alone, while switching it on later (func_set_flag()) works in any. Tracing is off
 * meanwhile.
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
