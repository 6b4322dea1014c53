/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names of a kernel's functions, without addresses: from available_filter_functions (what its
 * tracer can trace) or from kallsyms and System.map (what is in it at all; addresses hidden by
 * kptr_restrict do not matter here).
 *
 * Law of this header: a list owns its names; what is found in it is borrowed.
 */
#ifndef SYM_NAMES_H
#define SYM_NAMES_H

#include "base/vec.h"
#include "tasklife/err.h"
#include "tasklife/facts.h"

enum sym_list {
	/* lines "name [module]", or "address name [module]" (..._addrs, since 6.5) */
	SYM_LIST_TRACEABLE,
	SYM_LIST_SYMBOLS,   /* lines "address type name [module]" */
};

struct sym_names {
	enum sym_list kind;
	VEC(char *) name; /* sorted, each once, of the kernel itself and of modules */
	uint16_t *role;	  /* enum tl_role of each */
};

/* Recognised by content. TL_E_INPUT for what is no such list. */
struct tl_err *sym_names_read(const char *text, size_t n, const char *what, struct sym_names *ret);
void sym_names_fini(struct sym_names *names);

/* Is there a function of exactly this name? */
bool sym_names_has(const struct sym_names *names, const char *name);

/* Found names, in order; borrowed. */
struct sym_found {
	VEC(const char *) name;
};
void sym_found_fini(struct sym_found *found);

/* All that a glob of the tracer ('*', '?', '[...]') takes. */
bool sym_names_glob(const struct sym_names *names, const char *glob, struct sym_found *ret);
/* Those whose name without compiler suffix is `base`: copy_process.isra.0 for copy_process. Parts
 * that are no function of their own (.cold) are left out. */
bool sym_names_of_base(const struct sym_names *names, const char *base, size_t n,
		       struct sym_found *ret);
/* All that play a role; and only the leading one, as a recording would ask for it. */
bool sym_names_of_role(const struct sym_names *names, enum tl_role role, struct sym_found *ret);
bool sym_names_lead(const struct sym_names *names, enum tl_role role, struct sym_found *ret);
/* The other doors of the system call whose function this is: __x64_sys_kill for sys_kill. */
bool sym_names_of_syscall(const struct sym_names *names, const char *name, struct sym_found *ret);

#endif
