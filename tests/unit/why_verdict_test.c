/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts on lives built by hand; call paths as real kernels print them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/atom.h"
#include "base/guard.h"
#include "tasklife/why.h"

static struct arena mem;
static struct atoms atoms;
static const struct tl_witnesses all = {.newtask = true,
					.fork = true,
					.exec = true,
					.exit = true,
					.wait = true,
					.free = true,
					.sw = true,
					.signal = true,
					.deliver = true,
					.functions = true,
					.stacks = true};

static int set_up(void **state)
{
	arena_init(&mem);
	atoms_init(&atoms);
	return 0;
}

static int tear_down(void **state)
{
	arena_fini(&mem);
	atoms_fini(&atoms);
	return 0;
}

/* "do_exit do_group_exit ?__wake_up_parent": innermost first; '?' doubtful, '0' printed with +0x0.
 */
static const struct tl_stack *path(const char *names)
{
	struct tl_stack *s = arena_alloc(&mem, sizeof(*s) + 64 * sizeof(s->frame[0]));

	while (*names) {
		size_t n = strcspn(names, " ");
		struct tl_frame *f = &s->frame[s->n++];
		bool doubtful = *names == '?', zero = *names == '0';

		names += doubtful || zero;
		n -= doubtful || zero;
		f->name = f->raw = atom_of(&atoms, names, n);
		f->role = doubtful ? TL_ROLE_NONE : tl_role_of(names, n);
		f->mark = doubtful ? TL_FM_DOUBTFUL : TL_FM_PLAIN;
		f->has_off = true;
		f->off = doubtful || zero ? 0 : 0x20;
		names += n + (names[n] == ' ');
	}
	tl_stack_complete(s);
	return s;
}

static struct tl_seen at(tl_ns t, enum tl_ev kind)
{
	return (struct tl_seen){ t, (uint64_t)t, kind, true };
}

static struct tl_ref ref(tl_pid tid, const char *comm)
{
	return (struct tl_ref){ tid, 1, atom_of(&atoms, comm, strlen(comm)) };
}

/* A process of one thread, dead at 1000 on this path. */
struct one {
	struct tl_task t;
	struct tl_death d;
	struct tl_way w;
	struct tl_notice n;
	struct tl_process p;
	struct tl_signal sig[4];
};

static void dead(struct one *o, const char *names)
{
	memset(o, 0, sizeof(*o));
	o->t.tid = o->t.tgid = o->p.tgid = 100;
	o->t.generation = 1;
	o->t.comm = ref(100, "victim").comm;
	o->t.is_leader = true;
	o->t.process = &o->p;
	o->t.death = &o->d;
	o->d.way = &o->w;
	o->t.notice = &o->n;
	o->t.reap = &tl_no_reap;
	o->t.sched = &tl_no_sched;
	o->t.signals = o->sig;
	o->t.birth.creator.tid = o->t.birth.real_parent.tid = TL_PID_NONE;
	o->p.n_threads = 1;
	o->p.leader = (struct tl_ref){.tid = o->t.tid};
	o->p.ended = true;
	o->p.end = o->d.seen = at(1000, TL_EV_EXIT);
	o->d.stack = names ? path(names) : NULL;
	o->d.group_dead = -1;
}

static struct tl_signal *sent(struct one *o, int sig, int code, bool group, const char *names)
{
	struct tl_signal *s = &o->sig[o->t.n_signals++];

	*s = (struct tl_signal){.seen = at(900 + o->t.n_signals, TL_EV_SIGNAL),
				.sig = sig,
				.code = code,
				.group = group,
				.ctx = TL_CTX_KNOWN,
				.leads = -1,
				.limit = -1,
				.trap = -1,
				.target = ref(100, "victim"),
				.owner = ref(50, "sender"),
				.owner_tgid = 50};
	s->stack = names ? path(names) : NULL;
	return s;
}

static void delivered(struct one *o, int sig, int code)
{
	o->d.any_delivery = true;
	o->w.last = (struct tl_delivery){.seen = at(950, TL_EV_DELIVER), .sig = sig, .code = code};
}

static struct tl_death_verdict verdict(const struct one *o)
{
	struct tl_death_verdict v;

	tl_why_death(&o->t, &all, &mem, &v);
	return v;
}

static void is_cause(const struct tl_finding *f, const char *rule, const char *id,
		     enum tl_grade grade)
{
	if (!f->row || strcmp(f->row->rule, rule))
		print_message("wanted %s, got %s\n", rule, f->row ? f->row->rule : "nothing");
	assert_non_null(f->row);
	assert_string_equal(f->row->rule, rule);
	assert_string_equal(tl_finding_id(f), id);
	assert_int_equal(f->grade, grade);
}

#define BY_SIGNAL                                                                                  \
	"do_exit do_group_exit get_signal arch_do_signal_or_restart syscall_exit_to_user_mode do_syscall_64"
#define KILL_PATH                                                                                  \
	"__send_signal_locked do_send_sig_info kill_pid_info kill_something_info __x64_sys_kill do_syscall_64"

/* ---- paths alone ---- */

