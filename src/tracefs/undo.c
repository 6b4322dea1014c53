/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rollback journal, in the manner of a database's: the old value reaches the disk before the
 * new one reaches the kernel.
 *
 *	            tfs_undo_note()            the caller's write
 *	  CLEAN ───────────────────▶ JOURNALED ──────────────────▶ CHANGED
 *	    ▲                            │                            │
 *	    │       tfs_undo_end(), tfs_undo_orphans(): replay()      │
 *	    └──────── RESTORED ◀─────────┴────────────────────────────┘
 *	     unlink
 *
 * A kill at any point leaves the machine in one of these states, and replaying is right in each:
 * putting back a value that was never changed writes what the file already holds.
 *
 * Invariants:
 *  1. No change without its line in the journal: the line is written and fdatasync()ed before the
 *     change.
 *  2. A line counts only when it ends in a newline. A torn last line means its change was not made.
 *  3. Replay goes backwards, so a file changed twice gets its first value.
 *  4. Replaying twice is the same as once: a missing instance, an unmounted mount, a value already
 *     back are no errors.
 *  5. What is written back is what was read, never a default.
 *  6. A journal is removed only when every line of it was put back.
 *  7. The owner holds an flock on the journal from before its first line until it is gone; the
 *     kernel drops it with the process, however that ends, so a journal that can be locked is an
 *     orphan, whoever has its pid today.
 *  8. A journal of another boot describes a kernel that is gone: it is removed unread.
 *
 * The name is <pid>-<start time>-<boot id>.undo; a line is "<kind> <path>[ <old value>]\n", each
 * word percent-encoded.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include "base/guard.h"
#include "base/io.h"
#include "base/vec.h"
#include "tracefs/file.h"
#include "tracefs/percent.h"
#include "tracefs/undo.h"

#define SUFFIX ".undo"
#define JOURNAL_MOST (16u << 20)

const char *const tfs_undo_dir[TFS_UNDO_DIRS] = {
	"/run/tasklife",
	"/dev/shm/tasklife",
	"/tmp/tasklife",
};

static const char *const change_word[] = {
	[TFS_CHANGE_FILE] = "file",
	[TFS_CHANGE_INSTANCE] = "instance",
	[TFS_CHANGE_MOUNT] = "mount",
};

/* ---- naming ---- */

static void boot_id(char ret[64])
{
	auto_free char *text = NULL;

	if (io_read_file("/proc/sys/kernel/random/boot_id", 256, &text) < 0)
		text = NULL;
	snprintf(ret, 64, "%.36s", text ? text : "unknown");
	ret[strcspn(ret, "\n")] = 0;
}

/* Field 22 of /proc/self/stat; the comm before it may hold anything, so count from the last ')'. */
static unsigned long long start_time(void)
{
	auto_free char *text = NULL;
	unsigned long long t = 0;
	const char *at;

	if (io_read_file("/proc/self/stat", 8192, &text) < 0)
		return 0;
	at = strrchr(text, ')');
	if (at)
		sscanf(at,
		       ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
		       &t);
	return t;
}

/* Ours, a directory, and nobody else's to write: a planted journal would be replayed as root. */
static bool dir_is_safe(const char *dir)
{
	struct stat st;

	return !lstat(dir, &st) && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & 022);
}

