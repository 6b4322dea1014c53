/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines of a text trace that are no records but tell about the trace: the '#' header, lost events.
 */
#ifndef READ_TEXT_HEADER_H
#define READ_TEXT_HEADER_H

#include "read/reader.h"

struct text_header {
	bool tracer;        /* "# tracer: ..." was seen */
	bool graph;         /* it was function_graph */
	bool latency;       /* it is in the latency format */
	uint64_t missing;   /* entries written minus entries in the buffer */
	int buffer_started; /* CPU of "##### CPU 1 buffer started ####", or -1 */
};

/* A line whose first byte is '#'. What it says goes to *h and info. */
void text_header_line(struct tl_source *src, struct text_header *h, struct tl_str line);

/* "CPU:1 [LOST 68 EVENTS]" of the kernel, "CPU:1 [68 EVENTS DROPPED]" of trace-cmd; the name of a
 * buffer may stand before it, as before records. */
bool text_lost_line(struct tl_str line, int *ret_cpu, uint64_t *ret_lost,
		    struct tl_str *ret_buffer);

/* "cpus=2", "version = 6": how trace-cmd report begins. */
bool text_is_report_start(struct tl_str line, int *ret_cpus);

#endif
