/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a row of causes.def cannot say with fields: comparisons between records, and other threads.
 * Each is asked after the frames agreed and where there is what its row NEEDS(), and may lower the
 * grade where a record it would like is missing.
 */
#include "why/match.h"

#define SIGNAL_KILL 9

/* Where records are missing, that there is none of a kind proves nothing. */
static bool is_unbroken(const struct question *q)
{
	return q->task && !q->task->death->losses;
}

/* ---- births ---- */

bool also_by_kworker(const struct question *q, enum tl_grade *grade)
{
	const struct tl_atom *comm = q->task ? q->task->birth.creator.comm : NULL;

	return comm && begins(comm->s, "kworker/");
}

/* A thread that called exec bears its leader's id from then on. */
static bool took_over(const struct tl_task *t)
{
	return t->n_execs && t->exec[0].old_pid > 0 && t->exec[0].old_pid != t->tid;
}

/* Only processes are told of to a parent, lie as zombies, and still bear their own id after an
 * exec. */
static bool is_proven_process(const struct tl_task *t)
{
	return !t->kthread && !took_over(t) && (t->tgid == TL_PID_NONE || t->tgid == t->tid) &&
	       (t->notice->seen.is || t->n_execs || t->death->last_state == 'Z');
}

/* Of its end nobody was told, and it was gone at once; and it called exit alone, or took a 9 that
 * nobody sent. Whose parent cares for no children ends so too, but calls exit_group. */
bool also_ended_as_thread(const struct question *q, enum tl_grade *grade)
{
	const struct tl_task *t = q->task;
	const struct tl_death *d = t ? t->death : NULL;
	const struct tl_delivery *last = t ? &d->way->last : NULL;

	if (t && !t->birth.flags_known && took_over(t))
		return true;
	if (!t || t->birth.flags_known || t->kthread || t->n_execs || t->notice->seen.is ||
	    d->last_state != 'X' || !q->w->signal || !is_unbroken(q))
		return false;
	if (stack_has(d->stack, TL_ROLE_SYS_EXIT))
		return true;
	return stack_has(d->stack, TL_ROLE_GET_SIGNAL) && d->any_delivery && last->sig == 9 &&
	       !last->code && !last->handler && !t->n_signals && !t->process->n_group_signals;
}

/* Most clones are forks, but C libraries make threads by clone3; and a process's end is told. */
static bool may_be_process(const struct question *q)
{
	const struct tl_task *t = q->task;
	bool silent = t->death->seen.is && q->w->signal && is_unbroken(q);

	return q->stack && !t->kthread && !took_over(t) && !silent &&
	       (t->tgid == TL_PID_NONE || t->tgid == t->tid) &&
	       !stack_has(q->stack, TL_ROLE_SYS_CLONE3);
}

/* A process whose creator went on: not by vfork(). */
bool also_process(const struct question *q, enum tl_grade *grade)
{
	const struct tl_birth *b = q->task ? &q->task->birth : NULL;

	at_best(grade, TL_GUESSED);
	if (!b)
		return true;
	if (b->creator_slept == 'D')
		return false;
	if (!is_proven_process(q->task))
		return may_be_process(q);
	if (b->creator_slept)
		*grade = TL_DEDUCED;
	return true;
}

/* Its creator slept at once, as one does that waits for an exec; a page that is fetched looks the
 * same. */
bool also_waited_for(const struct question *q, enum tl_grade *grade)
{
	const struct tl_task *t = q->task;

	return t && !t->birth.flags_known && t->birth.creator_slept == 'D' && is_proven_process(t);
}

/* Its process bears another id, and it did not take that over by an exec. */
bool also_of_another_process(const struct question *q, enum tl_grade *grade)
{
	const struct tl_task *t = q->task;

	return t && !t->birth.flags_known && t->tgid != TL_PID_NONE && t->tgid != t->tid;
}

/* Memory shared, but neither a thread nor a parent that waits; or flags not seen at all. */
bool also_other_clone(const struct question *q, enum tl_grade *grade)
{
	const struct tl_birth *b = q->task ? &q->task->birth : NULL;

	if (b && b->flags_known)
		return (b->clone_flags & (TL_CLONE_VM | TL_CLONE_VFORK | TL_CLONE_THREAD |
					  TL_CLONE_UNTRACED)) == TL_CLONE_VM;
	at_best(grade, TL_GUESSED);
	return q->task && q->stack;
}

/* ---- deaths ---- */

