/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of tracefs `trace` and `trace_pipe`, with or without its header, as it is or pasted into
 * notes; the text of `trace-cmd report`, whose lines have the same columns; the latency format,
 * also as an oops dumps it.
 *
 * A line is tried in this order: a record (its columns decide), a header, lost events, a frame,
 * else prose, which is passed over. What needs the lines behind a record's first one is in files of
 * its own: ftrace_frames.c the frames of a stack, ftrace_join.c records that were split or wrapped.
 *
 * Invariants
 * 1. `unparsed` counts lines with the columns of a record that gave none; prose never counts.
 * 2. What a record points to lies in the window or in `scratch` and stays until the next pull.
 */
#include <stdlib.h>
#include "base/guard.h"
#include "read/ftrace_text.h"
#include "read/scan.h"
#include "read/text_frame.h"
#include "read/text_head.h"
#include "read/text_latency.h"

#define TASK_COLUMN 16

/* ---- recognising ---- */

static bool line_tells_trace(struct tl_str line)
{
	struct tl_record rec = {};
	struct head_extra extra;
	struct tl_str tracer = {line.p, line.n};
	int cpus;

	tracer.p = skip_blank(line.p, line.p + line.n);
	tracer.n = line.p + line.n - tracer.p;
	if (tracer.n > 10 && memcmp(tracer.p, "# tracer: ", 10) == 0)
		return true;
	return text_is_report_start(line, &cpus) || text_head(line, &rec, &extra) == HEAD_OK ||
	       text_latency(line, &rec, &extra) == HEAD_OK;
}

static int sniff(const unsigned char *head, size_t n, bool whole)
{
	const char *p = (const char *)head, *nul = memchr(p, 0, n), *end = nul ? nul : p + n;

	/* a NUL before the first line that tells a trace: no text; behind it: a text with a hole */
	p = lines_skip_mark(p, end);
	while (p < end) {
		const char *nl = memchr(p, '\n', end - p);

		if (!nl && (nul || !whole))
			break;
		if (line_tells_trace(text_skip_printk((struct tl_str){p, (nl ? nl : end) - p})))
			return SNIFF_SURE + 10;
		p = nl ? nl + 1 : end;
	}
	return n && !nul ? 10 : 0;
}

static struct tl_err *open_text(struct tl_source *src, void **ret)
{
	struct ftrace_text *t = calloc(1, sizeof(*t));

	if (!t)
		return &tl_enomem;
	lines_init(&t->lines, src->bytes);
	usual_init(&t->usual);
	stacks_init(&t->stacks);
	t->header.buffer_started = -1;
	t->latest = TL_NS_NONE;
	*ret = t;
	return NULL;
}

static void close_text(void *state)
{
	struct ftrace_text *t = state;

	vec_each (name, &t->buffers)
		free(*name);
	vec_fini(&t->buffers);
	vec_fini(&t->frames);
	stacks_fini(&t->stacks);
	vec_fini(&t->scratch);
	blind_cpus_fini(&t->cpus);
	for (unsigned i = 0; i < TL_BUFFERS_MAX; i++)
		blind_cpus_fini(&t->of_buffer[i]);
	free(t);
}

/* ---- one line ---- */

/*
 * A newline in the comm of the first column: then "%16s-" began on a line before, and both halves
 * with the newline fill the column exactly. Lines that meant something themselves are no first
 * half.
 */
static void whole_comm(struct ftrace_text *t, struct tl_str line, const struct head_extra *extra,
		       struct tl_record *rec)
{
	const char *from = extra->dash - TASK_COLUMN;

	if (extra->dash - line.p >= TASK_COLUMN || from < t->lines.window || extra->buffer.n)
		return;
	if ((size_t)(line.p - from) > t->idle || *from != ' ')
		return;
	if (from > t->lines.window && from[-1] != '\n')
		return;
	from = skip_blank(from, extra->dash);
	rec->comm = (struct tl_str){from, extra->dash - from};
}

static enum pulled take_record(struct tl_source *src, struct ftrace_text *t, struct tl_record *rec,
			       size_t *at)
{
	enum pulled got = PULL_RECORD;

	if (rec->row)
		got = ftrace_fields(t, rec, at);
	else if (rec->kind == TL_REC_STACK || rec->kind == TL_REC_USER_STACK)
		got = ftrace_frames(t, rec, at);
	if (got != PULL_RECORD)
		return got;
	if (rec->row && !rec->f.have && rec->row->n_fields) {
		/* Columns and a name we know, but not one field: not what we think it is. */
		src->info.unparsed++;
		rec->row = NULL;
	}
	ftrace_note(src, t, rec);
	return PULL_RECORD;
}

static enum pulled take_lost(struct tl_source *src, struct ftrace_text *t, struct tl_record *rec,
			     struct tl_str buffer)
{
	struct blind_cpus *cpus = &t->cpus;

	rec->buffer = ftrace_buffer(src, t, buffer);
	if (buffer.n)
		cpus = &t->of_buffer[rec->buffer];
	blind_cpu_lost(src, cpus, rec->cpu, rec->lost);
	rec->kind = TL_REC_LOST;
	return PULL_RECORD;
}

static void take_report_start(struct tl_source *src, struct tl_str line)
{
	int cpus;

	if (!text_is_report_start(line, &cpus) || src->info.records)
		return;
	src->info.format = "trace-cmd-report";
	if (cpus)
		src->info.cpus = cpus;
}

