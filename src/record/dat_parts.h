/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the writers of both versions of trace.dat share.
 *
 * Law of this header: a file is put twice with the same struct dat, first with `rehearsal`; places
 * found then are written the second time.
 */
#ifndef RECORD_DAT_PARTS_H
#define RECORD_DAT_PARTS_H

#include "base/out.h"
#include "record/dat_pack.h"
#include "record/dat_write.h"

enum {
	OPT_DONE = 0,
	OPT_CPUSTAT = 2,
	OPT_BUFFER = 3,
	OPT_TRACECLOCK = 4,
	OPT_UNAME = 5,
	OPT_CPUCOUNT = 8,
	OPT_VERSION = 9,
	OPT_TRACEID = 11,
	BUFFERS_MAX = 16,
};

/* Where a section begins, and the size of its body. */
struct place {
	uint64_t at, size;
};

struct dat {
	const struct dat_file *f;
	struct out out;
	bool rehearsal;
	uint64_t at;
	struct place section[32];	      /* by id, all but buffers; version 7 alone */
	struct place buffer[BUFFERS_MAX + 1]; /* the last is the empty top one */
	struct dat_packed packed[32];	      /* by id: bodies, from the rehearsal on */
	/* where one is gathered to be packed; NULL: nowhere */
	struct out *body;
	struct tl_err *err;
};

void dat_put(struct dat *d, const void *p, size_t n);
void dat_put_u16(struct dat *d, uint16_t v);
void dat_put_u32(struct dat *d, uint32_t v);
void dat_put_u64(struct dat *d, uint64_t v);
void dat_put_string(struct dat *d, const char *s); /* with its 0 */
void dat_put_text(struct dat *d, struct tl_str s);
void dat_put_zeros(struct dat *d, uint64_t n);
/* All pages of a buffer, each cpu's at a multiple of `align`. */
void dat_put_pages(struct dat *d, const struct dat_buffer *b, uint32_t align);

void dat_option(struct dat *d, unsigned id, const void *p, size_t n);
void dat_option_string(struct dat *d, unsigned id, const char *s); /* NULL: none */
void dat_options(struct dat *d);

/* The parts in the order they stand in the file. */
void dat_put_magic(struct dat *d, const char *version);
void dat_header_info(struct dat *d);
void dat_ftrace_events(struct dat *d);
void dat_event_formats(struct dat *d);
void dat_kallsyms(struct dat *d);
void dat_printk(struct dat *d);
void dat_cmdlines(struct dat *d);

/* The buffer without a name; NULL: there is none. */
const struct dat_buffer *dat_top(const struct dat_file *f);

/* dat_v6.c, dat_v7.c: the whole file */
void dat6_put(struct dat *d);
void dat7_put(struct dat *d);

#endif
