/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The columns of a line, all that kernels since 3.x and trace-cmd print:
 *
 *	            bash-2124  [002] d..1.  6400.733066: NAME...
 *	            init-908     (    908) [001] .....    35.852912: NAME...      record-tgid
 *	            bash-2124  [002]  6400.733066: NAME...                        irq-info off, 3.2, trace-cmd
 *	lives:      bash-2124  [002]  6400.733066123: NAME...                     trace-cmd report, buffers
 *	            bash-2124  [002] d..1.  12345678: NAME...                     clocks counter, x86-tsc, uptime
 *
 * The comm may hold anything, also text that looks like these columns. But it has at most 15 bytes,
 * and everything behind the true columns has them in front, which are longer than 15 bytes. So of
 * all the places that look like columns the right one is the LAST whose comm is not longer than
 * that.
 */
#include "read/scan.h"
#include "read/text_frame.h"
#include "read/text_head.h"

#define COMM_MAX    15
#define TASK_COLUMN 16   /* "%16s-%-7d": the dash of an untouched line stands there */
#define FRONT_MAX   512  /* the columns begin within so many bytes, whatever was pasted in front */
#define CPU_MAX     8192 /* NR_CPUS is at most that */

/* ctx bits of each character of the context column: kernel/trace/trace_output.c
 * trace_print_lat_fmt. */
static uint8_t irqs_bits(char c)
{
	return c == 'd' || c == 'D' ? TL_CTX_IRQS_OFF : 0;
}

static uint8_t interrupt_bits(char c)
{
	switch (c) {
	case 'h': return TL_CTX_HARDIRQ;
	case 's': return TL_CTX_SOFTIRQ;
	case 'H': return TL_CTX_HARDIRQ | TL_CTX_SOFTIRQ;
	case 'z': return TL_CTX_NMI;
	case 'Z': return TL_CTX_NMI | TL_CTX_HARDIRQ;
	default: return 0;
	}
}

bool text_flags(const char *p, const char *end, struct tl_record *ret)
{
	int depth;

	if (end - p < 3 || end - p > 6)
		return false;
	if (!strchr(".dDbX", p[0]) || !strchr(".NnpBbLl", p[1]) || !strchr(".hHsSzZ", p[2]))
		return false;
	for (const char *q = p + 3; q < end; q++)
		if (*q != '.' && hex_digit(*q) < 0)
			return false;
	depth = end - p > 3 ? hex_digit(p[3]) : -1;
	ret->preempt = depth > 0 ? depth : 0;
	ret->ctx = TL_CTX_KNOWN | irqs_bits(p[0]) | interrupt_bits(p[2]) |
		   (p[1] != '.' ? TL_CTX_RESCHED : 0);
	return true;
}

/* "6400.733066:" with 1 to 9 digits behind the dot, or "123456:". */
bool text_stamp(const char **p, const char *end, tl_ns *ret)
{
	const char *q = *p, *frac;
	uint64_t sec, ns = 0;
	int digits;

	if (!scan_u64(&q, end, &sec))
		return false;
	if (q < end && *q == '.') {
		for (frac = ++q; q < end && is_digit(*q) && q - frac < 9; q++)
			ns = ns * 10 + (*q - '0');
		digits = q - frac;
		if (!digits || sec > INT64_MAX / 1000000000 - 1)
			return false;
		for (; digits < 9; digits++)
			ns *= 10;
		sec = sec * 1000000000 + ns;
	}
	if (q == end || *q != ':' || sec > INT64_MAX)
		return false;
	*ret = sec;
	*p = q + 1;
	return true;
}

/* Backwards from `q`, behind blanks: "(    908)" or "(-------)". Where the blanks before it end. */
static const char *tgid_before(const char *from, const char *q, tl_pid *ret)
{
	const char *close = q - 1, *open = close, *p;
	uint64_t v;

	*ret = TL_PID_NONE;
	if (q == from || *close != ')')
		return q;
	while (open > from && close - open < 12 && *open != '(')
		open--;
	if (*open != '(')
		return NULL;
	p = skip_blank(open + 1, close);
	if (scan_u64(&p, close, &v) && p == close && v <= INT32_MAX)
		*ret = v;
	while (open > from && is_blank(open[-1]))
		open--;
	return open;
}

/* "-PID" and maybe a TGID in front of the '[': where the dash is, or NULL. */
static const char *owner_before(const char *from, const char *bracket, struct tl_record *ret)
{
	const char *q = bracket, *digits;
	uint64_t pid = 0;

	while (q > from && is_blank(q[-1]))
		q--;
	if (q == bracket)
		return NULL;
	q = tgid_before(from, q, &ret->tgid);
	if (!q)
		return NULL;
	for (digits = q; digits > from && is_digit(digits[-1]); digits--)
		;
	if (digits == q || digits == from || digits[-1] != '-')
		return NULL;
	scan_u64(&digits, q, &pid);
	ret->pid = pid <= INT32_MAX ? (tl_pid)pid : TL_PID_NONE;
	for (digits = q; is_digit(digits[-1]); digits--)
		;
	return digits - 1;
}