/* Somebody who looks for orphans may have taken it between our open and our flock. */
static bool is_still(const char *path, int fd)
{
	struct stat a, b;

	return !fstat(fd, &a) && !lstat(path, &b) && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static struct tl_err *journal_in(const char *dir, struct tfs_undo *ret)
{
	char boot[64];
	auto_free char *path = NULL;
	auto_close int fd = -1;

	if (mkdir(dir, 0700) && errno != EEXIST)
		return tl_err_os(errno, N_("cannot keep an undo journal"), NULL, dir);
	if (!dir_is_safe(dir))
		return tl_err_os(EPERM, N_("cannot keep an undo journal"), NULL, dir);
	boot_id(boot);
	path = tfs_path(dir, "%d-%llu-%s" SUFFIX, (int)getpid(), start_time(), boot);
	if (!path)
		return &tl_enomem;
	do {
		guard_close(&fd);
		fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
			return tl_err_os(errno, N_("cannot keep an undo journal"), NULL, path);
	} while (!is_still(path, fd));
	ret->fd = take_fd(&fd);
	ret->path = take(path);
	return NULL;
}

/* Two recorders of one process share the name; the second gets EWOULDBLOCK above, which is right:
 * the instances are named by pid as well. */
struct tl_err *tfs_undo_begin(const char *dir, struct tfs_undo *ret)
{
	struct tl_err *err = NULL;

	ret->fd = -1;
	ret->path = NULL;
	if (dir)
		return journal_in(dir, ret);
	for (unsigned i = 0; i < TFS_UNDO_DIRS; i++) {
		tl_err_free(err);
		err = journal_in(tfs_undo_dir[i], ret);
		if (!err)
			break;
	}
	return err;
}

/* ---- CLEAN → JOURNALED ---- */

static char *encoded(const char *s)
{
	size_t n = strlen(s), cap = 3 * n + 1;
	char *to = malloc(cap);

	if (to)
		percent_encode(to, cap, s, n);
	return to;
}

struct tl_err *tfs_undo_note(struct tfs_undo *undo, enum tfs_change what, const char *path,
			     const char *old)
{
	auto_free char *p = encoded(path), *o = encoded(old ? old : ""), *text = NULL;
	int n;

	if (!p || !o)
		return &tl_enomem;
	n = asprintf(&text, "%s %s %s\n", change_word[what], p, o);
	if (n < 0) {
		text = NULL;
		return &tl_enomem;
	}
	if (io_write_all(undo->fd, text, (size_t)n) || fdatasync(undo->fd))
		return tl_err_os(errno, N_("cannot keep an undo journal"), NULL, undo->path);
	return NULL;
}

/* ---- → CHANGED ---- */

static struct tl_err *not_written(int os, const char *path)
{
	struct tl_err *err = tl_err_os(os, N_("cannot change '%s'"), path, path);

	if (os == TFS_NOT_TAKEN)
		tl_err_cause(err, N_("the kernel took the value but does not hold it"), NULL);
	return err;
}

struct tl_err *tfs_undo_write(struct tfs_undo *undo, const char *path, const char *value)
{
	auto_free char *old = NULL, *now = NULL;

	if (tfs_read_value(path, &old))
		return tl_err_os(errno, N_("cannot read the tracing file '%s'"), path, path);
	try(tfs_undo_note(undo, TFS_CHANGE_FILE, path, old));
	if (tfs_write(path, value) || tfs_read_value(path, &now))
		return not_written(errno, path);
	return strcmp(now, value) ? not_written(TFS_NOT_TAKEN, path) : NULL;
}

/* ---- → RESTORED ---- */

/* Readers of ours may be on their way out: the kernel says EBUSY as long as a file of the instance
 * is open. */
static int patiently(int (*act)(const char *), const char *path)
{
	/* 5 s: a busy machine takes its time to end what was killed */
	for (int i = 0; i < 500; i++) {
		if (!act(path))
			return 0;
		if (errno != EBUSY)
			return -1;
		nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
	}
	errno = EBUSY;
	return -1;
}

static bool our_instance(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && !strncmp(name + 1, "tasklife-", 9);
}

static int restore_instance(const char *path, const char *old)
{
	if (!our_instance(path) || !patiently(rmdir, path))
		return 0;
	/* noted before it was made: a user who may not remove it could not make it either */
	return errno == ENOENT || (errno == EACCES && geteuid()) ? 0 : -1;
}

static int restore_mount(const char *path, const char *old)
{
	if (!patiently(umount, path))
		return 0;
	return errno == EINVAL || errno == ENOENT ? 0 : -1;
}

static int restore_file(const char *path, const char *old)
{
	auto_free char *now = NULL;

	if (!tfs_read_value(path, &now) && !strcmp(now, old))
		return 0;
	if (tfs_write(path, old))
		return errno == ENOENT ? 0 : -1;
	free(take(now));
	if (tfs_read_value(path, &now))
		return -1;
	errno = TFS_NOT_TAKEN;
	return strcmp(now, old) ? -1 : 0;
}

static int (*const restore[])(const char *path, const char *old) = {
	[TFS_CHANGE_FILE] = restore_file,
	[TFS_CHANGE_INSTANCE] = restore_instance,
	[TFS_CHANGE_MOUNT] = restore_mount,
};

/* "kind path old" → its parts; false for a line that is none of ours. */
static bool split(char *line, enum tfs_change *ret_what, char **ret_path, char **ret_old)
{
	char *path = strchr(line, ' '), *old = path ? strchr(path + 1, ' ') : NULL;
	size_t n;

	if (!old)
		return false;
	*path++ = 0;
	*old++ = 0;
	if (!percent_decode(path, &n) || !percent_decode(old, &n))
		return false;
	*ret_path = path;
	*ret_old = old;
	for (unsigned i = 0; i < ARRAY_SIZE(change_word); i++) {
		*ret_what = (enum tfs_change)i;
		if (!strcmp(line, change_word[i]))
			return true;
	}
	return false;
}

static struct tl_err *replay_line(char *line, unsigned *ret_n)
{
	char *path, *old;
	enum tfs_change what;

	if (!split(line, &what, &path, &old))
		return NULL;
	if (restore[what](path, old))
		return tl_err_os(errno, N_("cannot put back '%s'"), path, path);
	(*ret_n)++;
	return NULL;
}

/* inv 2, 3 and 4: whole lines, last first, all of them. */
static struct tl_err *replay(int fd, unsigned *ret_n)
{
	auto_free char *text = NULL;
	VEC(char *) lines = {};
	struct tl_err *first = NULL;

	if (lseek(fd, 0, SEEK_SET) < 0 || io_read_all(fd, JOURNAL_MOST, &text) < 0)
		return tl_err_os(errno, N_("cannot read the undo journal"), NULL, NULL);
	for (char *at = text, *end; (end = strchr(at, '\n')); at = end + 1) {
		char **slot = vec_push(&lines);

		*end = 0;
		if (!slot) {
			vec_fini(&lines);
			return &tl_enomem;
		}
		*slot = at;
	}
	while (lines.n) {
		struct tl_err *err = replay_line(lines.v[--lines.n], ret_n);

		if (!first)
			first = err;
		else
			tl_err_free(err);
	}
	vec_fini(&lines);
	return first;
}

/* The directory goes with the last journal in it; others in it make rmdir fail, which is what we
 * want. */
static void forget(const char *path)
{
	auto_free char *dir = strdup(path);
	char *slash = dir ? strrchr(dir, '/') : NULL;

	unlink(path);
	if (slash) {
		*slash = 0;
		rmdir(dir);
	}
}

struct tl_err *tfs_undo_end(struct tfs_undo *undo)
{
	struct tl_err *err;
	unsigned n = 0;

	if (undo->fd < 0)
		return NULL;
	err = replay(undo->fd, &n);
	if (!err)
		forget(undo->path);
	close(take_fd(&undo->fd));
	free(take(undo->path));
	return err;
}

/* Its lock goes with the descriptor: from here on the journal is an orphan's. */
void tfs_undo_leave(struct tfs_undo *undo)
{
	guard_close(&undo->fd);
	undo->fd = -1;
	free(take(undo->path));
}

/* ---- orphans ---- */

static bool ends_in(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);

	return n >= m && !strcmp(s + n - m, tail);
}

