/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * May this print fmt be shown to libtraceevent?
 *
 * Its parser of print formats (event-parse.c of 1.7.1) dereferences what it did not find: about one
 * in a thousand recordings with a few random bytes changed crashed it, and with a format that
 * divides by a field or prints REC->len bytes a record does the same. Formats come from hostile
 * files. So a format is first recognised here, by the part of C that the kernel's own print formats
 * are made of; what is not recognised is printed field by field instead (tracedat_text.c), which
 * needs no print fmt.
 *
 *	print	:= string { "," arg }		   arg	:= expr | "{" expr { "," expr } "}"
 *	expr	:= unary { op unary } [ "?" expr ":" expr ]
 *	unary	:= { "!" | "~" | "-" | "+" | "(" type ")" } primary
 *	primary	:= string | number | "(" expr ")" | "REC->" field [ "[" number "]" ] | call
 *	call	:= one of the helpers below
 *
 * A divisor must be a number other than zero, an index small, a length given by the record itself
 * at most 16 bits: then nothing reaches farther behind a record than the zeros that tracedat_text.c
 * puts there.
 */
#include <stdlib.h>
#include "read/tracedat.h"

enum { DEPTH_MAX = 24, INDEX_MAX = 64, WIDTH_MAX = 3 };

struct lex {
	const char *p, *end;
	const struct format *fmt;
	unsigned depth;
};

static bool expr(struct lex *l);

