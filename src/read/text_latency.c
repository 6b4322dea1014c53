/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Columns of the latency format, kernel/trace/trace_output.c trace_print_lat_context:
 *
 *	 c_exit3-987       0dN.2. 26569us#: signal_generate: ...      "%8.8s-%-7d %3d" flags " %4lldus%c: "
 *	            init     968   0 37 00000002 00000000 [025280a0] 17.560ms (+5.901ms): NAME      with verbose
 *	lives: raspbian-163     0d..5.    10.352942: NAME      trace-cmd report -l
 *
 * The comm is cut to 8 bytes, too few to hold these columns: the first place that fits is the right
 * one. Times of the first form count from the start of the trace, those of the second stand in the
 * brackets, those of the third are the trace's own.
 */
#include "read/scan.h"
#include "read/text_latency.h"

#define COMM_CUT 8
#define CPU_MAX  8192
#define FRONT_MAX 512 /* the columns begin within so many bytes */

struct tl_str text_skip_printk(struct tl_str line)
{
	const char *p = line.p, *end = line.p + line.n, *q;
	uint64_t v;

	if (SCAN_LIT(&p, end, "<") && (!scan_u64(&p, end, &v) || !SCAN_LIT(&p, end, ">")))
		return line;
	if (!SCAN_LIT(&p, end, "["))
		return line;
	p = skip_blank(p, end);
	if (!scan_u64(&p, end, &v) || !SCAN_LIT(&p, end, ".") || !scan_u64(&p, end, &v) ||
	    !SCAN_LIT(&p, end, "]"))
		return line;
	if (p < end && *p == '[') {
		q = memchr(p, ']', end - p < 16 ? end - p : 16);
		p = q ? q + 1 : p;
	}
	SCAN_LIT(&p, end, " ");
	return (struct tl_str){p, end - p};
}

/* "-PID   CPUflags " that ends at `end`. */
static bool owner_and_context(const char *from, const char *end, struct tl_record *ret)
{
	const char *flags_end = trim_end(from, end), *cpu = flags_end, *flags, *pid, *p;
	uint64_t v = 0;

	while (cpu > from && !is_blank(cpu[-1]))
		cpu--;
	flags = cpu;
	if (!scan_u64(&flags, flags_end, &v) || v >= CPU_MAX || !text_flags(flags, flags_end, ret))
		return false;
	ret->cpu = v;
	p = trim_end(from, cpu);
	for (pid = p; pid > from && is_digit(pid[-1]); pid--)
		;
	if (pid == p || p == cpu || pid == from || pid[-1] != '-' || !scan_u64(&pid, p, &v) ||
	    v > INT32_MAX)
		return false;
	ret->pid = v;
	while (is_digit(pid[-1]))
		pid--;
	p = pid - 1 - from > COMM_CUT ? pid - 1 - COMM_CUT : from;
	p = skip_blank(p, pid - 1);
	ret->comm = (struct tl_str){p, pid - 1 - p};
	return true;
}

static bool short_form(struct tl_str line, struct tl_record *ret)
{
	const char *end = line.p + line.n, *us = line.p, *digits, *p;
	uint64_t v = 0;

	while ((us = memmem(us, end - us, "us", 2))) {
		p = us + 2;
		us++;
		if (end - p < 2 || !strchr(" +!#*@$", *p) || p[1] != ':')
			continue;
		for (digits = us - 1; digits > line.p && is_digit(digits[-1]); digits--)
			;
		if (digits == us - 1 || digits == line.p || !is_blank(digits[-1]))
			continue;
		if (!owner_and_context(line.p, digits, ret))
			continue;
		scan_u64(&digits, end, &v);
		ret->t = v > INT64_MAX / 1000 ? TL_NS_NONE : (tl_ns)v * 1000;
		return text_name(skip_blank(p + 2, end), end, ret);
	}
	return false;
}

