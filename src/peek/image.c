/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A vmlinux's symbol table is written out as the kernel's own text, so that there is one way to
 * look names up. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "base/guard.h"
#include "base/io.h"
#include "peek/image.h"
#include "tasklife/facts.h"

#define MAP_MOST (64u << 20)

/* ---- ELF ---- */

static void put_symbols(Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh, struct out *o)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = data && sh->sh_entsize ? data->d_size / sh->sh_entsize : 0;
	GElf_Sym sym;

	for (size_t i = 0; i < n && i < INT32_MAX && gelf_getsym(data, (int)i, &sym); i++) {
		int type = GELF_ST_TYPE(sym.st_info);
		const char *name = elf_strptr(elf, sh->sh_link, sym.st_name);

		if (name && *name && *name != '$' &&
		    (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE))
			out_fmt(o, "%llx %c %s\n", (unsigned long long)sym.st_value,
				type == STT_FUNC ? 'T' : 'D', name);
	}
}

static void read_elf(Elf *elf, struct image *img, struct out *map)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &sh))
			continue;
		if (sh.sh_type == SHT_SYMTAB && map)
			put_symbols(elf, scn, &sh, map);
		if (sh.sh_type == SHT_NOTE && !img->n_id) {
			Elf_Data *data = elf_rawdata(scn, NULL);

			if (data)
				img->n_id = image_build_id(data->d_buf, data->d_size, img->id);
		}
	}
}

/* False: it is no ELF file. map NULL: only its build-id. */
static bool take_elf(int fd, struct image *img, struct out *map)
{
	elf_version(EV_CURRENT);
	Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	bool is = elf && elf_kind(elf) == ELF_K_ELF;

	if (is)
		read_elf(elf, img, map);
	if (elf)
		elf_end(elf);
	lseek(fd, 0, SEEK_SET);
	return is;
}

unsigned image_build_id(const void *notes, size_t n, uint8_t id[IMAGE_ID_MOST])
{
	const char *p = notes;

	while (n >= 12) {
		uint32_t head[3]; /* length of the name, of the content, and its kind */
		uint64_t name, all;

		memcpy(head, p, sizeof(head));
		name = ((uint64_t)head[0] + 3) & ~3ull;
		all = 12 + name + (((uint64_t)head[1] + 3) & ~3ull);
		if (all > n)
			return 0;
		if (head[2] == 3 && head[0] == 4 && !memcmp(p + 12, "GNU", 4) && head[1] &&
		    head[1] <= IMAGE_ID_MOST) {
			memcpy(id, p + 12 + name, head[1]);
			return head[1];
		}
		p += all;
		n -= all;
	}
	return 0;
}

/* ---- files ---- */

static struct tl_err *unreadable(int os, const char *path)
{
	struct tl_err *err = tl_err_os(os, N_("cannot read the kernel's symbols"), NULL, path);

	if (err != &tl_enomem && err->code != TL_E_DENIED)
		err->code = TL_E_INPUT;
	return err;
}

static struct tl_err *take_map(struct image *img, const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct out map;

	if (fd < 0)
		return unreadable(errno, path);
	out_init(&map, -1);
	if (take_elf(fd, img, &map)) {
		img->map = strdup(out_text(&map));
		out_fini(&map);
		return img->map ? NULL : &tl_enomem;
	}
	out_fini(&map);
	return io_read_all(fd, MAP_MOST, &img->map) < 0 ? unreadable(errno, path) : NULL;
}

static void take_notes(struct image *img, const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	auto_free char *notes = NULL;

	if (fd < 0 || take_elf(fd, img, NULL))
		return;
	ssize_t n = io_read_all(fd, 1 << 20, &notes);
	if (n > 0)
		img->n_id = image_build_id(notes, n, img->id);
}

struct tl_err *image_open(const char *map, const char *notes, struct image *ret)
{
	*ret = (struct image){};
	struct tl_err *err = take_map(ret, map);

	if (!err && !image_symbol(ret, "init_task"))
		err = tl_err_cause(unreadable(0, map), N_("it does not name init_task"), NULL);
	if (err)
		image_fini(ret);
	else if (notes && !ret->n_id)
		take_notes(ret, notes);
	return err;
}

void image_fini(struct image *img)
{
	free(img->map);
	*img = (struct image){};
}

uint64_t image_symbol(const struct image *img, const char *name)
{
	size_t want = strlen(name);
	uint64_t found = 0;

	for (const char *line = img->map, *end; *line; line = end + (*end == '\n')) {
		const char *its;
		char *p;
		uint64_t addr = strtoull(line, &p, 16);

		end = strchrnul(line, '\n');
		if (p + 3 >= end || p[0] != ' ' || p[2] != ' ' || p < line)
			continue;
		its = p + 3;
		size_t n = strcspn(its, " \t\n");
		if (n < want || memcmp(its, name, want))
			continue;
		if (n == want)
			return addr;
		/* copy_process.part.53 is the one that is called; copy_process.cold is a piece */
		if (!found && tl_function_base(its, n) == want && !memmem(its, n, ".cold", 5))
			found = addr;
	}
	return found;
}
