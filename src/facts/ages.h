/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the functions of a stack tell of the kernel they ran in. Law: rows are constants. */
#ifndef FACTS_AGES_H
#define FACTS_AGES_H

#include "tasklife/types.h"

enum age_arch { AGE_ANY, AGE_X86, AGE_ARM64, AGE_ARM };

struct age_row {
	const char *name;
	enum age_arch arch;
	int from, to; /* 1000 * major + minor; 0 open */
	const char *cite;
};

/* What is known so far; starts as {}. Rows say which function decided each part. */
struct age {
	const struct age_row *from, *to, *arch;
	bool contradictory; /* two frames that no one kernel has */
};

/* The row of a function, the most exact name first; NULL: it tells nothing. */
const struct age_row *age_of(const char *name, size_t n);
void age_add(struct age *age, const char *name, size_t n);

#endif
