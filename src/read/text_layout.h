/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines laid out as one that was met before: from behind the columns to the line's end the same
 * bytes but for the digits of some numbers and the letters of names. To see that takes a few
 * comparisons, none of which waits for another; then each value is where it was, and as long. And
 * what a CPU does it does again in the same order: mostly the layout of its next line is that which
 * came next the last time, so the one to compare with is known before the line is looked at.
 *
 * A layout is learned from a line whose fields are known, and says of another what a look at its
 * keys would say (fields_usual.c, fields_plugin.c): a number has at most eight digits, and in a
 * name stands no blank and no '=', so neither a key nor what ends a name can begin there.
 */
#ifndef READ_TEXT_LAYOUT_H
#define READ_TEXT_LAYOUT_H

#include "tasklife/read.h"

enum {
	LAYOUT_MOST = 224, /* bytes of a line that can be laid out */
	LAYOUT_SETS = 64,  /* a set: the layouts of one event, mostly */
	LAYOUT_WAYS = 4,
	LAYOUT_CPUS = 16,
	LAYOUT_BEHIND = 64, /* no further behind a line's end is looked */
};

struct text_layout {
	struct text_layout *then; /* that of the line behind, the last time */
	uint64_t word[LAYOUT_MOST / 8], mask[LAYOUT_MOST / 8]; /* mask: of what stays */
	const struct tl_event_row *row;
	uint8_t words, n; /* to compare; up to the newline */
	uint8_t name_at, name_n, payload_at, payload_n;
	uint8_t n_numbers, n_strings;
	struct layout_number {
		uint8_t at, shift, field;
	} number[TL_FIELDS_MAX];
	struct layout_string {
		uint64_t first, last; /* which of its first and last eight bytes to look at */
		uint8_t at, n, field;
	} string[TL_FIELDS_MAX];
	struct tl_fields f; /* with the values that stay */
};

struct text_layouts {
	/* the last line's, of the CPUs whose numbers have the same rest */
	struct text_layout *last[LAYOUT_CPUS];
	int trust;     /* up with each line that was foreseen, down with each laid out like none */
	unsigned rest; /* so many lines more are not looked at: too few were laid out */
	struct layout_set {
		uint8_t n, misses;
		struct text_layout way[LAYOUT_WAYS];
	} set[LAYOUT_SETS];
};

/*
 * The line whose columns end at p, to its newline, which is returned, if it is laid out as its CPU
 * lets expect. NULL: it is not. Of *ret the columns are known; kind, name, payload, row and fields
 * are filled.
 */
const char *layouts_expect(struct text_layouts *l, const char *p, const char *end,
			   struct tl_record *ret);
/* Then the same if it is laid out as any, whose event's name begins at `name`. */
const char *layouts_search(struct text_layouts *l, const char *p, const char *name, const char *end,
			   struct tl_record *ret);

/* So is this line of an event laid out from p on, whose fields are known and which ends at nl. */
void layouts_learn(struct text_layouts *l, const struct tl_record *rec, const char *p,
		   const char *nl);

#endif
