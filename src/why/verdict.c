/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From matching rows to a verdict people read: who did it, which number wait would report, the exit
 * code, the places where all that can be seen, and what would have told more.
 */
#include <string.h>

#include "base/guard.h"
#include "why/verdict.h"

static const struct tl_ref nobody = { .tid = TL_PID_NONE };

const char *tl_grade_name(enum tl_grade g)
{
	static const char *const names[] = { "observed", "deduced", "guessed" };

	return (unsigned)g < ARRAY_SIZE(names) ? names[g] : "guessed";
}

const char *tl_finding_id(const struct tl_finding *f)
{
	return f->row ? f->row->id : "unknown";
}

bool tl_source_has_sender(const struct tl_cause *source)
{
	return source && source->kind == TL_CAUSE_SOURCE && pattern_of(source)->sender;
}

/* ---- evidence: in order of time, each place once ---- */

static void evidence(struct tl_finding *f, struct arena *mem, struct tl_seen seen,
		     const struct tl_atom *function)
{
	unsigned at = f->n_evidence;

	if (!seen.is || at == TL_EVIDENCE)
		return;
	if (!f->evidence)
		f->evidence = arena_alloc(mem, TL_EVIDENCE * sizeof(*f->evidence));
	if (!f->evidence)
		return; /* the verdict stands without it */
	for (unsigned i = 0; i < f->n_evidence; i++)
		if (f->evidence[i].seen.place == seen.place &&
		    f->evidence[i].seen.kind == seen.kind)
			return;
	while (at && f->evidence[at - 1].seen.t > seen.t) {
		f->evidence[at] = f->evidence[at - 1];
		at--;
	}
	f->evidence[at] = (struct tl_evidence){ seen, function };
	f->n_evidence++;
}

static const struct tl_atom *top_function(const struct tl_stack *stack)
{
	return stack && stack->n ? stack->frame[0].name : NULL;
}

static void death_evidence(const struct tl_task *task, const struct death_facts *d,
			   struct arena *mem, struct tl_finding *f)
{
	const struct tl_death *death = task->death;
	const struct tl_way *way = death->way;

	evidence(f, mem, way->do_exit,
		 way->do_exit.kind == TL_EV_FUNC ? top_function(death->stack) : NULL);
	evidence(f, mem, death->seen, NULL);
	if (cause_is(f->row, "signal")) {
		if (d->fatal)
			evidence(f, mem, d->fatal->seen, NULL);
		if (d->sd)
			evidence(f, mem, d->sd->seen, NULL);
		evidence(f, mem, way->coredump, NULL);
		if (d->source && begins(d->source->id, "oom"))
			evidence(f, mem, way->oom, NULL);
	}
	if (d->zapped && d->sd)
		evidence(f, mem, d->sd->seen, NULL);
	if (cause_is(f->row, "peer_crash") && d->crash_seen)
		evidence(f, mem, d->crashed->last.seen, NULL);
	if (cause_is(f->row, "peer_exit") && d->leader_out)
		evidence(f, mem, d->leader_out->seen, NULL);
	if (cause_is(f->row, "peer_exec") && task->process)
		evidence(f, mem, task->process->execed, NULL);
	if (f->row && pattern_of(f->row)->exits)
		evidence(f, mem, way->exit_call, NULL);
	if (!death->stack)
		evidence(f, mem, task->notice->seen, NULL);
}

/* ---- what is missing ---- */

static const char *death_missing(const struct tl_task *task, const struct tl_witnesses *w,
				 const struct death_facts *d, const struct tl_finding *f)
{
	if (cause_is(f->row, "unknown") && on_signal_path(task->death->stack))
		return N_(
			"record task_newtask, signal_generate and signal_deliver from the beginning: they tell a signal from a sibling's end");
	if ((!f->row || cause_is(f->row, "unknown")) && task->death->stack &&
	    !path_told(task->death->stack))
		return N_(
			"of this call path only the first frames were recorded: record with func_stack_trace, or with stack triggers");
	if (!f->row || cause_is(f->row, "unknown"))
		return task->death->stack
			       ? N_("this path is not known yet: the story shows its frames")
			       : N_("no call path of this death: record sched_process_exit with a stack trigger, or the function do_exit");
	if (cause_is(f->row, "signal") && !d->fatal)
		return w->signal
			       ? N_("no signal_generate for it was seen: it came before the trace began, or was lost")
			       : N_("no signal_generate in this trace: the sender cannot be known; record the event signal:signal_generate");
	if (f->grade != TL_OBSERVED && !task->death->stack)
		return N_(
			"no call path of this death: record sched_process_exit with a stack trigger, or the function do_exit");
	return NULL;
}

