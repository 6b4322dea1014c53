/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processes: groups of threads. A process ends with its last thread, which need not be its leader;
 * a leader that exits first stays a zombie until the others are gone (kernel/exit.c,
 * delay_group_leader).
 */
#include <stdlib.h>
#include <string.h>
#include "life/life.h"

#define LEAVERS_KEPT 4096

/* So much all its threads have in common: they find it by any of them. */
static const struct affairs no_affairs = {};

struct affairs *own_affairs(const struct life *life)
{
	struct group *g = group_of(life);
	struct pool *pool = life->mem.pool;
	struct affairs *a;

	if (g->affairs != &no_affairs)
		return (struct affairs *)g->affairs;
	a = pool_take(pool, sizeof(*a));
	if (!a)
		return NULL;
	*a = no_affairs;
	arena_init_in(&a->mem, pool);
	g->affairs = a;
	return a;
}

static struct group *group_new(struct tl_lives *l, tl_pid tgid)
{
	struct group *g = pool_take(&l->pool, sizeof(*g));

	if (g)
		*g = (struct group){
			.tgid = tgid, .thread = &g->thread_room, .affairs = &no_affairs};
	return g;
}

static void group_forget(struct tl_lives *l, const struct group *g)
{
	struct pid_entry *e = pids_at(&l->pids, g->tgid);

	if (e && e->group == g)
		e->group = NULL;
}

bool group_alone(struct tl_lives *l, const struct life *life)
{
	const struct group *g = group_of(life);

	if (g->refs > 1)
		return false;
	group_forget(l, g);
	return true;
}

static void group_unref(struct tl_lives *l, struct group *g)
{
	if (--g->refs)
		return;
	group_forget(l, g);
	if (g->affairs != &no_affairs) {
		arena_fini(&((struct affairs *)g->affairs)->mem);
		pool_give(&l->pool, (struct affairs *)g->affairs, sizeof(*g->affairs));
	}
	pool_give(&l->pool, g, sizeof(*g));
}

void group_leave(struct tl_lives *l, struct life *life)
{
	struct group *g = group_of(life);

	if (!g)
		return;
	if (g->leader == life)
		g->leader = NULL;
	life->t.process = NULL;
	group_unref(l, g);
}

/*
 * A process of one thread is told by that thread's own death. Most are: what they would keep for
 * other threads' verdicts is made when somebody looks, or when another thread turns up after all.
 */
static bool is_lone(const struct life *life)
{
	const struct group *g = group_of(life);

	return g && g->leader == life && g->refs == 1 && g->n_threads == 1 &&
	       !g->affairs->n_leavers;
}

static void leaver_keep(struct life *life);

/* It is not lone any more. */
static void lone_end(struct group *g)
{
	struct life *first = g->leader;

	if (!first || !is_lone(first) || !is_dying(first))
		return;
	leaver_keep(first);
	if (g->ended && own_affairs(first))
		own_affairs(first)->end = first->t.death->seen;
}

/* NULL: memory is out. */
static tl_pid *threads_room(struct group *g, const struct life *life)
{
	struct affairs *a = g->n_threads ? own_affairs(life) : NULL;

	if (!g->n_threads)
		return &g->thread_room;
	if (a && !a->threads_cap)
		a->threads_cap = 1; /* thread_room */
	return a ? array_more(&a->mem, g->thread, g->n_threads, &a->threads_cap, sizeof(*g->thread))
		 : NULL;
}

static void thread_add(struct group *g, struct life *life)
{
	tl_pid *v;

	lone_end(g);
	g->refs++;
	g->live += !life->t.death->seen.is;
	life->t.process = g;
	if (g->n_threads >= TL_CHILDREN_KEPT) {
		g->threads_more++;
		return;
	}
	v = threads_room(g, life);
	if (!v)
		return;
	g->thread = v;
	g->thread[g->n_threads++] = life->t.tid;
}

/* The group of this id that still lives: an ended one was another process with the same id. */
static struct group *group_find(struct tl_lives *l, const struct life *life, tl_pid tgid)
{
	struct pid_entry *e = pids_at(&l->pids, tgid);
	struct group *g = e ? e->group : NULL;

	if (!g || g->ended)
		return NULL;
	/* a new leader by birth begins a new process, whatever bore the id before */
	return life->t.born && life->t.tid == tgid && g->leader ? NULL : g;
}

static void set_tgid(struct group *g, struct life *life)
{
	life->t.tgid = g->tgid;
	life->tgid_known = g->tgid > 0;
	life->t.is_leader = life->t.tgid == life->t.tid;
	if (life->t.is_leader)
		g->leader = life;
}

/* A group whose id was not known becomes the group of that id, with everything seen of it and all
 * its threads. */
static struct group *group_named(struct tl_lives *l, struct group *own, tl_pid tgid)
{
	if (!own || own->tgid > 0)
		return NULL;
	own->tgid = tgid;
	for (unsigned i = 0; i < own->n_threads; i++) {
		struct life *member = life_at(l, own->thread[i]);

		if (member && member->t.process == own)
			set_tgid(own, member);
	}
	return own;
}

