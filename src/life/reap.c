/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reaping has no event of its own. The return of the parent's wait says it exactly, where recorded,
 * and so do the function release_task, where only one child can be meant, and the recorder about
 * its own child; otherwise it lies between the parent's entry into wait and the free record, and is
 * told as "at most". sched_process_free comes late (RCU) and is never the time of reaping.
 */
#include "life/life.h"

void reap_by(struct life *child, struct life *parent, struct tl_seen seen, bool at_most)
{
	const struct tl_death *d = child->t.death;
	struct tl_reap *r = own_reap(child);

	if (!r || (r->is && !r->at_most))
		return;
	if (d->seen.is && d->seen.t != TL_NS_NONE && seen.t != TL_NS_NONE && seen.t < d->seen.t)
		return; /* of who bore the pid before */
	r->is = true;
	r->at_most = at_most;
	r->seen = seen;
	r->by = life_ref(parent);
	r->by_process = false;
	if (parent)
		r->automatic = 0;
	if (parent)
		r->waited = group_of(parent)->affairs->waiting;
}

void see_wait(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *owner = life_owner(l, ev);
	struct affairs *a = owner ? own_affairs(owner) : NULL;

	if (!a)
		return;
	a->waiting = seen_at(ev);
	a->waiting_for = ev->u.wait.pid;
	a->waiting_losses = l->losses;
	waiters_see(l, owner, a, ev->u.wait.pid);
}

/* A tracer is told of its tracee's end too, and waits for it; while the parent lives, the zombie is
 * left to that. */
static bool only_traces(struct tl_lives *l, const struct life *owner, const struct life *child)
{
	const struct life *parent = life_by_ref(l, &child->t.parent);

	return parent && parent->t.process != owner->t.process && !is_dying(parent);
}

void see_waitid(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *owner = life_owner(l, ev);
	struct affairs *a = owner ? own_affairs(owner) : NULL;

	if (!a)
		return;
	a->wait_told = ev->u.waitid.of_one;
	a->wait_options = ev->u.waitid.options;
}

/* There was such a child, it is dead, and is not there any more: it reaped itself. */
static void is_no_child(struct life *child)
{
	struct tl_reap *r = child->t.reap->is ? own_reap(child) : NULL;

	if (!r)
		child->released = true;
	else if (r->automatic < 0)
		r->automatic = 1;
}

/*
 * A wait for the end of one process that must not come back without says all: by returning 0 that
 * it is dead, and reaped unless it was to be left; by ECHILD that it is gone.
 * include/uapi/linux/wait.h
 */
static bool waitid_tells(struct tl_lives *l, const struct affairs *a, struct life *owner,
			 struct life *child, const struct tl_event *ev)
{
	enum {
		NO_HANG = 1,
		STOPPED = 2,
		CONTINUED = 8,
		NO_WAIT = 0x01000000,
		SIG_CHLD = 17,
		NO_CHILD = -10
	};
	const struct tl_notice *n = child->t.notice;

	if (!a->wait_told || group_of(owner)->n_threads != 1 ||
	    a->wait_options & (NO_HANG | STOPPED | CONTINUED) || !child->t.death->seen.is ||
	    life_by_ref(l, &child->t.parent) != owner)
		return false;
	/* a clone that tells its end by another signal is no child to every wait */
	if (ev->u.wait_return.ret == NO_CHILD && n->seen.is && n->sig == SIG_CHLD) {
		is_no_child(child);
		return true;
	}
	if (ev->u.wait_return.ret)
		return false;
	if (!(a->wait_options & NO_WAIT))
		reap_by(child, owner, seen_at(ev), false);
	return true;
}

/*
 * waitid() says in memory whom it is of, but sched_process_wait named a pid. Returning 0 it tells
 * of a dead child if the child was dead before the wait began, or ended the sleep in it (else
 * WNOHANG may have found it alive). A child that reaped itself would be ECHILD (kernel/exit.c
 * do_wait).
 */