static const char *cpu_at(const char *bracket, const char *end, struct tl_record *ret)
{
	const char *p = bracket + 1;
	uint64_t cpu;

	if (!scan_u64(&p, end, &cpu) || cpu >= CPU_MAX || p == end || *p != ']')
		return NULL;
	ret->cpu = cpu;
	return p + 1;
}

/* Context and time behind the CPU; where the name begins. */
static const char *moment(const char *p, const char *end, struct tl_record *ret)
{
	const char *q = skip_blank(p, end), *flags = q;

	ret->ctx = ret->preempt = 0;
	if (q == p)
		return NULL;
	if (q < end && !is_digit(*q)) {
		while (q < end && !is_blank(*q))
			q++;
		if (!text_flags(flags, q, ret))
			return NULL;
		q = skip_blank(q, end);
	}
	return text_stamp(&q, end, &ret->t) ? skip_blank(q, end) : NULL;
}

/* Quote marks, line numbers and buffer names that stand in front of the task column. */
static const char *skip_front(const char *p, const char *dash, struct head_extra *extra)
{
	const char *q;

	p = skip_blank(p, dash);
	while (p < dash && (*p == '>' || *p == '|') && p + 1 < dash && is_blank(p[1]))
		p = skip_blank(p + 1, dash);
	p = text_skip_number(p, dash);
	for (q = p; q < dash && (is_word(*q) || *q == '-' || *q == '.'); q++)
		;
	/* trace-cmd keeps the task column behind the name; otherwise it is part of a comm. */
	if (q > p && dash - q >= 2 + TASK_COLUMN && *q == ':' && is_blank(q[1])) {
		extra->buffer = (struct tl_str){p, q - p};
		p = skip_blank(q + 1, dash);
	}
	return p;
}

/* The comm between the start of the line and the dash. */
static struct tl_str comm_of(const char *line, const char *dash, struct head_extra *extra)
{
	const char *p;

	extra->buffer = (struct tl_str){};
	if (dash - line == TASK_COLUMN)
		p = skip_blank(line, dash);
	else
		p = skip_front(line, dash, extra);
	return (struct tl_str){p, dash - p};
}

/* Do the columns stand around this '['? *ret_look: at least owner and CPU do. */
static bool place_at(struct tl_str line, const char *bracket, struct tl_record *ret,
		     struct head_extra *extra, bool *ret_look)
{
	const char *end = line.p + line.n, *p;

	*ret_look = false;
	extra->dash = owner_before(line.p, bracket, ret);
	if (!extra->dash)
		return false;
	p = cpu_at(bracket, end, ret);
	*ret_look = p && (p == end || is_blank(*p));
	p = p ? moment(p, end, ret) : NULL;
	if (!p || !text_name(p, end, ret))
		return false;
	ret->comm = comm_of(line.p, extra->dash, extra);
	return true;
}

/* What a place that was none after all left behind. */
static void forget(struct tl_record *rec)
{
	rec->cpu = -1;
	rec->pid = rec->tgid = TL_PID_NONE;
	rec->t = TL_NS_NONE;
	rec->ctx = rec->preempt = 0;
	rec->row = NULL;
}

/* The places behind `bracket`, the last of which with a short enough comm is the right one. */
static bool later_place(struct tl_str line, const char *bracket, const char *comm,
			struct tl_record *ret, struct head_extra *ret_extra)
{
	const char *end = line.p + line.n;
	struct tl_record rec = {};
	struct head_extra extra;
	bool found = false, look;

	while ((bracket = memchr(bracket, '[', end - bracket)) && bracket - comm <= 4 * FRONT_MAX) {
		if (place_at(line, bracket, &rec, &extra, &look)) {
			if (rec.comm.n > COMM_MAX)
				break;
			*ret = rec;
			*ret_extra = extra;
			found = true;
		}
		bracket++;
	}
	return found;
}

enum head_found text_head(struct tl_str line, struct tl_record *ret, struct head_extra *ret_extra)
{
	const char *end = line.p + line.n, *bracket = line.p;
	bool broken = false, look;

	while ((bracket = memchr(bracket, '[', end - bracket)) && bracket - line.p <= FRONT_MAX) {
		if (place_at(line, bracket, ret, ret_extra, &look)) {
			/* Any later place has this one's columns in its comm, mostly too long for
			 * one. */
			if (bracket - ret->comm.p <= COMM_MAX)
				later_place(line, bracket + 1, ret->comm.p, ret, ret_extra);
			return HEAD_OK;
		}
		broken |= look;
		bracket++;
	}
	forget(ret);
	return broken ? HEAD_BROKEN : HEAD_NONE;
}
