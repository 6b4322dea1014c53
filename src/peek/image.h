/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kernel's files say of it: addresses by name, and its build-id. */
#ifndef PEEK_IMAGE_H
#define PEEK_IMAGE_H

#include "base/out.h"
#include "tasklife/err.h"

#define IMAGE_ID_MOST 64

struct image {
	char *map; /* "address type name" lines, NUL behind */
	uint8_t id[IMAGE_ID_MOST];
	unsigned n_id; /* 0: not known */
};

/* map: System.map, kallsyms or a vmlinux; notes: the bytes of its notes, a vmlinux, or NULL. */
struct tl_err *image_open(const char *map, const char *notes, struct image *ret);
void image_fini(struct image *img);
/* 0: none of that name. A function's name without compiler suffixes finds it too. */
uint64_t image_symbol(const struct image *img, const char *name);
/* The GNU build-id in a block of ELF notes; its length, 0 none. */
unsigned image_build_id(const void *notes, size_t n, uint8_t id[IMAGE_ID_MOST]);

#endif
