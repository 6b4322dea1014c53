/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A modelled event's fields out of a binary record: a plan is made once per event from the kernel's
 * own format, and walked for each record.
 *
 * Law of this header: strings in decoded fields point into the record.
 */
#ifndef READ_FIELDS_BIN_H
#define READ_FIELDS_BIN_H

#include "read/format.h"
#include "read/page.h"
#include "tasklife/facts.h"
#include "tasklife/read.h"

enum field_op {
	/* not in this kernel's format, or of a shape that cannot be what the row says */
	FIELD_NONE,
	FIELD_U8, FIELD_U16, FIELD_U32, FIELD_U64,
	FIELD_S8, FIELD_S16, FIELD_S32,
	FIELD_CHARS,	/* a fixed array */
	FIELD_COMM,	/* one of 16 bytes: a task's name */
	FIELD_DATA_LOC,
	FIELD_REL_LOC,
	FIELD_STATE,	/* a number that becomes a letter */
};

struct field_step {
	uint8_t op;   /* enum field_op */
	uint8_t read; /* of FIELD_STATE: how the number is read */
	uint16_t offset, size;
};

/* Letters of prev_state as this kernel prints them. */
struct state_letters {
	char letter[64]; /* by number of the lowest bit set; 0: not known */
	uint64_t mask;   /* bits that have a letter */
	uint64_t plus;   /* the bit that prints '+'; 0 none */
};

struct field_plan {
	unsigned n;    /* fields of the row */
	/* records at least this long have all of them where the plan says; UINT32_MAX: one lies
	 * behind an offset in the record itself */
	uint32_t need;
	uint32_t all; /* the fields such a record has, a bit each */
	struct field_step step[TL_FIELDS_MAX];
	struct state_letters state;
};

void field_plan_of(const struct tl_event_row *row, const struct format *fmt,
		   struct field_plan *ret);
/* One by one: of a record that is cut short, or of a big-endian machine, or has fields behind
 * offsets of its own. */
void fields_one_by_one(const struct field_plan *plan, const void *rec, uint32_t n, bool big,
		       struct tl_fields *ret);

/* As nearly all records are: names and numbers, all of them there, of a little-endian machine. */
static inline void fields_from_record(const struct field_plan *plan, const void *rec, uint32_t n,
				      bool big, struct tl_fields *ret)
{
	if (n < plan->need || big) {
		fields_one_by_one(plan, rec, n, big, ret);
		return;
	}
	ret->have = plan->all;
	ret->plan = plan;
	ret->raw = rec;
}

/* How one number field is read; FIELD_NONE when it is none. */
enum field_op field_number_op(const struct format_field *f);
static inline int64_t field_number(enum field_op op, const void *p, bool big)
{
	switch (op) {
	case FIELD_U8:
		return *(const uint8_t *)p;
	case FIELD_S8:
		return *(const int8_t *)p;
	case FIELD_U16:
		return page_u16(p, big);
	case FIELD_S16:
		return (int16_t)page_u16(p, big);
	case FIELD_U32:
		return page_u32(p, big);
	case FIELD_S32:
		return (int32_t)page_u32(p, big);
	case FIELD_U64:
		return (int64_t)page_u64(p, big);
	default:
		return 0;
	}
}

/* With TL_STATE_PREEMPTED. */
static inline int64_t state_letter(const struct state_letters *st, uint64_t bits)
{
	uint64_t known = bits & st->mask;

	if (!st->mask) /* no such print fmt: the numbers of 4.14 and later */
		return (unsigned char)tl_state_letter((int64_t)bits & 0xff) |
		       (bits & 0x100 ? TL_STATE_PREEMPTED : 0);
	return (known ? (unsigned char)st->letter[__builtin_ctzll(known)] : 'R') |
	       (bits & st->plus ? TL_STATE_PREEMPTED : 0);
}

/* tl_field() of those that are read most. */
static inline int64_t field_int(const struct tl_fields *f, unsigned i)
{
	const struct field_step *st;

	if (!f->plan)
		return f->v[i].i;
	st = &f->plan->step[i];
	if (st->op == FIELD_S32)
		return (int32_t)page_u32((const char *)f->raw + st->offset, false);
	return tl_field(f, i).i;
}

/* A task's state, of a 64-bit kernel at once. */
static inline int64_t field_state(const struct tl_fields *f, unsigned i)
{
	const struct field_step *st = f->plan ? &f->plan->step[i] : NULL;

	if (st && st->op == FIELD_STATE && st->read == FIELD_U64)
		return state_letter(&f->plan->state,
				    page_u64((const char *)f->raw + st->offset, false));
	return tl_field(f, i).i;
}

/* A task's name where it lies, in an array of 16; NULL: tl_field() has it. */
static inline const void *field_comm(const struct tl_fields *f, unsigned i)
{
	return f->plan && f->plan->step[i].op == FIELD_COMM
		       ? (const char *)f->raw + f->plan->step[i].offset
		       : NULL;
}

/* For tests: the letters in a print fmt. */
void state_letters_of(struct tl_str print, struct state_letters *ret);

#endif