/* Neither its delivery was seen, nor a path or a word of how it ended, and records were lost:
 * sigwait() may have taken it. */
static bool is_hearsay(const struct question *q)
{
	return q->task && !is_unbroken(q) && !q->d->sd && !q->stack && !q->d->told_signal;
}

/* The number of a signal that dumps core, if that is what killed; 0 otherwise. */
static int core_signal(const struct question *q, enum tl_grade *grade)
{
	const struct death_facts *d = q->d;

	if (d->sd)
		return tl_signal_dumps_core(d->sd->sig) ? d->sd->sig : 0;
	if (!d->fatal || !tl_signal_dumps_core(d->fatal->sig) || is_hearsay(q))
		return 0;
	at_best(grade, q->stack || d->told_signal ? TL_DEDUCED : TL_GUESSED);
	return d->fatal->sig;
}

bool also_core_dumped(const struct question *q, enum tl_grade *grade)
{
	return core_signal(q, grade) && q->d->core == 1;
}

bool also_core_signal(const struct question *q, enum tl_grade *grade)
{
	return core_signal(q, grade);
}

static int status_signal(const struct tl_task *task)
{
	const struct tl_death *d = task ? task->death : NULL;

	return d && d->status_known && !d->status_from_call ? d->status & 0x7f : 0;
}

/* A group's end is delivered as 9 to each thread, whatever it was: another status is that of the
 * thread that decided. */
static bool took_anothers_end(const struct question *q)
{
	const struct death_facts *d = q->d;

	return q->task && d->sd && d->sd->sig == SIGNAL_KILL && !d->sd->code && !d->fatal &&
	       q->task->death->status_known && !q->task->death->status_from_call &&
	       status_signal(q->task) != SIGNAL_KILL;
}

/* Without clone flags threads pass for processes of their own. */
static bool knows_threads(const struct question *q)
{
	return q->w->newtask || q->w->side;
}

bool also_peer_crash(const struct question *q, enum tl_grade *grade)
{
	const struct death_facts *d = q->d;

	if (!d->crash_seen)
		at_best(grade, TL_DEDUCED);
	return d->crashed || (took_anothers_end(q) && tl_signal_dumps_core(status_signal(q->task)));
}

bool also_peer_exec(const struct question *q, enum tl_grade *grade)
{
	return q->d->exec_after && !q->d->crashed;
}

/* io_uring's and vhost's, by the flags that only create_io_thread and vhost_task_create use. */
static bool is_worker(const struct tl_task *task)
{
	const struct tl_birth *b = task ? &task->birth : NULL;
	const uint64_t flags = b && b->flags_known ? b->clone_flags & ~0xffull : 0;

	return flags == 0x80810f00 || flags == 0x810b00;
}

/* A 9 that nobody sent is an exit_group, an exec or a crash of a peer; without the others it is the
 * first. Workers take it too, but end by themselves. */
bool also_peer_exit(const struct question *q, enum tl_grade *grade)
{
	const struct death_facts *d = q->d;

	if (!d->zapped || is_worker(q->task) || d->crashed || d->exec_after)
		return false;
	if (d->told_signal && !d->leader_out)
		return false;
	if (d->leader_out)
		return true;
	at_best(grade, TL_DEDUCED);
	return d->sd && q->w->signal && q->w->deliver && q->w->exec && is_unbroken(q) &&
	       knows_threads(q) &&
	       (d->told_exit || q->task->process->ended);
}

bool also_oom(const struct question *q, enum tl_grade *grade)
{
	const struct death_facts *d = q->d;

	return d->fatal->sig == SIGNAL_KILL && d->source && begins(d->source->id, "oom");
}

bool also_own_number(const struct question *q, enum tl_grade *grade)
{
	const struct tl_delivery *sd = q->d->sd;

	return sd->sig != SIGNAL_KILL && !tl_signal_dumps_core(sd->sig);
}

bool also_group_signal(const struct question *q, enum tl_grade *grade)
{
	const struct death_facts *d = q->d;

	if (d->fatal->sig == SIGNAL_KILL || tl_signal_dumps_core(d->fatal->sig))
		return false;
	if (d->sd)
		return d->sd->sig == SIGNAL_KILL;
	if (is_hearsay(q))
		return false;
	/* no delivery seen: the path proves that a signal killed, this one is the likely one */
	at_best(grade, q->stack || d->told_signal ? TL_DEDUCED : TL_GUESSED);
	return true;
}

