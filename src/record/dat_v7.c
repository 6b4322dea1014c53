/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace.dat version 7, as trace-cmd.dat.v7(5) describes it and trace-cmd 3.1.6 reads it:
 *
 *	head | STRINGS | OPTIONS | HEADER_INFO | FTRACE_EVENTS | EVENT_FORMATS | KALLSYMS | PRINTK | CMDLINES
 *	| one BUFFER section per buffer, each cpu's pages at a page-aligned offset
 *
 * The options hold the offsets of everything behind them, and a pipe cannot be sought in: so the
 * file is written twice by the same code, first as a rehearsal that only counts. The options come
 * first on purpose: a recording that is cut off still says all that is needed to read what is
 * there.
 *
 * - Sections stand in a row without holes: trace-cmd finds STRINGS by walking them from the head.
 * - When no buffer is named "", an empty top one is written, as trace-cmd itself does for
 *   recordings of instances. Without it trace-cmd takes the file's head for the top buffer's
 *   section (offset 0) and goes on only because those bytes happen to mean "not packed".
 * - There is no place for saved_tgids in the format, and trace-cmd complains about options it does
 *   not know: process ids travel as side facts (side.md) instead.
 *
 * Packed (dat_pack.c), sizes are known only afterwards: bodies of sections are packed in the
 * rehearsal and kept, and pages before it. Strings and options lie open: trace-cmd, too, leaves
 * options alone.
 */
#include <string.h>
#include "base/guard.h"
#include "record/dat_parts.h"

enum {
	SEC_OPTIONS = 0,
	SEC_BUFFER = 3,
	SEC_STRINGS = 15,
	SEC_HEADER_INFO = 16,
	SEC_FTRACE_EVENTS = 17,
	SEC_EVENT_FORMATS = 18,
	SEC_KALLSYMS = 19,
	SEC_PRINTK = 20,
	SEC_CMDLINES = 21,
	SECTION_HEAD = 16,
	SECTION_PACKED = 1,
};

/* What each section is called in the strings, in this order. */
static const struct {
	unsigned id;
	const char *name;
} names[] = {
	{SEC_OPTIONS, "options"},
	{SEC_HEADER_INFO, "headers"},
	{SEC_FTRACE_EVENTS, "ftrace events"},
	{SEC_EVENT_FORMATS, "events format"},
	{SEC_KALLSYMS, "kallsyms"},
	{SEC_PRINTK, "printk"},
	{SEC_CMDLINES, "command lines"},
	{SEC_STRINGS, "strings"},
	{SEC_BUFFER, "buffer flyrecord"},
};

static uint32_t name_at(unsigned id)
{
	uint32_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names) && names[i].id != id; i++)
		at += (uint32_t)strlen(names[i].name) + 1;
	return at;
}

static bool is_packed(const struct dat *d, unsigned id)
{
	return d->f->pack && id != SEC_STRINGS && id != SEC_OPTIONS;
}

static void section_begin(struct dat *d, unsigned id, struct place *p)
{
	p->at = d->at;
	dat_put_u16(d, (uint16_t)id);
	dat_put_u16(d, is_packed(d, id) ? SECTION_PACKED : 0);
	dat_put_u32(d, name_at(id));
	dat_put_u64(d, p->size); /* known from the rehearsal */
}

static void section_end(struct dat *d, struct place *p)
{
	p->size = d->at - p->at - SECTION_HEAD;
}

/* Open pages are mapped by readers, packed ones are not. */
static uint32_t align_of(const struct dat *d, const struct dat_buffer *b)
{
	return d->f->pack ? 8 : b->page_size;
}

static void option_buffer(struct dat *d, const struct dat_buffer *b, const struct place *where)
{
	uint64_t data = where->at + SECTION_HEAD;

	dat_put_u16(d, OPT_BUFFER);
	dat_put_u32(d, (uint32_t)(8 + strlen(b->name) + 1 + strlen(b->clock) + 1 + 4 + 4 +
				  b->n_cpus * 20));
	dat_put_u64(d, where->at);
	dat_put_string(d, b->name);
	dat_put_string(d, b->clock);
	dat_put_u32(d, b->page_size);
	dat_put_u32(d, b->n_cpus);
	for (unsigned i = 0; i < b->n_cpus; i++) {
		data += -data & (align_of(d, b) - 1);
		dat_put_u32(d, (uint32_t)b->cpu[i].cpu);
		dat_put_u64(d, data);
		/* of packed pages trace-cmd (3.1.6) leaves the word with the number of chunks out
		 * of the size */
		dat_put_u64(d, b->cpu[i].n - (d->f->pack && b->cpu[i].n ? 4 : 0));
		data += b->cpu[i].n;
	}
}

