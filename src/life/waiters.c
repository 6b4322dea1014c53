/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which thread of a process waited for a child. Any of them may (kernel/exit.c do_wait looks at the
 * children of all), and sched_process_wait says who asks and for whom, but not who got it. So a
 * thread is named where no other one can have been meant; else it is their process.
 */
#include "life/life.h"

#define WAITERS_KEPT 8

struct waiter {
	struct tl_ref who;
	tl_pid asked;
};

struct waiters {
	struct tl_ref any; /* who asked for whichever child ends; tid 0 nobody */
	bool any_more;     /* and another thread */
	uint8_t n, next;
	struct waiter one[WAITERS_KEPT]; /* who asked for one child: the last, in a ring */
};

/* A number that is no child's is that of a group. */
static tl_pid asked_for(struct tl_lives *l, const struct life *owner, tl_pid pid)
{
	const struct life *child = pid > 0 ? life_at(l, pid) : NULL;
	const struct life *parent = child ? life_by_ref(l, &child->t.parent) : NULL;

	return parent && group_of(parent) == group_of(owner) ? pid : 0;
}

static void remember(struct waiters *all, struct waiter w)
{
	for (unsigned i = 0; i < all->n; i++)
		if (all->one[i].asked == w.asked && tl_ref_same(all->one[i].who, w.who))
			return;
	if (all->n < WAITERS_KEPT)
		all->n++;
	all->one[all->next] = w;
	all->next = (all->next + 1) % WAITERS_KEPT;
}

void waiters_see(struct tl_lives *l, const struct life *owner, struct affairs *a, tl_pid pid)
{
	struct waiter w = {life_ref(owner), asked_for(l, owner, pid)};

	if (!a->waiters && !(a->waiters = arena_alloc(&a->mem, sizeof(*a->waiters))))
		return;
	if (w.asked) {
		remember(a->waiters, w);
		return;
	}
	a->waiters->any_more |= a->waiters->any.tid && !tl_ref_same(a->waiters->any, w.who);
	a->waiters->any = w.who;
}

/* NULL: not clear. */
static const struct tl_ref *only_one(const struct waiters *all, tl_pid child)
{
	const struct tl_ref *one = all->any.tid ? &all->any : NULL;

	if (all->any_more)
		return NULL;
	for (unsigned i = 0; i < all->n; i++) {
		if (all->one[i].asked != child)
			continue;
		if (one && !tl_ref_same(*one, all->one[i].who))
			return NULL;
		one = &all->one[i].who;
	}
	return one;
}

struct tl_ref waiters_one(const struct life *parent, const struct life *child, bool *ret_clear)
{
	const struct group *g = group_of(parent);
	const struct waiters *all = g->affairs->waiters;
	const struct tl_ref *one = NULL;

	*ret_clear = true;
	if (g->n_threads <= 1 && !g->threads_more)
		return life_ref(parent);
	one = all ? only_one(all, child->t.tid) : NULL;
	*ret_clear = one;
	return one ? *one : life_ref(parent);
}
