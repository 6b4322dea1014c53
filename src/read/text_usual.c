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

/* ---- whose line it is ---- */

/* Could text_head() find anything but "comm-pid" in this column? */
static bool is_plain(const char *comm, const char *dash)
{
	size_t n = dash - comm;

	if (!n || memchr(comm, '[', n) || memchr(comm, '\n', n))
		return false;
	if (!memchr(comm, ' ', n) && !memchr(comm, '\t', n))
		return true;
	return is_word(*comm) && !is_digit(*comm) && !memchr(comm, ':', n);
}

const char *usual_cpu(const char *p, int32_t *ret)
{
	uint64_t v = 0;

	if (*p++ != '[' || !swar_number(&p, &v) || *p != ']' || v >= CPU_MAX)
		return NULL;
	*ret = (int32_t)v;
	return p + 1;
}

/* A front met for the first time. */
static RARE void learn_front(struct usual_front *f, const char *line)
{
	const char *comm = skip_blank(line, line + TASK_COLUMN), *p = line + TASK_COLUMN;
	int32_t cpu = -1;
	uint64_t pid = 0;

	for (size_t i = 0; i < ARRAY_SIZE(f->word); i++)
		f->word[i] = swar_load(line + i * sizeof(*f->word));
	f->next = 0;
	if (*line != ' ' || !is_plain(comm, p++) || !swar_number(&p, &pid) || *p != ' ')
		return;
	f->pid = (tl_pid)pid;
	f->comm = (uint8_t)(comm - line);
	f->next = (uint8_t)(p - line);
	p = usual_cpu(swar_skip_blanks(p), &cpu);
	if (p && p - line <= (int)sizeof(f->word))
		f->next = (uint8_t)(p - line);
	else
		cpu = -1;
	f->cpu = (int16_t)cpu;
}