static void waitid_returns(struct tl_lives *l, struct life *owner, const struct tl_event *ev)
{
	struct affairs *a = own_affairs(owner);
	struct life *child =
		a && a->waiting.is && a->waiting_for > 0 ? life_at(l, a->waiting_for) : NULL;
	const struct tl_notice *n = child ? child->t.notice : NULL;
	const int no_child = -10;

	if (child && waitid_tells(l, a, owner, child, ev))
		return;
	if (!child || group_of(owner)->n_threads != 1 ||
	    life_by_ref(l, &child->t.parent) != owner || !child->t.death->seen.is || !n->seen.is ||
	    (n->seen.t >= a->waiting.t &&
	     !(owner->sleep_state == 'S' && owner->slept > a->waiting.t)))
		return;
	if (ev->u.wait_return.ret == no_child && child->t.death->last_state == 'X' &&
	    child->t.reap->is && child->t.reap->automatic < 0) {
		own_reap(child)->automatic = 1;
	} else if (!ev->u.wait_return.ret && child->t.death->last_state == 'X') {
		reap_by(child, owner, seen_at(ev), false);
	} else if (!ev->u.wait_return.ret) {
		a->took = life_ref(child); /* with WNOWAIT it stays a zombie */
		a->took_at = seen_at(ev);
	}
}

void see_wait_return(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *owner = life_owner(l, ev), *child;

	if (owner && ev->u.wait_return.is_waitid)
		waitid_returns(l, owner, ev);
	if (owner && ev->u.wait_return.is_waitid && group_of(owner)->affairs->wait_told)
		own_affairs(owner)->wait_told = false;
	if (!owner || ev->u.wait_return.is_waitid || ev->u.wait_return.ret <= 0 ||
	    ev->u.wait_return.ret > INT32_MAX)
		return;
	child = life_at(l, (tl_pid)ev->u.wait_return.ret);
	/* wait4 also returns for a child that stopped */
	if (child && child->t.death->seen.is && !only_traces(l, owner, child))
		reap_by(child, owner, seen_at(ev), false);
}

/*
 * The parent that can have reaped it: one that has entered wait at all. Whoever was told may be a
 * tracer that is not the parent: it lets go of the zombie, and the parent reaps (kernel/exit.c
 * wait_task_zombie).
 */
static struct life *parent_now(struct tl_lives *l, const struct life *child)
{
	const struct held *t = &child->t;
	const struct tl_ref *ref = t->parent.tid > 0 ? &t->parent : &t->notice->parent;

	return ref->tid > 0 ? life_at(l, ref->tid) : NULL;
}

static struct life *waiting_parent(struct tl_lives *l, const struct life *child)
{
	struct life *parent = parent_now(l, child);

	return parent && group_of(parent)->affairs->waiting.is ? parent : NULL;
}

static bool is_thread(const struct life *life)
{
	bool born_as_one =
		life->t.flags_known && life->t.clone_flags & TL_CLONE_THREAD && !life->t.is_leader;

	return born_as_one || (life->tgid_known && life->t.tid != life->t.tgid);
}

/* Nobody waits for a thread; and kthreadd ignores every signal, so its children reap themselves
 * (kernel/kthread.c). */
static bool needs_nobody(const struct life *life)
{
	return is_thread(life) || life->t.kthread;
}

/* Its parent has not been on a CPU since it was told: so no wait of it has taken the child. */
static bool parent_stayed_off(const struct tl_lives *l, const struct life *life,
			      const struct life *parent)
{
	bool followed = parent->t.family || !l->rooted;

	return followed && parent->t.sched->any && parent->run != RUN_ON_CPU &&
	       parent->off_cpu < life->t.notice->seen.t;
}

/* Without its clone flags a thread looks like a process, even by the notice: the last thread sends
 * that of its leader. */
static bool may_be_thread(const struct tl_lives *l, const struct life *life)
{
	return (!l->w.newtask || l->losses) && !life->t.flags_known && !life->deeds->n_execs;
}

/* Where its parent was gone, nobody could have waited. One that is not held any more may have gone
 * since. */
