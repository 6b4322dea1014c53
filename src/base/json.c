/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include "base/json.h"
#include "base/quote.h"
#include "base/utf8.h"

void json_init(struct json *j, struct out *out)
{
	*j = (struct json){.out = out};
}

static void quote(struct json *j)
{
	out_char(j->out, '"');
	if (j->twice)
		out_char(j->out, '"');
}

static void put_key(struct json *j, const char *key, size_t n)
{
	size_t quotes = 1 + j->twice;
	char *p = out_room(j->out, n + 2 * quotes + 1);

	if (!p)
		return;
	p[0] = p[quotes - 1] = '"';
	memcpy(p + quotes, key, n);
	p += quotes + n;
	p[0] = p[quotes - 1] = '"';
	p[quotes] = ':';
}

void json_lead(struct json *j, const char *key)
{
	if (j->comma && j->depth)
		out_char(j->out, ',');
	if (key)
		put_key(j, key, strlen(key));
}

void json_key_slow(struct json *j, const struct json_key *key)
{
	json_lead(j, NULL);
	put_key(j, key->text + key->at, key->n - strlen("\":"));
	j->comma = false;
}

static void open_level(struct json *j, const char *key, char c)
{
	json_before(j, key);
	out_char(j->out, c);
	j->depth++;
	j->comma = false;
}

void json_obj(struct json *j, const char *key)
{
	open_level(j, key, '{');
}

void json_arr(struct json *j, const char *key)
{
	open_level(j, key, '[');
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
	char *p;

	json_before(j, key);
	p = out_room(j->out, n + 2);
	if (!p)
		return;
	if (!j->twice && quote_plain(p + 1, s, n)) {
		p[0] = p[n + 1] = '"';
		return;
	}
	out_back(j->out, n + 2);
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

void json_u64(struct json *j, const char *key, uint64_t v)
{
	json_before(j, key);
	out_u64(j->out, v);
}

void json_ns(struct json *j, const char *key, tl_ns t)
{
	if (t == TL_NS_NONE)
		json_null(j, key);
	else
		json_int(j, key, t);
}