static void paths_of_death(void **state)
{
	static const struct {
		const char *path, *rule, *id;
		int signal;
	} row[] = {
		{"do_exit do_group_exit __x64_sys_exit_group x64_sys_call do_syscall_64",
		 "D-EXIT-GROUP", "exit", 0},
		{"do_exit do_group_exit __do_sys_exit_group.part.0 __arm64_sys_exit_group invoke_syscall",
		 "D-EXIT-GROUP", "exit", 0},
		{"do_exit do_group_exit ?__wake_up_parent ret_fast_syscall", "D-EXIT-GROUP-NEXT",
		 "exit", 0},
		{"sys_exit_group ret_fast_syscall", "D-EXIT-GROUP-CUT", "exit", 0},
		{"do_group_exit sys_exit_group", "D-EXIT-GROUP-CUT2", "exit", 0},
		{"do_exit __x64_sys_exit do_syscall_64", "D-EXIT-THREAD", "thread_exit", 0},
		{"do_exit 0do_group_exit ret_fast_syscall", "D-EXIT-THREAD-NEXT", "thread_exit", 0},
		{"sys_exit", "D-EXIT-THREAD-CUT", "thread_exit", 0},
		{"do_exit __secure_computing syscall_trace_enter do_syscall_64", "D-SECCOMP-STRICT",
		 "seccomp", 9},
		{"do_exit __seccomp_filter __secure_computing syscall_trace_enter",
		 "D-SECCOMP-THREAD", "seccomp.thread", 31},
		{"do_exit ?get_nth_filter __secure_computing syscall_trace_enter",
		 "D-SECCOMP-THREAD-NEXT", "seccomp.thread", 31},
		{"do_exit do_group_exit __seccomp_filter __secure_computing", "D-SECCOMP-PROC-OLD",
		 "seccomp", 31},
		{"do_exit make_task_dead rewind_stack_and_make_dead", "D-OOPS-X86", "kernel_bug",
		 0},
		{"do_exit rewind_stack_do_exit", "D-OOPS-X86-OLD", "kernel_bug", 0},
		{"do_exit make_task_dead die __do_kernel_fault do_page_fault", "D-OOPS",
		 "kernel_bug", 0},
		{"do_exit die arm_notify_die", "D-OOPS-OLD", "kernel_bug", 0},
		{"do_exit make_task_dead", "D-DEAD-OTHER", "kernel_bug", 0},
		{"do_exit io_sq_thread ret_from_fork", "D-URING", "worker_end", 0},
		{"do_exit vhost_task_fn ret_from_fork ret_from_fork_asm", "D-VHOST", "worker_end",
		 0},
		{"do_exit call_usermodehelper_exec_async ret_from_fork", "D-UMH", "helper_failed",
		 0},
		{"do_exit kthread_exit kthread ret_from_fork", "D-KT-RETURN-X", "kthread_end", 0},
		{"do_exit __module_put_and_kthread_exit cryptomgr_probe kthread ret_from_fork",
		 "D-KT-MODULE", "kthread_end", 0},
		{"do_exit kthread_complete_and_exit some_thread kthread ret_from_fork",
		 "D-KT-COMPLETE", "kthread_end", 0},
		{"do_exit kthread ret_from_fork", "D-KT-RETURN", "kthread_end", 0},
		{"do_exit __do_sys_reboot __x64_sys_reboot do_syscall_64", "D-REBOOT", "reboot", 0},
		{"do_exit emulate_vsyscall do_user_addr_fault", "D-VSYSCALL-OLD", "vsyscall", 31},
		{"do_exit save_v86_state", "D-VM86", "kernel_other", 0},
		{BY_SIGNAL, "D-SIG-ANY", "signal", 0},
		{"get_signal do_work_pending slow_work_pending", "D-SIG-ANY-CUT", "signal", 0},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct one o;
		struct tl_death_verdict v;

		dead(&o, row[i].path);
		v = verdict(&o);
		is_cause(&v.cause, row[i].rule, row[i].id, TL_OBSERVED);
		assert_int_equal(v.signal, row[i].signal);
		assert_int_equal(v.by.tid, TL_PID_NONE);
		assert_int_equal(v.trigger.tid, TL_PID_NONE);
		assert_true(v.cause.n_evidence >= 1);
	}
}

/* Listings without offsets cannot be put right; what cannot be is told all the same. */
static void paths_without_offsets(void **state)
{
	static const struct {
		const char *path, *rule, *id;
	} row[] = {
		{"do_exit do_group_exit __wake_up_parent ret_fast_syscall", "D-EXIT-GROUP-NAMES",
		 "exit"},
		{"do_exit do_group_exit ret_fast_syscall", "D-EXIT-THREAD-NAMES", "thread_exit"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct one o;
		struct tl_death_verdict v;

		dead(&o, row[i].path);
		v = verdict(&o);
		is_cause(&v.cause, row[i].rule, row[i].id, TL_DEDUCED);
	}
}

static void an_unknown_path_stays_unknown(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, "do_exit some_new_function");
	v = verdict(&o);
	assert_string_equal(tl_finding_id(&v.cause), "unknown");
	assert_non_null(v.cause.missing);
	dead(&o, NULL);
	v = verdict(&o);
	assert_null(v.cause.row);
	assert_string_equal(tl_finding_id(&v.cause), "unknown");
	assert_non_null(v.cause.missing);
	o.d.seen.is = false; /* alive: no verdict, nothing missing */
	v = verdict(&o);
	assert_null(v.cause.row);
	assert_null(v.cause.missing);
}

/* ---- signals ---- */

static void sigkill_names_its_sender(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, BY_SIGNAL);
	sent(&o, 9, 0, true, KILL_PATH);
	delivered(&o, 9, 0);
	v = verdict(&o);
	is_cause(&v.cause, "D-SIGKILL", "signal", TL_OBSERVED);
	is_cause(&v.source, "S-KILL", "kill", TL_OBSERVED);
	assert_int_equal(v.by.tid, 50);
	assert_int_equal(v.trigger.tid, TL_PID_NONE);
	assert_int_equal(v.signal, 9);
	assert_ptr_equal(v.fatal, &o.sig[0]);
	assert_int_equal(v.core_dumped, 0);
	assert_false(v.exited);
	assert_int_equal(v.cause.evidence[0].seen.kind, TL_EV_SIGNAL); /* in order of time */
	assert_int_equal(v.cause.evidence[1].seen.kind, TL_EV_DELIVER);
	assert_int_equal(v.cause.n_evidence, 3);
}

static void a_term_delivered_as_nine_is_a_term(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, BY_SIGNAL);
	sent(&o, 15, 0, true, KILL_PATH);
	delivered(&o, 9, 0);
	v = verdict(&o);
	is_cause(&v.cause, "D-SIG-TERM", "signal", TL_OBSERVED);
	assert_int_equal(v.signal, 15);
	assert_int_equal(v.by.tid, 50);
}

static void ignored_handled_and_late_signals_kill_nobody(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, BY_SIGNAL);
	sent(&o, 1, 0, true, KILL_PATH)->result = 1; /* ignored */
	sent(&o, 10, 0, true, KILL_PATH);	     /* handled */
	o.sig[1].delivered = at(930, TL_EV_DELIVER);
	o.sig[1].handler = 0x400000;
	sent(&o, 17, 1, true, "do_notify_parent do_exit");
	sent(&o, 15, 0, true, KILL_PATH)->seen.t = 2000; /* after its death */
	delivered(&o, 9, 0);
	v = verdict(&o);
	is_cause(&v.cause, "D-SIG-ANY", "signal", TL_OBSERVED);
	assert_null(v.fatal);
	assert_int_equal(v.signal, 0);
	assert_non_null(v.cause.missing);
}

