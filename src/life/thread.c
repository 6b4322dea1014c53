/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processes: groups of threads. A process ends with its last thread, which need not be its leader; a leader that
 * exits first stays a zombie until the others are gone (kernel/exit.c, delay_group_leader).
 */
#include <stdlib.h>
#include <string.h>
#include "life/life.h"

#define LEAVERS_KEPT 4096

struct group *group_of(const struct life *life)
{
	return life->t.process ? container_of(life->t.process, struct group, p) : NULL;
}

static struct group *group_new(struct tl_lives *l, tl_pid tgid)
{
	struct group *g = pool_take(&l->pool, sizeof(*g));

	if (!g)
		return NULL;
	memset(g, 0, sizeof(*g));
	arena_init_in(&g->mem, &l->pool);
	g->p.tgid = tgid;
	g->p.thread = &g->thread_room;
	g->threads_cap = 1;
	return g;
}

static void group_forget(struct tl_lives *l, const struct group *g)
{
	struct pid_entry *e = pids_at(&l->pids, g->p.tgid);

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
	arena_fini(&g->mem);
	pool_give(&l->pool, g, sizeof(*g));
}

void group_leave(struct tl_lives *l, struct life *life)
{
	struct group *g = group_of(life);

	if (!g)
		return;
	if (g->p.leader == &life->t)
		g->p.leader = NULL;
	life->t.process = NULL;
	group_unref(l, g);
}

static void thread_add(struct group *g, struct life *life)
{
	tl_pid *v;

	g->refs++;
	g->p.live += !life->t.death->seen.is;
	life->t.process = &g->p;
	if (g->p.n_threads >= TL_CHILDREN_KEPT) {
		g->p.threads_more++;
		return;
	}
	v = array_more(&g->mem, g->p.thread, g->p.n_threads, &g->threads_cap, sizeof(*v));
	if (!v)
		return;
	g->p.thread = v;
	g->p.thread[g->p.n_threads++] = life->t.tid;
}

/* The group of this id that still lives: an ended one was another process with the same id. */
static struct group *group_find(struct tl_lives *l, const struct life *life, tl_pid tgid)
{
	struct pid_entry *e = pids_at(&l->pids, tgid);
	struct group *g = e ? e->group : NULL;

	if (!g || g->p.ended)
		return NULL;
	/* a new leader by birth begins a new process, whatever bore the id before */
	return life->t.birth.seen.is && life->t.tid == tgid && g->p.leader ? NULL : g;
}

static void set_tgid(struct group *g, struct life *life)
{
	life->t.tgid = g->p.tgid;
	life->tgid_known = g->p.tgid > 0;
	life->t.is_leader = life->t.tgid == life->t.tid;
	if (life->t.is_leader)
		g->p.leader = &life->t;
}

/* A group whose id was not known becomes the group of that id, with everything seen of it and all its threads. */
static struct group *group_named(struct tl_lives *l, struct group *own, tl_pid tgid)
{
	if (!own || own->p.tgid > 0)
		return NULL;
	own->p.tgid = tgid;
	for (unsigned i = 0; i < own->p.n_threads; i++) {
		struct life *member = life_at(l, own->p.thread[i]);

		if (member && member->t.process == &own->p)
			set_tgid(own, member);
	}
	return own;
}

/* tgid TL_PID_NONE: a group of its own until more is known. */
bool group_join(struct tl_lives *l, struct life *life, tl_pid tgid)
{
	struct group *g = NULL, *old = group_of(life);
	struct pid_entry *e;

	if (old && (tgid <= 0 || old->p.tgid == tgid))
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

/* Signals to this thread alone go with its life; those that may have ended the process are kept. */
#define OWN_KEPT 4

static void keep_own(struct group *g, const struct tl_task *t, struct tl_leaver *v)
{
	struct tl_signal own[OWN_KEPT], *kept;
	unsigned n = 0;

	for (unsigned i = t->n_signals; i-- > 0 && n < OWN_KEPT;)
		if (!t->signals[i].group && tl_signal_kills(t->signals[i].sig))
			own[OWN_KEPT - ++n] = t->signals[i];
	kept = n ? arena_alloc(&g->mem, n * sizeof(*kept)) : NULL;
	if (!kept)
		return;
	memcpy(kept, own + OWN_KEPT - n, n * sizeof(*kept));
	for (unsigned i = 0; i < n; i++) {
		kept[i].ancestry = NULL; /* of the task's arena */
		kept[i].n_ancestry = 0;
	}
	v->own = kept;
	v->n_own = n;
}

static void leaver_status(const struct tl_death *d, struct tl_leaver *v)
{
	v->status = d->status;
	v->status_known = d->status_known;
	v->status_from_call = d->status_from_call;
	v->exit_call = d->exit_call;
	v->exit_group_called = d->exit_group_called;
	v->losses = d->losses;
}

void group_leaver(struct life *life, struct tl_seen seen)
{
	struct group *g = group_of(life);
	struct tl_leaver *v;

	if (!g)
		return;
	for (size_t i = g->p.n_leavers; i-- > 0;) {
		v = &g->p.leaver[i];
		if (v->who.tid != life->t.tid || v->who.generation != life->t.generation)
			continue;
		/* its do_exit was seen before: now more is known of it */
		v->stack = life->t.death->stack;
		v->coredump = life->t.death->coredump;
		leaver_status(life->t.death, v);
		return;
	}
	if (g->p.n_leavers == LEAVERS_KEPT) { /* a process that churns through threads: forget the oldest half */
		memmove(g->p.leaver, g->p.leaver + LEAVERS_KEPT / 2, LEAVERS_KEPT / 2 * sizeof(*v));
		g->p.n_leavers = LEAVERS_KEPT / 2;
		g->p.leavers_more = true;
	}
	v = array_more(&g->mem, g->p.leaver, g->p.n_leavers, &g->leavers_cap, sizeof(*v));
	if (!v)
		return;
	g->p.leaver = v;
	v = &g->p.leaver[g->p.n_leavers++];
	*v = (struct tl_leaver){.who = life_ref(life), .seen = seen, .stack = life->t.death->stack,
				.last = life->t.death->last, .any_delivery = life->t.death->any_delivery,
				.coredump = life->t.death->coredump};
	leaver_status(life->t.death, v);
	keep_own(g, &life->t, v);
}

void group_died(struct tl_lives *l, struct life *life)
{
	struct group *g = group_of(life);

	if (!g)
		return;
	g->p.live -= g->p.live > 0;
	if (life->t.death->group_dead == 1)
		g->p.live = 0;
	/* threads alive from before the trace may be unknown: a kernel that says "not the last" is believed */
	if (g->p.live || life->t.death->group_dead == 0)
		return;
	g->p.end = life->t.death->seen;
	g->p.ended = true;
}
