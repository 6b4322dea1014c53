/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths through BTF. libbpf has checked that records end where the file ends; that ids are there
 * and that types are not made of themselves is checked here, by asking again and by counting.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "base/guard.h"
#include "peek/types.h"

#define DEEP 16 /* typedefs, pointers and unnamed structs one in another */
#define BTF_MOST (256ll << 20)

struct types {
	struct btf *btf;
};

static const struct btf_type *type_at(const struct types *t, uint32_t id)
{
	return btf__type_by_id(t->btf, id);
}

static const char *name_at(const struct types *t, uint32_t off)
{
	const char *name = btf__name_by_offset(t->btf, off);

	return name ? name : "";
}

struct tl_err *types_open(const char *path, struct types **ret)
{
	struct types *t = calloc(1, sizeof(*t));
	struct stat st;
	struct tl_err *err;

	if (!t)
		return &tl_enomem;
	libbpf_set_print(NULL); /* the library prints nothing */
	int os = stat(path, &st) ? errno : st.st_size > BTF_MOST ? EFBIG : 0;
	if (!os) {
		t->btf = btf__parse(path, NULL);
		/* its other numbers say nothing of this file: ENOENT for an ELF file without the
		 * section, 4001 for what is none */
		os = t->btf || (errno != ENOMEM && errno != EACCES && errno != EPERM) ? 0 : errno;
	}
	if (t->btf && btf__type_cnt(t->btf) > 1) {
		*ret = t;
		return NULL;
	}
	err = tl_err_os(os, N_("cannot read the kernel's types (BTF)"), NULL, path);
	if (err != &tl_enomem && err->code != TL_E_DENIED)
		err->code = TL_E_INPUT;
	if (err != &tl_enomem && !os)
		tl_err_cause(err, N_("there are no types (BTF) in it"), NULL);
	types_close(t);
	return err;
}

void types_close(struct types *t)
{
	if (!t)
		return;
	btf__free(t->btf);
	free(t);
}

unsigned types_pointer_size(const struct types *t)
{
	return btf__pointer_size(t->btf) == 4 ? 4 : 8;
}

/* ---- looking through names ---- */

/* Typedefs, const, volatile and the like taken off. */
static uint32_t plain(const struct types *t, uint32_t id)
{
	for (int i = 0; i < DEEP; i++) {
		const struct btf_type *y = type_at(t, id);

		if (!y || !(btf_is_mod(y) || btf_is_typedef(y) || btf_is_type_tag(y)))
			return y ? id : 0;
		id = y->type;
	}
	return 0;
}

uint32_t types_struct_of(const struct types *t, uint32_t type)
{
	uint32_t id = plain(t, type);
	const struct btf_type *y = id ? type_at(t, id) : NULL;

	return y && btf_is_composite(y) ? id : 0;
}

uint32_t types_struct_named(const struct types *t, const char *name)
{
	int id = btf__find_by_name_kind(t->btf, name, BTF_KIND_STRUCT);

	return id > 0 ? id : 0;
}

bool types_is_anonymous(const struct types *t, uint32_t type)
{
	const struct btf_type *y = type_at(t, type);

	return y && !*name_at(t, y->name_off);
}

uint32_t types_sizeof(const struct types *t, const char *strct)
{
	uint32_t id = types_struct_named(t, strct);

	return id ? type_at(t, id)->size : 0;
}

static uint32_t size_of(const struct types *t, uint32_t type)
{
	uint64_t n = 1;

	for (int i = 0; i < DEEP; i++) {
		const struct btf_type *y = type_at(t, plain(t, type));

		if (!y)
			return 0;
		if (btf_is_ptr(y))
			n *= types_pointer_size(t);
		else if (btf_is_array(y))
			n *= btf_array(y)->nelems;
		else
			n *= btf_is_int(y) || btf_is_any_enum(y) || btf_is_composite(y) ||
					     btf_is_float(y)
				     ? y->size
				     : 0;
		if (!btf_is_array(y))
			return n > UINT32_MAX ? 0 : n;
		type = btf_array(y)->type;
	}
	return 0;
}

unsigned types_n_members(const struct types *t, uint32_t type)
{
	const struct btf_type *y = type_at(t, type);

	return y && btf_is_composite(y) ? btf_vlen(y) : 0;
}

bool types_member_at(const struct types *t, uint32_t type, unsigned i, struct types_member *ret)
{
	const struct btf_type *y = type_at(t, type);

	if (!y || !btf_is_composite(y) || i >= btf_vlen(y))
		return false;
	const struct btf_member *m = btf_members(y) + i;
	uint32_t bit = btf_member_bit_offset(y, i);

	*ret = (struct types_member){.name = name_at(t, m->name_off),
				     .type = m->type,
				     .off = bit / 8,
				     .bit = bit % 8,
				     .bits = btf_member_bitfield_size(y, i),
				     .size = size_of(t, m->type)};
	return true;
}

/* ---- a path ---- */

