/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traces of other recorders: fewer kinds of records, and programs that wait in more than one
 * thread. */
#include "lives.h"

#define ON(pid, ms) "  k-" #pid " [000] ..... 1." #ms ": "
#define FORK(pid, ms, child)                                                                       \
	ON(pid, ms)                                                                                \
	"sched_process_fork: comm=p" #pid " pid=" #pid " child_comm=p" #pid " child_pid=" #child   \
	"\n"
#define NEW(pid, ms, child, flags)                                                                 \
	ON(pid, ms)                                                                                \
	"task_newtask: pid=" #child " comm=p" #pid " clone_flags=" flags " oom_score_adj=0\n"
#define WAIT(pid, ms, whom) ON(pid, ms) "sched_process_wait: comm=p pid=" #whom " prio=120\n"
#define EXIT(pid, ms)       ON(pid, ms) "sched_process_exit: comm=p" #pid " pid=" #pid " prio=120\n"
#define CHLD(pid, ms, parent, code)                                                                \
	ON(pid, ms)                                                                                \
	"signal_generate: sig=17 errno=0 code=" #code " comm=p pid=" #parent " grp=1 res=1\n"
#define LAST(pid, ms, state)                                                                       \
	ON(pid, ms)                                                                                \
	"sched_switch: prev_comm=p" #pid " prev_pid=" #pid " prev_prio=120 prev_state=" state      \
	" ==> next_comm=i next_pid=0 next_prio=120\n"
#define FREE(pid, ms) ON(0, ms) "sched_process_free: comm=p" #pid " pid=" #pid " prio=120\n"
#define THREAD        "3d0f00"
#define PROCESS       "1200000"

struct told {
	tl_pid tid, by, parent;
	bool by_process;
	const char *birth_of;
	tl_pid tgid, notice, sender;
	char sender_comm[16];
};

static void take(void *ctx, const struct tl_task *t)
{
	struct told *r = ctx;

	if (t->tid != r->tid)
		return;
	r->by = t->reap->by.tid;
	r->by_process = t->reap->by_process;
	r->tgid = t->tgid;
	r->notice = t->notice->seen.is ? t->notice->parent.tid : 0;
	if (!t->process->n_group_signals)
		return;
	r->sender = t->process->group_signals[0].owner.tid;
	snprintf(r->sender_comm, sizeof(r->sender_comm), "%s",
		 t->process->group_signals[0].owner.comm->s);
}

static struct told told(tl_pid tid, const char *trace)
{
	struct told r = {.tid = tid};

	lives_told(trace, take, &r, true);
	return r;
}

#define TWO       NEW(10, 001, 11, PROCESS) NEW(11, 002, 12, THREAD) NEW(11, 003, 13, PROCESS)
#define ENDS(who) EXIT(13, 020) CHLD(13, 021, 11, 1) LAST(13, 022, "Z") FREE(13, 040)

/* sched_process_wait says who asks and for whom: one thread alone can have been meant. */
static void the_thread_that_asked_for_it(void **state)
{
	struct told r = told(13, TWO WAIT(12, 004, 13) ENDS());

	assert_int_equal(r.by, 12);
	assert_false(r.by_process);
	r = told(13, TWO WAIT(12, 004, 0) ENDS());
	assert_int_equal(r.by, 12);
	assert_false(r.by_process);
	r = told(13, TWO NEW(12, 004, 14, PROCESS) WAIT(11, 005, 14) WAIT(12, 006, 13) ENDS());
	assert_int_equal(r.by, 12);
	assert_false(r.by_process);
}

static void one_thread_of_two(void **state)
{
	struct told r = told(13, TWO WAIT(11, 004, 0) WAIT(12, 005, 0) ENDS());

	assert_true(r.by_process);
	assert_int_equal(r.by, 11);
	r = told(13, TWO WAIT(11, 004, 13) WAIT(12, 005, 0) ENDS());
	assert_true(r.by_process);
}

static void nobody_of_them_was_seen_to_wait(void **state)
{
	struct told r = told(13, WAIT(9, 000, 0) TWO ENDS());

	assert_true(r.by == TL_PID_NONE || r.by_process);
}

/* The free record comes late or not at all; a parent that ended without telling an heir of zombies
 * had reaped them, those its threads made too. */
