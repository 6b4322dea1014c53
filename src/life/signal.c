/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals sent and delivered. The owner of a signal_generate record is who was running, not always
 * who sent it; judging that is for why/, which needs the context kept here. signal_deliver says 9
 * also for a fatal TERM, HUP or PIPE, because complete_signal() turned it into a group kill
 * (kernel/signal.c), and for a sibling's exit_group without any signal_generate.
 */
#include <string.h>
#include "life/life.h"

enum { SIG_HUP = 1, SIG_KILL = 9, SIG_CHLD = 17, SIG_CONT = 18, SIG_RT_FIRST = 32 };
#define BY_KERNEL 128 /* SI_KERNEL */
/* Results after which the signal is pending: queued, already pending, queued without info. */
static bool is_pending(const struct tl_signal *s)
{
	return !s->delivered.is && (s->result == 0 || s->result == 2 || s->result == 4);
}

/* CLD_EXITED, CLD_KILLED, CLD_DUMPED: a child's end is told to its parent. */
static bool tells_an_end(const struct tl_event *ev)
{
	return ev->u.sig.sig == SIG_CHLD && ev->u.sig.code >= 1 && ev->u.sig.code <= 3;
}

static bool tells_of_child(const struct tl_event *ev)
{
	return ev->u.sig.sig == SIG_CHLD && ev->u.sig.code >= 1 && ev->u.sig.code <= 6;
}

/* inv 5: the first half of the signals a task ever got is kept, and the newest ones; those between
 * are counted. */
static void forget_middle(struct deeds *d)
{
	const unsigned first = TL_SIGNALS_KEPT / 2, gone = TL_SIGNALS_KEPT / 4;

	memmove(d->signals + first, d->signals + first + gone,
		(d->n_signals - first - gone) * sizeof(*d->signals));
	d->n_signals -= gone;
	d->signals_folded += gone;
}

static struct tl_signal *signal_room(struct life *life)
{
	struct deeds *d = own_deeds(life);
	struct tl_signal *v;

	if (!d)
		return NULL;
	if (d->n_signals == TL_SIGNALS_KEPT)
		forget_middle(d);
	v = array_more(&life->mem, d->signals, d->n_signals, &d->signals_cap, sizeof(*v));
	if (!v)
		return NULL;
	d->signals = v;
	v = &d->signals[d->n_signals++];
	memset(v, 0, sizeof(*v));
	return v;
}

static char state_letter(const struct life *life)
{
	switch (life->run) {
	case RUN_ON_CPU:
	case RUN_QUEUED: return 'R';
	case RUN_ASLEEP: return life->sleep_state;
	default: return 0;
	}
}

static bool same_process(const struct life *a, const struct life *b)
{
	return a == b || (a && b && a->t.process == b->t.process);
}

/* Who leads a session asked for it. */
static int8_t leads_session(const struct tl_lives *l, const struct life *life)
{
	if (life->t.asked & TL_ASKED_SESSION)
		return 1;
	return l->w.asks && life->t.born && life->t.is_leader ? 0 : -1;
}

static void fill(struct tl_lives *l, struct tl_signal *s, struct life *owner, struct life *target,
		 const struct tl_event *ev)
{
	s->seen = seen_at(ev);
	s->sig = ev->u.sig.sig;
	s->err = ev->u.sig.err;
	s->code = ev->u.sig.code;
	s->result = ev->u.sig.result;
	s->group = ev->u.sig.group;
	s->ctx = ev->ctx;
	s->losses = l->losses;
	s->stack = path_of(ev);
	s->target = life_ref(target);
	s->target_state = state_letter(target);
	s->self = same_process(owner, target);
	s->limit = s->trap = -1;
	s->leads = leads_session(l, target);
	s->owner_tgid = owner && owner->tgid_known ? owner->t.tgid : TL_PID_NONE;
	s->owner = ev->pid >= 0 ? ref_pid(l, ev->pid, ev->comm) : ref_none();
	if (!owner)
		return;
	s->owner_dead = is_dying(owner);
	s->owner_kthread = owner->t.kthread;
	s->call = call_now(l, owner);
	s->reclaim = reclaim_now(l, owner);
	s->framing = owner == target && owner->framing == 1;
	s->owner_hung = owner->hung_up || !owner->t.born;
	s->owner_argv = owner->deeds->argv;
	s->owner_cgroup = owner->deeds->cgroup;
}

/* What concerns the whole process is kept with it too, because the thread named as target may be
 * gone. Notices about children are not: they kill nobody and there is no end of them. */
static void keep_with_group(struct life *target, const struct tl_signal *s)
{
	struct affairs *g = own_affairs(target);
	struct tl_signal *v;

	if (!g || g->n_group_signals >= TL_SIGNALS_KEPT)
		return;
	v = array_more(&g->mem, g->group_signals, g->n_group_signals, &g->signals_cap, sizeof(*v));
	if (!v)
		return;
	g->group_signals = v;
	v = &g->group_signals[g->n_group_signals++];
	*v = *s;
	kin_keep(&g->mem, v);
}

static void mark_continued(struct tl_signal *list, unsigned n, const struct tl_signal *cont)
{
	for (struct tl_signal *s = list; s < list + n; s++)
		if (s->sig == SIG_HUP && s->code == BY_KERNEL && s->owner_dead &&
		    tl_ref_same(s->owner, cont->owner))
			s->continued = true;
}

