/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A kernel from its source, out of tree: defconfig, the fragments of lab/config, make. What will be
 * done is a list of lines first, so that it can be shown without being done.
 */
#ifndef LAB_BUILD_H
#define LAB_BUILD_H

#include "lab/lab.h"

struct lab_target; /* a row of build.c */

#define LAB_BUILD_STEPS 8
#define LAB_BUILD_WORDS 24

struct lab_step {
	char *word[LAB_BUILD_WORDS]; /* argv, NULL-ended */
	unsigned n;
	bool logged; /* shown with the build's log, as in the note; all of them write there */
};

struct lab_build {
	const struct lab_target *target;
	const struct lab_arch *arch;
	char *source, *out, *log; /* absolute */
	struct lab_step step[LAB_BUILD_STEPS];
	unsigned n;
};

/*
 * target: x86_64 arm64 rpi3 rpi4 rpi5 tiny; cpu: of tiny, NULL: this machine's; out NULL: beside
 * the source. Nothing is looked at but the path, so a plan can be made where there is no source.
 */
struct tl_err *lab_build_plan(struct lab_build *b, const char *target, const char *cpu,
			      const char *source, const char *out, unsigned jobs);
void lab_build_fini(struct lab_build *b);
/* The lines as a shell would take them. */
void lab_build_print(const struct lab_build *b, struct out *o);
/* What must be here for it, all that is missing in one error. */
struct tl_err *lab_build_check(const struct lab_build *b);
/* Do it. The output directory then is a kernel for lab run and lab debug: vmlinuz, config, release,
 * cpu. */
struct tl_err *lab_build_run(const struct lab *lab, const struct lab_build *b);

/* Is this word of --kernel such a directory ("./out"), and not an id. */
bool lab_built_is(const char *word);
struct tl_err *lab_built_find(const char *dir, struct lab_kernel *ret_kernel,
			      struct lab_image *ret);

#endif
