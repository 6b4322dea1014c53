/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines laid out as one that was met before; see text_layout.h. */
#include <string.h>
#include "read/scan.h"
#include "read/swar.h"
#include "read/text_layout.h"
#include "read/text_lines.h"

#define NAME_MOST 15

enum {
	AT_ONCE = 4,  /* words compared before a look at what came of it */
	PATIENCE = 4, /* misses in a full set until one of its layouts is given up */
	MISS = 4,     /* so many lines foreseen make good for one laid out like none */
	TRUST = 64,
	REST = 1024
};

/* By the first words, which hold most of the name: a number in them costs, and does no harm. */
static struct layout_set *set_of(struct text_layouts *l, const char *p)
{
	uint64_t h = (swar_load(p) ^ swar_load(p + 8) * 0xff51afd7ed558ccdu) * 0x9e3779b97f4a7c15u;

	return &l->set[(h >> 56) % LAYOUT_SETS];
}

/* ---- reading ---- */

/* In every piece of a line stands a byte that is no newline, but for the last: so the first that
 * holds one too early is the last that is looked at, or that behind it, where a name is cut. */
_Static_assert(NAME_MOST + AT_ONCE * 8 <= LAYOUT_BEHIND && LAYOUT_BEHIND <= SWAR_SPARE,
	       "no line is read further behind its end than may be looked");

static bool is_laid_out(const struct text_layout *l, const char *p)
{
	for (unsigned i = 0; i < l->words; i += AT_ONCE) {
		uint64_t differ = 0;

		for (unsigned k = i; k < i + AT_ONCE; k++)
			differ |= (swar_load(p + k * 8) ^ l->word[k]) & l->mask[k];
		if (differ)
			return false;
	}
	return true;
}

/* High bits where one of these bytes is a blank, a control character or a '='; beyond the first,
 * also elsewhere. */
static uint64_t no_name(uint64_t w)
{
	return ((w - SWAR_EACH(' ' + 1)) | ((w ^ SWAR_EACH('=')) - SWAR_EACH(1))) & ~w;
}

static bool take_strings(const struct text_layout *l, const char *p, struct tl_fields *f)
{
	for (unsigned i = 0; i < l->n_strings; i++) {
		const struct layout_string *s = &l->string[i];
		const char *from = p + s->at;

		f->v[s->field].s = (struct tl_str){from, s->n};
		if (no_name(swar_load(from)) & s->first)
			return false;
		if (s->last && no_name(swar_load(from + s->n - 8)) & s->last)
			return false;
	}
	return true;
}

/* All their bytes are known to be '0' to '?'. */
static bool take_numbers(const struct text_layout *l, const char *p, struct tl_fields *f)
{
	for (unsigned i = 0; i < l->n_numbers; i++) {
		const struct layout_number *number = &l->number[i];
		uint64_t x = (swar_load(p + number->at) ^ SWAR_EACH('0')) << number->shift;

		if ((x + SWAR_EACH(0x76)) & SWAR_EACH(0x80))
			return false;
		f->v[number->field].i = (int64_t)swar_value(x);
	}
	return true;
}

/* Of an event that is not modelled the rest is not looked at, whatever it is. */
static const char *rest_of(const char *end, struct tl_record *ret)
{
	const char *nl = memchr(ret->payload.p, '\n', end - ret->payload.p);

	if (nl)
		ret->payload.n = lines_trim(ret->payload.p, nl) - ret->payload.p;
	return nl;
}

static const char *read_as(const struct text_layout *l, const char *p, const char *end,
			   struct tl_record *ret)
{
	if (!is_laid_out(l, p))
		return NULL;
	ret->kind = TL_REC_EVENT;
	ret->row = l->row;
	ret->name = (struct tl_str){p + l->name_at, l->name_n};
	ret->payload = (struct tl_str){p + l->payload_at, l->payload_n};
	if (!l->row)
		return rest_of(end, ret);
	ret->f = l->f;
	return take_strings(l, p, &ret->f) && take_numbers(l, p, &ret->f) ? p + l->n : NULL;
}

/* A look that finds nothing is dear: where too many are, none are taken for a while. */
static void note_miss(struct text_layouts *l)
{
	l->trust -= MISS;
	if (l->trust >= 0)
		return;
	l->trust = TRUST / 2;
	l->rest = REST;
}

static struct text_layout **last_of(struct text_layouts *l, const struct tl_record *rec)
{
	return &l->last[(unsigned)rec->cpu % LAYOUT_CPUS];
}

const char *layouts_expect(struct text_layouts *l, const char *p, const char *end,
			   struct tl_record *ret)
{
	struct text_layout **last = last_of(l, ret), *next = *last ? (*last)->then : NULL;
	const char *nl;

	if (l->rest || !next || !(nl = read_as(next, p, end, ret)))
		return NULL;
	*last = next;
	l->trust += l->trust < TRUST;
	return nl;
}

/* From now on that is what comes behind the last of this CPU. */
static void expect(struct text_layout **last, struct text_layout *now)
{
	if (*last)
		(*last)->then = now;
	*last = now;
}

