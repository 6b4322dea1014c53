/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace.dat, versions 6 and 7, as trace-cmd and our own recorder write it.
 *
 * Records come in time order over all cpus of all buffers; at equal times by (buffer, cpu). A stack
 * is an event of its own that the kernel writes behind the event it belongs to: it is given out
 * right behind it, before another cpu has its turn.
 *
 * Nothing of the file is believed. What is damaged is left out and becomes a blind interval of its
 * cpu, and everything before and behind it is read.
 */
#include <stdlib.h>
#include "base/crew.h"
#include "base/line.h"
#include "read/bytes.h"
#include "read/tracedat.h"
#include "tasklife/sym.h"

#define MAGIC "\x17\x08\x44tracing"
enum { MAGIC_N = 10, PAGE_MIN = 512 };

static int tracedat_sniff(const unsigned char *head, size_t n, bool whole)
{
	(void)whole;
	return n > MAGIC_N && !memcmp(head, MAGIC, MAGIC_N) ? 100 : 0;
}

static void tracedat_close(void *state)
{
	struct tracedat *td = state;

	if (!td)
		return;
	tl_symtab_free((struct tl_symtab *)td->src->info.symbols);
	td->src->info.symbols = NULL;
	td_streams_forget(td);
	td_unpackers_free(td);
	vec_each(p, &td->owned)
		free(*p);
	vec_fini(&td->stream);
	vec_fini(&td->owned);
	vec_fini(&td->event);
	vec_fini(&td->buffer);
	vec_fini(&td->instance);
	vec_fini(&td->frame);
	merge_fini(&td->merge);
	td_text_free(td->text);
	free(td->touched);
	free(td->by_id);
	free(td->comm);
	free(td->clock);
	free(td->kernel);
	free(td);
}

static void tracedat_fini(struct tracedat **td)
{
	tracedat_close(*td);
}

static struct tl_err *damaged(struct tracedat *td, const char *cause)
{
	return tl_err_cause(
		tl_err_new(TL_E_INPUT, N_("cannot read the recording '%s'"), td->src->name), cause,
		NULL);
}

/* magic | version\0 | u8 big-endian | u8 long size | u32 page size */
static struct tl_err *read_head(struct tracedat *td, struct cursor *c)
{
	struct tl_str version;
	const uint8_t *two;

	cursor_take(c, MAGIC_N);
	version = cursor_string(c);
	if (c->bad || version.n != 1 || (*version.p != '6' && *version.p != '7'))
		return damaged(td, N_("its version is neither 6 nor 7"));
	td->version = *version.p - '0';
	two = cursor_take(c, 2);
	if (!two)
		return damaged(td, N_("it ends inside its head"));
	c->big = td->big = two[0] != 0;
	td->long_size = td->user_long_size = two[1] == 4 ? 4 : 8;
	td->page_size = cursor_u32(c);
	if (td->page_size < PAGE_MIN || td->page_size > TD_CHUNK_MAX ||
	    td->page_size & (td->page_size - 1))
		td->page_size = 4096;
	td->common = (struct td_common){
		.usual = true,
		.flags = {2, FIELD_U8},
		.preempt = {3, FIELD_U8},
		.pid = {4, FIELD_S32},
		.type = {0, FIELD_U16},
		.need = 8,
	};
	return NULL;
}

/* Put every stream that has an event into the merge. */
static struct tl_err *start(struct tracedat *td)
{
	if (!merge_init(&td->merge, (uint32_t)td->stream.n))
		return &tl_enomem;
	vec_each(s, &td->stream)
		if (td_stream_next(td, s))
			merge_add(&td->merge, s->t, (uint32_t)(s - td->stream.v));
		else if (s->gap)
			source_blind(td->src, (struct tl_blind){TL_NS_NONE, TL_NS_NONE, s->cpu,
								s->gap_why, s->gap});
	return NULL;
}

static struct tl_err *tracedat_open(struct tl_source *src, void **ret_state)
{
	__attribute__((cleanup(tracedat_fini))) struct tracedat *td = line_calloc(sizeof(*td));
	struct cursor c;

	if (!td)
		return &tl_enomem;
	td->src = src;
	try(bytes_map(src->bytes, &td->file));
	c = (struct cursor){(const uint8_t *)td->file.p, td->file.n, 0, false, false};
	try(read_head(td, &c));
	src->info.format = td->version == 6 ? "trace.dat/6" : "trace.dat/7";
	try(td->version == 6 ? td6_read(td, &c) : td7_read(td, &c));
	if (!td->event.n)
		return damaged(td, N_("it holds no event formats"));
	try(td_finish(td));
	td_contexts(td);
	try(start(td));
	*ret_state = take(td);
	return NULL;
}

