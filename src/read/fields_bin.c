/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan knows for each field of a row (facts/events.def) where this kernel keeps it and how wide
 * it is: a long of a 32-bit kernel, a comm in a fixed array, a filename behind __data_loc. Nothing
 * here trusts a format: a field that lies outside the record is not seen.
 *
 * Task states: up to 4.13 the bits of prev_state differ between releases, and the format's own
 * __print_flags(REC->prev_state & ..., "|", { 1, "S" }, ...) is the only thing that knows them;
 * since 4.14 they are fixed (include/trace/events/sched.h, sched_switch), and tl_state_letter() has
 * them.
 */
#include "read/fields_bin.h"

#include <stdlib.h>

enum field_op field_number_op(const struct format_field *f)
{
	if (f->is_array || f->kind != FORMAT_PLAIN)
		return FIELD_NONE;
	switch (f->size) {
	case 1:
		return f->is_signed ? FIELD_S8 : FIELD_U8;
	case 2:
		return f->is_signed ? FIELD_S16 : FIELD_U16;
	case 4:
		return f->is_signed ? FIELD_S32 : FIELD_U32;
	case 8:
		return FIELD_U64;
	}
	return FIELD_NONE;
}

static enum field_op string_op(const struct format_field *f)
{
	if (f->kind == FORMAT_PLAIN)
		return !f->is_char || !f->is_array || !f->size ? FIELD_NONE
		       : f->size == 16                         ? FIELD_COMM
							       : FIELD_CHARS;
	if (f->size != 4)
		return FIELD_NONE;
	return f->kind == FORMAT_DATA_LOC ? FIELD_DATA_LOC : FIELD_REL_LOC;
}

static struct tl_str find(struct tl_str s, const char *what)
{
	const char *at = s.n ? memmem(s.p, s.n, what, strlen(what)) : NULL;

	if (!at)
		return (struct tl_str){};
	return (struct tl_str){at, s.n - (size_t)(at - s.p)};
}

static bool number_at(struct tl_str *s, uint64_t *ret)
{
	char room[24], *end;
	size_t n;

	while (s->n && (*s->p == ' ' || *s->p == '\t'))
		s->p++, s->n--;
	n = s->n < sizeof(room) - 1 ? s->n : sizeof(room) - 1;
	if (!n || *s->p < '0' || *s->p > '9')
		return false;
	memcpy(room, s->p, n);
	room[n] = '\0';
	*ret = strtoull(room, &end, 0);
	s->p += end - room;
	s->n -= (size_t)(end - room);
	return true;
}

/*
 * The bit behind '+': `REC->prev_state & 4096 ? "+" : ""` up to 4.13 (TASK_STATE_MAX; 4.8 to 4.13
 * have a bit without a letter below it, so it cannot be counted from the letters); later an
 * expression that is twice the highest letter.
 */
static uint64_t plus_of(struct tl_str print, uint64_t letters)
{
	struct tl_str tail = find(print, "? \"+\"");
	uint64_t v;
	size_t at, end;

	if (!tail.n)
		return 0;
	for (end = (size_t)(tail.p - print.p); end && print.p[end - 1] == ' ';)
		end--;
	for (at = end; at && print.p[at - 1] >= '0' && print.p[at - 1] <= '9';)
		at--;
	if (at < end) {
		tail = (struct tl_str){print.p + at, end - at};
		return number_at(&tail, &v) ? v : 0;
	}
	return letters ? (UINT64_C(1) << (63 - __builtin_clzll(letters))) << 1 : 0;
}

void state_letters_of(struct tl_str print, struct state_letters *ret)
{
	struct tl_str s = find(print, "__print_flags(REC->prev_state");
	uint64_t bits;

	*ret = (struct state_letters){};
	s = find(s, "\"|\",");
	while (s.n) {
		const char *open = memchr(s.p, '{', s.n), *close = memchr(s.p, ')', s.n);

		if (!open || (close && close < open))
			break;
		s.n -= (size_t)(open + 1 - s.p);
		s.p = open + 1;
		if (!number_at(&s, &bits) || !bits || bits & (bits - 1))
			break;
		s = find(s, "\"");
		if (s.n < 2)
			break;
		ret->letter[__builtin_ctzll(bits)] = s.p[1];
		ret->mask |= bits;
		s.p += 2;
		s.n -= 2;
	}
	ret->plus = plus_of(print, ret->mask);
}