static bool outlived(const struct life *life, const struct life *parent)
{
	const struct tl_death *d = parent ? parent->t.death : NULL;

	return d && d->seen.is && d->seen.t <= life->t.death->seen.t;
}

/* fork(), vfork() and what C libraries make of them ask for SIGCHLD; only other clone calls may ask
 * for nothing. So do the kernel's helpers, whose parent, kthreadd, ignores it (kernel/umh.c
 * call_usermodehelper_exec_work, 5.10 to 7.2). */
static bool asked_for_sigchld(const struct life *life)
{
	const uint64_t libc_fork = 0x1200000, vfork = TL_CLONE_VM | TL_CLONE_VFORK;
	const uint64_t helper = TL_CLONE_VM | TL_CLONE_UNTRACED | TL_CLONE_PARENT;
	uint64_t flags = life->t.clone_flags & ~0xffull;

	return life->t.flags_known &&
	       (flags == libc_fork || flags == vfork || flags == helper);
}

/* Did it reap itself? 1 it did, 0 its parent was quick, -1 it cannot be told. */
static int alone(struct tl_lives *l, const struct life *life)
{
	const struct tl_notice *n = life->t.notice;
	struct life *parent = life_by_ref(l, n->seen.is ? &n->parent : &life->t.parent);
	bool any_kind = may_be_thread(l, life);

	if (needs_nobody(life))
		return 1;
	if (life->t.death->unwanted > 0 || (!life->t.death->unwanted && !any_kind))
		return life->t.death->unwanted; /* of a thread it is never 1 */
	if (life->released && !life->deeds->zombies_told)
		return 1;
	if (any_kind || l->losses) /* from here on also silence speaks */
		return -1;
	if (parent && n->seen.is && n->seen.t != TL_NS_NONE &&
	    group_of(parent)->affairs->released > n->seen.t)
		return 0;
	if (!l->w.signal)
		return -1;
	if (!n->seen.is)
		return asked_for_sigchld(life) || outlived(life, parent) ? 1 : -1;
	if (!parent || group_of(parent)->affairs->had_zombies)
		return 0;
	return parent_stayed_off(l, life, parent) ? 1 : -1;
}

void reap_by_one_of(struct life *child, struct life *parent, struct tl_seen seen)
{
	bool was = child->t.reap->is && !child->t.reap->at_most, clear;

	reap_by(child, parent, seen, true);
	if (was || !parent || !child->t.reap->is)
		return;
	own_reap(child)->by = waiters_one(parent, child, &clear);
	own_reap(child)->by_process = !clear;
}

/* Whether it reaped itself or was reaped by this one will be told. */
static void keep_waiter(struct life *child, const struct life *parent)
{
	struct tl_reap *r = own_reap(child);
	bool clear;

	r->waiter = waiters_one(parent, child, &clear);
	r->by_process = !clear;
	r->waited = group_of(parent)->affairs->waiting;
}

/*
 * A task that leaves its last switch as X is reaped already: it did so itself, because it is a
 * thread or its parent cares for no children (SIG_IGN: no notice; SA_NOCLDWAIT: with one), or its
 * parent on another CPU was quick. For that the parent must have run since the notice.
 * kernel/exit.c exit_notify
 */
void reap_last_switch(struct tl_lives *l, struct life *life, const struct tl_event *ev)
{
	const struct tl_notice *n = life->t.notice;
	struct life *parent = life_by_ref(l, n->seen.is ? &n->parent : &life->t.parent);
	int self;

	if (parent && life->t.death->last_state == 'Z' && own_affairs(parent))
		own_affairs(parent)->had_zombies = true;
	notice_last_switch(l, life);
	if (life->t.death->last_state != 'X' || life->t.reap->is)
		return;
	if (parent && group_of(parent)->affairs->took_at.is &&
	    life_by_ref(l, &group_of(parent)->affairs->took) == life) {
		reap_by(life, parent, group_of(parent)->affairs->took_at, false);
		return;
	}
	self = alone(l, life);
	/* that somebody waited is proof enough: its wait may have begun before the trace */
	parent = parent_now(l, life);
	reap_by_one_of(life, self ? NULL : parent, seen_at(ev));
	if (self && life->t.reap->is)
		own_reap(life)->automatic = (int8_t)self;
	if (self < 0 && parent && life->t.reap->is)
		keep_waiter(life, parent);
}

