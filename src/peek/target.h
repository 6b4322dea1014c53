/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a gdb stub says of its CPU: registers, their numbers and sizes, from the XML of its target
 * description. */
#ifndef PEEK_TARGET_H
#define PEEK_TARGET_H

#include "base/out.h"

#define TARGET_REGS 1024
#define TARGET_MOST (512u << 10) /* bytes of one file */

struct target_reg {
	char name[32];
	unsigned nr, bits;
};

struct target {
	struct target_reg reg[TARGET_REGS];
	unsigned n;
	unsigned next; /* number of a register that names none */
};

/* A file by name, whole; false: it is not to be had. */
typedef bool target_fetch_fn(void *ctx, const char *name, struct out *to);
/* "target.xml" and all it includes. False: no register is known then. */
bool target_read(struct target *t, target_fetch_fn *fetch, void *ctx);
/* NULL: none */
const struct target_reg *target_reg_named(const struct target *t, const char *name);

#endif
