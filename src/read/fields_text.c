/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An event's fields cut from the text of its line by the event's row: at the known keys, in their
 * order.
 *
 * Names are hostile: a comm may be "x pid=1 res=0". So a string ends at the LAST place from which
 * everything behind it still reads as the remaining keys; the kernel's own keys come last. A comm
 * has at most 15 bytes (TASK_COMM_LEN - 1, include/linux/sched.h), so its end is looked for there
 * first; that is also what keeps a line's cost linear.
 *
 * Between two fields stands any white space: a record may have been split by a newline inside a
 * name or wrapped by whoever pasted it.
 */
#include "base/guard.h"
#include "read/fields_text.h"
#include "read/scan.h"

#define COMM_MAX        15
#define LINE_MAX_FIELDS (8 << 10) /* no line of the kernel is longer: TRACE_SEQ_BUFFER_SIZE */

struct cutter {
	const struct tl_event_row *row;
	unsigned n; /* fields to match, from the first */
	const char *from, *end;
	struct tl_fields *f;
};

static const char *cut(const struct cutter *c, unsigned i, const char *p);

/* Fields that not every kernel prints; events.def says since when. */
static const struct {
	uint16_t event, field;
} not_everywhere[] = {
	{TL_EVENT_TASK_RENAME, TL_F_TASK_RENAME_pid},
	{TL_EVENT_SCHED_PROCESS_EXIT, TL_F_SCHED_PROCESS_EXIT_group_dead},
	{TL_EVENT_SCHED_WAKING, TL_F_SCHED_WAKING_success},
	{TL_EVENT_SCHED_WAKEUP, TL_F_SCHED_WAKEUP_success},
	{TL_EVENT_SCHED_WAKEUP_NEW, TL_F_SCHED_WAKEUP_NEW_success},
	{TL_EVENT_MARK_VICTIM, TL_F_MARK_VICTIM_comm},
};

bool fields_may_be_absent(const struct tl_event_row *row, unsigned field)
{
	for (size_t i = 0; i < ARRAY_SIZE(not_everywhere); i++)
		if (not_everywhere[i].event == row->id && not_everywhere[i].field == field)
			return true;
	return !*row->field[field].printed;
}

/* "key=" at p; behind an arrow it may be wrapped, and trace-cmd report of old kernels prints no
 * arrow. */
static const char *match_key(const char *p, const char *end, const char *key)
{
	if (key[0] == '=' && SCAN_LIT(&key, key + strlen(key), "==> ") && SCAN_LIT(&p, end, "==>"))
		p = skip_space(p, end);
	while (p < end && *key && *p == *key) {
		p++;
		key++;
	}
	return !*key && p < end && *p == '=' ? p + 1 : NULL;
}

/*
 * TASK_STATE_MAX, which meant "preempted" before 4.14, moved from 1024 (3.x) to 4096 (4.8); the
 * numbers themselves have kept their meaning up to 64. Numbers come from trace-cmd report, which
 * prints what the binary record holds.
 */
static int64_t state_of_number(uint64_t v)
{
	bool preempted = v & TL_STATE_PREEMPTED || v == 1024 || v == 2048 || v == 4096;
	char letter = v >= 1024 ? 'R' : tl_state_letter(v & ~(uint64_t)TL_STATE_PREEMPTED);

	return (letter ? letter : '?') | (preempted ? TL_STATE_PREEMPTED : 0);
}

/* "S", "R+", "D|K" (the first letter counts), "x", or a number. */
static bool scan_state(const char **p, const char *end, int64_t *ret)
{
	const char *q = *p;
	uint64_t number;

	if (scan_u64(&q, end, &number)) {
		*ret = state_of_number(number);
	} else if (q < end && is_word(*q)) {
		*ret = *q++;
		while (q < end && (is_word(*q) || *q == '|'))
			q++;
		if (q < end && *q == '+') {
			*ret |= TL_STATE_PREEMPTED;
			q++;
		}
	} else {
		return false;
	}
	*p = q;
	return true;
}

