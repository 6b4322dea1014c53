/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A task, and who it is.
 *
 *	          newtask, fork (birth.c)            switch, wakeup (run.c)
 *	  (unseen) ───────────────▶ BORN ──────────▶ RUNNING ⇄ WAITING
 *	     │ any record names it                      │ do_exit, sched_process_exit (death.c)
 *	     ▼                                          ▼
 *	   ALIVE (birth not seen) ────────────────▶   DYING ──▶ ZOMBIE (notice.c tells the parent)
 *	                                                │ wait returns, free (reap.c) · pid reused · time
 *	                                                ▼
 *	                                             FINISHED ──▶ held (done.c) ──▶ handed on, freed
 *
 * A pid is not an identity: pids are reused, and exec by a thread moves one to another task
 * (exec.c).
 */
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "life/life.h"

#define ODDITIES_KEPT 64

struct tl_ref ref_none(void)
{
	return (struct tl_ref){.tid = TL_PID_NONE};
}

struct tl_ref life_ref(const struct life *life)
{
	if (!life)
		return ref_none();
	return (struct tl_ref){life->t.tid, life->t.generation, life->t.comm};
}

struct tl_ref ref_pid(struct tl_lives *l, tl_pid pid, const struct tl_atom *comm)
{
	struct life *life = life_at(l, pid);

	if (life)
		return life_ref(life);
	return (struct tl_ref){.tid = pid, .comm = comm};
}

struct life *life_at(struct tl_lives *l, tl_pid pid)
{
	struct pid_entry *e = pids_room(&l->pids, pid);

	return e ? e->life : NULL;
}

struct life *life_by_ref(struct tl_lives *l, const struct tl_ref *ref)
{
	struct life *life = life_at(l, ref->tid);

	return life && life->t.generation == ref->generation ? life : NULL;
}

static void fail_memory(struct tl_lives *l)
{
	if (!l->err)
		l->err = &tl_enomem;
}

void *array_more(struct arena *mem, void *v, unsigned n, uint16_t *cap, size_t size)
{
	/* of large things most tasks have one */
	unsigned more = *cap ? *cap * 2 : size > 16 ? 1 : 4;
	void *bigger;

	if (n < *cap)
		return v;
	bigger = arena_alloc(mem, more * size);
	if (!bigger)
		return NULL;
	if (n)
		memcpy(bigger, v, n * size);
	*cap = (uint16_t)more;
	return bigger;
}

const struct tl_way tl_no_way = {};
const struct tl_death tl_no_death = {.way = &tl_no_way, .group_dead = -1, .unwanted = -1};
const struct tl_notice tl_no_notice = {.parent.tid = TL_PID_NONE, .sender = TL_PID_NONE};
const struct tl_reap tl_no_reap = {
	.automatic = -1, .by.tid = TL_PID_NONE, .waiter.tid = TL_PID_NONE};
const struct tl_sched tl_no_sched = {};

const struct deeds no_deeds = {};
const struct ran no_ran = {};

/*
 * What comes to pass is this task's own from then on. Not out of its arena, whose smallest chunk
 * has a head: life_free() gives it back.
 */
static void *own(struct life *life, const void *now, const void *none, size_t n)
{
	void *v = now == none ? pool_take(life->mem.pool, n) : (void *)now;

	return v && now == none ? memcpy(v, none, n) : v;
}

struct tl_death *own_death(struct life *life)
{
	struct tl_death *d = own(life, life->t.death, &tl_no_death, sizeof(*d));

	life->t.death = d ? d : &tl_no_death;
	return d;
}

struct tl_way *own_way(struct life *life)
{
	struct tl_death *d = own_death(life);
	struct tl_way *w = d ? own(life, d->way, &tl_no_way, sizeof(*w)) : NULL;

	if (w)
		d->way = w;
	return w;
}

struct tl_notice *own_notice(struct life *life)
{
	struct tl_notice *n = own(life, life->t.notice, &tl_no_notice, sizeof(*n));

	life->t.notice = n ? n : &tl_no_notice;
	return n;
}

struct tl_reap *own_reap(struct life *life)
{
	struct tl_reap *r = own(life, life->t.reap, &tl_no_reap, sizeof(*r));

	life->t.reap = r ? r : &tl_no_reap;
	return r;
}

struct ran *sched_begins(struct life *life)
{
	struct ran *s = own(life, life->t.sched, &no_ran, sizeof(*s));

	life->t.sched = s ? s : &no_ran;
	return s;
}

struct ran_more *own_more(struct life *life)
{
	struct ran *s = own_sched(life);

