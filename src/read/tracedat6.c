/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace.dat version 6 (trace-cmd.dat.v6(5)): one part behind the other, no index.
 *
 *	head | header_page, header_event | ftrace formats | event formats | u32 n, kallsyms | u32 n, printk
 *	| u64 n, command lines | u32 cpus | "options  \0" options | "flyrecord\0" (u64 at, u64 size) per cpu
 *
 * A BUFFER option (3) of an instance gives the offset of its own "flyrecord\0" table and its name.
 */
#include "read/tracedat.h"

enum { OPT_DONE = 0, OPT_BUFFER = 3, CPUS_MAX = 1 << 14, INSTANCES_MAX = 1 << 10 };

static struct tl_err *buffer_option(struct tracedat *td, struct tl_str data)
{
	struct cursor c = {(const uint8_t *)data.p, data.n, 0, td->big, false};
	uint64_t at = cursor_u64(&c);
	struct td_instance *in;

	if (c.bad || td->instance.n >= INSTANCES_MAX)
		return NULL;
	in = vec_push(&td->instance);
	if (!in)
		return &tl_enomem;
	*in = (struct td_instance){at, {data.p + 8, strnlen(data.p + 8, data.n - 8)}};
	return NULL;
}

static struct tl_err *options(struct tracedat *td, struct cursor *c)
{
	unsigned id;

	while ((id = cursor_u16(c)) != OPT_DONE) {
		struct tl_str data = cursor_span(c, cursor_u32(c));

		if (c->bad)
			break;
		if (id == OPT_BUFFER)
			try(buffer_option(td, data));
		else
			td_option(td, id, data);
	}
	return NULL;
}

/* "flyrecord\0", then where each cpu's pages lie. */
static struct tl_err *cpu_table(struct tracedat *td, struct cursor *c, struct tl_str name,
				uint32_t cpus)
{
	struct tl_str magic = cursor_span(c, 10);

	if (!c->bad && !memcmp(magic.p, "options", 7)) {
		try(options(td, c));
		magic = cursor_span(c, 10);
	}
	if (!c->bad && !memcmp(magic.p, "latency", 7)) {
		td_warn(td, N_("a latency trace lies in the recording as text, which is not read"));
		return NULL;
	}
	if (c->bad || memcmp(magic.p, "flyrecord", 9)) {
		td_warn(td, N_("the recording is cut off: its end is missing"));
		return NULL;
	}
	for (uint32_t cpu = 0; cpu < cpus && cpu < CPUS_MAX && !c->bad; cpu++) {
		uint64_t at = cursor_u64(c), size = cursor_u64(c);
		int buffer;

		/* beside instances the top buffer is often empty: then it is none */
		if (c->bad || !size)
			continue;
		buffer = td_buffer_add(td, name, (struct tl_str){});
		if (buffer < 0)
			return &tl_enomem;
		try(td_stream_add(td, (uint16_t)buffer, (int32_t)cpu, at, size, td->page_size,
				  false));
	}
	return NULL;
}

static struct tl_err *instances(struct tracedat *td, uint32_t cpus)
{
	/* their tables may hold options, which may add more */
	for (size_t i = 0; i < td->instance.n; i++) {
		struct cursor c = {(const uint8_t *)td->file.p, td->file.n, 0, td->big, false};

		cursor_take(&c, td->instance.v[i].at);
		try(cpu_table(td, &c, td->instance.v[i].name, cpus));
	}
	return NULL;
}

struct tl_err *td6_read(struct tracedat *td, struct cursor *c)
{
	struct format_page page;
	uint32_t cpus;

	td_header_pages(td, c);
	if (format_page_of(td->header_page, &page) &&
	    page.data_offset + page.data_size > td->page_size)
		/* sub-buffers of several pages, 6.8 on */
		td->page_size = page.data_offset + page.data_size;
	try(td_ftrace_formats(td, c));
	try(td_event_formats(td, c));
	td->kallsyms = cursor_span(c, cursor_u32(c));
	td->printk = cursor_span(c, cursor_u32(c));
	td->cmdlines = cursor_span(c, cursor_u64(c));
	cpus = cursor_u32(c);
	td->src->info.cpus = cpus <= CPUS_MAX ? (int)cpus : 0;
	try(cpu_table(td, c, (struct tl_str){"", 0}, cpus));
	if (!td->clock) { /* the clock's text stands behind the table, if anywhere */
		struct tl_str clock = cursor_span(c, cursor_u64(c));

		if (!c->bad && clock.n < 4096)
			td_option(td, 4, clock);
	}
	return instances(td, cpus);
}
