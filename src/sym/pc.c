/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one place that steps back over a call.
 *
 * A frame of a stack is a return address: the instruction BEHIND the call. Where the called
 * function never returns (do_exit, do_group_exit), the compiler may put the call last, and the
 * address is then the first byte of whatever was linked next: printed as __wake_up_parent+0x0 it
 * was sys_exit_group (study note 003; seen on arm 5.10 to 7.2, arm64 5.10 and 6.1, x86 6.1). The
 * byte before belongs to the call on every architecture, so address minus one names the right
 * function.
 *
 * Not return addresses, never to be touched: the traced function itself, the pc an interrupt or
 * exception found (right below its entry frame), and assembly labels loaded as a return address by
 * hand (ret_fast_syscall+0x0 is the truth).
 */
#include <string.h>

#include "base/guard.h"
#include "sym/table.h"

const struct tl_symbol *tl_pc_lookup(const struct tl_symtab *tab, struct tl_pc pc,
				     uint64_t *ret_off)
{
	bool back = pc.kind == TL_PC_RETURN && pc.addr;
	const struct tl_symbol *sym = tl_symtab_at(tab, pc.addr - back);

	if (sym)
		*ret_off = pc.addr - sym->addr;
	return sym;
}

/* ---- text only ---- */

/* A table may be an extract with functions left out; a caller as large as this is more likely such
 * a gap. */
#define CALLER_MOST 0x8000

/*
 * A printed name may stand for several static functions, and the table may be another build's: only
 * symbols of the printed size count. True when all of them have one and the same predecessor.
 */
static const struct tl_symbol *symbol_before(const struct tl_symtab *tab, struct tl_str name,
					     uint32_t size)
{
	const struct tl_symbol *sym, *before = NULL;
	size_t at = 0;

	while ((sym = symtab_each_named(tab, name, &at))) {
		const struct tl_symbol *b =
			sym->size == size || !size ? tl_symtab_before(tab, sym) : NULL;

		if (b && ((before && b != before) || b->size > CALLER_MOST))
			return NULL;
		if (b)
			before = b;
	}
	return before;
}

/* Which function a call without return must have stood in. NONE means "any" in the first two
 * columns. */
static const struct {
	enum tl_role above, printed, is;
} proofs[] = {
	{TL_ROLE_DO_GROUP_EXIT, TL_ROLE_AFTER_SECCOMP, TL_ROLE_SECCOMP_FILTER},
	/* its other callers, get_signal() and __seccomp_filter() up to 5.15, have code behind the
	   call */
	{TL_ROLE_DO_GROUP_EXIT, TL_ROLE_NONE, TL_ROLE_SYS_EXIT_GROUP},
	/* kernel/exit.c: sys_exit stands right before do_group_exit */
	{TL_ROLE_DO_EXIT, TL_ROLE_DO_GROUP_EXIT, TL_ROLE_SYS_EXIT},
	{TL_ROLE_DO_EXIT, TL_ROLE_AFTER_SECCOMP, TL_ROLE_SECCOMP_FILTER},
	{TL_ROLE_DO_EXIT, TL_ROLE_AFTER_IO_WORKER, TL_ROLE_IO_WORKER},
	/* kernel/kthread.c: kthread_exit stands right before kthread_complete_and_exit; seen:
	   arm64 6.1 */
	{TL_ROLE_DO_EXIT, TL_ROLE_COMPLETE_EXIT, TL_ROLE_KTHREAD_EXIT},
};

/* The same where the frames above are lost (32-bit ARM 6.1): what the printed name alone proves. */
static const struct {
	enum tl_role printed, is;
} cut_proofs[] = {
	{ TL_ROLE_AFTER_EXIT_GROUP, TL_ROLE_SYS_EXIT_GROUP },
	{ TL_ROLE_DO_GROUP_EXIT, TL_ROLE_SYS_EXIT },
};

static enum tl_role proven_role(enum tl_role above, enum tl_role printed, bool is_top)
{
	for (unsigned i = 0; is_top && i < ARRAY_SIZE(cut_proofs); i++)
		if (cut_proofs[i].printed == printed)
			return cut_proofs[i].is;
	for (unsigned i = 0; !is_top && i < ARRAY_SIZE(proofs); i++)
		if (proofs[i].above == above &&
		    (proofs[i].printed == printed || !proofs[i].printed))
			return proofs[i].is;
	return TL_ROLE_NONE;
}

/* What this architecture calls the function of a role; else the row for all. */
static const char *name_of_role(enum tl_role role, enum tl_arch arch)
{
	static const char *const arch_names[] = {[TL_ARCH_UNKNOWN] = "*",
						 [TL_ARCH_X86] = "x86",
						 [TL_ARCH_ARM64] = "arm64",
						 [TL_ARCH_ARM] = "arm"};
	unsigned n;
	const struct tl_function_row *row = tl_role_rows(role, &n);

	for (unsigned i = 0; i < n; i++)
		if (!strcmp(row[i].arch, arch_names[arch]))
			return row[i].name;
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(row[i].arch, "*"))
			return row[i].name;
	return n ? row->name : NULL;
}

/*
 * May name+0x0 be the truth? At the top it may be the traced function's own address, except on ARM,
 * where the tracer's hook stands behind the entry: arm +0x4 to +0x14, arm64 +0x4 (traces of 5.10
 * to 7.2).
 */
static bool may_be_true(enum tl_arch arch, enum tl_role printed, enum tl_role above, bool is_top)
{
	if (tl_role_is_stub(printed) || printed == TL_ROLE_TRACER || tl_role_is_irq_entry(above))
		return true;
	if (!is_top || arch == TL_ARCH_ARM || arch == TL_ARCH_ARM64)
		return false;
	return arch == TL_ARCH_X86 || printed != TL_ROLE_AFTER_EXIT_GROUP;
}

enum tl_fix tl_pc_fix_text(const struct tl_symtab *tab, enum tl_arch arch, struct tl_str name,
			   uint32_t off, uint32_t size, enum tl_role above, bool is_top,
			   struct tl_fixed *ret)
{
	enum tl_role printed = tl_role_of(name.p, name.n), is;
	const struct tl_symbol *sym;

	if (off || may_be_true(arch, printed, above, is_top))
		return TL_FIX_PLAIN;
	sym = tab ? symbol_before(tab, name, size) : NULL;
	if (sym) {
		*ret = (struct tl_fixed){ sym->name, sym->size, sym->size };
		return TL_FIX_CORRECTED;
	}
	is = proven_role(above, printed, is_top);
	if (is == TL_ROLE_NONE)
		return TL_FIX_DOUBTFUL;
	*ret = (struct tl_fixed){ name_of_role(is, arch), 0, 0 };
	return TL_FIX_CORRECTED;
}
