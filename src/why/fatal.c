/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of a death before the rows are asked: which signal killed, whether the task was
 * only taken along when its process ended, who of its threads decided that.
 *
 * Why signal_deliver alone misleads (kernel/signal.c): a fatal signal that dumps no core is turned
 * into a group kill by complete_signal(), and every thread then reports a delivery of 9, whatever
 * was sent. Signals that dump core, and those that waited because the task was stopped or had them
 * blocked, keep their number. Threads taken along by exit_group, exec or a crash report a 9 for
 * which nobody sent anything.
 */
#include <string.h>

#include "why/match.h"

#define SIGNAL_KILL 9
enum { CLD_EXITED_CODE = 1, CLD_KILLED_CODE = 2, CLD_DUMPED_CODE = 3 };

/*
 * do_exit and who called it is all the function tracer says without func_stack_trace: do_group_exit
 * is called for exit_group and for signals alike, and up to 6.3 it is what stands behind sys_exit
 * on ARM.
 */
const struct tl_stack *path_told(const struct tl_stack *stack)
{
	for (unsigned i = 0; stack && i < stack->n; i++)
		if (stack->frame[i].role != TL_ROLE_DO_EXIT &&
		    stack->frame[i].role != TL_ROLE_DO_GROUP_EXIT)
			return stack;
	return NULL;
}

bool is_queued(const struct tl_signal *s)
{
	return s->result == 0 || s->result == 2 || s->result == 4;
}

bool left_by_exit_group(const struct tl_stack *stack)
{
	if (!stack || on_signal_path(stack))
		return false;
	if (stack_has(stack, TL_ROLE_SYS_EXIT_GROUP))
		return true;
	for (unsigned i = 1; i < stack->n; i++)
		if (stack->frame[i - 1].role == TL_ROLE_DO_GROUP_EXIT)
			return stack->frame[i].mark == TL_FM_DOUBTFUL ||
			       stack->frame[i].role == TL_ROLE_AFTER_EXIT_GROUP;
	return false;
}

/* The moment after which nothing can be the cause. */
static tl_ns died_at(const struct tl_task *task)
{
	const struct tl_death *d = task->death;

	return d->way->do_exit.is ? d->way->do_exit.t : d->seen.t;
}

static bool kills_by_default(const struct tl_delivery *d)
{
	return d->seen.is && !d->handler && tl_signal_kills(d->sig);
}

static const struct tl_delivery *fatal_delivery(const struct tl_task *task)
{
	const struct tl_death *d = task->death;

	const struct tl_way *w = d->way;

	if (!d->any_delivery || !kills_by_default(&w->last))
		return NULL;
	if (w->exit_call.is && w->exit_call.t > w->last.seen.t)
		return NULL; /* it lived on and left by itself */
	return &w->last;
}

/* ---- what its parent and its status say ---- */

static int8_t notice_code(const struct tl_task *task)
{
	const struct tl_notice *n = task->notice;

	return n->seen.is && n->code >= CLD_EXITED_CODE && n->code <= CLD_DUMPED_CODE
		       ? (int8_t)n->code
		       : 0;
}

static bool has_status(const struct tl_death *d)
{
	return d->status_known && !d->status_from_call;
}

bool is_alone(const struct tl_task *task)
{
	const struct tl_process *p = task->process;

	return !p || (p->n_threads <= 1 && !p->threads_more &&
		      (task->tgid == task->tid || task->tgid == TL_PID_NONE));
}

/* Only of a process is a parent told, and only its leader bears its id. */
bool is_process(const struct tl_task *task)
{
	return task->tgid == task->tid || task->notice->seen.is;
}

static void what_was_told(const struct tl_task *task, struct death_facts *d)
{
	d->notice = notice_code(task);
	if (has_status(task->death)) {
		d->told_signal = task->death->status & 0x7f;
		d->told_exit =
			!d->told_signal && is_alone(task) && is_process(task) && !task->kthread;
		d->core = d->told_signal ? !!(task->death->status & 0x80) : 0;
		return;
	}
	d->told_signal = d->notice == CLD_KILLED_CODE || d->notice == CLD_DUMPED_CODE;
	d->told_exit = d->notice == CLD_EXITED_CODE;
	/* do_coredump runs for every such signal and may write nothing (RLIMIT_CORE, core_pattern):
	 * no proof */
	d->core = -1;
	if (d->notice == CLD_DUMPED_CODE)
		d->core = 1;
	else if (d->notice && is_alone(task))
		d->core = 0; /* with threads the notice may say 2 although a core was written */
}

