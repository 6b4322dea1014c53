/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "base/guard.h"
#include "base/io.h"

static ssize_t read_some(int fd, void *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

ssize_t io_read_all(int fd, size_t most, char **ret)
{
	auto_free char *buf = NULL;
	size_t n = 0, cap = 0;

	for (;;) {
		ssize_t got;

		if (cap - n < 2) {
			char *bigger = realloc(buf, cap ? cap * 2 : 4096);

			if (!bigger)
				return -1;
			buf = bigger;
			cap = cap ? cap * 2 : 4096;
		}
		got = read_some(fd, buf + n, cap - n - 1);
		if (got < 0)
			return -1;
		if (!got)
			break;
		n += (size_t)got;
		if (n > most) {
			errno = EFBIG;
			return -1;
		}
	}
	buf[n] = 0;
	*ret = take(buf);
	return (ssize_t)n;
}

ssize_t io_read_file(const char *path, size_t most, char **ret)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : io_read_all(fd, most, ret);
}

int io_write_all(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n) {
		ssize_t put = write(fd, at, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		at += put;
		n -= (size_t)put;
	}
	return 0;
}

bool io_read_int(const char *path, int64_t *ret)
{
	auto_free char *text = NULL;
	char *end;
	long long v;

	if (io_read_file(path, 4096, &text) <= 0)
		return false;
	errno = 0;
	v = strtoll(text, &end, 0);
	if (end == text || errno)
		return false;
	*ret = v;
	return true;
}

int io_nameless_file(void)
{
	const char *const dir[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};

	for (unsigned i = 0; i < ARRAY_SIZE(dir); i++) {
		int fd =
			dir[i] && *dir[i] ? open(dir[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;

		if (fd >= 0)
			return fd;
	}
	return memfd_create("tasklife", MFD_CLOEXEC);
}
