/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A .deb is an ar archive that holds data.tar.*: libarchive reads both, the inner one from the
 * outer's bytes. Only regular files that the caller wants are written, each beside its name first
 * and renamed when whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/libarchive.h"
#include "lab/files.h"

struct inner {
	const struct archive_calls *la;
	struct archive *outer;
	char buf[65536];
};

static la_ssize_t read_inner(struct archive *a, void *arg, const void **ret)
{
	struct inner *in = arg;
	const struct archive_calls *la = in->la;

	*ret = in->buf;
	return la->archive_read_data(in->outer, in->buf, sizeof(in->buf));
}

static struct tl_err *damaged(const struct archive_calls *la, struct archive *a, const char *path)
{
	struct tl_err *err = tl_err_new(TL_E_INPUT, N_("this package is damaged"), NULL);

	if (err != &tl_enomem) {
		err->path = strdup(path);
		err->log = a && la->archive_error_string(a) ? strdup(la->archive_error_string(a))
							    : NULL;
	}
	return err;
}

static struct tl_err *write_entry(const struct archive_calls *la, struct archive *a,
				  const char *path, const char *deb)
{
	auto_free char *part = lab_path("%s.part", path);
	auto_close int fd = part ? open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755) : -1;
	char buf[65536];
	la_ssize_t n;

	if (fd < 0)
		return part ? lab_not_written(errno, part) : &tl_enomem;
	while ((n = la->archive_read_data(a, buf, sizeof(buf))) > 0)
		if (io_write_all(fd, buf, n)) {
			struct tl_err *err = lab_not_written(errno, part);

			unlink(part);
			return err;
		}
	if (n < 0) {
		unlink(part);
		return damaged(la, a, deb);
	}
	if (rename(part, path))
		return lab_not_written(errno, path);
	return NULL;
}

static struct tl_err *unpack_tar(const struct archive_calls *la, struct archive *tar,
				 const char *deb, lab_deb_fn *want, void *arg, unsigned *n)
{
	struct archive_entry *e;
	int r;

	while ((r = la->archive_read_next_header(tar, &e)) == ARCHIVE_OK || r == ARCHIVE_WARN) {
		const char *name = la->archive_entry_pathname(e);
		auto_free char *to = NULL;

		if (!name || la->archive_entry_filetype(e) != AE_IFREG)
			continue;
		to = want(arg, name[0] == '.' && name[1] == '/' ? name + 2 : name);
		if (!to)
			continue;
		try(write_entry(la, tar, to, deb));
		++*n;
	}
	return r == ARCHIVE_EOF ? NULL : damaged(la, tar, deb);
}

static struct tl_err *unpack_data(const struct archive_calls *la, struct archive *deb_ar,
				  const char *deb, lab_deb_fn *want, void *arg, unsigned *n)
{
	auto_free struct inner *in = calloc(1, sizeof(*in));
	struct archive *tar = la->archive_read_new();
	struct tl_err *err;

	if (!in || !tar)
		return &tl_enomem;
	in->la = la;
	in->outer = deb_ar;
	la->archive_read_support_filter_all(tar);
	la->archive_read_support_format_tar(tar);
	if (la->archive_read_open(tar, in, NULL, read_inner, NULL) != ARCHIVE_OK)
		err = damaged(la, tar, deb);
	else
		err = unpack_tar(la, tar, deb, want, arg, n);
	la->archive_read_free(tar);
	return err;
}

static struct tl_err *unpack(const struct archive_calls *la, const char *deb, lab_deb_fn *want,
			     void *arg, unsigned *ret_n)
{
	struct archive *ar = la->archive_read_new();
	struct archive_entry *e;
	struct tl_err *err = NULL;
	bool found = false;

	*ret_n = 0;
	if (!ar)
		return &tl_enomem;
	la->archive_read_support_format_ar(ar);
	if (la->archive_read_open_filename(ar, deb, 65536) != ARCHIVE_OK)
		err = damaged(la, ar, deb);
	while (!err && !found && la->archive_read_next_header(ar, &e) == ARCHIVE_OK)
		if (!strncmp(la->archive_entry_pathname(e), "data.tar", 8)) {
			found = true;
			err = unpack_data(la, ar, deb, want, arg, ret_n);
		}
	if (!err && !found)
		err = damaged(la, NULL, deb);
	la->archive_read_free(ar);
	return err;
}

struct tl_err *lab_deb_unpack(const char *deb, lab_deb_fn *want, void *arg, unsigned *ret_n)
{
	struct archive_calls la;
	struct tl_err *err = archive_load(&la);

	*ret_n = 0;
	if (!err)
		err = unpack(&la, deb, want, arg, ret_n);
	archive_unload(&la);
	return err;
}
