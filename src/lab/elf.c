/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The head of a program: for which CPU it is, and who must run it. The bytes may be anything;
 * nothing is read past their end.
 */
#include <elf.h>
#include <string.h>
#include "base/guard.h"
#include "lab/files.h"

static const struct {
	uint16_t machine;
	uint8_t class;
	const char *arch;
} known[] = {
	{EM_X86_64, ELFCLASS64, "amd64"},
	{EM_AARCH64, ELFCLASS64, "arm64"},
	{EM_ARM, ELFCLASS32, "armhf"},
};

const char *lab_elf_arch(const struct lab_elf *e)
{
	for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].machine == e->machine && known[i].class == e->class)
			return known[i].arch;
	return NULL;
}

static void copy_name(char *to, size_t cap, const char *from, size_t n)
{
	n = strnlen(from, n < cap - 1 ? n : cap - 1);
	memcpy(to, from, n);
	to[n] = 0;
}

/* "#!/bin/sh -e" */
static void script(struct lab_elf *e, const char *p, size_t n)
{
	const char *end = memchr(p, '\n', n);
	size_t i = 2;

	e->kind = LAB_PROGRAM_SCRIPT;
	n = end ? (size_t)(end - p) : n;
	while (i < n && (p[i] == ' ' || p[i] == '\t'))
		i++;
	size_t from = i;
	while (i < n && p[i] != ' ' && p[i] != '\t' && p[i] != '\r')
		i++;
	copy_name(e->interp, sizeof(e->interp), p + from, i - from);
}

#define HEADERS(bits)                                                                              \
	static void headers##bits(struct lab_elf *e, const char *p, size_t n)                      \
	{                                                                                          \
		Elf##bits##_Ehdr eh;                                                               \
                                                                                                   \
		if (n < sizeof(eh))                                                                \
			return;                                                                    \
		memcpy(&eh, p, sizeof(eh));                                                        \
		e->kind = LAB_PROGRAM_ELF;                                                         \
		e->machine = eh.e_machine;                                                         \
		for (unsigned i = 0; i < eh.e_phnum; i++) {                                        \
			Elf##bits##_Phdr ph;                                                       \
                                                                                                   \
			if (eh.e_phoff > n || n - eh.e_phoff < (i + 1) * sizeof(ph))               \
				return;                                                            \
			memcpy(&ph, p + eh.e_phoff + i * sizeof(ph), sizeof(ph));                  \
			if (ph.p_type == PT_INTERP && ph.p_offset < n &&                           \
			    ph.p_filesz <= n - ph.p_offset)                                        \
				copy_name(e->interp, sizeof(e->interp), p + ph.p_offset,           \
					  ph.p_filesz);                                            \
		}                                                                                  \
	}
HEADERS(32)
HEADERS(64)

struct lab_elf lab_elf_of(const char *p, size_t n)
{
	struct lab_elf e = {};

	if (n > 2 && p[0] == '#' && p[1] == '!') {
		script(&e, p, n);
		return e;
	}
	if (n < EI_NIDENT || memcmp(p, ELFMAG, SELFMAG) || p[EI_DATA] != ELFDATA2LSB)
		return e;
	e.class = p[EI_CLASS];
	if (e.class == ELFCLASS64)
		headers64(&e, p, n);
	else if (e.class == ELFCLASS32)
		headers32(&e, p, n);
	return e;
}
