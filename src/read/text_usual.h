/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The usual line of a trace, read without looking around: nearly every line of a large trace has
 * the columns at the same places and one of a dozen names. What is usual is decided strictly; any
 * doubt is for text_head() and tl_fields_from_text(), which know all forms. Where these here take a
 * line, they say of it what those say, bit by bit (tests/unit/read_text_usual_test.c compares
 * them).
 */
#ifndef READ_TEXT_USUAL_H
#define READ_TEXT_USUAL_H

#include "tasklife/read.h"

/* One field's place in a line: its key with the blank before it and the '=' behind it, as words to
 * compare. */
struct usual_field {
	uint64_t first, last, mask; /* mask: of a key shorter than a word */
	uint8_t n, back;	    /* length; where the word `last` begins */
	uint8_t type;		    /* enum tl_field_type */
	bool optional;
};

/* A row as fields to compare; n 0: its lines are never usual. */
struct usual_row {
	unsigned n;
	struct usual_field field[TL_FIELDS_MAX];
};

/* Shorter ones would have to be masked, and what we model is longer. */
enum { USUAL_NAME_LEAST = 8, USUAL_NAME_MOST = 24 };
enum { USUAL_FRONTS = 256, USUAL_FLAGS = 16, USUAL_NAMES = 64 };

/* What the lines before told: small tables, an entry is the last that fell on its place. */
struct usual {
	struct usual_front {
		uint64_t low, high; /* the 16 bytes of the task column */
		uint8_t comm;	    /* where the name begins in it */
		/* nothing in it could be taken for columns, or for something in front of them */
		bool plain;
	} front[USUAL_FRONTS];
	struct usual_flags {
		uint64_t word;
		uint8_t ctx, preempt;
	} flags[USUAL_FLAGS];
	struct usual_name {
		uint64_t first, middle, last;
		uint8_t n;
		bool stack; /* trace-cmd's kernel_stack */
		const struct tl_event_row *row;
	} name[USUAL_NAMES];
	struct usual_row row[TL_EVENTS];
};

void usual_init(struct usual *u);

/*
 * The columns and the name of a line behind whose end SWAR_SPARE bytes may be read. False: not
 * usual, *ret holds nothing of worth. Fills what text_head() fills; of ip and parent only `has`.
 */
bool usual_head(struct usual *u, struct tl_str line, struct tl_record *ret);

/* A name of n bytes, at least USUAL_NAME_LEAST, less than USUAL_NAME_MOST; !*ret_known: the caller
 * fills its entry. */
struct usual_name *usual_name_of(struct usual *u, const char *p, unsigned n, bool *ret_known);

/* The fields of an event whose row is known; the payload is a whole line's rest, SWAR_SPARE as
 * above, a blank before it. */
bool usual_fields(const struct usual *u, const struct tl_event_row *row, struct tl_str payload,
		  struct tl_fields *ret);

#endif
