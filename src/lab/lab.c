/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The laboratory's place on this machine: its cache directory, and whom it tells what goes on. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/files.h"

struct tl_err *lab_mkdirs(const char *path)
{
	auto_free char *p = strdup(path);

	if (!p)
		return &tl_enomem;
	for (char *s = p + 1;; s++) {
		if (*s && *s != '/')
			continue;
		char was = *s;
		*s = 0;
		if (mkdir(p, 0755) && errno != EEXIST)
			return tl_err_os(errno, N_("cannot make a directory of the cache"), NULL,
					 p);
		*s = was;
		if (!was)
			return NULL;
	}
}

/* A disk that is full permits no more of it, like one that is not ours. */
struct tl_err *lab_not_written(int os, const char *path)
{
	struct tl_err *err = tl_err_os(os, N_("cannot write into the cache"), NULL, path);

	if (err != &tl_enomem)
		err->code = TL_E_DENIED;
	return err;
}

struct tl_err *lab_put_file(const char *path, const void *p, size_t n)
{
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || io_write_all(fd, p, n))
		return lab_not_written(errno, path);
	return NULL;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path) && errno != ENOENT;
}

void lab_remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

char *lab_path(const char *fmt, ...)
{
	char *path;
	va_list ap;

	va_start(ap, fmt);
	int n = vasprintf(&path, fmt, ap);
	va_end(ap);
	return n < 0 ? NULL : path;
}

static char *cache_dir(void)
{
	const char *own = getenv("TASKLIFE_CACHE"), *xdg = getenv("XDG_CACHE_HOME"),
		   *home = getenv("HOME");

	if (own && *own)
		return lab_path("%s/lab", own);
	if (xdg && *xdg == '/')
		return lab_path("%s/tasklife/lab", xdg);
	return home && *home ? lab_path("%s/.cache/tasklife/lab", home) : NULL;
}

struct tl_err *lab_open(struct lab *lab, const volatile int *stop, lab_note_fn *note, void *arg)
{
	*lab = (struct lab){.stop = stop, .note = note, .note_arg = arg};
	lab->cache = cache_dir();
	if (!lab->cache)
		return tl_err_hint(
			tl_err_new(TL_E_DENIED, N_("no place for a cache is known"), NULL),
			N_("name one: TASKLIFE_CACHE=/some/directory"), NULL);
	return NULL;
}

void lab_close(struct lab *lab)
{
	free(lab->cache);
	lab->cache = NULL;
}

void lab_note(const struct lab *lab, const char *what, const char *subject, int percent)
{
	if (lab->note)
		lab->note(lab->note_arg, what, subject, percent);
}

bool lab_stopped(const struct lab *lab)
{
	return lab->stop && *lab->stop;
}
