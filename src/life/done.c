/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When a life is complete it is finished (taken out of the table of the living), held for a moment,
 * handed on and freed. It is held because two things come late: side facts of the recorder, and how
 * the other threads of its process left, without which a thread's death cannot be judged.
 */
#include <stdlib.h>
#include "base/guard.h"
#include "base/line.h"
#include "life/life.h"

enum { FURTHER = 8 }; /* so many pids ahead lives are asked for from memory */

static void give_own(struct pool *pool, const void *v, const void *none, size_t n)
{
	if (v != none)
		pool_give(pool, (void *)v, n);
}

/* Another core may have read it, and would have to give up each line for a note that it is free: at
 * the end what has nothing elsewhere goes with the pool. */
static bool goes_with_pool(const struct tl_lives *l, const struct life *life)
{
	const struct group *g = group_of(life);

	return POOL_HAS_ALL && l->ends && !life->mem.chunks && !life->segments && g &&
	       g->refs == 1 && !group_has_affairs(g);
}

void life_free(struct tl_lives *l, struct life *life)
{
	struct held *t = &life->t;

	l->n_lives--;
	if (goes_with_pool(l, life))
		return;
	group_leave(l, life);
	arena_fini(&life->mem);
	if (life->segments)
		vec_fini(&life->segments->kept);
	free(life->segments);
	give_own(&l->pool, t->death->way, &tl_no_way, sizeof(*t->death->way));
	give_own(&l->pool, t->death, &tl_no_death, sizeof(*t->death));
	give_own(&l->pool, t->notice, &tl_no_notice, sizeof(*t->notice));
	give_own(&l->pool, t->reap, &tl_no_reap, sizeof(*t->reap));
	give_own(&l->pool, t->sched, &no_ran, sizeof(*t->sched));
	give_own(&l->pool, life->deeds, &no_deeds, sizeof(*life->deeds));
	pool_give(&l->pool, life, sizeof(*life));
}

static void hold_by_tid(struct tl_lives *l, struct life *life)
{
	struct pid_entry *e = pids_at(&l->pids, life->t.tid);

	life->same_tid = e->held ? e->held->same_tid : life;
	if (e->held)
		e->held->same_tid = life;
	e->held = life;
}

/* They go in the order in which they came: the oldest of its tid. */
static void drop_by_tid(struct tl_lives *l, const struct life *life)
{
	struct pid_entry *e = pids_at(&l->pids, life->t.tid);

	if (e->held == life)
		e->held = NULL;
	else
		e->held->same_tid = life->same_tid;
}

struct life *held_next(struct tl_lives *l, tl_pid tid, struct life *before)
{
	struct pid_entry *e = pids_at(&l->pids, tid);

	if (!e || !e->held || before == e->held)
		return NULL;
	return (before ? before : e->held)->same_tid;
}

void life_finish(struct tl_lives *l, struct life *life)
{
	if (life->finished)
		return;
	life->finished = true;
	if (life_at(l, life->t.bears) == life)
		pids_at(&l->pids, life->t.bears)->life = NULL;
	hold_by_tid(l, life);
	life->next_held = NULL;
	if (l->held_last)
		l->held_last->next_held = life;
	else
		l->held_first = life;
	l->held_last = life;
}

static void hand_on(struct tl_lives *l, struct life *life)
{
	struct shown *shown;

	if (!life->t.death->seen.is && is_dying(life))
		own_death(life)->seen = life->t.death->way->do_exit;
	if (life->run != RUN_UNKNOWN && !life->t.death->seen.is && l->now != TL_NS_NONE)
		run_cut(life, l->now);
	segment_last(l, life);
	if (show_later(l, life))
		return;
	shown = show(l, life);
	if (!shown) {
		life_free(l, life);
		return;
	}
	if (l->done)
		l->done(l->ctx, &shown->t);
	if (!l->keep_all) {
		show_free(l, shown);
		return;
	}
	shown->next = l->kept;
	l->kept = shown;
}

