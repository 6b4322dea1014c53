/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exit status of every task, which no tracepoint of any kernel carries (up to 7.2): at
 * sched_process_exit task->exit_code and, for a group exit, signal->group_exit_code are set
 * already; kernel/exit.c, do_exit().
 *
 * The arguments of every exec: at sched_process_exec the kernel has just put them on the new stack,
 * so they are in memory; fs/exec.c, bprm_execve().
 *
 * Who sent a signal that may kill: at signal_generate the sender is running, so its command line is
 * in memory; a moment later a `kill` is gone, and before any buffer is read.
 *
 * Which system call the task is in, at both: its registers at entry are kept at the top of its
 * kernel stack. That tells exit from exit_group and kill from pidfd_send_signal, where no call path
 * is recorded.
 *
 * What else tells where a signal comes from that the kernel forces on a task, or sends for what it
 * has used up.
 *
 * Only the fields used are declared; libbpf finds where they are in the running kernel (CO-RE).
 */
#include <linux/types.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "exit_record.h"

typedef struct {
	__s64 counter;
} atomic64_t;

struct task_cputime_atomic {
	atomic64_t utime, stime;
} __attribute__((preserve_access_index));

struct thread_group_cputimer {
	struct task_cputime_atomic cputime_atomic;
} __attribute__((preserve_access_index));

struct rlimit {
	unsigned long rlim_cur, rlim_max;
} __attribute__((preserve_access_index));

struct signal_struct {
	int group_exit_code;
	unsigned int flags;
	int leader;
	struct thread_group_cputimer cputimer;
	struct rlimit rlim[16];
} __attribute__((preserve_access_index));

struct sigaction {
	void *sa_handler;
	unsigned long sa_flags;
} __attribute__((preserve_access_index));

struct k_sigaction {
	struct sigaction sa;
} __attribute__((preserve_access_index));

struct sighand_struct {
	struct k_sigaction action[64];
} __attribute__((preserve_access_index));

struct thread_info {
	unsigned long flags;
	__u32 status;
} __attribute__((preserve_access_index));

struct mm_struct {
	unsigned long arg_start, arg_end;
} __attribute__((preserve_access_index));

struct vm_struct {
	unsigned int nr_pages;
} __attribute__((preserve_access_index));

struct thread_struct {
	unsigned long trap_nr;	  /* x86 */
	unsigned long fault_code; /* arm64 */
} __attribute__((preserve_access_index));

struct rseq;

struct task_struct {
	struct thread_info thread_info;
	void *stack;
	struct vm_struct *stack_vm_area;
	unsigned int flags;
	int pid;
	int tgid;
	int exit_code;
	int exit_signal;
	struct task_struct *real_parent;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	struct mm_struct *mm;
	struct rseq *rseq; /* up to 6.18 */
	struct thread_struct thread;
} __attribute__((preserve_access_index));

struct rseq_data___new {
	struct rseq *usrptr;
} __attribute__((preserve_access_index));

struct task_struct___new {
	struct rseq_data___new rseq;
} __attribute__((preserve_access_index));

/* ---- the system call a task is in ---- */

enum bpf_func_id___here { BPF_FUNC_task_pt_regs___here = 175 };

#define PF_IO_WORKER 0x10
#define PF_KTHREAD   0x200000

#if defined(__TARGET_ARCH_x86)
struct pt_regs___here {
	unsigned long orig_ax;
} __attribute__((preserve_access_index));
#define CALL_NUMBER orig_ax
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs___here {
	int syscallno;
} __attribute__((preserve_access_index));
#define CALL_NUMBER syscallno
#endif

#ifdef CALL_NUMBER
const volatile __u32 page_size = 4096;

/* The number of the call that the task running is in; -2 where that is not known. Loads through
 * typed pointers cost a fraction of a helper that copies, but the kernel gives these only to some
 * programs, and only some types. */
static __always_inline __s32 call_now(struct task_struct *me)
{
	struct pt_regs___here *regs;
	__u64 size;

	/* of 5.15; before, the registers stand right at the top of the stack (arch/.../processor.h
	 * task_pt_regs), whose size is known where it is mapped page by page */
	if (bpf_core_enum_value_exists(enum bpf_func_id___here, BPF_FUNC_task_pt_regs___here)) {
		regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
		return (__s32)regs->CALL_NUMBER;
	}
	if (!bpf_core_field_exists(me->stack_vm_area))
		return CALL_UNKNOWN;
	size = (__u64)BPF_CORE_READ(me, stack_vm_area, nr_pages) * page_size;
	regs = BPF_CORE_READ(me, stack) + size - bpf_core_type_size(struct pt_regs___here);
	return size ? (__s32)BPF_CORE_READ(regs, CALL_NUMBER) : CALL_UNKNOWN;
}

