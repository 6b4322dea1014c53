/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which name a task bears when: task_rename is written before the kernel has copied the name. */
#include "lives.h"

#define BORN                                                                                       \
	"  a-10 [000] d.... 1.000: sched_process_fork: comm=a pid=10 child_comm=a child_pid=12\n"
#define RENAMED                                                                                    \
	"  a-12 [000] ..... 1.001: task_rename: pid=12 oldcomm=a newcomm=b oom_score_adj=0\n"
#define SWITCHED_AWAY(name) "  x-12 [000] d.... 1.002: " SWITCH(name, 12, R+, x, 15)
#define SWITCHED_TO(name) "  x-15 [000] d.... 1.003: " SWITCH(x, 15, I, name, 12)
#define GONE "  b-10 [000] ..... 2.000: sched_process_free: comm=b pid=12 prio=120\n"

struct names {
	char now[16];
	unsigned n;
};

static void take_12(void *ctx, const struct tl_task *t)
{
	struct names *n = ctx;

	if (t->tid != 12)
		return;
	snprintf(n->now, sizeof(n->now), "%s", t->comm ? t->comm->s : "");
	n->n = t->n_comms;
}

static void is_named(const char *trace, const char *now, unsigned names)
{
	struct names n = {};

	lives_told(trace, take_12, &n, true);
	assert_string_equal(n.now, now);
	assert_int_equal(n.n, names);
}

static void test_the_former_name_fades(void **state)
{
	is_named(BORN RENAMED SWITCHED_AWAY(a) SWITCHED_TO(a), "b", 2);
	is_named(BORN RENAMED SWITCHED_AWAY(a) SWITCHED_TO(b) GONE, "b", 2);
}

static void test_a_rename_that_was_not_recorded(void **state)
{
	is_named(BORN RENAMED SWITCHED_AWAY(b) SWITCHED_TO(a), "a", 3);
	is_named(BORN SWITCHED_AWAY(c), "c", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_former_name_fades),
		cmocka_unit_test(test_a_rename_that_was_not_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
