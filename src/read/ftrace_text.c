/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of tracefs `trace` and `trace_pipe`, with or without its header, as it is or pasted into
 * notes; the text of `trace-cmd report`, whose lines have the same columns; the latency format,
 * also as an oops dumps it.
 *
 * A line is tried in this order: a record (its columns decide), a header, lost events, a frame,
 * else prose, which is passed over. Three things need the lines behind a record's first one:
 * - a stack takes the frames that follow it, over blank lines and remarks;
 * - a record whose last fields are missing may have been split by a newline in a name, or wrapped:
 *   it is joined with what follows when that makes it whole, and never otherwise;
 * - a record that breaks off in its columns is tried together with the next line.
 *
 * Invariants
 * 1. A joined name keeps the kernel's limit of 15 bytes, a joined path belongs to the record's own
 *    pid, and a wrapped record never swallows a line that is a record itself: so nothing is forged
 *    by joining, and a cut line does not eat the next one.
 * 2. `unparsed` counts lines with the columns of a record that gave none; prose never counts.
 * 3. What a record points to lies in the window or in `scratch` and stays until the next pull.
 */
#include <stdlib.h>
#include "base/guard.h"
#include "read/blind_cpu.h"
#include "read/fields_plugin.h"
#include "read/scan.h"
#include "read/text_frame.h"
#include "read/text_head.h"
#include "read/text_header.h"
#include "read/text_latency.h"
#include "read/text_lines.h"
#include "read/text_stacks.h"
#include "read/text_usual.h"

#define COMM_MAX    15
#define TASK_COLUMN 16
#define FRAMES_MAX  1024
#define JOIN_MAX                                                                                   \
	4 /* lines a split record may go on for: a comm of 15 newlines is no name but an attack */

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
	size_t idle; /* bytes consumed since the last line that meant something */
	tl_ns latest;
};

enum pulled { PULL_RECORD, PULL_NOTHING, PULL_AGAIN };

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

/* ---- what every record does to the picture of the whole ---- */

static void note_time(struct tl_source *src, struct ftrace_text *t, tl_ns at)
{
	if (at == TL_NS_NONE)
		return;
	if (src->info.first == TL_NS_NONE || at < src->info.first)
		src->info.first = at;
	if (src->info.last == TL_NS_NONE || at > src->info.last)
		src->info.last = at;
	if (t->latest != TL_NS_NONE && at < t->latest)
		source_warn(
			src,
			N_("time runs backwards in this trace: is it of two boots, or put together?"));
	t->latest = at;
}

/* Entries that were overwritten before the trace was read: silence before its first record is no
 * proof. */
static void note_missing(struct tl_source *src, struct ftrace_text *t, const struct tl_record *rec)
{
	if (t->header.missing)
		source_lost(src, -1, TL_NS_NONE, rec->t, t->header.missing);
	t->header.missing = 0;
	if (t->header.buffer_started >= 0)
		blind_cpu_started(src, &t->cpus, t->header.buffer_started, rec->t);
	t->header.buffer_started = -1;
}

static void note_arch(struct tl_source *src, const struct tl_record *rec)
{
	for (unsigned i = rec->n_frames; i-- && src->info.arch == TL_ARCH_UNKNOWN;)
		src->info.arch = text_frame_arch(&rec->frame[i]);
	if (rec->kind == TL_REC_FUNC && src->info.arch == TL_ARCH_UNKNOWN)
		src->info.arch = text_frame_arch(&rec->ip);
}

static void note_record(struct tl_source *src, struct ftrace_text *t, const struct tl_record *rec)
{
	note_time(src, t, rec->t);
	note_missing(src, t, rec);
	blind_cpu_record(src, &t->cpus, rec->cpu, rec->t);
	if (t->buffers.n)
		blind_cpu_record(src, &t->of_buffer[rec->buffer], rec->cpu, rec->t);
	if (rec->kind == TL_REC_STACK)
		src->info.stacks_seen = true;
	else if (rec->kind != TL_REC_USER_STACK)
		src->info.records++;
	if (rec->kind == TL_REC_FUNC)
		src->info.functions_seen = true;
	if (rec->row)
		source_event_seen(src, rec->row->id);
	if (src->info.arch == TL_ARCH_UNKNOWN)
		note_arch(src, rec);
}

static uint16_t buffer_of(struct tl_source *src, struct ftrace_text *t, struct tl_str name)
{
	char **kept;

	if (!name.n)
		return 0;
	for (unsigned i = 0; i < src->info.n_buffers; i++)
		if (strlen(src->info.buffer[i]) == name.n &&
		    memcmp(src->info.buffer[i], name.p, name.n) == 0)
			return i;
	if (src->info.n_buffers == TL_BUFFERS_MAX || !(kept = vec_push(&t->buffers)))
		return 0;
	*kept = strndup(name.p, name.n);
	if (!*kept)
		return 0;
	src->info.buffer[src->info.n_buffers] = *kept;
	return src->info.n_buffers++;
}