/* Does anything late still matter for it? */
static bool must_wait(const struct tl_lives *l, const struct life *life)
{
	const struct group *p = group_of(life);
	tl_ns since = life->t.last.t;

	if (!p || since == TL_NS_NONE || l->now == TL_NS_NONE || l->now - since >= HOLD_NS ||
	    l->now < since)
		return false;
	return l->w.side || (p->n_threads > 1 && !p->ended);
}

static APART void hand_on_held(struct tl_lives *l, bool all)
{
	while (l->held_first && (all || !must_wait(l, l->held_first))) {
		struct life *life = l->held_first;

		l->held_first = life->next_held;
		if (!l->held_first)
			l->held_last = NULL;
		drop_by_tid(l, life);
		hand_on(l, life);
	}
}

void life_leaves(struct tl_lives *l, struct life *life, tl_ns t)
{
	struct leaving *v = vec_push(&l->leaving);

	if (!v) /* without memory it stays until the end */
		return;
	*v = (struct leaving){life->t.tid, life->t.generation, t, false};
	life->leaves = (uint32_t)(l->leaving_gone + l->leaving.n);
}

void life_lies(struct tl_lives *l, struct life *life)
{
	size_t at = life->leaves - (uint32_t)l->leaving_gone - 1;
	struct leaving *v = at < l->leaving.n ? &l->leaving.v[at] : NULL;

	if (v && v->tid == life->t.tid && v->generation == life->t.generation)
		v->zombie = life->t.death->last_state == 'Z';
}

void life_switched(struct tl_lives *l, struct life *life, tl_ns t)
{
	if (!life->awaits_switch)
		return;
	life->awaits_switch = false;
	life_leaves(l, life, t);
}

static bool is_recent(const struct tl_lives *l, tl_ns t)
{
	return t != TL_NS_NONE && l->now >= t && l->now - t < (l->w.free ? GONE_NS : LINGER_NS);
}

/* Most events come while nobody's time has come. */
static inline bool some_linger_out(const struct tl_lives *l)
{
	return l->leaving_first < l->leaving.n && !is_recent(l, l->leaving.v[l->leaving_first].t);
}

/*
 * Where nothing tells of reaping, a dead task is complete some time after its death. Where free
 * records do, a zombie is waited for as long as it takes; but who left its last switch as X is
 * released already, and a kernel that is in no hurry (CONFIG_RCU_LAZY) writes the free record ten
 * seconds later, or after the end of the trace.
 */
static RARE void finish_lingering(struct tl_lives *l)
{
	while (some_linger_out(l)) {
		struct leaving v = l->leaving.v[l->leaving_first++];
		struct life *life;

		if (v.zombie && l->w.free)
			continue; /* it would be asked for from memory in vain */
		life = life_by_ref(l, &(struct tl_ref){.tid = v.tid, .generation = v.generation});
		if (!life || !is_dying(life) || (l->w.free && life->t.death->last_state == 'Z'))
			continue;
		if (l->w.free && !life->t.death->last_state && l->w.sw)
			life->awaits_switch = true;
		else if (is_recent(l, life->t.last.t))
			life_leaves(l, life, l->now);
		else if (!l->w.free || life->t.death->last_state)
			life_finish(l, life);
	}
	if (l->leaving_first < l->leaving.n / 2)
		return;
	l->leaving.n -= l->leaving_first;
	memmove(l->leaving.v, l->leaving.v + l->leaving_first,
		l->leaving.n * sizeof(*l->leaving.v));
	l->leaving_gone += l->leaving_first;
	l->leaving_first = 0;
}

void lives_advance(struct tl_lives *l, tl_ns t)
{
	l->now = t;
	if (some_linger_out(l))
		finish_lingering(l);
	if (l->held_first)
		hand_on_held(l, false);
}

/* How far this life's end lies from that moment; what is not known is far. */
static tl_ns apart(const struct life *life, tl_ns died)
{
	const struct tl_death *d = life->t.death;
	tl_ns t = d->seen.is ? d->seen.t : is_dying(life) ? d->way->do_exit.t : TL_NS_NONE;

	if (t == TL_NS_NONE || died == TL_NS_NONE)
		return INT64_MAX;
	return t > died ? t - died : died - t;
}

/*
 * The fact and the kernel's own record of the death come from two places, and either may come
 * first; so somebody still alive is meant when the moment lies in its life: by then an older bearer
 * of its number was gone.
 */
