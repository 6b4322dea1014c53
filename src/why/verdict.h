/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside why/: what the verdicts on tasks and on processes share. */
#ifndef WHY_VERDICT_H
#define WHY_VERDICT_H

#include <string.h>
#include "why/match.h"

void death_verdict(const struct tl_task *task, const struct tl_witnesses *w, struct arena *mem,
		   const struct death_facts *d, struct tl_death_verdict *ret);
static inline bool cause_is(const struct tl_cause *row, const char *id)
{
	return row && row->id[0] == id[0] && !strcmp(row->id, id);
}

#endif