/* TRACE_FLAG_* of include/linux/trace_events.h: the verbose form prints the number. */
static uint8_t ctx_of_number(uint64_t v)
{
	return TL_CTX_KNOWN | (v & 1 ? TL_CTX_IRQS_OFF : 0) | (v & 4 ? TL_CTX_RESCHED : 0) |
	       (v & 8 ? TL_CTX_HARDIRQ : 0) | (v & 16 ? TL_CTX_SOFTIRQ : 0) |
	       (v & 64 ? TL_CTX_NMI : 0);
}

static bool blank_u64(const char **p, const char *end, uint64_t *ret)
{
	const char *q = skip_blank(*p, end);

	if (q == *p || !scan_u64(&q, end, ret))
		return false;
	*p = q;
	return true;
}

static bool blank_hex(const char **p, const char *end, uint64_t *ret)
{
	const char *q = skip_blank(*p, end);

	if (q == *p || !scan_hex(&q, end, ret))
		return false;
	*p = q;
	return true;
}

static bool verbose_form(struct tl_str line, struct tl_record *ret)
{
	const char *p = line.p + 16, *end = line.p + line.n, *name;
	uint64_t pid, cpu, flags, preempt, index, us;

	if (line.n < 40 || !blank_u64(&p, end, &pid) || !blank_u64(&p, end, &cpu) ||
	    !blank_u64(&p, end, &flags) || !blank_hex(&p, end, &preempt) ||
	    !blank_hex(&p, end, &index))
		return false;
	p = skip_blank(p, end);
	if (!SCAN_LIT(&p, end, "[") || !scan_hex(&p, end, &us) || !SCAN_LIT(&p, end, "]"))
		return false;
	p = memmem(p, end - p, "ms): ", 5);
	if (!p || pid > INT32_MAX || cpu >= CPU_MAX)
		return false;
	name = skip_blank(line.p, line.p + 16);
	ret->comm = (struct tl_str){name, line.p + 16 - name};
	ret->pid = pid;
	ret->cpu = cpu;
	ret->ctx = ctx_of_number(flags);
	ret->preempt = preempt & 0xf;
	ret->t = us > INT64_MAX / 1000 ? TL_NS_NONE : (tl_ns)us * 1000;
	return text_name(p + 5, end, ret);
}

/* "lives: " in front of the comm. */
static struct tl_str buffer_before(const char *line, const char *comm)
{
	const char *p = skip_blank(line, comm), *q = p;

	while (q < comm && (is_word(*q) || *q == '-' || *q == '.'))
		q++;
	return q > p && comm - q > 1 && *q == ':' && is_blank(q[1]) ? (struct tl_str){p, q - p}
								    : (struct tl_str){};
}

/* The first point that stands in a time with such columns in front of it. */
static bool report_form(struct tl_str line, struct tl_record *ret, struct head_extra *extra)
{
	const char *end = line.p + line.n, *point = line.p, *sec, *p;

	while ((point = memchr(point, '.', end - point)) && point - line.p < FRONT_MAX) {
		for (sec = point++; sec > line.p && is_digit(sec[-1]); sec--)
			;
		p = sec;
		if (sec == line.p || !is_blank(sec[-1]) || !text_stamp(&p, end, &ret->t) ||
		    p <= point)
			continue;
		if (!owner_and_context(line.p, sec, ret))
			continue;
		extra->buffer = buffer_before(line.p, ret->comm.p);
		return text_name(skip_blank(p, end), end, ret);
	}
	return false;
}

enum head_found text_latency(struct tl_str line, struct tl_record *ret, struct head_extra *extra)
{
	struct tl_record rec = *ret;

	extra->buffer = (struct tl_str){};
	if (!short_form(line, &rec)) {
		rec = *ret;
		if (!report_form(line, &rec, extra)) {
			rec = *ret;
			if (!verbose_form(line, &rec))
				return HEAD_NONE;
		}
	}
	*ret = rec;
	return HEAD_OK;
}
