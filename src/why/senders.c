/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a row of causes.def on the source of a signal cannot say with fields: what the task was in
 * that had it sent, what it had asked for, what came before and behind. Asked after the frames
 * agreed; may lower the grade.
 */
#include "why/match.h"

#define SIGNAL_SEGV 11

/* Somebody who lives, runs in a process and was not interrupted: then the record's owner is who
 * called kill(). Where the trace does not tell of deaths, the owner may have been dying (PDEATHSIG
 * looks the same). */
bool also_living_owner(const struct question *q, enum tl_grade *grade)
{
	if (!(q->sig->ctx & TL_CTX_KNOWN) || !(q->w->exit || q->w->functions) ||
	    q->sig->owner_kthread || q->sig->losses)
		at_best(grade, TL_GUESSED);
	return !q->sig->owner_dead && q->sig->owner.tid > 0;
}

/* The birth of another one with the number of who died may be among what was lost. */
bool also_surely_dying(const struct question *q, enum tl_grade *grade)
{
	return !q->sig->losses;
}

/* SI_QUEUE comes from user space alone; the other negative codes also from aio, message queues,
 * SIGIO. */
bool also_queued(const struct question *q, enum tl_grade *grade)
{
	if (q->sig->code != -1)
		at_best(grade, TL_GUESSED);
	return true;
}

/* The system call of whoever was interrupted is not the signal's. */
static enum tl_call call_of(const struct question *q)
{
	bool irq = q->sig->ctx & (TL_CTX_HARDIRQ | TL_CTX_SOFTIRQ | TL_CTX_NMI);

	return irq || q->sig->owner_dead || q->sig->owner_kthread ? TL_CALL_UNKNOWN
								  : (enum tl_call)q->sig->call;
}

bool also_in_kill(const struct question *q, enum tl_grade *grade)
{
	return call_of(q) == TL_CALL_KILL;
}

bool also_in_pidfd(const struct question *q, enum tl_grade *grade)
{
	return call_of(q) == TL_CALL_PIDFD_SIGNAL;
}

bool also_in_ptrace(const struct question *q, enum tl_grade *grade)
{
	return call_of(q) == TL_CALL_PTRACE;
}

/*
 * In none of the calls that were recorded. A 32-bit program's calls on a 64-bit kernel pass no
 * tracepoint (kernel/trace/trace_syscalls.c trace_get_syscall_nr), so silence proves something on
 * 32-bit kernels alone.
 */
static bool in_none_recorded(const struct question *q)
{
	return call_of(q) == TL_CALL_UNWATCHED && q->w->calls && q->w->arch == TL_ARCH_ARM;
}

/* A living user task that is in no call of its own that sends such: only the write to cgroup.kill
 * is left. */
bool also_in_none(const struct question *q, enum tl_grade *grade)
{
	return in_none_recorded(q) &&
	       !(q->sig->ctx & (TL_CTX_HARDIRQ | TL_CTX_SOFTIRQ | TL_CTX_NMI)) &&
	       (q->sig->ctx & TL_CTX_KNOWN) && also_living_owner(q, grade);
}

bool also_in_write(const struct question *q, enum tl_grade *grade)
{
	return call_of(q) == TL_CALL_WRITE || call_of(q) == TL_CALL_WRITEV;
}

bool also_in_exec(const struct question *q, enum tl_grade *grade)
{
	return call_of(q) == TL_CALL_EXECVE || call_of(q) == TL_CALL_EXECVEAT;
}

/* Who lives sends SIGHUP as the kernel in ioctl(TIOCNOTTY) or when a terminal is hung up. */
bool also_not_tiocnotty(const struct question *q, enum tl_grade *grade)
{
	enum tl_call call = call_of(q);

	if (call == TL_CALL_UNWATCHED)
		return in_none_recorded(q);
	return q->sig->owner_kthread || (call != TL_CALL_UNKNOWN && call != TL_CALL_IOCTL);
}

static bool is_warning(const struct tl_signal *s, const struct tl_signal *last)
{
	return s->sig == 24 && s->code == 128 && s->seen.t <= last->seen.t;
}