static void core_signals_keep_their_number(void **state)
{
	struct one o;
	struct tl_death_verdict v;
	struct tl_signal *s;

	dead(&o, BY_SIGNAL);
	s = sent(&o, 11, 1, false,
		 "force_sig_info_to_task force_sig_fault exc_page_fault asm_exc_page_fault");
	s->self = true;
	s->owner = s->target;
	delivered(&o, 11, 1);
	v = verdict(&o);
	is_cause(&v.cause, "D-SIG-CORE", "signal", TL_OBSERVED);
	is_cause(&v.source, "S-PF-X86", "fault.memory", TL_OBSERVED);
	assert_int_equal(v.signal, 11);
	assert_int_equal(v.by.tid, TL_PID_NONE);
	assert_int_equal(v.core_dumped, -1); /* nothing tells */
	o.n = (struct tl_notice){ .seen = at(1001, TL_EV_SIGNAL), .sig = 17, .code = 3 };
	v = verdict(&o);
	is_cause(&v.cause, "D-COREDUMP", "signal", TL_OBSERVED);
	assert_int_equal(v.core_dumped, 1);
	o.n.code = 2;
	v = verdict(&o);
	is_cause(&v.cause, "D-SIG-CORE", "signal", TL_OBSERVED);
	assert_int_equal(v.core_dumped, 0);
	o.d.status_known = true;
	o.d.status = 0x8b;
	v = verdict(&o);
	assert_int_equal(v.core_dumped, 1);
}

static void a_blocked_signal_keeps_its_number_too(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, BY_SIGNAL);
	sent(&o, 15, 0, true, KILL_PATH);
	delivered(&o, 15, 0);
	v = verdict(&o);
	is_cause(&v.cause, "D-SIG-STOPPED", "signal", TL_OBSERVED);
	assert_int_equal(v.signal, 15);
}

static void the_oom_killer_has_a_trigger_no_sender(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, BY_SIGNAL);
	sent(&o, 9, 128, true,
	     "send_signal_locked do_send_sig_info __oom_kill_process oom_kill_process out_of_memory "
	     "mem_cgroup_out_of_memory try_charge_memcg do_page_fault");
	delivered(&o, 9, 0);
	v = verdict(&o);
	is_cause(&v.cause, "D-OOM", "signal", TL_OBSERVED);
	is_cause(&v.source, "S-OOM-MEMCG", "oom.memcg", TL_OBSERVED);
	assert_int_equal(v.by.tid, TL_PID_NONE);
	assert_int_equal(v.trigger.tid, 50);
	o.sig[0].stack = NULL;
	o.sig[0].oom_victim = true;
	v = verdict(&o);
	is_cause(&v.cause, "D-OOM", "signal", TL_OBSERVED);
	is_cause(&v.source, "S-OOM-BYVICTIM", "oom", TL_DEDUCED);
	assert_non_null(v.source.missing);
}

static void sources_by_path(void **state)
{
	static const struct {
		int sig, code;
		bool group, self;
		const char *path, *rule;
		bool by;
	} row[] = {
		{15, 0, true, false,
		 "group_send_sig_info do_exit do_group_exit __x64_sys_exit_group", "S-PDEATH",
		 false},
		{1, 128, true, false, "__kill_pgrp_info kill_pgrp disassociate_ctty.part.0 do_exit",
		 "S-TTY-SLEXIT", false},
		{1, 128, true, false,
		 "tty_signal_session_leader __tty_hangup.part.0 tty_vhangup pty_close",
		 "S-TTY-HANGUP", false},
		{2, 128, true, false,
		 "__kill_pgrp_info kill_pgrp isig n_tty_receive_signal_char flush_to_ldisc process_one_work",
		 "S-TTY-KEY", false},
		{1, 128, true, false, "__kill_pgrp_info kill_orphaned_pgrp do_exit",
		 "S-ORPHAN-PGRP", false},
		{1, 128, true, false, "__kill_pgrp_info do_exit do_group_exit",
		 "S-ORPHAN-PGRP-INLINE", false},
		{9, 128, true, false, "group_send_sig_info zap_pid_ns_processes do_exit", "S-PIDNS",
		 false},
		{9, 128, false, false, "send_sig_info exit_ptrace do_exit", "S-EXITKILL", false},
		{9, 0, false, false, "send_sig_info ptrace_request arch_ptrace __x64_sys_ptrace",
		 "S-PTRACE-KILL", true},
		{9, 0, false, false,
		 "__send_signal_locked __cgroup_kill cgroup_kill_write kernfs_fop_write_iter",
		 "S-CGROUP-KILL", true},
		{9, 0, true, false, "send_signal_locked cgroup_post_fork copy_process kernel_clone",
		 "S-CGROUP-KILL-FORK", false},
		{9, 128, true, false,
		 "__oom_kill_process out_of_memory moom_callback process_one_work", "S-SYSRQ-OOM",
		 false},
		{9, 128, true, false,
		 "__oom_kill_process oom_kill_process out_of_memory __alloc_pages", "S-OOM", false},
		{6, -6, false, true, "do_send_specific do_tkill __x64_sys_tgkill", "S-TGKILL",
		 true},
		{34, -1, true, false, "do_rt_sigqueueinfo __x64_sys_rt_sigqueueinfo", "S-SIGQUEUE",
		 true},
		{10, -3, true, false,
		 "do_send_sig_info __do_notify do_mq_timedsend __x64_sys_mq_timedsend", "S-MQUEUE",
		 false},
		{15, 0, true, false, "__do_sys_pidfd_send_signal __x64_sys_pidfd_send_signal",
		 "S-PIDFD", true},
		{13, 0, false, true, "send_sig pipe_write vfs_write ksys_write", "S-SIGPIPE",
		 false},
		{25, 0, false, true, "send_sig generic_write_check_limits generic_write_checks",
		 "S-SIGXFSZ", false},
		{24, 128, true, true, "check_rlimit.part.0 posix_cpu_timers_work task_work_run",
		 "S-CPU-LIMIT", false},
		{31, 1, false, true, "force_sig_info_to_task force_sig_seccomp __seccomp_filter",
		 "S-SECCOMP", false},
		{11, 128, false, true,
		 "force_sig_info_to_task force_fatal_sig bprm_execve do_execveat_common",
		 "S-EXEC-PONR", false},
		{11, 128, false, true, "force_sigsegv search_binary_handler __do_execve_file",
		 "S-EXEC-PONR-419", false},
		{11, 128, false, true, "force_sig __rseq_handle_notify_resume do_work_pending",
		 "S-RSEQ", false},
		{11, 1, false, true,
		 "force_sig_fault arm64_force_sig_fault do_page_fault do_mem_abort el0_da",
		 "S-PF-ARM64", false},
		{11, 1, false, true,
		 "force_sig_fault __do_user_fault.constprop.0 do_page_fault do_DataAbort __dabt_usr",
		 "S-PF-ARM", false},
		{11, 128, false, true,
		 "force_sig exc_general_protection asm_exc_general_protection", "S-GPF-X86", false},
		{8, 1, false, true,
		 "force_sig_fault do_error_trap exc_divide_error asm_exc_divide_error", "S-FPE-X86",
		 false},
		{4, 2, false, true,
		 "force_sig_fault do_error_trap exc_invalid_op asm_exc_invalid_op", "S-ILL-X86",
		 false},
		{5, 1, false, true, "force_sig_fault send_user_sigtrap do_el0_brk64 el0_brk64",
		 "S-BRK-ARM64", false},
		{4, 1, false, true,
		 "force_sig_fault arm64_notify_die force_signal_inject do_el0_undef",
		 "S-UNDEF-ARM64", false},
		{4, 1, false, true, "force_sig_fault arm_notify_die do_undefinstr", "S-UNDEF-ARM",
		 false},
		{19, 0, false, false, "send_signal_locked ptrace_attach __x64_sys_ptrace",
		 "S-PTRACE-ATTACH", true},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct one o;
		struct tl_finding f;
		struct tl_signal *s;

		dead(&o, BY_SIGNAL);
		s = sent(&o, row[i].sig, row[i].code, row[i].group, row[i].path);
		s->self = row[i].self;
		tl_why_signal(&o.t, s, &all, &mem, &f);
		is_cause(&f, row[i].rule, f.row ? f.row->id : "", TL_OBSERVED);
		assert_int_equal(tl_source_has_sender(f.row), row[i].by);
		assert_null(f.missing);
	}
}

