/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/guard.h"
#include "tasklife/facts.h"

static enum tl_role role(const char *name)
{
	return tl_role_of(name, strlen(name));
}

static void functions_play_their_roles(void **state)
{
	static const struct {
		const char *name;
		enum tl_role role;
	} row[] = {
		{ "do_exit", TL_ROLE_DO_EXIT },
		{ "_do_fork", TL_ROLE_KERNEL_CLONE },
		{ "kernel_clone", TL_ROLE_KERNEL_CLONE },
		{ "copy_process.part.53", TL_ROLE_COPY_PROCESS },
		{ "copy_process.isra.0.cold.12", TL_ROLE_COPY_PROCESS },
		{ "copy_process.llvm.7364738", TL_ROLE_COPY_PROCESS },
		{ "__x64_sys_exit_group", TL_ROLE_SYS_EXIT_GROUP },
		{ "__arm64_sys_exit_group", TL_ROLE_SYS_EXIT_GROUP },
		{ "SyS_exit_group", TL_ROLE_SYS_EXIT_GROUP },
		{ "__se_sys_exit_group", TL_ROLE_SYS_EXIT_GROUP },
		{ "__ia32_sys_exit_group", TL_ROLE_SYS_EXIT_GROUP },
		{ "__do_sys_clone", TL_ROLE_SYS_CLONE },
		{ "__ia32_compat_sys_ia32_clone", TL_ROLE_SYS_CLONE },
		{ "__ia32_compat_sys_x86_clone", TL_ROLE_SYS_CLONE },
		{ "__do_sys_clone3", TL_ROLE_SYS_CLONE3 },
		{ "__x64_sys_exit", TL_ROLE_SYS_EXIT },
		{ "__arm64_compat_sys_rt_sigreturn", TL_ROLE_SIGNAL_FRAME },
		{ "el0_svc_common.constprop.0", TL_ROLE_TRAP_SYSCALL },
		{ "el0t_64_sync_handler", TL_ROLE_TRAP_EL0 },
		{ "entry_SYSCALL_64_after_hwframe", TL_ROLE_TRAP_SYSCALL },
		{ "asm_exc_page_fault", TL_ROLE_TRAP_PAGE_FAULT },
		{ "asm_sysvec_apic_timer_interrupt", TL_ROLE_TRAP_EXC },
		{ "ret_from_fork_asm", TL_ROLE_STUB_RET_FORK },
		{ "__sys_trace_return_nosave", TL_ROLE_STUB_RET_SYSCALL },
		{ "[FTRACE TRAMPOLINE]", TL_ROLE_TRACER },
		{ "trace_event_raw_event_sched_process_template", TL_ROLE_TRACER },
		{ "__traceiter_signal_generate", TL_ROLE_TRACER },
		{ "do_sock_setsockopt", TL_ROLE_NONE },
		{ "sock_write_iter", TL_ROLE_BROKEN_PIPE },
		{ "kvm_vcpu_ioctl [kvm]", TL_ROLE_NONE },
		{ "xfs_file_write_checks [xfs]", TL_ROLE_FSIZE_LIMIT },
		{ "check_rlimit.part.0", TL_ROLE_CPU_TIMERS },
		{ "__do_user_fault.constprop.0", TL_ROLE_PAGE_FAULT },
		{ "force_sig_info_to_task", TL_ROLE_FORCE_SIG_INFO },
		{ "force_sig_seccomp", TL_ROLE_FORCE_SIG },
		{ "force_sigsegv", TL_ROLE_FORCE_SIGSEGV },
		{ "__x64_sys_", TL_ROLE_NONE },
		{ "", TL_ROLE_NONE },
		{ ".", TL_ROLE_NONE },
		{ "0xffffffffc044e083", TL_ROLE_NONE },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		if (role(row[i].name) != row[i].role)
			print_message("%s plays %s\n", row[i].name, tl_role_id(role(row[i].name)));
		assert_int_equal(role(row[i].name), row[i].role);
	}
}

static void every_row_is_found_again_and_cited(void **state)
{
	for (enum tl_role r = 1; r < TL_ROLES; r++) {
		unsigned n;
		const struct tl_function_row *row = tl_role_rows(r, &n);

		assert_true(n > 0);
		assert_non_null(tl_role_summary(r));
		assert_int_equal(tl_role_named(tl_role_id(r)), r);
		for (unsigned i = 0; i < n; i++) {
			assert_int_equal(row[i].role, r); /* rows of a role stand together */
			assert_true(row[i].cite && *row[i].cite);
			if (strchr(row[i].name, '*'))
				continue;
			assert_int_equal(role(row[i].name), r);
		}
	}
	assert_int_equal(tl_role_named("no such role"), TL_ROLE_NONE);
	assert_string_equal(tl_role_id(TL_ROLES), "none");
}

static void kinds_of_roles(void **state)
{
	assert_true(tl_role_is_trap(role("do_syscall_64")));
	assert_true(tl_role_is_trap(role("invoke_syscall")));
	assert_true(tl_role_is_trap(role("ret_fast_syscall")));
	assert_true(tl_role_is_trap(role("ret_from_fork")));
	assert_false(tl_role_is_trap(role("do_exit")));
	assert_false(tl_role_is_trap(role("trace_event_raw_event_x")));
	assert_false(tl_role_is_trap(TL_ROLE_NONE));
	assert_true(tl_role_is_stub(role("ret_from_exception")));
	assert_true(tl_role_is_stub(role("arch_rethook_trampoline")));
	assert_false(tl_role_is_stub(role("do_syscall_64")));
	assert_true(tl_role_is_irq_entry(role("el1h_64_irq")));
	assert_true(tl_role_is_irq_entry(role("__dabt_usr")));
	assert_true(tl_role_is_irq_entry(role("asm_sysvec_reschedule_ipi")));
	assert_false(tl_role_is_irq_entry(role("el1h_64_irq_handler")));
	assert_false(tl_role_is_irq_entry(role("el0t_64_sync")));
}

