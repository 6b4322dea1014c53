/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests that boot from a disk, the study notes' way: a file with a file system and Debian on it.
 * Making one needs no root: debootstrap's first half and mke2fs -d here (under fakeroot), its
 * second half in a guest.
 */
#ifndef LAB_DISK_H
#define LAB_DISK_H

#include "lab/lab.h"

struct lab_disk {
	char *path;	   /* of the image */
	char *key;	   /* for ssh, private; NULL: ssh's own */
	char *log;	   /* of its making */
	const char *suite; /* not NULL: what must still be done is debootstrap's second stage */
};
void lab_disk_fini(struct lab_disk *d);

/* What must be on this machine to make a disk. */
struct tl_err *lab_disk_check(void);
/* The cache's disk of this suite and CPU, at path when it is not NULL; *ret_there: it is made
 * already. */
struct tl_err *lab_disk_find(const struct lab *lab, const struct lab_kernel *k, const char *suite,
			     const char *path, struct lab_disk *ret, bool *ret_there);
/* Make it; takes minutes. */
struct tl_err *lab_disk_make(const struct lab *lab, const struct lab_kernel *k,
			     struct lab_image *img, const char *suite, struct lab_disk *d);

/* Can this kernel have a disk at all, and are modules needed for it. */
struct tl_err *lab_disk_drivers(const struct lab_image *img, bool *ret_modules);
/* QEMU's words for the disk or the network card whose driver it has; NULL: none. */
const char *lab_device_words(const struct lab_image *img, bool net);

/* The initramfs that goes on to the disk, with the modules this kernel needs for it. */
struct tl_err *lab_disk_fill(struct lab_guest *g, const struct lab *lab, const struct lab_kernel *k,
			     struct lab_image *img, const struct lab_opts *o,
			     const struct lab_disk *d);

/* ---- ssh into a guest ---- */

/* Is nobody on this port of 127.0.0.1. */
bool lab_port_free(int port);
/* Until a shell can be had on o->ssh_port; the guest's console is read meanwhile. */
struct tl_err *lab_ssh_wait(const struct lab *lab, struct lab_guest *g, const struct lab_opts *o);
/* A shell on this terminal, or a command. */
struct tl_err *lab_ssh_run(const struct lab *lab, struct lab_guest *g, const struct lab_opts *o,
			   const char *key, int argc, char *const argv[], int *ret_status);
/* The machine is asked to turn itself off; false: it did not, and was not harmed yet. */
bool lab_ssh_poweroff(const struct lab *lab, struct lab_guest *g, const struct lab_opts *o,
		      const char *key);

#endif
