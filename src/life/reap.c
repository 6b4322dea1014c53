/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reaping has no event of its own. The return of the parent's wait says it exactly, where recorded, and so does
 * the recorder about its own child; otherwise it lies between the parent's entry into wait and the free record,
 * and is told as "at most". sched_process_free comes late (RCU) and is never the time of reaping.
 */
#include "life/life.h"

void reap_by(struct life *child, struct life *parent, struct tl_seen seen, bool at_most)
{
	struct tl_reap *r = &child->t.reap;

	if (r->is && !r->at_most)
		return;
	r->is = true;
	r->at_most = at_most;
	r->seen = seen;
	r->by = life_ref(parent);
	if (parent)
		r->automatic = 0;
	if (parent)
		r->waited = group_of(parent)->waiting;
}

void see_wait(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *owner = life_owner(l, ev);
	struct group *g;

	if (!owner)
		return;
	g = group_of(owner);
	owner->waiting = g->waiting = seen_at(ev);
	g->waiter = life_ref(owner);
}

void see_wait_return(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *owner = life_owner(l, ev), *child;

	if (!owner || ev->u.wait_return.is_waitid || ev->u.wait_return.ret <= 0 ||
	    ev->u.wait_return.ret > INT32_MAX)
		return; /* waitid returns 0 and says the pid in memory */
	child = life_at(l, (tl_pid)ev->u.wait_return.ret);
	/* wait4 also returns for a child that stopped */
	if (child && child->t.death.seen.is)
		reap_by(child, owner, seen_at(ev), false);
}

/* The parent that can have reaped it: one that has entered wait at all. */
static struct life *waiting_parent(struct tl_lives *l, const struct life *child)
{
	const struct tl_task *t = &child->t;
	const struct tl_ref *ref = t->notice.seen.is ? &t->notice.parent : &t->parent;
	struct life *parent = ref->tid > 0 ? life_at(l, ref->tid) : NULL;

	return parent && group_of(parent)->waiting.is ? parent : NULL;
}

static bool is_thread(const struct life *life)
{
	return life->tgid_known && life->t.tid != life->t.tgid;
}

/* No notice, dead at its last switch, nobody waiting: its parent had said it does not care. */
static bool unnoticed(const struct tl_lives *l, const struct life *life)
{
	return l->w.signal && !life->t.notice.seen.is && life->t.death.last_state == 'X';
}

void see_free(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_at(l, ev->u.free.pid), *parent;
	struct tl_reap *r;

	if (!life)
		return; /* died before the trace began */
	life_touch(life, ev);
	if (!life->t.comm)
		life_name(life, ev->u.free.comm);
	r = &life->t.reap;
	r->freed = seen_at(ev);
	if (!life->t.death.seen.is && l->w.exit && !life->t.death.do_exit.is)
		return; /* freed without an exit: of an older bearer of the pid */
	if (!r->is) {
		parent = waiting_parent(l, life);
		reap_by(life, is_thread(life) ? NULL : parent, r->freed, true);
		if (is_thread(life) || (!parent && unnoticed(l, life)))
			r->automatic = 1;
	}
	life_finish(l, life);
}