bool also_sigkill(const struct question *q, enum tl_grade *grade)
{
	const struct death_facts *d = q->d;

	if (d->fatal->sig != SIGNAL_KILL)
		return false;
	if (!q->stack && !d->sd)
		at_best(grade, TL_DEDUCED); /* queued, and no task survives it */
	return true;
}

/* Whoever was there from its birth on was seen to be sent what killed it, unless that was meant for
 * another thread. */
static bool sent_nothing(const struct question *q)
{
	return q->w->signal && q->task->birth.seen.is &&
	       !(q->d->sd && (q->d->sd->sig != SIGNAL_KILL || q->d->sd->code));
}

/* A 9 that says nothing of who sent it, as who is taken along takes it; or none was seen. */
static bool is_unnamed(const struct death_facts *d)
{
	return !d->sd || (d->sd->sig == SIGNAL_KILL && !d->sd->code);
}

/* Not known to be alone in its process, and nothing says which signal it was. Where records were
 * lost, threads may have been born there. */
static bool maybe_taken_along(const struct question *q)
{
	const struct death_facts *d = q->d;

	return d->zapped || sent_nothing(q) || d->told_exit ||
	       ((q->task->tgid == TL_PID_NONE || !is_unbroken(q)) && is_unnamed(d));
}

static bool all_taken_along(const struct tl_process *p)
{
	for (unsigned i = 0; p && i < p->n_leavers; i++)
		if (!taken_along(&p->leaver[i]))
			return false;
	return p && p->ended && p->n_leavers == p->n_threads && !p->leavers_more;
}

static bool maybe_unsent(const struct question *q)
{
	return is_unnamed(q->d) && (!is_unbroken(q) || (q->d->sd && sent_nothing(q)));
}

/*
 * What its process was told to have died of is that of the thread that crashed, where somebody did;
 * of a signal for all of them each takes a 9.
 */
static bool maybe_anothers(const struct question *q)
{
	const struct death_facts *d = q->d;
	int sig = status_signal(q->task);

	if (!q->task || !d->told_signal)
		return false;
	if (is_alone(q->task) && is_process(q->task) &&
	    ((knows_threads(q) && is_unbroken(q)) || !maybe_unsent(q)))
		return false;
	if (d->fatal || d->of_process || (d->sd && d->sd->sig != SIGNAL_KILL))
		return false;
	if (sig)
		return tl_signal_dumps_core(sig);
	return !knows_threads(q) || !is_unbroken(q) || !all_taken_along(q->task->process);
}

/* The path alone: the last resort of deaths by signal, never above a row that knows more. */
bool also_path_only(const struct question *q, enum tl_grade *grade)
{
	const struct death_facts *d = q->d;
	bool known = d->fatal || (d->sd && d->sd->sig != SIGNAL_KILL) ||
		     (d->zapped && (d->crashed || d->exec_after || d->leader_out));
	enum tl_grade ignored = TL_OBSERVED;

	if (maybe_anothers(q))
		return false;
	if (q->task && !d->told_signal && !d->fatal && maybe_taken_along(q)) {
		/* threads of one process die on this path without a signal of their own, too */
		if (d->told_exit || q->w->signal)
			return false;
		at_best(grade, TL_GUESSED);
	}
	if (known || (q->task && also_peer_exit(q, &ignored)))
		at_best(grade, TL_GUESSED);
	return true;
}

/* A status is told by BPF alone, since 5.5; by then whoever is killed, with its process too, takes
 * a signal first (3da0f4a34 v5.2), which a trace of deliveries shows. */
static bool took_no_signal(const struct question *q)
{
	const struct tl_death *d = q->task ? q->task->death : NULL;

	return d && !q->stack && !q->d->sd && !q->d->fatal && q->w->signal && q->w->deliver &&
	       is_unbroken(q) && d->status_known && !d->status_from_call && !q->task->kthread;
}

/* 9 and 31 are what seccomp ends with; an oops ends with 11. */
bool also_silent_kill(const struct question *q, enum tl_grade *grade)
{
	int sig = q->task ? q->task->death->status & 0x7f : 0;

	return took_no_signal(q) && is_alone(q->task) && is_process(q->task) &&
	       (sig == SIGNAL_KILL || sig == 31);
}

bool also_silent_thread_kill(const struct question *q, enum tl_grade *grade)
{
	return took_no_signal(q) && !is_alone(q->task) && (q->task->death->status & 0x7f) == 31;
}

