/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns in front of a record, in every form kernels and tools print, and what stands in front
 * of them. */
#include "read_text_help.h"

#define EXIT "sched_process_exit: comm=a pid=7 prio=120\n"

struct form {
	const char *text;
	const char *comm;
	tl_pid pid, tgid;
	int cpu;
	tl_ns t;
	unsigned ctx, preempt;
};

static const struct form forms[] = {
	/* 6.x: five flags; 5.10: four; 3.2 and irq-info off: none */
	{"            bash-2124    [002] d..2.  6400.733066: " EXIT, "bash", 2124, -1, 2,
	 6400733066000, TL_CTX_KNOWN | TL_CTX_IRQS_OFF, 2},
	{"            bash-2181  [003] .... 11491.709994: " EXIT, "bash", 2181, -1, 3,
	 11491709994000, TL_CTX_KNOWN, 0},
	{"          svscan-1678  [000] .... 6412438.703521: " EXIT, "svscan", 1678, -1, 0,
	 6412438703521000, TL_CTX_KNOWN, 0},
	{"            init-968     [001]     38.685221: " EXIT, "init", 968, -1, 1, 38685221000, 0,
	 0},
	/* interrupts, resched, lazy resched of 6.13 */
	{"          <idle>-0       [003] dNh2.  8123.263610: " EXIT, "<idle>", 0, -1, 3,
	 8123263610000, TL_CTX_KNOWN | TL_CTX_IRQS_OFF | TL_CTX_RESCHED | TL_CTX_HARDIRQ, 2},
	{"          <idle>-0       [003] D.H31  1.5: " EXIT, "<idle>", 0, -1, 3, 1500000000,
	 TL_CTX_KNOWN | TL_CTX_IRQS_OFF | TL_CTX_HARDIRQ | TL_CTX_SOFTIRQ, 3},
	{"           <...>-123     [003] bBz..  1.000001: " EXIT, "<...>", 123, -1, 3, 1000001000,
	 TL_CTX_KNOWN | TL_CTX_RESCHED | TL_CTX_NMI, 0},
	/* record-tgid, Android's narrower one */
	{"            init-908     (    908) [001] .....    35.852912: " EXIT, "init", 908, 908, 1,
	 35852912000, TL_CTX_KNOWN, 0},
	{"          <idle>-0       (-------) [000] d..2.    35.857126: " EXIT, "<idle>", 0, -1, 0,
	 35857126000, TL_CTX_KNOWN | TL_CTX_IRQS_OFF, 2},
	{"  surfaceflinger-598   (  598) [004] .... 10852.771242: " EXIT, "surfaceflinger", 598,
	 598, 4, 10852771242000, TL_CTX_KNOWN, 0},
	/* clocks without a dot; nanoseconds of trace-cmd report */
	{"            bash-12    [000] d..1. 123456789012: " EXIT, "bash", 12, -1, 0, 123456789012,
	 TL_CTX_KNOWN | TL_CTX_IRQS_OFF, 1},
	{"            bash-12    [000]    10.255174123: " EXIT, "bash", 12, -1, 0, 10255174123, 0,
	 0},
	/* names with dashes, digits, colons, blanks, brackets */
	{"     iou-sqp-118-119     [001] .....     1.000000: " EXIT, "iou-sqp-118", 119, -1, 1,
	 1000000000, TL_CTX_KNOWN, 0},
	{"    kworker/u8:0-1119  [001] d...  2772.154341: " EXIT, "kworker/u8:0", 1119, -1, 1,
	 2772154341000, TL_CTX_KNOWN | TL_CTX_IRQS_OFF, 0},
	{" c w-7 [001] d..-632     [000] ..s1.    23.674809: " EXIT, "c w-7 [001] d..", 632, -1, 0,
	 23674809000, TL_CTX_KNOWN | TL_CTX_SOFTIRQ, 1},
	{"  x-1 [0] 1.1: a-632     [000] .....    23.674809: " EXIT, "x-1 [0] 1.1: a", 632, -1, 0,
	 23674809000, TL_CTX_KNOWN, 0},
	{" x-1 [0] 1.1: a:-632     [000] .....    23.674809: " EXIT, "x-1 [0] 1.1: a:", 632, -1, 0,
	 23674809000, TL_CTX_KNOWN, 0},
	{"                -632     [000] .....    23.674809: " EXIT, "", 632, -1, 0, 23674809000,
	 TL_CTX_KNOWN, 0},
	/* pasted: cut indentation, line numbers, quotes, tabs, Windows line ends */
	{"bash-13081 [002] d... 439862.582818: " EXIT, "bash", 13081, -1, 2, 439862582818000,
	 TL_CTX_KNOWN | TL_CTX_IRQS_OFF, 0},
	{"33834 bash-13081 [002] d... 439862.582818: " EXIT, "bash", 13081, -1, 2, 439862582818000,
	 TL_CTX_KNOWN | TL_CTX_IRQS_OFF, 0},
	{"33834:   bash-13081 [002] d... 439862.582818: " EXIT, "bash", 13081, -1, 2,
	 439862582818000, TL_CTX_KNOWN | TL_CTX_IRQS_OFF, 0},
	{"> bash-13081 [002] d... 439862.582818: " EXIT, "bash", 13081, -1, 2, 439862582818000,
	 TL_CTX_KNOWN | TL_CTX_IRQS_OFF, 0},
	{"\t  <idle>-0     [006]  7115.449607: " EXIT, "<idle>", 0, -1, 6, 7115449607000, 0, 0},
	{"bash-1 [002] d... 1.000000: sched_process_exit: comm=a pid=7 prio=120\r\n", "bash", 1, -1,
	 2, 1000000000, TL_CTX_KNOWN | TL_CTX_IRQS_OFF, 0},
	{"bash-1 [002] d... 1.000000: sched_process_exit: comm=a pid=7 prio=120", "bash", 1, -1, 2,
	 1000000000, TL_CTX_KNOWN | TL_CTX_IRQS_OFF, 0},
};

