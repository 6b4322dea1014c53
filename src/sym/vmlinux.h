/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SYM_VMLINUX_H
#define SYM_VMLINUX_H

#include "tasklife/sym.h"

bool symtab_is_elf(const char *image, size_t n);
/* The image is only read, and may go when this returns. */
struct tl_err *symtab_from_elf(char *image, size_t n, struct tl_symtab **ret);

#endif
