/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kallsyms or System.map as an ELF file that gdb reads: one .text without bytes (gdb takes those
 * from the guest), its functions, and everything else as absolute. Made by hand, because a linker
 * would need the kernel's code.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/debug.h"
#include "lab/files.h"
#include "tasklife/facts.h"

struct symbol {
	uint64_t addr;
	char type;
	const char *name;
	size_t n;
};

/* "ffffffff81000000 T _stext", modules' ("[ext4]") left out. False at the end. */
static bool symbol_next(const char **at, struct symbol *ret)
{
	while (**at) {
		const char *line = *at, *end = strchrnul(line, '\n');
		char *p;

		*at = end + (*end == '\n');
		ret->addr = strtoull(line, &p, 16);
		if (p == line || p + 3 >= end || p[0] != ' ' || p[2] != ' ')
			continue;
		ret->type = p[1];
		ret->name = p + 3;
		ret->n = strcspn(ret->name, " \t\n");
		if (ret->n && ret->n < 512 && ret->name + ret->n == end)
			return true;
	}
	return false;
}

static bool is_text(const struct symbol *s)
{
	return s->type == 'T' || s->type == 't' || s->type == 'W' || s->type == 'w';
}

uint64_t lab_symbol_of(const char *map, const char *name)
{
	struct symbol s;
	size_t n = strlen(name);
	uint64_t found = 0;

	while (symbol_next(&map, &s)) {
		if (s.n == n && !memcmp(s.name, name, n))
			return s.addr;
		/* copy_process.part.53 is the one that is called; copy_process.cold is a piece */
		if (!found && tl_function_base(s.name, s.n) == n && !memcmp(s.name, name, n) &&
		    !memmem(s.name, s.n, ".cold", 5))
			found = s.addr;
	}
	return found;
}

enum { TEXT = 1, SYMTAB, STRTAB, SHSTRTAB, SECTIONS };

static const char section_names[] = "\0.text\0.symtab\0.strtab\0.shstrtab";

struct tables {
	struct out sym, str;
	uint64_t low, high; /* of .text */
};

static void find_text(const char *map, struct tables *t)
{
	struct symbol s;

	t->low = UINT64_MAX;
	while (symbol_next(&map, &s))
		if (is_text(&s) && s.addr) {
			t->low = s.addr < t->low ? s.addr : t->low;
			t->high = s.addr > t->high ? s.addr : t->high;
		}
	t->high += 4096; /* the last function has a length too */
}

static void fill(const char *map, struct tables *t)
{
	Elf64_Sym none = {};
	struct symbol s;

	out_mem(&t->sym, &none, sizeof(none));
	out_char(&t->str, 0);
	while (symbol_next(&map, &s)) {
		Elf64_Sym e = {
			.st_name = t->str.n,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, is_text(&s) ? STT_FUNC : STT_OBJECT),
			.st_shndx = is_text(&s) && s.addr ? TEXT : SHN_ABS,
			.st_value = s.addr,
		};

		out_mem(&t->sym, &e, sizeof(e));
		out_mem(&t->str, s.name, s.n);
		out_char(&t->str, 0);
	}
}

static void put_elf(struct out *o, const struct lab_arch *arch, const struct tables *t)
{
	Elf64_Ehdr h = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_EXEC,
		.e_machine = arch->elf_machine,
		.e_version = EV_CURRENT,
		.e_shoff = sizeof(h),
		.e_ehsize = sizeof(h),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = SECTIONS,
		.e_shstrndx = SHSTRTAB,
	};
	uint64_t at = sizeof(h) + SECTIONS * sizeof(Elf64_Shdr);
	Elf64_Shdr s[SECTIONS] = {
		[TEXT] = {.sh_name = 1,
			  .sh_type = SHT_NOBITS,
			  .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
			  .sh_addr = t->low,
			  .sh_offset = at,
			  .sh_size = t->high - t->low,
			  .sh_addralign = 16},
		[SYMTAB] = {.sh_name = 7,
			    .sh_type = SHT_SYMTAB,
			    .sh_offset = at,
			    .sh_size = t->sym.n,
			    .sh_link = STRTAB,
			    .sh_info = 1,
			    .sh_addralign = 8,
			    .sh_entsize = sizeof(Elf64_Sym)},
		[STRTAB] = {.sh_name = 15,
			    .sh_type = SHT_STRTAB,
			    .sh_offset = at + t->sym.n,
			    .sh_size = t->str.n,
			    .sh_addralign = 1},
		[SHSTRTAB] = {.sh_name = 23,
			      .sh_type = SHT_STRTAB,
			      .sh_offset = at + t->sym.n + t->str.n,
			      .sh_size = sizeof(section_names),
			      .sh_addralign = 1},
	};

	out_mem(o, &h, sizeof(h));
	out_mem(o, s, sizeof(s));
	out_mem(o, t->sym.buf, t->sym.n);
	out_mem(o, t->str.buf, t->str.n);
	out_mem(o, section_names, sizeof(section_names));
}

struct tl_err *lab_symbols_elf(const char *map, const struct lab_arch *arch, const char *path)
{
	struct tables t = {};
	struct out o;
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		return tl_err_os(errno, N_("cannot write symbols for gdb"), NULL, path);
	find_text(map, &t);
	if (t.low == UINT64_MAX)
		return tl_err_new(TL_E_INPUT, N_("the kernel told no symbols"), NULL);
	out_init(&t.sym, -1);
	out_init(&t.str, -1);
	out_init(&o, fd);
	fill(map, &t);
	put_elf(&o, arch, &t);
	out_flush(&o);
	struct tl_err *err =
		o.os ? tl_err_os(o.os, N_("cannot write symbols for gdb"), NULL, path) : NULL;
	out_fini(&o);
	out_fini(&t.sym);
	out_fini(&t.str);
	return err;
}
