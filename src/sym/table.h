/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside sym/: how a table is laid out and filled. */
#ifndef SYM_TABLE_H
#define SYM_TABLE_H

#include "base/arena.h"
#include "tasklife/sym.h"

/*
 *  inv 1  sym[] is sorted by address; of one address the kernel's own choice stands first, its
 * aliases after; inv 2  every slot of by_name holds an index into sym[] plus one, or 0; inv 3 names
 * and modules lie in mem and end with a NUL.
 */
struct tl_symtab {
	struct tl_symbol *sym;
	size_t n, cap;
	uint32_t *by_name;
	size_t n_slots; /* power of two */
	struct arena mem;
	const char *last_module; /* the one seen last while filling: they come in runs */
};

struct tl_err *symtab_add(struct tl_symtab *tab, uint64_t addr, struct tl_str name,
			  struct tl_str module);
/* Sort, measure, and build the index by name. */
struct tl_err *symtab_seal(struct tl_symtab *tab);

/* The next symbol of this name behind *at (start from 0), or NULL. */
const struct tl_symbol *symtab_each_named(const struct tl_symtab *tab, struct tl_str name,
					  size_t *at);

#endif
