/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small client of gdb's remote serial protocol, as far as QEMU's stub needs it: memory,
 * registers, threads (a CPU each), breakpoints, going on. It reads the guest and never writes it.
 * The peer may be anything: every answer has a bound in size and in time.
 */
#ifndef PEEK_REMOTE_H
#define PEEK_REMOTE_H

#include "tasklife/err.h"

struct remote;

#define REMOTE_CPUS 64

/*
 * "127.0.0.1:1234", ":1234" or "1234". The guest stands still from here on. seconds: how long to
 * wait for one that is only being started. *stop: a signal ended our patience.
 */
struct tl_err *remote_open(const char *where, double seconds, const volatile int *stop,
			   struct remote **ret);
/* The same over a connection that is there; owned from here on. */
struct tl_err *remote_open_fd(int fd, const volatile int *stop, struct remote **ret);
/* A guest that was running goes on; the caller has taken its breakpoints out. */
void remote_close(struct remote *r);
/* It was running when we came, and not already stopped (-S). */
bool remote_was_running(const struct remote *r);

unsigned remote_n_cpus(const struct remote *r);
/* Registers and memory as this CPU sees them; 0 the first. */
struct tl_err *remote_select(struct remote *r, unsigned cpu);
/* TL_E_NOT_THERE: nothing is mapped there. */
struct tl_err *remote_read(struct remote *r, uint64_t addr, void *to, size_t n);
/* By the name the target description gives; false: it has none such, or it cannot be read. */
bool remote_register(struct remote *r, const char *name, uint64_t *ret);

struct tl_err *remote_break(struct remote *r, uint64_t addr, bool set);
/* Until it stops; which CPU did. seconds 0: no limit. *ret_cpu REMOTE_CPUS: it did not stop within
 * them, or *stop. It is stopped on return. */
struct tl_err *remote_go(struct remote *r, double seconds, unsigned *ret_cpu);
/* One instruction of the selected CPU. */
struct tl_err *remote_step(struct remote *r);
/* The guest has ended: nothing more can be asked. */
bool remote_has_ended(const struct remote *r);

#endif
