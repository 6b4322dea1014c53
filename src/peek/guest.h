/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files that read a guest. */
#ifndef PEEK_GUEST_H
#define PEEK_GUEST_H

#include "base/arena.h"
#include "base/map.h"
#include "peek/image.h"
#include "peek/peek.h"
#include "peek/remote.h"

struct tl_peek_guest {
	struct remote *remote;
	struct image image;
	struct tl_peek_types *types;
	enum tl_arch arch;
	unsigned pointer; /* bytes */
	uint64_t init_task;
	char banner[256];
	struct map lines; /* of the guest's memory, while it stands still */
	struct arena mem;
	const volatile int *stop;
	struct {
		char name[64];
		uint64_t addr;
	} stop_at[16];
	unsigned n_stops, last_cpu;
};

/* Through lines that are kept until the guest goes on. */
struct tl_err *guest_read(struct tl_peek_guest *g, uint64_t addr, void *to, size_t n);
struct tl_err *guest_pointer(struct tl_peek_guest *g, uint64_t addr, uint64_t *ret);
void guest_forget(struct tl_peek_guest *g);
/* A path of the types from an object; false: not there in this kernel, or a pointer on the way is
 * none. */
bool guest_value(struct tl_peek_guest *g, const struct types_path *p, uint64_t base, uint64_t *ret);
/* An address of the kernel's half. */
bool guest_is_kernel(const struct tl_peek_guest *g, uint64_t addr);
/* Fill a row from its task_struct. */
struct tl_err *guest_task(struct tl_peek_guest *g, uint64_t addr, struct tl_peek_task *t);
/* Where a per-CPU variable of this CPU is; 0 not known. */
uint64_t guest_per_cpu(struct tl_peek_guest *g, const char *symbol, unsigned cpu);

#endif
