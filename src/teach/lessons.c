/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rows of *.def in one table. A name may have several rows for different releases: the one
 * whose interval holds the release asked for speaks, else the last one (rows stand oldest first).
 */
#include <string.h>
#include "base/guard.h"
#include "teach/lessons.h"

#define SINCE(major, minor) .since = RELEASE(major, minor)
#define UNTIL(major, minor) .until = RELEASE(major, minor)

const struct lesson lessons[] = {
#define LESSON(group_, id_, source_, gist_, text_, see_, ...)                                      \
	{.group = TOPIC_##group_,                                                                  \
	 .id = id_,                                                                                \
	 .source = source_,                                                                        \
	 .gist = gist_,                                                                            \
	 .text = text_,                                                                            \
	 .see = see_,                                                                              \
	 ##__VA_ARGS__},
#include "teach/all.def"
#undef LESSON
};
const unsigned lessons_n = ARRAY_SIZE(lessons);

static bool fits(const struct lesson *l, int release)
{
	return !release ? !l->until
			: (!l->since || l->since <= release) && (!l->until || release <= l->until);
}

const struct lesson *lesson_of(enum topic_group g, const char *id, int release)
{
	const struct lesson *last = NULL;

	for (unsigned i = 0; i < lessons_n; i++) {
		if (lessons[i].group != g || strcmp(lessons[i].id, id))
			continue;
		last = &lessons[i];
		if (fits(last, release))
			return last;
	}
	return last;
}
