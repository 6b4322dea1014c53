/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines that tell about the trace: kernel/trace/trace.c print_trace_header, print_lat_fmt,
 * test_cpu_buff_start and kernel/trace/trace_output.c trace_print_lost_events.
 */
#include <stdlib.h>
#include "base/guard.h"
#include "read/scan.h"
#include "read/text_header.h"

#define CPU_MAX 8192

static const char *find(struct tl_str line, const char *what)
{
	const char *p = memmem(line.p, line.n, what, strlen(what));

	return p ? p + strlen(what) : NULL;
}

/* "entries-in-buffer/entries-written: 180047/206790   #P:4" */
static void entries(struct text_header *h, struct tl_str line)
{
	const char *end = line.p + line.n, *p = find(line, "entries-in-buffer/entries-written: ");
	uint64_t in, written;

	if (!p || !scan_u64(&p, end, &in) || !SCAN_LIT(&p, end, "/") ||
	    !scan_u64(&p, end, &written))
		return;
	h->missing = written > in ? written - in : 0;
}

static void number_of_cpus(struct tl_source *src, struct tl_str line)
{
	const char *p = find(line, "#P:");
	uint64_t n;

	if (p && scan_u64(&p, line.p + line.n, &n) && n <= CPU_MAX && (int)n > src->info.cpus)
		src->info.cpus = n;
}

static void tracer(struct tl_source *src, struct text_header *h, struct tl_str line)
{
	const char *p = find(line, "# tracer: ");

	if (!p)
		return;
	h->tracer = true;
	h->latency = false;
	h->graph = SCAN_LIT(&p, line.p + line.n, "function_graph");
	if (h->graph)
		source_warn(src, N_("lines of the function_graph tracer are not read"));
}

/* "# function latency trace v1.1.5 on 6.1.0-50-cloud-amd64" */
static void latency(struct tl_source *src, struct text_header *h, struct tl_str line)
{
	const char *p = find(line, " latency trace v1.1.5 on "), *end = line.p + line.n, *q;

	if (!p)
		return;
	h->latency = true;
	if (src->info.kernel)
		return;
	for (q = p; q < end && !is_space(*q); q++)
		;
	src->kernel = q > p ? strndup(p, q - p) : NULL;
	src->info.kernel = src->kernel;
}

static void buffer_started(struct text_header *h, struct tl_str line)
{
	const char *p = find(line, "##### CPU "), *end = line.p + line.n;
	uint64_t cpu;

	if (p && scan_u64(&p, end, &cpu) && cpu < CPU_MAX && SCAN_LIT(&p, end, " buffer started"))
		h->buffer_started = cpu;
}

void text_header_line(struct tl_source *src, struct text_header *h, struct tl_str line)
{
	tracer(src, h, line);
	entries(h, line);
	number_of_cpus(src, line);
	latency(src, h, line);
	buffer_started(h, line);
}

static const char *skip_buffer(const char *p, const char *end, struct tl_str *ret)
{
	const char *q = p;

	*ret = (struct tl_str){};
	while (q < end && (is_word(*q) || *q == '-' || *q == '.'))
		q++;
	if (q == p || end - q < 2 || *q != ':' || !is_blank(q[1]))
		return p;
	*ret = (struct tl_str){p, (size_t)(q - p)};
	return skip_blank(q + 1, end);
}

bool text_lost_line(struct tl_str line, int *ret_cpu, uint64_t *ret_lost, struct tl_str *ret_buffer)
{
	const char *end = line.p + line.n,
		   *p = skip_buffer(skip_blank(line.p, end), end, ret_buffer);
	uint64_t cpu;

	if (!SCAN_LIT(&p, end, "CPU:") || !scan_u64(&p, end, &cpu) || cpu >= CPU_MAX ||
	    !SCAN_LIT(&p, end, " ["))
		return false;
	*ret_lost = UINT64_MAX;
	*ret_cpu = cpu;
	if (SCAN_LIT(&p, end, "LOST ")) {
		if (scan_u64(&p, end, ret_lost))
			SCAN_LIT(&p, end, " ");
		return SCAN_LIT(&p, end, "EVENTS]");
	}
	if (scan_u64(&p, end, ret_lost))
		SCAN_LIT(&p, end, " ");
	return SCAN_LIT(&p, end, "EVENTS DROPPED]");
}

bool text_is_report_start(struct tl_str line, int *ret_cpus)
{
	const char *end = line.p + line.n, *p = line.p;
	uint64_t n;

	*ret_cpus = 0;
	if (SCAN_LIT(&p, end, "version = "))
		return scan_u64(&p, end, &n) && p == end;
	if (!SCAN_LIT(&p, end, "cpus=") || !scan_u64(&p, end, &n) || p != end || n > CPU_MAX)
		return false;
	*ret_cpus = n;
	return true;
}