static const char *source_missing(const struct tl_signal *sig, const struct tl_finding *f)
{
	if (f->row && f->grade == TL_OBSERVED)
		return NULL;
	return sig->stack ? N_("this path is not known yet: the story shows its frames") :
	       N_("no call path of this signal: record signal_generate with a stack trigger");
}

/* ---- births and signals ---- */

void tl_why_birth(const struct tl_task *task, const struct tl_witnesses *w, struct arena *mem,
		  struct tl_finding *ret)
{
	const struct tl_birth *b = &task->birth;
	struct question q = { .task = task, .stack = b->stack, .w = w };

	*ret = (struct tl_finding){};
	if (!b->seen.is)
		return;
	match_rows(TL_CAUSE_BIRTH, &q, mem, ret);
	evidence(ret, mem, b->seen, b->seen.kind == TL_EV_FUNC ? top_function(b->stack) : NULL);
	evidence(ret, mem, b->confirmed, NULL);
	if (!b->stack)
		ret->missing = N_(
			"no call path of this birth: record task_newtask with a stack trigger, or the function copy_process");
}

static void signal_finding(const struct tl_task *task, const struct tl_signal *sig,
			   const struct tl_witnesses *w, struct arena *mem, struct tl_finding *ret)
{
	struct question q = { .task = task, .sig = sig, .stack = sig->stack, .w = w };

	*ret = (struct tl_finding){};
	match_rows(TL_CAUSE_SOURCE, &q, mem, ret);
	evidence(ret, mem, sig->seen, NULL);
	evidence(ret, mem, sig->delivered, NULL);
	ret->missing = source_missing(sig, ret);
}

void tl_why_signal(const struct tl_task *task, const struct tl_signal *sig,
		   const struct tl_witnesses *w, struct arena *mem, struct tl_finding *ret)
{
	signal_finding(task, sig, w, mem, ret);
}

/* ---- deaths ---- */

static const char *sender_missing(const struct tl_signal *sig, const struct tl_witnesses *w)
{
	if (sig->owner_argv && sig->owner_cgroup)
		return NULL;
	if (sig->owner_kthread)
		return N_("a thread of the kernel has no command line");
	if (!w->side)
		return N_("only recordings by tasklife tell command lines and control groups");
	return N_(
		"no BPF program told of this signal, and the sender was gone before /proc was read: permit BPF "
		"(tasklife doctor says what is missing)");
}

/* The owner of a record made in an interrupt is whoever was interrupted: neither sender nor
 * trigger. */
static void who_sent(const struct tl_signal *sig, const struct tl_cause *source,
		     const struct tl_witnesses *w, struct tl_death_verdict *ret)
{
	if (sig->ctx & (TL_CTX_HARDIRQ | TL_CTX_SOFTIRQ | TL_CTX_NMI) || !source)
		return;
	if (!tl_source_has_sender(source)) {
		ret->trigger = sig->owner;
		return;
	}
	ret->by = sig->owner;
	ret->by_missing = sender_missing(sig, w);
}

static void less_sure(struct tl_finding *f)
{
	if (f->grade < TL_GUESSED)
		f->grade++;
}

/* Another signal may have come in the gap between this one and the death. */
static void across_a_gap(const struct tl_death *death, struct tl_death_verdict *v)
{
	if (!v->fatal || !death->seen.is || death->losses == v->fatal->losses)
		return;
	less_sure(&v->cause);
	less_sure(&v->source);
	v->cause.missing = N_(
		"records were lost between this signal and the death: another may have come in between");
}