/* A terminal that is hung up, and what a dying task does to a group of jobs:
 * drivers/tty/tty_jobctrl.c, kernel/exit.c */
static void hang_up(struct life *target, const struct tl_signal *s)
{
	const struct affairs *g = group_of(target)->affairs;

	if (s->code != BY_KERNEL || !s->group)
		return;
	target->hung_up |= s->sig == SIG_HUP;
	if (s->sig != SIG_CONT || !s->owner_dead)
		return;
	mark_continued(target->deeds->signals, target->deeds->n_signals, s);
	mark_continued(g->group_signals, g->n_group_signals, s);
}

void see_signal(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *owner = life_owner(l, ev);
	struct life *target = life_of(l, ev->u.sig.pid, ev->u.sig.comm, ev);
	struct tl_signal *s;

	if (!target)
		return;
	s = signal_room(target);
	if (!s)
		return;
	fill(l, s, owner, target, ev);
	if (tells_an_end(ev)) {
		if (owner == target)
			life_odd(
				l,
				N_("sender and target of a SIGCHLD share one tid: told as printed"),
				ev, ev->pid);
		if (owner)
			notice_sent(l, owner, target, ev);
	}
	if (tells_of_child(ev))
		return;
	if (owner)
		sender_sent(owner, ev->u.sig.pid, ev);
	if (owner && !s->self)
		s->ancestry = kin_ancestry(l, owner, &target->mem, &s->n_ancestry);
	if (s->group)
		keep_with_group(target, s);
	hang_up(target, s);
}

static void mark_delivered(struct tl_signal *s, const struct tl_event *ev)
{
	s->delivered = seen_at(ev);
	s->deliver_sig = ev->u.deliver.sig;
	s->handler = ev->u.deliver.handler;
	s->sa_flags = ev->u.deliver.flags;
}

/* The places where a signal for this thread may have been noted. */
struct noted {
	struct tl_signal *v;
	unsigned n;
};
#define NOTED 3

static void noted_for(const struct life *life, struct noted ret[NOTED])
{
	const struct group *p = group_of(life);
	const struct deeds *leader = p->leader && p->leader != life ? p->leader->deeds : NULL;

	ret[0] = (struct noted){life->deeds->signals, life->deeds->n_signals};
	ret[1] = (struct noted){leader ? leader->signals : NULL, leader ? leader->n_signals : 0};
	ret[2] = (struct noted){p->affairs->group_signals, p->affairs->n_group_signals};
}

/* One delivery takes every pending instance of a standard signal, one of a real-time signal. */
static bool deliver_same(struct noted list, const struct tl_event *ev)
{
	bool found = false;

	for (struct tl_signal *s = list.v; s < list.v + list.n; s++) {
		if (s->sig != ev->u.deliver.sig || !is_pending(s))
			continue;
		mark_delivered(s, ev);
		found = true;
		if (s->sig >= SIG_RT_FIRST)
			break;
	}
	return found;
}

/* The group kill has its signal already: its other threads are told 9 as well. */
static bool explains_kill(struct noted list)
{
	for (const struct tl_signal *s = list.v; s < list.v + list.n; s++)
		if (s->sig == SIG_KILL || (s->delivered.is && s->deliver_sig == SIG_KILL))
			return true;
	return false;
}

/* deliver 9 with code 0 and no SIGKILL sent: a fatal signal under the number of its group kill. */
static void deliver_as_kill(struct noted list, const struct tl_event *ev)
{
	for (struct tl_signal *s = list.v; s < list.v + list.n; s++) {
		if (!is_pending(s) || !tl_signal_kills(s->sig) || tl_signal_dumps_core(s->sig))
			continue;
		mark_delivered(s, ev);
		return;
	}
}

void see_deliver(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_owner(l, ev);
	struct tl_way *w = life ? own_way(life) : NULL;
	struct noted list[NOTED];
	bool found = false, killed = false;

	if (!w)
		return;
	w->last = (struct tl_delivery){seen_at(ev),           ev->u.deliver.sig,
				       ev->u.deliver.err,     ev->u.deliver.code,
				       ev->u.deliver.handler, ev->u.deliver.flags};
	own_death(life)->any_delivery = true;
	if (ev->u.deliver.handler > 1)
		life->framing = 2;
	noted_for(life, list);
	for (unsigned i = 0; i < NOTED; i++) {
		found |= deliver_same(list[i], ev);
		killed |= explains_kill(list[i]);
	}
	for (unsigned i = 0; i < NOTED && !found && !killed && ev->u.deliver.sig == SIG_KILL; i++)
		deliver_as_kill(list[i], ev);
	if (ev->u.deliver.sig == SIG_CHLD)
		notice_delivered(l, life, ev);
}

/* mark_oom_victim comes right behind the SIGKILL (mm/oom_kill.c __oom_kill_process). */
void see_oom_victim(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_of(l, ev->u.free.pid, ev->u.free.comm, ev);
	struct tl_way *w = life ? own_way(life) : NULL;
	struct noted list[NOTED];

	life_owner(l, ev);
	if (!w)
		return;
	w->oom = seen_at(ev);
	noted_for(life, list);
	for (unsigned i = 0; i < NOTED; i++)
		for (struct tl_signal *s = list[i].v; s < list[i].v + list[i].n; s++)
			s->oom_victim |= s->sig == SIG_KILL;
}
