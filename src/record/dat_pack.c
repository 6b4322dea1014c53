/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One cpu's pages as trace-cmd's tracecmd_compress_copy_from() writes them:
 *
 *	u32 number of chunks | per chunk: u32 packed size, u32 size, one zstd frame
 *
 * Every chunk holds whole pages, because trace-cmd looks a page up by its chunk. Larger chunks pack
 * better and cost a reader who seeks more: 32 pages (128 KiB) are within 2 % of one frame for all.
 *
 * The sizes stand in front of what they measure and the output may be a pipe, so packed pages wait
 * in a file without a name, a tenth as large as the pages.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>
#include "base/guard.h"
#include "base/io.h"
#include "record/dat_pack.h"

#define CHUNK_PAGES 32
/* zstd's own default. Level 1 saves a third of the time and costs a fifth more bytes. */
#define LEVEL 3

const char *dat_pack_version(void)
{
	return ZSTD_versionString();
}

static struct tl_err *failed(void)
{
	return tl_err_new(TL_E_FAILED, N_("cannot pack the recording"), NULL);
}

struct tl_err *dat_pack_text(struct tl_str text, struct dat_packed *ret)
{
	size_t room = ZSTD_compressBound(text.n), n;

	*ret = (struct dat_packed){.p = malloc(room)};
	if (!ret->p)
		return &tl_enomem;
	n = ZSTD_compress(ret->p, room, text.p, text.n, LEVEL);
	if (ZSTD_isError(n) || text.n > UINT32_MAX) {
		free(take(ret->p));
		return failed();
	}
	ret->packed = (uint32_t)n;
	ret->n = (uint32_t)text.n;
	return NULL;
}

struct packing {
	ZSTD_CCtx *z;
	char *in, *out;
	size_t chunk, room;
	int fd; /* nameless */
	uint32_t chunks;
	uint64_t n; /* written */
	struct tl_err *err; /* pages could not be read back; goes on with empty ones */
};

static void packing_fini(struct packing *p)
{
	ZSTD_freeCCtx(p->z);
	free(p->in);
	free(p->out);
	if (p->fd >= 0)
		close(p->fd);
	tl_err_free(p->err);
}

static struct tl_err *packing_init(struct packing *p, uint32_t page_size)
{
	p->chunk = (size_t)page_size * CHUNK_PAGES;
	p->room = 8 + ZSTD_compressBound(p->chunk);
	p->z = ZSTD_createCCtx();
	p->in = malloc(p->chunk);
	p->out = malloc(p->room);
	p->n = sizeof(p->chunks); /* their number is written last */
	if (!p->z || !p->in || !p->out)
		return &tl_enomem;
	p->fd = io_nameless_file();
	return p->fd < 0 ? tl_err_os(errno, N_("cannot keep what is recorded"), NULL, NULL) : NULL;
}

static struct tl_err *put(struct packing *p, const void *from, size_t n, uint64_t at)
{
	if (lseek(p->fd, (off_t)at, SEEK_SET) < 0 || io_write_all(p->fd, from, n) < 0)
		return tl_err_os(errno, N_("cannot keep what is recorded"), NULL, NULL);
	return NULL;
}

static struct tl_err *pack_chunk(struct packing *p, const char *from, size_t n)
{
	size_t packed = ZSTD_compressCCtx(p->z, p->out + 8, p->room - 8, from, n, LEVEL);
	uint32_t sizes[2] = {(uint32_t)packed, (uint32_t)n};

	if (ZSTD_isError(packed))
		return failed();
	memcpy(p->out, sizes, sizeof(sizes));
	try(put(p, p->out, 8 + packed, p->n));
	p->n += 8 + packed;
	p->chunks++;
	return NULL;
}

/* Bytes [at, at + n) of the pages. A file that is shorter than was said is filled up with empty
 * pages. */
static const char *fetch(struct packing *p, const struct dat_pages *from, uint64_t at, size_t n)
{
	ssize_t got;

	if (from->fd < 0)
		return (const char *)from->mem + at;
	for (size_t have = 0; have < n; have += (size_t)got) {
		got = TEMP_FAILURE_RETRY(
			pread(from->fd, p->in + have, n - have, (off_t)(at + have)));
		if (got > 0)
			continue;
		memset(p->in + have, 0, n - have);
		if (!p->err)
			p->err = tl_err_os(got < 0 ? errno : EIO,
					   N_("cannot read back the recorded pages"), NULL, NULL);
		break;
	}
	return p->in;
}

struct tl_err *dat_pack_pages(const struct dat_pages *from, uint32_t page_size,
			      struct dat_pages *ret)
{
	auto_fini(packing) struct packing p = {.fd = -1};

	*ret = *from;
	ret->n = 0;
	if (!from->n)
		return NULL;
	try(packing_init(&p, page_size));
	for (uint64_t at = 0; at < from->n; at += p.chunk) {
		size_t n = from->n - at < p.chunk ? (size_t)(from->n - at) : p.chunk;

		try(pack_chunk(&p, fetch(&p, from, at, n), n));
	}
	try(put(&p, &p.chunks, sizeof(p.chunks), 0));
	ret->n = p.n;
	ret->fd = take_fd(&p.fd);
	return take(p.err);
}
