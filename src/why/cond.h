/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A question about deaths, as people type it: "cause=signal,by=kill", "source=oom*", "signal!=0".
 * Each part is key,
 * '=' or '!=', and a glob; all parts must hold. What is not known answers no question, neither '='
 * nor '!='.
 *
 * Law of this header: the text must outlive the struct cond.
 */
#ifndef WHY_COND_H
#define WHY_COND_H

#include "tasklife/why.h"

#define COND_PARTS 8

struct cond {
	struct cond_part {
		const struct cond_key *key;
		bool not;
		char glob[64];
	} part[COND_PARTS];
	unsigned n;
};

/* TL_E_USAGE for an unknown key, a part without an operator, too many parts. */
struct tl_err *cond_parse(const char *text, struct cond *ret);
bool cond_holds(const struct cond *c, const struct tl_task *task, const struct tl_death_verdict *v);

#endif
