/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace.dat version 7, as trace-cmd.dat.v7(5) describes it and trace-cmd 3.1.6 reads it:
 *
 *	head | STRINGS | OPTIONS | HEADER_INFO | FTRACE_EVENTS | EVENT_FORMATS | KALLSYMS | PRINTK | CMDLINES
 *	| one BUFFER section per buffer, each cpu's pages at a page-aligned offset
 *
 * The options hold the offsets of everything behind them, and a pipe cannot be sought in: so the file is
 * written twice by the same code, first as a rehearsal that only counts. The options come first on purpose: a
 * recording that is cut off still says all that is needed to read what is there.
 *
 * - Sections stand in a row without holes: trace-cmd finds STRINGS by walking them from the head.
 * - When no buffer is named "", an empty top one is written, as trace-cmd itself does for recordings of
 *   instances. Without it trace-cmd takes the file's head for the top buffer's section (offset 0) and goes on
 *   only because those bytes happen to mean "not packed".
 * - There is no place for saved_tgids in the format, and trace-cmd complains about options it does not know:
 *   process ids travel as side facts (side.md) instead.
 *
 * Packed (dat_pack.c), sizes are known only afterwards: bodies of sections are packed in the rehearsal and kept, and
 * pages before it. Strings and options lie open: trace-cmd, too, leaves options alone.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "base/out.h"
#include "record/dat_pack.h"
#include "record/dat_write.h"

enum {
	OPT_DONE = 0,
	OPT_CPUSTAT = 2,
	OPT_BUFFER = 3,
	OPT_TRACECLOCK = 4,
	OPT_UNAME = 5,
	OPT_CPUCOUNT = 8,
	OPT_VERSION = 9,
	OPT_TRACEID = 11,
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
	BUFFERS_MAX = 16,
	PIECE = 256 << 10,
};

/* Where a section's head lies, and the size of its body. */
struct place {
	uint64_t at, size;
};

struct dat {
	const struct dat_file *f;
	struct out out;
	bool rehearsal;
	uint64_t at;
	struct place section[32];	      /* by id, all but buffers */
	struct place buffer[BUFFERS_MAX + 1]; /* the last is the empty top one */
	struct dat_packed packed[32]; /* by id: bodies, from the rehearsal on */
	struct out *body;	      /* where one is gathered to be packed; NULL: nowhere */
	struct tl_err *err;
};

static void put(struct dat *d, const void *p, size_t n)
{
	const char *b = p;

	if (d->body) {
		out_mem(d->body, p, n);
		return;
	}
	d->at += n;
	for (; !d->rehearsal && n > PIECE; b += PIECE, n -= PIECE) /* so that the sink stays small */
		out_mem(&d->out, b, PIECE);
	if (!d->rehearsal)
		out_mem(&d->out, b, n);
}

static void put_u16(struct dat *d, uint16_t v)
{
	put(d, &v, sizeof(v));
}

static void put_u32(struct dat *d, uint32_t v)
{
	put(d, &v, sizeof(v));
}

static void put_u64(struct dat *d, uint64_t v)
{
	put(d, &v, sizeof(v));
}

static void put_string(struct dat *d, const char *s)
{
	put(d, s, strlen(s) + 1);
}

static void put_text(struct dat *d, struct tl_str s)
{
	put(d, s.p, s.n);
}

static void put_zeros(struct dat *d, uint64_t n)
{
	static const char zeros[4096];

	for (; n > sizeof(zeros); n -= sizeof(zeros))
		put(d, zeros, sizeof(zeros));
	put(d, zeros, n);
}

/* What each section is called in the strings, in this order. */
static const struct {
	unsigned id;
	const char *name;
} names[] = {
	{SEC_OPTIONS, "options"},	    {SEC_HEADER_INFO, "headers"},   {SEC_FTRACE_EVENTS, "ftrace events"},
	{SEC_EVENT_FORMATS, "events format"}, {SEC_KALLSYMS, "kallsyms"},   {SEC_PRINTK, "printk"},
	{SEC_CMDLINES, "command lines"},    {SEC_STRINGS, "strings"},	    {SEC_BUFFER, "buffer flyrecord"},
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
	put_u16(d, (uint16_t)id);
	put_u16(d, is_packed(d, id) ? SECTION_PACKED : 0);
	put_u32(d, name_at(id));
	put_u64(d, p->size); /* known from the rehearsal */
}

