/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include "base/json.h"
#include "base/quote.h"
#include "base/utf8.h"

void json_init(struct json *j, struct out *out)
{
	*j = (struct json){.out = out, .first = 1};
}

static void quote(struct json *j)
{
	out_char(j->out, '"');
	if (j->twice)
		out_char(j->out, '"');
}

/* Comma and key before a value, at one go. Deeper than 63 levels commas are no longer tracked; no
 * caller nests so. */
static void before(struct json *j, const char *key)
{
	uint64_t bit = 1ull << (j->depth & 63);
	bool comma = !(j->first & bit) && j->depth;
	size_t n = key ? strlen(key) : 0, quotes = 1 + j->twice;
	char *p;

	j->first &= ~bit;
	if (!comma && !key)
		return;
	p = out_room(j->out, (size_t)comma + (key ? n + 2 * quotes + 1 : 0));
	if (p && comma)
		*p++ = ',';
	if (!p || !key)
		return;
	p[0] = p[quotes - 1] = '"';
	memcpy(p + quotes, key, n);
	p += quotes + n;
	p[0] = p[quotes - 1] = '"';
	p[quotes] = ':';
}

static void open_level(struct json *j, const char *key, char c)
{
	before(j, key);
	out_char(j->out, c);
	j->depth++;
	j->first |= 1ull << (j->depth & 63);
}

void json_obj(struct json *j, const char *key)
{
	open_level(j, key, '{');
}

void json_arr(struct json *j, const char *key)
{
	open_level(j, key, '[');
}

void json_end_obj(struct json *j)
{
	j->depth--;
	out_char(j->out, '}');
}

void json_end_arr(struct json *j)
{
	j->depth--;
	out_char(j->out, ']');
}

static void control(struct out *o, unsigned c)
{
	static const char names[] = "btn\0fr"; /* 8 9 10 - 12 13 */

	if (c >= 8 && c <= 13 && names[c - 8]) {
		out_char(o, '\\');
		out_char(o, names[c - 8]);
	} else {
		out_fmt(o, "\\u%04x", c);
	}
}

static void special(struct out *o, const char *s, unsigned len, void *ctx)
{
	uint32_t c = utf8_code(s, len);

	if (c == '"' || c == '\\') {
		out_char(o, '\\');
		if (c == '"')
			quote(ctx);
		else
			out_char(o, *s);
	} else if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
		control(o, c);
	} else {
		out_mem(o, s, len);
	}
}

void json_strn(struct json *j, const char *key, const char *s, size_t n)
{
	before(j, key);
	quote(j);
	quote_text(j->out, s, n, special, j);
	quote(j);
}

void json_str(struct json *j, const char *key, const char *s)
{
	if (s)
		json_strn(j, key, s, strlen(s));
	else
		json_null(j, key);
}

void json_atom(struct json *j, const char *key, const struct tl_atom *a)
{
	if (a)
		json_strn(j, key, a->s, a->len);
	else
		json_null(j, key);
}

void json_int(struct json *j, const char *key, int64_t v)
{
	before(j, key);
	out_i64(j->out, v);
}

void json_u64(struct json *j, const char *key, uint64_t v)
{
	before(j, key);
	out_u64(j->out, v);
}

void json_bool(struct json *j, const char *key, bool v)
{
	before(j, key);
	out_str(j->out, v ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	before(j, key);
	out_mem(j->out, "null", 4);
}

void json_ns(struct json *j, const char *key, tl_ns t)
{
	if (t == TL_NS_NONE)
		json_null(j, key);
	else
		json_int(j, key, t);
}
