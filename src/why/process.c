/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why a process ended: the cause of the thread that decided it, which is neither always its leader
 * nor the last to leave.
 *
 * A thread decides for all when it calls exit_group, when a signal with a deadly default action is
 * taken by it, or when a seccomp filter ends the process. The first such decision in time counts.
 * Where nobody decided (every thread called exit, or ended by something that concerns a thread
 * alone) the last to leave did.
 */
#include <string.h>

#include "base/guard.h"
#include "why/verdict.h"

struct dead {
	struct tl_death death;
	struct tl_way way;
};

/* What a life of that thread would hold, from what its process remembers. */
static struct tl_task task_of(const struct tl_leaver *l, const struct tl_task *leader,
			      struct dead *dead)
{
	struct tl_way *way = &dead->way;
	struct tl_task t = {
		.tid = l->who.tid,
		.tgid = leader->tgid,
		.generation = l->who.generation,
		.comm = l->who.comm,
		.kthread = leader->kthread,
		.process = leader->process,
		.signals = (struct tl_signal *)l->own,
		.n_signals = l->n_own,
		.death = &dead->death,
		.notice = leader->tid == l->who.tid ? leader->notice : &tl_no_notice,
		.reap = &tl_no_reap,
		.sched = &tl_no_sched,
	};

	*way = (struct tl_way){
		.coredump = l->coredump,
		.exit_call = l->exit_call,
		.last = l->last,
	};
	dead->death = (struct tl_death){
		.seen = l->seen,
		.way = way,
		.stack = l->stack,
		.group_dead = -1,
		.any_delivery = l->any_delivery,
		.status_known = l->status_known,
		.status = l->status,
		.status_from_call = l->status_from_call,
		.unwanted = -1,
		.exit_group_called = l->exit_group_called,
		.losses = l->losses,
	};
	if (l->seen.kind == TL_EV_FUNC)
		way->do_exit = l->seen;
	return t;
}

static bool is_leader(const struct tl_leaver *l, const struct tl_task *leader)
{
	return tl_ref_same(l->who, tl_ref_of(leader));
}

/* When this thread decided for all of them; TL_NS_NONE: it did not. */
static tl_ns decided_at(const struct tl_task *task, const struct tl_witnesses *w,
			const struct death_facts *d)
{
	struct question q = {.task = task, .stack = path_told(task->death->stack), .w = w, .d = d};
	const struct tl_death *death = task->death;
	enum tl_grade grade;
	const struct tl_cause *row = match_first(TL_CAUSE_DEATH, &q, &grade);

	if (cause_is(row, "exit"))
		return death->way->do_exit.is ? death->way->do_exit.t : death->seen.t;
	if (cause_is(row, "signal"))
		return d->sd && d->sd->sig != 9 ? d->sd->seen.t
		       : d->fatal               ? d->fatal->seen.t
						: death->seen.t;
	if (cause_is(row, "seccomp") && stack_has(death->stack, TL_ROLE_DO_GROUP_EXIT))
		return death->seen.t;
	return TL_NS_NONE;
}

struct decision {
	const struct tl_leaver *by;
	tl_ns t;
};

static struct decision first_decision(const struct tl_task *leader, const struct tl_witnesses *w)
{
	const struct tl_process *p = leader->process;
	struct decision first = {};

	for (unsigned i = 0; i < p->n_leavers; i++) {
		struct tl_task other;
		struct dead dead;
		const struct tl_task *task = leader;
		struct death_facts d;
		tl_ns t;

		if (!is_leader(&p->leaver[i], leader)) {
			other = task_of(&p->leaver[i], leader, &dead);
			task = &other;
		}
		death_facts_of(task, w, &d);
		t = decided_at(task, w, &d);
		if (t != TL_NS_NONE && (!first.by || t < first.t))
			first = (struct decision){ &p->leaver[i], t };
	}
	return first;
}

#define CLD_DUMPED_CODE 3

/* Exit code and core are the process's: any thread's status has them, the decider's own may be
 * missing. */
static void share_status(const struct tl_task *leader, struct tl_death_verdict *v)
{
	const struct tl_process *p = leader->process;
	const struct tl_death *d = leader->death;

	if (cause_is(v->cause.row, "exit") && !v->exit_code_known && d->status_known &&
	    !d->status_from_call && !(d->status & 0x7f)) {
		v->exit_code_known = true;
		v->exit_code = d->status >> 8 & 0xff;
	}
	for (unsigned i = 0; i < p->n_leavers && v->core_dumped < 0; i++)
		if (p->leaver[i].status_known && !p->leaver[i].status_from_call)
			v->core_dumped = !!(p->leaver[i].status & 0x80);
	if (cause_is(v->cause.row, "signal") && !v->signal && d->status_known &&
	    !d->status_from_call)
		v->signal = d->status & 0x7f;
	if (v->core_dumped < 0 && leader->notice->seen.is &&
	    leader->notice->code == CLD_DUMPED_CODE)
		v->core_dumped = 1;
}

/* Nobody is known to have decided, but the parent was told how it ended. */
static void as_told(const struct tl_task *leader, const struct tl_witnesses *w, struct arena *mem,
		    struct tl_process_verdict *ret)
{
	struct tl_task silent = *leader;
	struct tl_death pathless = *leader->death;
	struct death_facts d;

	pathless.stack = NULL;
	pathless.any_delivery = false;
	silent.death = &pathless;
	death_facts_of(&silent, w, &d);
	d.zapped = false;
	d.of_process = true;
	if (!d.told_exit && !d.told_signal)
		return;
	death_verdict(&silent, w, mem, &d, &ret->v);
	ret->decided_by = (struct tl_ref){ .tid = TL_PID_NONE };
}

static bool is_unknown(const struct tl_finding *f)
{
	return !f->row || cause_is(f->row, "unknown") || begins(f->row->id, "peer_");
}

void tl_why_process(const struct tl_task *leader, const struct tl_death_verdict *own,
		    const struct tl_witnesses *w, struct arena *mem, struct tl_process_verdict *ret)
{
	const struct tl_process *p = leader->process;
	struct decision first;

	*ret = (struct tl_process_verdict){ .decided_by = { .tid = TL_PID_NONE } };
	ret->v.by = ret->v.trigger = (struct tl_ref){ .tid = TL_PID_NONE };
	ret->v.core_dumped = -1;
	if (!p || !p->ended)
		return;
	ret->ended = true;
	ret->end = p->end;
	/* of one thread there is nothing to decide */
	first = p->n_leavers > 1 ? first_decision(leader, w) : (struct decision){};
	if (!first.by && p->n_leavers)
		first.by = &p->leaver[p->n_leavers - 1];
	if (first.by && !is_leader(first.by, leader)) {
		struct dead dead;
		struct tl_task other = task_of(first.by, leader, &dead);

		tl_why_death(&other, w, mem, &ret->v);
		ret->decided_by = first.by->who;
	} else {
		if (own)
			ret->v = *own;
		else
			tl_why_death(leader, w, mem, &ret->v);
		ret->decided_by = tl_ref_of(leader);
	}
	if (is_unknown(&ret->v.cause))
		as_told(leader, w, mem, ret);
	share_status(leader, &ret->v);
}
