/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which system call a task is in, where the trace has their entries and returns: what the kernel
 * sends meanwhile it sends for that call. Only a task whose birth was seen and of which nothing was
 * lost can be said to be in none.
 */
#include "life/life.h"

void see_call(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_owner(l, ev);

	if (!life)
		return;
	life->t.call = ev->u.call;
	life->t.call_losses = l->losses;
}

void see_lost(struct tl_lives *l, const struct tl_event *ev)
{
	if (!++l->losses)
		l->losses++; /* none is said of a whole trace alone */
}

/* What it asked for its children have too (kernel/seccomp.c copy_seccomp). */
void see_confine(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_owner(l, ev);

	if (life)
		life->t.confined = ev->u.strict ? TL_CONFINED_STRICT : TL_CONFINED_FILTER;
}

uint8_t call_now(const struct tl_lives *l, const struct life *life)
{
	if (life->t.call)
		return life->t.call_losses == l->losses ? life->t.call : TL_CALL_UNKNOWN;
	return l->w.calls && life->t.born ? TL_CALL_UNWATCHED : TL_CALL_UNKNOWN;
}

/* A session and a limit are the whole process's. */
void see_asked(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *owner = life_owner(l, ev);
	struct life *life = ev->u.asked.pid == ev->pid ? owner : life_at(l, ev->u.asked.pid);

	if (!life)
		return;
	if (ev->u.asked.what == TL_ASKED_CPU_LIMIT)
		group_of(life)->cpu_limited = true;
	if (ev->u.asked.what == TL_ASKED_SESSION && !life->t.is_leader && life_at(l, life->t.tgid))
		life = life_at(l, life->t.tgid);
	life->t.asked |= ev->u.asked.what;
}

void see_reclaim(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_owner(l, ev);

	if (!life)
		return;
	life->t.reclaim = ev->u.reclaim;
	life->t.reclaim_losses = l->losses;
}

uint8_t reclaim_now(const struct tl_lives *l, const struct life *life)
{
	if (life->t.reclaim)
		return life->t.reclaim_losses == l->losses ? life->t.reclaim : TL_RECLAIM_UNKNOWN;
	return l->w.reclaims ? TL_RECLAIM_NONE : TL_RECLAIM_UNKNOWN;
}
