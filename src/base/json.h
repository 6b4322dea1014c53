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
	uint64_t first; /* bit per depth: no element yet */
	bool twice;	/* each quote as two: for the inside of a quoted field of csv */
};

void json_init(struct json *j, struct out *out);
/* key NULL: an array element or the top value. */
void json_obj(struct json *j, const char *key);
void json_arr(struct json *j, const char *key);
void json_end_obj(struct json *j);
void json_end_arr(struct json *j);
void json_str(struct json *j, const char *key, const char *s); /* NULL s writes null */
void json_strn(struct json *j, const char *key, const char *s, size_t n);
void json_atom(struct json *j, const char *key, const struct tl_atom *a); /* NULL writes null */
void json_int(struct json *j, const char *key, int64_t v);
void json_u64(struct json *j, const char *key, uint64_t v);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);
void json_ns(struct json *j, const char *key, tl_ns t); /* TL_NS_NONE writes null */

#endif
