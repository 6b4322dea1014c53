/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where tracefs is: at /sys/kernel/tracing, only under debugfs, somewhere else, or nowhere yet.
 */
#ifndef TRACEFS_MOUNT_H
#define TRACEFS_MOUNT_H

#include "tracefs/undo.h"

/* The directory that holds `instances`, `events` and so on, to be freed; NULL when none is mounted.
 */
char *tfs_mounted(void);
/* The same from the text of /proc/self/mounts, for tests. */
char *tfs_mounted_in(const char *mounts);

/* Find tracefs, or mount it (noted in the journal, so it is unmounted at the end). *ret_dir is to
 * be freed. */
struct tl_err *tfs_mount(struct tfs_undo *undo, char **ret_dir);

#endif
