/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What others see of a life: struct tl_task, whole and plain, made of what is held when somebody
 * looks. There are many lives and few onlookers, so what is held is small (struct held), and only
 * what is looked at is written out.
 *
 * Whatever can grow stays the life's own and is pointed to; so the life stays as long as what is
 * shown of it.
 *
 * What one core wrote and another reads costs by the line: a life that is kept for another thread
 * is shown there, in memory that thread has at hand, and not by the one that makes lives.
 */
#include "base/line.h"
#include "life/life.h"

static void show_sched(struct shown *s, const struct ran *r)
{
	const struct ran_more *m = r->more;

	s->sched = (struct tl_sched){
		.any = r->any,
		.run = r->run,
		.wait = r->wait,
		.sleep = r->sleep,
		.switches = r->switches,
		.preemptions = r->preemptions,
		.migrations = r->migrations,
		.cpus = {r->cpus},
	};
	s->t.sched = &s->sched;
	if (!m)
		return;
	s->sched.stopped = m->stopped;
	for (size_t i = 0; i < ARRAY_SIZE(m->cpus); i++)
		s->sched.cpus[i + 1] = m->cpus[i];
	s->sched.rhythm = m->rhythm;
	s->sched.n_rhythms = m->n_rhythms;
	s->sched.rhythms_more = m->rhythms_more;
}

static void show_process(struct shown *s, const struct life *life)
{
	const struct group *g = group_of(life);
	const struct affairs *a = g->affairs;
	bool lone = group_lone_leaver(life, &s->leaver);

	s->process = (struct tl_process){
		.tgid = g->tgid,
		.leader = life_ref(g->leader),
		.thread = g->thread,
		.n_threads = g->n_threads,
		.threads_more = g->threads_more,
		.live = g->live,
		.leaver = lone ? &s->leaver : a->leaver,
		.n_leavers = lone ? 1 : a->n_leavers,
		.leavers_more = a->leavers_more,
		.group_signals = a->group_signals,
		.n_group_signals = a->n_group_signals,
		.cpu_limited = g->cpu_limited,
		.execed = a->execed,
		.end = group_end(g),
		.ended = g->ended,
	};
	s->t.process = &s->process;
}

static void show_deeds(struct tl_task *t, const struct deeds *d)
{
	t->exec = d->exec;
	t->n_execs = d->n_execs;
	t->signals = d->signals;
	t->n_signals = d->n_signals;
	t->signals_folded = d->signals_folded;
	t->adoption = d->adoption;
	t->n_adoptions = d->n_adoptions;
	t->child = d->child;
	t->n_children = d->n_children;
	t->children_more = d->children_more;
	t->argv = d->argv;
	t->cgroup = d->cgroup;
}

static void fill(struct shown *s, struct life *life)
{
	const struct held *t = &life->t;

	s->life = life;
	s->t = (struct tl_task){
		.tid = t->tid,
		.tgid = t->tgid,
		.generation = t->generation,
		.kthread = t->kthread,
		.confined = t->confined,
		.asked = t->asked,
		.root = t->root,
		.family = t->family,
		.comm = t->comm,
		.comms = life_names(life),
		.n_comms = t->n_comms,
		.first = t->first,
		.last = t->last,
		.death = t->death,
		.notice = t->notice,
		.reap = t->reap,
		.sched = &tl_no_sched,
		.segments = !life->untimed && life->segments ? &life->segments->kept : NULL,
		.parent = t->parent,
		.is_leader = t->is_leader,
	};
	birth_of(life, &s->t.birth);
	show_deeds(&s->t, life->deeds);
	show_process(s, life);
	if (!life->untimed && t->sched != &no_ran)
		show_sched(s, t->sched);
}

/* Of others than the family the scheduler's records show only where they met it: no sum of them is
 * true. */
static void judge_times(const struct tl_lives *l, struct life *life)
{
	life->untimed = l->rooted && !life->t.family;
}

struct shown *show(struct tl_lives *l, struct life *life)
{
	struct shown *s = pool_take(&l->pool, sizeof(*s));

	if (!s) {
		l->err = l->err ? l->err : &tl_enomem;
		return NULL;
	}
	judge_times(l, life);
	fill(s, life);
	return s;
}

void show_free(struct tl_lives *l, struct shown *shown)
{
	life_free(l, shown->life);
	pool_give(&l->pool, shown, sizeof(*shown));
}

/* ---- of a life that is kept: by any thread, so nothing of `lives` is looked at ---- */

static struct life *life_of_kept(const struct tl_kept *kept)
{
	return (struct life *)kept;
}

bool show_later(struct tl_lives *l, struct life *life)
{
	if (!l->keep || l->keep_all || !group_alone(l, life))
		return false;
	judge_times(l, life);
	l->n_lives--; /* from now on it waits for its reader, not for the trace */
	if (l->keep(l->ctx, (const struct tl_kept *)life))
		return true; /* it may have been given back already */
	l->n_lives++;
	return false;
}

void tl_lives_give_back(struct tl_lives *l, const struct tl_kept *kept)
{
	l->n_lives++;
	life_free(l, life_of_kept(kept));
}

const struct tl_task *tl_kept_show(const struct tl_kept *kept, struct arena *mem)
{
	struct shown *s = arena_alloc(mem, sizeof(*s));

	if (!s)
		return NULL;
	fill(s, life_of_kept(kept));
	return &s->t;
}

void tl_kept_fetch(const struct tl_kept *kept)
{
	line_fetch(kept, sizeof(struct life));
}

void tl_kept_fetch_rest(const struct tl_kept *kept)
{
	const struct held *t = &life_of_kept(kept)->t;

	line_fetch(t->process, sizeof(*t->process));
	line_fetch(t->death, sizeof(*t->death));
	line_fetch(t->notice, sizeof(*t->notice));
	line_fetch(t->reap, sizeof(*t->reap));
	line_fetch(t->sched, sizeof(*t->sched));
}

/* ---- before a life is complete ---- */

void show_forget(struct tl_lives *l)
{
	for (struct shown *next; l->shown; l->shown = next) {
		next = l->shown->next;
		pool_give(&l->pool, l->shown, sizeof(*l->shown));
	}
}

static const struct tl_task *show_now(struct tl_lives *l, struct life *life)
{
	struct shown *s = show(l, life);

	if (!s)
		return NULL;
	s->next = l->shown;
	l->shown = s;
	return &s->t;
}

const struct tl_task *tl_lives_find(const struct tl_lives *lives, tl_pid pid)
{
	struct tl_lives *l = (struct tl_lives *)lives;
	struct life *life = life_at(l, pid);

	return life ? show_now(l, life) : NULL;
}

static void hand_out(const struct tl_lives *lives, struct life *life, tl_life_fn fn, void *ctx)
{
	const struct tl_task *t = show_now((struct tl_lives *)lives, life);

	if (t)
		fn(ctx, t);
}

void tl_lives_each(const struct tl_lives *l, tl_life_fn fn, void *ctx)
{
	show_forget((struct tl_lives *)l);
	pids_each (e, &l->pids)
		if (e->life)
			hand_out(l, e->life, fn, ctx);
	for (struct life *h = l->held_first; h; h = h->next_held)
		hand_out(l, h, fn, ctx);
}
