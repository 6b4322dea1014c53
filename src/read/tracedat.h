/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside the trace.dat reader. Who does what:
 *
 *	tracedat.c		the reader's door: sniff, open, next, close
 *	tracedat6.c		where things lie in a file of version 6
 *	tracedat7.c		the same for version 7
 *	tracedat_meta.c		what both hold: formats, names of tasks, symbols, options, buffers
 *	tracedat_unpack.c	zlib and zstd pieces of version 7
 *	tracedat_chunk.c	the packed pieces of a cpu's pages, unpacked one after the other or ahead
 *	tracedat_stream.c	one cpu of one buffer: its pages, one event after the other
 *	tracedat_touch.c	raw pages are touched ahead
 *	tracedat_record.c	an event becomes a record
 *	tracedat_text.c		an event becomes text, by libtraceevent, on request
 *	tracedat_print.c	which print formats libtraceevent may be shown
 *
 * Law of this header: everything belongs to the struct tracedat; spans point into the file's
 * mapping or into pieces unpacked at open, and live as long as it. A record's bytes live until its
 * stream goes on.
 */
#ifndef READ_TRACEDAT_H
#define READ_TRACEDAT_H

#include "base/guard.h"
#include "read/fields_bin.h"
#include "read/merge.h"
#include "read/reader.h"

/* A place in hostile bytes: reading behind the end gives zeros and sets bad. */
struct cursor {
	const uint8_t *p;
	size_t n, pos;
	bool big, bad;
};

static inline const uint8_t *cursor_take(struct cursor *c, uint64_t n)
{
	const uint8_t *p = c->p + c->pos;

	if (c->bad || n > c->n - c->pos) {
		c->bad = true;
		return NULL;
	}
	c->pos += n;
	return p;
}

static inline uint16_t cursor_u16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	return p ? page_u16(p, c->big) : 0;
}

static inline uint32_t cursor_u32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);

	return p ? page_u32(p, c->big) : 0;
}

static inline uint64_t cursor_u64(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 8);

	return p ? page_u64(p, c->big) : 0;
}

static inline struct tl_str cursor_span(struct cursor *c, uint64_t n)
{
	const uint8_t *p = cursor_take(c, n);

	return p ? (struct tl_str){(const char *)p, n} : (struct tl_str){};
}

/* A string up to its NUL, which is taken too. */
static inline struct tl_str cursor_string(struct cursor *c)
{
	const char *p = (const char *)c->p + c->pos;
	const char *end = c->bad || c->pos >= c->n ? NULL : memchr(p, 0, c->n - c->pos);

	if (!end) {
		c->bad = true;
		return (struct tl_str){};
	}
	c->pos += (size_t)(end - p) + 1;
	return (struct tl_str){p, (size_t)(end - p)};
}

enum td_kind {
	TD_EVENT,
	TD_FUNC,
	TD_STACK,
	TD_USER_STACK,
	TD_PRINT,
	TD_BPRINT,
	TD_UNKNOWN, /* no format says what it is */
	TD_BROKEN,  /* not even its common fields are there */
};

/* One event this recording has a format of. Planned when its first record is met. */
struct td_event {
	bool planned, seen;
	bool passed_by; /* not wanted: see tl_source_want() */
	bool in_tep, refused; /* was shown to libtraceevent; its print fmt must not be */
	enum td_kind kind : 8;
	const struct tl_event_row *row; /* NULL: not modelled */
	const struct field_plan *plan;	/* where there is a row */
	struct tl_str name, system, text;
	uint32_t id;
	/* of the kinds that are no plain events */
	uint32_t at, at2;      /* FUNC: ip, parent_ip; STACK: first frame; PRINT: text */
	uint32_t n_at;	       /* STACK: offset of the number of frames, 0 none; USER_STACK: tgid */
	/* end of the farthest field: shorter records are not shown to libtraceevent */
	uint32_t reach;
};

enum td_codec { TD_CODEC_NONE, TD_CODEC_ZLIB, TD_CODEC_ZSTD, TD_CODEC_UNKNOWN };

