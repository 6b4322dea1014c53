/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who was told. do_notify_parent() runs in the dying task; when the leader died before, in its last
 * thread (release_task of the leader); and a dying parent tells its children's new parent about
 * those that are already zombies (reparent_leader), just before its own notice. kernel/exit.c
 */
#include "life/life.h"

static bool born_thread(const struct life *life)
{
	return life->t.flags_known && life->t.clone_flags & TL_CLONE_THREAD;
}

/* Whose end does this notice tell? The leader's, when a thread of its process is the last to go;
 * NULL when the leader is not known. */
static struct life *subject_of(struct tl_lives *l, struct life *sender)
{
	const struct group *p = group_of(sender);
	tl_pid first = p->n_threads ? p->thread[0] : TL_PID_NONE;
	struct life *leader;

	if (sender->t.is_leader || (!sender->tgid_known && !born_thread(sender)))
		return sender;
	/* of a process whose id is not known, the task the others were born of may be it */
	leader = life_at(l, sender->tgid_known ? sender->t.tgid : first);
	if (leader && leader->t.process == p && leader->t.death->seen.is && !born_thread(leader))
		return leader;
	return NULL;
}

static bool same_parent(const struct life *child, const struct life *parent)
{
	const struct held *p = &parent->t;

	return child->t.parent.tid == p->tid ||
	       (p->tgid != TL_PID_NONE && child->t.parent.tid == p->tgid);
}

/*
 * Without its clone flags a thread looks like a child of who made it. But a child's end is told to
 * its parent: who tells of an end to the parent of its own creator, which lies there as a zombie
 * and was not told of, was the last thread of that. A creator that was gone at once was itself a
 * thread, and the other its process's child.
 */
static void unmask_thread(struct tl_lives *l, struct life *sender, const struct life *parent)
{
	struct life *creator = life_by_ref(l, &sender->t.parent);

	if (l->losses || sender->tgid_known || sender->t.flags_known || !sender->t.born ||
	    !is_dying(sender) || !creator || creator == parent)
		return;
	if (creator->t.death->last_state == 'Z' && !creator->t.notice->seen.is &&
	    (creator->t.is_leader || !creator->tgid_known) && same_parent(creator, parent))
		group_unmask(l, sender, creator);
}

/* Beside a gap, what would unmask it may be lost: whose end that was is not known. */
static bool may_tell_of_creator(struct tl_lives *l, const struct life *sender,
				const struct life *parent)
{
	const struct life *creator = life_by_ref(l, &sender->t.parent);

	return l->losses && !sender->tgid_known && !sender->t.flags_known && is_dying(sender) &&
	       creator && creator != parent && !creator->t.notice->seen.is &&
	       (creator->t.parent.tid == TL_PID_NONE || same_parent(creator, parent));
}

/*
 * A dying parent tells its children's new parent about those that are zombies; the record does not
 * say which child is meant. They are counted, and settled when the parent's own end is told.
 */
static bool tells_of_zombie_child(struct life *sender, struct life *parent,
				  const struct tl_event *ev)
{
	struct deeds *d;

	if (!is_dying(sender) || sender->t.parent.tid == TL_PID_NONE || same_parent(sender, parent))
		return false;
	if (!sender->deeds->n_children)
		return false;
	d = own_deeds(sender);
	if (!d)
		return true;
	d->zombies_told++;
	d->heir = life_ref(parent);
	d->heir_seen = seen_at(ev);
	return true;
}

static bool is_unreaped(const struct life *child)
{
	const struct tl_death *d = child ? child->t.death : &tl_no_death;

	/* a child by clone() without a signal tells nobody, and is a zombie all the same */
	return d->seen.is && (child->t.notice->seen.is || d->last_state == 'Z') &&
	       !child->t.reap->is && (child->t.is_leader || !child->tgid_known);
}

/* Who bears a child's id now: when a thread of it calls exec, the process lives on as that thread
 * (exec.c). */
static struct life *bearer(struct tl_lives *l, const struct life *parent, const struct tl_ref *ref)
{
	struct life *now = life_at(l, ref->tid);

	if (now && now->t.generation > ref->generation && now->deeds->n_execs &&
	    now->deeds->exec[0].old_pid > 0 && now->deeds->exec[0].old_pid != ref->tid &&
	    same_parent(now, parent))
		return now;
	return life_by_ref(l, ref);
}

/* Children by birth and by adoption, in one count; NULL: gone, or somebody else's by now
 * (CLONE_PARENT: from birth on). */
static struct life *child_at(struct tl_lives *l, const struct life *parent, unsigned i)
{
	const struct deeds *d = parent->deeds;
	struct life *child =
		bearer(l, parent, i < d->n_children ? &d->child[i] : &d->foster[i - d->n_children]);

	if (!child || !same_parent(child, parent) ||
	    (i < d->n_children && child->deeds->n_adoptions))
		return NULL;
	return child;
}

static unsigned children(const struct life *parent)
{
	return parent->deeds->n_children + parent->deeds->n_fosters;
}

static bool knows_children(const struct life *parent)
{
	return !parent->deeds->children_more && parent->deeds->n_fosters < FOSTERS_KEPT;
}

struct life *only_dead_child(struct tl_lives *l, const struct life *parent)
{
	struct life *one = NULL;

	if (!knows_children(parent) || parent->t.process->n_threads > 1)
		return NULL;
	for (unsigned i = 0; i < children(parent); i++) {
		struct life *child = child_at(l, parent, i);

		if (!child || !child->t.death->seen.is || child->t.reap->is)
			continue;
		if (one)
			return NULL;
		one = child;
	}
	return one;
}

