/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Format files, line by line (kernel/trace/trace_events.c, f_show):
 *
 *	name: sched_switch
 *	ID: 316
 *	format:
 *		field:unsigned short common_type;	offset:0;	size:2;	signed:0;
 *		field:__data_loc char[] filename;	offset:8;	size:4;	signed:0;
 *
 *	print fmt: "...", REC->...
 *
 * header_page has the same field lines with a blank behind "field:". The text is hostile: a number
 * that does not fit makes its line void, an unknown line is skipped.
 */
#include <string.h>
#include "read/format.h"

/* Cut the next line off *text, without its newline; false at the end. */
static bool line_of(struct tl_str *text, struct tl_str *ret)
{
	const char *nl;

	if (!text->n)
		return false;
	nl = memchr(text->p, '\n', text->n);
	ret->p = text->p;
	ret->n = nl ? (size_t)(nl - text->p) : text->n;
	text->p += ret->n + !!nl;
	text->n -= ret->n + !!nl;
	return true;
}

static void trim(struct tl_str *s)
{
	while (s->n && (*s->p == ' ' || *s->p == '\t'))
		s->p++, s->n--;
	while (s->n && strchr(" \t\r", s->p[s->n - 1]) && s->p[s->n - 1])
		s->n--;
}

/* Cut `prefix` off; false when it does not start with it. */
static bool starts(struct tl_str *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || memcmp(s->p, prefix, n))
		return false;
	s->p += n;
	s->n -= n;
	return true;
}

static bool number(struct tl_str s, uint32_t *ret)
{
	uint64_t v = 0;

	trim(&s);
	if (!s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
		if (v > INT32_MAX)
			return false;
	}
	*ret = (uint32_t)v;
	return true;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Is `word` among the words of the declaration? */
static bool has_word(struct tl_str s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++)
		if (!memcmp(s.p + i, word, n) && (!i || !is_word(s.p[i - 1])) &&
		    (i + n == s.n || !is_word(s.p[i + n])))
			return true;
	return false;
}

/* "unsigned long caller[8]", "__data_loc char[] name", "const char * fmt" */
static bool declaration(struct tl_str s, struct format_field *ret)
{
	bool pointer = s.n && memchr(s.p, '*', s.n);
	size_t end, from;

	trim(&s);
	ret->decl = s;
	ret->kind = has_word(s, "__data_loc")  ? FORMAT_DATA_LOC
		    : has_word(s, "__rel_loc") ? FORMAT_REL_LOC
					       : FORMAT_PLAIN;
	ret->is_array = s.n && memchr(s.p, '[', s.n);
	end = s.n;
	while (end && s.p[end - 1] == ']') { /* an array's bounds stand behind the name */
		while (end && s.p[end - 1] != '[')
			end--;
		end -= !!end;
	}
	for (from = end; from && is_word(s.p[from - 1]);)
		from--;
	ret->name = (struct tl_str){s.p + from, end - from};
	ret->is_char = !pointer && has_word((struct tl_str){s.p, from}, "char");
	ret->is_signed = !has_word((struct tl_str){s.p, from}, "unsigned") && !pointer;
	return ret->name.n > 0;
}

/* What stands behind "field:". */
static bool field_line(struct tl_str line, struct format_field *ret)
{
	bool offset = false, size = false, first = true;
	struct tl_str part;
	uint32_t v;

	while (line.n) {
		const char *semi = memchr(line.p, ';', line.n);

		part = (struct tl_str){line.p, semi ? (size_t)(semi - line.p) : line.n};
		line.p += part.n + !!semi;
		line.n -= part.n + !!semi;
		trim(&part);
		if (first && !declaration(part, ret))
			return false;
		else if (!first && starts(&part, "offset:"))
			offset = number(part, &ret->offset);
		else if (!first && starts(&part, "size:"))
			size = number(part, &ret->size);
		else if (!first && starts(&part, "signed:") && number(part, &v))
			ret->is_signed = v;
		first = false;
	}
	return offset && size;
}

bool format_head(struct tl_str text, struct tl_str *ret_name, uint32_t *ret_id)
{
	struct tl_str line, name = {};

	for (unsigned i = 0; i < 4 && line_of(&text, &line); i++) {
		trim(&line);
		if (starts(&line, "name:")) {
			trim(&line);
			name = line;
		} else if (starts(&line, "ID:") && name.n && number(line, ret_id)) {
			*ret_name = name;
			return true;
		}
	}
	return false;
}

bool format_init(struct format *fmt, struct tl_str text)
{
	struct format_field f, *slot;
	struct tl_str line;

	*fmt = (struct format){};
	if (!format_head(text, &fmt->name, &fmt->id))
		return false;
	while (line_of(&text, &line)) {
		trim(&line);
		if (starts(&line, "print fmt:")) {
			trim(&line);
			fmt->print = line;
			break;
		}
		f = (struct format_field){};
		if (!starts(&line, "field:") || !field_line(line, &f))
			continue;
		slot = vec_push(&fmt->field);
		if (!slot) {
			format_fini(fmt);
			return false;
		}
		*slot = f;
	}
	return true;
}

void format_fini(struct format *fmt)
{
	vec_fini(&fmt->field);
}

const struct format_field *format_field_of(const struct format *fmt, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < fmt->field.n; i++)
		if (fmt->field.v[i].name.n == n && !memcmp(fmt->field.v[i].name.p, name, n))
			return &fmt->field.v[i];
	return NULL;
}

bool format_page_of(struct tl_str text, struct format_page *ret)
{
	struct format_page page = {};
	struct format_field f;
	struct tl_str line;

	while (line_of(&text, &line)) {
		trim(&line);
		f = (struct format_field){};
		if (!starts(&line, "field:") || !field_line(line, &f))
			continue;
		if (f.name.n == 6 && !memcmp(f.name.p, "commit", 6))
			page.commit_size = f.size;
		if (f.name.n == 4 && !memcmp(f.name.p, "data", 4)) {
			page.data_offset = f.offset;
			page.data_size = f.size;
		}
	}
	if ((page.commit_size != 4 && page.commit_size != 8) ||
	    page.data_offset != 8 + page.commit_size)
		return false;
	*ret = page;
	return true;
}
