/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interned strings: compare by pointer, keep for ever (as long as the table). One thread has the
 * table to itself but for atom_of_other(), which any may call.
 */
#ifndef BASE_ATOM_H
#define BASE_ATOM_H

#include <pthread.h>
#include "base/arena.h"

/* Short strings asked for of late, by all their bytes: a task's name comes with nearly every
 * event. */
enum { ATOMS_RECENT = 128, ATOM_SHORT = 16 };

struct atom_recent {
	uint64_t a, b;
	size_t n;
	const struct tl_atom *atom;
};

struct atoms {
	const struct tl_atom **slot;
	size_t n, cap;
	struct arena mem;
	pthread_mutex_t lock; /* of all above; what was asked for of late is its thread's alone */
	struct atom_recent recent[ATOMS_RECENT];
};

void atoms_init(struct atoms *at);
void atoms_fini(struct atoms *at);
/* The one atom of these bytes; NULL only when memory is out. Bytes after a NUL are cut. */
const struct tl_atom *atom_of(struct atoms *at, const char *s, size_t n);
const struct tl_atom *atom_of_str(struct atoms *at, struct tl_str s);
/* Of a task's name as the kernel keeps it, 16 bytes with whatever was there before behind the NUL.
 */
const struct tl_atom *atom_of_comm(struct atoms *at, const void *comm);
/* The same as atom_of() from another thread. */
const struct tl_atom *atom_of_other(struct atoms *at, const char *s, size_t n);

#endif