static void section_end(struct dat *d, struct place *p)
{
	p->size = d->at - p->at - SECTION_HEAD;
}

static void option(struct dat *d, unsigned id, const void *p, size_t n)
{
	put_u16(d, (uint16_t)id);
	put_u32(d, (uint32_t)n);
	put(d, p, n);
}

static void option_string(struct dat *d, unsigned id, const char *s)
{
	if (s)
		option(d, id, s, strlen(s) + 1);
}

/* Open pages are mapped by readers, packed ones are not. */
static uint64_t align_of(const struct dat *d, const struct dat_buffer *b)
{
	return d->f->pack ? 8 : b->page_size;
}

static void option_buffer(struct dat *d, const struct dat_buffer *b, const struct place *where)
{
	uint64_t data = where->at + SECTION_HEAD;

	put_u16(d, OPT_BUFFER);
	put_u32(d, (uint32_t)(8 + strlen(b->name) + 1 + strlen(b->clock) + 1 + 4 + 4 + b->n_cpus * 20));
	put_u64(d, where->at);
	put_string(d, b->name);
	put_string(d, b->clock);
	put_u32(d, b->page_size);
	put_u32(d, b->n_cpus);
	for (unsigned i = 0; i < b->n_cpus; i++) {
		data += -data & (align_of(d, b) - 1);
		put_u32(d, (uint32_t)b->cpu[i].cpu);
		put_u64(d, data);
		/* of packed pages trace-cmd (3.1.6) leaves the word with the number of chunks out of the size */
		put_u64(d, b->cpu[i].n - (d->f->pack && b->cpu[i].n ? 4 : 0));
		data += b->cpu[i].n;
	}
}

static bool has_top(const struct dat_file *f)
{
	for (unsigned i = 0; i < f->n_buffers; i++)
		if (!*f->buffer[i].name)
			return true;
	return false;
}

static struct dat_buffer empty_top(const struct dat_file *f)
{
	return (struct dat_buffer){.name = "", .clock = f->clock, .page_size = f->page_size};
}

/* "\nBuffer: lives\n\n" before the numbers of an instance, as trace-cmd has it. */
static void options_stats(struct dat *d, const struct dat_buffer *b)
{
	char head[128];

	for (unsigned i = 0; i < b->n_cpus; i++) {
		char cpu[32];
		struct tl_str stats = b->cpu[i].stats;
		int n = snprintf(cpu, sizeof(cpu), "CPU: %d\n", b->cpu[i].cpu);

		if (!stats.n)
			continue;
		if (!i && *b->name) {
			snprintf(head, sizeof(head), "\nBuffer: %.100s\n\n", b->name);
			option_string(d, OPT_CPUSTAT, head);
		}
		put_u16(d, OPT_CPUSTAT);
		put_u32(d, (uint32_t)n + (uint32_t)stats.n + 1);
		put(d, cpu, (size_t)n);
		put_text(d, stats);
		put(d, "", 1);
	}
}

static void options(struct dat *d)
{
	static const unsigned parts[] = {SEC_HEADER_INFO, SEC_FTRACE_EVENTS, SEC_EVENT_FORMATS,
					 SEC_KALLSYMS, SEC_PRINTK, SEC_CMDLINES};
	const struct dat_file *f = d->f;
	struct dat_buffer top = empty_top(f);
	char clock[64];
	uint32_t cpus = f->cpus;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		option(d, parts[i], &d->section[parts[i]].at, 8);
	snprintf(clock, sizeof(clock), "[%.60s]\n", f->clock);
	option_string(d, OPT_TRACECLOCK, clock);
	option_string(d, OPT_UNAME, f->uname);
	option_string(d, OPT_VERSION, f->version);
	option(d, OPT_TRACEID, &f->trace_id, 8);
	for (unsigned i = 0; i < f->n_buffers; i++)
		options_stats(d, &f->buffer[i]);
	option(d, OPT_CPUCOUNT, &cpus, 4);
	if (!has_top(f))
		option_buffer(d, &top, &d->buffer[BUFFERS_MAX]);
	for (unsigned i = 0; i < f->n_buffers; i++)
		option_buffer(d, &f->buffer[i], &d->buffer[i]);
	option(d, OPT_DONE, (uint64_t[]){0}, 8);
}

