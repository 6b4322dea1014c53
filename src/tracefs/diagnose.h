/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From (what was tried, errno) to a sentence: why this machine refuses, and what helps. It asks the
 * machine in a fixed order and says only what it found.
 */
#ifndef TRACEFS_DIAGNOSE_H
#define TRACEFS_DIAGNOSE_H

#include "tasklife/err.h"

enum tfs_op {
	TFS_OP_MOUNT,
	TFS_OP_INSTANCE,
	TFS_OP_CLOCK,
	TFS_OP_BUFFER,
	TFS_OP_OPTION,
	TFS_OP_EVENT,
	TFS_OP_EVENT_FILTER,
	TFS_OP_TRIGGER,
	TFS_OP_PIDS,
	TFS_OP_FUNCTIONS, /* available_filter_functions */
	TFS_OP_FUNCTION_FILTER,
	TFS_OP_TRACER,
	TFS_OP_MARKER,
	TFS_OP_PIPE,
	TFS_OP_ON,
	TFS_OPS,
};

struct tfs_instance;

/* inst may be NULL; where it is given, what its error_log gained is quoted. */
struct tl_err *tfs_diagnose(struct tfs_instance *inst, enum tfs_op op, int os, const char *subject,
			    const char *path);

/* "integrity", "confidentiality", "none"; NULL: securityfs is not mounted or this kernel has no
 * lockdown. Static. */
const char *tfs_lockdown(void);
bool tfs_may_admin(void); /* root's powers over the kernel: CAP_SYS_ADMIN */

#endif