/* kthreadd ignores every signal, so its children never lie as zombies (kernel/kthread.c kthreadd),
 * whatever is recorded of them afterwards. */
void reap_itself(struct life *life)
{
	struct tl_reap *r = life->t.kthread ? own_reap(life) : NULL;

	if (r)
		r->automatic = 1;
}

/* Who takes a dead leader's id by exec has released it; its parent is not told (fs/exec.c
 * de_thread). */
void reap_replaced(struct life *leader, struct tl_seen seen)
{
	const struct tl_death *d = leader->t.death;
	struct tl_reap *r;

	if (d->seen.is && d->seen.t != TL_NS_NONE && seen.t < d->seen.t)
		return; /* time runs backwards: that exec was of another one */
	r = own_reap(leader);
	if (!r)
		return;
	if (!r->is || seen.t < r->seen.t)
		r->seen = seen;
	r->is = r->at_most = true;
	r->automatic = 1;
	r->by = ref_none();
}

/* The exit's side fact follows the last switch more often than not. */
void reap_settle(const struct tl_lives *l, struct life *life)
{
	const struct tl_death *d = life->t.death;
	struct tl_reap *r = life->t.reap->is ? own_reap(life) : NULL;

	if (d->last_state != 'X' || d->unwanted < 0 || !r || !r->at_most || r->automatic >= 0)
		return;
	if (d->unwanted) {
		r->automatic = 1;
	} else if (r->waiter.tid > 0 && !may_be_thread(l, life)) {
		r->automatic = 0;
		r->by = r->waiter;
	}
}

/* kernel/exit.c: wait_task_zombie() calls it for a child, exit_notify() for the dying task itself.
 */
void reap_release(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *owner = life_owner(l, ev), *child;

	if (!owner)
		return;
	if (is_dying(owner)) {
		owner->released = true;
		return;
	}
	if (own_affairs(owner))
		own_affairs(owner)->released = ev->t;
	child = owner->t.born ? only_dead_child(l, owner) : NULL;
	if (child)
		reap_by(child, owner, seen_at(ev), false);
}

/* It lay as a zombie, or its last switch was not seen: that it is freed is all there is. */
static void reap_unwatched(struct tl_lives *l, struct life *life, struct tl_reap *r)
{
	bool lay = life->t.death->last_state == 'Z' && life->t.process->n_threads <= 1;
	int self = lay ? 0 : alone(l, life);

	struct life *parent = self > 0 ? NULL : waiting_parent(l, life);

	/* who was not heard of since records were lost may be gone, or another one's parent */
	if (parent && group_of(parent)->affairs->waiting_losses != l->losses)
		parent = NULL;
	reap_by_one_of(life, parent, r->freed);
	if (r->is)
		r->automatic = (int8_t)self;
}

/* The dead keep their names: of who bore the pid after it, and came and went in what was lost. */
static bool is_anothers(const struct tl_lives *l, const struct life *life,
			const struct tl_event *ev)
{
	const struct tl_death *d = life->t.death;

	return d->seen.is && d->losses != l->losses && life->t.n_comms && ev->u.free.comm &&
	       ev->u.free.comm != life->t.comm;
}

void see_free(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_at(l, ev->u.free.pid);
	struct tl_reap *r;

	if (!life)
		return; /* died before the trace began */
	if (l->losses && is_anothers(l, life, ev)) {
		life_finish(l, life);
		return;
	}
	life_touch(life, ev);
	if (!life->t.comm)
		life_name(life, ev->u.free.comm);
	r = own_reap(life);
	if (!r)
		return;
	r->freed = seen_at(ev);
	if (l->w.exit && !is_dying(life))
		return; /* freed without an exit: of an older bearer of the pid */
	if (!r->is)
		reap_unwatched(l, life, r);
	if (needs_nobody(life))
		r->automatic = 1;
	life_finish(l, life);
}