/* What was lost before this event, as a record of its own. */
static void give_gap(struct tracedat *td, struct td_stream *s, struct tl_record *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->kind = TL_REC_LOST;
	ret->buffer = s->buffer;
	ret->cpu = s->cpu;
	ret->pid = ret->tgid = TL_PID_NONE;
	ret->t = s->t;
	ret->place = td_place(s);
	ret->lost = s->gap;
	if (s->gap_why) {
		source_blind(td->src, (struct tl_blind){s->last, s->t, s->cpu, s->gap_why, s->gap});
		td->src->info.lost_unknown = true;
	} else {
		source_lost(td->src, s->cpu, s->last, s->t, s->gap);
	}
	s->gap = 0;
	s->gap_why = NULL;
}

static bool is_stack(const struct td_stream *s)
{
	return s->what->kind == TD_STACK || s->what->kind == TD_USER_STACK;
}

/* What is a task's own, or an interrupt's: whatever waits for a stack on that cpu waits in vain. */
static bool is_plain(const struct td_stream *s)
{
	return s->what->kind == TD_EVENT || s->what->kind == TD_FUNC;
}

/* The stream that gave the last record goes on. When a stack follows, the stream keeps its place at
 * the front of the merge, with the time of the event the stack belongs to. */
static void go_on(struct tracedat *td)
{
	struct td_stream *s = take(td->now);

	if (!td_stream_next(td, s)) {
		if (s->gap)
			source_blind(td->src, (struct tl_blind){s->last, TL_NS_NONE, s->cpu,
								s->gap_why, s->gap});
		merge_first_done(&td->merge);
	} else if (s->gap || !is_stack(s)) {
		merge_first_at(&td->merge, s->t);
	}
}

/*
 * The same at once, while the stream stays on its page, where the record's bytes live on: then it
 * is known whether a stack can follow, and nobody has to wait for one.
 */
static bool go_on_near(struct tracedat *td)
{
	struct td_stream *s = td->now;

	if (!td_stream_next_near(td, s))
		return false;
	td->now = NULL;
	if (!is_stack(s))
		merge_first_at(&td->merge, s->t);
	return true;
}

static void count(struct tl_trace_info *info, tl_ns t, bool is_record)
{
	info->records += is_record;
	if (t > info->last) { /* also the first one, since none is the least */
		info->last = t;
		if (info->first == TL_NS_NONE)
			info->first = t;
	} else if (t < info->first) {
		info->first = t;
	}
}

static bool is_counted(const struct tl_record *rec)
{
	return rec->kind != TL_REC_STACK && rec->kind != TL_REC_USER_STACK;
}

/* The stream's event in hand; false: nothing of it is given out. */
static bool give(struct tracedat *td, struct td_stream *s, struct tl_record *ret)
{
	bool passed_by = s->what->passed_by, near;
	tl_ns t = s->t;

	td->now = s;
	if (passed_by) {
		td_pass_by(td, s);
	} else if (!td_record(td, s, ret)) {
		td->src->info.unparsed++;
		return false;
	}
	near = go_on_near(td);
	count(&td->src->info, t, passed_by || is_counted(ret));
	if (passed_by)
		return false;
	ret->alone = near && is_plain(s) && tl_level(s->ctx) <= tl_level(ret->ctx);
	return true;
}

static int tracedat_next(struct tl_source *src, void *state, struct tl_record *ret)
{
	struct tracedat *td = state;
	struct td_stream *s;

	for (;;) {
		if (td->now)
			go_on(td);
		if (!td->merge.n)
			return 0;
		s = &td->stream.v[td->merge.item[0].who];
		if (s->gap) {
			give_gap(td, s, ret);
			count(&src->info, ret->t, false);
			return 1;
		}
		if (give(td, s, ret))
			return 1;
	}
}

static struct tl_str tracedat_text(struct tl_source *src, void *state, const struct tl_record *rec)
{
	(void)src;
	return td_text(state, rec);
}

static double tracedat_progress(const void *state)
{
	const struct tracedat *td = state;
	double done = 0, all = 0;

	for (size_t i = 0; i < td->stream.n; i++) {
		const struct td_stream *s = &td->stream.v[i];

		size_t n = s->piece_n, pos = s->piece_pos;

		if (s->packed)
			pos = td_chunks_done(s->chunks, &n);
		done += (double)pos;
		all += (double)n;
	}
	return all > 0 ? done / all : -1;
}

static void tracedat_crew(void *state, struct crew *crew)
{
	struct tracedat *td = state;
	bool packed = false, raw = false, joined = false;

	if (td->crew)
		crew_leave(td->crew, td);
	td->crew = crew;
	if (!crew)
		return;
	vec_each (s, &td->stream)
		*(s->packed ? &packed : &raw) = true;
	if (packed)
		joined |= td_unpack_begin(td);
	if (raw)
		joined |= td_touch_begin(td);
	if (!joined)
		td->crew = NULL;
}

const struct reader_ops reader_tracedat = {
	.name = "trace.dat",
	.sniff = tracedat_sniff,
	.open = tracedat_open,
	.next = tracedat_next,
	.text = tracedat_text,
	.close = tracedat_close,
	.want = td_want,
	.progress = tracedat_progress,
	.crew = tracedat_crew,
};
