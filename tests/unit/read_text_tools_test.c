/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of other shapes: trace-cmd's plugins, the latency format, dumps in a dmesg, options/fields,
 * perf script. */
#include "read_text_help.h"

static const char plugins[] =
	"cpus=2\n"
	"  bash-2124 [000]  2478.186486: sched_switch:         bash:2124 [120] R ==> a:1 [2] S ==> x:2466 [-1]\n"
	"  bash-2124 [000]  2478.186486: sched_wakeup_new:     fk:17285 [120] CPU:003\n"
	"  bash-2124 [000]  2478.186486: sched_wakeup:         a b:17285 [120] success=0 CPU:000\n"
	"  bash-2124 [000]  2478.186486: sys_enter_exit_group: error_code: 0x00000003\n"
	"  bash-2124 [000]  2478.186486: sys_exit_wait4:       0x1a2\n";

static void plugin_forms(void **state)
{
	struct tl_source *src;
	struct tl_record rec = only(plugins, &src);

	assert_str(rec.f.v[TL_F_SCHED_SWITCH_prev_comm].s, "bash:2124 [120] R ==> a");
	assert_int_equal(rec.f.v[TL_F_SCHED_SWITCH_prev_pid].i, 1);
	assert_int_equal(rec.f.v[TL_F_SCHED_SWITCH_prev_state].i, 'S');
	assert_str(rec.f.v[TL_F_SCHED_SWITCH_next_comm].s, "x");
	assert_int_equal(rec.f.v[TL_F_SCHED_SWITCH_next_pid].i, 2466);
	assert_int_equal(rec.f.v[TL_F_SCHED_SWITCH_next_prio].i, -1);
	rec = next_of(src);
	assert_str(rec.f.v[TL_F_SCHED_WAKEUP_NEW_comm].s, "fk");
	assert_int_equal(rec.f.v[TL_F_SCHED_WAKEUP_NEW_pid].i, 17285);
	assert_int_equal(rec.f.v[TL_F_SCHED_WAKEUP_NEW_target_cpu].i, 3);
	assert_false(rec.f.have & 1u << TL_F_SCHED_WAKEUP_NEW_success);
	rec = next_of(src);
	assert_str(rec.f.v[TL_F_SCHED_WAKEUP_comm].s, "a b");
	assert_int_equal(rec.f.v[TL_F_SCHED_WAKEUP_success].i, 0);
	rec = next_of(src);
	assert_int_equal(rec.row->id, TL_EVENT_SYS_ENTER_EXIT_GROUP);
	assert_int_equal(rec.f.v[0].i, 3);
	rec = next_of(src);
	assert_int_equal(rec.row->id, TL_EVENT_SYS_EXIT_WAIT4);
	assert_int_equal(rec.f.v[0].i, 418);
	assert_end(src);
	assert_int_equal(tl_source_info(src)->unparsed, 0);
	tl_source_close(src);
}

/* Its list of letters is as old as 3.14: a zombie since then is X, an idle kernel thread W. */
static void states_of_the_plugin(void **state)
{
	static const struct {
		const char *letters;
		int64_t is;
	} rows[] = {{"R", 'R'}, {"S", 'S'}, {"D", 'D'}, {"Z", 'X'},
		    {"X", 'Z'}, {"x", 'P'}, {"W", 'I'}, {"D|W", 'I'}};
	struct tl_source *src;
	struct tl_record rec;
	char text[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(
			text, sizeof(text),
			"cpus=2\n  sh-2124 [000]  2478.186486: sched_switch:         sh:2124 [120] %s ==> x:2466 [-1]\n",
			rows[i].letters);
		rec = only(text, &src);
		assert_int_equal(rec.f.v[TL_F_SCHED_SWITCH_prev_state].i, rows[i].is);
		assert_str(rec.f.v[TL_F_SCHED_SWITCH_prev_comm].s, "sh");
		tl_source_close(src);
	}
}

/* Marks under whatever symbol trace-cmd has, functions without their caller, addresses without a
 * name. */