static void every_form(void **state)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form *f = &forms[i];
		struct tl_source *src;
		struct tl_record rec = only(f->text, &src);

		assert_int_equal(rec.kind, TL_REC_EVENT);
		assert_str(rec.comm, f->comm);
		assert_int_equal(rec.pid, f->pid);
		assert_int_equal(rec.tgid, f->tgid);
		assert_int_equal(rec.cpu, f->cpu);
		assert_int_equal(rec.t, f->t);
		assert_int_equal(rec.ctx, f->ctx);
		assert_int_equal(rec.preempt, f->preempt);
		assert_non_null(rec.row);
		assert_int_equal(rec.row->id, TL_EVENT_SCHED_PROCESS_EXIT);
		assert_int_equal(rec.f.v[TL_F_SCHED_PROCESS_EXIT_pid].i, 7);
		assert_end(src);
		assert_int_equal(tl_source_info(src)->unparsed, 0);
		assert_int_equal(tl_source_info(src)->records, 1);
		tl_source_close(src);
	}
}

static void buffers_of_a_report(void **state)
{
	struct tl_source *src =
		source_of("cpus=2\n"
			  " lives:               fk-17284 [000]  2478.185720: " EXIT
			  "family:               fk-17284 [001]  2478.185721: " EXIT
			  "lives:               fk-17284 [000]  2478.185722: " EXIT);
	const struct tl_trace_info *info = tl_source_info(src);

	assert_int_equal(next_of(src).buffer, 0);
	assert_int_equal(next_of(src).buffer, 1);
	assert_int_equal(next_of(src).buffer, 0);
	assert_int_equal(info->n_buffers, 2);
	assert_string_equal(info->buffer[0], "lives");
	assert_string_equal(info->buffer[1], "family");
	assert_string_equal(info->format, "trace-cmd-report");
	assert_int_equal(info->cpus, 2);
	tl_source_close(src);
}

static void prose_is_no_record_and_cut_records_are_counted(void **state)
{
	struct tl_source *src = source_of("# notes\nThe task bash-13081 runs.\n```bash\n...\n"
					  "bash-1 [002] d... 1.000000: " EXIT "```\n"
					  "sum[3] of a-1 is [4]\n"
					  "bash-1 [002] d... \n\n"
					  "bash-1 [002] d... 2.000000: " EXIT
					  "bash-1 [002] ???? 2.000000: " EXIT
					  "bash-1 [002] d... 2.0");
	struct tl_record rec = next_of(src);

	assert_int_equal(rec.place, 5);
	rec = next_of(src);
	assert_int_equal(rec.place, 10);
	assert_end(src);
	assert_int_equal(tl_source_info(src)->unparsed, 3);
	tl_source_close(src);
}

static void wrapped_in_the_columns(void **state)
{
	struct tl_source *src;
	struct tl_record rec = only("  raspbian_proc-2466    [003] d..2.  6403.734039:\n"
				    "sched_process_exit: comm=raspbian_proc pid=2466 prio=120\n",
				    &src);

	assert_int_equal(rec.pid, 2466);
	assert_str(rec.f.v[TL_F_SCHED_PROCESS_EXIT_comm].s, "raspbian_proc");
	assert_end(src);
	assert_int_equal(tl_source_info(src)->unparsed, 0);
	tl_source_close(src);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form),
		cmocka_unit_test(buffers_of_a_report),
		cmocka_unit_test(prose_is_no_record_and_cut_records_are_counted),
		cmocka_unit_test(wrapped_in_the_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