static void sources_by_code_alone(void **state)
{
	static const struct {
		int sig, code;
		bool group, self, dead;
		const char *rule;
		enum tl_grade grade;
	} row[] = {
		{ 9, 0, true, false, false, "S-USER-GRP-BYCODE", TL_DEDUCED },
		{ 15, 0, true, false, true, "S-PDEATH-BYOWNER", TL_DEDUCED },
		{ 9, 0, false, false, false, "S-USER-PRIV-BYCODE", TL_DEDUCED },
		{ 9, 128, true, false, false, "S-KERNEL-BYCODE", TL_DEDUCED },
		{ 9, 128, true, false, true, "S-PIDNS-BYOWNER", TL_DEDUCED },
		{ 9, 128, false, false, true, "S-EXITKILL-BYOWNER", TL_DEDUCED },
		{ 6, -6, false, true, false, "S-TGKILL-BYCODE", TL_DEDUCED },
		{ 14, -2, true, false, false, "S-TIMER-BYCODE", TL_DEDUCED },
		{ 34, -1, true, false, false, "S-QUEUE-BYCODE", TL_DEDUCED },
		{ 34, -4, true, false, false, "S-QUEUE-BYCODE", TL_GUESSED },
		/* which CPU it was is not known */
		{ 11, 1, false, true, false, "S-FORCED-ARM64-BYCODE", TL_DEDUCED },
		{ 7, 2, false, true, false, "S-MEMORY-BYCODE", TL_DEDUCED },
		{ 11, 3, false, true, false, "S-FAULT-BYCODE", TL_DEDUCED },
		{ 4, 1, false, true, false, "S-ILL-BYCODE", TL_DEDUCED },
		{ 4, 2, false, true, false, "S-FAULT-BYCODE", TL_DEDUCED },
		{ 8, 1, false, true, false, "S-FPE-BYCODE", TL_DEDUCED },
		{ 5, 1, false, true, false, "S-TRAP-BYCODE", TL_DEDUCED },
		{ 31, 1, false, true, false, "S-SECCOMP-BYCODE", TL_DEDUCED },
		{ 13, 0, false, true, false, "S-PIPE-BYCODE", TL_DEDUCED },
		{ 13, 0, true, true, false, "S-USER-GRP-BYCODE", TL_DEDUCED },
		{ 25, 0, false, true, false, "S-FSIZE-BYCODE", TL_DEDUCED },
		{ 24, 128, true, false, false, "S-CPU-BYCODE", TL_DEDUCED },
		{ 3, 128, true, false, false, "S-TTY-KEY-BYCODE", TL_DEDUCED },
		{ 21, 128, true, false, false, "S-TTY-JOB-BYCODE", TL_DEDUCED },
		{ 29, 128, true, false, false, "S-SIGIO-BYCODE", TL_DEDUCED },
		{ 11, 128, false, true, false, "S-FORCED-BYCODE", TL_DEDUCED },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct one o;
		struct tl_finding f;
		struct tl_signal *s;

		dead(&o, NULL);
		s = sent(&o, row[i].sig, row[i].code, row[i].group, NULL);
		s->self = row[i].self;
		s->owner_dead = row[i].dead;
		tl_why_signal(&o.t, s, &all, &mem, &f);
		is_cause(&f, row[i].rule, f.row ? f.row->id : "", row[i].grade);
		assert_non_null(f.missing);
	}
}

/* kernel/signal.c lets nobody send a code from 0 up to another task: what one sends to itself is no
 * notice. */
static void a_notice_cannot_be_forged(void **state)
{
	static const struct {
		int code;
		bool self;
		const char *rule;
		enum tl_grade grade;
	} row[] = {
		{1, false, "S-CHLD-BYCODE", TL_OBSERVED},
		{3, false, "S-CHLD-BYCODE", TL_OBSERVED},
		{5, false, "S-CHLD-STOP-BYCODE", TL_OBSERVED},
		{1, true, "S-CHLD-SELF", TL_GUESSED},
		{5, true, NULL, TL_GUESSED},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct one o;
		struct tl_finding f;
		struct tl_signal *s;

		dead(&o, NULL);
		s = sent(&o, 17, row[i].code, true, NULL);
		s->self = row[i].self;
		tl_why_signal(&o.t, s, &all, &mem, &f);
		if (row[i].rule)
			is_cause(&f, row[i].rule, "child", row[i].grade);
		else
			assert_true(!f.row || strcmp(f.row->id, "child"));
	}
}