/* "lives: " in front of a task column of full width: so will the next line of this buffer begin. */
static void note_prefix(struct ftrace_text *t, struct tl_str line, const struct head_extra *extra,
			const struct tl_record *rec)
{
	size_t name = extra->buffer.n, n = extra->dash - line.p - TASK_COLUMN;

	if (name && extra->buffer.p == line.p && n >= name + 2)
		usual_prefix_learn(&t->usual, line.p, n, rec->buffer);
}

static enum pulled take_line(struct tl_source *src, struct ftrace_text *t, struct tl_str line,
			     struct tl_record *rec, size_t *at)
{
	struct head_extra extra = {};
	const char *end = line.p + line.n, *p;
	bool comment = line.n && line.p[0] == '#';

	if (t->is_usual) {
		rec->payload.n = end - rec->payload.p;
		return take_record(src, t, rec, at);
	}
	record_clear(rec);
	switch (comment ? HEAD_NONE : text_head(line, rec, &extra)) {
	case HEAD_OK:
		whole_comm(t, line, &extra, rec);
		rec->buffer = ftrace_buffer(src, t, extra.buffer);
		note_prefix(t, line, &extra, rec);
		return take_record(src, t, rec, at);
	case HEAD_BROKEN: return ftrace_mend(src, t, line, rec, at);
	case HEAD_NONE: break;
	}
	/* Under an ordinary header there are no such lines, and looking for them costs. */
	if (!comment && (t->header.latency || !t->header.tracer) &&
	    text_latency(line, rec, &extra) == HEAD_OK) {
		rec->buffer = ftrace_buffer(src, t, extra.buffer);
		return take_record(src, t, rec, at);
	}
	p = skip_blank(line.p, end);
	if (p < end && *p == '#')
		text_header_line(src, &t->header, (struct tl_str){p, end - p});
	else if (text_lost_line(line, &rec->cpu, &rec->lost, &extra.buffer))
		return take_lost(src, t, rec, extra.buffer);
	else
		take_report_start(src, line);
	return PULL_NOTHING;
}

/* ---- one usual line ---- */

/*
 * The line at hand in one go, up to its newline, which is returned. NULL: look at it thoroughly;
 * is_usual tells whether at least its columns and its name are known.
 */
static const char *usual_line(struct ftrace_text *t, struct tl_record *rec)
{
	struct text_lines *l = &t->lines;
	struct usual *u = &t->usual;
	const char *p, *name, *nl;

	t->is_usual = false;
	if (l->p == l->end || l->skipping)
		return NULL;
	p = usual_head(u, l->p, rec);
	if (!p && t->header.latency)
		p = usual_latency_head(u, l->p, l->end, rec);
	if (!p)
		return NULL;
	record_clear_rest(rec);
	nl = layouts_expect(&u->layouts, p, l->end, rec);
	if (!nl) {
		name = swar_skip_blanks(p);
		nl = layouts_search(&u->layouts, p, name, l->end, rec);
		t->is_usual = !nl && usual_event(u, name, rec);
		if (t->is_usual && rec->kind == TL_REC_EVENT)
			nl = usual_rest(u, p, l->end, rec);
	}
	return nl && nl < l->end ? nl : NULL;
}

/* ---- lines without a record ---- */

/* Whether a line may hold the first half of a name (see whole_comm): then it was no line of ours.
 */
static bool meant_something(struct tl_str line)
{
	struct tl_rawframe frame;

	return (line.n && line.p[0] == '#') || text_frame_line(line, &frame);
}

/* Notes often hold call stacks and no record: another command names those. */
static void note_bare_stack(struct tl_source *src, struct tl_str line)
{
	const char *end = line.p + line.n, *p = skip_blank(line.p, end);
	struct tl_rawframe frame;

	if (!text_frame_line(line, &frame)) {
		p = text_symbol(p, end, &frame);
		if (!p || skip_blank(p, end) != end)
			return;
	}
	if (frame.has & TL_FH_SIZE)
		src->hint = N_("a call stack alone is named by 'tasklife symbols -'");
}

static int at_end(struct tl_source *src, struct ftrace_text *t)
{
	if (bytes_error(src->bytes) &&
	    source_warn(src,
			N_("the input is damaged or cut: what follows its last record is missing")))
		source_blind(src, (struct tl_blind){.from = t->latest,
						    .to = TL_NS_NONE,
						    .cpu = -1,
						    .why = N_("the input is damaged or cut"),
						    .lost = UINT64_MAX});
	return 0;
}

static int next_text(struct tl_source *src, void *state, struct tl_record *ret)
{
	struct ftrace_text *t = state;

	for (;;) {
		const char *nl = usual_line(t, ret);
		struct tl_str line;
		size_t at = 0;
		enum lines_got got;
		enum pulled pulled;
		bool used;

		if (nl) {
			ret->place = t->lines.number;
			ftrace_note(src, t, ret);
			lines_next(&t->lines, nl);
			t->idle = 0;
			return 1;
		}
		got = lines_at(&t->lines, &at, &line);
		if (got == LINES_END)
			return at_end(src, t);
		if (got == LINES_MOVED)
			continue;
		pulled = take_line(src, t, line, ret, &at);
		if (pulled == PULL_AGAIN)
			continue;
		ret->place = t->lines.number;
		used = pulled == PULL_RECORD || meant_something(line);
		if (pulled == PULL_NOTHING && !src->info.records && !src->hint)
			note_bare_stack(src, line);
		lines_consume(&t->lines, at);
		t->idle = used ? 0 : t->idle + at;
		if (pulled == PULL_RECORD)
			return 1;
	}
}

const struct reader_ops reader_ftrace_text = {
	.name = "ftrace-text",
	.sniff = sniff,
	.open = open_text,
	.next = next_text,
	.close = close_text,
};