/* One cpu of one buffer. */
struct td_stream {
	uint16_t buffer;
	bool packed;
	int32_t cpu;
	uint32_t page_size;
	/* the piece of pages now in hand: all of a raw stream, one chunk of a packed one */
	const uint8_t *piece;
	size_t piece_n, piece_pos; /* piece_pos: of the next page */
	uint64_t piece_place;	   /* in the file */
	struct td_chunks *chunks;  /* packed: what follows */
	const uint8_t *mapped; /* from here on the file is still in memory for this stream */
	struct page page;
	/* the event now in hand */
	struct page_event ev;
	struct td_event *what;
	uint8_t ctx; /* enum tl_ctx */
	/* last: of the event before it, TL_NS_NONE none; only where there is a gap */
	tl_ns t, last;
	/* a bit per context (tl_level()): its last record was left out, so a stack is nobody's */
	uint8_t left_out;
	bool unwritten; /* the page before this one holds nothing but zeros */
	/* what was lost between last and t */
	uint64_t gap;	      /* events; UINT64_MAX not counted; 0 none */
	const char *gap_why;  /* NULL: the kernel's own loss */
};

struct td_buffer {
	struct tl_str name, clock;
};

/* Version 6: an instance's own table of cpus. */
struct td_instance {
	uint64_t at;
	struct tl_str name;
};

struct td_common {
	/* type u16 at 0, flags at 2, preempt count at 3, pid at 4: every kernel since 2.6.31 */
	bool usual;
	struct {
		uint32_t at;
		uint8_t op;
	} type, flags, preempt, pid;
	uint32_t need;
};

struct td_text;

struct tracedat {
	struct tl_source *src;
	struct tl_str file;
	int version;
	bool big;
	uint8_t long_size;	/* of the kernel */
	uint8_t user_long_size; /* as the file's head says */
	uint32_t page_size;
	enum td_codec codec;
	struct page_form form;
	struct format_page page;
	struct td_common common;
	uint8_t ctx_of[256]; /* by flags */

	VEC(struct td_event) event;
	struct td_event **by_id, unknown, broken;
	uint32_t n_ids;
	struct tl_str *comm; /* by pid */
	uint32_t n_comms;
	struct tl_str header_page, header_event, printk, cmdlines;
	/* most of what is read besides the pages, and needed only where there are stacks: see
	 * td_kallsyms() */
	struct tl_str kallsyms;
	uint64_t kallsyms_at; /* version 7: its section, not read yet; 0 none */
	bool symbols_read;
	char *clock, *kernel;
	int64_t time_offset;
	struct {
		uint32_t mult, shift;
	} tsc;

	VEC(struct td_buffer) buffer;
	VEC(struct td_instance) instance;
	VEC(struct td_stream) stream;
	VEC(void *) owned; /* unpacked sections */
	struct td_unpacker *unpackers; /* in nobody's hands */
	uint32_t have;	   /* bit per part of a version 7 file that was read */
	uint64_t unpacked; /* bytes of unpacked sections */
	uint64_t streamed; /* bytes that streams were given */
	bool choosy; /* not all plain events are wanted, only these */
	uint64_t want[TL_EVENT_WORDS];
	struct crew *crew; /* unpacks and touches ahead; NULL: nobody does */
	unsigned ahead;	   /* chunks of a stream that are seen at once by then; 0 one by one */
	size_t *touched;   /* bytes of each raw stream's piece; NULL none */
	struct merge merge;
	struct td_stream *now; /* whose event was given out last */

	VEC(struct tl_rawframe) frame;
	struct td_text *text;
};

/* tracedat6.c, tracedat7.c: c stands behind the page size of the file's head. What cannot be read
 * is warned of; an error only when memory is out. */
struct tl_err *td6_read(struct tracedat *td, struct cursor *c);
struct tl_err *td7_read(struct tracedat *td, struct cursor *c);
void td7_kallsyms(struct tracedat *td, uint64_t at);

/* tracedat_meta.c */
void td_warn(struct tracedat *td, const char *msgid);
/* The bodies of the parts, without size words around them. */
void td_header_pages(struct tracedat *td, struct cursor *c);
struct tl_err *td_ftrace_formats(struct tracedat *td, struct cursor *c);
struct tl_err *td_event_formats(struct tracedat *td, struct cursor *c);
/* One option that both versions have; buffers are the version's own. */
void td_option(struct tracedat *td, unsigned id, struct tl_str data);
/* After everything was found: index of formats, names, symbols, what the source tells. */
struct tl_err *td_finish(struct tracedat *td);
/* The text of the recording's symbols; empty where it has none. */
struct tl_str td_kallsyms(struct tracedat *td);
/* The first stack or function is met: info.symbols is wanted. */
void td_symbols(struct tracedat *td);
struct tl_err *td_stream_add(struct tracedat *td, uint16_t buffer, int32_t cpu, uint64_t at,
			     uint64_t size, uint32_t page_size, bool packed);