static void strings(struct dat *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		put_string(d, names[i].name);
}

static void sized(struct dat *d, struct tl_str s)
{
	put_u64(d, s.n);
	put_text(d, s);
}

static void header_info(struct dat *d)
{
	put_string(d, "header_page");
	sized(d, d->f->header_page);
	put_string(d, "header_event");
	sized(d, d->f->header_event);
}

static void ftrace_events(struct dat *d)
{
	put_u32(d, d->f->n_ftrace);
	for (unsigned i = 0; i < d->f->n_ftrace; i++)
		sized(d, d->f->ftrace[i]);
}

static void event_formats(struct dat *d)
{
	put_u32(d, d->f->n_systems);
	for (unsigned i = 0; i < d->f->n_systems; i++) {
		const struct dat_system *s = &d->f->system[i];

		put_string(d, s->name);
		put_u32(d, s->n);
		for (unsigned k = 0; k < s->n; k++)
			sized(d, s->format[k]);
	}
}

static void kallsyms(struct dat *d)
{
	put_u32(d, (uint32_t)d->f->kallsyms.n);
	put_text(d, d->f->kallsyms);
}

static void printk(struct dat *d)
{
	put_u32(d, (uint32_t)d->f->printk.n);
	put_text(d, d->f->printk);
}

static void cmdlines(struct dat *d)
{
	sized(d, d->f->cmdlines);
}

/* In the order they stand in the file. */
static const struct {
	unsigned id;
	void (*body)(struct dat *d);
} sections[] = {
	{SEC_STRINGS, strings},		    {SEC_OPTIONS, options},
	{SEC_HEADER_INFO, header_info},	    {SEC_FTRACE_EVENTS, ftrace_events},
	{SEC_EVENT_FORMATS, event_formats}, {SEC_KALLSYMS, kallsyms},
	{SEC_PRINTK, printk},		    {SEC_CMDLINES, cmdlines},
};

/* A file of pages that is shorter than was said is filled up with empty pages: the offsets of what follows
 * are written already. */
static void put_file(struct dat *d, const struct dat_pages *p)
{
	auto_free char *room = NULL;
	uint64_t done = 0;

	if (d->rehearsal) {
		d->at += p->n;
		return;
	}
	room = malloc(PIECE);
	while (room && done < p->n) {
		uint64_t left = p->n - done;
		ssize_t got = pread(p->fd, room, left < PIECE ? left : PIECE, (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			if (!d->err)
				d->err = tl_err_os(got < 0 ? errno : EIO, N_("cannot read back the recorded pages"),
						   NULL, NULL);
			break;
		}
		put(d, room, (size_t)got);
		done += (uint64_t)got;
	}
	if (!room && !d->err)
		d->err = &tl_enomem;
	put_zeros(d, p->n - done);
}

static void put_buffer(struct dat *d, const struct dat_buffer *b, struct place *where)
{
	section_begin(d, SEC_BUFFER, where);
	for (unsigned i = 0; i < b->n_cpus; i++) {
		put_zeros(d, -d->at & (align_of(d, b) - 1));
		if (b->cpu[i].fd >= 0)
			put_file(d, &b->cpu[i]);
		else
			put(d, b->cpu[i].mem, b->cpu[i].n);
	}
	section_end(d, where);
}

static void put_head(struct dat *d)
{
	uint8_t two[2] = {__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, d->f->long_size};

	d->at = 0;
	put(d, "\x17\x08\x44tracing", 10);
	put_string(d, "7");
	put(d, two, 2);
	put_u32(d, d->f->page_size);
	put_string(d, d->f->pack ? DAT_PACK_NAME : "none");
	put_string(d, d->f->pack ? dat_pack_version() : "");
	put_u64(d, d->section[SEC_OPTIONS].at);
}

static void pack_body(struct dat *d, unsigned id, void (*body)(struct dat *))
{
	struct out text;
	struct tl_err *err;

	out_init(&text, -1);
	d->body = &text;
	body(d);
	d->body = NULL;
	err = text.os ? &tl_enomem : dat_pack_text((struct tl_str){text.buf, text.n}, &d->packed[id]);
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
	put_u32(d, packed->packed);
	put_u32(d, packed->n);
	put(d, packed->p, packed->packed);
}

static void put_all(struct dat *d)
{
	struct dat_buffer top = empty_top(d->f);

	put_head(d);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		struct place *p = &d->section[sections[i].id];

		section_begin(d, sections[i].id, p);
		put_body(d, sections[i].id, sections[i].body);
		section_end(d, p);
	}
	if (!has_top(d->f))
		put_buffer(d, &top, &d->buffer[BUFFERS_MAX]);
	for (unsigned i = 0; i < d->f->n_buffers; i++)
		put_buffer(d, &d->f->buffer[i], &d->buffer[i]);
}

