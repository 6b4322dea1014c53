/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks, function lines, marks and system calls: everything that is no "name: key=value". */
#include "read_text_help.h"

#define HEAD "     bash-2124    [002] .....  6400.733066: "

static void function_lines(void **state)
{
	static const struct {
		const char *text, *name, *parent;
		unsigned off, parent_off;
		uint64_t addr;
	} rows[] = {
		{HEAD "do_exit+0x4/0x990 <-do_group_exit+0x3c/0xa0", "do_exit", "do_group_exit", 4,
		 0x3c, 0},
		{HEAD "do_exit <-do_group_exit", "do_exit", "do_group_exit", 0, 0, 0},
		{HEAD "do_exit <ffffffffa389a6b0> <-do_group_exit <ffffffffa389b2bd>", "do_exit",
		 "do_group_exit", 0, 0, 0xffffffffa389a6b0},
		{HEAD "copy_process.part.53+0x5/0x1d40 [kvm] <-_do_fork+0xcf/0x3a0",
		 "copy_process.part.53", "_do_fork", 5, 0xcf, 0},
		{HEAD "do_exit(code=0x3) <-do_group_exit", "do_exit", "do_group_exit", 0, 0, 0},
		{HEAD "function:             kernel_clone <-- __do_sys_clone", "kernel_clone",
		 "__do_sys_clone", 0, 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tl_source *src;
		struct tl_record rec = only(rows[i].text, &src);

		assert_int_equal(rec.kind, TL_REC_FUNC);
		assert_str(rec.name, rows[i].name);
		assert_str(rec.ip.name, rows[i].name);
		assert_str(rec.parent.name, rows[i].parent);
		assert_int_equal(rec.ip.off, rows[i].off);
		assert_int_equal(rec.parent.off, rows[i].parent_off);
		assert_int_equal(rec.ip.addr, rows[i].addr);
		assert_true(tl_source_info(src)->functions_seen);
		tl_source_close(src);
	}
}

static void frames_of_every_form(void **state)
{
	static const char text[] = HEAD "<stack trace>\n"
		" => 0xffffffffc044e083\n"
		"=> [FTRACE TRAMPOLINE]\n"
		" => [unknown/kretprobe'd]\n"
		" => copy_process.part.53+0x5/0x1d40\n"
		"\n"
		" => brcmf_sdio_kso_control+0x1f8/0x250 [brcmfmac]\n"
		" => do_exit <ffffffffa389a6b5>\n"
		"26034 => do_group_exit+0x50/0xe8\n"
		"=> __x64_sys_execve (ffffffff816c8064)   // entry\n"
		"                  // a remark alone\n"
		" => ret_fast_syscall\t  // handler\n"
		" => 0\n" HEAD "<stack trace>\n" HEAD "<user stack trace>\n"
		" => /bin/busybox[+0x31a08]\n"
		" =>  <0000000000426d58>\n";
	struct tl_source *src;
	struct tl_record rec = only(text, &src);
	const struct tl_rawframe *f = rec.frame;

	assert_int_equal(rec.kind, TL_REC_STACK);
	assert_int_equal(rec.pid, 2124);
	assert_int_equal(rec.n_frames, 10);
	assert_int_equal(f[0].has, TL_FH_ADDR);
	assert_int_equal(f[0].addr, 0xffffffffc044e083);
	assert_str(f[1].name, "[FTRACE TRAMPOLINE]");
	assert_str(f[2].name, "[unknown/kretprobe'd]");
	assert_str(f[3].name, "copy_process.part.53");
	assert_int_equal(f[3].off, 5);
	assert_int_equal(f[3].size, 0x1d40);
	assert_int_equal(f[3].has, TL_FH_NAME | TL_FH_OFF | TL_FH_SIZE);
	assert_str(f[3].text, "copy_process.part.53+0x5/0x1d40");
	assert_str(f[4].module, "brcmfmac");
	assert_int_equal(f[5].addr, 0xffffffffa389a6b5);
	assert_int_equal(f[5].has, TL_FH_NAME | TL_FH_ADDR);
	assert_str(f[6].name, "do_group_exit");
	assert_str(f[7].name, "__x64_sys_execve");
	assert_int_equal(f[7].addr, 0xffffffff816c8064);
	assert_str(f[8].name, "ret_fast_syscall");
	assert_int_equal(f[9].has, TL_FH_ADDR);
	assert_int_equal(f[9].addr, 0);

	rec = next_of(src);
	assert_int_equal(rec.kind, TL_REC_STACK);
	assert_int_equal(rec.n_frames, 0);
	rec = next_of(src);
	assert_int_equal(rec.kind, TL_REC_USER_STACK);
	assert_int_equal(rec.n_frames, 2);
	assert_str(rec.frame[0].name, "/bin/busybox");
	assert_int_equal(rec.frame[0].off, 0x31a08);
	assert_int_equal(rec.frame[1].addr, 0x426d58);
	assert_end(src);
	assert_int_equal(tl_source_info(src)->records, 0);
	assert_true(tl_source_info(src)->stacks_seen);
	tl_source_close(src);
}

static void stack_of_trace_cmd_report(void **state)
{
	struct tl_source *src;
	struct tl_record rec = only(
		"  lifecases-193   [000]    10.272706: kernel_stack:         \t=> 0xffffffffc0435083\n"
		"\t=> kernel_clone\n\t=> do_syscall_64\n\t=> 0x0\n\t=> 0x0\n",
		&src);

	assert_int_equal(rec.kind, TL_REC_STACK);
	assert_int_equal(rec.n_frames, 3);
	assert_str(rec.frame[2].name, "do_syscall_64");
	assert_int_equal(tl_source_info(src)->arch, TL_ARCH_X86);
	assert_end(src);
	tl_source_close(src);
	rec = only("  lifecases-193   [000]    10.272706: kernel_stack:         <stack trace >\n"
		   "=> kernel_clone (ffffffff816c8064)\n", &src);
	assert_int_equal(rec.n_frames, 1);
	tl_source_close(src);
}

static void marks(void **state)
{
	static const char *const lines[] = {
		HEAD "tracing_mark_write: LC BEGIN x",
		HEAD "tracing_mark_write+0xdd/0x240: LC BEGIN x",
		HEAD "print: LC BEGIN x",
		HEAD "do_exit+0x850/0xc18 LC BEGIN x",
		HEAD "0xffffffff81234567: LC BEGIN x",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct tl_source *src;
		struct tl_record rec = only(lines[i], &src);

		assert_int_equal(rec.kind, TL_REC_MARK);
		assert_str(rec.payload, "LC BEGIN x");
		assert_str(tl_record_text(src, &rec), "LC BEGIN x");
		tl_source_close(src);
	}
}

static void system_calls(void **state)
{
	struct tl_source *src =
		source_of(HEAD "sys_exit_group(error_code: 3)\n" HEAD "sys_wait4 -> 0x1a2\n" HEAD
			       "sys_exit(error_code: 0)\n" HEAD "sys_exit: NR 260 = 418\n" HEAD
			       "sys_close(fd: a)\n");
	struct tl_record rec = next_of(src);

	assert_int_equal(rec.row->id, TL_EVENT_SYS_ENTER_EXIT_GROUP);
	assert_int_equal(rec.f.v[0].i, 3);
	rec = next_of(src);
	assert_int_equal(rec.row->id, TL_EVENT_SYS_EXIT_WAIT4);
	assert_int_equal(rec.f.v[0].i, 418);
	rec = next_of(src);
	assert_int_equal(rec.row->id, TL_EVENT_SYS_ENTER_EXIT);
	rec = next_of(src);
	assert_null(rec.row);
	assert_str(rec.name, "sys_exit");
	rec = next_of(src);
	assert_null(rec.row);
	assert_end(src);
	tl_source_close(src);
}

static void cpu_of_the_trace(void **state)
{
	static const struct {
		const char *frame;
		enum tl_arch arch;
	} rows[] = {{"do_syscall_64+0x5d/0x90", TL_ARCH_X86},
		    {"asm_exc_page_fault+0x5/0x10", TL_ARCH_X86},
		    {"el0t_64_sync+0x190/0x198", TL_ARCH_ARM64},
		    {"ret_fast_syscall+0x0/0x28", TL_ARCH_ARM},
		    {"slow_work_pending+0xc/0x20", TL_ARCH_ARM},
		    {"schedule", TL_ARCH_UNKNOWN}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tl_source *src;
		char text[300];

		snprintf(text, sizeof(text), "%s<stack trace>\n => x\n => %s\n", HEAD,
			 rows[i].frame);
		only(text, &src);
		assert_int_equal(tl_source_info(src)->arch, rows[i].arch);
		tl_source_close(src);
	}
}

/* Frames without a stack line before them belong to nobody: `symbols` takes them, no life does. */
static void orphan_frames(void **state)
{
	struct tl_source *src =
		source_of(HEAD "sched_process_exit: comm=a pid=7 prio=120\n => do_exit\n => x\n");

	assert_int_equal(next_of(src).n_frames, 0);
	assert_end(src);
	assert_int_equal(tl_source_info(src)->unparsed, 0);
	tl_source_close(src);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(function_lines),  cmocka_unit_test(frames_of_every_form),
		cmocka_unit_test(stack_of_trace_cmd_report), cmocka_unit_test(marks),
		cmocka_unit_test(system_calls),	   cmocka_unit_test(cpu_of_the_trace),
		cmocka_unit_test(orphan_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
