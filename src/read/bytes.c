/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bytes under a reader: a window that slides over whatever comes, or one mapping of all of it.
 *
 * Invariants
 * 1. buf[begin, end) is read and still wanted; the last window handed out ended at `seen`. `offset`
 *    is the place of buf[begin] in the (unpacked) input. Behind `cap` is room for BYTES_SPARE more.
 * 2. A window costs one read(): a pipe that is alive gives what it has and is not waited for
 *    further.
 * 3. Memory is CHUNK plus twice what the reader keeps; a spool is bounded against packed bombs by
 *    SPOOL_RATIO times what came in plus SPOOL_BASE.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "base/guard.h"
#include "base/io.h"
#include "read/bytes.h"
#include "read/unpack.h"

#define CHUNK       (256u << 10) /* about a level-2 cache: larger windows were slower */
#define HEAD        4096 /* enough to recognise most by */
#define SPOOL_RATIO 64
#define SPOOL_BASE  (1ull << 30)

struct source_bytes {
	int fd;
	char *name;
	bool sniffed; /* the first bytes were looked at for packing */
	bool ended;
	int os;
	struct unpack *unpack; /* NULL: not packed */
	char *buf;
	size_t cap, begin, seen, end;
	uint64_t offset;
	double progress; /* when it was last asked for */
	bool moved;	 /* more was read since */
	void *map;
	size_t map_n;
};

struct tl_err *bytes_open(int fd, const char *name, struct source_bytes **ret)
{
	struct source_bytes *b = calloc(1, sizeof(*b));

	if (b) {
		b->fd = fd;
		b->name = strdup(name ? name : "-");
		b->buf = malloc(CHUNK + BYTES_SPARE);
		b->cap = CHUNK;
	}
	if (!b || !b->name || !b->buf) {
		if (b)
			bytes_close(b);
		else
			close(fd);
		return &tl_enomem;
	}
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	*ret = b;
	return NULL;
}

void bytes_close(struct source_bytes *b)
{
	if (!b)
		return;
	unpack_free(b->unpack);
	if (b->map)
		munmap(b->map, b->map_n);
	close(b->fd);
	free(b->buf);
	free(b->name);
	free(b);
}

static ssize_t read_input(struct source_bytes *b, void *to, size_t n)
{
	if (b->unpack)
		return unpack_read(b->unpack, to, n);
	return TEMP_FAILURE_RETRY(read(b->fd, to, n));
}

/* One read behind `end`; false at the end or on an error. There is room. */
static bool read_some(struct source_bytes *b)
{
	ssize_t n = b->ended ? 0 : read_input(b, b->buf + b->end, b->cap - b->end);

	if (n <= 0) {
		if (n < 0)
			b->os = errno;
		b->ended = true;
		return false;
	}
	b->end += n;
	b->moved = true;
	return true;
}

/* The first read decides whether the input is packed. */
static bool look_for_packing(struct source_bytes *b)
{
	const struct unpack_ops *ops;

	b->sniffed = true;
	while (b->end < UNPACK_MAGIC && read_some(b))
		;
	ops = unpack_ops_of(b->buf, b->end);
	if (!ops)
		return true;
	b->unpack = unpack_new(ops, b->fd, b->buf, b->end);
	b->ended = !b->unpack;
	b->os = b->unpack ? 0 : ENOMEM;
	b->end = 0;
	return b->unpack;
}

/* Room for at least half a chunk behind `end`, what lies before `begin` given up. */
static bool make_room(struct source_bytes *b)
{
	size_t n = b->end - b->begin;
	char *grown;

	if (b->cap - b->end >= CHUNK / 2)
		return true;
	if (b->begin) {
		memmove(b->buf, b->buf + b->begin, n);
		b->seen -= b->begin;
		b->begin = 0;
		b->end = n;
	}
	if (b->cap - b->end >= CHUNK / 2)
		return true;
	grown = realloc(b->buf, b->cap * 2 + BYTES_SPARE);
	if (!grown)
		return false;
	b->buf = grown;
	b->cap *= 2;
	return true;
}

static bool read_more(struct source_bytes *b)
{
	size_t cap = b->cap;

	if (!b->sniffed) {
		/* The unpacker's own buffer is half as large as ours; and of what will be mapped
		 * these bytes are all that is read. */
		b->cap = HEAD;
		look_for_packing(b);
		b->cap = cap;
		if (b->end)
			return true;
	}
	if (b->ended)
		return false;
	if (!make_room(b)) {
		b->os = ENOMEM;
		b->ended = true;
		return false;
	}
	return read_some(b);
}

