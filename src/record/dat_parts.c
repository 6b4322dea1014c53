/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bytes both versions of trace.dat have in common: numbers in this machine's order, options,
 * and the kernel's own texts, each with its size in front.
 *
 * A file is put twice by the same code, first as a rehearsal that only counts, because what stands
 * in front holds the offsets of what comes behind and a pipe cannot be sought in.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "record/dat_parts.h"

enum { PIECE = 256 << 10 };

void dat_put(struct dat *d, const void *p, size_t n)
{
	const char *b = p;

	if (d->body) {
		out_mem(d->body, p, n);
		return;
	}
	d->at += n;
	/* so that the sink stays small */
	for (; !d->rehearsal && n > PIECE; b += PIECE, n -= PIECE)
		out_mem(&d->out, b, PIECE);
	if (!d->rehearsal)
		out_mem(&d->out, b, n);
}

void dat_put_u16(struct dat *d, uint16_t v)
{
	dat_put(d, &v, sizeof(v));
}

void dat_put_u32(struct dat *d, uint32_t v)
{
	dat_put(d, &v, sizeof(v));
}

void dat_put_u64(struct dat *d, uint64_t v)
{
	dat_put(d, &v, sizeof(v));
}

void dat_put_string(struct dat *d, const char *s)
{
	dat_put(d, s, strlen(s) + 1);
}

void dat_put_text(struct dat *d, struct tl_str s)
{
	dat_put(d, s.p, s.n);
}

void dat_put_zeros(struct dat *d, uint64_t n)
{
	static const char zeros[4096];

	for (; n > sizeof(zeros); n -= sizeof(zeros))
		dat_put(d, zeros, sizeof(zeros));
	dat_put(d, zeros, n);
}

void dat_option(struct dat *d, unsigned id, const void *p, size_t n)
{
	dat_put_u16(d, (uint16_t)id);
	dat_put_u32(d, (uint32_t)n);
	dat_put(d, p, n);
}

void dat_option_string(struct dat *d, unsigned id, const char *s)
{
	if (s)
		dat_option(d, id, s, strlen(s) + 1);
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
			dat_option_string(d, OPT_CPUSTAT, head);
		}
		dat_put_u16(d, OPT_CPUSTAT);
		dat_put_u32(d, (uint32_t)n + (uint32_t)stats.n + 1);
		dat_put(d, cpu, (size_t)n);
		dat_put_text(d, stats);
		dat_put(d, "", 1);
	}
}

/* What is known of the whole recording. */
void dat_options(struct dat *d)
{
	const struct dat_file *f = d->f;
	uint32_t cpus = f->cpus;
	char clock[64];

	snprintf(clock, sizeof(clock), "[%.60s]\n", f->clock);
	dat_option_string(d, OPT_TRACECLOCK, clock);
	dat_option_string(d, OPT_UNAME, f->uname);
	dat_option_string(d, OPT_VERSION, f->version);
	dat_option(d, OPT_TRACEID, &f->trace_id, 8);
	for (unsigned i = 0; i < f->n_buffers; i++)
		options_stats(d, &f->buffer[i]);
	dat_option(d, OPT_CPUCOUNT, &cpus, 4);
}

static void sized(struct dat *d, struct tl_str s)
{
	dat_put_u64(d, s.n);
	dat_put_text(d, s);
}

void dat_header_info(struct dat *d)
{
	dat_put_string(d, "header_page");
	sized(d, d->f->header_page);
	dat_put_string(d, "header_event");
	sized(d, d->f->header_event);
}

void dat_ftrace_events(struct dat *d)
{
	dat_put_u32(d, d->f->n_ftrace);
	for (unsigned i = 0; i < d->f->n_ftrace; i++)
		sized(d, d->f->ftrace[i]);
}

void dat_event_formats(struct dat *d)
{
	dat_put_u32(d, d->f->n_systems);
	for (unsigned i = 0; i < d->f->n_systems; i++) {
		const struct dat_system *s = &d->f->system[i];

		dat_put_string(d, s->name);
		dat_put_u32(d, s->n);
		for (unsigned k = 0; k < s->n; k++)
			sized(d, s->format[k]);
	}
}

void dat_kallsyms(struct dat *d)
{
	dat_put_u32(d, (uint32_t)d->f->kallsyms.n);
	dat_put_text(d, d->f->kallsyms);
}

void dat_printk(struct dat *d)
{
	dat_put_u32(d, (uint32_t)d->f->printk.n);
	dat_put_text(d, d->f->printk);
}

void dat_cmdlines(struct dat *d)
{
	sized(d, d->f->cmdlines);
}

/* A file of pages that is shorter than was said is filled up with empty pages: the offsets of what
 * follows are written already. */
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
				d->err = tl_err_os(got < 0 ? errno : EIO,
						   N_("cannot read back the recorded pages"), NULL,
						   NULL);
			break;
		}
		dat_put(d, room, (size_t)got);
		done += (uint64_t)got;
	}
	if (!room && !d->err)
		d->err = &tl_enomem;
	dat_put_zeros(d, p->n - done);
}

void dat_put_pages(struct dat *d, const struct dat_buffer *b, uint32_t align)
{
	for (unsigned i = 0; i < b->n_cpus; i++) {
		dat_put_zeros(d, -d->at & (align - 1));
		if (b->cpu[i].fd >= 0)
			put_file(d, &b->cpu[i]);
		else
			dat_put(d, b->cpu[i].mem, b->cpu[i].n);
	}
}

void dat_put_magic(struct dat *d, const char *version)
{
	uint8_t two[2] = {__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, d->f->long_size};

	d->at = 0;
	dat_put(d, "\x17\x08\x44tracing", 10);
	dat_put_string(d, version);
	dat_put(d, two, 2);
	dat_put_u32(d, d->f->page_size);
}

const struct dat_buffer *dat_top(const struct dat_file *f)
{
	for (unsigned i = 0; i < f->n_buffers; i++)
		if (!*f->buffer[i].name)
			return &f->buffer[i];
	return NULL;
}
