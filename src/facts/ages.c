/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each frame narrows the interval of releases from its side; the narrowest bound names its witness.
 */
#include <string.h>
#include "base/guard.h"
#include "facts/ages.h"
#include "tasklife/facts.h"

#define NONE    0
#define V(a, b) ((a)*1000 + (b))
static const struct age_row rows[] = {
#define AGE(name, arch, from, to, cite) {name, AGE_##arch, from, to, cite},
#include "facts/ages.def"
#undef AGE
};

static bool fits(const struct age_row *row, const char *name, size_t n, size_t *ret_exact)
{
	size_t len = strlen(row->name);
	bool glob = row->name[len - 1] == '*';

	*ret_exact = glob ? len - 1 : len;
	return (glob ? n >= len - 1 : n == len) && !memcmp(row->name, name, *ret_exact);
}

const struct age_row *age_of(const char *name, size_t n)
{
	const struct age_row *best = NULL;
	size_t best_exact = 0, exact;

	n = tl_function_base(name, n);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!fits(&rows[i], name, n, &exact) || exact <= best_exact)
			continue;
		best = &rows[i];
		best_exact = exact;
	}
	return best;
}

void age_add(struct age *age, const char *name, size_t n)
{
	const struct age_row *row = age_of(name, n);

	if (!row)
		return;
	if (row->from && (!age->from || row->from > age->from->from))
		age->from = row;
	if (row->to && (!age->to || row->to < age->to->to))
		age->to = row;
	if (row->arch != AGE_ANY && age->arch && age->arch->arch != row->arch)
		age->contradictory = true;
	if (row->arch != AGE_ANY && !age->arch)
		age->arch = row;
	if (age->from && age->to && age->from->from > age->to->to)
		age->contradictory = true;
}
