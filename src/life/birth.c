/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Births. task_newtask fires for every new task, sched_process_fork confirms it (not for io workers
 * and idle tasks); both in the creator's context, in this order. With the function tracer,
 * copy_process comes before both and brings the path. kernel/fork.c
 */
#include <string.h>
#include "life/life.h"

#define REQUESTS_KEPT	 64
#define REQUEST_FRESH_NS 10000000000ll

void birth_of(const struct life *life, struct tl_birth *ret)
{
	const struct held *t = &life->t;
	const struct birth *b = t->birth;

	*ret = (struct tl_birth){
		.flags_known = t->flags_known,
		.clone_flags = t->clone_flags,
		.creator_slept = t->creator_slept,
		.creator = b ? b->creator : t->born ? t->parent : ref_none(),
		.real_parent = b ? b->real_parent
			       : t->born && t->flags_known ? t->parent : ref_none(),
		.requester = b ? b->requester : ref_none(),
		.stack = t->born_stack,
	};
	if (b) {
		ret->seen = b->seen;
		ret->confirmed = b->confirmed;
	} else if (t->born) {
		ret->seen = t->first;
	}
	if (!b && t->born && t->confirmed)
		ret->confirmed = (struct tl_seen){t->first.t + t->confirmed_t,
						  t->first.place + t->confirmed_place, TL_EV_FORK,
						  true};
}

/* The second record of a birth comes right behind the first. */
static bool confirm(struct held *t, const struct tl_seen *seen, const struct tl_seen *confirmed)
{
	uint64_t later = (uint64_t)confirmed->t - (uint64_t)seen->t,
		 behind = confirmed->place - seen->place;

	t->confirmed = confirmed->is;
	t->confirmed_t = t->confirmed ? (uint16_t)later : 0;
	t->confirmed_place = t->confirmed ? (uint16_t)behind : 0;
	return later <= UINT16_MAX && behind <= UINT16_MAX && confirmed->kind == TL_EV_FORK;
}

static tl_pid creator_of(const struct life *life)
{
	return life->t.birth ? life->t.birth->creator.tid : life->t.parent.tid;
}

tl_pid birth_real_parent(const struct life *life)
{
	const struct held *t = &life->t;

	if (t->birth)
		return t->birth->real_parent.tid;
	return t->born && t->flags_known ? t->parent.tid : TL_PID_NONE;
}

static bool same_name(const struct tl_ref *a, const struct tl_ref *b)
{
	return tl_ref_same(*a, *b) && a->comm == b->comm;
}

/* Can all of it be told from the rest? */
static bool is_plain(const struct held *t, const struct tl_birth *b)
{
	const struct tl_ref none = ref_none();

	return (b->seen.is ? b->seen.t == t->first.t && b->seen.place == t->first.place &&
				     b->seen.kind == t->first.kind
			   : !b->confirmed.is) &&
	       same_name(&b->creator, b->seen.is ? &t->parent : &none) &&
	       same_name(&b->real_parent, b->seen.is && t->flags_known ? &t->parent : &none) &&
	       same_name(&b->requester, &none);
}

/* Of most it can be told from the rest; without memory it was not seen. */
void birth_keep(struct life *life, const struct tl_birth *b)
{
	struct birth *own = (struct birth *)take(life->t.birth);
	bool confirmed_behind = confirm(&life->t, &b->seen, &b->confirmed);

	life->t.born = b->seen.is;
	if ((confirmed_behind || !b->confirmed.is) && is_plain(&life->t, b))
		return;
	if (!own)
		own = arena_alloc(&life->mem, sizeof(*own));
	life->t.birth = own;
	if (own)
		*own = (struct birth){b->seen, b->confirmed, b->creator, b->real_parent,
				      b->requester};
	else
		life->t.born = false;
}

void life_parent(struct life *life, struct tl_ref parent)
{
	struct tl_birth b;

	birth_of(life, &b);
	life->t.parent = parent;
	birth_keep(life, &b);
}

