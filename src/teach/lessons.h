/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lessons themselves, one row each. Law: rows are constants. */
#ifndef TEACH_LESSONS_H
#define TEACH_LESSONS_H

#include "teach/teach.h"

struct lesson {
	enum topic_group group;
	const char *id;
	const char *source;
	const char *gist, *text; /* msgids */
	const char *see;
	int since, until;
};

extern const struct lesson lessons[];
extern const unsigned lessons_n;

/* The lesson of a name in its group, as this release (0: the newest) has it; else the one nearest
 * to it; NULL none. */
const struct lesson *lesson_of(enum topic_group g, const char *id, int release);

#endif