static bool status_told(const struct tl_death *d)
{
	return d->status_known && !d->status_from_call;
}

/* The number wait would report; 0: none, or not known. */
static int wait_signal(const struct tl_task *task, const struct death_facts *d,
		       const struct tl_cause *row)
{
	const struct tl_death *death = task->death;

	if (status_told(death))
		return death->status & 0x7f;
	if (row && pattern_of(row)->number)
		return pattern_of(row)->number;
	if (cause_is(row, "peer_crash"))
		return d->crash_seen && tl_signal_dumps_core(d->crashed->last.sig)
			       ? d->crashed->last.sig
			       : 0;
	if (!cause_is(row, "signal"))
		return 0;
	if (d->sd && d->sd->sig != 9)
		return d->sd->sig;
	return d->fatal ? d->fatal->sig : 0;
}

static int8_t core_dumped(const struct death_facts *d, const struct tl_death_verdict *v)
{
	if (v->exited || (v->signal && !tl_signal_dumps_core(v->signal)))
		return 0;
	return v->signal || cause_is(v->cause.row, "signal") ? d->core : 0;
}

static void take_code(bool known, int32_t status, struct tl_death_verdict *v)
{
	if (!known || v->exit_code_known || (status & 0x7f))
		return;
	v->exit_code_known = true;
	v->exit_code = status >> 8 & 0xff;
}

/* The exit code of a thread taken along is that of the one which called exit_group. */
static void exit_code(const struct tl_death *death, const struct death_facts *d,
		      struct tl_death_verdict *v)
{
	v->exited = v->cause.row && pattern_of(v->cause.row)->exits;
	if (!v->exited)
		return;
	take_code(death->status_known, death->status, v);
	if (cause_is(v->cause.row, "peer_exit") && d->leader_out)
		take_code(d->leader_out->status_known, d->leader_out->status, v);
}

/* The last deadly signal that a handler took before the task left by itself. */
static void handled(const struct tl_task *task, struct tl_death_verdict *v)
{
	if (!v->exited)
		return;
	for (unsigned i = task->n_signals; i-- > 0 && !v->handled;) {
		const struct tl_signal *s = &task->signals[i];

		if (s->delivered.is && s->handler > 1 && tl_signal_kills(s->sig))
			v->handled = s;
	}
	v->handled_term = v->handled != NULL;
	v->handled_before = TL_NS_NONE;
	if (v->handled && v->handled->delivered.t != TL_NS_NONE &&
	    task->death->seen.t != TL_NS_NONE)
		v->handled_before = task->death->seen.t - v->handled->delivered.t;
}

void death_verdict(const struct tl_task *task, const struct tl_witnesses *w, struct arena *mem,
		   const struct death_facts *d, struct tl_death_verdict *ret)
{
	struct question q = {.task = task, .stack = path_told(task->death->stack), .w = w, .d = d};

	*ret = (struct tl_death_verdict){ .by = nobody, .trigger = nobody, .core_dumped = -1 };
	match_rows(TL_CAUSE_DEATH, &q, mem, &ret->cause);
	exit_code(task->death, d, ret);
	ret->signal = wait_signal(task, d, ret->cause.row);
	ret->core_dumped = core_dumped(d, ret);
	handled(task, ret);
	if (d->fatal && cause_is(ret->cause.row, "signal")) {
		ret->fatal = d->fatal;
		signal_finding(task, d->fatal, w, mem, &ret->source);
		who_sent(d->fatal, ret->source.row, w, ret);
	}
	death_evidence(task, d, mem, &ret->cause);
	ret->cause.missing = death_missing(task, w, d, &ret->cause);
	across_a_gap(task->death, ret);
}

void tl_why_death(const struct tl_task *task, const struct tl_witnesses *w, struct arena *mem,
		  struct tl_death_verdict *ret)
{
	struct death_facts d;

	death_facts_of(task, w, &d);
	if (!task->death->seen.is && !task->death->way->do_exit.is)
		*ret = (struct tl_death_verdict){
			.by = nobody, .trigger = nobody, .core_dumped = -1};
	else
		death_verdict(task, w, mem, &d, ret);
}
