/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines out of the sliding window, with looking ahead: a record may need the lines behind it (the
 * frames of a stack, the other half of a split name) before it can be given out.
 *
 * A line at offset `at` from the first line not yet consumed is looked at with lines_at(). When the
 * window had to move, all pointers are stale and the caller starts over with the record it was at
 * (LINES_MOVED); that happens once per window, not per line.
 */
#ifndef READ_TEXT_LINES_H
#define READ_TEXT_LINES_H

#include "read/bytes.h"
#include "read/swar.h"

enum lines_got { LINES_OK, LINES_END, LINES_MOVED };

/* Longest line, and longest record with all its lines; what is longer is cut, the rest skipped. */
#define LINES_MAX (1u << 20)

struct text_lines {
	struct source_bytes *bytes;
	const char *p, *end; /* first byte not consumed, end of the window */
	const char *window;  /* first byte of the window */
	uint64_t number;     /* 1-based number of the line at p */
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
/* May SWAR_SPARE bytes behind the end of this line be read, too? */
static inline bool lines_spare(const struct text_lines *l, struct tl_str line)
{
	return l->end - (line.p + line.n) >= SWAR_SPARE;
}

/* So many lines stand between p + from, the place last looked at, and p + to: they were looked at
 * in one piece. */
void lines_passed(struct text_lines *l, size_t from, size_t to, unsigned lines);
/* Done with everything before p + at. */
void lines_consume(struct text_lines *l, size_t at);

#endif