static void a_parent_that_ended_had_reaped(void **state)
{
	const char *const end = EXIT(13, 020) CHLD(13, 021, 11, 1) LAST(13, 022, "Z") EXIT(12, 030)
		LAST(12, 031, "X") EXIT(11, 032) CHLD(11, 033, 10, 1) LAST(11, 034, "Z");
	char trace[4096];
	struct told r;

	snprintf(trace, sizeof(trace), "%s%s",
		 NEW(10, 001, 11, PROCESS) NEW(11, 002, 12, THREAD) NEW(12, 003, 13, PROCESS), end);
	r = told(13, trace); /* no waits recorded at all */
	assert_int_equal(r.by, 11);
	assert_true(r.by_process);
}

/* No clone flags: the last thread tells the end of its leader, which died silently. */
#define MASKED FORK(10, 001, 11) FORK(11, 002, 12)
static void the_last_thread_tells_of_its_leader(void **state)
{
	const char *const trace = MASKED EXIT(11, 020) LAST(11, 021, "Z") EXIT(12, 022)
		CHLD(12, 023, 10, 2) LAST(12, 024, "X");

	assert_int_equal(told(12, trace).tgid, 11);
	assert_int_equal(told(12, trace).notice, 0);
	assert_int_equal(told(11, trace).tgid, 11);
	assert_int_equal(told(11, trace).notice, 10);
}

/* Beside a gap, whose end it was is not known: that the leader died may be lost. */
static void the_last_thread_beside_a_gap(void **state)
{
	const char *const trace = MASKED "CPU:0 [LOST 3 EVENTS]\n" EXIT(12, 022)
		CHLD(12, 023, 10, 1) LAST(12, 024, "X");

	assert_int_equal(told(12, trace).notice, 0);
}

/* A child of one that told of its own end is an orphan, and no thread. */
static void an_orphan_tells_of_itself(void **state)
{
	const char *const trace = MASKED EXIT(11, 020) CHLD(11, 021, 10, 1) LAST(11, 022, "Z")
		EXIT(12, 023) CHLD(12, 024, 10, 2) LAST(12, 025, "Z");

	assert_int_equal(told(12, trace).notice, 10);
	assert_int_not_equal(told(12, trace).tgid, 11);
}

#define KILL(pid, ms, whom)                                                                        \
	ON(pid, ms) "signal_generate: sig=15 errno=0 code=0 comm=v pid=" #whom " grp=1 res=0\n"
#define LEFT(pid, ms, name)                                                                        \
	ON(pid, ms)                                                                                \
	"sched_switch: prev_comm=" name " prev_pid=" #pid " prev_prio=120 prev_state=S"            \
	" ==> next_comm=i next_pid=0 next_prio=120\n"

/* Without task_rename a killer is known by its parent's name until it leaves its CPU. */
static void a_sender_by_the_name_it_bears(void **state)
{
	struct told r = told(11, FORK(10, 001, 11) FORK(10, 002, 12) KILL(12, 003, 11)
					 LEFT(12, 004, "killer") EXIT(11, 020));

	assert_int_equal(r.sender, 12);
	assert_string_equal(r.sender_comm, "killer");
}

/* With it, what it is called later is another matter. */
static void a_sender_that_was_renamed_later(void **state)
{
	struct told r = told(
		11,
		FORK(10, 001, 11) FORK(10, 002, 12) KILL(12, 003, 11)
			ON(12, 004) "task_rename: pid=12 oldcomm=p10 newcomm=later oom_score_adj=0\n" LEFT(
				12, 005, "later") EXIT(11, 020));

	assert_string_equal(r.sender_comm, "p10");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_thread_that_asked_for_it),
		cmocka_unit_test(one_thread_of_two),
		cmocka_unit_test(nobody_of_them_was_seen_to_wait),
		cmocka_unit_test(a_parent_that_ended_had_reaped),
		cmocka_unit_test(the_last_thread_tells_of_its_leader),
		cmocka_unit_test(the_last_thread_beside_a_gap),
		cmocka_unit_test(an_orphan_tells_of_itself),
		cmocka_unit_test(a_sender_by_the_name_it_bears),
		cmocka_unit_test(a_sender_that_was_renamed_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