bool also_ended_others(const struct question *q, enum tl_grade *grade)
{
	const struct tl_leaver *l =
		took_no_signal(q) && !is_alone(q->task) ? ender_of(q->task->process) : NULL;

	return l && tl_ref_same(l->who, tl_ref_of(q->task));
}

/* No path, or what is left of one (arm 6.1): the door of system calls, where seccomp stands. */
static bool is_cut(const struct tl_stack *stack)
{
	return !stack || stack->frame[0].role == TL_ROLE_TRAP_SYSCALL;
}

/* Neither called exit nor took a signal, and had put itself under seccomp, or who made it had: a
 * bug of the kernel would look the same. */
static bool vanished(const struct question *q, enum tl_confined how)
{
	const struct tl_death *d = q->task ? q->task->death : NULL;

	return d && is_cut(q->stack) && !q->d->sd && !q->d->fatal && q->w->signal &&
	       q->w->deliver && q->w->calls && is_unbroken(q) && q->w->arch == TL_ARCH_ARM &&
	       q->task->birth.seen.is && !q->task->kthread && !d->status_known &&
	       !d->way->exit_call.is && !q->d->told_exit && q->task->confined == how;
}

bool also_vanished_strict(const struct question *q, enum tl_grade *grade)
{
	return vanished(q, TL_CONFINED_STRICT) && is_alone(q->task) && q->d->told_signal;
}

bool also_vanished_filter(const struct question *q, enum tl_grade *grade)
{
	return vanished(q, TL_CONFINED_FILTER) && is_alone(q->task) && q->d->told_signal;
}

#define LIVED_ON_NS 50000000

/* Nothing of how the others ended, or of an exec that would end them, was under way when this one
 * died. */
static bool left_first(const struct question *q)
{
	const struct tl_process *p = q->task->process;
	tl_ns died = q->task->death->seen.t;

	if (!q->w->calls || p->leavers_more || (p->execed.is && p->execed.t > died))
		return false;
	for (unsigned i = 0; i < p->n_leavers; i++) {
		const struct tl_leaver *l = &p->leaver[i];
		tl_ns began = l->exit_call.is   ? l->exit_call.t
			      : l->any_delivery ? l->last.seen.t
						: l->seen.t;

		if (l->who.tid != q->task->tid && began <= died)
			return false;
	}
	return true;
}

/* It may have called exit_group where threads were taken along behind it, and nobody else left by
 * himself after it. */
static bool maybe_ender(const struct question *q)
{
	const struct tl_process *p = q->task->process;
	bool others = p->leavers_more;

	for (unsigned i = 0; i < p->n_leavers; i++) {
		const struct tl_leaver *l = &p->leaver[i];

		if (l->who.tid == q->task->tid || l->seen.t < q->task->death->seen.t)
			continue;
		if (left_alone(l))
			return false;
		others |= taken_along(l);
	}
	return others;
}

/* Who leaves while all others are leaving too may have called exit_group: a thread that died 50 ms
 * before its process did not. */
static bool lived_on(const struct question *q)
{
	const struct tl_process *p = q->task->process;

	return p->ended && p->end.t != TL_NS_NONE &&
	       p->end.t - q->task->death->seen.t > LIVED_ON_NS && !maybe_ender(q);
}

bool also_left_others(const struct question *q, enum tl_grade *grade)
{
	if (!took_no_signal(q) || is_alone(q->task) || q->task->death->status & 0x7f ||
	    q->task->tgid == q->task->tid)
		return false;
	return lived_on(q);
}

bool also_vanished_thread(const struct question *q, enum tl_grade *grade)
{
	return vanished(q, TL_CONFINED_FILTER) && !is_alone(q->task) &&
	       q->task->tgid != q->task->tid &&
	       (lived_on(q) || (q->task->process->ended && left_first(q)));
}

/* The last of its process to go, by itself: with it the process ended. */
static bool ended_last(const struct question *q)
{
	const struct tl_process *p = q->task ? q->task->process : NULL;

	return took_no_signal(q) && p && p->ended &&
	       (q->task->tgid != TL_PID_NONE || is_process(q->task)) && q->task->death->seen.is &&
	       q->task->death->seen.place == p->end.place && !(q->task->death->status & 0x7f) &&
	       !ender_of(p);
}

/* Of its birth nothing was seen, and it may have been among what is lost: a worker or a helper of
 * the kernel. */
