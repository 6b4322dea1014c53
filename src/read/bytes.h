/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bytes under a reader. Two ways to use them, one per source: bytes_map()  the whole input as
 * one piece of memory (a mapping; what is not seekable, or packed, is first
 *		spooled to an unlinked temporary file): for formats with offsets;
 * bytes_fill() a window that slides forward: for text, with memory independent of the input's
 * length.
 */
#ifndef READ_BYTES_H
#define READ_BYTES_H

#include "tasklife/err.h"

struct source_bytes;

#define BYTES_SPARE 64

/* fd is owned from here on, also on error. gzip and zstd are unpacked on the way. */
struct tl_err *bytes_open(int fd, const char *name, struct source_bytes **ret);
void bytes_close(struct source_bytes *b);

/* The first bytes without consuming them; *ret_whole: they are all there is. */
struct tl_str bytes_head(struct source_bytes *b, size_t want, bool *ret_whole);

struct tl_err *bytes_map(struct source_bytes *b, struct tl_str *ret);

/*
 * The window: at least one more byte than before unless the input ended. `keep` bytes at the end of
 * the last window are still wanted (an unfinished line). The bytes stay valid until the next call,
 * and behind them stand BYTES_SPARE newlines: a scan that stops at one needs no end to look for.
 * *ret_offset is the position of the window's first byte in the (unpacked) input. 1: more, 0: the
 * end.
 */
int bytes_fill(struct source_bytes *b, size_t keep, struct tl_str *ret, uint64_t *ret_offset);
/* How much of a file was read, 0 to 1; < 0: of what comes through a pipe nobody knows. */
double bytes_progress(struct source_bytes *b);
/* Reading on may have to wait: a pipe or a terminal, not spooled. */
bool bytes_wait(const struct source_bytes *b);
/* errno of a failed read or a broken packed stream; 0 fine. */
int bytes_error(const struct source_bytes *b);

#endif
