/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "base/io.h"
#include "tracefs/file.h"

#define FILE_MOST (64u << 20) /* saved_cmdlines, set_ftrace_filter and the like stay far below */

char *tfs_path(const char *dir, const char *fmt, ...)
{
	auto_free char *tail = NULL;
	char *path;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&tail, fmt, ap);
	va_end(ap);
	if (n < 0) {
		tail = NULL;
		return NULL;
	}
	return asprintf(&path, "%s/%s", dir, tail) < 0 ? NULL : path;
}

int tfs_read(const char *path, char **ret)
{
	char *text = NULL;
	ssize_t n = io_read_file(path, FILE_MOST, &text);

	if (n < 0)
		return -1;
	while (n && text[n - 1] == '\n')
		text[--n] = 0;
	*ret = text;
	return 0;
}

int tfs_read_value(const char *path, char **ret)
{
	char *open_at, *close_at;

	if (tfs_read(path, ret))
		return -1;
	open_at = strchr(*ret, '[');
	close_at = open_at ? strchr(open_at, ']') : NULL;
	if (close_at) {
		*close_at = 0;
		memmove(*ret, open_at + 1, (size_t)(close_at - open_at));
	}
	return 0;
}

/* One write(2): tracefs parses each write on its own. */
static int put(const char *path, const char *value, int flags)
{
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	size_t n = strlen(value);
	ssize_t did;

	if (fd < 0)
		return -1;
	if (!n)
		return 0;
	do
		did = write(fd, value, n);
	while (did < 0 && errno == EINTR);
	if (did >= 0 && (size_t)did < n)
		errno = EREMOTEIO;
	return did == (ssize_t)n ? 0 : -1;
}

int tfs_write(const char *path, const char *value)
{
	return put(path, value, O_TRUNC);
}

int tfs_append(const char *path, const char *value)
{
	return put(path, value, O_APPEND);
}

static bool same(const char *text, const char *value)
{
	return !strcmp(text, value);
}

static bool chosen(const char *text, const char *value)
{
	size_t n = strlen(value);

	for (const char *at = text; (at = strchr(at, '[')); at++)
		if (!strncmp(at + 1, value, n) && at[1 + n] == ']')
			return true;
	return false;
}

static bool at_least(const char *text, const char *value)
{
	return strtoll(text, NULL, 10) >= strtoll(value, NULL, 10);
}

bool tfs_has_line(const char *text, const char *value)
{
	size_t n = strlen(value);

	for (const char *at = text; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL)
		if (!strncmp(at, value, n) && (at[n] == '\n' || !at[n]))
			return true;
	return false;
}

static bool switched(const char *text, const char *value)
{
	return text[0] == value[0];
}

/* "name[:count][ if condition]": the kernel fills in ":unlimited";
 * kernel/trace/trace_events_trigger.c, event_trigger_print(). Only the name and the condition are
 * ours. */
static bool trigger(const char *text, const char *value)
{
	size_t name = strcspn(value, ": ");
	const char *cond = strstr(value, " if ");

	for (const char *at = text; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
		size_t len = strcspn(at, "\n"), cond_n = cond ? strlen(cond) : 0;
		auto_free char *one = strndup(at, len);
		const char *has = one ? strstr(one, " if ") : NULL;

		if (!one || strncmp(one, value, name) || !strchr(": ", one[name]))
			continue;
		if (!cond ? !has : has && !strncmp(has, cond, cond_n + 1))
			return true;
	}
	return false;
}

static bool (*const shows_value[])(const char *text, const char *value) = {
	[TFS_SHOWS_SAME] = same,
	[TFS_SHOWS_CHOSEN] = chosen,
	[TFS_SHOWS_AT_LEAST] = at_least,
	[TFS_SHOWS_LINE] = tfs_has_line,
	[TFS_SHOWS_SWITCH] = switched,
	[TFS_SHOWS_TRIGGER] = trigger,
};

bool tfs_holds(const char *path, const char *value, enum tfs_shows shows)
{
	auto_free char *text = NULL;

	return !tfs_read(path, &text) && shows_value[shows](text, value);
}

int tfs_set(const char *path, const char *value, enum tfs_shows shows)
{
	if (tfs_write(path, value))
		return -1;
	if (tfs_holds(path, value, shows))
		return 0;
	errno = TFS_NOT_TAKEN;
	return -1;
}

bool tfs_exists(const char *dir, const char *name)
{
	auto_free char *path = tfs_path(dir, "%s", name);

	return path && !access(path, F_OK);
}
