/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same doors where the program was built without libbpf, which reads BTF. */
#include "base/guard.h"
#include "tasklife/peek.h"

static struct tl_err *none(void)
{
	return tl_err_new(TL_E_DENIED, N_("this tasklife was built without BPF"), NULL);
}

struct tl_err *tl_peek_guest_open(const char *where, const struct tl_peek_kernel *k,
				  const volatile int *stop, struct tl_peek *p,
				  struct tl_peek_guest **ret)
{
	return none();
}

void tl_peek_guest_close(struct tl_peek_guest *g)
{
}

const struct tl_peek_types *tl_peek_guest_types(const struct tl_peek_guest *g)
{
	return NULL;
}

struct tl_err *tl_peek_guest_sweep(struct tl_peek_guest *g, struct tl_peek *p)
{
	return none();
}

unsigned tl_peek_guest_cpus(const struct tl_peek_guest *g)
{
	return 0;
}

struct tl_err *tl_peek_guest_current(struct tl_peek_guest *g, unsigned cpu,
				     struct tl_peek_current *ret)
{
	return none();
}

struct tl_err *tl_peek_guest_task(struct tl_peek_guest *g, uint64_t addr, struct tl_peek_task *ret)
{
	return none();
}

bool tl_peek_guest_preempt_count(struct tl_peek_guest *g, unsigned cpu, uint64_t *ret)
{
	return false;
}

struct tl_err *tl_peek_guest_stop_at(struct tl_peek_guest *g, const char *name)
{
	return none();
}

struct tl_err *tl_peek_guest_go(struct tl_peek_guest *g, double seconds, struct tl_peek_stop *ret)
{
	return none();
}
