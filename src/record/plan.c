/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From wishes to switches, in known steps: function tracer with validated filters, else events with
 * stack triggers, else events alone. Each refusal is kept for the report; where the user named a
 * step (want_mode) a refusal is an error and nothing is recorded.
 *
 * What is on where comes from facts/events.def: LIVES rows system-wide in `lives`, FAMILY rows in
 * `family`.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/guard.h"
#include "record/inside.h"
#include "tracefs/events.h"
#include "tracefs/filter.h"

const char *tl_rec_mode_name(enum tl_rec_mode m)
{
	static const char *const name[] = {[TL_MODE_FUNCTION] = "function",
					   [TL_MODE_STACKS] = "events+stacks",
					   [TL_MODE_EVENTS] = "events"};

	return name[m];
}

void record_refused(struct tl_recorder *rec, struct tl_err *err)
{
	struct tl_rec_report *r = &rec->report;

	if (r->n_refused < ARRAY_SIZE(r->refused))
		r->refused[r->n_refused++] = err;
	else
		tl_err_free(err);
}

/* ---- events ---- */

/* Read as text while it comes, a record costs some ten times as much: those that only confirm
 * others are left out. */
static bool too_much(const struct tl_event_row *row, const struct tl_rec_plan *plan)
{
	return plan->follow && (!plan->states || row->id == TL_EVENT_SCHED_WAKEUP ||
				row->id == TL_EVENT_SCHED_MIGRATE_TASK);
}

static bool in_buffer(const struct tl_event_row *row, enum buffer b, const struct tl_rec_plan *plan)
{
	if (b != LIVES && (plan->lives_only || too_much(row, plan)))
		return false;
	/* with exit_syscalls the deaths of all tasks get their code, so they stand in lives */
	if (row->flags & TL_EVF_ON_REQUEST)
		return plan->exit_syscalls && b == LIVES;
	return row->flags & (b == LIVES ? TL_EVF_LIVES : TL_EVF_FAMILY);
}

/*
 * Of calls that everybody makes only those that matter to a life: ioctl(TIOCNOTTY),
 * prctl(PR_SET_SECCOMP), rseq() that gives an area back, RLIMIT_CPU. Of searches for memory those
 * that took nothing in a control group, and little in all of it; all of a work queue, of which it
 * must be known that it has not searched (mm/vmscan.c: 32 pages are enough).
 */
static const char *the_few(const struct tl_event_row *row)
{
	switch (row->id) {
	case TL_EVENT_SYS_ENTER_IOCTL: return "cmd == 0x5422";
	case TL_EVENT_SYS_ENTER_PRCTL: return "option == 22";
	case TL_EVENT_SYS_ENTER_RSEQ: return "flags == 1";
	case TL_EVENT_SYS_ENTER_PRLIMIT: return "resource == 0 && new_rlim != 0";
	case TL_EVENT_SYS_ENTER_SETRLIMIT: return "resource == 0";
	case TL_EVENT_MEMCG_RECLAIM: return "nr_reclaimed == 0";
	case TL_EVENT_DIRECT_RECLAIM: return "nr_reclaimed < 32 || comm ~ \"kworker*\"";
	default: return NULL;
	}
}

/*
 * A dying task wakes the thread that keeps its exit code, an exec wakes us who wait for it: of our
 * making, and not worth a line in anybody's life.
 */
static const char *without_us(const struct tl_recorder *rec, const struct tl_event_row *row,
			      char *cond, size_t n)
{
	if (row->id != TL_EVENT_SCHED_WAKING && row->id != TL_EVENT_SCHED_WAKEUP &&
	    row->id != TL_EVENT_SCHED_MIGRATE_TASK)
		return the_few(row);
	snprintf(cond, n, "pid != %d && pid != %d", (int)getpid(), (int)rec->deaths_tid);
	return cond;
}

/* An event this kernel does not have is only worth a word when every kernel should. */
static struct tl_err *enable_row(struct tl_recorder *rec, const struct tl_event_row *row,
				 enum buffer b)
{
	char cond[64];

