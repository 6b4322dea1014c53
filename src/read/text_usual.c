/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The columns of a usual line (see text_head.c for all forms there are):
 *
 *	            bash-2124  [002] d..1.  6400.733066: NAME...
 *	            init-908     (    908) [001] .....    35.852912: NAME...
 *
 * Usual means: the dash stands in column 16, a single run of blanks between columns, no number of
 * more than eight digits, and a task column that cannot be taken for anything else.
 *
 * Why nothing further right can be the true columns: text_head() takes the last place whose comm
 * has at most 15 bytes. The comm of a later place would begin where this one's does, as nothing in
 * front of a plain one can be taken for a quote mark, a line number or a buffer; so its dash would
 * stand within 15 bytes from there. But up to the name there is no dash behind the bracket, and the
 * name stands further right than that (checked).
 */
#include "base/guard.h"
#include "read/scan.h"
#include "read/swar.h"
#include "read/text_head.h"
#include "read/text_usual.h"

#define COMM_MAX    15
#define TASK_COLUMN 16
#define CPU_MAX     8192
#define LINE_LEAST  40 /* no usual line is shorter */

static size_t slot_of(uint64_t a, uint64_t b, size_t slots)
{
	uint64_t h = (a ^ b * 0xff51afd7ed558ccdu) * 0x9e3779b97f4a7c15u;

	return (h >> 40) & (slots - 1);
}

/* Could text_head() find anything but "comm-pid" in this column? */
static bool is_plain(const char *comm, const char *dash)
{
	size_t n = dash - comm;

	if (!n || memchr(comm, '[', n))
		return false;
	if (!memchr(comm, ' ', n) && !memchr(comm, '\t', n))
		return true;
	return is_word(*comm) && !is_digit(*comm) && !memchr(comm, ':', n);
}

static const struct usual_front *front_of(struct usual *u, const char *line)
{
	uint64_t low = swar_load(line), high = swar_load(line + 8);
	struct usual_front *f = &u->front[slot_of(low, high, USUAL_FRONTS)];
	const char *comm;

	if (f->low == low && f->high == high)
		return f;
	comm = skip_blank(line, line + TASK_COLUMN);
	*f = (struct usual_front){low, high, comm - line,
				  *line == ' ' && is_plain(comm, line + TASK_COLUMN)};
	return f;
}

/* "(    908)" or "(-------)" at p. */
static const char *tgid_at(const char *p, struct tl_record *ret)
{
	const char *q;
	uint64_t v;

	if (p[8] != ')' || p[9] != ' ')
		return NULL;
	if (memcmp(p, "(-------)", 9) == 0)
		return swar_skip_blanks(p + 9);
	q = swar_skip_blanks(p + 1);
	if (!swar_number(&q, &v) || q != p + 8)
		return NULL;
	ret->tgid = (tl_pid)v;
	return swar_skip_blanks(p + 9);
}

/* From the dash to behind the CPU. */
static const char *owner_at(const char *p, struct tl_record *ret)
{
	uint64_t v = 0;

	p++;
	if (!swar_number(&p, &v) || *p != ' ')
		return NULL;
	ret->pid = (tl_pid)v;
	ret->tgid = TL_PID_NONE;
	p = swar_skip_blanks(p);
	if (*p == '(' && !(p = tgid_at(p, ret)))
		return NULL;
	if (*p++ != '[' || !swar_number(&p, &v) || *p != ']' || v >= CPU_MAX)
		return NULL;
	ret->cpu = (int32_t)v;
	return p + 1;
}

/* The context column at p; behind it. */
static const char *flags_at(struct usual *u, const char *p, struct tl_record *ret)
{
	uint64_t w = swar_load(p);
	unsigned n = swar_before(w, ' ');
	struct usual_flags *f;

	if (n < 3 || n > 6)
		return NULL;
	w &= UINT64_MAX >> (64 - n * 8);
	f = &u->flags[slot_of(w, 0, USUAL_FLAGS)];
	if (f->word != w) {
		if (!text_flags(p, p + n, ret))
			return NULL;
		*f = (struct usual_flags){w, ret->ctx, ret->preempt};
	}
	ret->ctx = f->ctx;
	ret->preempt = f->preempt;
	return p + n;
}

/* "6400.733066:" or "123456:" at p; behind it. */
static const char *time_at(const char *p, tl_ns *ret)
{
	static const uint32_t scale[] = {1,      10,      100,      1000,      10000,
					 100000, 1000000, 10000000, 100000000, 1000000000};
	uint64_t sec, part = 0;
	unsigned n;

	if (!swar_number(&p, &sec))
		return NULL;
	*ret = (tl_ns)sec;
	if (*p == '.') {
		n = swar_digits(swar_load(++p), &part);
		if (n == 8 && is_digit(p[8]))
			part = part * 10 + (uint64_t)(p[n++] - '0');
		*ret = (tl_ns)(sec * 1000000000 + part * scale[9 - n]);
		p += n;
		if (!n)
			return NULL;
	}
	return *p == ':' ? p + 1 : NULL;
}