static const char report[] =
	"cpus=2\n"
	"  sh-21 [000]  1.000001: print:                __pfx_link_css_set: tasklife/1 mode\n"
	"  sh-21 [000]  1.000002: print:                ip=tracing_mark_write buf=a: b\n"
	"  sh-21 [000]  1.000003: function:             do_exit\n"
	"  sh-21 [000]  1.000004: kernel_stack:         <stack trace >\n"
	"=> 7fffffff\n"
	"=> ffffffffc0435083\n"
	"=> do_exit (ffffffff810c3509)\n"
	"=> deadbeef_work (ffffffff810c3508)\n"
	" lives:     bash-22       1d..5.    10.352942: sched_waking:         comm=a pid=9 prio=120 target_cpu=000\n"
	"family: raspbian-163     0dNh4.    13.354551662: sched_wakeup:         kworker/0:0:9 [120] CPU:000\n";

static void forms_of_a_report(void **state)
{
	struct tl_source *src;
	struct tl_record rec = only(report, &src);

	assert_int_equal(rec.kind, TL_REC_MARK);
	assert_str(rec.payload, "tasklife/1 mode");
	assert_str(next_of(src).payload, "a: b");
	rec = next_of(src);
	assert_int_equal(rec.kind, TL_REC_FUNC);
	assert_str(rec.ip.name, "do_exit");
	assert_false(rec.parent.has);
	rec = next_of(src);
	assert_int_equal(rec.n_frames, 4);
	assert_true(rec.frame[0].addr == 0x7fffffff && rec.frame[0].has == TL_FH_ADDR);
	assert_true(rec.frame[1].addr == 0xffffffffc0435083 && rec.frame[1].has == TL_FH_ADDR);
	assert_str(rec.frame[3].name, "deadbeef_work");
	rec = next_of(src);
	assert_str(rec.comm, "bash");
	assert_int_equal(rec.pid, 22);
	assert_int_equal(rec.cpu, 1);
	assert_int_equal(rec.t, 10352942000);
	assert_int_equal(rec.preempt, 5);
	assert_string_equal(tl_source_info(src)->buffer[rec.buffer], "lives");
	rec = next_of(src);
	assert_str(rec.comm, "raspbian");
	assert_int_equal(rec.t, 13354551662);
	assert_int_equal(rec.ctx, TL_CTX_KNOWN | TL_CTX_IRQS_OFF | TL_CTX_RESCHED | TL_CTX_HARDIRQ);
	assert_string_equal(tl_source_info(src)->buffer[rec.buffer], "family");
	assert_end(src);
	assert_int_equal(tl_source_info(src)->unparsed, 0);
	tl_source_close(src);
}

static const char latency[] =
	"# tracer: function\n#\n# function latency trace v1.1.5 on 6.1.0-50-cloud-amd64\n"
	"# latency: 0 us, #15/15, CPU#0 | (M:desktop VP:0, KP:0, SP:0 HP:0 #P:2)\n"
	"lifecase-985       0dN.2. 24309us#: sched_process_exit: comm=lifecases pid=985 prio=120\n"
	" c_exit3-987      12..... 26138us+: do_exit+0x0/0xb10 <-do_group_exit+0x2d/0x80\n"
	" c_exit3-987       0..... 26199us!: <stack trace>\n => do_exit+0x5/0xb10\n"
	"         c_exit3     991   1 37 00000002 00000006 [0252a0b6] 25.773ms (+0.287ms): signal_generate: sig=17 errno=0 code=1 comm=d_exit3 pid=990 grp=1 res=1\n";

static void latency_format(void **state)
{
	struct tl_source *src;
	struct tl_record rec = only(latency, &src);

	assert_str(rec.comm, "lifecase");
	assert_int_equal(rec.pid, 985);
	assert_int_equal(rec.cpu, 0);
	assert_int_equal(rec.t, 24309000);
	assert_int_equal(rec.ctx, TL_CTX_KNOWN | TL_CTX_IRQS_OFF | TL_CTX_RESCHED);
	assert_int_equal(rec.preempt, 2);
	rec = next_of(src);
	assert_int_equal(rec.kind, TL_REC_FUNC);
	assert_int_equal(rec.cpu, 12);
	rec = next_of(src);
	assert_int_equal(rec.kind, TL_REC_STACK);
	assert_int_equal(rec.n_frames, 1);
	rec = next_of(src);
	assert_str(rec.comm, "c_exit3");
	assert_int_equal(rec.pid, 991);
	assert_int_equal(rec.cpu, 1);
	assert_int_equal(rec.t, 0x252a0b6 * 1000ll);
	assert_int_equal(rec.ctx, TL_CTX_KNOWN | TL_CTX_IRQS_OFF | TL_CTX_RESCHED);
	assert_int_equal(rec.f.v[TL_F_SIGNAL_GENERATE_pid].i, 990);
	assert_end(src);
	assert_string_equal(tl_source_info(src)->kernel, "6.1.0-50-cloud-amd64");
	assert_int_equal(tl_source_info(src)->cpus, 2);
	tl_source_close(src);
}

