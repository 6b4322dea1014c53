/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records that go on behind their first line: a newline in a name split them, or something wrapped
 * them. A record whose last fields are missing is joined with what follows when that makes it
 * whole, and never otherwise; one that breaks off in its columns is tried together with the next
 * line.
 *
 * Invariant: a joined name keeps the kernel's limit of 15 bytes, a joined path belongs to the
 * record's own pid, and a wrapped record never swallows a line that is a record itself: so nothing
 * is forged by joining, and a cut line does not eat the next one.
 */
#include "base/guard.h"
#include "read/fields_plugin.h"
#include "read/ftrace_text.h"
#include "read/text_frame.h"
#include "read/text_head.h"

#define COMM_MAX 15
/* lines a split record may go on for: a comm of 15 newlines is no name but an attack */
#define JOIN_MAX 4

static bool is_record(struct tl_str line)
{
	struct tl_record rec = {};
	struct head_extra extra;

	return text_head(line, &rec, &extra) == HEAD_OK;
}

static struct tl_str to_end_of(struct tl_str from, struct tl_str line)
{
	return (struct tl_str){from.p, line.p + line.n - from.p};
}

/* The invariant for fields that were cut from several lines; *ret_in_name: a string holds the
 * newline. */
static bool join_is_sound(const struct tl_record *rec, const struct tl_fields *f, bool *ret_in_name)
{
	*ret_in_name = false;
	for (unsigned i = 0; i < rec->row->n_fields; i++) {
		const struct tl_field_row *field = &rec->row->field[i];
		struct tl_str s = f->v[i].s;

		if (!(f->have & 1u << i) || field->type != TL_FT_STR || !memchr(s.p, '\n', s.n))
			continue;
		*ret_in_name = true;
		if (s.n <= COMM_MAX)
			continue;
		/* Longer ones are paths of an exec, told by the task itself. */
		for (unsigned k = i; k < rec->row->n_fields; k++)
			if (strcmp(rec->row->field[k].name, "pid") == 0 && f->v[k].i == rec->pid)
				return true;
		return false;
	}
	return true;
}

/* Put payload and line together without the break between them, for a wrap in the middle of a word.
 */
static struct tl_str glue(struct ftrace_text *t, struct tl_str a, struct tl_str b,
			  const char *between)
{
	size_t gap = strlen(between);

	if (a.n + b.n + gap > LINES_MAX || !vec_reserve(&t->scratch, a.n + b.n + gap))
		return (struct tl_str){};
	memcpy(t->scratch.v, a.p, a.n);
	memcpy(t->scratch.v + a.n, between, gap);
	memcpy(t->scratch.v + a.n + gap, b.p, b.n);
	return (struct tl_str){t->scratch.v, a.n + b.n + gap};
}

static bool joins(struct ftrace_text *t, struct tl_record *rec, struct tl_str line,
		  bool line_is_record)
{
	struct tl_str whole = to_end_of(rec->payload, line);
	struct tl_fields f;
	bool in_name;

	if (tl_fields_from_text(rec->row, whole, &f) && join_is_sound(rec, &f, &in_name) &&
	    (in_name || !line_is_record)) {
		rec->payload = whole;
		rec->f = f;
		return true;
	}
	if (line_is_record)
		return false;
	whole = glue(t, rec->payload, line, "");
	if (!whole.n || !tl_fields_from_text(rec->row, whole, &f))
		return false;
	rec->payload = whole;
	rec->f = f;
	return true;
}

enum pulled ftrace_fields(struct ftrace_text *t, struct tl_record *rec, size_t *at)
{
	struct tl_str line;
	size_t ahead = *at;

	if (tl_fields_from_text(rec->row, rec->payload, &rec->f))
		return PULL_RECORD;
	if (!rec->f.have && fields_from_plugin(rec->row, rec->payload, &rec->f))
		return PULL_RECORD;
	for (int i = 0; i < JOIN_MAX; i++) {
		enum lines_got got = lines_at(&t->lines, &ahead, &line);
		struct tl_rawframe frame;
		bool record;

		if (got == LINES_MOVED)
			return PULL_AGAIN;
		if (got == LINES_END)
			break;
		record = is_record(line);
		if (joins(t, rec, line, record)) {
			*at = ahead;
			break;
		}
		if (record || text_frame_line(line, &frame))
			break;
	}
	return PULL_RECORD;
}

enum pulled ftrace_mend(struct tl_source *src, struct ftrace_text *t, struct tl_str line,
			struct tl_record *rec, size_t *at)
{
	struct head_extra extra;
	struct tl_str next, both;
	size_t ahead = *at;

	for (;;) {
		enum lines_got got = lines_at(&t->lines, &ahead, &next);

		if (got == LINES_MOVED)
			return PULL_AGAIN;
		if (got == LINES_END)
			break;
		if (!next.n)
			continue;
		both = is_record(next) ? (struct tl_str){} : glue(t, line, next, " ");
		if (!both.n || text_head(both, rec, &extra) != HEAD_OK || rec->kind == TL_REC_STACK)
			break;
		*at = ahead;
		if (rec->row && !tl_fields_from_text(rec->row, rec->payload, &rec->f))
			break;
		ftrace_note(src, t, rec);
		return PULL_RECORD;
	}
	src->info.unparsed++;
	return PULL_NOTHING;
}