/* ---- the signal that killed ---- */

/* Could this signal be the one, given the delivery that killed and what was told? */
static bool fits(const struct tl_task *task, const struct death_facts *d, const struct tl_signal *s)
{
	if (!is_queued(s) || !tl_signal_kills(s->sig) || s->seen.t > died_at(task))
		return false;
	if (s->delivered.is && s->handler)
		return false; /* handled */
	if (has_status(task->death) && (task->death->status & 0x7f) != s->sig)
		return false;
	if (d->told_exit)
		return false;
	if (!d->sd)
		return true;
	if (s->seen.t > d->sd->seen.t)
		return false;
	if (d->sd->sig != SIGNAL_KILL)
		return s->sig == d->sd->sig;
	return s->sig == SIGNAL_KILL || !tl_signal_dumps_core(s->sig);
}

/*
 * The latest that fits: once a fatal signal was taken, newer kernels ignore all that follow, and
 * one that is older and still pending was blocked.
 */
#define ALREADY_PENDING 2

/* One more of a number that is pending in the same queue brings nothing: what is taken tells of the
 * first. */
static bool adds_nothing(const struct tl_signal *s, const struct tl_signal *before)
{
	return s->result == ALREADY_PENDING && before && before->sig == s->sig &&
	       before->group == s->group;
}

static void latest(const struct tl_task *task, struct death_facts *d, const struct tl_signal *list,
		   unsigned n, bool others)
{
	for (const struct tl_signal *s = list; s < list + n; s++) {
		/* a thread's own core signal kills that thread, and the others as its peers */
		if (!fits(task, d, s) || (others && tl_signal_dumps_core(s->sig)))
			continue;
		if (!d->fatal || (s->seen.t > d->fatal->seen.t && !adds_nothing(s, d->fatal)))
			d->fatal = s;
	}
}

static bool is_me(const struct tl_task *task, const struct tl_leaver *l)
{
	return tl_ref_same(l->who, tl_ref_of(task));
}

static void find_fatal(const struct tl_task *task, struct death_facts *d)
{
	const struct tl_process *p = task->process;

	latest(task, d, task->signals, task->n_signals, false);
	if (!p)
		return;
	latest(task, d, p->group_signals, p->n_group_signals, false);
	for (unsigned i = 0; i < p->n_leavers; i++)
		if (!is_me(task, &p->leaver[i]))
			latest(task, d, p->leaver[i].own, p->leaver[i].n_own, true);
}

/* ---- the other threads ---- */

static bool crashed(const struct tl_leaver *l)
{
	return l->coredump.is ||
	       (l->any_delivery && kills_by_default(&l->last) && tl_signal_dumps_core(l->last.sig));
}

/* Nothing was seen of how it took it: it was sent such a signal to itself alone, left by one, and
 * was told to have died of it. */
static bool seems_crashed(const struct tl_leaver *l)
{
	int told = l->status_known && !l->status_from_call ? l->status & 0x7f : 0;

	if (l->any_delivery || !(told || on_signal_path(l->stack)))
		return false;
	for (unsigned i = 0; i < l->n_own; i++)
		if (is_queued(&l->own[i]) && tl_signal_dumps_core(l->own[i].sig) &&
		    (!told || told == l->own[i].sig))
			return true;
	return false;
}

bool taken_along(const struct tl_leaver *l)
{
	return l->any_delivery && kills_by_default(&l->last) && l->last.sig == SIGNAL_KILL &&
	       !l->last.code;
}

bool left_alone(const struct tl_leaver *l)
{
	return !path_told(l->stack) && l->status_known && !l->status_from_call &&
	       !(l->status & 0x7f) && !(l->any_delivery && kills_by_default(&l->last));
}

const struct tl_leaver *ender_of(const struct tl_process *p)
{
	const struct tl_leaver *one = NULL;
	bool others = false;

	for (unsigned i = 0; i < p->n_leavers && !p->leavers_more; i++) {
		others |= taken_along(&p->leaver[i]);
		if (!left_alone(&p->leaver[i]))
			continue;
		if (one)
			return NULL;
		one = &p->leaver[i];
	}
	return others ? one : NULL;
}

