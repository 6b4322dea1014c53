/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the recorder knew besides: who was alive, exit statuses, command lines, who was waited for.
 */
#include "life/life.h"

static void alive(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_of(l, ev->u.side.tid, NULL, ev);

	if (!life || is_dying(life))
		return;
	if (!life->t.born)
		life->census = true;
	if (!life->t.n_comms)
		life_name(life, ev->u.side.comm);
	life->t.kthread |= ev->u.side.kthread;
	if (!life->tgid_known && ev->u.side.tgid > 0)
		group_join(l, life, ev->u.side.tgid);
	if (life->t.parent.tid == TL_PID_NONE && ev->u.side.ppid > 0)
		life_parent(life, ref_pid(l, ev->u.side.ppid, NULL));
}

/* Killed on its way into exit it did not leave by it: then the status is the signal. */
static void left_by(struct tl_death *d, struct tl_way *w, const struct tl_event *ev)
{
	bool group = ev->u.side.call == TL_CALL_EXIT_GROUP;

	if (!(group || ev->u.side.call == TL_CALL_EXIT) || ev->u.side.status & 0x7f ||
	    w->exit_call.is)
		return;
	if (d->any_delivery && !w->last.handler && tl_signal_kills(w->last.sig) &&
	    ev->u.side.t != TL_NS_NONE && d->seen.t != TL_NS_NONE &&
	    ev->u.side.t > d->seen.t + SKEW_NS)
		return; /* it was killed: of who took its id by an exec that was not seen */
	w->exit_call = seen_at(ev);
	if (ev->u.side.t != TL_NS_NONE)
		w->exit_call.t = ev->u.side.t;
	d->exit_group_called = group;
}

/* The marker's task is the one that died at that time: pids are reused. */
static void exited(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_dead(l, ev->u.side.tid, ev->u.side.t);
	struct tl_way *w = life && ev->u.side.status >= 0 ? own_way(life) : NULL;
	struct tl_death *d;

	if (!w)
		return;
	d = own_death(life);
	d->status = ev->u.side.status;
	d->status_known = true;
	d->status_from_call = false;
	w->told = ev->u.side.t == TL_NS_NONE ? 0 : ev->u.side.t;
	d->unwanted = ev->u.side.unwanted;
	left_by(d, w, ev);
	reap_settle(l, life);
	group_leaver(life);
}

static void waited(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *child = life_dead(l, ev->u.side.tid, TL_NS_NONE);
	struct life *parent = life_at(l, ev->u.side.ppid);
	struct tl_seen seen = seen_at(ev);

	if (!child)
		return;
	if (ev->u.side.t != TL_NS_NONE)
		seen.t = ev->u.side.t;
	reap_by(child, parent, seen, false);
}

/*
 * A command line comes some time behind its exec and does not say which one it is of: where two
 * execs wait for theirs, neither gets one.
 */
static void commanded(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_at(l, ev->u.side.tid);
	struct deeds *d;

	if (!life)
		life = life_dead(l, ev->u.side.tid, TL_NS_NONE);
	d = life ? own_deeds(life) : NULL;
	if (!d)
		return;
	d->argv = ev->u.side.text;
	sender_named(l, life);
	if (d->n_execs && !d->exec[d->n_execs - 1].argv &&
	    (d->n_execs == 1 || d->exec[d->n_execs - 2].argv))
		d->exec[d->n_execs - 1].argv = ev->u.side.text;
}

void see_side(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_at(l, ev->u.side.tid);

	switch (ev->u.side.kind) {
	case TL_SIDE_TASK: alive(l, ev); break;
	case TL_SIDE_EXIT: exited(l, ev); break;
	case TL_SIDE_WAITED: waited(l, ev); break;
	case TL_SIDE_ROOT:
		life = life_of(l, ev->u.side.tid, NULL, ev);
		if (life)
			l->rooted = life->t.root = life->t.family = true;
		break;
	case TL_SIDE_CMD: commanded(l, ev); break;
	case TL_SIDE_CGROUP:
		if (life && own_deeds(life))
			own_deeds(life)->cgroup = ev->u.side.text;
		break;
	case TL_SIDE_SENDER: sender_told(l, ev); break;
	case TL_SIDE_MODE: break;
	}
}