/* A member by name, also inside structs without one; `ret->off` counts from the outermost. */
static bool find(const struct types *t, uint32_t type, const char *name, size_t n, int depth,
		 struct types_member *ret)
{
	struct types_member m;

	for (unsigned i = 0; depth < DEEP && types_member_at(t, type, i, &m); i++) {
		uint32_t inner = *m.name ? 0 : types_struct_of(t, m.type);

		if (strlen(m.name) == n && !memcmp(m.name, name, n)) {
			*ret = m;
			return true;
		}
		if (inner && find(t, inner, name, n, depth + 1, ret)) {
			ret->off += m.off;
			return true;
		}
	}
	return false;
}

static bool follow(const struct types *t, const struct types_member *m, struct types_path *p,
		   uint32_t *ret_type)
{
	const struct btf_type *y = type_at(t, plain(t, m->type));

	if (!y || !btf_is_ptr(y) || p->n_derefs == TYPES_DEREFS)
		return false;
	p->n_derefs++;
	*ret_type = y->type;
	return true;
}

static void end_at(const struct types *t, const struct types_member *m, struct types_path *p)
{
	const struct btf_type *y = type_at(t, plain(t, m->type));

	p->type = m->type;
	p->size = m->size;
	p->is_signed = y && btf_is_int(y) && (btf_int_encoding(y) & BTF_INT_SIGNED);
	if (m->bits) {
		p->bits = m->bits;
		p->shift = m->bit;
		p->size = (m->bit + m->bits + 7) / 8;
	}
}

/* "[0]": an element for the array, at the same place. */
static bool first_element(const struct types *t, struct types_member *m)
{
	const struct btf_type *y = type_at(t, plain(t, m->type));

	if (!y || !btf_is_array(y) || !btf_array(y)->nelems)
		return false;
	m->type = btf_array(y)->type;
	m->size = size_of(t, m->type);
	return true;
}

/*
 * On 32-bit ARM up to 5.15 the thread_info is what task_struct.stack points to:
 * arch/arm/include/asm/thread_info.h; the kernel then has no such member.
 */
static bool at_stack(const struct types *t, uint32_t type, const char **path, struct types_path *p,
		     uint32_t *ret_type)
{
	static const char name[] = "thread_info.";
	struct types_member m;

	if (strncmp(*path, name, sizeof(name) - 1) || find(t, type, "thread_info", 11, 0, &m) ||
	    !find(t, type, "stack", 5, 0, &m))
		return false;
	*path += sizeof(name) - 1;
	p->off[0] = m.off;
	p->n_derefs = 1;
	*ret_type = types_struct_named(t, "thread_info");
	return *ret_type;
}

bool types_path_of(const struct types *t, const char *strct, const char *path,
		   struct types_path *ret)
{
	uint32_t type = types_struct_named(t, strct);
	struct types_path p = {};

	at_stack(t, type, &path, &p, &type);
	while (type) {
		size_t n = strcspn(path, ".-[");
		struct types_member m;

		if (!find(t, types_struct_of(t, type), path, n, 0, &m))
			return false;
		p.off[p.n_derefs] += m.off;
		path += n;
		if (!strncmp(path, "[0]", 3)) {
			path += 3;
			if (!first_element(t, &m))
				return false;
		}
		if (!*path) {
			end_at(t, &m, &p);
			*ret = p;
			return p.size;
		}
		type = m.type;
		if (!strncmp(path, "->", 2) ? !follow(t, &m, &p, &type) : *path != '.')
			return false;
		path += *path == '.' ? 1 : 2;
	}
	return false;
}

/* ---- in words ---- */

static void put(const struct types *t, uint32_t type, struct out *o, int depth)
{
	const struct btf_type *y = depth < DEEP ? type_at(t, type) : NULL;
	const char *name = y ? name_at(t, y->name_off) : "";

	if (!type || !y) {
		out_str(o, type ? "?" : "void");
	} else if (btf_is_ptr(y)) {
		const struct btf_type *to = type_at(t, plain(t, y->type));

		if (to && btf_is_func_proto(to)) {
			put(t, to->type, o, depth + 1);
			out_str(o, " (*)()");
			return;
		}
		put(t, y->type, o, depth + 1);
		out_str(o, o->n && o->buf[o->n - 1] == '*' ? "*" : " *");
	} else if (btf_is_array(y)) {
		put(t, btf_array(y)->type, o, depth + 1);
		out_fmt(o, "[%u]", btf_array(y)->nelems);
	} else if (btf_is_mod(y) || btf_is_type_tag(y)) {
		if (btf_is_const(y))
			out_str(o, "const ");
		put(t, y->type, o, depth + 1);
	} else {
		out_str(o, btf_is_union(y)                        ? "union "
			   : btf_is_composite(y) || btf_is_fwd(y) ? "struct "
			   : btf_is_any_enum(y)                   ? "enum "
								  : "");
		out_str(o, *name ? name : "{}");
	}
}

void types_put(const struct types *t, uint32_t type, struct out *o)
{
	put(t, type, o, 0);
}
