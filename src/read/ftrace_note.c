/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every record of ftrace's text does to the picture of the whole: first and last time, losses,
 * the machine's kind, names of buffers.
 */
#include <string.h>
#include "base/guard.h"
#include "read/ftrace_text.h"
#include "read/text_frame.h"

/* The first of all, or not behind all others. */
static RARE void note_odd_time(struct tl_source *src, struct ftrace_text *t, tl_ns at)
{
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
static RARE void note_missing(struct tl_source *src, struct ftrace_text *t,
			      const struct tl_record *rec)
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

static void note_time(struct tl_source *src, struct ftrace_text *t, tl_ns at)
{
	if (at == TL_NS_NONE)
		return;
	if (src->info.last != TL_NS_NONE && at >= src->info.last)
		src->info.last = t->latest = at;
	else
		note_odd_time(src, t, at);
}

static APART void note_other(struct tl_source *src, const struct tl_record *rec)
{
	if (rec->kind == TL_REC_STACK)
		src->info.stacks_seen = true;
	else if (rec->kind != TL_REC_USER_STACK)
		src->info.records++;
	if (rec->kind == TL_REC_FUNC)
		src->info.functions_seen = true;
	if (src->info.arch == TL_ARCH_UNKNOWN)
		note_arch(src, rec);
}

void ftrace_note(struct tl_source *src, struct ftrace_text *t, const struct tl_record *rec)
{
	note_time(src, t, rec->t);
	if (t->header.missing || t->header.buffer_started >= 0)
		note_missing(src, t, rec);
	blind_cpu_record(src, &t->cpus, rec->cpu, rec->t);
	if (t->buffers.n)
		blind_cpu_record(src, &t->of_buffer[rec->buffer], rec->cpu, rec->t);
	if (rec->kind != TL_REC_EVENT) {
		note_other(src, rec);
		return;
	}
	src->info.records++;
	if (rec->row)
		source_event_seen(src, rec->row->id);
}

uint16_t ftrace_buffer(struct tl_source *src, struct ftrace_text *t, struct tl_str name)
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
