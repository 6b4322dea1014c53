/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whole files and whole writes. EINTR is handled here and nowhere else.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <sys/types.h>
#include "tasklife/err.h"

/* All bytes of a descriptor, NUL added behind (not counted); to be freed. Reads at most `most`
 * bytes and fails with EFBIG beyond. Returns -1 with errno. */
ssize_t io_read_all(int fd, size_t most, char **ret);
ssize_t io_read_file(const char *path, size_t most, char **ret);
/* -1 with errno unless every byte was written. */
int io_write_all(int fd, const void *p, size_t n);
/* A file without a name, so that nothing is left whatever kills us; in memory where no directory
 * takes one. */
int io_nameless_file(void);
/* One whole number from a small file; false when there is none. */
bool io_read_int(const char *path, int64_t *ret);

#endif
