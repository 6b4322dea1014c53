/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A CPU whose scheduler is not heard. Two tasks cannot act on one CPU, one behind the other,
 * without a switch between them. Where switches of both are recorded and none stands there, this
 * CPU's records of the family are missing, though nobody counted them as lost: seen once of a guest
 * with Debian's 6.12 for arm64, where the buffer `family` of one of two CPUs stayed empty to the
 * end. From then on silence of its witnesses proves nothing (inv 4).
 *
 * One task alone may act unswitched: event-fork adds a child to set_event_pid while another CPU
 * switches to it.
 */
#include "life/life.h"

#define CPUS_MAX 4096

static tl_pid *unswitched_on(struct tl_lives *l, int cpu)
{
	while (cpu >= 0 && cpu < CPUS_MAX && l->unswitched.n <= (size_t)cpu)
		if (!vec_push(&l->unswitched))
			return NULL;
	return cpu >= 0 && cpu < CPUS_MAX ? &l->unswitched.v[cpu] : NULL;
}

void silent_switch(struct tl_lives *l, int cpu)
{
	if (cpu >= 0 && (size_t)cpu < l->unswitched.n)
		l->unswitched.v[cpu] = 0;
}

/* event-fork adds who is born with a sched_process_fork; workers of io_uring are not (kernel/fork.c
 * create_io_thread). */
static bool is_followed(const struct tl_lives *l, const struct life *life)
{
	struct tl_birth b;
	bool forked;

	birth_of(life, &b);
	forked = life->t.confirmed || b.seen.kind == TL_EV_FORK;
	return !l->rooted || life->t.root || (life->t.family && forked);
}

void silent_acts(struct tl_lives *l, const struct life *life, const struct tl_event *ev)
{
	tl_pid *before = is_followed(l, life) && !l->silent ? unswitched_on(l, ev->cpu) : NULL;

	if (!before)
		return;
	if (!*before || *before == life->t.tid) {
		*before = life->t.tid;
		return;
	}
	l->silent = true;
	l->losses++;
	l->w.deliver = false;
	life_odd(
		l,
		N_("a CPU's switches and deliveries are missing here, though none was counted as lost: what they would tell "
		   "is left open"),
		ev, life->t.tid);
}
