/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A page is a head (time of its first event, bytes of events) and events: a word (length, time
 * since the event before), where both do not fit more words, and the entry;
 * kernel/trace/ring_buffer.c, include/linux/ring_buffer.h. Several pages are gathered for one
 * write.
 *
 * inv 1: an event lies on one page; on a page time does not go back.
 * inv 2: written = read + lost: what found no room in the file is counted, and the statistics say
 * so.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "read/format.h"
#include "record/own.h"
#include "tracefs/file.h"

#define FORMAT_MOST (64u << 10)
#define GATHERED    8 /* pages of a CPU */

enum { SMALL_MOST = 112, EXTEND = 30, DELTA_BITS = 27 };

struct own_page {
	char *v; /* GATHERED pages; NULL until the first event */
	unsigned full; /* pages before the current one */
	size_t n;      /* bytes of the current page, with its head; 0: not begun */
	unsigned events; /* on all of them */
	uint64_t t;
};

/* ---- what a mark looks like ---- */

static bool take_format(struct own *o, const char *tracefs)
{
	auto_free char *path = tfs_path(tracefs, "events/ftrace/print/format"), *text = NULL;
	ssize_t n = path ? io_read_file(path, FORMAT_MOST, &text) : -1;
	const struct format_field *ip, *buf;
	struct format fmt = {};

	if (n <= 0 || !format_init(&fmt, (struct tl_str){text, (size_t)n}))
		return false;
	ip = format_field_of(&fmt, "ip");
	buf = format_field_of(&fmt, "buf");
	if (ip && buf && ip->size == sizeof(long))
		*o = (struct own){.type = fmt.id, .ip = ip->offset, .text = buf->offset};
	format_fini(&fmt);
	return o->text >= o->ip + sizeof(long) && o->text <= SMALL_MOST;
}

struct tl_err *own_open(const char *tracefs, struct pump_limit *limit, struct pumps *pumps,
			struct own *ret)
{
	*ret = (struct own){};
	if (!take_format(ret, tracefs))
		return tl_err_new(TL_E_FAILED, N_("the kernel's form of a mark is not known"),
				  NULL);
	if (!pumps_init(pumps, -1, limit))
		return &tl_enomem;
	ret->page = calloc(pumps->n, sizeof(*ret->page));
	if (!ret->page)
		return &tl_enomem;
	ret->pumps = pumps;
	ret->on = true;
	return NULL;
}

/* ---- into the file ---- */

static int write_pages(struct pump *p, const char *from, size_t n)
{
	if ((p->file < 0 && !pump_place(p)) || io_write_all(p->file, from, n))
		return errno;
	return 0;
}

static void is_full(struct pump *p, int os)
{
	int none = 0;

	atomic_compare_exchange_strong(&p->limit->full, &none, os);
}

/* All pages gathered. Where one of them finds no room they are all left out, and what comes later:
 * the file holds whole pages without a hole. */
static void write_out(struct pump *p, struct own_page *pg)
{
	size_t n = pg->full * p->page;

	if (n && !p->os)
		p->os = write_pages(p, pg->v, n);
	if (p->os) {
		p->left_out += pg->events;
		is_full(p, p->os);
	} else if (n) {
		p->pages += pg->full;
		if (atomic_fetch_add(&p->limit->taken, n) + n > p->limit->most && p->limit->most)
			is_full(p, EFBIG);
		if (!pump_settle(p))
			is_full(p, p->os = errno);
	}
	pg->full = pg->events = 0;
}

/* ---- a page ---- */

static char *here(const struct pump *p, const struct own_page *pg)
{
	return pg->v + pg->full * p->page;
}

static size_t head_size(void)
{
	return sizeof(uint64_t) + sizeof(long);
}

static void page_end(struct pump *p, struct own_page *pg)
{
	unsigned long commit = pg->n - head_size();

	memcpy(here(p, pg) + sizeof(uint64_t), &commit, sizeof(commit));
	memset(here(p, pg) + pg->n, 0, p->page - pg->n);
	pg->n = 0;
	if (++pg->full == GATHERED)
		write_out(p, pg);
}