/* The recorder tells which system call the sender was in. */
static void sources_by_system_call(void **state)
{
	static const struct {
		int sig, code;
		bool group, self;
		enum tl_call call;
		const char *rule;
		enum tl_grade grade;
	} row[] = {
		{ 9, 0, true, false, TL_CALL_KILL, "S-KILL-BYCALL", TL_OBSERVED },
		{ 9, 0, true, false, TL_CALL_PIDFD_SIGNAL, "S-PIDFD-BYCALL", TL_OBSERVED },
		{ 15, 0, true, true, TL_CALL_KILL, "S-KILL-BYCALL", TL_OBSERVED },
		{ 9, 0, false, false, TL_CALL_PTRACE, "S-PTRACE-KILL-BYCALL", TL_DEDUCED },
		{ 19, 0, false, false, TL_CALL_PTRACE, "S-PTRACE-ATTACH-BYCALL", TL_DEDUCED },
		{ 9, 0, false, false, TL_CALL_WRITE, "S-CGROUP-KILL-BYCALL", TL_DEDUCED },
		{ 9, 0, false, false, TL_CALL_OTHER, "S-USER-PRIV-BYCODE", TL_DEDUCED },
		{ 11, 128, false, true, TL_CALL_EXECVE, "S-EXEC-BYCALL", TL_DEDUCED },
		{ 11, 128, false, true, TL_CALL_NONE, "S-FORCED-BYCODE", TL_DEDUCED },
		{ 11, 128, false, true, TL_CALL_RT_SIGRETURN, "S-SIGRETURN-BYCALL", TL_DEDUCED },
		{ 11, 1, false, true, TL_CALL_RT_SIGRETURN, "S-SIGRETURN-BYCALL", TL_DEDUCED },
		{ 11, 1, false, true, TL_CALL_NONE, "S-FORCED-ARM64-BYCODE", TL_DEDUCED },
		{ 9, 128, true, true, TL_CALL_NONE, "S-KERNEL-BYCODE", TL_DEDUCED },
		{ 9, 128, true, true, TL_CALL_WRITE, "S-KERNEL-BYCODE", TL_DEDUCED },
		{ 9, 128, true, true, TL_CALL_UNKNOWN, "S-KERNEL-BYCODE", TL_DEDUCED },
		{ 1, 128, true, false, TL_CALL_CLOSE, "S-TTY-HANGUP-BYCALL", TL_DEDUCED },
		{ 1, 128, true, false, TL_CALL_IOCTL, "S-KERNEL-BYCODE", TL_DEDUCED },
		{ 1, 128, true, false, TL_CALL_UNKNOWN, "S-KERNEL-BYCODE", TL_DEDUCED },
	};
	struct tl_signal *s;
	struct tl_finding f;
	struct one o;

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		dead(&o, NULL);
		s = sent(&o, row[i].sig, row[i].code, row[i].group, NULL);
		s->self = row[i].self;
		s->call = (uint8_t)row[i].call;
		tl_why_signal(&o.t, s, &all, &mem, &f);
		is_cause(&f, row[i].rule, f.row ? f.row->id : "", row[i].grade);
	}
	/* of who was only interrupted, and of who is dying, the system call says nothing */
	dead(&o, NULL);
	s = sent(&o, 9, 0, true, NULL);
	s->call = TL_CALL_PIDFD_SIGNAL;
	s->owner_dead = true;
	tl_why_signal(&o.t, s, &all, &mem, &f);
	is_cause(&f, "S-PDEATH-BYOWNER", "parent_death", TL_DEDUCED);
}

/* Who is in none of the recorded calls: that proves something only where every call passes the
 * tracepoints. */
static void sources_by_no_system_call(void **state)
{
	static const struct {
		int sig, code;
		bool group, calls;
		enum tl_arch arch;
		uint8_t ctx;
		const char *rule;
	} row[] = {
		{9, 0, false, true, TL_ARCH_ARM, TL_CTX_KNOWN, "S-CGROUP-KILL-BYREST"},
		{9, 0, false, false, TL_ARCH_ARM, TL_CTX_KNOWN, "S-USER-PRIV-BYCODE"},
		{9, 0, false, true, TL_ARCH_X86, TL_CTX_KNOWN, "S-USER-PRIV-BYCODE"},
		{9, 0, false, true, TL_ARCH_ARM, TL_CTX_KNOWN | TL_CTX_SOFTIRQ,
		 "S-USER-PRIV-BYCODE"},
		{9, 0, false, true, TL_ARCH_ARM, 0, "S-USER-PRIV-BYCODE"},
		{1, 128, true, true, TL_ARCH_ARM, TL_CTX_KNOWN, "S-TTY-HANGUP-BYCALL"},
		{1, 128, true, true, TL_ARCH_ARM64, TL_CTX_KNOWN, "S-KERNEL-BYCODE"},
		{1, 128, true, false, TL_ARCH_ARM, TL_CTX_KNOWN, "S-KERNEL-BYCODE"},
		{9, 128, true, true, TL_ARCH_ARM, TL_CTX_KNOWN, "S-KERNEL-BYCODE"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct tl_witnesses w = all;
		struct tl_finding f;
		struct tl_signal *s;
		struct one o;

		w.calls = row[i].calls;
		w.arch = row[i].arch;
		dead(&o, NULL);
		s = sent(&o, row[i].sig, row[i].code, row[i].group, NULL);
		s->ctx = row[i].ctx;
		s->call = TL_CALL_UNWATCHED;
		tl_why_signal(&o.t, s, &w, &mem, &f);
		is_cause(&f, row[i].rule, f.row ? f.row->id : "", TL_DEDUCED);
	}
}

/* Records lost between the signal and the death: still the best known, but less sure, and said so.
 */
static void a_gap_lowers_the_grade(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, BY_SIGNAL);
	sent(&o, 9, 0, true, KILL_PATH);
	delivered(&o, 9, 0);
	o.sig[0].losses = o.d.losses = 2;
	v = verdict(&o);
	is_cause(&v.source, "S-KILL", "kill", TL_OBSERVED);
	is_cause(&v.cause, "D-SIGKILL", "signal", TL_OBSERVED);
	assert_null(v.cause.missing);
	o.d.losses = 3;
	v = verdict(&o);
	is_cause(&v.source, "S-KILL", "kill", TL_DEDUCED);
	is_cause(&v.cause, "D-SIGKILL", "signal", TL_DEDUCED);
	assert_non_null(strstr(v.cause.missing, "records were lost"));
	assert_int_equal(v.by.tid, 50);
	o.sig[0].stack = NULL;
	v = verdict(&o);
	is_cause(&v.source, "S-USER-GRP-BYCODE", "kill", TL_GUESSED);
}

/* Neither exit nor signal: seccomp where it was asked for, and a guess, for an oops looks the same.
 */
static void a_death_without_a_call(void **state)
{
	struct tl_witnesses w = all;
	struct tl_death_verdict v;
	struct one o;

	w.calls = true;
	w.arch = TL_ARCH_ARM;
	dead(&o, NULL);
	o.t.birth.seen = at(1, TL_EV_NEWTASK);
	o.n.seen = at(1001, TL_EV_SIGNAL);
	o.n.code = 2;
	tl_why_death(&o.t, &w, &mem, &v);
	assert_null(v.cause.row);
	o.t.confined = TL_CONFINED_STRICT;
	tl_why_death(&o.t, &w, &mem, &v);
	is_cause(&v.cause, "D-SECCOMP-STRICT-BYCALL", "seccomp", TL_GUESSED);
	assert_int_equal(v.signal, 9);
	o.t.confined = TL_CONFINED_FILTER;
	tl_why_death(&o.t, &w, &mem, &v);
	is_cause(&v.cause, "D-SECCOMP-FILTER-BYCALL", "seccomp", TL_GUESSED);
	assert_int_equal(v.signal, 31);
	w.calls = false; /* something was lost */
	tl_why_death(&o.t, &w, &mem, &v);
	assert_null(v.cause.row);
	w.calls = true;
	w.arch = TL_ARCH_X86;
	tl_why_death(&o.t, &w, &mem, &v);
	assert_null(v.cause.row);
}