void birth_path(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *creator = life_owner(l, ev);

	if (creator)
		creator->copy_stack = path_of(ev);
}

static void request_drop(struct tl_lives *l, size_t at)
{
	l->requests.n--;
	for (size_t i = at; i < l->requests.n; i++)
		l->requests.v[i] = l->requests.v[i + 1];
}

/* It has been served, or has failed: a task waits for what it has asked for before it asks again.
 */
void birth_request_done(struct tl_lives *l, tl_pid by)
{
	for (size_t i = l->requests.n; i-- > 0;)
		if (l->requests.v[i].by.tid == by)
			request_drop(l, i);
}

/* kthread_create_on_node: kthreadd's next child is for the owner. */
void birth_request(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *by = life_owner(l, ev);
	struct request *r;

	if (!by)
		return;
	birth_request_done(l, by->t.tid);
	if (l->requests.n >= REQUESTS_KEPT || !(r = vec_push(&l->requests)))
		return;
	*r = (struct request){.by = life_ref(by), .t = ev->t};
}

/*
 * Requests are served in order (kthread_create_list), but who enters the function first may queue
 * second, and a birth may have been lost. So a birth while several are open has nobody's name,
 * unless its task is named by who asked (see_rename()).
 */
static struct tl_ref request_take(struct tl_lives *l, tl_ns now)
{
	while (l->requests.n && l->requests.v[0].t != TL_NS_NONE && now != TL_NS_NONE &&
	       now - l->requests.v[0].t >= REQUEST_FRESH_NS)
		request_drop(l, 0);
	if (!l->requests.n)
		return ref_none();
	struct request r = l->requests.v[0];
	request_drop(l, 0);
	vec_each(other, &l->requests)
		r.doubtful = other->doubtful = true;
	return r.doubtful ? ref_none() : r.by;
}

/* CLONE_THREAD and CLONE_PARENT: the child's parent is the creator's own (kernel/fork.c
 * copy_process). */
static void born_of(struct tl_lives *l, struct life *child, struct life *creator,
		    struct tl_birth *b)
{
	struct held *t = &child->t;
	bool sibling = t->flags_known && t->clone_flags & (TL_CLONE_THREAD | TL_CLONE_PARENT);
	struct tl_ref leader = creator->t.is_leader ? life_ref(creator) : ref_none();

	if (!creator->t.is_leader && creator->tgid_known)
		leader = ref_pid(l, creator->t.tgid, NULL);
	child->t.parent = sibling ? creator->t.parent
				  : leader.tid != TL_PID_NONE ? leader : life_ref(creator);
	if (t->flags_known)
		b->real_parent = t->parent;
	child->t.family = child->t.family || creator->t.family;
	child->t.confined = creator->t.confined;
	/* its memory is a copy, with the area in it; who shares memory begins without
	 * (include/linux/rseq.h rseq_fork) */
	if (!t->flags_known || !(t->clone_flags & TL_CLONE_VM))
		child->t.asked = creator->t.asked & TL_ASKED_RSEQ;
	child->t.kthread = creator->t.tid == 2 &&
			   (!t->flags_known || t->clone_flags & TL_CLONE_UNTRACED);
	kin_child(creator, child);
	if (child->t.parent.tid != creator->t.tid && !(t->clone_flags & TL_CLONE_THREAD))
		kin_foster(l, child);
}

static void join_by_flags(struct tl_lives *l, struct life *child, struct life *creator)
{
	uint64_t flags = child->t.clone_flags;

	if (!(flags & TL_CLONE_THREAD))
		group_join(l, child, child->t.tid);
	else if (creator && creator->tgid_known)
		group_join(l, child, creator->t.tgid);
	else if (creator)
		group_share(l, child, creator);
}

/* Alive without a birth, and first seen a moment ago (SKEW_NS): the birth that is told now is its
 * own. */
