/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gzip through zlib, zstd through libzstd, both as streams: one buffer of packed bytes, and the
 * output goes straight to where the caller wants it. A kind of packing is one row of `kinds`.
 *
 * Invariants
 * 1. What follows the last whole member or frame and is none itself (padding, junk) ends the input
 *    quietly, as gunzip does; an input that ends inside one is EBADMSG.
 * 2. Every step either makes progress or asks for more input, so no bytes can make it spin.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include "read/unpack.h"

#define PACKED_CHUNK   (128 << 10)
#define WINDOW_LOG_MAX 27 /* 128 MiB: what `zstd --ultra` and trace-cmd write needs no more */

struct span {
	const unsigned char *p;
	size_t n;
};

enum step { STEP_MORE, STEP_END_OF_PART, STEP_DAMAGED };

struct unpack_ops {
	unsigned char magic[UNPACK_MAGIC];
	unsigned magic_n;
	void *(*begin)(void);
	/* Take from `in`, put at most *out_n bytes to `out`; *out_n becomes what was put there. */
	enum step (*step)(void *coder, struct span *in, void *out, size_t *out_n);
	void (*end)(void *coder);
};

struct unpack {
	const struct unpack_ops *ops;
	void *coder;
	int fd;
	bool inside; /* a member or frame has begun and not ended */
	bool fd_ended;
	uint64_t taken;
	struct span in;
	unsigned char buf[PACKED_CHUNK];
};

static void *gz_begin(void)
{
	z_stream *z = calloc(1, sizeof(*z));

	if (z && inflateInit2(z, 16 + MAX_WBITS) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static enum step gz_step(void *coder, struct span *in, void *out, size_t *out_n)
{
	z_stream *z = coder;
	size_t room = *out_n > UINT32_MAX ? UINT32_MAX : *out_n;
	int rc;

	z->next_in = (unsigned char *)in->p;
	z->avail_in = in->n;
	z->next_out = out;
	z->avail_out = room;
	rc = inflate(z, Z_NO_FLUSH);
	in->p = z->next_in;
	in->n = z->avail_in;
	*out_n = room - z->avail_out;
	if (rc == Z_STREAM_END)
		return inflateReset(z) == Z_OK ? STEP_END_OF_PART : STEP_DAMAGED;
	return rc == Z_OK || rc == Z_BUF_ERROR ? STEP_MORE : STEP_DAMAGED;
}

static void gz_end(void *coder)
{
	inflateEnd(coder);
	free(coder);
}

static void *zst_begin(void)
{
	ZSTD_DStream *d = ZSTD_createDStream();

	if (d)
		ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	return d;
}

static enum step zst_step(void *coder, struct span *in, void *out, size_t *out_n)
{
	ZSTD_inBuffer i = {in->p, in->n, 0};
	ZSTD_outBuffer o = {out, *out_n, 0};
	size_t rc = ZSTD_decompressStream(coder, &o, &i);

	in->p += i.pos;
	in->n -= i.pos;
	*out_n = o.pos;
	if (ZSTD_isError(rc))
		return STEP_DAMAGED;
	return rc == 0 ? STEP_END_OF_PART : STEP_MORE;
}

static void zst_end(void *coder)
{
	ZSTD_freeDStream(coder);
}

static const struct unpack_ops kinds[] = {
	{{0x1f, 0x8b, 8}, 3, gz_begin, gz_step, gz_end},             /* RFC 1952 */
	{{0x28, 0xb5, 0x2f, 0xfd}, 4, zst_begin, zst_step, zst_end}, /* RFC 8878 */
};

static bool starts_like(const struct unpack_ops *ops, const void *head, size_t n)
{
	return n >= ops->magic_n && memcmp(head, ops->magic, ops->magic_n) == 0;
}

const struct unpack_ops *unpack_ops_of(const void *head, size_t n)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (starts_like(&kinds[i], head, n))
			return &kinds[i];
	return NULL;
}

struct unpack *unpack_new(const struct unpack_ops *ops, int fd, const void *first, size_t n)
{
	struct unpack *u = n <= PACKED_CHUNK ? calloc(1, sizeof(*u)) : NULL;

	if (!u)
		return NULL;
	u->ops = ops;
	u->fd = fd;
	u->coder = ops->begin();
	if (!u->coder) {
		free(u);
		return NULL;
	}
	memcpy(u->buf, first, n);
	u->in = (struct span){u->buf, n};
	u->taken = n;
	u->inside = true;
	return u;
}

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	u->ops->end(u->coder);
	free(u);
}

/* More packed bytes behind those not yet used; false at the end of the file or on an error. */
static bool take_in(struct unpack *u)
{
	ssize_t n;

	errno = 0;
	if (u->fd_ended)
		return false;
	memmove(u->buf, u->in.p, u->in.n);
	u->in.p = u->buf;
	n = TEMP_FAILURE_RETRY(read(u->fd, u->buf + u->in.n, PACKED_CHUNK - u->in.n));
	if (n <= 0) {
		u->fd_ended = true;
		return false;
	}
	u->in.n += n;
	u->taken += n;
	return true;
}

/* Between two parts: is there another one? */
static bool next_part(struct unpack *u)
{
	while (u->in.n < u->ops->magic_n && take_in(u))
		;
	u->inside = starts_like(u->ops, u->in.p, u->in.n);
	return u->inside;
}

ssize_t unpack_read(struct unpack *u, void *to, size_t n)
{
	for (;;) {
		size_t out = n, before = u->in.n;
		enum step step;

		if (!u->inside && !next_part(u))
			return 0;
		step = u->ops->step(u->coder, &u->in, to, &out);
		if (step == STEP_END_OF_PART)
			u->inside = false;
		if (out)
			return out; /* damage shows again on the next call */
		if (step == STEP_DAMAGED)
			break;
		if (step == STEP_MORE && (u->in.n == 0 || u->in.n == before) && !take_in(u)) {
			if (errno)
				return -1;
			break;
		}
	}
	u->in.n = 0;
	u->fd_ended = true;
	errno = EBADMSG;
	return -1;
}

uint64_t unpack_taken(const struct unpack *u)
{
	return u->taken;
}
