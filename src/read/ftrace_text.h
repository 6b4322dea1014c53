/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside the reader of ftrace's text: its state, and how its files share the work of a record.
 */
#ifndef READ_FTRACE_TEXT_H
#define READ_FTRACE_TEXT_H

#include "read/blind_cpu.h"
#include "read/text_header.h"
#include "read/text_lines.h"
#include "read/text_stacks.h"
#include "read/text_usual.h"

struct ftrace_text {
	struct text_lines lines;
	struct usual usual;
	bool is_usual; /* the line at hand has usual columns */
	struct text_header header;
	struct blind_cpus cpus;
	struct blind_cpus of_buffer[TL_BUFFERS_MAX]; /* where losses say which buffer's they are */
	VEC(struct tl_rawframe) frames;
	struct text_stacks stacks;
	VEC(char) scratch;
	VEC(char *) buffers; /* names behind info.buffer */
	size_t idle;         /* bytes consumed since the last line that meant something */
	tl_ns latest;
};

enum pulled { PULL_RECORD, PULL_NOTHING, PULL_AGAIN };

/*
 * Of a record whose first line is read, the rest; *at is behind the lines that are its own and
 * moves. PULL_AGAIN: the window moved, all pointers are stale.
 */

/* ftrace_join.c: the fields of a modelled event, looking at the next lines when they are not all
 * there. */
enum pulled ftrace_fields(struct ftrace_text *t, struct tl_record *rec, size_t *at);
/* Columns that break off: perhaps the line was wrapped there. */
enum pulled ftrace_mend(struct tl_source *src, struct ftrace_text *t, struct tl_str line,
			struct tl_record *rec, size_t *at);
/* ftrace_frames.c: the frames of a stack */
enum pulled ftrace_frames(struct ftrace_text *t, struct tl_record *rec, size_t *at);

/* ftrace_note.c: what a finished record does to the picture of the whole */
void ftrace_note(struct tl_source *src, struct ftrace_text *t, const struct tl_record *rec);
/* The number of a buffer, which is kept when it is new. */
uint16_t ftrace_buffer(struct tl_source *src, struct ftrace_text *t, struct tl_str name);

#endif
