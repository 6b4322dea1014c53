/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Packed input, unpacked as it is read: gzip (any number of members) and zstd (any number of
 * frames). Memory does not depend on how much comes out.
 */
#ifndef READ_UNPACK_H
#define READ_UNPACK_H

#include <sys/types.h>
#include "tasklife/types.h"

#define UNPACK_MAGIC 4 /* so many first bytes tell the kind */

struct unpack;
struct unpack_ops;

/* What unpacks an input that starts like this; NULL: it is not packed. */
const struct unpack_ops *unpack_ops_of(const void *head, size_t n);

/* The first n bytes were read from fd already. fd stays the caller's. NULL: memory is out. */
struct unpack *unpack_new(const struct unpack_ops *ops, int fd, const void *first, size_t n);
void unpack_free(struct unpack *u);

/* Up to n bytes, at least one; 0 the end; -1 with errno (EBADMSG: damaged or cut). */
ssize_t unpack_read(struct unpack *u, void *to, size_t n);
/* Packed bytes taken in so far: what comes out is measured against it. */
uint64_t unpack_taken(const struct unpack *u);

#endif