static bool called_exit_group(const struct tl_process *p, const struct tl_leaver *l)
{
	return left_by_exit_group(l->stack) ||
	       (!path_told(l->stack) && (l->exit_group_called || ender_of(p) == l));
}

static void find_peers(const struct tl_task *task, struct death_facts *d)
{
	const struct tl_process *p = task->process;

	if (!p || d->fatal || (d->sd && (d->sd->sig != SIGNAL_KILL || d->sd->code != 0)))
		return;
	if (!d->sd && !on_signal_path(task->death->stack))
		return;
	d->zapped = !is_alone(task);
	d->exec_after = p->execed.is && p->execed.t >= died_at(task);
	for (unsigned i = 0; i < p->n_leavers; i++) {
		const struct tl_leaver *l = &p->leaver[i];

		if (is_me(task, l))
			continue;
		if (!d->crash_seen && (crashed(l) || (!d->crashed && seems_crashed(l)))) {
			d->crashed = l;
			d->crash_seen = crashed(l);
		}
		if (!d->leader_out && called_exit_group(p, l))
			d->leader_out = l;
	}
}

/* Its delivery was not seen, so a handler may have taken it; who called exit_group, or crashed, had
 * not been killed. */
static bool is_doubtful(const struct tl_task *task, const struct death_facts *d)
{
	const struct tl_process *p = task->process;

	if (!d->fatal || d->sd || d->fatal->sig == SIGNAL_KILL || is_alone(task) ||
	    has_status(task->death))
		return false;
	for (unsigned i = 0; i < p->n_leavers; i++)
		if (!is_me(task, &p->leaver[i]) &&
		    (crashed(&p->leaver[i]) || called_exit_group(p, &p->leaver[i])))
			return true;
	return false;
}

static bool another_fits(const struct tl_task *task, const struct death_facts *d,
			 const struct tl_signal *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (list[i].sig != d->fatal->sig && fits(task, d, &list[i]))
			return true;
	return false;
}

/* No delivery was seen, and of two that may have waited any may have been let in. SIGKILL waits for
 * nobody. */
static bool is_one_of_two(const struct tl_task *task, const struct death_facts *d)
{
	const struct tl_process *p = task->process;

	if (!d->fatal || d->sd || d->fatal->sig == SIGNAL_KILL || has_status(task->death))
		return false;
	return another_fits(task, d, task->signals, task->n_signals) ||
	       (p && another_fits(task, d, p->group_signals, p->n_group_signals));
}

void death_facts_of(const struct tl_task *task, const struct tl_witnesses *w,
		    struct death_facts *ret)
{
	enum tl_grade grade;

	*ret = (struct death_facts){ .core = -1 };
	ret->sd = fatal_delivery(task);
	what_was_told(task, ret);
	/* a task that left by a path of its own was not killed, whatever was pending */
	if (!path_told(task->death->stack) || on_signal_path(task->death->stack))
		find_fatal(task, ret);
	if (is_doubtful(task, ret) || is_one_of_two(task, ret))
		ret->fatal = NULL;
	if (ret->fatal) {
		struct question q = {
			.task = task, .sig = ret->fatal, .stack = ret->fatal->stack, .w = w};

		ret->source = match_first(TL_CAUSE_SOURCE, &q, &grade);
	}
	find_peers(task, ret);
}

/* Clone flags that only the kernel gives: of its threads, helpers and workers. */
static bool is_insider(const struct tl_birth *b)
{
	const uint64_t by_kernel = TL_CLONE_VM | TL_CLONE_UNTRACED;

	return b->flags_known && (b->clone_flags & by_kernel) == by_kernel;
}

unsigned shown_by(const struct question *q)
{
	const struct death_facts *d = q->d;
	const struct tl_task *t = q->task;
	unsigned shown = (d->fatal ? SHOWN_SENT | SHOWN_SIGNAL : 0) |
			 (d->sd ? SHOWN_TAKEN | SHOWN_SIGNAL : 0) |
			 (d->zapped ? SHOWN_ZAPPED : 0) | (d->told_signal ? SHOWN_TOLD : 0);

	if (!t)
		return shown;
	return shown | (has_status(t->death) ? SHOWN_STATUS : 0) |
	       (t->death->way->exit_call.is ? SHOWN_CALL : 0) |
	       (t->confined ? SHOWN_CONFINED : 0) | (is_insider(&t->birth) ? SHOWN_INSIDER : 0);
}
