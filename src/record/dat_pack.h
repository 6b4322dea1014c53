/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parts of a trace.dat packed with zstd, in the form trace-cmd.dat.v7(5) calls compressed sections.
 *
 * Law of this header: what dat_pack_* made belongs to the caller.
 */
#ifndef RECORD_DAT_PACK_H
#define RECORD_DAT_PACK_H

#include "record/dat_write.h"

#define DAT_PACK_NAME "zstd"

/* A section's body: what stands in the file behind the two sizes. */
struct dat_packed {
	char *p; /* to be freed */
	uint32_t packed, n;
};

const char *dat_pack_version(void);
struct tl_err *dat_pack_text(struct tl_str text, struct dat_packed *ret);
/*
 * One cpu's pages, read where `from` has them and packed into a nameless file, ret->fd, to be
 * closed. With an error, *ret is what could be packed: pages that vanished are empty ones in it;
 * ret->n 0: there is no file.
 */
struct tl_err *dat_pack_pages(const struct dat_pages *from, uint32_t page_size,
			      struct dat_pages *ret);

#endif
