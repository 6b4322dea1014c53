/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sym/: addresses and names. A return address points BEHIND its call; when the call never returns
 * and is the last instruction of a function, that is the first byte of the next one (seed 003:
 * __wake_up_parent+0x0 was sys_exit_group). Only sym/pc.c knows this.
 *
 * Law of this header: a table owns its names; what it returns is valid as long as the table.
 */
#ifndef TASKLIFE_SYM_H
#define TASKLIFE_SYM_H

#include "err.h"
#include "facts.h"

struct tl_symtab;

struct tl_symbol {
	const char *name;   /* NUL-terminated */
	const char *module; /* NULL: the kernel itself */
	uint64_t addr;
	uint64_t size; /* distance to the next one; 0 unknown */
};

/* Text of /proc/kallsyms or System.map ("address type name [module]" lines). A file whose addresses
 * are all zero (kptr_restrict) is TL_E_DENIED. The text is copied. */
struct tl_err *tl_symtab_from_text(const char *text, size_t n, struct tl_symtab **ret);
/* The same, or a vmlinux: whatever the content is. */
struct tl_err *tl_symtab_from_file(char *content, size_t n, struct tl_symtab **ret);
bool tl_symtab_is_elf(const char *content, size_t n);
void tl_symtab_free(struct tl_symtab *tab);

/* The function that holds addr; NULL none. */
const struct tl_symbol *tl_symtab_at(const struct tl_symtab *tab, uint64_t addr);
/* By name (first of that name); NULL none. */
const struct tl_symbol *tl_symtab_named(const struct tl_symtab *tab, const char *name, size_t n);
/* The text symbol that precedes this one in address order, aliases of one address skipped; NULL
 * none. */
const struct tl_symbol *tl_symtab_before(const struct tl_symtab *tab, const struct tl_symbol *sym);

struct tl_pc {
	uint64_t addr;
	enum { TL_PC_EXACT, TL_PC_RETURN } kind;
};

/* The function an address of a stack belongs to and the offset to print, stepping back over the
 * call for return addresses. NULL: no symbol. */
const struct tl_symbol *tl_pc_lookup(const struct tl_symtab *tab, struct tl_pc pc,
				     uint64_t *ret_off);

/* What could be done about a frame of which only the printed text is known. */
enum tl_fix {
	TL_FIX_PLAIN,	  /* as printed */
	TL_FIX_CORRECTED, /* *ret holds the function it really was */
	TL_FIX_DOUBTFUL,  /* certainly not the function printed; which one cannot be proven here */
};

struct tl_fixed {
	const char *name;    /* of the table, or a constant */
	uint64_t off, size; /* size 0: neither is known */
};

/*
 * The same for text, where name+0x0 is suspicious: with a table of the same build (its sizes agree)
 * the symbol before it; without, what the roles prove: below do_group_exit only exit_group has no
 * code left after its call, "do_group_exit+0x0" below do_exit is sys_exit. `above` is the role of
 * the frame above (the tracer's own not counted); is_top: there is none, so this may be the traced
 * function's own address.
 */
enum tl_fix tl_pc_fix_text(const struct tl_symtab *tab, enum tl_arch arch, struct tl_str name,
			   uint32_t off, uint32_t size, enum tl_role above, bool is_top,
			   struct tl_fixed *ret);

#endif
