/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "why/tally.h"

static struct tally_row *row_of(struct tally *t, const struct tl_ref *by)
{
	struct tally_row *row;

	vec_each(it, &t->row)
		if (tl_ref_same(it->by, *by))
			return it;
	row = t->row.n < TALLY_MOST ? vec_push(&t->row) : NULL;
	if (row)
		row->by = *by;
	return row;
}

bool tally_counts(const struct tl_death_verdict *v)
{
	return v->by.tid != TL_PID_NONE && v->fatal && !v->fatal->self;
}

bool tally_add(struct tally *t, const struct tl_death_verdict *v)
{
	struct tally_row *row;

	if (!tally_counts(v))
		return false;
	row = row_of(t, &v->by);
	if (!row)
		return false;
	row->sig = !row->victims || row->sig == v->fatal->sig ? v->fatal->sig : 0;
	return !row->victims++;
}

void tally_fini(struct tally *t)
{
	vec_fini(&t->row);
}
