/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside read/: one reader per file format behind struct reader_ops; source.c sniffs, opens and
 * pulls. A format is one file with one `const struct reader_ops` and one line in source.c's table.
 */
#ifndef READ_READER_H
#define READ_READER_H

#include "base/vec.h"
#include "tasklife/read.h"

struct tl_source;
struct crew;

struct reader_ops {
	const char *name; /* goes into tl_trace_info.format unless open() sets a better one */
	/*
	 * How sure, 0..100, that these first bytes (n of them, all there are if `whole`) are of
	 * this kind. From SNIFF_SURE on no more bytes are waited for; with less, the first record
	 * must be found before the input counts as a trace.
	 */
	int (*sniff)(const unsigned char *head, size_t n, bool whole);
	struct tl_err *(*open)(struct tl_source *src, void **ret_state);
	int (*next)(struct tl_source *src, void *state, struct tl_record *ret);
	/* or NULL */
	struct tl_str (*text)(struct tl_source *src, void *state, const struct tl_record *rec);
	void (*close)(void *state);
	/* see tl_source_want(); or NULL: all are given out */
	void (*want)(void *state, const uint64_t rows[TL_EVENT_WORDS]);
	/* see tl_source_crew(); or NULL: nothing can be done beforehand */
	void (*crew)(void *state, struct crew *crew);
	/* 0 to 1; NULL: as far as the input's bytes were read */
	double (*progress)(const void *state);
};

struct source_bytes; /* where the bytes come from: a map, a pipe, an unpacker; see bytes.h */

struct tl_source {
	const struct reader_ops *ops;
	void *state;
	struct source_bytes *bytes;
	char *name;
	char *kernel; /* behind info.kernel, where a reader found it in the file */
	struct tl_trace_info info;
	VEC(struct tl_blind) blind;
	size_t blind_changed; /* the first that is new or was closed since somebody asked */
	VEC(const char *) warnings;
	struct tl_str text;    /* room for tl_record_text() */
	struct tl_record peek; /* read while opening, to be given out first */
	bool peeked;
	/* msgid: what else the input may be good for, should no record be found */
	const char *hint;
};

#define SNIFF_SURE 80

/* Helpers for readers; each keeps info's pointers up to date. */
bool source_blind(struct tl_source *src, struct tl_blind blind);
bool source_warn(struct tl_source *src, const char *msgid); /* the same one is kept once */
void source_blind_closed(struct tl_source *src, size_t i, tl_ns to);
void source_lost(struct tl_source *src, int cpu, tl_ns from, tl_ns to, uint64_t lost);
void source_event_seen(struct tl_source *src, enum tl_event_id id);

/* What the columns and the name of a line say nothing of. */
static inline void record_clear_rest(struct tl_record *rec)
{
	rec->f.have = 0;
	rec->f.plan = NULL;
	rec->frame = NULL;
	rec->n_frames = 0;
	rec->frames_kept = rec->comm_kept = rec->orphan = rec->alone = false;
	rec->lost = 0;
	rec->raw = rec->raw_format = NULL;
	rec->raw_n = 0;
}

/* All that may be looked at of a record of text; fields and symbols are not, without their `have`
 * and `has`. */
static inline void record_clear(struct tl_record *rec)
{
	rec->kind = TL_REC_EVENT;
	rec->buffer = 0;
	rec->ctx = rec->preempt = 0;
	rec->cpu = -1;
	rec->pid = rec->tgid = TL_PID_NONE;
	rec->t = TL_NS_NONE;
	rec->comm = rec->name = rec->payload = (struct tl_str){};
	rec->row = NULL;
	rec->ip.has = rec->parent.has = 0;
	record_clear_rest(rec);
}

extern const struct reader_ops reader_ftrace_text, reader_perf_text, reader_tracedat;

#endif
