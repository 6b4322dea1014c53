/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields of a usual line: " key=value" one behind the other to the line's end, in the row's
 * order, no number of more than eight digits. All else is for tl_fields_from_text().
 *
 * A comm ends at the last place from which the rest reads as the remaining keys, looked for within
 * its 15 bytes. Here that is the first place where the next key stands, and the rest must read
 * then. That is the same: a later place, also one with another form of that key (a tab before it,
 * the field's other name), would lie in what was read from here on, where behind each blank stands
 * another key, up to the next comm; and that begins beyond the 15 bytes. Rows of which this does
 * not hold have no usual lines (row_is_usual).
 */
#include "base/guard.h"
#include "read/fields_plugin.h"
#include "read/fields_text.h"
#include "read/scan.h"
#include "read/swar.h"
#include "read/text_lines.h"
#include "read/text_usual.h"

#define COMM_MAX 15
#define KEY_MAX  16
#define HEX_MAX  16

/* ---- rows become words to compare ---- */

static bool field_init(struct usual_field *f, const struct tl_event_row *row, unsigned i)
{
	const struct tl_field_row *field = &row->field[i];
	size_t n = strlen(field->printed);
	char key[KEY_MAX + 8] = " ";

	if (!n || n + 2 > KEY_MAX)
		return false;
	memcpy(key + 1, field->printed, n);
	key[n + 1] = '=';
	*f = (struct usual_field){
		.n = n + 2, .type = field->type, .optional = fields_may_be_absent(row, i)};
	f->back = f->n > 8 ? f->n - 8 : 0;
	f->mask = f->n < 8 ? UINT64_MAX >> (64 - f->n * 8) : UINT64_MAX;
	/* numbers of tasks change from line to line, and states */
	f->steady = field->type != TL_FT_STATE && (n < 3 || memcmp(key + n - 2, "pid", 3) != 0);
	f->first = swar_load(key);
	f->last = swar_load(key + f->back);
	return true;
}

/* Is the value of the string behind i out of reach of i's end? All between have at least one byte.
 */
static bool next_string_is_far(const struct usual_row *r, unsigned i)
{
	unsigned least = 0;

	while (++i < r->n) {
		least += r->field[i].n;
		if (r->field[i].type == TL_FT_STR)
			return least > COMM_MAX;
		least++;
	}
	return true;
}

static bool row_is_usual(const struct usual_row *r, const struct tl_event_row *row)
{
	for (unsigned i = 0; i < r->n; i++) {
		const char *key = row->field[i].printed;
		size_t n = strlen(key);

		if (r->field[i].type != TL_FT_STR)
			continue;
		if (i + 1 == r->n || r->field[i + 1].type == TL_FT_STR ||
		    r->field[i + 1].optional || !next_string_is_far(r, i))
			return false;
		if (n < 4 || memcmp(key + n - 4, "comm", 4) != 0)
			return false;
	}
	return true;
}

void usual_init(struct usual *u)
{
	for (unsigned id = 0; id < TL_EVENTS; id++) {
		const struct tl_event_row *row = tl_event_row_of(id);
		struct usual_row *r = &u->row[id];

		if (strcmp(row->system, "syscalls") == 0)
			continue;
		while (r->n < row->n_fields && field_init(&r->field[r->n], row, r->n))
			r->n++;
		if (r->n < row->n_fields || !row_is_usual(r, row))
			r->n = 0;
	}
}

/* ---- lines ---- */

static bool key_at(const char *p, const struct usual_field *f)
{
	return (((swar_load(p) & f->mask) ^ f->first) |
		((swar_load(p + f->back) & f->mask) ^ f->last)) == 0;
}

/* Where the comm at p ends, with blanks in it: the first place for the next key, before the line's
 * end. */
static const char *blank_comm_end(const char *p, const struct usual_field *next)
{
	for (const char *q = p; q - p <= COMM_MAX && *q != '\n'; q++)
		if (*q == ' ' && key_at(q, next))
			return q;
	return NULL;
}

static const char *comm_end(const char *p, const struct usual_field *next)
{
	unsigned n = swar_before_blank(swar_load(p));

	if (n == 8)
		n += swar_before_blank(swar_load(p + 8));
	return n <= COMM_MAX && key_at(p + n, next) ? p + n : blank_comm_end(p, next);
}

static bool int_at(const char **p, int64_t *ret)
{
	bool minus = **p == '-';
	uint64_t v = 0;

	*p += minus;
	if (!swar_number(p, &v))
		return false;
	*ret = minus ? -(int64_t)v : (int64_t)v;
	return true;
}

static bool hex_at(const char **p, int64_t *ret)
{
	const char *q = *p;
	uint64_t v = 0;
	int d;

	for (; (d = hex_digit(*q)) >= 0 && q - *p < HEX_MAX; q++)
		v = v << 4 | (unsigned)d;
	if (q == *p)
		return false;
	*ret = (int64_t)v;
	*p = q;
	return true;
}

/* Letters; numbers are not usual. */
static bool state_at(const char **p, int64_t *ret)
{
	const char *q = *p;

	if (!is_word(*q) || is_digit(*q))
		return false;
	*ret = *q++;
	while (*q != ' ' && (is_word(*q) || *q == '|'))
		q++;
	if (*q == '+') {
		*ret |= TL_STATE_PREEMPTED;
		q++;
	}
	*p = q;
	return true;
}

static bool bool_at(const char **p, int64_t *ret)
{
	*ret = **p == 't';
	if (memcmp(*p, "true", 4) != 0 && memcmp(*p, "false", 5) != 0)
		return false;
	*p += *ret ? 4 : 5;
	return true;
}

static bool value_at(uint8_t type, const char **p, int64_t *ret)
{
	switch (type) {
	case TL_FT_INT: return int_at(p, ret);
	case TL_FT_HEX: return hex_at(p, ret);
	case TL_FT_STATE: return state_at(p, ret);
	default: return bool_at(p, ret);
	}
}

/* A value with its last one at hand. */
static bool steady_value_at(struct usual_field *f, const char **p, int64_t *ret)
{
	const char *from = *p;
	uint64_t w = swar_load(from);
	unsigned n;

	if (f->was_n && (w & f->was_mask) == f->was) {
		*p += f->was_n;
		*ret = f->was_value;
		return true;
	}
	if (!value_at(f->type, p, ret))
		return false;
	n = (unsigned)(*p - from);
	if (n < 8) {
		f->was_mask = UINT64_MAX >> (56 - n * 8);
		f->was = w & f->was_mask;
		f->was_value = *ret;
		f->was_n = (uint8_t)n;
	}
	return true;
}

const char *usual_fields(struct usual *u, const struct tl_event_row *row, const char *p,
			 struct tl_fields *ret)
{
	struct usual_row *r = &u->row[row->id];
	uint32_t have = 0;

	ret->have = 0;
	p--;
	for (unsigned i = 0; i < r->n; i++) {
		struct usual_field *f = &r->field[i];
		const char *from;

		if (!key_at(p, f)) {
			if (!f->optional)
				return NULL;
			continue;
		}
		from = p += f->n;
		have |= 1u << i;
		if (f->type == TL_FT_STR) {
			p = comm_end(p, f + 1);
			if (!p)
				return NULL;
			ret->v[i].s = (struct tl_str){from, p - from};
		} else if (!(f->steady ? steady_value_at(f, &p, &ret->v[i].i)
				       : value_at(f->type, &p, &ret->v[i].i))) {
			return NULL;
		}
	}
	ret->have = have;
	return have ? p : NULL;
}

const char *usual_rest(struct usual *u, const char *from, const char *end, struct tl_record *rec)
{
	const char *p = rec->payload.p, *nl;

	if (rec->row) {
		p = usual_fields(u, rec->row, p, &rec->f);
		if (!p)
			p = usual_from_plugin(rec->row, rec->payload.p, &rec->f);
		nl = p ? usual_end(p) : NULL;
	} else {
		nl = memchr(p, '\n', end - p);
		p = nl ? lines_trim(p, nl) : NULL;
	}
	if (!nl)
		return NULL;
	rec->payload.n = p - rec->payload.p;
	if (nl < end)
		layouts_learn(&u->layouts, rec, from, nl);
	return nl;
}