static struct dat_buffer empty_top(const struct dat_file *f)
{
	return (struct dat_buffer){.name = "", .clock = f->clock, .page_size = f->page_size};
}

static void options(struct dat *d)
{
	static const unsigned parts[] = {SEC_HEADER_INFO, SEC_FTRACE_EVENTS, SEC_EVENT_FORMATS,
					 SEC_KALLSYMS, SEC_PRINTK, SEC_CMDLINES};
	const struct dat_file *f = d->f;
	struct dat_buffer top = empty_top(f);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		dat_option(d, parts[i], &d->section[parts[i]].at, 8);
	dat_options(d);
	if (!dat_top(f))
		option_buffer(d, &top, &d->buffer[BUFFERS_MAX]);
	for (unsigned i = 0; i < f->n_buffers; i++)
		option_buffer(d, &f->buffer[i], &d->buffer[i]);
	dat_option(d, OPT_DONE, (uint64_t[]){0}, 8);
}

static void strings(struct dat *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		dat_put_string(d, names[i].name);
}

/* In the order they stand in the file. */
static const struct {
	unsigned id;
	void (*body)(struct dat *d);
} sections[] = {
	{SEC_STRINGS, strings},		    {SEC_OPTIONS, options},
	{SEC_HEADER_INFO, dat_header_info},	    {SEC_FTRACE_EVENTS, dat_ftrace_events},
	{SEC_EVENT_FORMATS, dat_event_formats}, {SEC_KALLSYMS, dat_kallsyms},
	{SEC_PRINTK, dat_printk},		    {SEC_CMDLINES, dat_cmdlines},
};

static void put_buffer(struct dat *d, const struct dat_buffer *b, struct place *where)
{
	section_begin(d, SEC_BUFFER, where);
	dat_put_pages(d, b, align_of(d, b));
	section_end(d, where);
}

static void put_head(struct dat *d)
{
	dat_put_magic(d, "7");
	dat_put_string(d, d->f->pack ? DAT_PACK_NAME : "none");
	dat_put_string(d, d->f->pack ? dat_pack_version() : "");
	dat_put_u64(d, d->section[SEC_OPTIONS].at);
}

static void pack_body(struct dat *d, unsigned id, void (*body)(struct dat *))
{
	struct out text;
	struct tl_err *err;

	out_init(&text, -1);
	d->body = &text;
	body(d);
	d->body = NULL;
	err = text.os ? &tl_enomem
		      : dat_pack_text((struct tl_str){text.buf, text.n}, &d->packed[id]);
	out_fini(&text);
	if (!d->err)
		d->err = err;
	else
		tl_err_free(err);
}

static void put_body(struct dat *d, unsigned id, void (*body)(struct dat *))
{
	const struct dat_packed *packed = &d->packed[id];

	if (!is_packed(d, id)) {
		body(d);
		return;
	}
	if (d->rehearsal)
		pack_body(d, id, body);
	dat_put_u32(d, packed->packed);
	dat_put_u32(d, packed->n);
	dat_put(d, packed->p, packed->packed);
}

void dat7_put(struct dat *d)
{
	struct dat_buffer top = empty_top(d->f);

	put_head(d);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		struct place *p = &d->section[sections[i].id];

		section_begin(d, sections[i].id, p);
		put_body(d, sections[i].id, sections[i].body);
		section_end(d, p);
	}
	if (!dat_top(d->f))
		put_buffer(d, &top, &d->buffer[BUFFERS_MAX]);
	for (unsigned i = 0; i < d->f->n_buffers; i++)
		put_buffer(d, &d->f->buffer[i], &d->buffer[i]);
}
