/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of any record, as the kernel's own print fmt would have it: by libtraceevent, without
 * plugins, made on request and never on the way of an event to a life.
 *
 * libtraceevent believes what it is given. It reads fields where the format says, dynamic arrays
 * where the record says (16 bits of offset, 16 of length), and strings up to a NUL; and its parser
 * does not survive every format. So it only sees
 * - formats written anew from what format.c understood, with a print fmt that tracedat_print.c
 *   recognised;
 * - records that hold all fields of their format, in a room with more zeros behind them than an
 *   offset and a length can reach.
 * A format or record it is not shown is written field by field; a record without a format as bytes.
 */
#include <stdlib.h>
#include <event-parse.h>
#include <trace-seq.h>
#include "base/out.h"
#include "read/tracedat.h"

enum { BEHIND = 2 << 16, HEX_MAX = 64 };

struct td_text {
	struct tep_handle *tep;
	struct trace_seq seq;
	uint8_t *room;
	size_t room_n;
	struct out out; /* what is written without libtraceevent */
};

static size_t hex_digits(struct tl_str s)
{
	return strspn(s.p, "0123456789abcdefABCDEF");
}

/* "ffffffff81000000 T _text" (the line is NUL-terminated) */
static bool is_symbol(struct tl_str line)
{
	size_t n = hex_digits(line);

	return n >= 8 && n <= 16 && n + 3 < line.n && line.p[n] == ' ' && line.p[n + 1] > ' ' &&
	       line.p[n + 2] == ' ' && line.p[n + 3] > ' ';
}

/* 0xc0a8e3c2 : "cpu: %d" */
static bool is_printk(struct tl_str line)
{
	struct tl_str digits = {line.p + 2, line.n - 2};
	size_t n;

	if (line.n < 10 || memcmp(line.p, "0x", 2))
		return false;
	n = 2 + hex_digits(digits);
	return n > 2 && n <= 18 && line.n >= n + 5 && !memcmp(line.p + n, " : \"", 4) &&
	       line.p[line.n - 1] == '"';
}

/* What libtraceevent parses it also cuts up, and it reads behind the end of a line that is not as
 * it expects: it gets a copy of the lines that are. */
static char *good_lines(struct tl_str text, bool (*is_good)(struct tl_str line))
{
	char *copy = malloc(text.n + 1), *to = copy, *line = copy;

	if (!copy)
		return NULL;
	for (size_t i = 0; i < text.n; i++) {
		*to++ = text.p[i];
		if (text.p[i] != '\n')
			continue;
		to[-1] = '\0';
		if (strlen(line) == (size_t)(to - 1 - line) &&
		    is_good((struct tl_str){line, (size_t)(to - 1 - line)}))
			to[-1] = '\n';
		else
			to = line;
		line = to;
	}
	*line = '\0';
	return copy;
}

static void learn_names(struct tracedat *td, struct tep_handle *tep)
{
	auto_free char *symbols = good_lines(td_kallsyms(td), is_symbol);
	auto_free char *printk = good_lines(td->printk, is_printk);

	if (symbols && *symbols)
		tep_parse_kallsyms(tep, symbols);
	if (printk && *printk)
		tep_parse_printk_formats(tep, printk);
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
	out_init(&t->out, -1);
	tep_set_file_bigendian(t->tep, td->big ? TEP_BIG_ENDIAN : TEP_LITTLE_ENDIAN);
	tep_set_long_size(t->tep, td->long_size);
	tep_set_page_size(t->tep, (int)td->page_size);
	learn_names(td, t->tep);
	return t;
}

void td_text_free(struct td_text *t)
{
	if (!t)
		return;
	trace_seq_destroy(&t->seq);
	tep_free(t->tep);
	out_fini(&t->out);
	free(t->room);
	free(t);
}

static struct tl_str written(struct td_text *t)
{
	const char *text = out_text(&t->out);

	return (struct tl_str){text, text ? t->out.n : 0};
}

static struct tl_str hex(struct td_text *t, const struct tl_record *rec)
{
	const uint8_t *p = rec->raw;

	t->out.n = 0;
	for (size_t i = 0; i < rec->raw_n && i < HEX_MAX; i++)
		out_fmt(&t->out, i ? " %02x" : "%02x", p[i]);
	return written(t);
}