const char *layouts_search(struct text_layouts *l, const char *p, const char *name, const char *end,
			   struct tl_record *ret)
{
	struct layout_set *set = set_of(l, name);

	if (l->rest) {
		l->rest--;
		return NULL;
	}
	for (unsigned i = 0; i < set->n; i++) {
		const char *nl = read_as(&set->way[i], p, end, ret);

		if (nl) {
			expect(last_of(l, ret), &set->way[i]);
			return nl;
		}
	}
	if (set->n == LAYOUT_WAYS)
		note_miss(l);
	return NULL;
}

/* ---- learning ---- */

/* Room for one more; NULL: those there are have to fail more often before one goes. */
static struct text_layout *room_in(struct layout_set *set)
{
	if (set->n == LAYOUT_WAYS && ++set->misses % PATIENCE)
		return NULL;
	if (set->n < LAYOUT_WAYS)
		return &set->way[set->n++];
	return &set->way[set->misses / PATIENCE % LAYOUT_WAYS];
}

/* Of these bytes counts only what `mask` leaves. */
static void make_hole(struct text_layout *l, unsigned at, unsigned n, uint8_t mask)
{
	memset((char *)l->mask + at, mask, n);
}

/* Others stay as they are: a priority mostly does, numbers of tasks and CPUs change. */
static bool changes(const char *field)
{
	size_t n = strlen(field);

	return n >= 3 && (!strcmp(field + n - 3, "pid") || !strcmp(field + n - 3, "cpu"));
}

/*
 * The number behind `from`, which is this field's if it has its value and no sign; behind it. Keys
 * have no digits in them, nor has what stands between two fields.
 */
static const char *learn_number(struct text_layout *l, const char *line, const char *from,
				const struct tl_record *rec, unsigned field)
{
	const char *p = from;
	unsigned n = 0, at;
	uint64_t v = 0;

	while (!is_digit(*p) && *p != '\n')
		p++;
	at = (unsigned)(p - line);
	while (is_digit(p[n]))
		n++;
	if (n && swar_digits(swar_load(p), &v) == n && (int64_t)v == rec->f.v[field].i &&
	    strchr("=:[", p[-1]) && changes(rec->row->field[field].name)) {
		make_hole(l, at, n, 0xf0);
		l->number[l->n_numbers++] =
			(struct layout_number){(uint8_t)at, (uint8_t)(64 - n * 8), (uint8_t)field};
	}
	return p + n;
}

/* One with a blank in it stays as it is. */
static void learn_string(struct text_layout *l, const char *line, struct tl_str s, unsigned field)
{
	struct layout_string *string = &l->string[l->n_strings++];

	*string = (struct layout_string){
		.at = (uint8_t)(s.p - line), .n = (uint8_t)s.n, .field = (uint8_t)field};
	if (!s.n || s.n > NAME_MOST || memchr(s.p, ' ', s.n) || memchr(s.p, '=', s.n))
		return;
	string->first = SWAR_EACH(0x80) & UINT64_MAX >> (s.n < 8 ? 64 - s.n * 8 : 0);
	string->last = s.n > 8 ? SWAR_EACH(0x80) : 0;
	make_hole(l, string->at, string->n, 0);
}

/* Behind the value behind the next key. */
static const char *pass_value(const char *p)
{
	while (*p != '=' && *p != '\n')
		p++;
	while (*p != ' ' && *p != '\n')
		p++;
	return p;
}

static void learn_fields(struct text_layout *l, const char *line, const struct tl_record *rec)
{
	const char *p = rec->payload.p;

	for (unsigned i = 0; i < rec->row->n_fields; i++) {
		struct tl_str s = rec->f.v[i].s;

		if (!(rec->f.have & 1u << i))
			continue;
		switch (rec->row->field[i].type) {
		case TL_FT_STR:
			learn_string(l, line, s, i);
			p = s.p + s.n;
			break;
		case TL_FT_INT: p = learn_number(l, line, p, rec, i); break;
		default: p = pass_value(p);
		}
	}
}

void layouts_learn(struct text_layouts *ls, const struct tl_record *rec, const char *p,
		   const char *nl)
{
	const char *behind = rec->row ? nl : rec->payload.p; /* its first byte is no blank */
	size_t n = behind + 1 - p;
	struct text_layout *l;

	if (n > LAYOUT_MOST || ls->rest || !(l = room_in(set_of(ls, rec->name.p))))
		return;
	memset(l->mask, 0, sizeof(l->mask));
	memset(l->mask, 0xff, n);
	memcpy(l->word, p, n);
	l->f = rec->f;
	l->row = rec->row;
	l->n = (uint8_t)(n - 1);
	l->words = (uint8_t)((n + 7) / 8);
	l->name_at = (uint8_t)(rec->name.p - p);
	l->name_n = (uint8_t)rec->name.n;
	l->payload_at = (uint8_t)(rec->payload.p - p);
	l->payload_n = (uint8_t)rec->payload.n;
	l->then = NULL;
	l->n_numbers = l->n_strings = 0;
	if (rec->row)
		learn_fields(l, p, rec);
	expect(last_of(ls, rec), l);
}