	if (s && !s->more)
		s->more = arena_alloc(&life->mem, sizeof(*s->more));
	return s ? s->more : NULL;
}

struct deeds *own_deeds(struct life *life)
{
	struct deeds *d = own(life, life->deeds, &no_deeds, sizeof(*d));

	life->deeds = d ? d : &no_deeds;
	return d;
}

uint32_t next_generation(struct tl_lives *l, tl_pid pid)
{
	struct pid_entry *e = pids_make(&l->pids, pid);

	return e ? ++e->generation : 1;
}

static struct life *life_new(struct tl_lives *l, tl_pid pid, const struct tl_event *ev)
{
	struct life *life = pool_take(&l->pool, sizeof(*life));
	struct pid_entry *e = life ? pids_make(&l->pids, pid) : NULL;

	if (!e) {
		pool_give(&l->pool, life, sizeof(*life));
		fail_memory(l);
		return NULL;
	}
	e->life = memset(life, 0, sizeof(*life));
	arena_init_in(&life->mem, &l->pool);
	life->t.tid = life->t.bears = pid;
	life->t.tgid = TL_PID_NONE;
	life->t.generation = ++e->generation;
	life->t.parent = ref_none();
	life->t.death = &tl_no_death;
	life->t.notice = &tl_no_notice;
	life->t.reap = &tl_no_reap;
	life->t.sched = &no_ran;
	life->deeds = &no_deeds;
	life->since = TL_NS_NONE;
	life->cpu = -1;
	if (++l->n_lives > l->n_most)
		l->n_most = l->n_lives;
	if (l->keep_segments) /* without memory for them, they are not seen */
		life->segments = calloc(1, sizeof(*life->segments));
	if (!group_join(l, life, TL_PID_NONE)) {
		fail_memory(l);
		return NULL;
	}
	life_touch(life, ev);
	return life;
}

/*
 * The dead do not act, are not switched and bear no new names: where records were lost since, the
 * pid has a bearer whose birth is among them. While a thread of it lives, that may be taking over
 * its id (exec.c). Without its last switch, the dead may be still at work in do_exit.
 */
static bool bears_it_since(const struct tl_lives *l, const struct life *life,
			   const struct tl_atom *comm, const struct tl_event *ev)
{
	const struct tl_death *d = life->t.death;

	if (!d->seen.is || d->losses == l->losses || ev->kind == TL_EV_SIDE ||
	    group_of(life)->live || (!d->group_dead && !group_of(life)->ended))
		return false;
	if (comm && life->t.n_comms && comm != life->t.comm)
		return true;
	if (life->t.bears != ev->pid || ev->kind == TL_EV_SWITCH)
		return false;
	return d->last_state ||
	       (d->seen.t != TL_NS_NONE && ev->t != TL_NS_NONE && ev->t > d->seen.t + LINGER_NS);
}

/* Nobody bears it, as far as is known, or somebody else may by now. */
static RARE struct life *bearer_of(struct tl_lives *l, struct life *life, tl_pid pid,
				   const struct tl_atom *comm, const struct tl_event *ev)
{
	if (life && bears_it_since(l, life, comm, ev))
		life = life_born(l, pid, ev);
	return !life && pids_may_be(pid) ? life_new(l, pid, ev) : life;
}

/* It bears a name that is news, or may be. */
static RARE void named(struct tl_lives *l, struct life *life, const struct tl_atom *comm)
{
	/* task_rename comes before the name is copied (fs/exec.c __set_task_comm), and since v6.14
	 * no lock keeps the task on its CPU (3a3f61ce5e0b "exec: Make sure task->comm is always
	 * NUL-terminated"; seen on 7.2): it may be switched under its former name. Once the new one
	 * was seen, the former is news again. */
	if (comm == life->former)
		return;
	life->former = NULL;
	/* the dead bear no new names: another name under their id is that of a thread taking it
	 * over (exec.c) */
	if (life->t.death->seen.is && life->t.n_comms)
		return;
	if (comm != life->t.comm && life->deeds->n_sent)
		sender_renamed(l, life, comm);
	life_name(life, comm);
}

static inline bool is_news(const struct life *life, const struct tl_atom *comm)
{
	return comm && (comm != life->t.comm || !life->t.n_comms || life->former);
}

/* As life_of(), with anything that may happen on the way. */
static APART struct life *life_of_any(struct tl_lives *l, tl_pid pid, const struct tl_atom *comm,
				     const struct tl_event *ev)
{
	struct life *life = life_at(l, pid);

	if (!life || l->losses)
		life = bearer_of(l, life, pid, comm, ev);
	if (!life)
		return NULL;
	life_touch(life, ev);
	if (pid == ev->pid && ev->kind != TL_EV_SWITCH)
		run_acts(l, life, ev);
	if (is_news(life, comm))
		named(l, life, comm);
	return life;
}

