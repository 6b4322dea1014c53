/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals sent and delivered. The owner of a signal_generate record is who was running, not always who sent it;
 * judging that is for why/, which needs the context kept here. signal_deliver says 9 also for a fatal TERM, HUP
 * or PIPE, because complete_signal() turned it into a group kill (kernel/signal.c), and for a sibling's
 * exit_group without any signal_generate.
 */
#include "life/life.h"

enum { SIG_CHLD = 17, SIG_KILL = 9, SIG_RT_FIRST = 32 };
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

/*
 * inv 5: the first half of the signals a task ever got is kept, and the newest ones; those between are counted.
 * Recycled nodes keep their ancestry array if it fits no more: it stays in the arena until the task goes.
 */
static struct tl_signal *signal_room(struct life *life)
{
	struct tl_task *t = &life->t;
	struct tl_signal *s, *before;

	if (t->n_signals < TL_SIGNALS_KEPT) {
		s = arena_alloc(&life->mem, sizeof(*s));
		if (!s)
			return NULL;
		if (life->sig_tail)
			life->sig_tail->next = s;
		else
			t->signals = s;
		life->sig_tail = s;
		if (++t->n_signals == TL_SIGNALS_KEPT / 2)
			life->sig_first_ring = s;
		return s;
	}
	before = life->sig_first_ring;
	s = before->next;
	before->next = s->next;
	life->sig_tail->next = s;
	life->sig_tail = s;
	*s = (struct tl_signal){};
	t->signals_folded++;
	return s;
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
	s->stack = ev->stack;
	s->target = life_ref(target);
	s->target_state = state_letter(target);
	s->self = same_process(owner, target);
	s->owner_tgid = owner && owner->tgid_known ? owner->t.tgid : TL_PID_NONE;
	s->owner = ev->pid >= 0 ? ref_pid(l, ev->pid, ev->comm) : ref_none();
	if (!owner)
		return;
	s->owner_dead = is_dying(owner);
	s->owner_kthread = owner->t.kthread;
	s->owner_argv = owner->t.argv;
	s->owner_cgroup = owner->t.cgroup;
}

/* What concerns the whole process is kept with it too, because the thread named as target may be gone. Notices
 * about children are not: they kill nobody and there is no end of them. */
static void keep_with_group(struct life *target, const struct tl_signal *s)
{
	struct group *g = group_of(target);
	struct tl_signal *copy;

	if (!g || g->n_signals >= TL_SIGNALS_KEPT || !(copy = arena_alloc(&g->mem, sizeof(*copy))))
		return;
	*copy = *s;
	copy->next = NULL;
	copy->ancestry = NULL; /* of the task's arena; the task's own record has it */
	copy->n_ancestry = 0;
	if (g->sig_tail)
		g->sig_tail->next = copy;
	else
		g->p.group_signals = copy;
	g->sig_tail = copy;
	g->n_signals++;
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
			life_odd(l, N_("sender and target of a SIGCHLD share one tid: told as printed"), ev,
				 ev->pid);
		if (owner)
			notice_sent(l, owner, target, ev);
	}
	if (tells_of_child(ev))
		return;
	if (owner && !s->self)
		s->ancestry = kin_ancestry(l, owner, &target->mem, &s->n_ancestry);
	if (s->group)
		keep_with_group(target, s);
}

static void mark_delivered(struct tl_signal *s, const struct tl_event *ev)
{
	s->delivered = seen_at(ev);
	s->deliver_sig = ev->u.deliver.sig;
	s->sa_handler = ev->u.deliver.handler;
	s->sa_flags = ev->u.deliver.flags;
}

/* One delivery takes every pending instance of a standard signal, one of a real-time signal. */
static bool deliver_same(struct tl_signal *list, const struct tl_event *ev)
{
	bool found = false;

	for (struct tl_signal *s = list; s; s = s->next) {
		if (s->sig != ev->u.deliver.sig || !is_pending(s))
			continue;
		mark_delivered(s, ev);
		found = true;
		if (s->sig >= SIG_RT_FIRST)
			break;
	}
	return found;
}

/* deliver 9 with code 0 and no SIGKILL sent: a fatal signal under the number of its group kill. */
static bool deliver_as_kill(struct tl_signal *list, const struct tl_event *ev)
{
	for (struct tl_signal *s = list; s; s = s->next) {
		if (!is_pending(s) || s->sig == SIG_CHLD || tl_signal_dumps_core(s->sig))
			continue;
		mark_delivered(s, ev);
		return true;
	}
	return false;
}

static struct tl_signal *leader_signals(const struct life *life)
{
	const struct tl_task *leader = group_of(life)->p.leader;

	return leader && leader != &life->t ? leader->signals : NULL;
}

void see_deliver(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_owner(l, ev);
	struct tl_signal *lists[3];
	bool found = false;

	if (!life)
		return;
	life->t.death.last = (struct tl_delivery){seen_at(ev), ev->u.deliver.sig, ev->u.deliver.err,
						  ev->u.deliver.code, ev->u.deliver.handler,
						  ev->u.deliver.flags};
	life->t.death.any_delivery = true;
	lists[0] = life->t.signals;
	lists[1] = leader_signals(life);
	lists[2] = group_of(life)->p.group_signals;
	for (unsigned i = 0; i < ARRAY_SIZE(lists); i++)
		found |= deliver_same(lists[i], ev);
	for (unsigned i = 0; i < ARRAY_SIZE(lists) && ev->u.deliver.sig == SIG_KILL; i++)
		if (!found)
			deliver_as_kill(lists[i], ev);
	if (ev->u.deliver.sig == SIG_CHLD)
		notice_delivered(l, life, ev);
}

/* mark_oom_victim comes right behind the SIGKILL (mm/oom_kill.c __oom_kill_process). */
void see_oom_victim(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_of(l, ev->u.free.pid, ev->u.free.comm, ev);

	life_owner(l, ev);
	if (!life)
		return;
	life->t.death.oom = seen_at(ev);
	for (struct tl_signal *s = life->t.signals; s; s = s->next)
		if (s->sig == SIG_KILL)
			s->oom_victim = true;
	for (struct tl_signal *s = group_of(life)->p.group_signals; s; s = s->next)
		if (s->sig == SIG_KILL)
			s->oom_victim = true;
}