static void events_by_name(void **state)
{
	for (unsigned id = 0; id < TL_EVENTS; id++) {
		const struct tl_event_row *row = tl_event_row_of(id);

		assert_int_equal(row->id, id);
		assert_ptr_equal(tl_event_row_named(row->name, strlen(row->name)), row);
	}
	assert_null(tl_event_row_named("sched_process", 13));
	assert_null(tl_event_row_named("", 0));
	assert_null(tl_event_row_of(TL_EVENTS));
	assert_string_equal(tl_event_row_of(TL_EVENT_SIGNAL_GENERATE)
				    ->field[TL_F_SIGNAL_GENERATE_group]
				    .printed,
			    "grp");
	assert_int_equal(tl_event_row_of(TL_EVENT_SCHED_SWITCH)->n_fields, TL_NF_SCHED_SWITCH);
}

static void signals_codes_flags_states(void **state)
{
	assert_string_equal(tl_signal_name(9), "SIGKILL");
	assert_string_equal(tl_signal_name(17), "SIGCHLD");
	assert_string_equal(tl_signal_name(34), "SIGRTMIN");
	assert_string_equal(tl_signal_name(37), "SIGRTMIN+3");
	assert_null(tl_signal_name(0));
	assert_null(tl_signal_name(65));
	assert_null(tl_signal_name(-1));
	assert_true(tl_signal_dumps_core(11));
	assert_false(tl_signal_dumps_core(9));
	assert_false(tl_signal_dumps_core(64));
	assert_true(tl_signal_kills(15));
	assert_true(tl_signal_kills(34));
	assert_false(tl_signal_kills(17));
	assert_false(tl_signal_kills(20));
	assert_string_equal(tl_sigcode_name(9, 0), "SI_USER");
	assert_string_equal(tl_sigcode_name(11, 1), "SEGV_MAPERR");
	assert_string_equal(tl_sigcode_name(17, 2), "CLD_KILLED");
	assert_string_equal(tl_sigcode_name(15, 128), "SI_KERNEL");
	assert_null(tl_sigcode_name(9, 77));
	assert_string_equal(tl_sigresult_name(1), "ignored");
	assert_null(tl_sigresult_name(9));
	assert_string_equal(tl_clone_flag_name(16), "THREAD");
	assert_string_equal(tl_clone_flag_name(33), "INTO_CGROUP");
	assert_null(tl_clone_flag_name(3));
	assert_null(tl_clone_flag_name(63));
	assert_int_equal(tl_state_letter(0), 'R');
	assert_int_equal(tl_state_letter(1), 'S');
	assert_int_equal(tl_state_letter(0x20), 'Z');
	assert_int_equal(tl_state_letter(0x22), 'Z');
	assert_string_equal(tl_state_word('D'), "uninterruptible");
	assert_null(tl_state_word('?'));
}

static void system_calls_by_number_and_name(void **state)
{
	static const struct {
		enum tl_arch arch;
		bool compat;
		int nr;
		enum tl_call call;
	} row[] = {
		{TL_ARCH_X86, false, 60, TL_CALL_EXIT},
		{TL_ARCH_X86, false, 231, TL_CALL_EXIT_GROUP},
		{TL_ARCH_X86, false, 1, TL_CALL_WRITE},
		{TL_ARCH_X86, true, 1, TL_CALL_EXIT},
		{TL_ARCH_X86, true, 252, TL_CALL_EXIT_GROUP},
		{TL_ARCH_ARM64, false, 94, TL_CALL_EXIT_GROUP},
		{TL_ARCH_ARM64, true, 248, TL_CALL_EXIT_GROUP},
		{TL_ARCH_ARM, false, 37, TL_CALL_KILL},
		{TL_ARCH_ARM64, false, 424, TL_CALL_PIDFD_SIGNAL},
		{TL_ARCH_X86, false, -1, TL_CALL_NONE},
		{TL_ARCH_X86, false, 0, TL_CALL_OTHER},
		{TL_ARCH_X86, false, -2, TL_CALL_UNKNOWN},
		{TL_ARCH_UNKNOWN, false, 60, TL_CALL_UNKNOWN},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++)
		assert_int_equal(tl_call_numbered(row[i].arch, row[i].compat, row[i].nr),
				 row[i].call);
	for (int c = TL_CALL_UNKNOWN + 1; c < TL_CALLS; c++)
		assert_int_equal(tl_call_named(tl_call_name((enum tl_call)c),
					       strlen(tl_call_name((enum tl_call)c))),
				 c);
	assert_null(tl_call_name(TL_CALL_UNKNOWN));
	assert_int_equal(tl_call_named("reboot", 6), TL_CALL_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_play_their_roles),
		cmocka_unit_test(every_row_is_found_again_and_cited),
		cmocka_unit_test(kinds_of_roles),
		cmocka_unit_test(events_by_name),
		cmocka_unit_test(signals_codes_flags_states),
		cmocka_unit_test(system_calls_by_number_and_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
