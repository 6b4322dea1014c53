/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The types of one kernel, from its BTF: where a path such as "signal->nr_threads" leads, and what
 * a struct holds. The file may be any bytes.
 */
#ifndef PEEK_TYPES_H
#define PEEK_TYPES_H

#include "base/out.h"
#include "tasklife/facts.h"

struct types;

/* A vmlinux or a file of BTF alone. */
struct tl_err *types_open(const char *path, struct types **ret);
void types_close(struct types *t);
unsigned types_pointer_size(const struct types *t);

#define TYPES_DEREFS 4
/*
 * From an object's address: off[0] is added and a pointer read, as often as n_derefs says; then
 * off[n_derefs] is added, and there the value stands.
 */
struct types_path {
	uint32_t off[TYPES_DEREFS + 1];
	unsigned n_derefs;
	uint32_t size;	      /* bytes of the value; of a bit field those it lies in */
	uint8_t shift, bits;  /* of a bit field; bits 0: none */
	bool is_signed;
	uint32_t type;	      /* for types_put() */
};
/* False: this kernel has no such field. */
bool types_path_of(const struct types *t, const char *strct, const char *path,
		   struct types_path *ret);
/* Size of a struct; 0: there is none. */
uint32_t types_sizeof(const struct types *t, const char *strct);
/* "unsigned int", "struct list_head", "char[16]" */
void types_put(const struct types *t, uint32_t type, struct out *o);

struct types_member {
	const char *name; /* "" of a struct without one, whose members follow one level deeper */
	uint32_t type, off, size;
	uint8_t bits; /* 0: no bit field */
	unsigned bit; /* which of the byte at off */
};
/* Members in order; ret valid as long as t. */
unsigned types_n_members(const struct types *t, uint32_t type);
bool types_member_at(const struct types *t, uint32_t type, unsigned i, struct types_member *ret);
/* The id of a struct by name; 0 none. Typedefs and const are looked through by types_struct_of. */
uint32_t types_struct_named(const struct types *t, const char *name);
uint32_t types_struct_of(const struct types *t, uint32_t type); /* 0: it is no struct or union */
bool types_is_anonymous(const struct types *t, uint32_t type);

#endif