static const char dump[] =
	"[ 1100.124765][    C2] Dumping ftrace buffer:\n"
	"[ 1100.125471][    C2] ---------------------------------\n"
	"[ 1100.126341][    C2] syz-exec-31490   2d..1 413720925us : sched_process_exit: comm=syz-exec pid=31490 prio=120\n"
	"[ 1100.126341][    C2] syz-exec-31490   2...1 413720926us : <stack trace>\n"
	"[ 1100.126341][    C2]  => do_exit\n"
	"[ 1100.126341][    C2]  => do_syscall_64\n"
	"<4>[ 1100.126360] syz-exec-31490   2...1 413720950us : 0: }D\n"
	"[ 1100.126360] ---------------------------------\n";

static void dump_of_an_oops(void **state)
{
	struct tl_source *src;
	struct tl_record rec = only(dump, &src);

	assert_str(rec.comm, "syz-exec");
	assert_int_equal(rec.pid, 31490);
	assert_int_equal(rec.t, 413720925000);
	assert_int_equal(rec.f.v[TL_F_SCHED_PROCESS_EXIT_pid].i, 31490);
	rec = next_of(src);
	assert_int_equal(rec.n_frames, 2);
	rec = next_of(src);
	assert_int_equal(rec.kind, TL_REC_MARK);
	assert_str(rec.payload, "}D");
	assert_end(src);
	tl_source_close(src);
}

static void numbers_both_ways(void **state)
{
	struct tl_source *src;
	struct tl_record rec = only(
		" init-1020    [000] .....    39.850173: sched_process_fork: parent_comm=init parent_pid=0x3fc (1020) child_comm=init child_pid=0x419 (1049)\n"
		" init-1020    [000] .....    39.850173: signal_generate: sig=0x11 (17) errno=0x0 (0) code=0xfffffffffffffffa (-6) comm=d_exit3 pid=0x41a (1050) group=0x1 (1) result=0x0 (0)\n",
		&src);

	assert_int_equal(rec.f.v[TL_F_SCHED_PROCESS_FORK_child_pid].i, 1049);
	assert_str(rec.f.v[TL_F_SCHED_PROCESS_FORK_child_comm].s, "init");
	rec = next_of(src);
	assert_int_equal(rec.f.v[TL_F_SIGNAL_GENERATE_code].i, -6);
	assert_int_equal(rec.f.v[TL_F_SIGNAL_GENERATE_pid].i, 1050);
	assert_int_equal(rec.f.have, 0x7f);
	tl_source_close(src);
}

static const char perf[] =
	"# captured on: x\n"
	"fk 22676 [001]  2430.517700: sched:sched_process_exec: filename=./fk pid=22676 old_pid=22676\n"
	"\tffffffff8139be59 __traceiter_sched_process_exec+0x39 ([kernel.kallsyms])\n"
	"\tffffffffc0812345 kvm_x+0x10 ([kvm])\n"
	"\tffffffff821ef691 do_syscall_64+0x71 ([kernel.kallsyms])\n"
	"\t           1ab70 _start+0x0 (/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)\n"
	"\t               0 [unknown] ([unknown])\n"
	"\n"
	"my iperf 27409/28744 [000] 441995.133575: cpu-clock: \n"
	"dd 29776 666709.771979:   10101010 sched:sched_process_exit: comm=dd pid=29776 prio=120\n";

