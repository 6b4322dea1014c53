/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes known of a sender after it sent: the recorder's side facts come some milliseconds
 * late, when a `kill` is long gone and its victim often too. They are written into the signal as it
 * was noted, wherever it was noted.
 */
#include "life/life.h"

/* The record and the program that saw the same signal are microseconds apart, unless somebody else
 * ran in between; so the nearest is meant. */
#define SAME_NS 50000000

struct wanted {
	tl_pid tid;	/* sender */
	int32_t sig;	/* 0: any */
	tl_ns t;	/* TL_NS_NONE: any */
	uint64_t place; /* of the signal's record; 0: any */
	const struct tl_atom *argv, *cgroup, *comm;
	uint8_t call, rseq;
	int8_t trap, leads, limit;
};

static bool is_wanted(const struct tl_signal *s, const struct wanted *w)
{
	return s->owner.tid == w->tid && (!w->sig || s->sig == w->sig) &&
	       (!w->place || s->seen.place == w->place);
}

static tl_ns apart(const struct tl_signal *s, const struct wanted *w)
{
	tl_ns d = w->t == TL_NS_NONE ? 0 : s->seen.t - w->t;

	return d < 0 ? -d : d;
}

static bool put_into(struct tl_signal *v, unsigned n, const struct wanted *w)
{
	struct tl_signal *best = NULL;

	for (unsigned i = n; i-- > 0;)
		if (is_wanted(&v[i], w) && apart(&v[i], w) < (best ? apart(best, w) : SAME_NS))
			best = &v[i];
	if (!best)
		return false;
	best->owner.comm = w->comm ? w->comm : best->owner.comm;
	best->owner_argv = w->argv ? w->argv : best->owner_argv;
	best->owner_cgroup = w->cgroup ? w->cgroup : best->owner_cgroup;
	best->call = w->call ? w->call : best->call;
	best->rseq = w->rseq ? w->rseq : best->rseq;
	best->trap = w->trap >= 0 ? w->trap : best->trap;
	best->leads = w->leads >= 0 ? w->leads : best->leads;
	best->limit = w->limit >= 0 ? w->limit : best->limit;
	return true;
}

static bool put_into_life(struct life *life, const struct wanted *w)
{
	const struct affairs *p = group_of(life)->affairs;
	bool found = put_into(life->deeds->signals, life->deeds->n_signals, w);

	for (unsigned i = 0; i < p->n_leavers; i++)
		put_into((struct tl_signal *)p->leaver[i].own, p->leaver[i].n_own, w);
	return put_into(p->group_signals, p->n_group_signals, w) || found;
}

static void put_everywhere(struct tl_lives *l, tl_pid target, const struct wanted *w)
{
	struct life *now = life_at(l, target);

	if (now && put_into_life(now, w))
		return;
	for (struct life *h = NULL; (h = held_next(l, target, h));)
		put_into_life(h, w);
}

void sender_told(struct tl_lives *l, const struct tl_event *ev)
{
	put_everywhere(l, ev->u.side.target,
		       &(struct wanted){.tid = ev->u.side.tid,
					.sig = ev->u.side.sig,
					.t = ev->u.side.t,
					.argv = ev->u.side.text,
					.cgroup = ev->u.side.cgroup,
					.call = ev->u.side.call,
					.rseq = ev->u.side.rseq,
					.trap = ev->u.side.trap,
					.leads = ev->u.side.leads,
					.limit = ev->u.side.limit});
}

/* ---- its program is told of after it has sent something ---- */

void sender_sent(struct life *owner, tl_pid target, const struct tl_event *ev)
{
	struct deeds *d = owner->deeds->argv || owner->t.kthread ? NULL : own_deeds(owner);

	if (!d || d->n_sent == SENT_KEPT)
		return;
	d->sent[d->n_sent].target = target;
	d->sent[d->n_sent++].place = ev->place;
}

void sender_execed(struct life *life)
{
	struct deeds *d = own_deeds(life);

	if (!d)
		return;
	d->argv = NULL; /* of the program before */
	d->n_sent = 0;
}

static void tell_sent(struct tl_lives *l, const struct life *life, const struct tl_atom *argv,
		      const struct tl_atom *comm)
{
	const struct deeds *d = life->deeds;

	for (unsigned i = 0; i < d->n_sent; i++)
		put_everywhere(l, d->sent[i].target,
			       &(struct wanted){.tid = life->t.tid,
						.t = TL_NS_NONE,
						.trap = -1,
						.leads = -1,
						.limit = -1,
						.place = d->sent[i].place,
						.argv = argv,
						.comm = comm});
}

void sender_named(struct tl_lives *l, struct life *life)
{
	tell_sent(l, life, life->deeds->argv, NULL);
	if (life->deeds->n_sent)
		own_deeds(life)->n_sent = 0;
}

/*
 * It bears another name than was known, and no record told of the change: where neither task_rename
 * nor exec is recorded, programs are known by the names that switches and exits show, and who sends
 * has mostly been renamed before, behind its fork.
 */
void sender_renamed(struct tl_lives *l, const struct life *life, const struct tl_atom *comm)
{
	tell_sent(l, life, NULL, comm);
}
