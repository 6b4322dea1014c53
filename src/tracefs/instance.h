/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A private tracing instance, named tasklife-<pid>-<label>. Nothing of it is shared with other
 * users of the machine's tracing, and removing it undoes everything that was set in it.
 *
 * Law of this header: an instance is noted in the journal before it is made; tfs_instance_fini()
 * frees what we hold, the directory goes when the journal is replayed.
 */
#ifndef TRACEFS_INSTANCE_H
#define TRACEFS_INSTANCE_H

#include "tracefs/file.h"
#include "tracefs/undo.h"

struct tracefs_instance;

struct tfs_instance {
	struct tracefs_instance *ti;
	char *dir; /* whole path */
	char *log; /* the last entry of error_log that was quoted already; NULL none */
};

/* Make it, with tracing off. tracefs is the directory found by tfs_mount(). */
struct tl_err *tfs_instance_make(struct tfs_undo *undo, const char *tracefs, const char *label,
				 struct tfs_instance *ret);
void tfs_instance_fini(struct tfs_instance *inst);

/* What error_log gained since the last call, to be freed; NULL nothing. */
char *tfs_instance_log(struct tfs_instance *inst);

/* The best clock that all CPUs share: mono, else boot, else global; *ret is a literal. */
struct tl_err *tfs_instance_clock(struct tfs_instance *inst, const char **ret);
/* A given one, so that a second instance runs on the same. */
struct tl_err *tfs_instance_set_clock(struct tfs_instance *inst, const char *clock);
struct tl_err *tfs_instance_buffer(struct tfs_instance *inst, int64_t kb_per_cpu);
struct tl_err *tfs_instance_option(struct tfs_instance *inst, const char *name, bool on);
struct tl_err *tfs_instance_on(struct tfs_instance *inst, bool on);
/* Record only this task and those followed already. */
struct tl_err *tfs_instance_follow(struct tfs_instance *inst, tl_pid pid);

/* Remove instances whose maker is gone and which no journal names (the journal's directory was
 * emptied). */
struct tl_err *tfs_instance_orphans(const char *tracefs, unsigned *ret_n);

#endif