struct life *life_dead(struct tl_lives *l, tl_pid tid, tl_ns died)
{
	struct life *best = NULL, *now = life_at(l, tid);
	bool lives = now && !is_dying(now);

	for (struct life *h = NULL; (h = held_next(l, tid, h));)
		if (is_dying(h) && (!best || apart(h, died) <= apart(best, died)))
			best = h;
	if (now && !lives && (!best || apart(now, died) <= apart(best, died)))
		best = now;
	if (lives && died != TL_NS_NONE && now->t.first.t != TL_NS_NONE && died >= now->t.first.t)
		best = now;
	if (best && best->t.death->seen.is && lives_miss_records(l) &&
	    apart(best, died) > TWO_DEATHS_NS && apart(best, died) != INT64_MAX)
		return NULL; /* of somebody whose death was not seen */
	return best;
}

/* ---- the end of the trace ---- */

static tl_ns end_of(const struct life *life)
{
	return is_dying(life) ? life->t.last.t : INT64_MAX;
}

/* The dead in order of their end, then those still alive in order of appearance. */
static bool comes_first(const struct life *a, const struct life *b)
{
	const struct tl_seen *x = &a->t.first, *y = &b->t.first;

	if (end_of(a) != end_of(b))
		return end_of(a) < end_of(b);
	return x->t != y->t ? x->t < y->t : x->place <= y->place;
}

/* Who bears the next pid that is borne, after `before`. */
static struct pid_entry *next_borne(const struct pids *p, const struct pid_entry *before)
{
	struct pid_entry *e = pids_next(p, before);

	while (e && !e->life)
		e = pids_next(p, e);
	if (e && e->pid <= p->most - FURTHER) {
		const struct pid_entry *further = pids_at(p, e->pid + FURTHER);

		if (further && further->life)
			line_fetch(further->life, sizeof(*further->life));
	}
	return e;
}

/* What is in order among those that bear pids, from *at on. */
static struct life *take_run(const struct pids *p, struct pid_entry **at)
{
	struct life *first = (*at)->life, *last = first;

	while ((*at = next_borne(p, *at)) && comes_first(last, (*at)->life))
		last = last->next_held = (*at)->life;
	last->next_held = NULL;
	return first;
}

static struct life *merge(struct life *a, struct life *b)
{
	struct life *first = NULL, **at = &first;

	while (a && b) {
		struct life **next = comes_first(a, b) ? &a : &b;

		*at = *next;
		*next = (*next)->next_held;
		at = &(*at)->next_held;
	}
	*at = a ? a : b;
	return first;
}

/* By pid they are mostly in order already: runs are merged, each with one of as many merges. */
static struct life *in_order(const struct pids *p)
{
	struct life *merged[32] = {}, *all = NULL;

	for (struct pid_entry *e = next_borne(p, NULL); e;) {
		struct life *run = take_run(p, &e);
		size_t i = 0;

		for (; i < ARRAY_SIZE(merged) - 1 && merged[i]; i++)
			run = merge(take(merged[i]), run);
		merged[i] = merge(merged[i], run);
	}
	for (size_t i = 0; i < ARRAY_SIZE(merged); i++)
		all = merge(merged[i], all);
	return all;
}

/* They have left the caches long ago: the one after the next is asked for, and what the next one
 * has. */
static void fetch_next(const struct life *life)
{
	const struct life *next = life->next_held;

	if (!next)
		return;
	line_fetch(next->t.death, sizeof(*next->t.death));
	line_fetch(next->t.notice, sizeof(*next->t.notice));
	line_fetch(next->t.sched, sizeof(*next->t.sched));
	line_fetch(next->t.process, sizeof(*next->t.process));
	if (next->next_held)
		line_fetch(next->next_held, sizeof(*next));
}

struct tl_err *tl_lives_end(struct tl_lives *l)
{
	l->ends = true;
	hand_on_held(l, true);
	for (struct life *life = in_order(&l->pids), *next; life; life = next) {
		fetch_next(life);
		next = life->next_held;
		life_finish(l, life);
		hand_on_held(l, true);
	}
	return l->err ? take(l->err) : NULL;
}