static struct tl_err *write_it(const struct dat_file *f, int fd, const char *path)
{
	struct dat d = {.f = f, .rehearsal = true};

	put_all(&d);
	d.rehearsal = false;
	if (!d.err) {
		out_init(&d.out, fd);
		put_all(&d);
		out_flush(&d.out);
		if (d.out.os && !d.err)
			d.err = tl_err_os(d.out.os, N_("cannot write the recording"), NULL, path);
		out_fini(&d.out);
	}
	for (size_t i = 0; i < ARRAY_SIZE(d.packed); i++)
		free(d.packed[i].p);
	return d.err;
}

/* The same recording with packed pages, which wait in files of their own. */
struct repack {
	struct dat_buffer buffer[BUFFERS_MAX];
	struct dat_pages *cpu[BUFFERS_MAX];
	unsigned n; /* buffers done */
};

static void repack_fini(struct repack *r)
{
	for (unsigned b = 0; b < BUFFERS_MAX; b++) {
		for (unsigned i = 0; r->cpu[b] && i < r->buffer[b].n_cpus; i++)
			if (r->cpu[b][i].n)
				close(r->cpu[b][i].fd);
		free(r->cpu[b]);
	}
}

/* What cannot be packed is left out; the first reason is the error, and the rest is written. */
static struct tl_err *repack(struct repack *r, const struct dat_file *f)
{
	struct tl_err *first = NULL, *err;

	for (unsigned b = 0; b < f->n_buffers; b++) {
		const struct dat_buffer *from = &f->buffer[b];

		r->cpu[b] = calloc(from->n_cpus + 1, sizeof(*r->cpu[b]));
		if (!r->cpu[b])
			return first ? first : &tl_enomem;
		r->buffer[b] = *from;
		r->buffer[b].cpu = r->cpu[b];
		for (unsigned i = 0; i < from->n_cpus; i++) {
			err = dat_pack_pages(&from->cpu[i], from->page_size, &r->cpu[b][i]);
			if (!first)
				first = err;
			else
				tl_err_free(err);
		}
		r->n = b + 1;
	}
	return first;
}

struct tl_err *dat_write(const struct dat_file *f, int fd, const char *path)
{
	auto_fini(repack) struct repack r = {};
	struct dat_file packed = *f;
	struct tl_err *err, *more;

	if (f->n_buffers > BUFFERS_MAX)
		return tl_err_new(TL_E_FAILED, N_("a recording cannot hold so many buffers"), NULL);
	if (!f->pack)
		return write_it(f, fd, path);
	err = repack(&r, f);
	if (r.n < f->n_buffers)
		return err;
	packed.buffer = r.buffer;
	more = write_it(&packed, fd, path);
	if (!err)
		return more;
	tl_err_free(more);
	return err;
}
