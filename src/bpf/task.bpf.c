/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every task, one after the other: the kernel holds each while this runs (BPF task iterator,
 * since 5.8), so that a row is of one task and taken at one time. Which fields:
 * facts/task_fields.def; here stands only what types they have. A field the running kernel lacks is
 * a test that is false, and its code goes when the program is loaded (CO-RE).
 */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "task_row.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	unsigned long sig[1];
} sigset_t;

struct sigpending {
	sigset_t signal;
};

struct signal_struct {
	int nr_threads;
	unsigned int flags;
	int group_exit_code;
	struct sigpending shared_pending;
};

struct sched_info {
	unsigned long pcount;
	unsigned long long run_delay, last_arrival, last_queued;
};

struct sched_entity {
	__u64 sum_exec_runtime, vruntime;
};

typedef struct {
	int counter;
} atomic_t;

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

struct cpu_context { /* arm64 */
	unsigned long x19, x20, x21, x22, x23, x24, x25, x26, x27, x28, fp, sp, pc;
};

struct cpu_context_save { /* arm */
	__u32 r4, r5, r6, r7, r8, r9, sl, fp, sp, pc;
};

struct thread_struct {
	unsigned long sp, fsbase, gsbase, cr2, trap_nr, error_code; /* x86 */
	struct cpu_context cpu_context;
};

struct task_struct;

struct thread_info {
	unsigned long flags;
	unsigned long syscall_work;
	__u32 status, cpu, cpu_domain, abi_syscall, syscall;
	__u64 preempt_count, ttbr0;
	unsigned long addr_limit;
	struct task_struct *task;
	void *scs_sp;
	struct cpu_context_save cpu_context;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state;
	long state;
	int pid, tgid;
	__u64 start_time, start_boottime;
	int exit_state, exit_code, exit_signal, pdeath_signal;
	unsigned int flags, ptrace, policy, rt_priority, cpu;
	unsigned int on_cpu, on_rq; /* int, in 7.2 a byte: what is unsigned may change its size */
	int prio, static_prio, normal_prio, nr_cpus_allowed;
	unsigned long jobctl, nvcsw, nivcsw, min_flt, maj_flt;
	__u64 utime, stime;
	struct task_struct *real_parent, *parent, *group_leader;
	struct signal_struct *signal;
	struct pid *thread_pid;
	struct sched_entity se;
	struct sched_info sched_info;
	struct sigpending pending;
	sigset_t blocked;
	void *mm, *active_mm, *stack;
	refcount_t usage;
	struct thread_struct thread;
	char comm[16];
};

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

/* One reader at a time: the loader's own. */
static struct task_row row;
__u32 with_stack;

static void put_namespaces(const struct pid *pid)
{
	const void *numbers = __builtin_preserve_access_index(&pid->numbers);
	unsigned int level = pid->level;

#pragma unroll
	for (unsigned int i = 0; i < TASK_NS_MOST; i++) {
		const struct upid *u = numbers + i * bpf_core_type_size(struct upid);

		row.nr[i] = i <= level ? BPF_CORE_READ(u, nr) : 0;
		row.ns[i] = i <= level ? BPF_CORE_READ(u, ns, ns.inum) : 0;
	}
}

#define PUT(slot, expr)                                                                            \
	if (bpf_core_field_exists(expr)) {                                                         \
		row.v[slot] = (__u64)(expr);                                                       \
		row.have[(slot) / 64] |= 1ull << (slot) % 64;                                      \
	}
#define FIELD(id, group, form, path, says) PUT(TASK_SLOT_##id, t->path)
#define FIELD_WAS(id, group, form, path, older, says)                                              \
	PUT(TASK_SLOT_##id, t->path) else PUT(TASK_SLOT_##id, t->older)

SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *t = ctx->task;
	struct seq_file *seq = ctx->meta->seq;
	struct pid *pid;

	if (!t)
		return 0;
	row.addr = (__u64)t;
	row.have[0] = row.have[1] = 0;
	bpf_probe_read_kernel(row.comm, sizeof(row.comm), t->comm);
#include "facts/task_fields.def"
	pid = t->thread_pid;
	if (pid)
		put_namespaces(pid);
	else
		row.ns[0] = row.nr[0] = 0; /* reaped while we look */
	if (!with_stack) {
		bpf_seq_write(seq, &row, TASK_ROW_SHORT);
		return 0;
	}
	row.n_stack = bpf_get_task_stack(t, row.stack, sizeof(row.stack), 0);
	if (row.n_stack > 0)
		row.n_stack /= sizeof(row.stack[0]);
	bpf_seq_write(seq, &row, sizeof(row));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