/* tgid TL_PID_NONE: a group of its own until more is known. */
bool group_join(struct tl_lives *l, struct life *life, tl_pid tgid)
{
	struct group *g = NULL, *old = group_of(life);
	struct pid_entry *e;

	tgid = pids_may_be(tgid) ? tgid : TL_PID_NONE;
	if (old && (tgid <= 0 || old->tgid == tgid))
		return true;
	if (tgid > 0)
		g = group_find(l, life, tgid);
	if (!g)
		g = group_named(l, old, tgid);
	if (!g)
		g = group_new(l, tgid);
	e = g && tgid > 0 ? pids_make(&l->pids, tgid) : NULL;
	if (!g || (tgid > 0 && !e))
		return false;
	if (e)
		e->group = g;
	if (old && old != g)
		group_leave(l, life);
	if (old != g)
		thread_add(g, life);
	set_tgid(g, life);
	return true;
}

void group_share(struct tl_lives *l, struct life *life, const struct life *with)
{
	struct group *g = group_of(with), *old = group_of(life);

	if (!g || g == old)
		return;
	if (old)
		group_leave(l, life);
	thread_add(g, life);
}

void group_leads(struct tl_lives *l, struct life *life)
{
	if (!life->tgid_known)
		group_join(l, life, life->t.tid);
}

/* It was taken for a process, and dies as the last thread of this leader's. */
void group_unmask(struct tl_lives *l, struct life *life, struct life *leader)
{
	group_leads(l, leader);
	group_share(l, life, leader);
	if (group_of(life) != group_of(leader))
		return;
	set_tgid(group_of(life), life);
	group_leaver(life);
	if (own_affairs(life))
		own_affairs(life)->end = life->t.death->seen;
}

/* Signals to this thread alone go with its life; those that may have ended the process are kept. */
#define OWN_KEPT 4

static void keep_own(struct affairs *a, const struct deeds *d, struct tl_leaver *v)
{
	struct tl_signal own[OWN_KEPT], *kept;
	unsigned n = 0;

	for (unsigned i = d->n_signals; i-- > 0 && n < OWN_KEPT;)
		if (!d->signals[i].group && tl_signal_kills(d->signals[i].sig))
			own[OWN_KEPT - ++n] = d->signals[i];
	kept = n ? arena_alloc(&a->mem, n * sizeof(*kept)) : NULL;
	if (!kept)
		return;
	memcpy(kept, own + OWN_KEPT - n, n * sizeof(*kept));
	for (unsigned i = 0; i < n; i++)
		kin_keep(&a->mem, &kept[i]);
	v->own = kept;
	v->n_own = n;
}

static void leaver_status(const struct tl_death *d, struct tl_leaver *v)
{
	v->stack = d->stack;
	v->coredump = d->way->coredump;
	v->status = d->status;
	v->status_known = d->status_known;
	v->status_from_call = d->status_from_call;
	v->exit_call = d->way->exit_call;
	v->exit_group_called = d->exit_group_called;
	v->losses = d->losses;
}

/* All of it but `own`. */
static void leaver_fill(const struct life *life, struct tl_leaver *v)
{
	const struct tl_death *d = life->t.death;
	const struct tl_seen *seen = d->way->do_exit.is ? &d->way->do_exit : &d->seen;

	v->who = life_ref(life);
	v->seen = *seen;
	v->last = d->way->last;
	v->any_delivery = d->any_delivery;
	leaver_status(d, v);
	v->own = NULL;
	v->n_own = 0;
}

static struct tl_leaver *leaver_find(const struct affairs *a, const struct life *life)
{
	struct tl_ref who = life_ref(life);

	for (size_t i = a->n_leavers; i-- > 0;)
		if (tl_ref_same(a->leaver[i].who, who))
			return &a->leaver[i];
	return NULL;
}

static void leaver_keep(struct life *life)
{
	struct affairs *a = own_affairs(life);
	struct tl_leaver *v = a ? leaver_find(a, life) : NULL;

	if (v) /* its do_exit was seen before: now more is known of it */
		leaver_status(life->t.death, v);
	if (!a || v)
		return;
	/* a process that churns through threads: forget the oldest half */
	if (a->n_leavers == LEAVERS_KEPT) {
		memmove(a->leaver, a->leaver + LEAVERS_KEPT / 2, LEAVERS_KEPT / 2 * sizeof(*v));
		a->n_leavers = LEAVERS_KEPT / 2;
		a->leavers_more = true;
	}
	v = array_more(&a->mem, a->leaver, a->n_leavers, &a->leavers_cap, sizeof(*v));
	if (!v)
		return;
	a->leaver = v;
	v = &a->leaver[a->n_leavers++];
	leaver_fill(life, v);
	keep_own(a, life->deeds, v);
}

void group_leaver(struct life *life)
{
	if (!is_lone(life))
		leaver_keep(life);
}

bool group_has_affairs(const struct group *g)
{
	return g->affairs != &no_affairs;
}

struct tl_seen group_end(const struct group *g)
{
	if (g->affairs->end.is || !g->ended || !g->leader)
		return g->affairs->end;
	return g->leader->t.death->seen;
}

bool group_lone_leaver(const struct life *life, struct tl_leaver *ret)
{
	if (!is_dying(life) || !is_lone(life))
		return false;
	leaver_fill(life, ret);
	return true;
}

void group_died(struct tl_lives *l, struct life *life)
{
	struct group *g = group_of(life);

	if (!g)
		return;
	g->live -= g->live > 0;
	if (life->t.death->group_dead == 1)
		g->live = 0;
	/* threads alive from before the trace may be unknown: a kernel that says "not the last" is
	 * believed */
	if (g->live || life->t.death->group_dead == 0)
		return;
	g->ended = true;
	if (!is_lone(life) && own_affairs(life))
		own_affairs(life)->end = life->t.death->seen;
}
