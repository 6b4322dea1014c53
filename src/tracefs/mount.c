/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include "base/guard.h"
#include "base/io.h"
#include "tracefs/diagnose.h"
#include "tracefs/file.h"
#include "tracefs/mount.h"

#define USUAL "/sys/kernel/tracing" /* since 4.1; Documentation/trace/ftrace.rst */

/* /proc/self/mounts writes blanks and backslashes of paths as \040 and so on. */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		unsigned v;

		if (*s == '\\' && sscanf(s + 1, "%3o", &v) == 1 && v < 256) {
			*to++ = (char)v;
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = 0;
}

/* The best so far is replaced by a better one: tracefs itself before the one inside debugfs, and
 * the usual place before any other. */
struct choice {
	char *dir;
	int rank;
};

static void offer(struct choice *c, char *where, const char *type)
{
	bool tracefs = !strcmp(type, "tracefs"), debugfs = !strcmp(type, "debugfs");
	int rank;

	if (!tracefs && !debugfs)
		return;
	unescape(where);
	rank = debugfs ? 1 : strcmp(where, USUAL) ? 2 : 3;
	if (rank <= c->rank)
		return;
	free(c->dir);
	c->dir = debugfs ? tfs_path(where, "tracing") : strdup(where);
	c->rank = rank;
}

char *tfs_mounted_in(const char *mounts)
{
	auto_free char *text = strdup(mounts);
	struct choice c = {};
	char *save = NULL;

	for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *word = NULL, *where, *type;

		if (!strtok_r(line, " ", &word))
			continue;
		where = strtok_r(NULL, " ", &word);
		type = strtok_r(NULL, " ", &word);
		if (type)
			offer(&c, where, type);
	}
	return c.dir;
}

/* A debugfs without tracing, or a mount hidden from us, is as good as none. */
char *tfs_mounted(void)
{
	auto_free char *mounts = NULL, *dir = NULL;

	if (io_read_file("/proc/self/mounts", 16 << 20, &mounts) >= 0)
		dir = tfs_mounted_in(mounts);
	if (dir && tfs_exists(dir, "events"))
		return take(dir);
	/* not root: the directory is there, what is in it may not be seen */
	if (dir && access(dir, X_OK) && errno == EACCES)
		return take(dir);
	return NULL;
}

struct tl_err *tfs_mount(struct tfs_undo *undo, char **ret_dir)
{
	struct tl_err *err;

	*ret_dir = tfs_mounted();
	if (*ret_dir)
		return NULL;
	try(tfs_undo_note(undo, TFS_CHANGE_MOUNT, USUAL, NULL));
	if (mount("nodev", USUAL, "tracefs", 0, NULL)) {
		err = tfs_diagnose(NULL, TFS_OP_MOUNT, errno, NULL, USUAL);
		return err;
	}
	*ret_dir = tfs_mounted();
	return *ret_dir ? NULL : tfs_diagnose(NULL, TFS_OP_MOUNT, ENOENT, NULL, USUAL);
}
