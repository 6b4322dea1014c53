/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace.dat version 7 (trace-cmd.dat.v7(5)): sections anywhere in the file, found through chained
 * option sections.
 *
 *	head | name\0version\0 of the packer | u64 offset of the first options
 *	section: u16 id | u16 flags (1 packed) | u32 description | u64 size | body
 *	packed body: u32 packed size | u32 size | data
 *	option: u16 id | u32 size | data;  DONE (0) holds the offset of the next options section, 0 none
 *
 * Where the chain is broken (a file cut off before its options, a bad offset) the sections are
 * walked one behind the other instead: all of them are written in a row.
 */
#include <stdlib.h>
#include "read/tracedat.h"

enum {
	OPT_DONE = 0,
	OPT_BUFFER = 3,
	OPT_HEADER_INFO = 16,
	OPT_FTRACE_EVENTS = 17,
	OPT_EVENT_FORMATS = 18,
	OPT_KALLSYMS = 19,
	OPT_PRINTK = 20,
	OPT_CMDLINES = 21,
	OPT_BUFFER_TEXT = 22,
	SECTION_PACKED = 1,
	SECTION_HEAD = 16,
	CHAIN_MAX = 4096, /* options sections of one file: a chain may be a ring */
	CPUS_MAX = 1 << 14,
};

struct section {
	unsigned id;
	bool packed;
	uint64_t at, size; /* of its body in the file */
};

static bool section_at(struct tracedat *td, uint64_t at, struct section *ret)
{
	struct cursor c = {(const uint8_t *)td->file.p, td->file.n, 0, td->big, false};

	if (at >= c.n)
		return false;
	c.pos = at;
	ret->id = cursor_u16(&c);
	ret->packed = cursor_u16(&c) & SECTION_PACKED;
	cursor_u32(&c);
	ret->size = cursor_u64(&c);
	ret->at = c.pos;
	return !c.bad;
}

/* Unpacked, for as long as the file is open. */
static struct tl_err *unpacked(struct tracedat *td, struct tl_str body, struct cursor *ret)
{
	struct cursor c = {(const uint8_t *)body.p, body.n, 0, td->big, false};
	uint32_t packed = cursor_u32(&c), n = cursor_u32(&c);
	struct tl_str in = cursor_span(&c, packed);
	struct td_unpacker *u;
	void **slot;

	*ret = (struct cursor){.big = td->big, .bad = true};
	if (c.bad || !n || n > TD_SECTIONS_MAX - td->unpacked)
		return NULL;
	td->unpacked += n;
	slot = vec_push(&td->owned);
	if (!slot || !(*slot = malloc(n)))
		return &tl_enomem;
	u = td_unpacker_get(td);
	if (td_unpack(u, td->codec, in, *slot, n))
		*ret = (struct cursor){*slot, n, 0, td->big, false};
	td_unpacker_put(td, u);
	return NULL;
}

/* The body of a section, as far as the file has it; bad when it cannot be had. */
static struct tl_err *body_of(struct tracedat *td, const struct section *sec, struct cursor *ret)
{
	uint64_t left = td->file.n - sec->at, n = sec->size < left ? sec->size : left;
	struct tl_str body = {td->file.p + sec->at, n};

	if (sec->packed)
		return unpacked(td, body, ret);
	*ret = (struct cursor){(const uint8_t *)body.p, body.n, 0, td->big, false};
	return NULL;
}

static struct tl_err *buffer_option(struct tracedat *td, struct tl_str data)
{
	struct cursor c = {(const uint8_t *)data.p, data.n, 0, td->big, false};
	struct section sec = {};
	uint64_t section = cursor_u64(&c);
	struct tl_str name = cursor_string(&c), clock = cursor_string(&c);
	uint32_t page_size = cursor_u32(&c), cpus = cursor_u32(&c);
	int buffer;

	if (c.bad || !section_at(td, section, &sec) || sec.id != OPT_BUFFER) {
		td_warn(td, N_("a buffer of the recording cannot be found"));
		return NULL;
	}
	if (!cpus) /* trace-cmd writes an empty top buffer beside its instances */
		return NULL;
	if (page_size < 512 || page_size > TD_CHUNK_MAX || page_size & (page_size - 1))
		page_size = td->page_size;
	buffer = td_buffer_add(td, name, clock);
	if (buffer < 0)
		return &tl_enomem;
	for (; cpus && !c.bad; cpus--) {
		uint32_t cpu = cursor_u32(&c);
		uint64_t at = cursor_u64(&c), size = cursor_u64(&c);

		if (!c.bad && cpu < CPUS_MAX)
			try(td_stream_add(td, (uint16_t)buffer, (int32_t)cpu, at, size, page_size,
					  sec.packed));
	}
	if (c.bad)
		td_warn(td, N_("a buffer of the recording cannot be found"));
	return NULL;
}

static void read_printk(struct tracedat *td, struct cursor *c)
{
	td->printk = cursor_span(c, cursor_u32(c));
}

static void read_cmdlines(struct tracedat *td, struct cursor *c)
{
	td->cmdlines = cursor_span(c, cursor_u64(c));
}

