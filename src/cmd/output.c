/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of an output:
 *
 *	no regular file there (device, pipe, link to nowhere)   ── written in place
 *	a file there, its folder may not be written             ── emptied and written in place; emptied again on failure
 *	else   O_TMPFILE ──▶ linkat() ──▶ rename()	where the file system has files without names
 *	       OUT.part-PID ──▶ rename()		where it has not, or somebody else must open it
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include "base/guard.h"
#include "cmd/output.h"

/* What a signal takes away: the signal flag of this room. */
static const char *volatile doomed;

static void take_away(int sig)
{
	if (doomed)
		unlink(doomed);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void on_signals(void (*handler)(int))
{
	static const int deadly[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXFSZ};

	for (unsigned i = 0; i < ARRAY_SIZE(deadly); i++) {
		struct sigaction was, now = {.sa_handler = handler};

		/* what our caller ignores (nohup) stays ignored */
		if (!sigaction(deadly[i], NULL, &was) && was.sa_handler != SIG_IGN)
			sigaction(deadly[i], &now, NULL);
	}
}

static struct tl_err *refused(int os, const char *path)
{
	return tl_err_os(os, N_("cannot write the export"), NULL, path);
}

static struct tl_err *in_place(const char *path, int flags, struct output *out)
{
	out->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, 0666);
	return out->fd >= 0 ? NULL : refused(errno, path);
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash          ? strdup(".")
	       : slash == path ? strdup("/")
			       : strndup(path, (size_t)(slash - path));
}

/* /proc/self/fd/N, by which a file without a name gets one. */
static const char *by_number(int fd, char *buf, size_t n)
{
	snprintf(buf, n, "/proc/self/fd/%d", fd);
	return buf;
}

static bool open_nameless(struct output *out)
{
	auto_free char *folder = folder_of(out->target);
	char self[40];
	struct stat st;

	if (!folder)
		return false;
	out->fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	if (out->fd >= 0 && !stat(by_number(out->fd, self, sizeof(self)), &st))
		return true;
	if (out->fd >= 0) /* without /proc it could never get a name */
		close(take_fd(&out->fd));
	return false;
}

static char *part_name(const char *target)
{
	char *name;

	return asprintf(&name, "%s.part-%ld", target, (long)getpid()) < 0 ? NULL : name;
}

static struct tl_err *open_part(struct output *out)
{
	out->part = part_name(out->target);
	if (!out->part)
		return &tl_enomem;
	unlink(out->part); /* of a dead namesake */
	out->fd = open(out->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (out->fd < 0)
		return refused(errno, out->path);
	doomed = out->part;
	on_signals(take_away);
	return NULL;
}

/* The file that stands there hands on its mode and, where we may, its owner. */
static void take_after(int fd, const struct stat *old)
{
	if (fchown(fd, old->st_uid, old->st_gid)) {
		/* then it is ours */
	}
	fchmod(fd, old->st_mode & 07777);
}

static struct tl_err *open_regular(bool named, const struct stat *old, struct output *out)
{
	struct tl_err *err;

	if (old && access(out->target, W_OK))
		return refused(errno, out->path);
	if (!named && open_nameless(out)) {
		err = NULL;
	} else {
		err = open_part(out);
		if (err && old && !named &&
		    (err->os == EACCES || err->os == EPERM || err->os == EROFS)) {
			tl_err_free(err);
			free(take(out->target));
			free(take(out->part));
			out->fresh = true;
			return in_place(out->path, O_TRUNC, out);
		}
	}
	if (!err && old)
		take_after(out->fd, old);
	return err;
}

static struct tl_err *open_path(const char *path, bool named, struct output *out)
{
	struct stat st, link;
	bool there = !stat(path, &st);

	if (!there && errno != ENOENT)
		return refused(errno, path);
	if (there && S_ISDIR(st.st_mode))
		return refused(EISDIR, path);
	if ((there && !S_ISREG(st.st_mode)) || (!there && !lstat(path, &link)))
		return named ? refused(EINVAL, path) : in_place(path, O_CREAT, out);
	out->target = there ? realpath(path, NULL) : strdup(path);
	if (!out->target)
		return refused(errno, path);
	return open_regular(named, there ? &st : NULL, out);
}

static void forget(struct output *out)
{
	if (out->part)
		unlink(out->part);
	if (out->fresh && ftruncate(out->fd, 0)) {
		/* then it says itself that it is no whole file */
	}
}

static void fini(struct output *out)
{
	doomed = NULL;
	if (out->part)
		on_signals(SIG_DFL);
	if (out->fd > STDERR_FILENO)
		close(out->fd);
	free(out->target);
	free(out->part);
	*out = (struct output){.fd = -1};
}

struct tl_err *output_open(const char *path, bool named, struct output *ret)
{
	struct output out = {.fd = STDOUT_FILENO};
	struct tl_err *err = NULL;

	if (path && strcmp(path, "-")) {
		out.path = path;
		out.fd = -1;
		err = open_path(path, named, &out);
	}
	if (err)
		fini(&out);
	else
		*ret = out;
	return err;
}

/* A file without a name cannot take a taken one: it gets another first. */
static int name_it(struct output *out)
{
	char self[40];

	if (out->part)
		return 0;
	by_number(out->fd, self, sizeof(self));
	if (!linkat(AT_FDCWD, self, AT_FDCWD, out->target, AT_SYMLINK_FOLLOW))
		return 1;
	out->part = errno == EEXIST ? part_name(out->target) : NULL;
	if (!out->part)
		return -1;
	unlink(out->part);
	if (!linkat(AT_FDCWD, self, AT_FDCWD, out->part, AT_SYMLINK_FOLLOW))
		return 0;
	free(take(out->part));
	return -1;
}

static int put_in_place(struct output *out)
{
	/* some file systems tell of a full disk only here */
	int copy = dup(out->fd), named;

	if (copy < 0 || close(copy))
		return -1;
	if (!out->target)
		return 0;
	named = name_it(out);
	return named < 0 ? -1 : named ? 0 : rename(out->part, out->target);
}

struct tl_err *output_close(struct output *out, bool keep)
{
	struct tl_err *err = NULL;

	if (out->path && keep && put_in_place(out)) {
		err = refused(errno, out->path);
		keep = false;
	}
	if (out->path && !keep)
		forget(out);
	fini(out);
	return err;
}

bool output_is(const char *output, const char *path)
{
	struct stat a, b;

	return !stat(output, &a) && !stat(path, &b) && S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}
