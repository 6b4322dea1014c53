/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When a usual line was recorded (see text_usual.h): its context column and its time. Within a
 * second they differ from line to line in the digits behind the point alone, so they are compared
 * as a whole, and nothing has to be looked for.
 */
#include "read/scan.h"
#include "read/swar.h"
#include "read/text_head.h"
#include "read/text_usual.h"

/* ---- piece by piece ---- */

const char *usual_flags(struct usual *u, const char *p, struct tl_record *ret)
{
	uint64_t w = swar_load(p);
	unsigned n = swar_before(w, ' ');
	struct usual_flags *f;

	if (n < 3 || n > 6)
		return NULL;
	w &= UINT64_MAX >> (64 - n * 8);
	f = &u->flags[usual_slot(w, 0, USUAL_FLAGS)];
	if (f->word != w || !w) {
		if (!text_flags(p, p + n, ret))
			return NULL;
		*f = (struct usual_flags){w, ret->ctx, ret->preempt};
	}
	ret->ctx = f->ctx;
	ret->preempt = f->preempt;
	return p + n;
}

/* The digits behind the point at p, up to the colon; behind it. */
static const char *part_at(const char *p, tl_ns second, tl_ns *ret)
{
	static const uint32_t scale[] = {1,      10,      100,      1000,      10000,
					 100000, 1000000, 10000000, 100000000, 1000000000};
	uint64_t part = 0;
	unsigned n = swar_digits(swar_load(p), &part);

	if (n == 8 && is_digit(p[8]))
		part = part * 10 + (uint64_t)(p[n++] - '0');
	*ret = second + (tl_ns)(part * scale[9 - n]);
	return n && p[n] == ':' ? p + n + 1 : NULL;
}

const char *usual_seconds(struct usual *u, const char *p, tl_ns *ret)
{
	struct usual_second *second = &u->second;
	const char *from = p;
	uint64_t v;
	unsigned n;

	if (second->n && (swar_load(p) & second->mask) == second->word)
		return part_at(p + second->n, second->t, ret);
	if (!swar_number(&p, &v) || *p++ != '.')
		return NULL;
	n = (unsigned)(p - from);
	if (n <= 8) {
		second->mask = UINT64_MAX >> (64 - n * 8);
		second->word = swar_load(from) & second->mask;
		second->t = (tl_ns)(v * 1000000000);
		second->n = (uint8_t)n;
	}
	return part_at(p, (tl_ns)(v * 1000000000), ret);
}

/* ---- as one met before ---- */

/* What stays within a second: the context, or the seconds themselves. */
static unsigned slot_at(const char *p)
{
	uint64_t second_to_sixth = swar_load(p) >> 8 << 24;

	return (unsigned)usual_slot(second_to_sixth, 0, USUAL_MOMENTS);
}

/* The moment from p to behind its colon, which was read by pieces. */
static void learn_moment(struct usual_moment *m, const char *p, const char *behind,
			 const struct tl_record *rec)
{
	const char *digits = behind - 1;
	size_t all = behind - p, n;
	uint64_t part = 0;

	m->n = 0;
	while (is_digit(digits[-1]))
		digits--;
	n = behind - 1 - digits;
	if (digits[-1] != '.' || all > sizeof(m->word) ||
	    swar_digits(swar_load(digits), &part) != n)
		return;
	memcpy(m->word, p, sizeof(m->word));
	memset(m->mask, 0, sizeof(m->mask));
	memset(m->mask, 0xff, all);
	memset((char *)m->mask + (digits - p), 0xf0, n);
	for (m->scale = 1000000000; n; n--)
		m->scale /= 10;
	m->shift = (uint8_t)(64 - (behind - 1 - digits) * 8);
	m->second = rec->t - (tl_ns)part * m->scale;
	m->digits = (uint8_t)(digits - p);
	m->ctx = rec->ctx;
	m->preempt = rec->preempt;
	m->n = (uint8_t)all;
}

static bool moment_as(const struct usual_moment *m, const char *p, struct tl_record *ret)
{
	uint64_t part;

	if (!m->n || (((swar_load(p) ^ m->word[0]) & m->mask[0]) |
		      ((swar_load(p + 8) ^ m->word[1]) & m->mask[1]) |
		      ((swar_load(p + 16) ^ m->word[2]) & m->mask[2])))
		return false;
	part = (swar_load(p + m->digits) ^ SWAR_EACH('0')) << m->shift;
	if ((part + SWAR_EACH(0x76)) & SWAR_EACH(0x80)) /* all of them are '0' to '?' */
		return false;
	ret->t = m->second + (tl_ns)swar_value(part) * m->scale;
	ret->ctx = m->ctx;
	ret->preempt = m->preempt;
	return true;
}

const char *usual_moment(struct usual *u, const char *p, usual_pieces *by_pieces,
			 struct tl_record *ret)
{
	struct usual_moment *m = &u->moment[u->last_moment];
	const char *behind;

	if (moment_as(m, p, ret))
		return p + m->n;
	u->last_moment = slot_at(p);
	m = &u->moment[u->last_moment];
	if (moment_as(m, p, ret))
		return p + m->n;
	behind = by_pieces(u, p, ret);
	if (behind)
		learn_moment(m, p, behind, ret);
	return behind;
}
