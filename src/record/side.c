/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "record/side.h"
#include "tracefs/diagnose.h"
#include "tracefs/percent.h"

struct tl_err *side_open(struct tfs_instance *inst, struct side *ret)
{
	auto_free char *path = tfs_path(inst->dir, "trace_marker");

	if (!path)
		return &tl_enomem;
	ret->fd = open(path, O_WRONLY | O_CLOEXEC);
	return ret->fd < 0 ? tfs_diagnose(inst, TFS_OP_MARKER, errno, NULL, path) : NULL;
}

void side_close(struct side *s)
{
	guard_close(&s->fd);
	s->fd = -1;
}

/* A word that would cut the line in its middle is left out whole. */
static void word(struct side_line *l, const char *key, const char *value)
{
	size_t room = sizeof(l->text) - l->n;
	int n = snprintf(l->text + l->n, room, " %s=%s", key, value);

	if (n > 0 && (size_t)n < room)
		l->n += (size_t)n;
	l->text[l->n] = 0;
}

void side_begin(struct side_line *l, const char *kind)
{
	l->n = (size_t)snprintf(l->text, sizeof(l->text), "tasklife/1 %s", kind);
}

void side_int(struct side_line *l, const char *key, int64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	word(l, key, text);
}

void side_text(struct side_line *l, const char *key, const char *s, size_t n)
{
	size_t before = l->n;

	word(l, key, "");
	if (l->n > before)
		l->n += percent_encode(l->text + l->n, sizeof(l->text) - l->n, s, n);
}

bool side_put(struct side *s, const struct side_line *l)
{
	ssize_t did;

	if (s->fd < 0)
		return false;
	do
		did = write(s->fd, l->text, l->n);
	while (did < 0 && errno == EINTR);
	return did == (ssize_t)l->n;
}
