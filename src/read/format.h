/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's `format` file of one event, as read by a machine: where each field lies in a record.
 *
 * Law of this header: everything points into the text given, which must outlive it.
 */
#ifndef READ_FORMAT_H
#define READ_FORMAT_H

#include "base/vec.h"
#include "tasklife/types.h"

enum format_kind {
	FORMAT_PLAIN,	 /* a number, or an array of them */
	FORMAT_DATA_LOC, /* a word: length << 16 | offset from the start of the record */
	FORMAT_REL_LOC,	 /* the same, offset from the end of this word (newer kernels) */
};

struct format_field {
	struct tl_str name, decl; /* decl: all of "char comm[16]" */
	uint32_t offset, size;
	enum format_kind kind;
	bool is_signed, is_array, is_char; /* is_char: of the element */
};

struct format {
	struct tl_str name;
	uint32_t id;
	VEC(struct format_field) field;
	struct tl_str print; /* behind "print fmt: "; empty when there is none */
};

/* Name and id alone: cheap, for an index of thousands. */
bool format_head(struct tl_str text, struct tl_str *ret_name, uint32_t *ret_id);
/* All of it; false when it has no name, no id, or memory is out. */
bool format_init(struct format *fmt, struct tl_str text);
void format_fini(struct format *fmt);
/* NULL: no such field. */
const struct format_field *format_field_of(const struct format *fmt, const char *name);

/* header_page of the ring buffer. */
struct format_page {
	uint32_t commit_size; /* 4 or 8: the word size of the kernel */
	uint32_t data_offset;
	uint32_t data_size; /* room for events on a sub-buffer */
};
bool format_page_of(struct tl_str text, struct format_page *ret);

#endif