/* ---- SIGSEGV that a task is forced to without details: kernel/signal.c force_sig, code SI_KERNEL
 * ---- */

static bool in_sigreturn(const struct question *q)
{
	return call_of(q) == TL_CALL_SIGRETURN || call_of(q) == TL_CALL_RT_SIGRETURN;
}

bool also_in_sigreturn(const struct question *q, enum tl_grade *grade)
{
	return in_sigreturn(q);
}

/*
 * arm64 says of a frame that cannot be taken back what it says of a bad access, and by then has
 * forgotten the system call (arch/arm64/kernel/signal.c forget_syscall). But no exception led to
 * it: thread.fault_code is 0.
 */
static bool without_exception(const struct question *q)
{
	return q->w->arch == TL_ARCH_ARM64 && !q->sig->trap && call_of(q) == TL_CALL_NONE;
}

/* Neither x86 nor 32-bit ARM gives a frame that cannot be taken back the code of a bad access;
 * arm64 does, where only the class of the last exception tells them apart. */
static bool maybe_sigreturn(const struct question *q)
{
	return q->sig->sig == SIGNAL_SEGV && (q->sig->code == 1 || q->sig->code == 2) &&
	       q->w->arch != TL_ARCH_X86 && q->w->arch != TL_ARCH_ARM && q->sig->trap <= 0;
}

bool also_without_exception(const struct question *q, enum tl_grade *grade)
{
	return without_exception(q);
}

bool also_not_sigreturn(const struct question *q, enum tl_grade *grade)
{
	return !in_sigreturn(q) && !maybe_sigreturn(q);
}

bool also_maybe_sigreturn(const struct question *q, enum tl_grade *grade)
{
	return maybe_sigreturn(q) && !in_sigreturn(q) && !without_exception(q);
}

static bool forced_before(const struct question *q)
{
	for (unsigned i = 0; q->task && i < q->task->n_signals; i++) {
		const struct tl_signal *s = &q->task->signals[i];

		if (s->sig == q->sig->sig && s->code == q->sig->code && s->seen.t < q->sig->seen.t)
			return true;
	}
	return false;
}

/* Exceptions of x86 that force a SIGSEGV: INTO, BOUND, the coprocessor's, a bad task segment,
 * general protection. */
static bool is_segv_trap(int trap)
{
	return trap == 4 || trap == 5 || trap == 9 || trap == 10 || trap == 13;
}

/* thread.trap_nr is only ever overwritten: it tells of now where the task was never forced so
 * before. */
bool also_protection(const struct question *q, enum tl_grade *grade)
{
	return q->w->arch == TL_ARCH_X86 && q->sig->trap == 13 && call_of(q) == TL_CALL_NONE &&
	       q->task && q->task->birth.seen.is && !forced_before(q);
}

bool also_bad_area(const struct question *q, enum tl_grade *grade)
{
	return q->sig->rseq == TL_RSEQ_BAD && !also_in_exec(q, grade) && !in_sigreturn(q);
}

/* Where no BPF program looks at the area. Of 32-bit programs on arm64 no system call is recorded.
 */
static bool area_by_calls(const struct question *q)
{
	return q->task && q->sig->rseq == TL_RSEQ_UNKNOWN && q->w->calls && q->w->asks &&
	       q->w->arch == TL_ARCH_ARM;
}

static bool ever_handled(const struct tl_task *task)
{
	for (unsigned i = 0; i < task->n_signals; i++)
		if (task->signals[i].delivered.is && task->signals[i].handler > 1)
			return true;
	return false;
}

/* It had another area, runs no handler it could return from, and is in no exec: arch/arm forces no
 * other. */
bool also_moved_area(const struct question *q, enum tl_grade *grade)
{
	return area_by_calls(q) && q->task->asked & TL_ASKED_RSEQ && in_none_recorded(q) &&
	       q->w->deliver && !q->sig->losses && !ever_handled(q->task);
}

/*
 * Between the delivery of a signal that has a handler and the handler there is only its frame to
 * build, and the area for restartable sequences to look at.
 */