	if (row->flags & TL_EVF_OPTIONAL && !tfs_event_exists(&rec->inst[b], row))
		return NULL;
	try(tfs_event_on(&rec->inst[b], row, without_us(rec, row, cond, sizeof(cond))));
	rec->enabled[row->id] |= (uint8_t)(1u << b);
	return NULL;
}

/* Without births and deaths there is nothing to tell. */
static bool indispensable(const struct tl_recorder *rec)
{
	return (rec->enabled[TL_EVENT_TASK_NEWTASK] || rec->enabled[TL_EVENT_SCHED_PROCESS_FORK]) &&
	       rec->enabled[TL_EVENT_SCHED_PROCESS_EXIT];
}

static struct tl_err *enable_events(struct tl_recorder *rec, const struct tl_rec_plan *plan)
{
	struct tl_err *first = NULL;

	for (unsigned i = 0; i < TL_EVENTS * BUFFERS; i++) {
		const struct tl_event_row *row = tl_event_row_of((enum tl_event_id)(i / BUFFERS));
		enum buffer b = i % BUFFERS ? FAMILY : LIVES;
		struct tl_err *err = in_buffer(row, b, plan) ? enable_row(rec, row, b) : NULL;

		if (!err)
			continue;
		if (!first && err->code == TL_E_DENIED && err->os != ENOENT)
			first = err;
		else
			record_refused(rec, err);
	}
	if (!indispensable(rec))
		return first ? first
			     : tl_err_new(TL_E_DENIED,
					  N_("this kernel has no events of births and deaths"),
					  NULL);
	if (first)
		record_refused(rec, first);
	rec->report.exit_by_syscalls = rec->enabled[TL_EVENT_SYS_ENTER_EXIT_GROUP] != 0;
	return NULL;
}

bool record_hears_calls(const struct tl_recorder *rec)
{
	static const enum tl_event_id call[] = {
		TL_EVENT_SYS_ENTER_EXIT,  TL_EVENT_SYS_ENTER_EXIT_GROUP, TL_EVENT_SYS_ENTER_PTRACE,
		TL_EVENT_SYS_EXIT_PTRACE, TL_EVENT_SYS_ENTER_EXECVE,     TL_EVENT_SYS_EXIT_EXECVE,
		TL_EVENT_SYS_ENTER_IOCTL};

	for (unsigned i = 0; i < ARRAY_SIZE(call); i++)
		if (!rec->enabled[call[i]])
			return false;
	return true;
}

/* A kernel without rseq() has no areas either. */
bool record_hears_asks(const struct tl_recorder *rec)
{
	return rec->enabled[TL_EVENT_SYS_EXIT_SETSID] && rec->enabled[TL_EVENT_SYS_ENTER_PRLIMIT] &&
	       (rec->enabled[TL_EVENT_SYS_ENTER_RSEQ] ||
		!tfs_event_exists(&rec->inst[LIVES], tl_event_row_of(TL_EVENT_SYS_ENTER_RSEQ)));
}

/* A kernel without control groups of memory searches none. */
bool record_hears_reclaim(const struct tl_recorder *rec)
{
	return rec->enabled[TL_EVENT_DIRECT_RECLAIM] &&
	       (rec->enabled[TL_EVENT_MEMCG_RECLAIM] ||
		!tfs_event_exists(&rec->inst[LIVES], tl_event_row_of(TL_EVENT_MEMCG_RECLAIM)));
}

/* ---- stacks ---- */

/*
 * A parent is told of a death by the dying task, whose path stands with its sched_process_exit
 * already; 1 to 3 are CLD_EXITED, CLD_KILLED and CLD_DUMPED (kernel/signal.c, do_notify_parent). A
 * SIGCHLD by kill(2) has a code below.
 */
static const char *stack_where(const struct tl_event_row *row)
{
	return row->id == TL_EVENT_SIGNAL_GENERATE ? "sig != 17 || code < 1 || code > 3" : NULL;
}

