/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a function does, step by step. A row says in which of the releases whose source was read the
 * step stands at that place; nothing is said of the releases between two of them but what both
 * have, and the rest is marked.
 */
#include <string.h>
#include "base/guard.h"
#include "teach/teach.h"

static const int read_in[] = {RELEASE(4, 19), RELEASE(5, 10), RELEASE(6, 1), RELEASE(6, 12),
			      RELEASE(7, 2)};

/* bits: places in read_in */
enum { IN_4_19 = 1, IN_5_10 = 2, IN_6_1 = 4, IN_6_12 = 8, IN_7_2 = 16, ALL = 31 };
#define FROM_5_10 (IN_5_10 | FROM_6_1)
#define FROM_6_1  (IN_6_1 | FROM_6_12)
#define FROM_6_12 (IN_6_12 | IN_7_2)
#define TO_5_10	  (IN_4_19 | IN_5_10)
#define TO_6_1	  (TO_5_10 | IN_6_1)
#define TO_6_12	  (TO_6_1 | IN_6_12)

static const struct step_row {
	const char *of, *id, *undo;
	unsigned in;
} rows[] = {
#define STEP(of_, in_, id_, undo_) {.of = of_, .id = id_, .undo = undo_, .in = in_},
#include "teach/steps.def"
#undef STEP
};

static void around(int release, unsigned *older, unsigned *newer)
{
	unsigned last = ARRAY_SIZE(read_in) - 1, i = 0;

	if (!release || release > read_in[last])
		release = read_in[last];
	while (i < last && read_in[i] < release)
		i++;
	*newer = i;
	*older = i && read_in[i] != release ? i - 1 : i;
}

void steps_read(int release, int *ret_older, int *ret_newer)
{
	unsigned older, newer;

	around(release, &older, &newer);
	*ret_older = read_in[older];
	*ret_newer = read_in[newer];
}

bool step_next(const char *of, int release, unsigned *it, struct step *ret)
{
	unsigned older, newer;

	around(release, &older, &newer);
	while (*it < ARRAY_SIZE(rows)) {
		const struct step_row *row = &rows[(*it)++];
		bool was = row->in >> older & 1, will = row->in >> newer & 1;

		if (strcmp(row->of, of) || (!was && !will))
			continue;
		*ret = (struct step){.of = row->of,
				     .id = row->id,
				     .undo = row->undo,
				     .was = was && !will,
				     .will = will && !was};
		return true;
	}
	return false;
}

bool topic_has_steps(const char *of)
{
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].of, of))
			return true;
	return false;
}
