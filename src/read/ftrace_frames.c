/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The stack of a record: the frames that follow it, over blank lines and remarks. Mostly they stand
 * in one piece, which is known as a whole when it was met before.
 */
#include "base/guard.h"
#include "read/ftrace_text.h"
#include "read/scan.h"
#include "read/text_frame.h"

#define FRAMES_MAX 1024

static bool is_remark(struct tl_str line)
{
	const char *end = line.p + line.n, *p = skip_space(line.p, end);

	p = text_skip_number(p, end);
	return p == end || SCAN_LIT(&p, end, "//") || SCAN_LIT(&p, end, "#");
}

static bool push_frame(struct ftrace_text *t, const struct tl_rawframe *frame)
{
	struct tl_rawframe *f;

	if (t->frames.n >= FRAMES_MAX)
		return false;
	f = vec_push(&t->frames);
	if (f)
		*f = *frame;
	return f;
}

/* trace-cmd report fills up stacks with "=> 0x0": how many are none of these. */
static unsigned without_padding(const struct tl_rawframe *frame, unsigned n)
{
	while (n && frame[n - 1].has == TL_FH_ADDR && !frame[n - 1].addr &&
	       frame[n - 1].text.n >= 3)
		n--;
	return n;
}

static bool frame_begins(const char *p)
{
	return memcmp(p, " => ", 4) == 0 || memcmp(p, "=> ", 3) == 0;
}

/* A line that begins like this is neither a frame nor a remark. */
static bool record_begins(const char *p, const char *end)
{
	const char *name = skip_blank(p, end);

	return (*p == ' ' || is_word(*p)) && (*name == '<' || is_word(*name)) && !is_digit(*name);
}

static bool take_frame(struct tl_str line, struct tl_rawframe *ret, bool *ret_keep)
{
	*ret_keep = true;
	return text_frame_line(line, ret);
}

/* Frame lines with nothing in between and the next record behind them, in one piece; false: look
 * line by line. */
static bool take_block(struct ftrace_text *t, struct tl_record *rec, size_t *at)
{
	static const struct stack_form form = {frame_begins, record_begins, take_frame};
	const struct kept_stack *k =
		stacks_at(&t->stacks, &form, rec->cpu, t->lines.p + *at, t->lines.end);

	if (!k)
		return false;
	lines_passed(&t->lines, *at, *at + k->n, k->lines);
	*at += k->n;
	rec->frame = k->frame;
	rec->n_frames = without_padding(k->frame, k->n_frames);
	rec->frames_kept = true;
	return true;
}

enum pulled ftrace_frames(struct ftrace_text *t, struct tl_record *rec, size_t *at)
{
	struct tl_rawframe frame;
	struct tl_str line;
	size_t ahead = *at;
	enum lines_got got;

	if (t->is_usual && take_block(t, rec, at))
		return PULL_RECORD;
	t->frames.n = 0;
	if (text_frame_line(rec->payload,
			    &frame)) /* trace-cmd: the first one stands on the line itself */
		push_frame(t, &frame);
	while ((got = lines_at(&t->lines, &ahead, &line)) == LINES_OK) {
		if (text_frame_line(line, &frame)) {
			if (!push_frame(t, &frame))
				break;
			*at = ahead;
		} else if (!is_remark(line)) {
			break;
		}
	}
	if (got == LINES_MOVED)
		return PULL_AGAIN;
	rec->frame = t->frames.v;
	rec->n_frames = without_padding(t->frames.v, t->frames.n);
	return PULL_RECORD;
}
