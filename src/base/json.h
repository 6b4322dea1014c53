/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A JSON writer on an out: it places the commas, escapes the strings (invalid UTF-8 becomes U+FFFD;
 * of control characters, those of C1 included, none is left) and never allocates. Keys
 * are literals.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/out.h"

struct json {
	struct out *out;
	unsigned depth;
	bool comma; /* the next value needs one before it */
	bool twice; /* each quote as two: for the inside of a quoted field of csv */
};

/* A key of a table, written out beforehand from the byte `at` on, its first quote left out:
 * `t_ns":`. */
struct json_key {
	char text[46];
	uint8_t at, n;
};
#define JSON_KEY_MOST 32 /* of them are always copied: at + JSON_KEY_MOST <= sizeof(text) */

void json_init(struct json *j, struct out *out);
/* key NULL: an array element, the top value, or behind json_key(). */
void json_obj(struct json *j, const char *key);
void json_arr(struct json *j, const char *key);
void json_str(struct json *j, const char *key, const char *s); /* NULL s writes null */
void json_strn(struct json *j, const char *key, const char *s, size_t n);
void json_atom(struct json *j, const char *key, const struct tl_atom *a); /* NULL writes null */
void json_u64(struct json *j, const char *key, uint64_t v);
void json_ns(struct json *j, const char *key, tl_ns t); /* TL_NS_NONE writes null */

/* ---- a life has a hundred values: the short ones are written on the spot ---- */

/* The key of a value that is given none itself: what stands in a table costs no measuring. */
void json_key_slow(struct json *j, const struct json_key *key);
static inline void json_key(struct json *j, const struct json_key *key)
{
	char *p = j->twice ? NULL : out_room(j->out, 2 + JSON_KEY_MOST);

	if (!p) {
		json_key_slow(j, key);
		return;
	}
	p[0] = ',';
	p += j->comma;
	p[0] = '"';
	memcpy(p + 1, key->text + key->at, JSON_KEY_MOST);
	out_back(j->out, JSON_KEY_MOST + !j->comma - key->n);
	j->comma = false;
}

/* Comma and key: what each value begins with. */
void json_lead(struct json *j, const char *key);
static inline void json_before(struct json *j, const char *key)
{
	if (key || j->comma)
		json_lead(j, key);
	j->comma = true;
}

static inline void json_int(struct json *j, const char *key, int64_t v)
{
	json_before(j, key);
	out_i64(j->out, v);
}

static inline void json_bool(struct json *j, const char *key, bool v)
{
	json_before(j, key);
	out_mem(j->out, v ? "true" : "false", v ? 4 : 5);
}

static inline void json_null(struct json *j, const char *key)
{
	json_before(j, key);
	out_mem(j->out, "null", 4);
}

static inline void json_end_obj(struct json *j)
{
	j->depth--;
	j->comma = true;
	out_char(j->out, '}');
}

static inline void json_end_arr(struct json *j)
{
	j->depth--;
	j->comma = true;
	out_char(j->out, ']');
}

#endif
