/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The usual line of a trace, read from left to right without looking for its end first: nearly
 * every line of a large trace has the columns at the same places and one of a dozen names. What is
 * usual is decided strictly; any doubt is for text_head() and tl_fields_from_text(), which know all
 * forms. Where these here take a line, they say of it what those say, bit by bit
 * (tests/unit/read_text_usual_test.c compares them).
 *
 * What they read goes on behind the line: the caller vouches that SWAR_SPARE bytes behind the place
 * it gives may be read, and that these hold a newline (text_lines.h). No byte is taken that is not
 * known to be none, so nothing is read further than a word or two behind the line's end.
 */
#ifndef READ_TEXT_USUAL_H
#define READ_TEXT_USUAL_H

#include "read/swar.h"
#include "read/text_layout.h"

/* One field's place in a line: its key with the blank before it and the '=' behind it, as words to
 * compare; and its last value, if that is one that mostly stays: what was read, with one byte more.
 */
struct usual_field {
	uint64_t first, last, mask; /* mask: of a key shorter than a word */
	uint64_t was, was_mask;
	int64_t was_value;
	uint8_t n, back; /* length; where the word `last` begins */
	uint8_t type;    /* enum tl_field_type */
	uint8_t was_n;
	bool optional, steady;
};

/* A row as fields to compare; n 0: its lines are never usual. */
struct usual_row {
	unsigned n;
	struct usual_field field[TL_FIELDS_MAX];
};

/* Shorter names are not modelled; longer ones do not fit into three words with ": " behind them. */
enum { USUAL_NAME_LEAST = 8, USUAL_NAME_MOST = 22 };
enum { USUAL_PREFIX = 61, USUAL_FRONTS = 256, USUAL_FLAGS = 16, USUAL_NAMES = 128 };
enum { USUAL_MOMENTS = 32 };

/* What the lines before told: small tables, an entry is the last that fell on its place. */
struct usual {
	struct usual_front {
		uint64_t word[4]; /* the first 32 bytes of a line: its task, mostly also its CPU */
		tl_pid pid;
		int16_t cpu;  /* -1: its column does not end within the words */
		uint8_t comm; /* where the name begins */
		uint8_t next; /* behind the CPU's column, or behind the pid; 0: not usual */
	} front[USUAL_FRONTS];
	struct usual_flags {
		uint64_t word;
		uint8_t ctx, preempt;
	} flags[USUAL_FLAGS];
	struct usual_second {
		uint64_t word, mask; /* "6400." */
		tl_ns t;
		uint8_t n;
	} second;
	struct usual_moment {
		uint64_t word[3],
			mask[3];     /* "d..1.  6400.733066:"; mask: of all but the last digits */
		tl_ns second, scale; /* without what these say; what one counts in the last place */
		uint8_t n, digits, shift; /* length; where these begin; what puts them in place */
		uint8_t ctx, preempt;
	} moment[USUAL_MOMENTS];
	unsigned last_moment;
	struct usual_name {
		uint64_t word[3], mask[3]; /* the name with ": " behind it */
		uint8_t n;                 /* of the name alone */
		bool stack;                /* trace-cmd's kernel_stack */
		const struct tl_event_row *row;
	} name[USUAL_NAMES];
	struct usual_row row[TL_EVENTS];
	struct text_layouts layouts;
	struct usual_prefix {
		char text[USUAL_PREFIX]; /* "lives:  " as trace-cmd writes it before the columns */
		uint8_t n;
		uint16_t buffer;
	} prefix[TL_BUFFERS_MAX];
};

/* Of one that is all zeros. */
void usual_init(struct usual *u);
/* A thorough look found that these n bytes name a buffer, and that the columns begin behind them.
 */
void usual_prefix_learn(struct usual *u, const char *p, size_t n, uint16_t buffer);

/*
 * The columns of the line at p. NULL: not usual, *ret holds nothing of worth; otherwise behind the
 * time's colon. Fills what text_head() fills of them, and the buffer; of ip and parent only `has`.
 */
const char *usual_head(struct usual *u, const char *p, struct tl_record *ret);
/* latency_usual.c: the same for a line of the latency format that is all there before `end`. */
const char *usual_latency_head(struct usual *u, const char *p, const char *end,
			       struct tl_record *ret);
/* perf_usual.c: the same for a line of perf script. */
const char *usual_perf_head(struct usual *u, const char *p, struct tl_record *ret);

/* Pieces of it: the context column, "[002]", "6400.733066:". Behind them, or NULL. */
const char *usual_flags(struct usual *u, const char *p, struct tl_record *ret);
const char *usual_cpu(const char *p, int32_t *ret);
const char *usual_seconds(struct usual *u, const char *p, tl_ns *ret);
/* Context and time behind the CPU, as this form of text has them. */
typedef const char *usual_pieces(struct usual *u, const char *p, struct tl_record *ret);
/* The same; only where no moment like it was met before it is put together from its pieces. */
const char *usual_moment(struct usual *u, const char *p, usual_pieces *by_pieces,
			 struct tl_record *ret);

/* perf_usual.c: behind "system:", which stands at p behind blanks; NULL: it is none. */
const char *usual_perf_name(const char *p);

/* "name: " behind the columns: where the payload begins, for a stack the line's end, or NULL. Of
 * the payload only where it begins is filled. */
const char *usual_event(struct usual *u, const char *p, struct tl_record *ret);
/* The same for perf script; names are known from thorough looks alone. */
const char *usual_perf_event(struct usual *u, const char *p, struct tl_record *ret);
/* That is what a thorough look found in a line. */
void usual_perf_learn(struct usual *u, const struct tl_record *rec);

/* The name at p, up to a ": ", if it was met before. */
struct usual_name *usual_name_at(struct usual *u, const char *p);
/* An entry for the name of n bytes at p, which is followed by ": "; the caller fills stack and row.
 */
struct usual_name *usual_name_new(struct usual *u, const char *p, unsigned n);

/* The fields of an event whose row is known, a blank before them: where they end, or NULL. */
const char *usual_fields(struct usual *u, const struct tl_event_row *row, const char *p,
			 struct tl_fields *ret);

/* The end of an event's line whose name is read and whose columns end at `from`, and its payload's:
 * of a modelled event with usual fields, or of one of no interest. NULL: look thoroughly; what is
 * returned may be `end` or more. */
const char *usual_rest(struct usual *u, const char *from, const char *end, struct tl_record *rec);

/* A place for what these words tell, in a small table. */
static inline size_t usual_slot(uint64_t a, uint64_t b, size_t slots)
{
	uint64_t h = (a ^ b * 0xff51afd7ed558ccdu) * 0x9e3779b97f4a7c15u;

	return (h >> 56) & (slots - 1); /* only the highest bits depend on all bytes */
}

/* The '\n' behind p if the line ends there, NULL if it does not. */
static inline const char *usual_end(const char *p)
{
	while (*p == '\r')
		p++;
	return *p == '\n' ? p : NULL;
}

#endif