static bool scan_bool(const char **p, const char *end, int64_t *ret)
{
	uint64_t number;

	if (SCAN_LIT(p, end, "true"))
		*ret = 1;
	else if (SCAN_LIT(p, end, "false"))
		*ret = 0;
	else if (scan_u64(p, end, &number))
		*ret = number != 0;
	else
		return false;
	return true;
}

/* options/fields (6.4) prints "0x3fc (1020)" for every number. */
static bool scan_both_ways(enum tl_field_type type, const char **p, const char *end, int64_t *ret)
{
	const char *q = *p;
	uint64_t v;

	if (end - q < 3 || q[0] != '0' || q[1] != 'x' || !scan_hex(&q, end, &v))
		return false;
	*ret = type == TL_FT_STATE ? state_of_number(v) : (int64_t)v;
	*p = q;
	if (SCAN_LIT(&q, end, " (") && scan_i64(&q, end, (int64_t *)&v) && SCAN_LIT(&q, end, ")")) {
		if (type == TL_FT_INT)
			*ret = v;
		*p = q;
	}
	return true;
}

static bool scan_number(enum tl_field_type type, const char **p, const char *end, int64_t *ret)
{
	bool ok;

	if (scan_both_ways(type, p, end, ret))
		return true;
	switch (type) {
	case TL_FT_HEX: ok = scan_hex(p, end, (uint64_t *)ret); break;
	case TL_FT_STATE: ok = scan_state(p, end, ret); break;
	case TL_FT_BOOL: ok = scan_bool(p, end, ret); break;
	default: ok = scan_i64(p, end, ret);
	}
	return ok && (*p == end || !is_word(**p));
}

static bool is_comm(const struct tl_field_row *field)
{
	size_t n = strlen(field->printed);

	return n >= 4 && memcmp(field->printed + n - 4, "comm", 4) == 0;
}

static void set_str(const struct cutter *c, unsigned i, const char *p, const char *end)
{
	c->f->v[i].s = (struct tl_str){p, end - p};
	c->f->have |= 1u << i;
}

/* What the kernel prints behind a last string, where it prints something:
 * include/trace/events/oom.h */
static const char *tail_of(const struct cutter *c, const char *p)
{
	const char *tail;

	if (c->row->id != TL_EVENT_MARK_VICTIM)
		return c->end;
	tail = memmem(p, c->end - p, " total-vm=", 10);
	return tail ? tail : c->end;
}

/* A string with nothing of ours behind it; remarks of whoever pasted the line are not part of a
 * comm. */
static const char *cut_last_str(const struct cutter *c, unsigned i, const char *p)
{
	const char *end = tail_of(c, p), *remark;

	if (end - p > COMM_MAX && is_comm(&c->row->field[i])) {
		remark = memmem(p, end - p, " //", 3);
		end = trim_end(p, remark ? remark : end);
	}
	set_str(c, i, p, end);
	return end;
}

/* The last place in (p, to] where the rest matches. */
static const char *cut_str_before(const struct cutter *c, unsigned i, const char *p, const char *to)
{
	for (const char *q = to; q >= p; q--) {
		const char *after;

		if (!is_space(*q))
			continue;
		after = cut(c, i + 1, q);
		if (after) {
			set_str(c, i, p, q);
			return after;
		}
	}
	return NULL;
}

static const char *cut_str(const struct cutter *c, unsigned i, const char *p)
{
	const char *last = c->end - 1, *after;

	if (i + 1 == c->n)
		return cut_last_str(c, i, p);
	if (p > last)
		return NULL;
	if (is_comm(&c->row->field[i]) && last - p > COMM_MAX) {
		after = cut_str_before(c, i, p, p + COMM_MAX);
		if (after)
			return after;
	}
	return cut_str_before(c, i, p, last);
}

/* Fields i.. from p, which stands before the white space in front of field i. Where they end, or
 * NULL. */
