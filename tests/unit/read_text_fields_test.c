/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields cut from text at the known keys, with names that try to look like keys. */
#include "read_text_help.h"

static const struct tl_event_row *row(enum tl_event_id id)
{
	return tl_event_row_of(id);
}

static bool cut(enum tl_event_id id, const char *text, struct tl_fields *f)
{
	return tl_fields_from_text(row(id), (struct tl_str){text, strlen(text)}, f);
}

static void a_comm_cannot_deceive(void **state)
{
	struct tl_fields f;

	assert_true(cut(TL_EVENT_SIGNAL_GENERATE,
			"sig=9 errno=0 code=0 comm=x pid=1 res=0 pid=634 grp=1 res=2", &f));
	assert_str(f.v[TL_F_SIGNAL_GENERATE_comm].s, "x pid=1 res=0");
	assert_int_equal(f.v[TL_F_SIGNAL_GENERATE_pid].i, 634);
	assert_int_equal(f.v[TL_F_SIGNAL_GENERATE_result].i, 2);

	assert_true(cut(TL_EVENT_SCHED_SWITCH,
			"prev_comm=c ==> next_pid= prev_pid=382 prev_prio=120 prev_state=R+ ==> "
			"next_comm=a prev_pid=9 x next_pid=5 next_prio=-1",
			&f));
	assert_str(f.v[TL_F_SCHED_SWITCH_prev_comm].s, "c ==> next_pid=");
	assert_int_equal(f.v[TL_F_SCHED_SWITCH_prev_state].i, 'R' | TL_STATE_PREEMPTED);
	assert_str(f.v[TL_F_SCHED_SWITCH_next_comm].s, "a prev_pid=9 x");
	assert_int_equal(f.v[TL_F_SCHED_SWITCH_next_prio].i, -1);

	assert_true(cut(TL_EVENT_SCHED_PROCESS_FORK,
			"comm= pid=3 child_comm= child_pid=4 child_pid=5", &f));
	assert_str(f.v[TL_F_SCHED_PROCESS_FORK_parent_comm].s, "");
	assert_str(f.v[TL_F_SCHED_PROCESS_FORK_child_comm].s, " child_pid=4");
	assert_int_equal(f.v[TL_F_SCHED_PROCESS_FORK_child_pid].i, 5);

	assert_true(cut(TL_EVENT_SCHED_PROCESS_EXEC,
			"filename=/tmp/a b pid=1 old_pid=1 pid=2 old_pid=3", &f));
	assert_str(f.v[TL_F_SCHED_PROCESS_EXEC_filename].s, "/tmp/a b pid=1 old_pid=1");
	assert_int_equal(f.v[TL_F_SCHED_PROCESS_EXEC_old_pid].i, 3);
}

static void keys_of_some_kernels(void **state)
{
	struct tl_fields f;

	assert_true(cut(TL_EVENT_TASK_RENAME, "oldcomm=a newcomm=b oom_score_adj=-17", &f));
	assert_false(f.have & 1u << TL_F_TASK_RENAME_pid);
	assert_int_equal(f.v[TL_F_TASK_RENAME_oom_score_adj].i, -17);
	assert_true(cut(TL_EVENT_SCHED_PROCESS_EXIT, "comm=a pid=7 prio=120 group_dead=true", &f));
	assert_int_equal(f.have, 15);
	assert_int_equal(f.v[TL_F_SCHED_PROCESS_EXIT_group_dead].i, 1);
	assert_true(cut(TL_EVENT_SCHED_PROCESS_EXIT, "comm=a pid=7 prio=120 // why?", &f));
	assert_int_equal(f.have, 7);
	assert_true(cut(TL_EVENT_SCHED_WAKEUP,
			"comm=ksoftirqd/0 pid=3 prio=120 success=1 target_cpu=010", &f));
	assert_int_equal(f.v[TL_F_SCHED_WAKEUP_target_cpu].i, 10);
	assert_true(cut(TL_EVENT_MARK_VICTIM, "pid=171", &f));
	assert_int_equal(f.have, 1);
	assert_true(
		cut(TL_EVENT_MARK_VICTIM, "pid=581 comm=a b total-vm=9304kB anon-rss=8188kB", &f));
	assert_str(f.v[TL_F_MARK_VICTIM_comm].s, "a b");
	assert_true(
		cut(TL_EVENT_TASK_NEWTASK, "pid=1 comm=x clone_flags=1200011 oom_score_adj=0", &f));
	assert_int_equal(f.v[TL_F_TASK_NEWTASK_clone_flags].i, 0x1200011);
}

static void states(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} rows[] = {{"S", 'S'},
		    {"R+", 'R' | TL_STATE_PREEMPTED},
		    {"D|K", 'D'},
		    {"x", 'x'},
		    {"Z", 'Z'},
		    {"0", 'R'},
		    {"1", 'S'},
		    {"2", 'D'},
		    {"256", 'R' | TL_STATE_PREEMPTED},
		    {"4096", 'R' | TL_STATE_PREEMPTED}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tl_fields f;
		char text[200];

		snprintf(
			text, sizeof(text),
			"prev_comm=a prev_pid=1 prev_prio=1 prev_state=%s next_comm=b next_pid=2 next_prio=3",
			rows[i].text);
		assert_true(cut(TL_EVENT_SCHED_SWITCH, text, &f));
		assert_int_equal(f.v[TL_F_SCHED_SWITCH_prev_state].i, rows[i].want);
	}
}

static void system_calls(void **state)
{
	struct tl_fields f;

	assert_true(cut(TL_EVENT_SYS_ENTER_EXIT_GROUP, "error_code: 1f)", &f));
	assert_int_equal(f.v[0].i, 0x1f);
	assert_true(cut(TL_EVENT_SYS_EXIT_WAIT4, "-> 0x1a2", &f));
	assert_int_equal(f.v[0].i, 418);
	assert_true(cut(TL_EVENT_SYS_EXIT_WAIT4, "0xfffffffffffffff6", &f));
	assert_int_equal(f.v[0].i, -10);
	assert_true(cut(TL_EVENT_SYS_EXIT_WAIT4, "-> 0xfffffff6", &f));
	assert_int_equal(f.v[0].i, -10);
	assert_false(cut(TL_EVENT_SYS_EXIT_WAIT4, "-> ?", &f));
}

/* A line that breaks off keeps what is there, and nothing that is not. */
static void cut_lines(void **state)
{
	static const char whole[] = "sig=17 errno=0 code=1 comm=bash pid=2124 grp=1 res=0";
	struct tl_fields f;

	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		char *part = strndup(whole, n);

		assert_false(cut(TL_EVENT_SIGNAL_GENERATE, part, &f));
		if (f.have & 1u << TL_F_SIGNAL_GENERATE_comm)
			assert_str(f.v[TL_F_SIGNAL_GENERATE_comm].s, "bash");
		if (f.have & 1u << TL_F_SIGNAL_GENERATE_errno)
			assert_int_equal(f.v[TL_F_SIGNAL_GENERATE_errno].i, 0);
		free(part);
	}
	assert_false(cut(TL_EVENT_SIGNAL_GENERATE, "sig=17 errno=0 code=1 comm=bash pid=2124 grp=1",
			 &f));
	assert_int_equal(f.have, 0x3f);
	assert_false(cut(TL_EVENT_SIGNAL_GENERATE, "code=1 sig=17", &f));
	assert_int_equal(f.have, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_comm_cannot_deceive),
		cmocka_unit_test(keys_of_some_kernels),
		cmocka_unit_test(states),
		cmocka_unit_test(system_calls),
		cmocka_unit_test(cut_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