struct tl_str bytes_head(struct source_bytes *b, size_t want, bool *ret_whole)
{
	while (b->end - b->seen < want && read_more(b))
		;
	*ret_whole = b->ended;
	return (struct tl_str){b->buf + b->seen, b->end - b->seen};
}

int bytes_fill(struct source_bytes *b, size_t keep, struct tl_str *ret, uint64_t *ret_offset)
{
	size_t from = b->seen - (keep < b->seen - b->begin ? keep : b->seen - b->begin);
	bool more;

	b->offset += from - b->begin;
	b->begin = from;
	more = b->end > b->seen || read_more(b);
	b->seen = b->end;
	memset(b->buf + b->end, '\n', BYTES_SPARE);
	*ret = (struct tl_str){b->buf + b->begin, b->end - b->begin};
	*ret_offset = b->offset;
	return more;
}

static double progress_now(const struct source_bytes *b)
{
	off_t at = lseek(b->fd, 0, SEEK_CUR);
	struct stat st;

	if (at < 0 || fstat(b->fd, &st) || st.st_size <= 0)
		return -1;
	return at < st.st_size ? (double)at / (double)st.st_size : 1;
}

/* Of one window it is asked for a hundred times. */
double bytes_progress(struct source_bytes *b)
{
	if (b->moved)
		b->progress = progress_now(b);
	b->moved = false;
	return b->progress;
}

int bytes_error(const struct source_bytes *b)
{
	return b->os;
}

/* An unlinked file where temporary files live; memory only where there is no such place. */
static int spool_open(void)
{
	const char *dir = getenv("TMPDIR");
	int fd = open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : memfd_create("tasklife-spool", MFD_CLOEXEC);
}

static struct tl_err *spool_failed(struct source_bytes *b, int os)
{
	struct tl_err *err =
		tl_err_os(os, N_("cannot keep a copy of the input '%s'"), b->name, NULL);

	return os == ENOSPC ? tl_err_hint(err, N_("set TMPDIR to a place with more room"), NULL)
			    : err;
}

static struct tl_err *input_damaged(struct source_bytes *b, int os)
{
	struct tl_err *err = tl_err_os(os, N_("cannot read '%s'"), b->name, b->name);

	if (err != &tl_enomem && err->code != TL_E_DENIED)
		err->code = TL_E_INPUT;
	return os == EBADMSG ? tl_err_cause(err, N_("the packed file is damaged or cut"), NULL)
			     : err;
}

static bool is_bomb(const struct source_bytes *b, uint64_t unpacked)
{
	return b->unpack && unpacked / SPOOL_RATIO > unpack_taken(b->unpack) &&
	       unpacked - unpack_taken(b->unpack) * SPOOL_RATIO > SPOOL_BASE;
}

static struct tl_err *spool(struct source_bytes *b, int to, uint64_t *ret_n)
{
	uint64_t n = 0;

	for (;;) {
		if (io_write_all(to, b->buf + b->begin, b->end - b->begin) < 0)
			return spool_failed(b, errno);
		n += b->end - b->begin;
		if (is_bomb(b, n))
			return tl_err_cause(tl_err_new(TL_E_INPUT, N_("cannot read '%s'"), b->name),
					    N_("unpacked it is far larger than any trace"), NULL);
		b->begin = b->end = b->seen = 0;
		if (!read_more(b))
			break;
	}
	/* A cut packed file still has a good beginning; nothing at all is an error. */
	if (b->os && !n)
		return input_damaged(b, b->os);
	*ret_n = n;
	return NULL;
}

static bool is_plain_file(struct source_bytes *b, uint64_t *ret_n)
{
	struct stat st;

	if (b->unpack || fstat(b->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	*ret_n = st.st_size;
	return true;
}

bool bytes_wait(const struct source_bytes *b)
{
	struct stat st;

	return !b->map && (fstat(b->fd, &st) < 0 || !S_ISREG(st.st_mode));
}

struct tl_err *bytes_map(struct source_bytes *b, struct tl_str *ret)
{
	auto_close int copy = -1;
	uint64_t n = 0;
	bool whole;
	void *map;

	bytes_head(b, 1, &whole);
	if (!is_plain_file(b, &n)) {
		copy = spool_open();
		if (copy < 0)
			return spool_failed(b, errno);
		try(spool(b, copy, &n));
	}
	if (!n) {
		*ret = (struct tl_str){"", 0};
		return NULL;
	}
	map = mmap(NULL, n, PROT_READ, MAP_PRIVATE, copy >= 0 ? copy : b->fd, 0);
	if (map == MAP_FAILED)
		return input_damaged(b, errno);
	b->map = map;
	b->map_n = n;
	*ret = (struct tl_str){map, n};
	return NULL;
}
