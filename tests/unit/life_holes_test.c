/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where records are missing, or time runs backwards: what is told of the bearer of a pid is not
 * taken from another one's records.
 */
#include "lives.h"

#define ON(pid, t) "  k-" #pid " [000] ..... " t ": "
#define NEW(pid, t, child, flags)                                                                  \
	ON(pid, t) "task_newtask: pid=" #child " comm=k clone_flags=" flags " oom_score_adj=0\n"
#define EXIT(pid, t, name) ON(pid, t) "sched_process_exit: comm=" name " pid=" #pid " prio=120\n"
#define FREE(pid, t, name) ON(0, t) "sched_process_free: comm=" name " pid=" #pid " prio=120\n"
#define WAIT(pid, t, whom) ON(pid, t) "sched_process_wait: comm=k pid=" #whom " prio=120\n"
#define CHLD(pid, t, parent)                                                                       \
	ON(pid, t)                                                                                 \
	"signal_generate: sig=17 errno=0 code=1 comm=k pid=" #parent " grp=1 res=1\n"
#define LAST(pid, t, name)                                                                         \
	ON(pid, t)                                                                                 \
	"sched_switch: prev_comm=" name " prev_pid=" #pid " prev_prio=120 prev_state=Z"            \
	" ==> next_comm=i next_pid=0 next_prio=120\n"
#define EXEC(t) ON(12, t) "sched_process_exec: filename=/bin/k pid=12 old_pid=13\n"
#define GAP     "CPU:0 [LOST 9 EVENTS]\n"
#define PROCESS "1200000"
#define THREAD  "3d0f00"

struct bearer {
	tl_pid tid;
	unsigned n, deaths;
	/* of the first that died */
	struct tl_reap reap;
	struct tl_notice notice;
	tl_ns died;
};

static void take(void *ctx, const struct tl_task *t)
{
	struct bearer *b = ctx;

	if (t->tid != b->tid)
		return;
	b->n++;
	if (!t->death->seen.is || b->deaths++)
		return;
	b->reap = *t->reap;
	b->notice = *t->notice;
	b->died = t->death->seen.t;
}

static struct bearer told(tl_pid tid, const char *trace)
{
	struct bearer b = {.tid = tid};

	lives_told(trace, take, &b, true);
	return b;
}

/* The dead stay until they are freed where that is recorded. */
#define BEFORE FREE(99, "1.000", "z")
#define DIES   BEFORE NEW(10, "1.001", 12, PROCESS) WAIT(10, "1.002", 12) EXIT(12, "1.010", "k")
#define ZOMBIE DIES CHLD(12, "1.011", 10) LAST(12, "1.012", "k")

/* Another one was born, died and was reaped by 20; of it only this much was not lost. */
static void of_the_next_bearer_only_the_free_record_is_left(void **state)
{
	struct bearer b = told(12, ZOMBIE GAP FREE(12, "9.000", "other"));

	assert_int_equal(b.deaths, 1);
	assert_false(b.reap.is);
	assert_false(b.reap.freed.is);
	b = told(12, ZOMBIE GAP FREE(12, "1.020", "k"));
	assert_true(b.reap.freed.is);
}

static void of_the_next_bearer_the_end_is_left(void **state)
{
	const char *end = ZOMBIE GAP CHLD(12, "5.000", 20) LAST(12, "5.001", "other")
		WAIT(20, "5.002", 12) FREE(12, "5.020", "other");
	struct bearer b = told(12, end);

	assert_int_equal(b.n, 2);
	assert_int_equal(b.deaths, 1);
	assert_int_equal(b.notice.parent.tid, 10);
	assert_int_not_equal(b.reap.by.tid, 20);
	/* its last switch is lost as well */
	b = told(12, DIES GAP CHLD(12, "5.000", 20) LAST(12, "5.001", "other") WAIT(20, "5.002", 12)
			     FREE(12, "5.020", "other"));
	assert_int_equal(b.n, 2);
	assert_false(b.notice.seen.is);
	assert_int_not_equal(b.reap.by.tid, 20);
}

/* Beside a gap the dying are still at work for a while, and a thread takes its leader's id. */
static void the_same_one_beside_a_gap(void **state)
{
	struct bearer b = told(12, DIES GAP CHLD(12, "1.011", 10) LAST(12, "1.012", "k"));

	assert_int_equal(b.n, 1);
	assert_int_equal(b.notice.parent.tid, 10);
	b = told(12, BEFORE NEW(10, "1.001", 12, PROCESS) NEW(12, "1.002", 13, THREAD) EXIT(
			     12, "1.010", "k") LAST(12, "1.012", "k") GAP LAST(12, "3.000", "t"));
	assert_int_equal(b.n, 1);
}

/* Without switches and a notice (clone() with no signal): its parent reaped it, and was gone from
 * the trace before it was freed. */
static void a_parent_that_went_after_it_may_have_waited(void **state)
{
	const char *ends = NEW(9, "1.000", 10, PROCESS) NEW(10, "1.001", 12, "0")
		EXIT(12, "1.010", "k") EXIT(10, "1.020", "k") CHLD(10, "1.021", 9)
			FREE(10, "1.030", "k") NEW(9, "1.040", 10, PROCESS);
	char trace[2048];
	struct bearer b;

	snprintf(trace, sizeof(trace), "%s%s", ends, FREE(12, "1.050", "k"));
	b = told(12, trace);
	assert_int_not_equal(b.reap.automatic, 1);
}

static void nobody_is_reaped_before_his_death(void **state)
{
	struct bearer b;

	b = told(12, FREE(99, "1.030", "z") WAIT(13, "1.020", 0) EXIT(12, "1.010", "k")
			     EXEC("1.005") NEW(12, "1.002", 13, THREAD));
	assert_int_equal(b.deaths, 1);
	assert_true(!b.reap.is || b.reap.seen.t >= b.died);
	b = told(12, NEW(12, "1.002", 13, THREAD) EXIT(12, "1.010", "k") EXEC("1.015"));
	assert_true(b.reap.is && b.reap.automatic == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_the_next_bearer_only_the_free_record_is_left),
		cmocka_unit_test(of_the_next_bearer_the_end_is_left),
		cmocka_unit_test(the_same_one_beside_a_gap),
		cmocka_unit_test(a_parent_that_went_after_it_may_have_waited),
		cmocka_unit_test(nobody_is_reaped_before_his_death),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
