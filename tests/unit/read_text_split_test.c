/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records that go on behind their first line: newlines in names, wraps, and what must not be
 * joined. */
#include "read_text_help.h"

/* As 6.1 prints it: the newline stands in the first column and in the payload. */
static void newline_in_a_comm(void **state)
{
	struct tl_source *src = source_of(
		" c_nl\n"
		"line2: x=1-634     [000] ...1.    23.694164: task_rename: pid=634 oldcomm=d_weirdcomm newcomm=c_nl\n"
		"line2: x=1 oom_score_adj=0\n"
		" c_nl\n"
		"line2: x=1-634     [001] .....    23.715534: <stack trace>\n"
		" => do_exit+0x501/0xb10\n"
		"          <idle>-0       [001] d..2.    23.711532: sched_switch: prev_comm=swapper/1 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=c_nl\n"
		"line2: x=1 next_pid=634 next_prio=120\n");
	struct tl_record rec = next_of(src);

	assert_str(rec.comm, "c_nl\nline2: x=1");
	assert_int_equal(rec.pid, 634);
	assert_str(rec.f.v[TL_F_TASK_RENAME_newcomm].s, "c_nl\nline2: x=1");
	assert_int_equal(rec.f.v[TL_F_TASK_RENAME_oom_score_adj].i, 0);
	rec = next_of(src);
	assert_int_equal(rec.kind, TL_REC_STACK);
	assert_str(rec.comm, "c_nl\nline2: x=1");
	assert_int_equal(rec.n_frames, 1);
	rec = next_of(src);
	assert_str(rec.comm, "<idle>");
	assert_str(rec.f.v[TL_F_SCHED_SWITCH_next_comm].s, "c_nl\nline2: x=1");
	assert_int_equal(rec.f.v[TL_F_SCHED_SWITCH_next_pid].i, 634);
	assert_end(src);
	assert_int_equal(tl_source_info(src)->unparsed, 0);
	tl_source_close(src);
}

/* 15 bytes are enough for the start of a line: it must stay a name. */
static void a_comm_forges_no_record(void **state)
{
	struct tl_source *src = source_of(
		"            bash-1       [000] .....     1.000000: sched_process_exit: comm=\nx-1 [0] 1.1: a pid=634 prio=120\n"
		"            bash-1       [000] .....     1.000001: sched_process_exit: comm=\n => do_exit pid=635 prio=120\n");
	struct tl_record rec = next_of(src);

	assert_str(rec.f.v[TL_F_SCHED_PROCESS_EXIT_comm].s, "\nx-1 [0] 1.1: a");
	assert_int_equal(rec.f.v[TL_F_SCHED_PROCESS_EXIT_pid].i, 634);
	rec = next_of(src);
	assert_str(rec.f.v[TL_F_SCHED_PROCESS_EXIT_comm].s, "\n => do_exit");
	assert_int_equal(rec.f.v[TL_F_SCHED_PROCESS_EXIT_pid].i, 635);
	assert_end(src);
	tl_source_close(src);
}

/* A path may hold anything; its record tells the pid twice. */
static void newline_in_a_path(void **state)
{
	struct tl_source *src = source_of(
		"            bash-77      [000] .....     1.000000: sched_process_exec: filename=/tmp/a\n"
		"            bash-1       [000] d..1.     0.900000: signal_generate: sig=9 pid=77 old_pid=77\n"
		"            bash-78      [000] .....     1.000001: sched_process_exec: filename=/bin/cut\n"
		"            bash-79      [000] .....     1.000002: sched_process_exec: filename=/bin/x pid=79 old_pid=79\n");
	struct tl_record rec = next_of(src);

	assert_int_equal(rec.f.v[TL_F_SCHED_PROCESS_EXEC_pid].i, 77);
	assert_int_equal(rec.f.have, 7);
	rec = next_of(src);
	assert_int_equal(rec.pid, 78);
	assert_int_equal(rec.f.have, 0);
	rec = next_of(src);
	assert_int_equal(rec.pid, 79);
	assert_str(rec.f.v[TL_F_SCHED_PROCESS_EXEC_filename].s, "/bin/x");
	assert_end(src);
	tl_source_close(src);
}

/* Lines cut at a column are records of what is left; none swallows the next. */
static void cut_lines_stay_apart(void **state)
{
	struct tl_source *src = source_of(
		"bash-1 [000] d..1. 1.000000: sched_wakeup: comm=foo\n"
		"bash-1 [000] d..1. 1.000001: sched_wakeup: comm=bar pid=3 prio=120 target_cpu=001\n"
		"bash-1 [000] d..1. 1.000002: sched_wakeup: comm=bar pid=4 prio=12\n"
		"bash-1 [000] d..1. 1.000003: sched_wakeup: comm=bar pid=5 prio=120 target_cpu=001\n");

	assert_int_equal(tl_source_info(src)->unparsed, 0);
	next_of(src);
	assert_int_equal(next_of(src).f.v[TL_F_SCHED_WAKEUP_pid].i, 3);
	assert_int_equal(next_of(src).f.v[TL_F_SCHED_WAKEUP_pid].i, 4);
	assert_int_equal(next_of(src).f.v[TL_F_SCHED_WAKEUP_pid].i, 5);
	assert_end(src);
	tl_source_close(src);
}

static void wrapped_lines(void **state)
{
	static const char *const texts[] = {
		"a-1 [003] d..2.  6403.7: sched_switch: prev_comm=x prev_pid=2466\nprev_prio=120 prev_state=Z ==> next_comm=y next_pid=208 next_prio=120\n",
		"a-1 [003] d..2.  6403.7: sched_switch: prev_comm=x prev_pid=2466 prev_prio=120 prev_state=Z ==> next_comm=y next_p\nid=208 next_prio=120\n",
		"a-1 [003] d..2.  6403.7: sched_switch: prev_comm=x prev_pid=2466 prev_prio=120\n\n    prev_state=Z ==>\n\n next_comm=y next_pid=208 next_prio=120\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct tl_source *src;
		struct tl_record rec = only(texts[i], &src);

		assert_str(rec.f.v[TL_F_SCHED_SWITCH_prev_comm].s, "x");
		assert_str(rec.f.v[TL_F_SCHED_SWITCH_next_comm].s, "y");
		assert_int_equal(rec.f.v[TL_F_SCHED_SWITCH_next_pid].i, 208);
		assert_int_equal(rec.f.v[TL_F_SCHED_SWITCH_next_prio].i, 120);
		assert_end(src);
		assert_int_equal(tl_source_info(src)->unparsed, 0);
		tl_source_close(src);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newline_in_a_comm),  cmocka_unit_test(a_comm_forges_no_record),
		cmocka_unit_test(newline_in_a_path),  cmocka_unit_test(cut_lines_stay_apart),
		cmocka_unit_test(wrapped_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
