/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One tracefs file: read it, write it in a single write(2), and see that it took. Some files accept
 * a value and ignore it (a clock on a kernel without it, a pid beyond pid_max), so what is read
 * back must equal what was written; what "equal" means depends on the file.
 *
 * Functions here give -1 with errno; diagnose.h makes the sentence of it.
 */
#ifndef TRACEFS_FILE_H
#define TRACEFS_FILE_H

#include "tasklife/types.h"

/* How a file shows the value that was written into it. */
enum tfs_shows {
	TFS_SHOWS_SAME,	    /* the value */
	TFS_SHOWS_CHOSEN,   /* all possible ones, the chosen in brackets: "local [mono] boot" */
	TFS_SHOWS_AT_LEAST, /* a number, rounded up by the kernel: buffer_size_kb */
	TFS_SHOWS_LINE,	    /* a list: one line is the value */
	TFS_SHOWS_SWITCH,   /* an event's enable: "1*" when a trigger hangs on it as well */
	TFS_SHOWS_TRIGGER,  /* "stacktrace if sig==9" reads "stacktrace:unlimited if sig==9" */
};

/* dir/<formatted>, to be freed; NULL when memory is out. */
char *tfs_path(const char *dir, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The whole file, line ends at its end cut off, to be freed. */
int tfs_read(const char *path, char **ret);
/* The value a file holds now, as one would write it back: of "local [mono] boot" it is "mono". */
int tfs_read_value(const char *path, char **ret);
/* Replace what the file holds (the open truncates); "" only truncates. */
int tfs_write(const char *path, const char *value);
/* Add to what a list holds. */
int tfs_append(const char *path, const char *value);
/* One line of the text is the value, and nothing else. */
bool tfs_has_line(const char *text, const char *value);
bool tfs_holds(const char *path, const char *value, enum tfs_shows shows);
/* Write, read back, compare. errno is EREMOTEIO, which no tracefs file gives, when the file took
 * the value without an error and holds another one. */
int tfs_set(const char *path, const char *value, enum tfs_shows shows);
#define TFS_NOT_TAKEN EREMOTEIO

bool tfs_exists(const char *dir, const char *name);

#endif
