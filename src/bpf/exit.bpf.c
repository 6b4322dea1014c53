/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exit status of every task, which no tracepoint of any kernel carries (up to 7.2): at sched_process_exit
 * task->exit_code and, for a group exit, signal->group_exit_code are set already; kernel/exit.c, do_exit().
 *
 * The arguments of every exec: at sched_process_exec the kernel has just put them on the new stack, so they are in
 * memory; fs/exec.c, bprm_execve().
 *
 * Who sent a signal that may kill: at signal_generate the sender is running, so its command line is in memory; a moment
 * later a `kill` is gone, and before any buffer is read.
 *
 * Only the fields used are declared; libbpf finds where they are in the running kernel (CO-RE).
 */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "exit_record.h"

struct signal_struct {
	int group_exit_code;
	unsigned int flags;
} __attribute__((preserve_access_index));

struct mm_struct {
	unsigned long arg_start, arg_end;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid;
	int tgid;
	int exit_code;
	struct signal_struct *signal;
	struct mm_struct *mm;
} __attribute__((preserve_access_index));

/* 1 MB holds 26 000 deaths. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} deaths SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} execs SEC(".maps");

__u64 lost = 0;

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *p)
{
	struct exit_record *r = bpf_ringbuf_reserve(&deaths, sizeof(*r), 0);

	if (!r) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	r->t = bpf_ktime_get_ns();
	r->tid = p->pid;
	r->tgid = p->tgid;
	r->exit_code = p->exit_code;
	r->group_exit_code = p->signal->group_exit_code;
	r->signal_flags = p->signal->flags;
	r->pad = 0;
	bpf_ringbuf_submit(r, 0); /* wakes the reader only when it had caught up */
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
	r->tid = p->pid;
	r->n = n;
	if (bpf_probe_read_user(r->text, n & (EXEC_TEXT - 1), (const void *)from))
		r->n = 0;
	bpf_ringbuf_submit(r, 0);
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} signals SEC(".maps");

/* 17 18 19 20 21 22 23 28: SIGCHLD, SIGCONT, the stops, SIGURG, SIGWINCH kill nobody. Real-time signals come in storms. */
#define HARMLESS 0x10fe0000u

SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int sig, void *info, struct task_struct *to, int group, int result)
{
	struct task_struct *me = (struct task_struct *)bpf_get_current_task_btf();
	struct signal_record *r;
	unsigned long from, end;
	struct mm_struct *mm;
	__u32 n;

	if (result || sig < 1 || sig > 31 || HARMLESS >> sig & 1)
		return 0;
	mm = me->mm;
	r = bpf_ringbuf_reserve(&signals, sizeof(*r), 0);
	if (!r)
		return 0;
	r->t = bpf_ktime_get_ns();
	r->cgroup = bpf_get_current_cgroup_id();
	r->tid = me->pid;
	r->target = to->pid;
	r->sig = sig;
	r->n = 0;
	if (mm) {
		from = mm->arg_start;
		end = mm->arg_end;
		n = end - from < EXEC_TEXT - 1 ? end - from : EXEC_TEXT - 1;
		if (!bpf_probe_read_user(r->text, n & (EXEC_TEXT - 1), (const void *)from))
			r->n = n;
	}
	bpf_ringbuf_submit(r, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