static void out_field(const struct tracedat *td, struct out *o, const struct format_field *f,
		      const struct tl_record *rec)
{
	const uint8_t *p = rec->raw;
	enum field_op op = field_number_op(f);
	uint32_t word;

	out_mem(o, f->name.p, f->name.n);
	out_char(o, '=');
	if (op) {
		out_i64(o, field_number(op, p + f->offset, td->big));
	} else if (f->kind == FORMAT_PLAIN) {
		if (f->is_char)
			out_mem(o, p + f->offset, strnlen((const char *)p + f->offset, f->size));
		for (uint32_t i = 0; !f->is_char && i < f->size && i < HEX_MAX; i++)
			out_fmt(o, "%02x", p[f->offset + i]);
	} else if (f->size == 4) {
		word = page_u32(p + f->offset, td->big);
		word += f->kind == FORMAT_REL_LOC ? f->offset + 4 : 0;
		if ((word & 0xffff) + (word >> 16) <= rec->raw_n)
			out_mem(o, p + (word & 0xffff),
				strnlen((const char *)p + (word & 0xffff), word >> 16));
	}
}

/* "name=value name=value", without the common fields. */
static struct tl_str by_fields(struct tracedat *td, const struct td_event *e,
			       const struct tl_record *rec)
{
	struct td_text *t = td->text;
	struct format fmt;

	t->out.n = 0;
	if (!format_init(&fmt, e->text))
		return (struct tl_str){};
	vec_each(f, &fmt.field) {
		if (f->name.n >= 7 && !memcmp(f->name.p, "common_", 7))
			continue;
		if (f->offset > rec->raw_n || f->size > rec->raw_n - f->offset)
			continue;
		if (t->out.n)
			out_char(&t->out, ' ');
		out_field(td, &t->out, f, rec);
	}
	format_fini(&fmt);
	return written(t);
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

static void write_fields(struct out *o, const struct format *fmt, bool common)
{
	for (size_t i = 0; i < fmt->field.n; i++) {
		const struct format_field *f = &fmt->field.v[i];

		if ((f->name.n >= 7 && !memcmp(f->name.p, "common_", 7)) != common ||
		    !td_declaration_is_sane(f->decl))
			continue;
		out_fmt(o, "\tfield:%.*s;\toffset:%u;\tsize:%u;\tsigned:%d;\n", (int)f->decl.n,
			f->decl.p, f->offset, f->size, f->is_signed);
	}
	out_char(o, '\n');
}

/* The format as far as it was understood, written anew. */
static bool write_format(struct out *o, const struct format *fmt)
{
	o->n = 0;
	if (!td_print_is_sane(fmt) || !td_declaration_is_sane(fmt->name) ||
	    memchr(fmt->name.p, ' ', fmt->name.n))
		return false;
	out_fmt(o, "name: %.*s\nID: %u\nformat:\n", (int)fmt->name.n, fmt->name.p, fmt->id);
	write_fields(o, fmt, true);
	write_fields(o, fmt, false);
	out_str(o, "print fmt: ");
	out_mem(o, fmt->print.p, fmt->print.n);
	out_char(o, '\n');
	return !o->os;
}

static void learn(struct td_text *t, struct td_event *e)
{
	auto_free char *system = strndup(e->system.p, e->system.n);
	struct format fmt;

	e->in_tep = true;
	e->refused = true;
	if (!format_init(&fmt, e->text))
		return;
	if (system && write_format(&t->out, &fmt))
		e->refused = tep_parse_event(t->tep, out_text(&t->out), t->out.n, system) != 0;
	format_fini(&fmt);
}

static struct tl_str print(struct td_text *t, struct td_event *e, const struct tl_record *rec)
{
	struct tep_record r = {
		.ts = (unsigned long long)rec->t,
		.offset = rec->place,
		.record_size = (int)rec->raw_n,
		.size = (int)rec->raw_n,
		.cpu = rec->cpu,
		.ref_count = 1,
	};
	struct tl_str s;

	if (!e->in_tep)
		learn(t, e);
	if (e->refused || !room_for(t, rec))
		return (struct tl_str){};
	r.data = t->room;
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

	if (!rec->raw || rec->payload.n)
		return rec->payload;
	if (!td->text)
		td->text = text_new(td);
	if (!td->text)
		return s;
	if (e && holds_all(e, rec))
		s = print(td->text, e, rec);
	if (s.n)
		return rec->kind == TL_REC_MARK ? without_ip(s) : s;
	if (e)
		s = by_fields(td, e, rec);
	return s.n ? s : hex(td->text, rec);
}