/* The same codes mean other things on other CPUs. */
static void sources_by_cpu(void **state)
{
	static const struct {
		int sig, code;
		enum tl_arch arch;
		const char *rule;
	} row[] = {
		{4, 2, TL_ARCH_X86, "S-ILL-X86-BYCODE"},
		{4, 2, TL_ARCH_ARM64, "S-FAULT-BYCODE"},
		{5, 128, TL_ARCH_X86, "S-TRAP-X86-BYCODE"},
		{5, 128, TL_ARCH_ARM, "S-FORCED-BYCODE"},
		{5, 128, TL_ARCH_UNKNOWN, "S-FORCED-BYCODE"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct tl_witnesses w = all;
		struct tl_signal *s;
		struct tl_finding f;
		struct one o;

		dead(&o, NULL);
		s = sent(&o, row[i].sig, row[i].code, false, NULL);
		s->self = true;
		w.arch = row[i].arch;
		tl_why_signal(&o.t, s, &w, &mem, &f);
		is_cause(&f, row[i].rule, f.row ? f.row->id : "", TL_DEDUCED);
	}
}

static void nobody_is_blamed_for_an_interrupt(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, BY_SIGNAL);
	sent(&o, 14, 128, true, "kill_pid_info it_real_fn __hrtimer_run_queues hrtimer_interrupt")
		->ctx |= TL_CTX_HARDIRQ;
	delivered(&o, 9, 0);
	v = verdict(&o);
	assert_string_equal(tl_finding_id(&v.source), "timer.alarm");
	assert_int_equal(v.signal, 14);
	assert_int_equal(v.by.tid, TL_PID_NONE);
	assert_int_equal(v.trigger.tid, TL_PID_NONE);
}

/* ---- without any path ---- */

static void records_alone_can_do(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, NULL);
	o.n = (struct tl_notice){ .seen = at(1001, TL_EV_SIGNAL), .sig = 17, .code = 1 };
	sent(&o, 15, 0, true, NULL); /* told to have left by itself: this did not kill it */
	v = verdict(&o);
	is_cause(&v.cause, "D-EXIT-TOLD", "exit", TL_DEDUCED);
	assert_null(v.fatal);
	assert_true(v.exited);
	assert_false(v.exit_code_known);

	dead(&o, NULL);
	o.n = (struct tl_notice){ .seen = at(1001, TL_EV_SIGNAL), .sig = 17, .code = 2 };
	v = verdict(&o);
	is_cause(&v.cause, "D-SIG-TOLD", "signal", TL_DEDUCED);
	assert_int_equal(v.signal, 0);

	dead(&o, NULL);
	sent(&o, 9, 0, true, NULL);
	v = verdict(&o);
	is_cause(&v.cause, "D-SIGKILL", "signal", TL_DEDUCED);
	is_cause(&v.source, "S-USER-GRP-BYCODE", "kill", TL_DEDUCED);
	assert_int_equal(v.by.tid, 50);

	dead(&o, NULL);
	sent(&o, 15, 0, true, NULL);
	v = verdict(&o);
	is_cause(&v.cause, "D-SIG-TERM", "signal", TL_GUESSED);
	delivered(&o, 9, 0);
	v = verdict(&o);
	is_cause(&v.cause, "D-SIG-TERM", "signal", TL_DEDUCED);

	dead(&o, NULL);
	o.w.exit_call = at(990, TL_EV_EXIT_CALL);
	o.d.exit_group_called = o.d.status_known = o.d.status_from_call = true;
	o.d.status = 3 << 8;
	v = verdict(&o);
	is_cause(&v.cause, "D-EXIT-CALL", "exit", TL_OBSERVED);
	assert_true(v.exit_code_known);
	assert_int_equal(v.exit_code, 3);
}

static void exit_codes_and_handled_signals(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, "do_exit do_group_exit __x64_sys_exit_group");
	sent(&o, 15, 0, true, KILL_PATH);
	o.sig[0].delivered = at(940, TL_EV_DELIVER);
	o.sig[0].deliver_sig = 15;
	o.sig[0].handler = 0x401000;
	v = verdict(&o);
	is_cause(&v.cause, "D-EXIT-GROUP", "exit", TL_OBSERVED);
	assert_true(v.handled_term);
	assert_ptr_equal(v.handled, &o.sig[0]);
	assert_true(v.exited);
	assert_false(v.exit_code_known);
	o.d.status_known = true;
	o.d.status = 0x2a00;
	v = verdict(&o);
	assert_int_equal(v.exit_code, 42);
	assert_int_equal(v.signal, 0);
	assert_int_equal(v.core_dumped, 0);
}

/* ---- processes of several threads ---- */

struct group {
	struct one lead; /* 100 */
	struct tl_leaver leaver[3];
};

static void leaves(struct group *g, unsigned i, tl_pid tid, tl_ns t, const char *names, int deliver)
{
	g->leaver[i] = (struct tl_leaver){ .who = ref(tid, "thread"), .seen = at(t, TL_EV_EXIT),
					   .stack = names ? path(names) : NULL };
	if (deliver) {
		g->leaver[i].any_delivery = true;
		g->leaver[i].last =
			(struct tl_delivery){.seen = at(t - 5, TL_EV_DELIVER), .sig = deliver};
	}
	g->lead.p.leaver = g->leaver;
	g->lead.p.n_leavers = i + 1;
	g->lead.p.n_threads = i + 1;
}

static struct tl_process_verdict process(const struct group *g)
{
	struct tl_process_verdict v;

	tl_why_process(&g->lead.t, NULL, &all, &mem, &v);
	return v;
}

static void a_peer_called_exit_group(void **state)
{
	struct group g = {};
	struct tl_death_verdict v;
	struct tl_process_verdict p;

	dead(&g.lead, BY_SIGNAL);
	delivered(&g.lead, 9, 0);
	leaves(&g, 0, 101, 940, "do_exit do_group_exit __x64_sys_exit_group", 0);
	g.leaver[0].status_known = true;
	g.leaver[0].status = 5 << 8;
	leaves(&g, 1, 100, 1000, BY_SIGNAL, 9);
	v = verdict(&g.lead);
	is_cause(&v.cause, "D-GROUP-PEER", "peer_exit", TL_OBSERVED);
	assert_int_equal(v.signal, 0);
	assert_true(v.exit_code_known);
	assert_int_equal(v.exit_code, 5);
	p = process(&g);
	assert_true(p.ended);
	is_cause(&p.v.cause, "D-EXIT-GROUP", "exit", TL_OBSERVED);
	assert_int_equal(p.decided_by.tid, 101);
	assert_int_equal(p.v.exit_code, 5);
}

