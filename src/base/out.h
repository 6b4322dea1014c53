/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where text goes: a growing buffer that is flushed to a file descriptor, or kept in memory (fd
 * -1). Views write here and never know what is behind. A failed write is remembered, later ones are
 * dropped; the owner asks out_close().
 */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stdarg.h>
#include <string.h>
#include "tasklife/err.h"

struct out {
	char *buf;
	size_t n, cap;
	int fd;		/* -1: stay in memory */
	int os;		/* errno of the first failure */
	uint64_t left; /* bytes that went to fd and stand in buf no more */
	/* called once, before the first bytes leave: what is in buf may decide where fd leads */
	void (*opening)(struct out *o, void *ctx);
	void *opening_ctx;
};

void out_init(struct out *o, int fd);
void out_fini(struct out *o); /* does not flush, does not close fd */
void out_more(struct out *o, const void *p, size_t n); /* flushes or grows first */
/* only that: is there room for n bytes and a NUL now */
bool out_grow(struct out *o, size_t n);
void out_u64(struct out *o, uint64_t v);

/* All that was written so far, flushed or not. */
static inline uint64_t out_bytes(const struct out *o)
{
	return o->left + o->n;
}

/* Views write a few bytes at a time and millions of times: what fits is copied on the spot. */
static inline void out_mem(struct out *o, const void *p, size_t n)
{
	if (n >= o->cap - o->n || o->os) {
		out_more(o, p, n);
		return;
	}
	if (n) /* an empty string may be no string at all */
		memcpy(o->buf + o->n, p, n);
	o->n += n;
}

/* The next n bytes, for the caller to fill at once; NULL: there are none, o->os says why. */
static inline char *out_room(struct out *o, size_t n)
{
	if ((n >= o->cap - o->n || o->os) && !out_grow(o, n))
		return NULL;
	o->n += n;
	return o->buf + o->n - n;
}

/* What was taken last and is not needed. */
static inline void out_back(struct out *o, size_t n)
{
	o->n -= n;
}

static inline void out_char(struct out *o, char c)
{
	out_mem(o, &c, 1);
}

static inline void out_str(struct out *o, const char *s)
{
	out_mem(o, s, strlen(s));
}

/* Much at once: from where it is, if it is worth a write of its own. */
void out_hand(struct out *o, const void *p, size_t n);
void out_i64(struct out *o, int64_t v);
void out_fmt(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void out_vfmt(struct out *o, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* Push to fd. EPIPE is kept in o->os like any other error. */
void out_flush(struct out *o);
/* A NUL-terminated view of a memory sink's content, owned by o. */
const char *out_text(struct out *o);

#endif
