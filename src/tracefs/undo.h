/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The undo journal: what a recording changed on this machine, written down before it was changed.
 *
 * Law of this header: a journal belongs to the process that began it and is removed by
 * tfs_undo_end() when all of it could be put back; otherwise it stays, and the next start or
 * `tasklife restore` tries again.
 */
#ifndef TRACEFS_UNDO_H
#define TRACEFS_UNDO_H

#include "tasklife/err.h"

enum tfs_change {
	TFS_CHANGE_FILE,     /* a file's value: put back by writing the old one */
	TFS_CHANGE_INSTANCE, /* an instance was made: put back by rmdir */
	TFS_CHANGE_MOUNT,    /* tracefs was mounted: put back by umount */
};

struct tfs_undo {
	int fd;	    /* the journal, locked as long as we live; -1 none */
	char *path; /* of the journal */
};

/* Where journals live: the first of /run/tasklife, /dev/shm/tasklife, /tmp/tasklife that can be
 * had. */
#define TFS_UNDO_DIRS 3
extern const char *const tfs_undo_dir[TFS_UNDO_DIRS];

/* Start a journal in `dir`, which is made (mode 0700) when missing; NULL: the first usable of
 * tfs_undo_dir. */
struct tl_err *tfs_undo_begin(const char *dir, struct tfs_undo *ret);
/* Write down what is about to happen; only then do it. `old` is for TFS_CHANGE_FILE. */
struct tl_err *tfs_undo_note(struct tfs_undo *undo, enum tfs_change what, const char *path,
			     const char *old);
/* The whole walk for a file: read the old value, note it, write the new one, read it back. */
struct tl_err *tfs_undo_write(struct tfs_undo *undo, const char *path, const char *value);
/* Put everything back, last change first, and remove the journal. Goes on after a failure; the
 * first one is returned, and the journal is kept then. */
struct tl_err *tfs_undo_end(struct tfs_undo *undo);
/* Put nothing back: the journal stays, as when its process is killed. */
void tfs_undo_leave(struct tfs_undo *undo);

/* Put back what dead processes left in `dir` (NULL: all of tfs_undo_dir). *ret_n grows by each
 * thing that was put back. Journals whose process lives are left alone. */
struct tl_err *tfs_undo_orphans(const char *dir, unsigned *ret_n);

#endif
