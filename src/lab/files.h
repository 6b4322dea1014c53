/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files the laboratory makes and takes apart: paths, .deb, cpio, ELF headers. */
#ifndef LAB_FILES_H
#define LAB_FILES_H

#include <stdarg.h>
#include <sys/types.h>
#include "lab/lab.h"

/* For what fetches from Debian's archive besides apt: its mirror and the proxy ("" none), both to
 * be freed. */
struct tl_err *lab_apt_ways(const struct lab *lab, char **ret_mirror, char **ret_proxy);

/* printf into fresh memory; NULL when there is none. */
char *lab_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
struct tl_err *lab_mkdirs(const char *path);
/* That something of the cache could not be written, and why: status 3, whatever the reason. */
struct tl_err *lab_not_written(int os, const char *path);
/* A file of the cache, as a whole. */
struct tl_err *lab_put_file(const char *path, const void *p, size_t n);
/* A directory and all that is below it; silent when it is not there. */
void lab_remove_tree(const char *path);

/* Called for each regular file of a .deb; NULL: not wanted, else where it goes. To be freed by the
 * caller. */
typedef char *lab_deb_fn(void *arg, const char *name);
struct tl_err *lab_deb_unpack(const char *deb, lab_deb_fn *want, void *arg, unsigned *ret_n);

/* An initramfs, "newc": written front to back into an out. */
struct lab_cpio {
	struct out *out;
	unsigned ino;
	const char *dirs[256]; /* made already */
	unsigned n_dirs;
};
void lab_cpio_init(struct lab_cpio *c, struct out *out);
void lab_cpio_fini(struct lab_cpio *c);
/* Parents are made on the way; path without a leading slash. */
struct tl_err *lab_cpio_dir(struct lab_cpio *c, const char *path);
struct tl_err *lab_cpio_file(struct lab_cpio *c, const char *path, mode_t mode, const void *p,
			     size_t n);
struct tl_err *lab_cpio_link(struct lab_cpio *c, const char *path, const char *to);
struct tl_err *lab_cpio_char(struct lab_cpio *c, const char *path, unsigned major, unsigned minor);
void lab_cpio_end(struct lab_cpio *c);
/* What every guest begins with; init is the text of its first process. */
struct tl_err *lab_put_base(struct lab_cpio *c, const struct lab *lab, const struct lab_arch *arch,
			    const char *init);

/* The modules of a group of lab/modules.list, out of the cache (lab_image_modules), and the order
 * to load them in. */
struct tl_err *lab_put_modules(struct lab_cpio *c, const struct lab_image *img, const char *group);

/* What the first bytes of a program say. */
enum lab_program { LAB_PROGRAM_NONE, LAB_PROGRAM_ELF, LAB_PROGRAM_SCRIPT };
struct lab_elf {
	enum lab_program kind;
	uint16_t machine;
	uint8_t class;
	char interp[128]; /* of a dynamic program or a script; empty: static */
};
struct lab_elf lab_elf_of(const char *bytes, size_t n);
/* "amd64" for a machine number; NULL: none of the laboratory's. */
const char *lab_elf_arch(const struct lab_elf *e);

#endif
