/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same doors where the program was built without libbpf, which reads BTF. */
#include "base/guard.h"
#include "peek/types.h"

struct tl_err *types_open(const char *path, struct types **ret)
{
	return tl_err_cause(
		tl_err_new(TL_E_DENIED, N_("cannot read the kernel's types (BTF)"), NULL),
		N_("this tasklife was built without BPF"), NULL);
}

void types_close(struct types *t)
{
}

unsigned types_pointer_size(const struct types *t)
{
	return 8;
}

bool types_path_of(const struct types *t, const char *strct, const char *path,
		   struct types_path *ret)
{
	return false;
}

uint32_t types_sizeof(const struct types *t, const char *strct)
{
	return 0;
}

void types_put(const struct types *t, uint32_t type, struct out *o)
{
}

unsigned types_n_members(const struct types *t, uint32_t type)
{
	return 0;
}

bool types_member_at(const struct types *t, uint32_t type, unsigned i, struct types_member *ret)
{
	return false;
}

uint32_t types_struct_named(const struct types *t, const char *name)
{
	return 0;
}

uint32_t types_struct_of(const struct types *t, uint32_t type)
{
	return 0;
}

bool types_is_anonymous(const struct types *t, uint32_t type)
{
	return false;
}