/* Called by a 32-bit program: other numbers. arch/x86/include/asm/thread_info.h,
 * arch/arm64/include/asm/thread_info.h */
#if defined(__TARGET_ARCH_x86)
#define COMPAT_WORD   thread_info.status
#define IS_COMPAT(word) ((word) >> 1 & 1) /* TS_COMPAT */
#else
#define COMPAT_WORD   thread_info.flags
#define IS_COMPAT(word) ((word) >> 22 & 1) /* TIF_32BIT */
#endif

static __always_inline void note_call(struct task_struct *me, __u32 flags, __u64 word,
				      struct call_record *r)
{
	bool in_user_program = !(flags & (PF_KTHREAD | PF_IO_WORKER));

	r->nr = in_user_program ? call_now(me) : CALL_UNKNOWN;
	r->compat = in_user_program && r->nr != CALL_UNKNOWN && IS_COMPAT(word);
}
#else
#define COMPAT_WORD flags
static __always_inline void note_call(struct task_struct *me, __u32 flags, __u64 word,
				      struct call_record *r)
{
	r->nr = CALL_UNKNOWN;
	r->compat = 0;
}
#endif

/* ---- deaths ---- */

#define SIGCHLD	       17
#define SIG_IGN	       ((void *)1)
#define SA_NOCLDWAIT   2

/* Nobody need wait for it: its parent wants no zombies; kernel/signal.c do_notify_parent(). */
static __always_inline int is_unwanted(struct task_struct *p)
{
	struct sighand_struct *h = p->real_parent->sighand;

	return p->exit_signal == SIGCHLD && h &&
	       (h->action[SIGCHLD - 1].sa.sa_handler == SIG_IGN ||
		h->action[SIGCHLD - 1].sa.sa_flags & SA_NOCLDWAIT);
}

/* 1 MB holds 13 000 deaths. */
#define ROOM (1 << 20)

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROOM);
} deaths SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROOM);
} execs SEC(".maps");

__u64 lost = 0;

/* The reader is to hear of each at once; otherwise it looks by itself, and is woken when a quarter
 * of the room is taken. */
const volatile bool prompt = true;

static __always_inline __u64 wake(void *ring)
{
	if (prompt)
		return 0; /* only when it had caught up */
	return bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) > ROOM / 4 ? BPF_RB_FORCE_WAKEUP
								     : BPF_RB_NO_WAKEUP;
}

/*
 * The kernel leaves a program out that is running already on this CPU, for another task, preempted
 * (v5.12, kernel/trace/bpf_trace.c __bpf_trace_run; seen on 7.2). That was never so while a
 * tracepoint's programs ran with preemption off, up to 6.19 (include/linux/tracepoint.h,
 * __DO_TRACE); since 7.0 they run under SRCU (3c6e577d5ae7 "Merge tag 'trace-v7.0'").
 */
const volatile bool may_miss = true;

/* Who was told last on this CPU, where that matters. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __s32);
} told SEC(".maps");

static __always_inline void tell_exit(struct task_struct *p)
{
	struct exit_record *r = bpf_ringbuf_reserve(&deaths, sizeof(*r), 0);

	if (!r) {
		__sync_fetch_and_add(&lost, 1);
		return;
	}
	r->t = bpf_ktime_get_ns();
	r->cpu = bpf_get_smp_processor_id();
	r->tid = p->pid;
	r->tgid = p->tgid;
	bpf_get_current_comm(r->comm, sizeof(r->comm));
	r->exit_code = p->exit_code;
	r->group_exit_code = p->signal->group_exit_code;
	r->signal_flags = p->signal->flags;
	r->unwanted = is_unwanted(p);
	note_call(p, p->flags, p->COMPAT_WORD, &r->call);
	bpf_ringbuf_submit(r, wake(&deaths));
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *p)
{
	__u32 here = 0;
	__s32 *last = may_miss ? bpf_map_lookup_elem(&told, &here) : 0;

	if (last)
		*last = p->pid; /* lost is lost once: on_exit_missed has nothing to make up for */
	tell_exit(p);
	return 0;
}