static void perf_script(void **state)
{
	struct tl_source *src;
	struct tl_record rec = only(perf, &src);

	assert_string_equal(tl_source_info(src)->format, "perf-script");
	assert_str(rec.comm, "fk");
	assert_str(rec.name, "sched_process_exec");
	assert_int_equal(rec.pid, 22676);
	assert_int_equal(rec.cpu, 1);
	assert_str(rec.f.v[TL_F_SCHED_PROCESS_EXEC_filename].s, "./fk");
	rec = next_of(src);
	assert_int_equal(rec.kind, TL_REC_STACK);
	assert_int_equal(rec.pid, 22676);
	assert_int_equal(rec.cpu, 1);
	assert_int_equal(rec.t, 2430517700000);
	assert_int_equal(rec.n_frames, 3);
	assert_str(rec.frame[1].module, "kvm");
	assert_str(rec.frame[2].name, "do_syscall_64");
	assert_int_equal(rec.frame[2].off, 0x71);
	assert_int_equal(rec.frame[2].addr, 0xffffffff821ef691);
	rec = next_of(src);
	assert_str(rec.comm, "my iperf");
	assert_int_equal(rec.tgid, 27409);
	assert_int_equal(rec.pid, 28744);
	assert_null(rec.row);
	rec = next_of(src);
	assert_int_equal(rec.cpu, -1);
	assert_int_equal(rec.row->id, TL_EVENT_SCHED_PROCESS_EXIT);
	assert_end(src);
	assert_int_equal(tl_source_info(src)->records, 3);
	assert_int_equal(tl_source_info(src)->arch, TL_ARCH_X86);
	tl_source_close(src);
}

/* "cc1" and "dead" are hexadecimal, as the address of a frame is. */
static void perf_comm_like_an_address(void **state)
{
	static const char text[] =
		"              sh   900 [000]   1.000001: sched:sched_process_wait: comm=sh pid=0 prio=120\n"
		"             cc1 14601 [001]   1.000002: sched:sched_process_exit: comm=cc1 pid=14601 prio=120\n"
		"            dead    12 [001]   1.000003:   some:other_event: x\n"
		"            dead    12 [001]   1.000004: sched:sched_process_exit: comm=dead pid=12 prio=120\n"
		"        ffffffff8139be59 do_exit+0x39 ([kernel.kallsyms])\n";
	struct tl_source *src;
	struct tl_record rec = only(text, &src);

	assert_str(rec.comm, "sh");
	rec = next_of(src);
	assert_str(rec.comm, "cc1");
	assert_int_equal(rec.row->id, TL_EVENT_SCHED_PROCESS_EXIT);
	assert_str(next_of(src).name, "other_event");
	assert_str(next_of(src).comm, "dead");
	rec = next_of(src);
	assert_int_equal(rec.kind, TL_REC_STACK);
	assert_str(rec.frame[0].name, "do_exit");
	assert_end(src);
	tl_source_close(src);
}

static void read_all(const char *p, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct tl_source *src;
	struct tl_record rec;
	uint64_t records = 0;

	memcpy(copy, p, n);
	src = source_of_bytes(copy, n);
	while (src && tl_source_next(src, &rec) == 1)
		assert_true(++records <= n);
	tl_source_close(src);
	free(copy);
}

static void damaged(void **state)
{
	static const struct {
		const char *p;
		size_t n;
	} samples[] = {{plugins, sizeof(plugins) - 1}, {latency, sizeof(latency) - 1},
		       {dump, sizeof(dump) - 1}, {perf, sizeof(perf) - 1}};
	static const char spice[] = "\n \t-[]():=<>.+0x9us!/";
	unsigned seed = 42;
	char text[2048];

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		for (size_t n = 0; n <= samples[i].n; n++) {
			read_all(samples[i].p, n);
			read_all(samples[i].p + n, samples[i].n - n);
		}
		for (int round = 0; round < 5000; round++) {
			memcpy(text, samples[i].p, samples[i].n);
			for (int k = 0; k < 5; k++) {
				seed = seed * 1103515245 + 12345;
				text[(seed >> 8) % samples[i].n] =
					spice[(seed >> 4) % (sizeof(spice) - 1)];
			}
			read_all(text, samples[i].n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plugin_forms),	     cmocka_unit_test(latency_format),
		cmocka_unit_test(states_of_the_plugin), cmocka_unit_test(forms_of_a_report),
		cmocka_unit_test(dump_of_an_oops),   cmocka_unit_test(numbers_both_ways),
		cmocka_unit_test(perf_script),	     cmocka_unit_test(damaged),
		cmocka_unit_test(perf_comm_like_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