/* Without its delivery it cannot be told which of two was let in; SIGKILL waits for nobody. */
static void one_of_two_that_waited(void **state)
{
	struct one o;
	struct tl_death_verdict v;

	dead(&o, BY_SIGNAL);
	sent(&o, 15, 0, true, NULL);
	v = verdict(&o);
	assert_int_equal(v.signal, 15);
	sent(&o, 10, 0, true, NULL);
	v = verdict(&o);
	assert_int_equal(v.signal, 0);
	sent(&o, 9, 0, true, NULL)->seen.t += 1;
	v = verdict(&o);
	assert_int_equal(v.signal, 9);
}

static void a_peer_crashed(void **state)
{
	struct group g = {};
	struct tl_death_verdict v;
	struct tl_process_verdict p;
	struct tl_signal own = {.seen = at(930, TL_EV_SIGNAL),
				.sig = 11,
				.code = 1,
				.self = true,
				.ctx = TL_CTX_KNOWN,
				.owner = ref(101, "thread"),
				.target = ref(101, "thread")};

	own.stack = path("force_sig_fault exc_page_fault asm_exc_page_fault");
	dead(&g.lead, BY_SIGNAL);
	delivered(&g.lead, 9, 0);
	leaves(&g, 0, 100, 1000, BY_SIGNAL, 9);
	leaves(&g, 1, 101, 1010, BY_SIGNAL, 11);
	g.leaver[1].last.seen.t = 935;
	g.leaver[1].own = &own;
	g.leaver[1].n_own = 1;
	v = verdict(&g.lead);
	is_cause(&v.cause, "D-COREDUMP-PEER", "peer_crash", TL_OBSERVED);
	assert_int_equal(v.signal, 11);
	p = process(&g);
	assert_string_equal(tl_finding_id(&p.v.cause), "signal");
	assert_string_equal(tl_finding_id(&p.v.source), "fault.memory");
	assert_int_equal(p.v.signal, 11);
	assert_int_equal(p.decided_by.tid, 101);
}

static void a_peer_called_exec(void **state)
{
	struct group g = {};
	struct tl_death_verdict v;

	dead(&g.lead, BY_SIGNAL);
	delivered(&g.lead, 9, 0);
	leaves(&g, 0, 100, 1000, BY_SIGNAL, 9);
	g.lead.p.n_threads = 2;
	g.lead.p.ended = false;
	g.lead.p.execed = at(1010, TL_EV_EXEC);
	v = verdict(&g.lead);
	is_cause(&v.cause, "D-EXEC-PEER", "peer_exec", TL_OBSERVED);
	assert_false(process(&g).ended);
}

static void the_leader_left_first(void **state)
{
	struct group g = {};
	struct tl_process_verdict p;

	dead(&g.lead, "do_exit __x64_sys_exit do_syscall_64");
	leaves(&g, 0, 100, 1000, "do_exit __x64_sys_exit do_syscall_64", 0);
	leaves(&g, 1, 101, 3000, "do_exit do_group_exit __x64_sys_exit_group", 0);
	g.lead.p.end = at(3000, TL_EV_EXIT);
	p = process(&g);
	is_cause(&p.v.cause, "D-EXIT-GROUP", "exit", TL_OBSERVED);
	assert_int_equal(p.decided_by.tid, 101);
	assert_int_equal(p.end.t, 3000);
	/* nobody decides: the last to leave did */
	leaves(&g, 1, 101, 3000, "do_exit __x64_sys_exit do_syscall_64", 0);
	p = process(&g);
	is_cause(&p.v.cause, "D-EXIT-THREAD", "thread_exit", TL_OBSERVED);
	assert_int_equal(p.decided_by.tid, 101);
	/* a thread that seccomp took alone decides nothing while others live */
	leaves(&g, 0, 101, 900, "do_exit __seccomp_filter __secure_computing", 0);
	leaves(&g, 1, 100, 1000, "do_exit do_group_exit __x64_sys_exit_group", 0);
	g.lead.d.stack = g.leaver[1].stack;
	p = process(&g);
	is_cause(&p.v.cause, "D-EXIT-GROUP", "exit", TL_OBSERVED);
	assert_int_equal(p.decided_by.tid, 100);
}

static void a_signal_for_the_group_kills_every_thread(void **state)
{
	struct group g = {};
	struct tl_signal s = {.seen = at(900, TL_EV_SIGNAL),
			      .sig = 15,
			      .group = true,
			      .ctx = TL_CTX_KNOWN,
			      .owner = ref(50, "sender"),
			      .target = ref(101, "thread")};
	struct tl_death_verdict v;

	s.stack = path(KILL_PATH);
	dead(&g.lead, BY_SIGNAL);
	delivered(&g.lead, 9, 0);
	leaves(&g, 0, 100, 1000, BY_SIGNAL, 9);
	leaves(&g, 1, 101, 1001, BY_SIGNAL, 9);
	g.lead.p.group_signals = &s;
	g.lead.p.n_group_signals = 1;
	v = verdict(&g.lead);
	is_cause(&v.cause, "D-SIG-TERM", "signal", TL_OBSERVED);
	assert_int_equal(v.signal, 15);
	assert_int_equal(v.by.tid, 50);
	assert_int_equal(process(&g).v.signal, 15);
	assert_int_equal(process(&g).v.by.tid, 50);
}

/* ---- births ---- */

