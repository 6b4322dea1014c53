/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The functions of a vmlinux (or any ELF file with a symbol table), as kallsyms would list them:
 * every symbol that stands in an executable section, labels of assembly too. Their sizes are
 * distances to the next one, because that is what the kernel prints.
 */
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/guard.h"
#include "sym/vmlinux.h"
#include "sym/table.h"

bool symtab_is_elf(const char *image, size_t n)
{
	return n >= SELFMAG && !memcmp(image, ELFMAG, SELFMAG);
}

static bool in_code(Elf *elf, const GElf_Sym *sym)
{
	GElf_Shdr sh;
	Elf_Scn *scn = sym->st_shndx && sym->st_shndx < SHN_LORESERVE
			       ? elf_getscn(elf, sym->st_shndx)
			       : NULL;

	return scn && gelf_getshdr(scn, &sh) && sh.sh_flags & SHF_EXECINSTR;
}

/* Thumb functions carry their mode in bit 0; ARM's mapping symbols ($a $t $d) and local labels name
 * nothing. */
static bool is_name(const char *name)
{
	return *name && *name != '$' && strncmp(name, ".L", 2) != 0;
}

static struct tl_err *add_symbols(Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh, bool arm,
				  struct tl_symtab *tab)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = data && sh->sh_entsize ? data->d_size / sh->sh_entsize : 0;

	for (size_t i = 0; i < n && i < INT32_MAX; i++) {
		GElf_Sym sym;
		const char *name;
		int type;

		if (!gelf_getsym(data, (int)i, &sym))
			break;
		type = GELF_ST_TYPE(sym.st_info);
		if ((type != STT_FUNC && type != STT_NOTYPE && type != STT_GNU_IFUNC) ||
		    !in_code(elf, &sym))
			continue;
		name = elf_strptr(elf, sh->sh_link, sym.st_name);
		if (name && is_name(name))
			try(symtab_add(tab, arm ? sym.st_value & ~1ull : sym.st_value,
				       (struct tl_str){ name, strlen(name) }, (struct tl_str){}));
	}
	return NULL;
}

static struct tl_err *read_elf(Elf *elf, struct tl_symtab *tab)
{
	GElf_Ehdr eh;
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &eh))
		return tl_err_new(TL_E_INPUT, N_("this ELF file is damaged"), NULL);
	while ((scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, &sh) && sh.sh_type == SHT_SYMTAB)
			try(add_symbols(elf, scn, &sh, eh.e_machine == EM_ARM, tab));
	if (!tab->n)
		return tl_err_hint(
			tl_err_new(TL_E_INPUT, N_("no function symbols in this ELF file"), NULL),
			N_("a vmlinux that is not stripped is wanted, such as that of a debug package"),
			NULL);
	return symtab_seal(tab);
}

struct tl_err *symtab_from_elf(char *image, size_t n, struct tl_symtab **ret)
{
	struct tl_symtab *tab = calloc(1, sizeof(*tab));
	struct tl_err *err;
	Elf *elf;

	if (!tab)
		return &tl_enomem;
	arena_init(&tab->mem);
	elf_version(EV_CURRENT);
	elf = elf_memory(image, n);
	err = elf ? read_elf(elf, tab)
		  : tl_err_new(TL_E_INPUT, N_("this ELF file is damaged"), NULL);
	if (elf)
		elf_end(elf);
	if (err)
		tl_symtab_free(tab);
	else
		*ret = tab;
	return err;
}
