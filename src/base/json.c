/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include "base/json.h"
#include "base/utf8.h"

void json_init(struct json *j, struct out *out)
{
	*j = (struct json){.out = out, .first = 1};
}

/* Comma and key before a value. Deeper than 63 levels commas are no longer tracked; no caller nests so. */
static void before(struct json *j, const char *key)
{
	uint64_t bit = 1ull << (j->depth & 63);

	if (!(j->first & bit) && j->depth)
		out_char(j->out, ',');
	j->first &= ~bit;
	if (key) {
		out_char(j->out, '"');
		out_str(j->out, key);
		out_mem(j->out, "\":", 2);
	}
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

static void control(struct out *o, unsigned char c)
{
	static const char names[] = "btn\0fr"; /* 8 9 10 - 12 13 */

	if (c >= 8 && c <= 13 && names[c - 8]) {
		out_char(o, '\\');
		out_char(o, names[c - 8]);
	} else {
		out_fmt(o, "\\u%04x", c);
	}
}

static bool plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void string(struct out *o, const char *s, size_t n)
{
	out_char(o, '"');
	for (size_t i = 0; i < n;) {
		size_t run = i;
		unsigned len;

		while (run < n && plain((unsigned char)s[run]))
			run++;
		out_mem(o, s + i, run - i);
		i = run;
		if (i == n)
			break;
		len = utf8_len(s + i, n - i);
		if (s[i] == '"' || s[i] == '\\') {
			out_char(o, '\\');
			out_char(o, s[i++]);
		} else if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f) {
			control(o, (unsigned char)s[i++]);
		} else if (!len) {
			out_mem(o, "\xef\xbf\xbd", 3);
			i++;
		} else {
			out_mem(o, s + i, len);
			i += len;
		}
	}
	out_char(o, '"');
}

void json_strn(struct json *j, const char *key, const char *s, size_t n)
{
	before(j, key);
	string(j->out, s, n);
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
