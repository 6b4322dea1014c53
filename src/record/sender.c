/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who sent a signal that may kill: what BPF saw while the sender was running, as a side fact. A
 * control group is known by its id there; the kernel gives its place in the hierarchy through a
 * file handle of that id (fs/kernfs/mount.c, kernfs_fh_to_dentry(), ids of 64 bits since v5.5).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "base/io.h"
#include "record/inside.h"

#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h */
#define CGROUP_MOST   300

/* Where the unified hierarchy is mounted: "cgroup2 DIR cgroup2 ..." */
static bool unified(char *dir, size_t n)
{
	auto_free char *text = NULL;
	char *at;

	if (io_read_file("/proc/self/mounts", 1 << 20, &text) <= 0)
		return false;
	at = strstr(text, " cgroup2 ");
	if (!at)
		return false;
	*at = 0;
	at = strrchr(text, ' ');
	return at && snprintf(dir, n, "%s", at + 1) < (int)n;
}

static bool cgroup_path(uint64_t id, char *ret, size_t n)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} handle = {.h = {.handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS}};
	char dir[256], link[64], path[1024];
	auto_close int mount = -1, fd = -1;
	size_t skip;
	ssize_t len;

	if (!id || !unified(dir, sizeof(dir)))
		return false;
	memcpy(handle.h.f_handle, &id, sizeof(id));
	mount = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = mount >= 0 ? open_by_handle_at(mount, &handle.h, O_PATH | O_CLOEXEC) : -1;
	if (fd < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	skip = strlen(dir);
	if (len < (ssize_t)skip || memcmp(path, dir, skip))
		return false;
	path[len] = 0;
	snprintf(ret, n, "%s", path[skip] ? path + skip : "/");
	return true;
}

static void side_told(struct side_line *l, const char *key, int v)
{
	if (v >= 0)
		side_int(l, key, v);
}

void side_sender(struct side_line *l, const struct exits_signal *s, bool mono)
{
	char args[SIDE_MAX], cgroup[CGROUP_MOST];
	size_t n = s->n < sizeof(args) ? s->n : sizeof(args);

	side_begin(l, "sender");
	side_int(l, "tid", s->tid);
	side_int(l, "target", s->target);
	side_int(l, "sig", s->sig);
	if (mono)
		side_int(l, "t", s->t);
	side_call(l, s->call);
	side_told(l, "trap", s->trap);
	if (s->rseq)
		side_text(l, "rseq", s->rseq, strlen(s->rseq));
	side_told(l, "leads", s->leads);
	side_told(l, "limit", s->limit);
	if (cgroup_path(s->cgroup, cgroup, sizeof(cgroup)))
		side_text(l, "cgroup", cgroup, strlen(cgroup));
	while (n && !s->args[n - 1])
		n--;
	for (size_t i = 0; i < n; i++)
		args[i] = s->args[i] ? s->args[i] : ' ';
	if (n)
		side_text(l, "text", args, n);
}