/* Attached behind on_exit where that may be left out, this one tells whom it did not; now and then
 * somebody is told of twice, in the same words. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit_missed, struct task_struct *p)
{
	__u32 here = 0;
	__s32 *last = bpf_map_lookup_elem(&told, &here);

	if (last && *last != p->pid) {
		*last = p->pid;
		tell_exit(p);
	}
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *p)
{
	unsigned long from = p->mm->arg_start, to = p->mm->arg_end;
	struct exec_record *r = bpf_ringbuf_reserve(&execs, sizeof(*r), 0);
	__u32 n;

	if (!r)
		return 0;
	n = to - from < EXEC_TEXT - 1 ? to - from : EXEC_TEXT - 1;
	r->t = bpf_ktime_get_ns();
	r->cpu = bpf_get_smp_processor_id();
	r->tid = p->pid;
	r->n = n;
	if (bpf_probe_read_user(r->text, n & (EXEC_TEXT - 1), (const void *)from))
		r->n = 0;
	bpf_ringbuf_submit(r, wake(&execs));
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROOM);
} signals SEC(".maps");

/* include/uapi/linux/rseq.h */
struct area {
	__u32 cpu_id_start, cpu_id;
	__u64 rseq_cs;
};

static __always_inline __u8 area_of(struct task_struct *me)
{
	struct task_struct___new *new = (void *)me;
	struct area a;
	void *at;

	if (bpf_core_field_exists(me->rseq))
		at = BPF_CORE_READ(me, rseq);
	else if (bpf_core_field_exists(new->rseq.usrptr))
		at = BPF_CORE_READ(new, rseq.usrptr);
	else
		return AREA_UNKNOWN;
	if (!at)
		return AREA_NONE;
	if (bpf_probe_read_user(&a, sizeof(a), at))
		return AREA_BAD;
	return a.rseq_cs || a.cpu_id != bpf_get_smp_processor_id() ? AREA_OTHER : AREA_GOOD;
}

#define RLIMIT_CPU	0
#define RLIM_INFINITY (~0UL)
#define NSEC_PER_SEC  1000000000ull

/* As kernel/time/posix-cpu-timers.c check_process_timers() reckons. */
static __always_inline int has_used_up(struct signal_struct *s)
{
	unsigned long hard = BPF_CORE_READ(s, rlim[RLIMIT_CPU].rlim_max);
	__u64 used = (__u64)BPF_CORE_READ(s, cputimer.cputime_atomic.utime.counter) +
		     (__u64)BPF_CORE_READ(s, cputimer.cputime_atomic.stime.counter);

	return hard != RLIM_INFINITY && used >= hard * NSEC_PER_SEC;
}

static __always_inline int trap_of(struct task_struct *me)
{
#if defined(__TARGET_ARCH_x86)
	return (int)BPF_CORE_READ(me, thread.trap_nr);
#elif defined(__TARGET_ARCH_arm64)
	/* the class of an exception: ESR_ELx_EC */
	return (int)(BPF_CORE_READ(me, thread.fault_code) >> 26 & 0x3f);
#else
	return -1;
#endif
}

/* 17 18 19 20 21 22 23 28: SIGCHLD, SIGCONT, the stops, SIGURG, SIGWINCH kill nobody. Real-time
 * signals come in storms. */
#define HARMLESS 0x10fe0000u

SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int sig, void *info, struct task_struct *to, int group, int result)
{
	struct task_struct *me = (struct task_struct *)bpf_get_current_task();
	struct signal_record *r;
	unsigned long from, end;
	struct mm_struct *mm;
	__u32 n;

	if (result || sig < 1 || sig > 31 || HARMLESS >> sig & 1)
		return 0;
	mm = BPF_CORE_READ(me, mm);
	r = bpf_ringbuf_reserve(&signals, sizeof(*r), 0);
	if (!r)
		return 0;
	r->t = bpf_ktime_get_ns();
	r->cpu = bpf_get_smp_processor_id();
	r->cgroup = bpf_get_current_cgroup_id();
	r->tid = BPF_CORE_READ(me, pid);
	r->target = to->pid;
	r->sig = sig;
	r->n = 0;
	r->trap = trap_of(me);
	r->rseq = area_of(me);
	r->leads = BPF_CORE_READ(to, signal, leader) != 0;
	r->limit = has_used_up(BPF_CORE_READ(me, signal));
	r->pad = 0;
	note_call(me, BPF_CORE_READ(me, flags), BPF_CORE_READ(me, COMPAT_WORD), &r->call);
	if (mm) {
		from = BPF_CORE_READ(mm, arg_start);
		end = BPF_CORE_READ(mm, arg_end);
		n = end - from < EXEC_TEXT - 1 ? end - from : EXEC_TEXT - 1;
		if (!bpf_probe_read_user(r->text, n & (EXEC_TEXT - 1), (const void *)from))
			r->n = n;
	}
	bpf_ringbuf_submit(r, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