static bool seen_too_early(const struct life *child, const struct tl_event *ev)
{
	return !is_dying(child) && !child->census && !child->t.born && ev->t != TL_NS_NONE &&
	       child->t.first.t != TL_NS_NONE && ev->t - child->t.first.t < SKEW_NS;
}

void see_newtask(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *creator = life_owner(l, ev), *child = life_at(l, ev->u.newtask.pid);
	bool early = child && seen_too_early(child, ev);
	struct tl_birth b;

	if (!early)
		child = life_born(l, ev->u.newtask.pid, ev);
	if (!child)
		return; /* the idle task of another CPU has pid 0 */
	birth_of(child, &b);
	b.seen = seen_at(ev);
	b.creator = ev->pid >= 0 ? ref_pid(l, ev->pid, ev->comm) : ref_none();
	child->t.flags_known = true;
	child->t.clone_flags = ev->u.newtask.clone_flags;
	child->t.born_stack = path_of(ev);
	if (creator && !child->t.born_stack)
		child->t.born_stack = creator->copy_stack;
	if (!early) /* else it bears a newer name */
		life_name(child, ev->u.newtask.comm);
	if (creator)
		born_of(l, child, creator, &b);
	if (child->t.kthread)
		b.requester = request_take(l, ev->t);
	birth_keep(child, &b);
	join_by_flags(l, child, creator);
	if (creator)
		group_of(child)->cpu_limited |= group_of(creator)->cpu_limited;
}

/* The fork record of a birth that is already there, or of one seen a moment too early (SKEW_NS). */
static bool fork_confirms(const struct life *child, const struct tl_event *ev)
{
	if (child->t.born)
		return !is_dying(child) && !child->census && !child->t.confirmed &&
		       creator_of(child) == ev->u.fork.parent;
	return seen_too_early(child, ev);
}

static void fork_seen(struct life *child, const struct tl_event *ev)
{
	struct tl_seen seen = seen_at(ev);
	struct tl_birth b;

	if (!child->t.birth && confirm(&child->t, &child->t.first, &seen))
		return;
	birth_of(child, &b);
	b.confirmed = seen;
	birth_keep(child, &b);
}

/*
 * Who calls vfork() or posix_spawn() sleeps at once, until its child execs or ends (kernel/fork.c
 * wait_for_vfork_done); who calls fork() goes on.
 */
void birth_creator_slept(struct tl_lives *l, struct life *creator, char state)
{
	const struct deeds *d = creator->deeds;
	struct life *child =
		d->n_children ? life_by_ref(l, &d->child[d->n_children - 1]) : NULL;

	creator->made = false;
	if (child && !child->t.flags_known)
		child->t.creator_slept = state;
}

static void fork_births(struct tl_lives *l, struct life *child, struct life *creator,
			const struct tl_event *ev)
{
	struct tl_birth b;

	birth_of(child, &b);
	b.seen = seen_at(ev);
	b.creator = ref_pid(l, ev->u.fork.parent, ev->u.fork.parent_comm);
	if (creator && creator->made)
		birth_creator_slept(l, creator, 'R'); /* not for the child before this one */
	if (creator)
		born_of(l, child, creator, &b);
	if (creator)
		creator->made = true;
	if (creator && child->t.kthread)
		b.requester = request_take(l, ev->t);
	birth_keep(child, &b);
}

void see_fork(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *creator = life_of(l, ev->u.fork.parent, ev->u.fork.parent_comm, ev);
	struct life *child = life_at(l, ev->u.fork.child);

	life_owner(l, ev);
	if (!child || !fork_confirms(child, ev))
		child = life_born(l, ev->u.fork.child, ev);
	if (!child)
		return;
	if (child->t.born) {
		fork_seen(child, ev);
	} else {
		life_name(child, ev->u.fork.child_comm);
		fork_births(l, child, creator, ev);
	}
	if (!child->t.born_stack)
		child->t.born_stack = path_of(ev) ? path_of(ev)
				      : creator   ? creator->copy_stack
						  : NULL;
	if (creator)
		creator->copy_stack = NULL; /* this path led to this birth and to no other */
}
