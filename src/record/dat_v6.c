/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace.dat version 6 (trace-cmd.dat.v6(5)), for tools older than trace-cmd 3.0: one part behind
 * the other, no index, nothing packed.
 *
 *	head | header_page, header_event | ftrace formats | event formats | u32 n, kallsyms | u32 n, printk
 *	| u64 n, command lines | u32 cpus | "options  \0" options | table of the top buffer | its pages
 *	| per instance: table, pages
 *
 * A table is "flyrecord\0", (u64 at, u64 size) per cpu, and the clock's text behind its u64 size.
 * An instance is found by its option: the offset of its table and its name; its cpus are those of
 * the file.
 */
#include <string.h>
#include "base/guard.h"
#include "record/dat_parts.h"

static void option_buffer(struct dat *d, const struct dat_buffer *b, const struct place *where)
{
	dat_put_u16(d, OPT_BUFFER);
	dat_put_u32(d, (uint32_t)(8 + strlen(b->name) + 1));
	dat_put_u64(d, where->at);
	dat_put_string(d, b->name);
}

static void options(struct dat *d)
{
	const struct dat_file *f = d->f;

	dat_put(d, "options  ", 10);
	dat_options(d);
	for (unsigned i = 0; i < f->n_buffers; i++)
		if (*f->buffer[i].name)
			option_buffer(d, &f->buffer[i], &d->buffer[i]);
	dat_put_u16(d, OPT_DONE);
}

static void put_clock(struct dat *d)
{
	dat_put_u64(d, strlen(d->f->clock) + 2);
	dat_put(d, "[", 1);
	dat_put(d, d->f->clock, strlen(d->f->clock));
	dat_put(d, "]", 1);
}

static uint64_t aligned(uint64_t at, uint32_t page_size)
{
	return at + (-at & (page_size - 1));
}

/* As many cpus as the file says, in their order; b NULL: a buffer without pages. */
static void put_table(struct dat *d, const struct dat_buffer *b, uint64_t data)
{
	dat_put(d, "flyrecord", 10);
	for (unsigned i = 0; i < d->f->cpus; i++) {
		uint64_t n = b && i < b->n_cpus ? b->cpu[i].n : 0;

		data = b ? aligned(data, b->page_size) : 0;
		dat_put_u64(d, data);
		dat_put_u64(d, n);
		data += n;
	}
	put_clock(d);
}

static void put_buffer(struct dat *d, const struct dat_buffer *b, struct place *where)
{
	uint64_t data = where->at + where->size; /* behind the table, as the rehearsal found it */

	where->at = d->at;
	put_table(d, b, data);
	where->size = d->at - where->at;
	if (b)
		dat_put_pages(d, b, b->page_size);
}

void dat6_put(struct dat *d)
{
	const struct dat_file *f = d->f;
	uint32_t cpus = f->cpus;

	dat_put_magic(d, "6");
	dat_header_info(d);
	dat_ftrace_events(d);
	dat_event_formats(d);
	dat_kallsyms(d);
	dat_printk(d);
	dat_cmdlines(d);
	dat_put_u32(d, cpus);
	options(d);
	put_buffer(d, dat_top(f), &d->buffer[BUFFERS_MAX]);
	for (unsigned i = 0; i < f->n_buffers; i++)
		if (*f->buffer[i].name)
			put_buffer(d, &f->buffer[i], &d->buffer[i]);
}
