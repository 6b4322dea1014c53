/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/digits.h"
#include "base/io.h"
#include "base/out.h"

#define FLUSH_AT (256 * 1024)

void out_init(struct out *o, int fd)
{
	memset(o, 0, sizeof(*o));
	o->fd = fd;
}

void out_fini(struct out *o)
{
	free(o->buf);
	out_init(o, -1);
}

void out_flush(struct out *o)
{
	void (*opening)(struct out *o, void *ctx) = o->opening;

	if (o->fd < 0)
		return;
	o->opening = NULL;
	if (opening && o->n)
		opening(o, o->opening_ctx);
	else
		o->opening = opening;
	if (!o->os && io_write_all(o->fd, o->buf, o->n) < 0)
		o->os = errno;
	o->left += o->n;
	o->n = 0;
}

#define HAND_AT (32 * 1024)

void out_hand(struct out *o, const void *p, size_t n)
{
	if (o->fd < 0 || n < HAND_AT || o->opening) {
		out_mem(o, p, n);
		return;
	}
	out_flush(o);
	if (!o->os && io_write_all(o->fd, p, n) < 0)
		o->os = errno;
	o->left += n;
}

bool out_grow(struct out *o, size_t n)
{
	size_t cap = o->cap ? o->cap : 4096;
	char *buf;

	if (o->os)
		return false;
	if (o->fd >= 0 && o->n + n >= FLUSH_AT)
		out_flush(o);
	if (o->fd >= 0 && cap < FLUSH_AT)
		cap = FLUSH_AT;
	if (o->n + n + 1 <= o->cap)
		return true;
	while (cap < o->n + n + 1)
		cap *= 2;
	buf = realloc(o->buf, cap);
	if (!buf) {
		o->os = ENOMEM;
		return false;
	}
	o->buf = buf;
	o->cap = cap;
	return true;
}

void out_more(struct out *o, const void *p, size_t n)
{
	if (!n || !out_grow(o, n))
		return;
	memcpy(o->buf + o->n, p, n);
	o->n += n;
}

void out_u64(struct out *o, uint64_t v)
{
	unsigned n = digits_of(v);
	char *p = out_room(o, n);

	if (p)
		digits_put(p + n, v);
}

void out_i64(struct out *o, int64_t v)
{
	if (v < 0)
		out_char(o, '-');
	out_u64(o, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void out_vfmt(struct out *o, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	if (!out_grow(o, 256))
		return;
	va_copy(again, ap);
	n = vsnprintf(o->buf + o->n, o->cap - o->n, fmt, ap);
	if (n >= 0 && (size_t)n >= o->cap - o->n && out_grow(o, (size_t)n))
		n = vsnprintf(o->buf + o->n, o->cap - o->n, fmt, again);
	va_end(again);
	if (n <= 0 || o->os)
		return;
	o->n += (size_t)n;
}

void out_fmt(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	out_vfmt(o, fmt, ap);
	va_end(ap);
}

const char *out_text(struct out *o)
{
	if (!out_grow(o, 0))
		return "";
	o->buf[o->n] = 0;
	return o->buf;
}
