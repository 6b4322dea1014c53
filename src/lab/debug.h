/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What gdb must be told to watch births and deaths in a guest: symbols, types, breakpoints. A
 * kernel of lab build has all of it in its vmlinux; Debian's have their types in the image (BTF)
 * and tell their symbols themselves, once, when they are booted for it.
 */
#ifndef LAB_DEBUG_H
#define LAB_DEBUG_H

#include "lab/lab.h"

struct lab_debug {
	char *dir;	/* of this session: symbols, types, commands; removed by fini */
	char *commands; /* the file for gdb -x */
	int port;
	bool batch;	/* tell each stop and go on by itself */
	char *const *viewer; /* instead of gdb: arguments of this very program */
	bool from_boot; /* stop from the first task on, not only at the command's */
};

/* Symbols and types of a stock kernel: from the cache, else from a guest. */
struct tl_err *lab_debug_learn(const struct lab *lab, const struct lab_kernel *k,
			       const struct lab_image *img);

/* The files of the session; port 0: one that is free. */
struct tl_err *lab_debug_open(struct lab_debug *d, const struct lab *lab,
			      const struct lab_arch *arch, const struct lab_image *img);
void lab_debug_close(struct lab_debug *d);

/* gdb on this terminal until it ends; the guest's console goes to dir/console. */
struct tl_err *lab_debug_attend(const struct lab_debug *d, const struct lab *lab,
				struct lab_guest *g, int *ret_status);

/* A symbol table (kallsyms or System.map) as an ELF file without code. To be read by gdb. */
struct tl_err *lab_symbols_elf(const char *map, const struct lab_arch *arch, const char *path);
/* The address of a function by its name without compiler suffixes; 0: none. */
uint64_t lab_symbol_of(const char *map, const char *name);
/* The commands for gdb. map as above; release "6.12.1". */
struct tl_err *lab_debug_commands(const struct lab_debug *d, const struct lab_arch *arch,
				  const char *map, const char *release, struct out *o);

#endif