/* It lay as a zombie, or was told to do so: who tells a parent does not reap itself. */
static bool needed_a_wait(const struct life *child)
{
	const struct tl_death *d = child->t.death;

	return d->last_state == 'Z' || (!d->last_state && !d->unwanted && child->t.notice->seen.is);
}

/*
 * After its own sched_process_exit a parent waits for nobody. Every zombie it left was told to the
 * heir (kernel/exit.c reparent_leader), so when none was, all its dead children had been reaped by
 * it before; when as many were as are left, all are the heir's. In between it cannot be said which.
 */
static void settle_children(struct tl_lives *l, struct life *parent)
{
	unsigned n = children(parent), left = 0;

	if (l->losses)
		return; /* a birth or a notice may be among what was lost */
	for (unsigned i = 0; i < n; i++)
		left += is_unreaped(child_at(l, parent, i));
	if (!knows_children(parent) || !parent->t.death->seen.is ||
	    (parent->deeds->zombies_told && parent->deeds->zombies_told != left))
		return;
	for (unsigned i = 0; i < n; i++) {
		struct life *child = child_at(l, parent, i);

		if (!is_unreaped(child))
			continue;
		if (parent->deeds->zombies_told)
			kin_adopted(l, child, parent->deeds->heir, parent->deeds->heir_seen);
		else if ((group_of(parent)->affairs->waiting.is || !l->w.wait) &&
			 needed_a_wait(child))
			reap_by_one_of(child, parent, parent->t.death->seen);
	}
}

static void remember(struct life *parent, const struct life *child)
{
	struct deeds *d = own_deeds(parent);
	struct pending_notice *p;

	if (!d || d->n_notices == PENDING_NOTICES)
		return; /* told of in other ways; only the moment of delivery is lost */
	p = array_more(&parent->mem, d->notice, d->n_notices, &d->notices_cap, sizeof(*p));
	if (!p)
		return;
	d->notice = p;
	p = &d->notice[d->n_notices++];
	*p = (struct pending_notice){child->t.tid, child->t.generation};
}

/* Somebody else than the parent known so far was told: an heir, if that parent is gone; while it
 * lives, a tracer. */
static void adopted_before(struct tl_lives *l, struct life *child, struct life *parent,
			   const struct tl_event *ev)
{
	struct life *old = life_by_ref(l, &child->t.parent);

	if (child->t.parent.tid == TL_PID_NONE)
		life_parent(child, life_ref(parent));
	else if (!old || is_dying(old))
		kin_adopted(l, child, life_ref(parent),
			    old && group_of(old)->ended ? group_end(group_of(old)) : seen_at(ev));
}

/*
 * Its own end is the last that a dying task tells; whatever it told the same one before was of a
 * zombie of its. So the children are settled when nothing more can come: at its last switch, where
 * switches are recorded.
 */
static void told_of_zombie_before(struct life *child, const struct life *sender,
				  const struct life *parent)
{
	const struct tl_notice *n = child->t.notice;
	struct deeds *d;

	if (!n->seen.is || n->sender != sender->t.tid)
		return;
	if (n->parent.tid != parent->t.tid) {
		if (!child->t.born && child->t.parent.tid == n->parent.tid)
			/* that was its zombie's heir, not its own parent */
			life_parent(child, ref_none());
		return;
	}
	d = own_deeds(child);
	if (!d)
		return;
	d->zombies_told++;
	d->heir = life_ref(parent);
	d->heir_seen = n->seen;
}

void notice_last_switch(struct tl_lives *l, struct life *life)
{
	if (life->t.notice->seen.is)
		settle_children(l, life);
}

/* Where the birth itself does not say who it is. */
static void parent_told(struct life *child, const struct life *parent)
{
	struct tl_birth b;

	if (!child->t.born || birth_real_parent(child) != TL_PID_NONE || child->deeds->n_adoptions)
		return;
	birth_of(child, &b);
	b.real_parent = life_ref(parent);
	birth_keep(child, &b);
}

void notice_sent(struct tl_lives *l, struct life *sender, struct life *parent,
		 const struct tl_event *ev)
{
	struct life *child;
	struct tl_notice *n;

	unmask_thread(l, sender, parent);
	child = subject_of(l, sender);
	if (tells_of_zombie_child(sender, parent, ev))
		return;
	if (!is_dying(sender) && l->w.exit)
		/* a tracer or waiter that lets go of somebody else's zombie: about whom is not said
		 */
		return;
	if (!child || may_tell_of_creator(l, sender, parent))
		return;
	group_leads(l, child);
	n = own_notice(child);
	if (!n)
		return;
	told_of_zombie_before(child, sender, parent);
	*n = (struct tl_notice){.seen = seen_at(ev),
				.parent = life_ref(parent),
				.sender = sender->t.tid,
				.sig = (int16_t)ev->u.sig.sig,
				.code = (int16_t)ev->u.sig.code,
				.result = ev->u.sig.result};
	if (sender != parent && !same_parent(child, parent))
		adopted_before(l, child, parent, ev);
	parent_told(child, parent);
	remember(parent, child);
	if (child != sender || !child->t.sched->any)
		settle_children(l, child);
}

void notice_delivered(struct tl_lives *l, struct life *parent, const struct tl_event *ev)
{
	const struct deeds *d = parent->deeds;

	for (unsigned i = 0; i < d->n_notices; i++) {
		struct tl_ref ref = {.tid = d->notice[i].tid,
				     .generation = d->notice[i].generation};
		struct life *child = life_by_ref(l, &ref);

		if (child && child->t.notice->seen.is && !child->t.notice->delivered.is)
			own_notice(child)->delivered = seen_at(ev);
	}
	if (d->n_notices)
		own_deeds(parent)->n_notices = 0;
}
