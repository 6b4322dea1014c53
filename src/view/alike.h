/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lives that differ in nothing but ids, arguments and times: two hundred runs of /bin/true by one
 * loop are told three times and then counted, and so are the compilers of a build. Only quiet lives
 * are counted so: made, became one program at most, ended themselves with a known code, were
 * reaped; no threads, no signals but notices of children. Memory is a fixed table; what does not
 * fit is told in full.
 *
 * Law of this header: rows borrow names from the struct tl_events, which outlives every view.
 */
#ifndef VIEW_ALIKE_H
#define VIEW_ALIKE_H

#include "view/page.h"

#define ALIKE_KINDS   64
#define ALIKE_IN_FULL 3

struct alike_kind {
	const struct tl_atom *comm, *filename, *creator, *reaper; /* creator, reaper: by name */
	const struct tl_cause *birth, *cause;
	uint64_t children;
	int exit_code;
	struct tl_ref like; /* the last that was told in full */
	unsigned told;
	uint64_t counted;
	tl_ns from, to; /* first birth and last death of those counted */
	tl_ns run, run_min, run_max;
	bool ran; /* run times are known of all counted */
};

struct alike {
	struct alike_kind kind[ALIKE_KINDS];
	unsigned n;
};

/* true: this life is like some that were told already; it is counted and need not be told. */
bool alike_counts(struct alike *a, const struct tl_told *told);
/* Those that were counted, a row a kind; nothing when there are none. */
void alike_tell(const struct alike *a, struct page *pg);

#endif
