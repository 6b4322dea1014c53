/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of any record, as the kernel's own print fmt would have it: by libtraceevent, without plugins, made
 * on request and never on the way of an event to a life.
 *
 * libtraceevent believes the records it prints: it reads fields where the format says, dynamic arrays where the
 * record says (16 bits of offset, 16 of length), and strings up to a NUL. So it only sees records that hold
 * all fields of their format, in a room with more zeros behind them than an offset and a length can reach.
 * What it is not shown, or does not understand, is written as bytes.
 */
#include <stdlib.h>
#include <event-parse.h>
#include <trace-seq.h>
#include "read/tracedat.h"

enum { BEHIND = 2 << 16, HEX_MAX = 64 };

struct td_text {
	struct tep_handle *tep;
	struct trace_seq seq;
	uint8_t *room;
	size_t room_n;
	char bytes[3 * HEX_MAX + 4];
};

/* What libtraceevent parses it also cuts up: it gets copies. */
static void parse_copy(struct tl_str text, void (*parse)(struct tep_handle *, char *, size_t), struct tep_handle *tep)
{
	auto_free char *copy = text.n ? strndup(text.p, text.n) : NULL;

	if (copy)
		parse(tep, copy, strlen(copy));
}

static void parse_kallsyms(struct tep_handle *tep, char *text, size_t n)
{
	(void)n;
	tep_parse_kallsyms(tep, text);
}

static void parse_printk(struct tep_handle *tep, char *text, size_t n)
{
	(void)n;
	tep_parse_printk_formats(tep, text);
}

static void parse_comms(struct tep_handle *tep, char *text, size_t n)
{
	(void)n;
	tep_parse_saved_cmdlines(tep, text);
}

static struct td_text *text_new(struct tracedat *td)
{
	struct td_text *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	tep_set_loglevel(TEP_LOG_NONE);
	t->tep = tep_alloc();
	if (!t->tep) {
		free(t);
		return NULL;
	}
	trace_seq_init(&t->seq);
	tep_set_file_bigendian(t->tep, td->big ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
	tep_set_long_size(t->tep, td->long_size);
	tep_set_page_size(t->tep, (int)td->page_size);
	tep_parse_header_page(t->tep, (char *)td->header_page.p, td->header_page.n, td->long_size);
	parse_copy(td->kallsyms, parse_kallsyms, t->tep);
	parse_copy(td->printk, parse_printk, t->tep);
	parse_copy(td->cmdlines, parse_comms, t->tep);
	return t;
}

void td_text_free(struct td_text *t)
{
	if (!t)
		return;
	trace_seq_destroy(&t->seq);
	tep_free(t->tep);
	free(t->room);
	free(t);
}

static struct tl_str hex(struct td_text *t, const struct tl_record *rec)
{
	const uint8_t *p = rec->raw;
	size_t n = rec->raw_n < HEX_MAX ? rec->raw_n : HEX_MAX, at = 0;

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(t->bytes + at, sizeof(t->bytes) - at, i ? " %02x" : "%02x", p[i]);
	return (struct tl_str){t->bytes, at};
}

static bool room_for(struct td_text *t, const struct tl_record *rec)
{
	size_t n = rec->raw_n + BEHIND;
	uint8_t *room;

	if (n > t->room_n) {
		room = realloc(t->room, n);
		if (!room)
			return false;
		t->room = room;
		t->room_n = n;
	}
	memcpy(t->room, rec->raw, rec->raw_n);
	memset(t->room + rec->raw_n, 0, BEHIND);
	return true;
}

static void learn(struct td_text *t, struct td_event *e)
{
	auto_free char *system = strndup(e->system.p, e->system.n);
	auto_free char *text = strndup(e->text.p, e->text.n);

	e->in_tep = true;
	if (system && text)
		tep_parse_event(t->tep, text, strlen(text), system);
}

static struct tl_str print(struct td_text *t, struct td_event *e, const struct tl_record *rec)
{
	struct tep_record r = {
		.ts = (unsigned long long)rec->t, .offset = rec->place, .record_size = (int)rec->raw_n,
		.size = (int)rec->raw_n, .data = t->room, .cpu = rec->cpu, .ref_count = 1,
	};
	struct tl_str s;

	if (!e->in_tep)
		learn(t, e);
	if (!tep_find_event(t->tep, (int)e->id))
		return (struct tl_str){};
	trace_seq_reset(&t->seq);
	tep_print_event(t->tep, &t->seq, &r, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&t->seq);
	s = (struct tl_str){t->seq.buffer, t->seq.len};
	while (s.n && (s.p[s.n - 1] == '\n' || !s.p[s.n - 1]))
		s.n--;
	while (s.n && *s.p == ' ')
		s.p++, s.n--;
	return s;
}

/* "0xc044504c: text" and "function: text": what was printed, without by whom. */
static struct tl_str without_ip(struct tl_str s)
{
	const char *at = s.n ? memmem(s.p, s.n, ": ", 2) : NULL;

	return at ? (struct tl_str){at + 2, s.n - (size_t)(at + 2 - s.p)} : s;
}

/* A stack's declared caller[8] may be deeper than the record; those frames print as zeros. */
static bool holds_all(const struct td_event *e, const struct tl_record *rec)
{
	return e->reach <= rec->raw_n + (e->kind == TD_EVENT ? 0 : BEHIND / 2);
}

struct tl_str td_text(struct tracedat *td, const struct tl_record *rec)
{
	struct td_event *e = (struct td_event *)rec->raw_format;
	struct tl_str s = {};

	if (!rec->raw)
		return rec->payload;
	if (rec->payload.n)
		return rec->payload;
	if (!td->text)
		td->text = text_new(td);
	if (!td->text)
		return s;
	if (e && holds_all(e, rec) && room_for(td->text, rec))
		s = print(td->text, e, rec);
	if (!s.n)
		return hex(td->text, rec);
	return rec->kind == TL_REC_MARK ? without_ip(s) : s;
}