void td_streams_forget(struct tracedat *td);
/* A buffer by this name; its index, or -1 when memory is out. */
int td_buffer_add(struct tracedat *td, struct tl_str name, struct tl_str clock);

/* tracedat_unpack.c */
enum {
	/* unpacked size of all sections; kallsyms of a large kernel is 20 MB */
	TD_SECTIONS_MAX = 256 << 20,
	TD_CHUNK_MAX = 64 << 20,    /* of one chunk of pages; trace-cmd packs ten pages */
};
enum td_codec td_codec_named(struct tl_str name);
/* Bytes that grow by what is asked for; what they held is not kept. */
struct td_room {
	uint8_t *p;
	size_t n;
};
bool td_room_for(struct td_room *room, size_t n); /* false: memory is out, and there is none */

/* What unpacking takes room for, one thread's at a time, until it is put back for the next one.
 * With the crew's lock, where there is one. NULL: memory is out. */
struct td_unpacker *td_unpacker_get(struct tracedat *td);
void td_unpacker_put(struct tracedat *td, struct td_unpacker *u);
void td_unpackers_free(struct tracedat *td);
/* Exactly n bytes must come out. u NULL: none do. */
bool td_unpack(struct td_unpacker *u, enum td_codec codec, struct tl_str in, void *to, size_t n);
/* Where the next to look at them is another core: see line_hand(). `to` as of malloc(). */
bool td_unpack_for_another(struct td_unpacker *u, enum td_codec codec, struct tl_str in, void *to,
			   size_t n);

/* tracedat_chunk.c */
/* Of these bytes, at `at` in the file; NULL: memory is out. */
struct td_chunks *td_chunks_new(const struct tracedat *td, struct tl_str data, uint64_t at);
void td_chunks_free(struct td_chunks *c);
enum td_chunk_step { TD_CHUNK_END, TD_CHUNK_READ, TD_CHUNK_DAMAGED, TD_CHUNK_CUT };
/* The next one; READ: its bytes are ret, until the next one is asked for. In any case *ret_place is
 * where the packed ones begin. */
enum td_chunk_step td_chunk_next(struct tracedat *td, struct td_chunks *c, struct tl_str *ret,
				 const uint8_t **ret_packed, uint64_t *ret_place);
/* Bytes of the file that were passed; of how many. */
size_t td_chunks_done(const struct td_chunks *c, size_t *ret_all);
/* A job of td->crew's (crew_work), one chunk, for whoever of it has nothing better to do. begin:
 * false, nobody will do it. */
bool td_unpack_begin(struct tracedat *td);
bool td_unpack_ahead(void *td, unsigned hand);

/* tracedat_touch.c: another one, some raw pages */
bool td_touch_begin(struct tracedat *td);
bool td_touch_ahead(void *td, unsigned hand);

/* tracedat_stream.c: go to the next event; false at the end. */
bool td_stream_next(struct tracedat *td, struct td_stream *s);
/* Go to the next event as nearly all are, on the page in hand; false: td_stream_next() may know
 * more. */
bool td_stream_next_near(struct tracedat *td, struct td_stream *s);
static inline uint64_t td_place(const struct td_stream *s)
{
	return s->piece_place + (uint64_t)(s->ev.p - s->piece);
}

/* tracedat_record.c */
/* The event in hand has changed: what is it? */
void td_recognise(struct tracedat *td, struct td_stream *s);
/* The event in hand as a record; false: not even its common fields are there. */
bool td_record(struct tracedat *td, struct td_stream *s, struct tl_record *ret);
/* The event in hand is one to be passed by: what is left to do of it. */
void td_pass_by(struct tracedat *td, struct td_stream *s);
void td_want(void *state, const uint64_t rows[TL_EVENT_WORDS]);
void td_contexts(struct tracedat *td);
void td_common_of(struct tracedat *td, const struct format *fmt);

/* tracedat_text.c */
struct tl_str td_text(struct tracedat *td, const struct tl_record *rec);
void td_text_free(struct td_text *text);

/* tracedat_print.c */
bool td_print_is_sane(const struct format *fmt);
bool td_declaration_is_sane(struct tl_str decl);

#endif
