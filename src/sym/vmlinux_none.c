/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same doors where the program was built without libelf. */
#include <string.h>
#include "base/guard.h"
#include "sym/vmlinux.h"

bool symtab_is_elf(const char *image, size_t n)
{
	return n >= 4 && !memcmp(image, "\177ELF", 4);
}

struct tl_err *symtab_from_elf(char *image, size_t n, struct tl_symtab **ret)
{
	return tl_err_new(
		TL_E_INPUT,
		N_("this tasklife was built without libelf: System.map or kallsyms is wanted"),
		NULL);
}
