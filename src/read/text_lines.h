/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines out of the sliding window, with looking ahead: a record may need the lines behind it (the
 * frames of a stack, the other half of a split name) before it can be given out.
 *
 * A line at offset `at` from the first line not yet consumed is looked at with lines_at(). When the
 * window had to move, all pointers are stale and the caller starts over with the record it was at
 * (LINES_MOVED); that happens once per window, not per line.
 *
 * Behind the window's end stand SWAR_SPARE newlines: who reads on from p < end without looking for
 * the line's end comes to one, and a line that ends at `end` is not whole.
 */
#ifndef READ_TEXT_LINES_H
#define READ_TEXT_LINES_H

#include "read/bytes.h"
#include "read/swar.h"

enum lines_got { LINES_OK, LINES_END, LINES_MOVED };

_Static_assert(SWAR_SPARE <= BYTES_SPARE, "as much as is read behind a window stands there");

/* Longest line, and longest record with all its lines; what is longer is cut, the rest skipped. */
#define LINES_MAX (1u << 20)

struct text_lines {
	struct source_bytes *bytes;
	const char *p,
		*end;       /* first byte not consumed, end of the window; at first there is none */
	const char *window; /* first byte of the window */
	uint64_t number;    /* 1-based number of the line at p */
	struct {
		size_t at;
		unsigned lines;
	} ahead[2]; /* how many lines lie before the two places last looked at */
	bool ended, skipping;
};

/* p behind the mark that some editors put in front of UTF-8. */
const char *lines_skip_mark(const char *p, const char *end);

void lines_init(struct text_lines *l, struct source_bytes *bytes);
/* The line at p + *at without its end ("\n", "\r\n") and without what printk puts in front; *at
 * moves behind it. */
enum lines_got lines_at(struct text_lines *l, size_t *at, struct tl_str *ret);
/* The end of a line without its "\r"; end: of what is before its "\n". */
static inline const char *lines_trim(const char *from, const char *end)
{
	while (end > from && end[-1] == '\r')
		end--;
	return end;
}

/* Done with the line at p, which ends at the newline nl < end. */
static inline void lines_next(struct text_lines *l, const char *nl)
{
	l->p = nl + 1;
	l->number++;
	l->ahead[0].at = l->ahead[1].at = 0;
}

/* So many lines stand between p + from, the place last looked at, and p + to: they were looked at
 * in one piece. */
void lines_passed(struct text_lines *l, size_t from, size_t to, unsigned lines);
/* Done with everything before p + at. */
void lines_consume(struct text_lines *l, size_t at);

#endif
