/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of kernel functions: sorted by address, indexed by name.
 *
 * Several names of one address are common (sys_exit_group and __se_sys_exit_group). The first is
 * the one the kernel prints: scripts/kallsyms.c prefers the name with fewer underscores in front,
 * then the order of the link; we sort the same way.
 */
#include <stdlib.h>
#include <string.h>

#include "base/guard.h"
#include "base/vec.h"
#include "facts/names.h"
#include "sym/table.h"

/* Behind a module's last function lie other people's pages (trampolines of ftrace and BPF among
 * them). */
#define PAGE	   4096
#define FUNCTION_MOST (1 << 20) /* no function is larger: a gap of that size is no part of one */

void tl_symtab_free(struct tl_symtab *tab)
{
	if (!tab)
		return;
	free(tab->sym);
	free(tab->by_name);
	arena_fini(&tab->mem);
	free(tab);
}

/* ---- filling ---- */

static const char *module_of(struct tl_symtab *tab, struct tl_str module)
{
	if (!module.n)
		return NULL;
	if (!tab->last_module || strlen(tab->last_module) != module.n ||
	    memcmp(tab->last_module, module.p, module.n) != 0)
		tab->last_module = arena_strdup(&tab->mem, module.p, module.n);
	return tab->last_module;
}

struct tl_err *symtab_add(struct tl_symtab *tab, uint64_t addr, struct tl_str name,
			  struct tl_str module)
{
	struct tl_symbol *sym;

	if (tab->n == tab->cap) {
		size_t cap = tab->cap ? tab->cap * 2 : 1024;
		void *grown = reallocarray(tab->sym, cap, sizeof(*tab->sym));

		if (!grown)
			return &tl_enomem;
		tab->sym = grown;
		tab->cap = cap;
	}
	sym = &tab->sym[tab->n];
	sym->name = arena_strdup(&tab->mem, name.p, name.n);
	sym->module = module_of(tab, module);
	sym->addr = addr;
	sym->size = tab->n; /* the order of the file, until symtab_seal() */
	if (!sym->name || (module.n && !sym->module))
		return &tl_enomem;
	tab->n++;
	return NULL;
}

static int by_address(const void *va, const void *vb)
{
	const struct tl_symbol *a = va, *b = vb;
	size_t ua, ub;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	ua = strspn(a->name, "_");
	ub = strspn(b->name, "_");
	if (ua != ub)
		return ua < ub ? -1 : 1;
	return a->size < b->size ? -1 : a->size > b->size;
}

static bool same_module(const struct tl_symbol *a, const struct tl_symbol *b)
{
	return a->module == b->module || (a->module && b->module && !strcmp(a->module, b->module));
}

/* How far a symbol reaches, given the next one of a higher address (NULL: none). 0: unknown. */
static uint64_t reach(const struct tl_symbol *sym, const struct tl_symbol *next)
{
	uint64_t to_page = PAGE - sym->addr % PAGE;

	if (next && same_module(sym, next) && next->addr - sym->addr <= FUNCTION_MOST)
		return next->addr - sym->addr;
	if (next && next->addr - sym->addr < to_page)
		return next->addr - sym->addr;
	return sym->module ? to_page : 0;
}

static void measure(struct tl_symtab *tab)
{
	const struct tl_symbol *next = NULL;

	for (size_t i = tab->n; i-- > 0;) {
		struct tl_symbol *sym = &tab->sym[i];

		if (i + 1 < tab->n && tab->sym[i + 1].addr != sym->addr)
			next = &tab->sym[i + 1];
		sym->size = reach(sym, next);
	}
}

static bool index_names(struct tl_symtab *tab)
{
	size_t slots = 64;

	while (slots < tab->n * 2)
		slots *= 2;
	tab->by_name = calloc(slots, sizeof(*tab->by_name));
	if (!tab->by_name)
		return false;
	tab->n_slots = slots;
	for (size_t i = 0; i < tab->n; i++) {
		const char *name = tab->sym[i].name;
		size_t at = name_hash(name, strlen(name)) & (slots - 1);

		while (tab->by_name[at])
			at = (at + 1) & (slots - 1);
		tab->by_name[at] = (uint32_t)i + 1;
	}
	return true;
}

struct tl_err *symtab_seal(struct tl_symtab *tab)
{
	if (tab->n)
		qsort(tab->sym, tab->n, sizeof(*tab->sym), by_address);
	measure(tab);
	return index_names(tab) ? NULL : &tl_enomem;
}

/* ---- asking ---- */

/* The first name of the highest address that is not above addr. */
const struct tl_symbol *tl_symtab_at(const struct tl_symtab *tab, uint64_t addr)
{
	size_t lo = 0, hi = tab->n;
	const struct tl_symbol *sym;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (tab->sym[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	sym = &tab->sym[lo - 1];
	while (sym > tab->sym && sym[-1].addr == sym->addr)
		sym--;
	if (addr - sym->addr >= (sym->size ? sym->size : FUNCTION_MOST))
		return NULL;
	return sym;
}

const struct tl_symbol *symtab_each_named(const struct tl_symtab *tab, struct tl_str name,
					  size_t *at)
{
	size_t mask = tab->n_slots - 1;

	/* *at counts slots walked from the hash on, so that 0 starts */
	for (size_t i = (name_hash(name.p, name.n) + *at) & mask; tab->by_name[i];
	     i = (i + 1) & mask) {
		const struct tl_symbol *sym = &tab->sym[tab->by_name[i] - 1];

		++*at;
		if (strlen(sym->name) == name.n && !memcmp(sym->name, name.p, name.n))
			return sym;
	}
	return NULL;
}

const struct tl_symbol *tl_symtab_named(const struct tl_symtab *tab, const char *name, size_t n)
{
	size_t at = 0;

	return symtab_each_named(tab, (struct tl_str){ name, n }, &at);
}

/* Marks in front of functions (call depth tracking, kCFI) that hold no calls: arch/x86/Kconfig,
 * since 6.3. */
static bool is_padding(const struct tl_symbol *sym)
{
	return !strncmp(sym->name, "__pfx_", 6) || !strncmp(sym->name, "__cfi_", 6);
}

const struct tl_symbol *tl_symtab_before(const struct tl_symtab *tab, const struct tl_symbol *sym)
{
	const struct tl_symbol *at = sym;

	while (at > tab->sym && (at[-1].addr == sym->addr || is_padding(at - 1)))
		at--;
	if (at == tab->sym)
		return NULL;
	at--;
	while (at > tab->sym && at[-1].addr == at->addr)
		at--;
	return same_module(at, sym) ? at : NULL;
}
