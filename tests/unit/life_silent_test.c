/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CPU of which no switch is recorded, and nothing lost: who acts there betrays it, and from then
 * on silence says nothing. */
#include "lives.h"

#define ON(cpu, pid, ms) "  k-" #pid " [00" #cpu "] ..... 1." #ms ": "
#define ROOT ON(0, 9, 000) "tracing_mark_write: tasklife/1 root tid=10\n"
#define BORN(ms, pid)                                                                              \
	ON(0, 10, ms)                                                                              \
	"sched_process_fork: comm=k pid=10 child_comm=k child_pid=" #pid                           \
	"\n" ON(0, 10, ms) "sched_wakeup_new: comm=k pid=" #pid " prio=120 target_cpu=001\n"
#define ACTS(ms, pid)                                                                              \
	ON(1, pid, ms) "sched_process_exec: filename=/bin/k pid=" #pid " old_pid=" #pid "\n"
#define SLEEPS(cpu, ms, pid) ON(cpu, pid, ms) SWITCH(k, pid, S, swapper, 0)
#define DELIVERED                                                                                  \
	ON(0, 10, 001) "signal_deliver: sig=10 errno=0 code=0 sa_handler=1000 sa_flags=0\n"
#define FAMILY ROOT DELIVERED BORN(002, 11) BORN(003, 12)

static void nobody(void *ctx, const struct tl_task *t)
{
}

static void two_that_act_unswitched(void **state)
{
	struct told_lives told =
		lives_of_text(FAMILY SLEEPS(0, 004, 10) ACTS(005, 11) ACTS(006, 12), nobody, NULL);

	assert_int_equal(told.oddities, 1);
	assert_true(told.witnesses.sw);
	assert_false(told.witnesses.deliver);
	told = lives_of_text(FAMILY SLEEPS(0, 004, 10) ACTS(005, 11) ACTS(006, 12) DELIVERED,
			     nobody, NULL);
	assert_false(told.witnesses.deliver);
}

/* event-fork adds a child to set_event_pid while another CPU is switching to it. */
static void one_alone_may(void **state)
{
	struct told_lives told =
		lives_of_text(FAMILY SLEEPS(0, 004, 10) ACTS(005, 11) SLEEPS(1, 006, 11)
				      ACTS(007, 12) SLEEPS(1, 008, 12),
			      nobody, NULL);

	assert_int_equal(told.oddities, 0);
	assert_true(told.witnesses.deliver);
}

/* Workers of io_uring are born without a fork record, so the recording does not follow them. */
static void who_is_not_followed_does_not_count(void **state)
{
	struct told_lives told = lives_of_text(
		FAMILY SLEEPS(0, 004, 10) ACTS(005, 11)
			ON(0, 10, 006) "task_newtask: pid=13 comm=k clone_flags=80810f00 oom_score_adj=0\n" ON(
				0, 10,
				007) "sched_wakeup_new: comm=k pid=13 prio=120 target_cpu=001\n" ON(1,
												    13,
												    008) "task_rename: pid=13 oldcomm=k newcomm=iou-wrk-10 oom_score_adj=0\n",
		nobody, NULL);

	assert_int_equal(told.oddities, 0);
	assert_true(told.witnesses.deliver);
}

/* Of strangers the family's records show a switch here and there. */
static void only_the_family_counts(void **state)
{
	struct told_lives told = lives_of_text(
		ON(0, 9, 000) "tracing_mark_write: tasklife/1 root tid=8\n" DELIVERED BORN(002, 11)
			BORN(003, 12) SLEEPS(0, 004, 10) ACTS(005, 11) ACTS(006, 12),
		nobody, NULL);

	assert_int_equal(told.oddities, 0);
	assert_true(told.witnesses.deliver);
}

static void keep_13(void *ctx, const struct tl_task *t)
{
	if (t->tid == 13)
		*(int *)ctx = t->reap->automatic;
}

#define BORN_13 ON(0, 10, 010) "task_newtask: pid=13 comm=k clone_flags=1200000 oom_score_adj=0\n"
#define DIES_13 ON(0, 13, 021) "sched_process_exit: comm=k pid=13 prio=120\n" \
	ON(0, 13, 022) "signal_generate: sig=17 errno=0 code=1 comm=k pid=10 grp=1 res=0\n" \
	ON(0, 13, 023) SWITCH(k, 13, X, swapper, 0)

/* 10 may have reaped it on the CPU of which nothing is told. */
static void a_parent_may_have_run_there(void **state)
{
	int automatic = -2;

	lives_of_text(FAMILY BORN_13 SLEEPS(0, 011, 10) ACTS(012, 11) DIES_13, keep_13, &automatic);
	assert_int_equal(automatic, 1);
	lives_of_text(FAMILY BORN_13 SLEEPS(0, 011, 10) ACTS(012, 11) ACTS(013, 12) DIES_13,
		      keep_13, &automatic);
	assert_int_equal(automatic, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_that_act_unswitched),
		cmocka_unit_test(one_alone_may),
		cmocka_unit_test(who_is_not_followed_does_not_count),
		cmocka_unit_test(only_the_family_counts),
		cmocka_unit_test(a_parent_may_have_run_there),
	};

	return cmocka_run_group_tests_name("CPUs that are not heard", tests, NULL, NULL);
}