static void kinds_of_births(void **state)
{
	static const struct {
		const char *path;
		uint64_t flags;
		bool fork;
		const char *rule, *id;
		enum tl_grade grade;
	} row[] = {
		{"copy_process kernel_clone __do_sys_clone __arm64_sys_clone invoke_syscall",
		 0x1200000, true, "B-FORK", "fork", TL_OBSERVED},
		{"copy_process.part.53 _do_fork __x64_sys_clone do_syscall_64", 0x1200011, true,
		 "B-FORK", "fork", TL_OBSERVED},
		{"copy_process kernel_clone __do_sys_clone", 0x3d0f00, true, "B-THREAD", "thread",
		 TL_OBSERVED},
		{"copy_process kernel_clone __do_sys_clone3", 0x3d0f00, true, "B-THREAD-C3",
		 "thread", TL_OBSERVED},
		{"copy_process kernel_clone __do_sys_clone3", 0x4100, true, "B-SPAWN", "vfork",
		 TL_OBSERVED},
		{"copy_process kernel_clone __do_sys_vfork", 0x4100, true, "B-VFORK", "vfork",
		 TL_OBSERVED},
		{"copy_process kernel_clone __do_sys_fork", 0, true, "B-FORK-CALL", "fork",
		 TL_OBSERVED},
		{"copy_process kernel_clone kernel_thread kthreadd ret_from_fork", 0x800700, true,
		 "B-KTHREADD", "kthread", TL_OBSERVED},
		{"copy_process kernel_clone user_mode_thread call_usermodehelper_exec_work process_one_work",
		 0x808100, true, "B-UMH", "helper", TL_OBSERVED},
		{"copy_process create_io_thread io_uring_setup.cold", 0x80810f00, false,
		 "B-IOURING", "io_worker", TL_OBSERVED},
		{"copy_process kernel_clone __do_sys_clone", 0x100, true, "B-CLONE-OTHER", "clone",
		 TL_OBSERVED},
		{"copy_process kernel_clone do_int80_emulation", 0x1200000, true, "B-FORK-BYFLAGS",
		 "fork", TL_DEDUCED},
		{NULL, 0x3d0f00, true, "B-THREAD-BYFLAGS", "thread", TL_DEDUCED},
		{NULL, 0x4100, true, "B-SPAWN-BYFLAGS", "vfork", TL_DEDUCED},
		{NULL, 0x800700, true, "B-KERNEL-BYFLAGS", "kthread", TL_DEDUCED},
		{NULL, 0x1200000, true, "B-FORK-BYFLAGS", "fork", TL_DEDUCED},
		{NULL, 0x80810f00, false, "B-IOURING-BYFLAGS", "io_worker", TL_DEDUCED},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct one o;
		struct tl_finding f;

		dead(&o, NULL);
		o.t.birth.seen = at(10, TL_EV_NEWTASK);
		o.t.birth.creator = ref(7, "bash");
		if (row[i].fork)
			o.t.birth.confirmed = at(11, TL_EV_FORK);
		o.t.birth.flags_known = true;
		o.t.birth.clone_flags = row[i].flags;
		o.t.birth.stack = row[i].path ? path(row[i].path) : NULL;
		tl_why_birth(&o.t, &all, &mem, &f);
		is_cause(&f, row[i].rule, row[i].id, row[i].grade);
	}
}

static void births_without_flags(void **state)
{
	struct one o;
	struct tl_finding f;

	dead(&o, NULL);
	o.t.birth.seen = at(10, TL_EV_FORK);
	o.t.birth.stack = path("copy_process kernel_clone __do_sys_clone __arm64_sys_clone");
	tl_why_birth(&o.t, &all, &mem, &f);
	is_cause(&f, "B-CLONE-OTHER", "clone", TL_GUESSED); /* nobody was told of its end */
	o.n.seen = at(1001, TL_EV_SIGNAL); /* a parent was told of its end: no thread */
	tl_why_birth(&o.t, &all, &mem, &f);
	is_cause(&f, "B-FORK", "fork", TL_GUESSED);
	o.t.birth.creator_slept = 'S';
	tl_why_birth(&o.t, &all, &mem, &f);
	is_cause(&f, "B-FORK", "fork", TL_DEDUCED);
	o.t.birth.creator_slept = 'D';
	tl_why_birth(&o.t, &all, &mem, &f);
	is_cause(&f, "B-SPAWN-BYWAIT", "vfork", TL_GUESSED);
	o.t.death = &tl_no_death;
	o.t.birth.creator_slept = 0;
	o.n.seen.is = false;
	tl_why_birth(&o.t, &all, &mem, &f);
	is_cause(&f, "B-FORK", "fork", TL_GUESSED); /* it lives: most clones are */
	o.t.birth.stack = path("copy_process kernel_clone __do_sys_clone3");
	tl_why_birth(&o.t, &all, &mem, &f);
	is_cause(&f, "B-CLONE-OTHER", "clone", TL_GUESSED);
	o.t.birth.stack = path("copy_process kernel_clone kernel_thread kthreadd");
	tl_why_birth(&o.t, &all, &mem, &f);
	is_cause(&f, "B-KTHREADD", "kthread", TL_OBSERVED);
	o.t.birth.seen.is = false;
	tl_why_birth(&o.t, &all, &mem, &f);
	assert_null(f.row);
}

static void bare_stacks(void **state)
{
	enum tl_cause_kind kind;

	assert_string_equal(
		tl_why_stack(path("copy_process kernel_clone __do_sys_clone el0_svc"), &kind)->rule,
		"B-FORK");
	assert_int_equal(kind, TL_CAUSE_BIRTH);
	assert_string_equal(
		tl_why_stack(path("do_exit do_group_exit get_signal do_notify_resume el0_svc"),
			     &kind)
			->rule,
		"D-SIG-ANY");
	assert_int_equal(kind, TL_CAUSE_DEATH);
	assert_string_equal(
		tl_why_stack(path("do_exit do_group_exit __arm64_sys_exit_group"), &kind)->id,
		"exit");
	assert_string_equal(
		tl_why_stack(path("do_group_exit sys_exit_group ret_fast_syscall"), &kind)->id,
		"exit");
	assert_string_equal(tl_why_stack(path("do_exit kthread ret_from_fork"), &kind)->id,
			    "kthread_end");
	assert_null(tl_why_stack(path("vfs_read ksys_read do_syscall_64"), &kind));
	assert_null(tl_why_stack(path(""), &kind));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(paths_of_death),
		TEST(paths_without_offsets),
		TEST(an_unknown_path_stays_unknown),
		TEST(sigkill_names_its_sender),
		TEST(a_term_delivered_as_nine_is_a_term),
		TEST(ignored_handled_and_late_signals_kill_nobody),
		TEST(core_signals_keep_their_number),
		TEST(a_blocked_signal_keeps_its_number_too),
		TEST(the_oom_killer_has_a_trigger_no_sender),
		TEST(sources_by_path),
		TEST(sources_by_code_alone), TEST(a_notice_cannot_be_forged),
		TEST(sources_by_system_call),
		TEST(sources_by_no_system_call),
		TEST(a_death_without_a_call),
		TEST(a_gap_lowers_the_grade),
		TEST(sources_by_cpu),
		TEST(nobody_is_blamed_for_an_interrupt),
		TEST(records_alone_can_do),
		TEST(exit_codes_and_handled_signals),
		TEST(a_peer_called_exit_group),
		TEST(a_peer_crashed),
		TEST(a_peer_called_exec),
		TEST(the_leader_left_first),
		TEST(a_signal_for_the_group_kills_every_thread),
		TEST(kinds_of_births),
		TEST(one_of_two_that_waited),
		TEST(births_without_flags),
		TEST(bare_stacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
