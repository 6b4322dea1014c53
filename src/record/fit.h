/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Law of this header: everything is borrowed but the error record_fitted() passes on.
 */
#ifndef RECORD_FIT_H
#define RECORD_FIT_H

#include <sys/types.h>
#include "record/dat_write.h"
#include "record/inside.h"

/* The file at fd, written from `begin`, failed with err for want of room: leave something out of
 * *rec and *f, and empty the file. False: it was another error, no regular file, or there is
 * nothing left to leave out. */
bool record_fit(struct tl_recorder *rec, struct dat_file *f, const struct tl_err *err,
		const struct dat_sizes *size, int fd, off_t begin);
/* It fitted at last: err, the first one, says what is there. */
struct tl_err *record_fitted(const struct tl_recorder *rec, const struct dat_file *f,
			     struct tl_err *err);

#endif