static enum field_op op_of(enum tl_field_type type, const struct format_field *f)
{
	switch (type) {
	case TL_FT_STR:
		return string_op(f);
	case TL_FT_STATE:
		return field_number_op(f) ? FIELD_STATE : FIELD_NONE;
	default:
		return field_number_op(f);
	}
}

void field_plan_of(const struct tl_event_row *row, const struct format *fmt, struct field_plan *ret)
{
	*ret = (struct field_plan){};
	ret->n = row->n_fields < TL_FIELDS_MAX ? row->n_fields : TL_FIELDS_MAX;
	for (unsigned i = 0; i < ret->n; i++) {
		const struct format_field *f = format_field_of(fmt, row->field[i].name);
		enum field_op op = f ? op_of(row->field[i].type, f) : FIELD_NONE;

		if (!op || f->offset > UINT16_MAX || f->size > UINT16_MAX)
			continue;
		ret->step[i] = (struct field_step){(uint8_t)op, (uint8_t)field_number_op(f),
						   (uint16_t)f->offset, (uint16_t)f->size};
		if (op == FIELD_DATA_LOC || op == FIELD_REL_LOC)
			ret->need = UINT32_MAX;
		else if (f->offset + f->size > ret->need)
			ret->need = f->offset + f->size;
		ret->all |= 1u << i;
		if (op == FIELD_STATE)
			state_letters_of(fmt->print, &ret->state);
	}
}

/* strnlen() of the 16 bytes that hold a task's name, without the call. */
static size_t comm_len(const uint8_t *at)
{
	const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
	uint64_t w, nul;

	for (size_t i = 0; i < 16; i += 8) {
		w = page_u64(at + i, false);
		nul = (w - ones) & ~w & tops;
		if (nul)
			return i + (size_t)__builtin_ctzll(nul) / 8;
	}
	return 16;
}

static bool dynamic(const uint8_t *p, uint32_t n, uint32_t word, uint32_t base, struct tl_str *ret)
{
	uint32_t at = (word & 0xffff) + base, len = word >> 16;

	if (at > n || len > n - at)
		return false;
	ret->p = (const char *)p + at;
	ret->n = strnlen(ret->p, len);
	return true;
}

static bool step_one(const struct field_plan *plan, const struct field_step *st, const uint8_t *p,
		     uint32_t n, bool big, union tl_value *v)
{
	const uint8_t *at = p + st->offset;

	switch ((enum field_op)st->op) {
	case FIELD_CHARS:
		v->s = (struct tl_str){(const char *)at, strnlen((const char *)at, st->size)};
		return true;
	case FIELD_COMM:
		v->s = (struct tl_str){(const char *)at, comm_len(at)};
		return true;
	case FIELD_DATA_LOC:
		return dynamic(p, n, page_u32(at, big), 0, &v->s);
	case FIELD_REL_LOC:
		return dynamic(p, n, page_u32(at, big), st->offset + 4, &v->s);
	case FIELD_STATE:
		v->i = state_letter(&plan->state, (uint64_t)field_number(st->read, at, big));
		return true;
	default:
		v->i = field_number(st->op, at, big);
		return true;
	}
}

union tl_value tl_field(const struct tl_fields *f, unsigned i)
{
	union tl_value v = {};

	if (!f->plan)
		return f->v[i];
	step_one(f->plan, &f->plan->step[i], f->raw, f->plan->need, false, &v);
	return v;
}

void fields_one_by_one(const struct field_plan *plan, const void *rec, uint32_t n, bool big,
		       struct tl_fields *ret)
{
	ret->have = 0;
	ret->plan = NULL;
	for (unsigned i = 0; i < plan->n; i++) {
		const struct field_step *st = &plan->step[i];

		if (st->op && (uint32_t)st->offset + st->size <= n &&
		    step_one(plan, st, rec, n, big, &ret->v[i]))
			ret->have |= 1u << i;
	}
}
