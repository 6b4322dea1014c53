/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's initramfs format (Documentation/driver-api/early-userspace/buffer-format.rst): a
 * header of 110 hexadecimal characters, the name, the bytes, each padded to four. Written by
 * ourselves because a device node must be in it and nobody here is root.
 */
#include <string.h>
#include <sys/stat.h>
#include "base/guard.h"
#include "lab/files.h"

struct entry {
	const char *path;
	mode_t mode;
	const void *p;
	size_t n;
	unsigned major, minor;
};

static void pad(struct out *o)
{
	while (out_bytes(o) & 3)
		out_char(o, 0);
}

static void put_entry(struct lab_cpio *c, const struct entry *e)
{
	size_t name = strlen(e->path) + 1;

	/* magic ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor
	 * namesize check */
	out_fmt(c->out, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", ++c->ino,
		(unsigned)e->mode, 0, 0, 1, 0, e->n, 0, 0, e->major, e->minor, name, 0);
	out_mem(c->out, e->path, name);
	pad(c->out);
	if (e->n)
		out_mem(c->out, e->p, e->n);
	pad(c->out);
}

void lab_cpio_init(struct lab_cpio *c, struct out *out)
{
	*c = (struct lab_cpio){.out = out};
}

void lab_cpio_fini(struct lab_cpio *c)
{
	for (unsigned i = 0; i < c->n_dirs; i++)
		free((char *)c->dirs[i]);
	c->n_dirs = 0;
}

static struct tl_err *one_dir(struct lab_cpio *c, const char *path, size_t n)
{
	for (unsigned i = 0; i < c->n_dirs; i++)
		if (strlen(c->dirs[i]) == n && !strncmp(c->dirs[i], path, n))
			return NULL;
	if (c->n_dirs == ARRAY_SIZE(c->dirs))
		return tl_err_new(TL_E_FAILED, N_("too many directories for one guest"), NULL);
	char *own = strndup(path, n);
	if (!own)
		return &tl_enomem;
	c->dirs[c->n_dirs++] = own;
	put_entry(c, &(struct entry){.path = own, .mode = S_IFDIR | 0755});
	return NULL;
}

static struct tl_err *parents(struct lab_cpio *c, const char *path)
{
	for (const char *s = strchr(path, '/'); s; s = strchr(s + 1, '/'))
		if (s > path)
			try(one_dir(c, path, s - path));
	return NULL;
}

struct tl_err *lab_cpio_dir(struct lab_cpio *c, const char *path)
{
	try(parents(c, path));
	return one_dir(c, path, strlen(path));
}

struct tl_err *lab_cpio_file(struct lab_cpio *c, const char *path, mode_t mode, const void *p,
			     size_t n)
{
	if (n > UINT32_MAX)
		return tl_err_new(TL_E_FAILED, N_("'%s' is too large for a guest's memory"), path);
	try(parents(c, path));
	put_entry(c,
		  &(struct entry){.path = path, .mode = S_IFREG | (mode & 07777), .p = p, .n = n});
	return NULL;
}

struct tl_err *lab_cpio_link(struct lab_cpio *c, const char *path, const char *to)
{
	try(parents(c, path));
	put_entry(c,
		  &(struct entry){.path = path, .mode = S_IFLNK | 0777, .p = to, .n = strlen(to)});
	return NULL;
}

struct tl_err *lab_cpio_char(struct lab_cpio *c, const char *path, unsigned major, unsigned minor)
{
	try(parents(c, path));
	put_entry(c, &(struct entry){
			     .path = path, .mode = S_IFCHR | 0600, .major = major, .minor = minor});
	return NULL;
}

void lab_cpio_end(struct lab_cpio *c)
{
	put_entry(c, &(struct entry){.path = "TRAILER!!!"});
}