static void page_begin(struct pump *p, struct own_page *pg, uint64_t t)
{
	memcpy(here(p, pg), &t, sizeof(t));
	pg->n = head_size();
	pg->t = t;
}

static void word(struct pump *p, struct own_page *pg, uint32_t v)
{
	memcpy(here(p, pg) + pg->n, &v, sizeof(v));
	pg->n += sizeof(v);
}

/* Bit-fields: the type is the lower five bits on a little-endian machine. */
static void head(struct pump *p, struct own_page *pg, uint32_t type, uint64_t delta)
{
	uint32_t low = (uint32_t)delta & ((1u << DELTA_BITS) - 1);

	word(p, pg,
	     __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? low << 5 | type
						       : type << DELTA_BITS | low);
}

/* What an event of n bytes takes at most, with a time that does not fit. */
static size_t room_for(size_t n)
{
	return 8 + 8 + n;
}

static char *event_begin(struct pump *p, struct own_page *pg, uint64_t t, size_t n)
{
	uint64_t delta = t - pg->t;
	char *ret;

	if (delta >> DELTA_BITS) {
		head(p, pg, EXTEND, delta);
		word(p, pg, (uint32_t)(delta >> DELTA_BITS));
		delta = 0;
	}
	head(p, pg, n <= SMALL_MOST ? (uint32_t)n / 4 : 0, delta);
	if (n > SMALL_MOST)
		word(p, pg, (uint32_t)n + 4);
	ret = here(p, pg) + pg->n;
	pg->n += n;
	pg->t = t;
	pg->events++;
	return ret;
}

/* ---- a mark ---- */

/* struct print_entry of kernel/trace/trace_entries.h. The kernel, too, ends a mark with a new line.
 */
static void put_entry(const struct own *o, char *at, size_t n, tl_pid tid, const char *text,
		      size_t text_n)
{
	uint16_t type = (uint16_t)o->type;
	int32_t pid = tid;

	memset(at, 0, o->text);
	memcpy(at, &type, sizeof(type));
	memcpy(at + 4, &pid, sizeof(pid));
	memcpy(at + o->text, text, text_n);
	at[o->text + text_n] = '\n';
	memset(at + o->text + text_n + 1, 0, n - o->text - text_n - 1);
}

bool own_put(struct own *o, int cpu, uint64_t t, tl_pid tid, const char *text, size_t n)
{
	struct pump *p = &o->pumps->v[cpu >= 0 && (unsigned)cpu < o->pumps->n ? cpu : 0];
	struct own_page *pg = &o->page[p->cpu];
	size_t entry = (o->text + n + 2 + 3) & ~(size_t)3;

	p->written++;
	p->read++;
	if (!pg->v)
		pg->v = malloc(GATHERED * p->page);
	if (!pg->v || head_size() + room_for(entry) > p->page) {
		p->left_out++;
		return false;
	}
	if (pg->n && pg->n + room_for(entry) > p->page)
		page_end(p, pg);
	t = t < pg->t ? pg->t : t;
	if (!pg->n)
		page_begin(p, pg, t);
	put_entry(o, event_begin(p, pg, t, entry), entry, tid, text, n);
	return true;
}

/* In the words of the kernel's per_cpu/cpuN/stats (kernel/trace/trace.c tracing_stats_read), for
 * who adds up what was written and what of it is there. */
static void tell_stats(struct pump *p)
{
	free(take(p->stats));
	if (asprintf(
		    &p->stats,
		    "entries: 0\noverrun: 0\ncommit overrun: 0\nbytes: 0\ndropped events: %llu\nread events: %llu\n",
		    (unsigned long long)p->left_out,
		    (unsigned long long)(p->read - p->left_out)) < 0)
		p->stats = NULL;
}

void own_flush(struct own *o)
{
	for (unsigned i = 0; o->on && i < o->pumps->n; i++) {
		struct pump *p = &o->pumps->v[i];

		if (o->page[i].n)
			page_end(p, &o->page[i]);
		write_out(p, &o->page[i]);
		tell_stats(p);
	}
}

void own_fini(struct own *o)
{
	for (unsigned i = 0; o->page && i < o->pumps->n; i++)
		free(o->page[i].v);
	free(o->page);
	*o = (struct own){};
}
