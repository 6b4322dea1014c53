/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instructions around an address of a vmlinux, by whichever objdump is here. */
#ifndef CMD_DISASM_H
#define CMD_DISASM_H

#include "base/out.h"

/* Lines of the instructions in [from, to); false: no objdump here understands the file. */
bool disasm(const char *vmlinux, uint64_t from, uint64_t to, struct out *ret);

#endif
