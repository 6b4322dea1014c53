/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include "base/guard.h"
#include "base/text.h"
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

/* A word that would cut the line in its middle is left out whole. Facts come with every death, so
 * nothing is printed by a format. */
static void word(struct side_line *l, const char *key, const char *value, size_t n)
{
	size_t key_n = strlen(key);
	char *at = l->text + l->n;

	if (l->n + key_n + n + 2 >= sizeof(l->text))
		return;
	*at++ = ' ';
	at = mempcpy(at, key, key_n);
	*at++ = '=';
	at = mempcpy(at, value, n);
	*at = 0;
	l->n = (size_t)(at - l->text);
}

void side_begin(struct side_line *l, const char *kind)
{
	static const char mark[] = "tasklife/1 ";
	char *at = mempcpy(l->text, mark, sizeof(mark) - 1);

	at = stpcpy(at, kind);
	l->n = (size_t)(at - l->text);
}

void side_int(struct side_line *l, const char *key, int64_t v)
{
	char text[24] = "-";
	size_t sign = v < 0;

	word(l, key, text, sign + text_digits(text + sign, v < 0 ? -(uint64_t)v : (uint64_t)v));
}

void side_text(struct side_line *l, const char *key, const char *s, size_t n)
{
	size_t before = l->n;

	word(l, key, "", 0);
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
