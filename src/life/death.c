/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Deaths. do_exit is where the path is seen, sched_process_exit is the moment; the exit code is in
 * neither: it comes from the argument of the exit call, or from the recorder as a side fact.
 */
#include "life/life.h"

void death_path(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_owner(l, ev);
	struct tl_death *d;
	struct tl_way *w;

	if (!life || life->t.death->seen.is)
		return;
	w = own_way(life);
	if (!w)
		return;
	d = own_death(life);
	w->do_exit = seen_at(ev);
	life->t.dying = true;
	d->stack = path_of(ev);
	group_leaver(life);
	life_leaves(l, life, ev->t);
}

void death_coredump(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_owner(l, ev);
	struct tl_way *w = life ? own_way(life) : NULL;

	if (w && !w->coredump.is)
		w->coredump = seen_at(ev);
}

/* A life that had ended before, or began later (a trace that runs backwards), bore the same pid. */
static bool is_older(const struct tl_lives *l, const struct life *life, tl_ns t)
{
	const struct held *k = &life->t;
	tl_ns born = k->birth ? k->birth->seen.t : k->first.t;

	if (t == TL_NS_NONE)
		return false;
	/* a second end is no repetition: another one's, or of a thread that took the id by exec */
	if (k->death->seen.is)
		return k->death->seen.t != TL_NS_NONE && t > k->death->seen.t + SKEW_NS;
	if (k->born && born != TL_NS_NONE && t + SKEW_NS < born)
		return true;
	if (lives_miss_records(l) && k->death->way->told && t > k->death->way->told + TWO_DEATHS_NS)
		return true; /* the record of that death is missing */
	/* its last switch was long ago; of a leader whose id a thread took by exec it may come a
	 * moment late */
	if (k->death->last_state == 'X' && k->reap->is && k->reap->seen.t != TL_NS_NONE &&
	    t > k->reap->seen.t + HOLD_NS)
		return true;
	return k->reap->is && !k->reap->at_most && k->reap->seen.t != TL_NS_NONE &&
	       t > k->reap->seen.t + SKEW_NS;
}

void see_exit(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_of(l, ev->u.exit.pid, ev->u.exit.comm, ev);
	struct tl_death *d;

	if (life && is_older(l, life, ev->t))
		life = life_born(l, ev->u.exit.pid, ev);
	if (!life)
		return;
	if (ev->u.exit.pid == ev->pid)
		life_owner(l, ev);
	d = own_death(life);
	if (!d || d->seen.is)
		return; /* the same exit twice: a trace that repeats itself */
	if (!is_dying(life))
		life_leaves(l, life, ev->t);
	life->t.dying = true;
	d->seen = seen_at(ev);
	d->losses = l->losses;
	d->group_dead = ev->u.exit.group_dead;
	/* do_exit and its caller, all the function tracer says without func_stack_trace, are less
	 * than this one's path */
	if (!d->stack || (d->stack->n <= 2 && path_of(ev) && path_of(ev)->n > d->stack->n))
		d->stack = path_of(ev);
	group_leaver(life);
	group_died(l, life);
	reap_itself(life);
}

void see_exit_call(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_owner(l, ev);
	struct tl_way *w = life && !life->t.death->status_known ? own_way(life) : NULL;
	struct tl_death *d;

	if (!w)
		return;
	d = own_death(life);
	w->exit_call = seen_at(ev);
	d->status = ev->u.exit_call.code << 8;
	d->status_known = d->status_from_call = true;
	d->exit_group_called = ev->u.exit_call.group;
}
