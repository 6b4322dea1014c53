/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The columns of a line tell a record (read/text_head.h); every other line belongs to the record
 * before it, but a loss, which is told before the CPU's next record.
 *
 * Invariants
 * 1. The pieces of one pipe whose times do not run backwards keep their order.
 * 2. A stack follows its own record: it bears the time of the last one of its CPU in its pipe.
 */
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "read/text_head.h"
#include "read/text_header.h"
#include "record/weave.h"

#define CPUS_MOST 8192
static const char tick_mark[] = "tasklife/1 tick";

void weave_init(struct weave *w, const char *first, const char *second)
{
	*w = (struct weave){.tick = TL_NS_NONE};
	w->from[0].name = first;
	w->from[1].name = second;
	for (unsigned i = 0; i < ARRAY_SIZE(w->from); i++)
		w->from[i].t = w->from[i].newest = TL_NS_NONE;
}

void weave_fini(struct weave *w)
{
	for (unsigned i = 0; i < ARRAY_SIZE(w->from); i++) {
		vec_fini(&w->from[i].begun);
		vec_fini(&w->from[i].open);
		vec_fini(&w->from[i].cpu);
	}
	vec_fini(&w->text);
	vec_fini(&w->piece);
}

#define APPEND(w, vec, p, size)                                                                    \
	do {                                                                                       \
		if (!(size))                                                                       \
			break; /* memcpy() wants to know where to, even for nothing */             \
		if (vec_reserve(vec, (vec)->n + (size))) {                                         \
			memcpy((vec)->v + (vec)->n, p, size);                                      \
			(vec)->n += (size);                                                        \
		} else {                                                                           \
			(w)->starved = true;                                                       \
		}                                                                                  \
	} while (0)

static void close_piece(struct weave *w, struct weave_from *f)
{
	struct weave_piece *p = f->open.n ? vec_push(&w->piece) : NULL;

	if (p) {
		*p = (struct weave_piece){f->t, w->text.n, f->open.n};
		APPEND(w, &w->text, f->open.v, f->open.n);
		if (w->text.n != p->at + p->n)
			w->piece.n--;
	}
	w->starved |= f->open.n && !p;
	f->open.n = 0;
	f->t = TL_NS_NONE;
}

static tl_ns time_of(struct weave *w, struct weave_from *f, const struct tl_record *rec)
{
	tl_ns *last;

	if (rec->cpu < 0 || rec->cpu >= CPUS_MOST)
		return rec->t;
	while (f->cpu.n <= (size_t)rec->cpu) {
		last = vec_push(&f->cpu);
		if (!last) {
			w->starved = true;
			return rec->t;
		}
		*last = rec->t;
	}
	last = &f->cpu.v[rec->cpu];
	if (rec->kind != TL_REC_STACK)
		*last = rec->t;
	return *last;
}

static bool is_tick(const struct tl_record *rec)
{
	return rec->kind == TL_REC_MARK && rec->payload.n >= sizeof(tick_mark) - 1 &&
	       !memcmp(rec->payload.p, tick_mark, sizeof(tick_mark) - 1);
}

static void add_line(struct weave *w, struct weave_from *f, struct tl_str line)
{
	/* wide enough for the task column to begin behind it, also where a newline in a name has
	 * cut that */
	static const char gap[] = ":                ";
	struct tl_record rec = {.cpu = -1};
	struct head_extra extra;
	bool record = text_head(line, &rec, &extra) == HEAD_OK, lost = false;

	if (!record)
		lost = text_lost_line(line, &rec.cpu, &rec.lost, &extra.buffer);
	if (lost || (record && f->t != TL_NS_NONE))
		close_piece(w, f);
	if (record) {
		f->t = time_of(w, f, &rec);
		f->newest = f->t > f->newest ? f->t : f->newest;
		if (is_tick(&rec))
			w->tick = rec.t;
	}
	if (record || lost) {
		APPEND(w, &f->open, f->name, strlen(f->name));
		APPEND(w, &f->open, gap, sizeof(gap) - 1);
	}
	APPEND(w, &f->open, line.p, line.n);
	APPEND(w, &f->open, "\n", 1);
}

void weave_add(struct weave *w, unsigned from, const char *text, size_t n)
{
	struct weave_from *f = &w->from[from];
	const char *end = text + n, *nl;

	for (; (nl = memchr(text, '\n', (size_t)(end - text))); text = nl + 1) {
		if (!f->begun.n) {
			add_line(w, f, (struct tl_str){text, (size_t)(nl - text)});
			continue;
		}
		APPEND(w, &f->begun, text, (size_t)(nl - text));
		add_line(w, f, (struct tl_str){f->begun.v, f->begun.n});
		f->begun.n = 0;
	}
	APPEND(w, &f->begun, text, (size_t)(end - text));
}

static int by_time(const void *a, const void *b)
{
	const struct weave_piece *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* What is left stands at the beginning again, in its order. */
static void keep_from(struct weave *w, size_t first)
{
	VEC(char) text = {};
	size_t n = 0;

	for (size_t i = first; i < w->piece.n; i++)
		n += w->piece.v[i].n;
	if (!vec_reserve(&text, n)) {
		w->starved |= n > 0;
		first = w->piece.n;
	}
	for (size_t i = first; i < w->piece.n; i++) {
		struct weave_piece *p = &w->piece.v[i];

		memcpy(text.v + text.n, w->text.v + p->at, p->n);
		p->at = text.n;
		text.n += p->n;
		w->piece.v[i - first] = *p;
	}
	w->piece.n -= first;
	vec_fini(&w->text);
	w->text.v = text.v;
	w->text.n = text.n;
	w->text.cap = text.cap;
}

void weave_until(struct weave *w, tl_ns t, struct out *to)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(w->from); i++)
		close_piece(w, &w->from[i]);
	vec_sort(&w->piece, by_time);
	for (i = 0; i < w->piece.n && w->piece.v[i].t <= t; i++)
		out_mem(to, w->text.v + w->piece.v[i].at, w->piece.v[i].n);
	if (i)
		keep_from(w, i);
}

bool weave_holds(const struct weave *w)
{
	return w->piece.n || w->from[0].open.n || w->from[1].open.n;
}