static const struct usual_front *front_of(struct usual *u, const char *line)
{
	uint64_t w[4] = {swar_load(line), swar_load(line + 8), swar_load(line + 16),
			 swar_load(line + 24)};
	struct usual_front *f = &u->front[usual_slot(w[2], w[3], USUAL_FRONTS)];

	if (((f->word[0] ^ w[0]) | (f->word[1] ^ w[1]) | (f->word[2] ^ w[2]) |
	     (f->word[3] ^ w[3])) != 0)
		learn_front(f, line);
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

/* From the line's begin to behind the CPU. */
static const char *owner_at(struct usual *u, const char *line, struct tl_record *ret)
{
	const struct usual_front *f = front_of(u, line);
	const char *p = line + f->next;

	if (!f->next)
		return NULL;
	ret->comm = (struct tl_str){line + f->comm, TASK_COLUMN - f->comm};
	ret->pid = f->pid;
	ret->tgid = TL_PID_NONE;
	ret->cpu = f->cpu;
	if (f->cpu >= 0)
		return p;
	p = swar_skip_blanks(p);
	if (*p == '(' && !(p = tgid_at(p, ret)))
		return NULL;
	return usual_cpu(p, &ret->cpu);
}

/* ---- when ---- */

/* "6400.733066:" or "123456:" at p; behind it. */
static const char *time_at(struct usual *u, const char *p, tl_ns *ret)
{
	const char *behind = usual_seconds(u, p, ret);
	uint64_t v;

	if (behind)
		return behind;
	if (!swar_number(&p, &v) || *p != ':')
		return NULL;
	*ret = (tl_ns)v;
	return p + 1;
}

/* Context and time behind the CPU. */
static const char *moment_at(struct usual *u, const char *p, struct tl_record *ret)
{
	ret->ctx = ret->preempt = 0;
	if (*p != ' ')
		return NULL;
	p = swar_skip_blanks(p);
	if (!is_digit(*p)) {
		p = usual_flags(u, p, ret);
		if (!p)
			return NULL;
		p = swar_skip_blanks(p);
	}
	return time_at(u, p, &ret->t);
}

/* ---- what ---- */

/* The place for a name, or the one beside it: a trace has two dozen of them at most. */
static unsigned name_slot(const uint64_t w[3])
{
	return (unsigned)usual_slot(w[0], w[1], USUAL_NAMES);
}

static bool is_name(const struct usual_name *name, const uint64_t w[3])
{
	return name->n && ((name->word[0] ^ w[0]) | (name->word[1] ^ (w[1] & name->mask[1])) |
			   (name->word[2] ^ (w[2] & name->mask[2]))) == 0;
}

struct usual_name *usual_name_at(struct usual *u, const char *p)
{
	uint64_t w[3] = {swar_load(p), swar_load(p + 8), swar_load(p + 16)};
	unsigned slot = name_slot(w);

	if (is_name(&u->name[slot], w))
		return &u->name[slot];
	return is_name(&u->name[slot ^ 1], w) ? &u->name[slot ^ 1] : NULL;
}

struct usual_name *usual_name_new(struct usual *u, const char *p, unsigned n)
{
	uint64_t w[3] = {swar_load(p), swar_load(p + 8), swar_load(p + 16)};
	unsigned slot = name_slot(w), left = n + 2;
	struct usual_name *name =
		&u->name[u->name[slot].n && !u->name[slot ^ 1].n ? slot ^ 1 : slot];

	*name = (struct usual_name){.n = (uint8_t)n};
	for (unsigned i = 0; i < 3 && left; i++) {
		unsigned part = left < 8 ? left : 8;

		name->mask[i] = UINT64_MAX >> (64 - part * 8);
		name->word[i] = w[i] & name->mask[i];
		left -= part;
	}
	return name;
}

/* How long the name at p is up to its ": "; 0: too short or too long to be usual. */
static unsigned name_length(const char *p)
{
	unsigned n = swar_before(swar_load(p), ':');

	if (n < USUAL_NAME_LEAST)
		return 0;
	n += swar_before(swar_load(p + 8), ':');
	if (n == 16)
		n += swar_before(swar_load(p + 16), ':');
	return n <= USUAL_NAME_MOST && p[n] == ':' && p[n + 1] == ' ' ? n : 0;
}

/* A name met for the first time. NULL: none whose lines are usual. */
static struct usual_name *learn_name(struct usual *u, const char *p)
{
	unsigned n = name_length(p);
	struct tl_record rec = {};
	struct usual_name *name;
	bool stack = n == 12 && memcmp(p, "kernel_stack", 12) == 0;

	if (!n || memchr(p, '\n', n) || !text_name(p, p + n + 2, &rec) || rec.name.p != p ||
	    rec.name.n != n)
		return NULL;
	if (!stack && (rec.kind != TL_REC_EVENT || (n == 8 && memcmp(p, "function", 8) == 0)))
		return NULL;
	name = usual_name_new(u, p, n);
	name->stack = stack;
	name->row = rec.row;
	return name;
}

static const char *stack_at(const char *p, struct tl_str name, struct tl_record *ret)
{
	static const char ftrace[] = "<stack trace>", report[] = "<stack trace >";
	size_t n = name.n ? sizeof(report) - 1 : sizeof(ftrace) - 1;

	if (memcmp(p, name.n ? report : ftrace, n) != 0 || !usual_end(p + n))
		return NULL;
	ret->kind = TL_REC_STACK;
	ret->name = name;
	ret->payload = (struct tl_str){p + n, 0};
	ret->row = NULL;
	return p + n;
}

const char *usual_event(struct usual *u, const char *p, struct tl_record *ret)
{
	const struct usual_name *name = usual_name_at(u, p);
	const char *payload;

	if (!name && *p == '<')
		return stack_at(p, (struct tl_str){p, 0}, ret);
	if (!name && !(name = learn_name(u, p)))
		return NULL;
	payload = swar_skip_blanks(p + name->n + 1);
	if (name->stack)
		return stack_at(payload, (struct tl_str){p, name->n}, ret);
	if (*payload == '[' || *payload == '\t') /* "[FAILED TO PARSE] " */
		return NULL;
	ret->kind = TL_REC_EVENT;
	ret->name = (struct tl_str){p, name->n};
	ret->payload = (struct tl_str){payload, 0};
	ret->row = name->row;
	return payload;
}

void usual_prefix_learn(struct usual *u, const char *p, size_t n, uint16_t buffer)
{
	struct usual_prefix *prefix = &u->prefix[buffer % TL_BUFFERS_MAX];

	if (n > sizeof(prefix->text) || !is_word(*p) || is_digit(*p))
		return;
	memcpy(prefix->text, p, n);
	prefix->n = (uint8_t)n;
	prefix->buffer = buffer;
}

/* Behind the name of a buffer; NULL: none stands here. */
static const char *behind_prefix(const struct usual *u, const char *line, struct tl_record *ret)
{
	for (unsigned i = 0; i < TL_BUFFERS_MAX; i++) {
		const struct usual_prefix *prefix = &u->prefix[i];

		if (prefix->n && memcmp(line, prefix->text, prefix->n) == 0) {
			ret->buffer = prefix->buffer;
			return line + prefix->n;
		}
	}
	return NULL;
}

const char *usual_head(struct usual *u, const char *line, struct tl_record *ret)
{
	const char *p;

	ret->buffer = 0;
	if (*line != ' ' && !(line = behind_prefix(u, line, ret)))
		return NULL;
	if (line[TASK_COLUMN] != '-')
		return NULL;
	p = owner_at(u, line, ret);
	p = p ? usual_moment(u, p, moment_at, ret) : NULL;
	if (!p || p - ret->comm.p <= COMM_MAX)
		return NULL;
	ret->ip.has = ret->parent.has = 0;
	return p;
}