/* Nearly all are known, and nothing is news: no call here but the last one, so nothing is saved. */
struct life *life_of(struct tl_lives *l, tl_pid pid, const struct tl_atom *comm,
		     const struct tl_event *ev)
{
	struct life *life = life_at(l, pid);

	if (!life || l->losses || is_news(life, comm) ||
	    (pid == ev->pid && ev->kind != TL_EV_SWITCH && run_is_off(l, life)))
		return life_of_any(l, pid, comm, ev);
	life_touch(life, ev);
	return life;
}

struct life *life_born(struct tl_lives *l, tl_pid pid, const struct tl_event *ev)
{
	struct life *older = life_at(l, pid);

	if (!pids_may_be(pid))
		return NULL;
	if (older)
		life_finish(l, older);
	return life_new(l, pid, ev);
}

struct life *life_owner(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_of(l, ev->pid, NULL, ev);

	if (!life)
		return NULL;
	if (!life->t.comm)
		/* looked up at read time: good enough for somebody never named better */
		life->t.comm = ev->comm;
	if (ev->tgid > 0 && !life->tgid_known)
		group_join(l, life, ev->tgid);
	return life;
}

void life_touch(struct life *life, const struct tl_event *ev)
{
	const uint8_t irq = TL_CTX_HARDIRQ | TL_CTX_SOFTIRQ | TL_CTX_NMI;
	const struct tl_seen now = seen_at(ev);

	if (life->framing && life->t.last.place != ev->place && !(ev->ctx & irq))
		life->framing--;
	/* as a whole: member by member the bit fields would be read back first */
	memcpy(&life->t.last, &now, sizeof(now));
	if (!life->t.first.is)
		life->t.first = now;
}

const struct tl_atom *const *life_names(const struct life *life)
{
	return life->t.n_comms > 1 ? life->deeds->comms : &life->t.comm;
}

/* The second name, or a later one: now they are a list. */
static bool names_more(struct life *life, const struct tl_atom *comm)
{
	struct deeds *d = own_deeds(life);
	const struct tl_atom **v =
		d ? array_more(&life->mem, d->comms, d->comms ? life->t.n_comms : 0, &d->comms_cap,
			       sizeof(*v))
		  : NULL;

	if (!v)
		return false;
	d->comms = v;
	if (life->t.n_comms == 1)
		v[0] = life->t.comm;
	v[life->t.n_comms] = comm;
	return true;
}

/* Names seen inside records are true at that moment; the same one again is no news. */
void life_name(struct life *life, const struct tl_atom *comm)
{
	struct held *t = &life->t;

	if (!comm || (t->n_comms && life_names(life)[t->n_comms - 1] == comm)) {
		t->comm = comm ? comm : t->comm;
		return;
	}
	if (!t->n_comms || (t->n_comms < TL_CHILDREN_KEPT && names_more(life, comm)))
		t->n_comms++;
	t->comm = comm;
}

void life_odd(struct tl_lives *l, const char *what, const struct tl_event *ev, tl_pid tid)
{
	struct tl_oddity *o = l->oddities.n < ODDITIES_KEPT ? vec_push(&l->oddities) : NULL;

	if (o)
		*o = (struct tl_oddity){what, seen_at(ev), tid};
}

void see_rename(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *owner = life_owner(l, ev);
	struct life *life = life_of(l, ev->u.rename.pid, NULL, ev);

	l->renames = true;
	if (!life)
		return;
	if (life->t.death->seen.is) {
		/* a thread that is about to exec bears its dead leader's id already; exec.c says
		 * which one */
		if (own_affairs(life))
			own_affairs(life)->exec_comm = ev->u.rename.newcomm;
		return;
	}
	if (!life->t.n_comms && ev->u.rename.oldcomm)
		life_name(life, ev->u.rename.oldcomm);
	life_name(life, ev->u.rename.newcomm);
	life->former = ev->u.rename.oldcomm != ev->u.rename.newcomm ? ev->u.rename.oldcomm : NULL;
	/* kthread_create names the new thread from the task that asked for it: up to 6.5
	 * (set_task_comm in
	 * __kthread_create_on_node; since 6.6 the name is given at creation) */
	if (owner && owner != life && life->t.kthread) {
		struct tl_birth b;

		birth_of(life, &b);
		b.requester = life_ref(owner);
		birth_keep(life, &b);
		birth_request_done(l, owner->t.tid);
	}
}