static bool may_be_anything(const struct question *q)
{
	const struct tl_task *t = q->task;

	return t && !t->birth.seen.is && !t->n_execs && !is_unbroken(q);
}

bool also_told_signal(const struct question *q, enum tl_grade *grade)
{
	const struct death_facts *d = q->d;

	/* nobody sent one, or it took none: then it was no signal of its own, whatever its parent
	 * was told */
	if (!d->sd && !d->fatal && (q->w->signal || q->w->deliver) && q->task &&
	    (q->task->birth.seen.is || !is_unbroken(q)))
		return false;
	if (took_anothers_end(q) || maybe_anothers(q))
		return false;
	return !q->stack && !(d->zapped && (d->crashed || d->leader_out));
}

/* The others went on, and were killed: of a leader that was gone before, its parent is told how
 * that left (kernel/exit.c release_task). */
static bool killed_after(const struct tl_task *t)
{
	const struct tl_process *p = t->process;

	for (unsigned i = 0; i < p->n_group_signals; i++)
		if (is_queued(&p->group_signals[i]) && tl_signal_kills(p->group_signals[i].sig) &&
		    p->group_signals[i].seen.t > t->death->seen.t)
			return true;
	return false;
}

/* Of a process with threads its parent is told how one of them ended it: this one, where all others
 * were taken along. */
static bool maybe_another_exited(const struct question *q)
{
	const struct tl_task *t = q->task;
	const struct tl_process *p = t ? t->process : NULL;

	if (!t || is_alone(t))
		return false;
	if (killed_after(t))
		return true;
	if (q->d->of_process)
		return false;
	for (unsigned i = 0; i < p->n_leavers; i++)
		if (p->leaver[i].who.tid != t->tid && !taken_along(&p->leaver[i]))
			return true;
	return !q->w->deliver || !is_unbroken(q) || p->leavers_more || p->n_leavers < p->n_threads;
}

bool also_told_exit(const struct question *q, enum tl_grade *grade)
{
	/* a helper of the kernel that runs no program did not call exit */
	if (q->task && !q->task->n_execs && also_by_kworker(q, grade))
		return false;
	if (may_be_anything(q))
		return false;
	/* workers of io_uring are born without a fork record; no parent is told of them, but they
	 * may tell of their leader */
	if (q->task && !q->task->birth.seen.is &&
	    (!q->d->notice || (q->w->side && q->w->fork && !q->w->newtask)))
		return false;
	return ((q->d->told_exit && !maybe_another_exited(q)) || ended_last(q)) && !q->stack &&
	       !q->d->sd && !(q->d->zapped && q->d->leader_out);
}

static bool left_by_call(const struct question *q)
{
	return !q->stack && !q->d->sd;
}

bool also_exit_call(const struct question *q, enum tl_grade *grade)
{
	return left_by_call(q) && q->task->death->exit_group_called;
}

bool also_thread_call(const struct question *q, enum tl_grade *grade)
{
	return left_by_call(q) && !q->task->death->exit_group_called;
}

/* Helpers of the kernel begin as its threads too, but are made by a kworker. */
bool also_kthreadds_child(const struct question *q, enum tl_grade *grade)
{
	return q->task && !q->stack && q->task->birth.creator.tid == 2 && !q->task->n_execs;
}

/* No path, or one that lost the frames that every death has (arm 6.1). */
static bool is_pathless(const struct question *q)
{
	return !stack_has(q->stack, TL_ROLE_DO_EXIT);
}

bool also_worker(const struct question *q, enum tl_grade *grade)
{
	return is_pathless(q) && is_worker(q->task);
}

bool also_helper_without_exec(const struct question *q, enum tl_grade *grade)
{
	const struct tl_birth *b = q->task ? &q->task->birth : NULL;
	const uint64_t by_kernel = TL_CLONE_VM | TL_CLONE_UNTRACED;

	return b && is_pathless(q) && q->w->exec && is_unbroken(q) && !q->task->n_execs &&
	       !q->d->sd && b->flags_known && (b->clone_flags & by_kernel) == by_kernel &&
	       also_by_kworker(q, grade);
}

/* The name printed cannot be; that it stands behind the right one in memory is the conclusion. */
bool also_by_neighbour(const struct question *q, enum tl_grade *grade)
{
	at_best(grade, TL_DEDUCED);
	return true;
}

bool also_nothing_else(const struct question *q, enum tl_grade *grade)
{
	at_best(grade, TL_GUESSED);
	return true;
}