/* Context and time behind the CPU; where the name begins. */
static const char *moment_at(struct usual *u, const char *p, struct tl_record *ret)
{
	ret->ctx = ret->preempt = 0;
	if (*p != ' ')
		return NULL;
	p = swar_skip_blanks(p);
	if (!is_digit(*p)) {
		p = flags_at(u, p, ret);
		if (!p)
			return NULL;
		p = swar_skip_blanks(p);
	}
	p = time_at(p, &ret->t);
	return p ? swar_skip_blanks(p) : NULL;
}

/* A name met for the first time, n bytes up to its colon. False: none whose lines are usual. */
static bool learn_name(struct usual_name *name, const char *p, unsigned n, const char *end)
{
	struct tl_record rec = {};

	if (!text_name(p, end, &rec) || rec.name.p != p || rec.name.n != n)
		return false;
	if (n == 12 && memcmp(p, "kernel_stack", 12) == 0)
		name->stack = true;
	else if (rec.kind != TL_REC_EVENT || (n == 8 && memcmp(p, "function", 8) == 0))
		return false;
	name->row = rec.row;
	return true;
}

struct usual_name *usual_name_of(struct usual *u, const char *p, unsigned n, bool *ret_known)
{
	uint64_t first = swar_load(p), middle = n > 16 ? swar_load(p + 8) : 0,
		 last = swar_load(p + n - 8);
	struct usual_name *name = &u->name[slot_of(first ^ middle, last, USUAL_NAMES)];

	*ret_known = name->n == n && name->first == first && name->last == last &&
		     name->middle == middle;
	if (!*ret_known)
		*name = (struct usual_name){first, middle, last, .n = n};
	return name;
}

static const struct usual_name *name_at(struct usual *u, const char *p, const char *end)
{
	struct usual_name *name;
	unsigned n = swar_before(swar_load(p), ':');
	bool known;

	if (n < USUAL_NAME_LEAST)
		return NULL;
	n += swar_before(swar_load(p + 8), ':');
	if (n == 16)
		n += swar_before(swar_load(p + 16), ':');
	if (n == USUAL_NAME_MOST || p[n + 1] != ' ')
		return NULL;
	name = usual_name_of(u, p, n, &known);
	if (known || learn_name(name, p, n, end))
		return name;
	name->n = 0;
	return NULL;
}

static bool stack_at(const char *p, const char *end, const char *name, unsigned n,
		     struct tl_record *ret)
{
	static const char ftrace[] = "<stack trace>", report[] = "<stack trace >";
	size_t len = n ? sizeof(report) - 1 : sizeof(ftrace) - 1;

	if ((size_t)(end - p) != len || memcmp(p, n ? report : ftrace, len) != 0)
		return false;
	ret->kind = TL_REC_STACK;
	ret->name = (struct tl_str){name, n};
	ret->payload = (struct tl_str){end, 0};
	ret->row = NULL;
	return true;
}

static bool event_at(struct usual *u, const char *p, const char *end, struct tl_record *ret)
{
	const struct usual_name *name;
	const char *payload;

	if (*p == '<')
		return stack_at(p, end, p, 0, ret);
	name = name_at(u, p, end);
	if (!name)
		return false;
	payload = swar_skip_blanks(p + name->n + 1);
	if (name->stack)
		return stack_at(payload, end, p, name->n, ret);
	if (*payload == '[' || *payload == '\t') /* "[FAILED TO PARSE] " */
		return false;
	ret->kind = TL_REC_EVENT;
	ret->name = (struct tl_str){p, name->n};
	ret->payload = (struct tl_str){payload, end - payload};
	ret->row = name->row;
	return true;
}

bool usual_head(struct usual *u, struct tl_str line, struct tl_record *ret)
{
	const char *dash = line.p + TASK_COLUMN, *end = line.p + line.n, *p;
	const struct usual_front *front;

	if (line.n < LINE_LEAST || *dash != '-')
		return false;
	front = front_of(u, line.p);
	if (!front->plain)
		return false;
	p = owner_at(dash, ret);
	p = p ? moment_at(u, p, ret) : NULL;
	if (!p || p >= end || p - (line.p + front->comm) <= COMM_MAX || !event_at(u, p, end, ret))
		return false;
	ret->comm = (struct tl_str){line.p + front->comm, TASK_COLUMN - front->comm};
	ret->ip.has = ret->parent.has = 0;
	return true;
}