static struct tl_err *enable_stacks(struct tl_recorder *rec)
{
	for (unsigned i = 0; i < TL_EVENTS; i++) {
		const struct tl_event_row *row = tl_event_row_of((enum tl_event_id)i);

		if (row->flags & TL_EVF_STACK && rec->enabled[i] & 1u << LIVES)
			try(tfs_event_stack(&rec->inst[LIVES], row, stack_where(row)));
	}
	rec->stacks = true;
	return NULL;
}

/* ---- functions ---- */

/* One function for each thing that happens: the rest of the path is in its stack. No event tells
 * who asks for a kernel thread, nor who reaps. */
static const enum tl_role traced_role[] = {TL_ROLE_COPY_PROCESS, TL_ROLE_BPRM_EXECVE,
					   TL_ROLE_DO_EXIT, TL_ROLE_KTHREAD_CREATE,
					   TL_ROLE_RELEASE_TASK};

static void *read_functions(void *arg)
{
	struct functions *f = arg;

	f->err = tfs_functions(NULL, f->tracefs, traced_role, ARRAY_SIZE(traced_role), &f->text);
	return NULL;
}

void functions_start(struct functions *f, const char *tracefs)
{
	f->tracefs = tracefs;
	f->running = !pump_thread(&f->thread, read_functions, f);
}

static struct tl_err *functions_get(struct functions *f, const char **ret)
{
	if (f->running)
		pthread_join(f->thread, NULL);
	else
		read_functions(f);
	f->running = false;
	*ret = f->text;
	return take(f->err);
}

void functions_fini(struct functions *f)
{
	if (f->running)
		pthread_join(f->thread, NULL);
	tl_err_free(f->err);
	free(f->text);
	*f = (struct functions){};
}

static struct tl_err *enable_functions(struct tl_recorder *rec)
{
	const char *functions;
	auto_fini(tfs_names) struct tfs_names names = {};

	try(functions_get(&rec->functions, &functions));
	for (unsigned i = 0; i < ARRAY_SIZE(traced_role); i++) {
		struct tl_err *err;

		if (tfs_functions_of(functions, traced_role[i], &names))
			continue;
		err = tl_err_new(TL_E_DENIED, N_("no function of this kernel plays the role '%s'"),
				 tl_role_id(traced_role[i]));
		if (traced_role[i] == TL_ROLE_DO_EXIT)
			return err;
		record_refused(rec, err);
	}
	return tfs_function_tracer(&rec->inst[LIVES], &names);
}

/* ---- the steps ---- */

/* What it costs to go on without; the same words as in doctor. */
static const char *const cost[] = {
	[TL_MODE_FUNCTION] = N_(
		"events and their stacks tell the same lives; only the entries of functions are missing"),
	[TL_MODE_STACKS] = N_(
		"without them the causes of some deaths and the sources of some signals stay unknown"),
};

/* A refusal of what the user named is the error; any other is kept for the report. */
static struct tl_err *step(struct tl_recorder *rec, const struct tl_rec_plan *plan,
			   enum tl_rec_mode mode, struct tl_err *(*enable)(struct tl_recorder *))
{
	struct tl_err *err;

	if (plan->want_mode && plan->mode > mode)
		return NULL;
	err = enable(rec);
	if (!err) {
		if (rec->report.mode > mode)
			rec->report.mode = mode;
		return NULL;
	}
	if (plan->want_mode && plan->mode == mode && !plan->best_effort)
		return err;
	record_refused(rec, tl_err_hint(err, cost[mode], NULL));
	return NULL;
}

/* Function mode takes stacks too: signals are known by their events only. */
struct tl_err *record_enable(struct tl_recorder *rec, const struct tl_rec_plan *plan)
{
	rec->report.mode = TL_MODE_EVENTS;
	try(enable_events(rec, plan));
	try(step(rec, plan, TL_MODE_STACKS, enable_stacks));
	return step(rec, plan, TL_MODE_FUNCTION, enable_functions);
}