static const char *cut(const struct cutter *c, unsigned i, const char *p)
{
	const struct tl_field_row *field = &c->row->field[i];
	const char *q, *value = NULL;
	int64_t number;

	if (i == c->n)
		return p;
	q = skip_space(p, c->end);
	if (q > p || p == c->from) {
		value = match_key(q, c->end, field->printed);
		if (!value)
			value = match_key(q, c->end, field->name);
	}
	if (!value) {
		c->f->have &= ~(1u << i);
		return fields_may_be_absent(c->row, i) ? cut(c, i + 1, p) : NULL;
	}
	if (field->type == TL_FT_STR)
		return cut_str(c, i, value);
	if (!scan_number(field->type, &value, c->end, &number))
		return NULL;
	value = cut(c, i + 1, value);
	if (value) {
		c->f->v[i].i = number;
		c->f->have |= 1u << i;
	}
	return value;
}

/* A 32-bit kernel prints -ECHILD as 0xfffffff6; no result but an error lies there. */
static int64_t syscall_result(uint64_t v)
{
	return v >= 0xfffff001 && v <= UINT32_MAX ? (int32_t)v : (int64_t)v;
}

/* "which: 1, upid: 6f, ...": one of a call's arguments, by name. */
static void cut_argument(const struct cutter *c, unsigned i)
{
	const char *key = c->row->field[i].printed;
	size_t n = strlen(key);
	uint64_t v;

	for (const char *p = c->from; p && p < c->end; p = memchr(p, ',', (size_t)(c->end - p))) {
		p = skip_space(p + (*p == ','), c->end);
		if (!scan_lit(&p, c->end, key, n) ||
		    (!SCAN_LIT(&p, c->end, ":") && !SCAN_LIT(&p, c->end, "=")))
			continue;
		p = skip_space(p, c->end);
		if (!scan_hex(&p, c->end, &v))
			return;
		c->f->v[i].i = (int64_t)v;
		c->f->have |= 1u << i;
		return;
	}
}

/* "error_code: 3" and "-> 0x1a2", kernel/trace/trace_syscalls.c; trace-cmd leaves the arrow out. */
static bool cut_syscall(const struct cutter *c)
{
	const struct tl_field_row *field = &c->row->field[0];
	const char *p = skip_space(c->from, c->end);
	size_t key = strlen(field->printed);
	uint64_t v;

	for (unsigned i = 0; i < c->row->n_fields && field->type == TL_FT_HEX; i++)
		cut_argument(c, i);
	if (c->f->have)
		return true;
	if (SCAN_LIT(&p, c->end, "->") || scan_lit(&p, c->end, field->printed, key)) {
		SCAN_LIT(&p, c->end, ":");
		SCAN_LIT(&p, c->end, "=");
		p = skip_space(p, c->end);
	}
	if (!scan_hex(&p, c->end, &v))
		return false;
	c->f->v[0].i = field->type == TL_FT_INT ? syscall_result(v) : (int64_t)v;
	c->f->have = 1;
	return true;
}

/* What is there of a line that ends too early; a string without its end is not believed. */
static void cut_beginning(struct cutter *c)
{
	for (c->n = c->row->n_fields - 1; c->n > 0; c->n--) {
		c->f->have = 0;
		if (c->row->field[c->n - 1].type != TL_FT_STR && cut(c, 0, c->from))
			return;
	}
	c->f->have = 0;
}

/* Without its first key a line has no field at all, where that key is always printed. */
static bool begins(const struct cutter *c)
{
	const char *p = skip_space(c->from, c->end);

	return fields_may_be_absent(c->row, 0) || match_key(p, c->end, c->row->field[0].printed) ||
	       match_key(p, c->end, c->row->field[0].name);
}

bool tl_fields_from_text(const struct tl_event_row *row, struct tl_str payload,
			 struct tl_fields *ret)
{
	size_t n = payload.n < LINE_MAX_FIELDS ? payload.n : LINE_MAX_FIELDS;
	struct cutter c = {row, row->n_fields, payload.p, payload.p + n, ret};

	ret->have = 0;
	ret->plan = NULL;
	if (!row->n_fields)
		return true;
	if (row->system[0] == 's' && row->system[1] == 'y' && strcmp(row->system, "syscalls") == 0)
		return cut_syscall(&c);
	if (!begins(&c))
		return false;
	if (cut(&c, 0, c.from))
		return true;
	cut_beginning(&c);
	return false;
}