static void blanks(struct lex *l)
{
	while (l->p < l->end && (*l->p == ' ' || *l->p == '\t' || *l->p == '\n'))
		l->p++;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Take exactly these characters. */
static bool taken(struct lex *l, const char *what)
{
	size_t n = strlen(what);

	blanks(l);
	if ((size_t)(l->end - l->p) < n || memcmp(l->p, what, n))
		return false;
	l->p += n;
	return true;
}

static bool word(struct lex *l, struct tl_str *ret)
{
	blanks(l);
	ret->p = l->p;
	while (l->p < l->end && (is_letter(*l->p) || (l->p > ret->p && is_digit(*l->p))))
		l->p++;
	ret->n = (size_t)(l->p - ret->p);
	return ret->n > 0;
}

static bool is_word(struct tl_str s, const char *what)
{
	return s.n == strlen(what) && !memcmp(s.p, what, s.n);
}

static bool number(struct lex *l, uint64_t *ret)
{
	char room[32], *stop;
	size_t n;

	blanks(l);
	n = (size_t)(l->end - l->p) < sizeof(room) - 1 ? (size_t)(l->end - l->p) : sizeof(room) - 1;
	if (!n || !is_digit(*l->p))
		return false;
	memcpy(room, l->p, n);
	room[n] = '\0';
	*ret = strtoull(room, &stop, 0);
	l->p += stop - room;
	while (l->p < l->end && strchr("uUlL", *l->p) && *l->p)
		l->p++;
	return l->p == l->end || (!is_letter(*l->p) && !is_digit(*l->p));
}

/* One conversion, behind its '%'. '*' takes a length from the record, and %ph and %pb read by such
 * a length. */
static bool conversion(struct lex *l)
{
	unsigned digits = 0;

	for (; l->p < l->end && strchr("-+ #.0123456789", *l->p) && *l->p; l->p++)
		if (is_digit(*l->p) && ++digits > 2 * WIDTH_MAX)
			return false;
	for (unsigned i = 0; i < 2 && l->p < l->end &&
			     (*l->p == 'l' || *l->p == 'L' || *l->p == 'h' || *l->p == 'z');
	     i++)
		l->p++;
	if (l->p >= l->end || !*l->p || !strchr("diuxXcsop%", *l->p))
		return false;
	if (*l->p++ == 'p' && l->p < l->end && is_letter(*l->p))
		return strchr("sSfFKxBMmIiU", *l->p) != NULL;
	return true;
}

/* "..." "..." ; with_format: conversions are looked at. */
static bool string(struct lex *l, bool with_format)
{
	bool any = false;

	for (; taken(l, "\""); any = true) {
		for (char c = 0; c != '"';) {
			if (l->p >= l->end)
				return false;
			c = *l->p++;
			if (!c || c == '\n' || (c == '\\' && l->p++ >= l->end))
				return false;
			if (c == '%' && with_format && !conversion(l))
				return false;
		}
	}
	return any;
}

/* "unsigned long caller[8]": words, stars and one pair of brackets; or libtraceevent need not know
 * it. */
bool td_declaration_is_sane(struct tl_str s)
{
	unsigned open = 0, close = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		open += c == '[';
		close += c == ']';
		if (close > open || open > 1 ||
		    !(c == ' ' || c == '*' || c == '_' || c == '[' || c == ']' ||
		      (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return open == close && s.n && s.n < 256;
}

/* A field that libtraceevent will know: it does not survive the name of another one. */
static const struct format_field *field(struct lex *l)
{
	struct tl_str name;

	if (!word(l, &name))
		return NULL;
	for (size_t i = 0; i < l->fmt->field.n; i++)
		if (l->fmt->field.v[i].name.n == name.n &&
		    !memcmp(l->fmt->field.v[i].name.p, name.p, name.n))
			return td_declaration_is_sane(l->fmt->field.v[i].decl) ? &l->fmt->field.v[i]
									       : NULL;
	return NULL;
}

static bool rec(struct lex *l)
{
	uint64_t i;

	if (!taken(l, "->") || !field(l))
		return false;
	return !taken(l, "[") || (number(l, &i) && i <= INDEX_MAX && taken(l, "]"));
}

/* (name): a field of changing length */
static bool of_dynamic(struct lex *l)
{
	const struct format_field *f = taken(l, "(") ? field(l) : NULL;

	return f && f->kind != FORMAT_PLAIN && taken(l, ")");
}

static bool argument(struct lex *l)
{
	if (!taken(l, "{"))
		return expr(l);
	do
		if (!expr(l))
			return false;
	while (taken(l, ","));
	return taken(l, "}");
}

static bool arguments(struct lex *l)
{
	if (!taken(l, "("))
		return false;
	do
		if (!argument(l))
			return false;
	while (taken(l, ","));
	return taken(l, ")");
}

/* The helpers libtraceevent knows and that cannot be made to read far. */
static const struct {
	const char *name;
	bool (*args)(struct lex *l);
} helpers[] = {
	{"__print_flags", arguments},
	{"__print_symbolic", arguments},
	{"__get_str", of_dynamic},
	{"__get_rel_str", of_dynamic},
	{"__get_dynamic_array_len", of_dynamic},
	{"__get_rel_dynamic_array_len", of_dynamic},
	{"__get_bitmask", of_dynamic},
	{"__get_rel_bitmask", of_dynamic},
};

static bool call(struct lex *l, struct tl_str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		if (is_word(name, helpers[i].name))
			return helpers[i].args(l);
	return false;
}

/* "(unsigned long)", "(void *)": words that are types, behind an open parenthesis. */
static bool cast(struct lex *l)
{
	static const char *const types[] = {
		"void", "char",   "short", "int",   "long",  "unsigned", "signed", "const",
		"bool", "u8",     "u16",   "u32",   "u64",   "s8",       "s16",    "s32",
		"s64",  "size_t", "pid_t", "dev_t", "gfp_t", "loff_t",   "ino_t",  "sector_t"};
	const char *back = l->p;
	unsigned words = 0;
	struct tl_str name;

	while (word(l, &name)) {
		bool known = false;

		for (size_t i = 0; i < ARRAY_SIZE(types) && !known; i++)
			known = is_word(name, types[i]);
		if (!known)
			break;
		words++;
		name.n = 0;
	}
	if (words && !name.n) {
		taken(l, "*");
		if (taken(l, ")"))
			return true;
	}
	l->p = back;
	return false;
}

static bool primary(struct lex *l)
{
	struct tl_str name;
	uint64_t v;

	blanks(l);
	if (l->p >= l->end)
		return false;
	if (*l->p == '"')
		return string(l, false);
	if (is_digit(*l->p))
		return number(l, &v);
	if (taken(l, "(REC)"))
		return rec(l);
	if (taken(l, "("))
		return expr(l) && taken(l, ")");
	return word(l, &name) && (is_word(name, "REC") ? rec(l) : call(l, name));
}

static bool unary(struct lex *l)
{
	for (unsigned i = 0; i < DEPTH_MAX; i++) {
		const char *back = l->p;

		if (taken(l, "!") || taken(l, "~") || taken(l, "-") || taken(l, "+"))
			continue;
		if (taken(l, "(") && cast(l))
			continue;
		l->p = back;
		return primary(l);
	}
	return false;
}

static bool operator(struct lex *l, bool *ret_bad)
{
	static const char *const ops[] = {"<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
					  "+",  "-",  "*",  "&",  "|",  "^",  "<",  ">"};
	uint64_t v;
	const char *back;

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (taken(l, ops[i]))
			return true;
	if (!taken(l, "/") && !taken(l, "%"))
		return false;
	back = l->p;
	*ret_bad = !number(l, &v) || !v || v > INT32_MAX;
	l->p = back;
	return true;
}

static bool expr(struct lex *l)
{
	bool fine, bad = false;

	if (++l->depth > DEPTH_MAX)
		return false;
	fine = unary(l);
	while (fine && operator(l, &bad))
		fine = !bad && unary(l);
	if (fine && taken(l, "?"))
		fine = expr(l) && taken(l, ":") && expr(l);
	l->depth--;
	return fine;
}

bool td_print_is_sane(const struct format *fmt)
{
	struct lex l = {fmt->print.p, fmt->print.p + fmt->print.n, fmt, 0};

	if (!fmt->print.n || fmt->print.n > UINT16_MAX || !string(&l, true))
		return false;
	while (taken(&l, ","))
		if (!argument(&l))
			return false;
	blanks(&l);
	return l.p == l.end;
}