/* ---- records that go on behind their first line ---- */

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

/* Invariant 1 for fields that were cut from several lines; *ret_in_name: a string holds the
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

/* The fields of a modelled event, looking at the next lines when they are not all there. */
static enum pulled take_fields(struct ftrace_text *t, struct tl_record *rec, size_t *at)
{
	struct tl_str line;
	size_t ahead = *at;

	if (t->is_usual && usual_fields(&t->usual, rec->row, rec->payload, &rec->f))
		return PULL_RECORD;
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

static bool stack_frame_line(struct tl_str line, struct tl_rawframe *ret, bool *ret_keep)
{
	*ret_keep = true;
	return text_frame_line(line, ret);
}

/*
 * Frame lines with nothing in between and the next record behind them, in one piece; false: look
 * line by line. The line behind them is neither a frame nor a remark if it begins like this.
 */
static bool take_block(struct ftrace_text *t, struct tl_record *rec, size_t *at)
{
	const char *from = t->lines.p + *at, *end = t->lines.end - SWAR_SPARE, *p = from, *name;
	const struct kept_stack *k;

	while (p < end && (memcmp(p, " => ", 4) == 0 || memcmp(p, "=> ", 3) == 0)) {
		p = memchr(p, '\n', t->lines.end - p);
		if (!p++)
			return false;
	}
	if (p == from || p >= end || (*p != ' ' && !is_word(*p)) || p - from > LINES_MAX / 2)
		return false;
	name = skip_blank(p, end);
	if ((*name != '<' && !is_word(*name)) || is_digit(*name))
		return false;
	k = stacks_of(&t->stacks, from, p - from, stack_frame_line);
	if (!k)
		return false;
	lines_passed(&t->lines, *at, *at + (p - from), k->lines);
	*at += p - from;
	rec->frame = k->frame;
	rec->n_frames = without_padding(k->frame, k->n_frames);
	rec->frames_kept = true;
	return true;
}

static enum pulled take_frames(struct ftrace_text *t, struct tl_record *rec, size_t *at)
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
		got = take_fields(t, rec, at);
	else if (rec->kind == TL_REC_STACK || rec->kind == TL_REC_USER_STACK)
		got = take_frames(t, rec, at);
	if (got != PULL_RECORD)
		return got;
	if (rec->row && !rec->f.have && rec->row->n_fields) {
		/* Columns and a name we know, but not one field: not what we think it is. */
		src->info.unparsed++;
		rec->row = NULL;
	}
	note_record(src, t, rec);
	return PULL_RECORD;
}

/* Columns that break off: perhaps the line was wrapped there. */
static enum pulled mend(struct tl_source *src, struct ftrace_text *t, struct tl_str line,
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
		note_record(src, t, rec);
		return PULL_RECORD;
	}
	src->info.unparsed++;
	return PULL_NOTHING;
}

static enum pulled take_lost(struct tl_source *src, struct ftrace_text *t, struct tl_record *rec,
			     struct tl_str buffer)
{
	struct blind_cpus *cpus = &t->cpus;

	rec->buffer = buffer_of(src, t, buffer);
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

static enum head_found head_of(struct ftrace_text *t, struct tl_str line, struct tl_record *rec,
			       struct head_extra *extra)
{
	*extra = (struct head_extra){.dash = line.p + TASK_COLUMN};
	t->is_usual = lines_spare(&t->lines, line) && usual_head(&t->usual, line, rec);
	if (t->is_usual)
		return HEAD_OK;
	record_clear(rec);
	return line.n && line.p[0] == '#' ? HEAD_NONE : text_head(line, rec, extra);
}

static enum pulled take_line(struct tl_source *src, struct ftrace_text *t, struct tl_str line,
			     struct tl_record *rec, size_t *at)
{
	struct head_extra extra;
	const char *end = line.p + line.n, *p;
	bool comment = line.n && line.p[0] == '#';

	switch (head_of(t, line, rec, &extra)) {
	case HEAD_OK:
		whole_comm(t, line, &extra, rec);
		rec->buffer = buffer_of(src, t, extra.buffer);
		return take_record(src, t, rec, at);
	case HEAD_BROKEN: return mend(src, t, line, rec, at);
	case HEAD_NONE: break;
	}
	/* Under an ordinary header there are no such lines, and looking for them costs. */
	if (!comment && (t->header.latency || !t->header.tracer) &&
	    text_latency(line, rec, &extra) == HEAD_OK) {
		rec->buffer = buffer_of(src, t, extra.buffer);
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
		struct tl_str line;
		size_t at = 0;
		enum lines_got got = lines_at(&t->lines, &at, &line);
		enum pulled pulled;
		bool used;

		if (got == LINES_END)
			return at_end(src, t);
		if (got == LINES_MOVED)
			continue;
		record_clear(ret);
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
