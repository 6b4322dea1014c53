/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which system call a task is in, where the trace has their entries and returns: what the kernel sends meanwhile it
 * sends for that call. Only a task whose birth was seen and of which nothing was lost can be said to be in none.
 */
#include "life/life.h"

void see_call(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_owner(l, ev);

	if (!life)
		return;
	life->call = ev->u.call;
	life->call_losses = l->losses;
}

void see_lost(struct tl_lives *l, const struct tl_event *ev)
{
	l->losses++;
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
	if (life->call)
		return life->call_losses == l->losses ? life->call : TL_CALL_UNKNOWN;
	return l->w.calls && life->t.birth.seen.is ? TL_CALL_UNWATCHED : TL_CALL_UNKNOWN;
}
