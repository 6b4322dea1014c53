/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines out of the sliding window; see text_lines.h.
 *
 * Invariants
 * 1. window <= p <= end; everything in [p, end) survives a refill.
 * 2. [p, end) grows beyond LINES_MAX only until the current line's end is found or given up: memory
 *    is bounded whatever the input.
 */
#include <string.h>
#include "read/text_latency.h"
#include "read/text_lines.h"

/* At least so much of what was consumed is kept in view: a name in the first column may begin on a
 * line before its record. */
#define LOOK_BACK 64

void lines_init(struct text_lines *l, struct source_bytes *bytes)
{
	*l = (struct text_lines){.bytes = bytes, .number = 1, .p = "", .end = ""};
	l->p = l->end = l->window = "";
}

const char *lines_skip_mark(const char *p, const char *end)
{
	return end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? p + 3 : p;
}

static void refill(struct text_lines *l)
{
	size_t back = l->p - l->window < LOOK_BACK ? l->p - l->window : LOOK_BACK;
	uint64_t offset;
	struct tl_str w;

	l->ended = !bytes_fill(l->bytes, l->end - l->p + back, &w, &offset);
	l->window = w.p;
	l->p = w.p + back;
	l->end = w.p + w.n;
	if (offset == 0 && l->number == 1 && back == 0)
		l->p = lines_skip_mark(l->p, l->end);
}

/* Behind the end of a line that was too long. */
static void skip_rest_of_line(struct text_lines *l)
{
	while (l->skipping) {
		const char *nl = memchr(l->p, '\n', l->end - l->p);

		if (nl) {
			l->p = nl + 1;
			l->number++;
			l->skipping = false;
			return;
		}
		l->p = l->end;
		if (l->ended)
			return;
		refill(l);
	}
}

/* Lines are mostly consumed as they were looked at, or all but the last: they need no counting
 * then. */
void lines_passed(struct text_lines *l, size_t from, size_t to, unsigned lines)
{
	unsigned before = from == 0 ? 0 : l->ahead[1].lines;

	if (from && from != l->ahead[1].at) {
		l->ahead[0].at = l->ahead[1].at = 0;
		return;
	}
	l->ahead[0].at = from;
	l->ahead[0].lines = before;
	l->ahead[1].at = to;
	l->ahead[1].lines = before + lines;
}

enum lines_got lines_at(struct text_lines *l, size_t *at, struct tl_str *ret)
{
	const char *from, *nl, *stop;

	if (l->skipping && *at == 0)
		skip_rest_of_line(l);
	from = l->p + *at;
	nl = memchr(from, '\n', l->end - from);
	if (nl) {
		stop = nl;
		lines_passed(l, *at, nl + 1 - l->p, 1);
		*at = nl + 1 - l->p;
	} else if (*at && (size_t)(l->end - l->p) >= LINES_MAX) {
		return LINES_END; /* looked far enough ahead */
	} else if (!l->ended && (size_t)(l->end - from) < LINES_MAX) {
		refill(l);
		return LINES_MOVED;
	} else {
		if (from == l->end)
			return LINES_END;
		stop = l->end;
		*at = stop - l->p;
		l->skipping = !l->ended;
	}
	*ret = (struct tl_str){from, lines_trim(from, stop) - from};
	if (ret->n && (*from == '[' || *from == '<'))
		*ret = text_skip_printk(*ret);
	return LINES_OK;
}

void lines_consume(struct text_lines *l, size_t at)
{
	const char *from = l->p, *to = l->p + at;

	l->p = to;
	for (int i = 0; i < 2; i++) {
		if (at && l->ahead[i].at == at) {
			l->number += l->ahead[i].lines;
			from = to;
			break;
		}
	}
	l->ahead[0].at = l->ahead[1].at = 0;
	for (; (from = memchr(from, '\n', to - from)); from++)
		l->number++;
}