bool also_framing(const struct question *q, enum tl_grade *grade)
{
	const struct tl_signal *s = q->sig;
	bool area = s->rseq == TL_RSEQ_NONE || s->rseq == TL_RSEQ_GOOD ||
		    (area_by_calls(q) && !(q->task->asked & TL_ASKED_RSEQ));

	if (q->w->arch == TL_ARCH_UNKNOWN ||
	    (q->w->arch == TL_ARCH_X86 && (s->trap < 0 || is_segv_trap(s->trap))))
		return false;
	return s->framing && area && !also_in_exec(q, grade);
}

/* ---- SIGHUP from a dying task ---- */

/* Were it in a group of stopped jobs or at the head of a session, a SIGCONT was meant for it too,
 * seen or not. */
static bool needs_no_cont(const struct tl_signal *s)
{
	return s->target_state != 'T' && s->target_state != 't' && s->leads != 1;
}

/* That no SIGCONT came behind it is known only when some time has passed and no record was lost
 * meanwhile. */
static bool all_heard(const struct question *q)
{
	const struct tl_death *d = q->task ? q->task->death : NULL;

	return d && d->seen.is && d->losses == q->sig->losses;
}

bool also_hung_up_alone(const struct question *q, enum tl_grade *grade)
{
	return !q->sig->continued && needs_no_cont(q->sig) && all_heard(q);
}

bool also_hung_up_leader(const struct question *q, enum tl_grade *grade)
{
	return q->sig->continued && q->sig->leads == 1;
}

bool also_stopped_group(const struct question *q, enum tl_grade *grade)
{
	return q->sig->continued && !q->sig->leads && !q->sig->owner_hung;
}

/* ---- the out-of-memory killer ---- */

bool also_memcg_searched(const struct question *q, enum tl_grade *grade)
{
	return q->sig->reclaim == TL_RECLAIM_MEMCG;
}

bool also_all_searched(const struct question *q, enum tl_grade *grade)
{
	return q->sig->reclaim == TL_RECLAIM_GLOBAL;
}

/* A work queue's: kswapd too kills without that record (mm/vmscan.c lru_gen_age_node). */
bool also_nothing_searched(const struct question *q, enum tl_grade *grade)
{
	const struct tl_atom *comm = q->sig->owner.comm;

	return q->sig->reclaim == TL_RECLAIM_NONE && q->sig->owner_kthread && comm &&
	       begins(comm->s, "kworker/");
}

/* ---- the limit of CPU time ---- */

/* A second is the least limit. The kernel counts whole ticks, of 10 ms at most
 * (kernel/sched/cputime.c account_process_tick): seen on arm 6.12: killed after 998 ms of running.
 */
#define LEAST_LIMIT_NS (1000000000 - 2 * 10000000)

bool also_limit_used(const struct question *q, enum tl_grade *grade)
{
	const struct tl_task *t = q->task;

	if (q->sig->limit >= 0)
		return q->sig->limit;
	if (!t || !t->process || !t->process->cpu_limited || !q->w->asks)
		return false;
	return !t->sched->any || t->process->n_threads != 1 || t->sched->run >= LEAST_LIMIT_NS;
}

/* The soft limit was reached before: SIGXCPU. Others that send the same (a BPF program, SysRq-I) do
 * not warn. */
bool also_cpu_limit(const struct question *q, enum tl_grade *grade)
{
	const struct tl_process *p = q->task ? q->task->process : NULL;

	for (unsigned i = 0; p && i < p->n_group_signals; i++)
		if (is_warning(&p->group_signals[i], q->sig))
			return true;
	return false;
}

/* What a code means may depend on the CPU. */
bool also_x86(const struct question *q, enum tl_grade *grade)
{
	return q->w->arch == TL_ARCH_X86;
}

/* Ctrl-Alt-Del sends the same to pid 1 (kernel/reboot.c). */
bool also_not_init(const struct question *q, enum tl_grade *grade)
{
	return q->sig->target.tid != 1;
}
