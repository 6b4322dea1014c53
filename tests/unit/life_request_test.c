/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who asked for a kernel thread: kthreadd serves requests in order, and one that was lost must not
 * shift the others. */
#include "lives.h"

#define ASKS(task, t)                                                                              \
	" " task " [000] ..... " t                                                                 \
	": __kthread_create_on_node+0x0/0x1e0 <-kthread_create_on_node+0x51/0x70\n"
#define BORN(pid, t)                                                                               \
	" kthreadd-2 [000] ..... " t ": task_newtask: pid=" pid                                    \
	" comm=kthreadd clone_flags=800700 oom_score_adj=0\n"
#define NAMED(by, pid, t)                                                                          \
	" " by " [000] ..... " t ": task_rename: pid=" pid " oldcomm=kthreadd newcomm=k" pid       \
	" oom_score_adj=0\n"

static char name[32]; /* of the task 50 */

/* Requesters by the last digit of the new thread's id. */
static void look(void *ctx, const struct tl_task *t)
{
	tl_pid *by = ctx;

	if (t->tid >= 50)
		by[t->tid - 50] = t->birth.requester.tid;
	if (t->tid == 50)
		snprintf(name, sizeof(name), "%s", t->comm->s);
}

static void each_waits_for_his_own(void **state)
{
	tl_pid by[3] = {};

	lives_told(ASKS("init-1", "1.1") BORN("50", "1.2") ASKS("kworker/0:0-7", "1.3")
			   BORN("51", "1.4"),
		   look, by, false);
	assert_int_equal(by[0], 1);
	assert_int_equal(by[1], 7);
}

static void two_at_once_are_told_apart_by_the_name_they_give(void **state)
{
	tl_pid by[3] = {};

	lives_told(ASKS("init-1", "1.1") ASKS("kworker/0:0-7", "1.2") BORN("50", "1.3")
			   BORN("51", "1.4"),
		   look, by, false);
	assert_int_equal(by[0], TL_PID_NONE);
	assert_int_equal(by[1], TL_PID_NONE);
	lives_told(ASKS("init-1", "1.1") ASKS("kworker/0:0-7", "1.2") BORN("50", "1.3")
			   BORN("51", "1.4") NAMED("kworker/0:0-7", "50", "1.5")
				   NAMED("init-1", "51", "1.6"),
		   look, by, false);
	assert_int_equal(by[0], 7);
	assert_int_equal(by[1], 1);
}

/* The first birth is not in the trace. Who asks again has been served before. */
static void a_birth_that_was_lost_blames_nobody(void **state)
{
	tl_pid by[3] = {};

	lives_told(ASKS("kworker/0:0-7", "1.1") ASKS("init-1", "1.2") BORN("50", "1.3")
			   ASKS("init-1", "1.4") BORN("51", "1.5") ASKS("kworker/0:0-7", "1.6")
				   BORN("52", "1.7"),
		   look, by, false);
	assert_int_equal(by[0], TL_PID_NONE);
	assert_int_equal(by[1], 1);
	assert_int_equal(by[2], 7);
}

/* One time for both records, and the other CPU's printed first. */
static void a_name_before_its_birth(void **state)
{
	tl_pid by[3] = {};

	lives_told(ASKS("init-1", "1.1") NAMED("init-1", "50", "1.2") BORN("50", "1.2"), look, by,
		   false);
	assert_int_equal(by[0], 1);
	assert_string_equal(name, "k50");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_waits_for_his_own),
		cmocka_unit_test(two_at_once_are_told_apart_by_the_name_they_give),
		cmocka_unit_test(a_birth_that_was_lost_blames_nobody),
		cmocka_unit_test(a_name_before_its_birth),
	};

	return cmocka_run_group_tests_name("who asked for a kernel thread", tests, NULL, NULL);
}