/* inv 8: <pid>-<start>-<boot id>.undo */
static bool of_this_boot(const char *name)
{
	char boot[64];
	const char *at = strchr(name, '-');

	boot_id(boot);
	at = at ? strchr(at + 1, '-') : NULL;
	return at && !strncmp(at + 1, boot, strlen(boot)) && !strcmp(at + 1 + strlen(boot), SUFFIX);
}

static struct tl_err *orphan(const char *dir, const char *name, unsigned *ret_n)
{
	auto_free char *path = tfs_path(dir, "%s", name);
	auto_close int fd = path ? open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
	struct tl_err *err = NULL;

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
		return NULL; /* its owner lives (inv 7), or somebody else is just restoring it */
	if (of_this_boot(name))
		err = replay(fd, ret_n);
	if (!err)
		forget(path);
	else if (!err->path)
		err->path = take(path);
	return err;
}

static struct tl_err *orphans_in(const char *dir, unsigned *ret_n)
{
	struct tl_err *first = NULL;
	struct dirent *d;
	DIR *dp;

	if (!dir_is_safe(dir) || !(dp = opendir(dir)))
		return NULL;
	while ((d = readdir(dp))) {
		struct tl_err *err =
			ends_in(d->d_name, SUFFIX) ? orphan(dir, d->d_name, ret_n) : NULL;

		if (!first)
			first = err;
		else
			tl_err_free(err);
	}
	closedir(dp);
	return first;
}

struct tl_err *tfs_undo_orphans(const char *dir, unsigned *ret_n)
{
	struct tl_err *first = NULL;

	if (dir)
		return orphans_in(dir, ret_n);
	for (unsigned i = 0; i < TFS_UNDO_DIRS; i++) {
		struct tl_err *err = orphans_in(tfs_undo_dir[i], ret_n);

		if (!first)
			first = err;
		else
			tl_err_free(err);
	}
	return first;
}
