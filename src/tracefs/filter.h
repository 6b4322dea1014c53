/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The function tracer, always filtered. The law: the tracer is switched on only while
 * set_ftrace_filter holds exactly the functions that were asked for. A filter that cannot be set
 * never widens to everything.
 */
#ifndef TRACEFS_FILTER_H
#define TRACEFS_FILTER_H

#include "base/vec.h"
#include "tasklife/facts.h"
#include "tracefs/instance.h"

struct tfs_names {
	char **v;
	size_t n, cap;
	VEC(size_t) line; /* of each in available_filter_functions, counted from 1 */
};
void tfs_names_fini(struct tfs_names *names);

/* available_filter_functions of this kernel, from its begin to behind the last one that plays one
 * of these roles (32 at most), to be freed. */
struct tl_err *tfs_functions(struct tfs_instance *inst, const char *tracefs,
			     const enum tl_role *roles, unsigned n_roles, char **ret);

/* Add the function that plays the role, as it is called here, with whatever suffix the compiler
 * gave it. False when there is none (or memory is out). */
bool tfs_functions_of(const char *functions, enum tl_role role, struct tfs_names *names);

/* Set the filter, see that it holds these and nothing else, and start the tracer with a stack for
 * each record. On any error the tracer of this instance is `nop`. */
struct tl_err *tfs_function_tracer(struct tfs_instance *inst, const struct tfs_names *names);

#endif