/* One of the sections that are read at once. */
static struct tl_err *read_part(struct tracedat *td, unsigned id, struct cursor *c)
{
	static void (*const plain[])(struct tracedat *, struct cursor *) = {
		[OPT_HEADER_INFO] = td_header_pages,
		[OPT_PRINTK] = read_printk,
		[OPT_CMDLINES] = read_cmdlines,
	};

	if (id == OPT_FTRACE_EVENTS)
		return td_ftrace_formats(td, c);
	if (id == OPT_EVENT_FORMATS)
		return td_event_formats(td, c);
	plain[id](td, c);
	return NULL;
}

static struct tl_err *part_at(struct tracedat *td, unsigned id, uint64_t at)
{
	struct section sec;
	struct cursor c;

	if (td->have & 1u << id)
		return NULL;
	if (!section_at(td, at, &sec) || sec.id != id) {
		td_warn(td, N_("a part of the recording is missing"));
		return NULL;
	}
	if (id == OPT_KALLSYMS) {
		td->have |= 1u << id;
		td->kallsyms_at = at;
		return NULL;
	}
	try(body_of(td, &sec, &c));
	if (!c.bad) {
		td->have |= 1u << id;
		try(read_part(td, id, &c));
	}
	if (c.bad)
		td_warn(td, N_("a part of the recording is damaged"));
	return NULL;
}

void td7_kallsyms(struct tracedat *td, uint64_t at)
{
	struct section sec;
	struct cursor c;

	if (!section_at(td, at, &sec) || body_of(td, &sec, &c))
		return; /* out of memory for names: addresses will do */
	td->kallsyms = cursor_span(&c, cursor_u32(&c));
	if (c.bad)
		td_warn(td, N_("a part of the recording is damaged"));
}

/* *ret_next: where DONE points; 0 nowhere. */
static struct tl_err *options(struct tracedat *td, struct cursor *c, uint64_t *ret_next)
{
	*ret_next = 0;
	while (c->pos < c->n) {
		unsigned id = cursor_u16(c);
		struct tl_str data = cursor_span(c, cursor_u32(c));

		if (c->bad)
			break;
		if (id == OPT_DONE) {
			*ret_next = data.n >= 8 ? page_u64(data.p, td->big) : 0;
			return NULL;
		}
		if (id == OPT_BUFFER)
			try(buffer_option(td, data));
		else if (id == OPT_BUFFER_TEXT)
			td_warn(td,
				N_("a latency trace lies in the recording as text, which is not read"));
		else if (id >= OPT_HEADER_INFO && id <= OPT_CMDLINES && data.n >= 8)
			try(part_at(td, id, page_u64(data.p, td->big)));
		else
			td_option(td, id, data);
	}
	td_warn(td, N_("a part of the recording is damaged"));
	return NULL;
}

/* *ret_whole: the chain came to its proper end. */
static struct tl_err *chain(struct tracedat *td, uint64_t at, bool *ret_whole)
{
	struct section sec;
	struct cursor c;

	*ret_whole = false;
	for (unsigned i = 0; at && i < CHAIN_MAX; i++) {
		if (!section_at(td, at, &sec) || sec.id != OPT_DONE)
			return NULL;
		try(body_of(td, &sec, &c));
		if (c.bad)
			return NULL;
		try(options(td, &c, &at));
		*ret_whole = !at;
	}
	return NULL;
}

/* Without the chain: every section in a row, from behind the head. */
static struct tl_err *walk(struct tracedat *td, uint64_t at)
{
	struct section sec;
	struct cursor c;
	uint64_t next;

	td_warn(td, N_("the recording's index is damaged or cut off; its parts were searched for"));
	for (; section_at(td, at, &sec); at = sec.at + sec.size) {
		if (sec.id == OPT_DONE) {
			try(body_of(td, &sec, &c));
			if (!c.bad)
				try(options(td, &c, &next));
		} else if (sec.id >= OPT_HEADER_INFO && sec.id <= OPT_CMDLINES) {
			try(part_at(td, sec.id, at));
		}
		if (sec.size > td->file.n - sec.at)
			break;
	}
	return NULL;
}

static void forget(struct tracedat *td)
{
	td_streams_forget(td);
	td->event.n = td->buffer.n = 0;
	td->have = 0;
	td->kallsyms_at = 0;
	td->streamed = 0;
}

struct tl_err *td7_read(struct tracedat *td, struct cursor *c)
{
	struct tl_str codec = cursor_string(c);
	uint64_t at;
	bool whole;

	cursor_string(c); /* its version */
	at = cursor_u64(c);
	td->codec = td_codec_named(codec);
	if (td->codec == TD_CODEC_UNKNOWN)
		td_warn(td, N_("the recording is packed in a way that is not known here"));
	try(chain(td, at, &whole));
	if (whole && td->event.n && td->stream.n)
		return NULL;
	if (whole && td->event.n && !td->src->warnings.n) /* nothing was recorded */
		return NULL;
	forget(td);
	return walk(td, c->pos);
}
