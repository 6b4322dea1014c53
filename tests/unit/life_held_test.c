/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is held of a life is packed (struct held): it must be told as it was seen, also where the
 * packing does not do. */
#include <stdlib.h>
#include "lives.h"

struct told {
	struct tl_birth birth;
	struct tl_ref parent;
	unsigned n_comms, n_adoptions;
	uint64_t cpus[4];
	tl_ns stopped;
	bool is;
};

/* Of 20, the child of 10. */
static void keep(void *ctx, const struct tl_task *t)
{
	struct told *told = ctx;

	if (t->tid != 20)
		return;
	*told = (struct told){.birth = t->birth,
			      .parent = t->parent,
			      .n_comms = t->n_comms,
			      .n_adoptions = t->n_adoptions,
			      .stopped = t->sched->stopped,
			      .is = true};
	memcpy(told->cpus, t->sched->cpus, sizeof(told->cpus));
}

#define BORN                                                                                       \
	"  a-10 [000] ..... 1.000000: task_newtask: pid=20 comm=a clone_flags=1200000 oom_score_adj=0\n"
#define FORKED(t)                                                                                  \
	"  a-10 [000] ..... " t ": sched_process_fork: comm=a pid=10 child_comm=a child_pid=20\n"
#define ENDS(t, pid)                                                                               \
	"  a-" pid " [000] ..... " t ": sched_process_exit: comm=a pid=" pid " prio=120\n"
#define TELLS(t, to)                                                                               \
	"  a-20 [000] d.... " t ": signal_generate: sig=17 errno=0 code=1 comm=b pid=" to          \
	" grp=1 res=0\n"

static void assert_ref(const struct tl_ref *ref, tl_pid tid)
{
	assert_int_equal(ref->tid, tid);
	assert_int_equal(ref->generation, tid < 0 ? 0 : 1);
}

static void check_birth(const char *text, tl_ns confirmed)
{
	struct told told = {};

	lives_of_text(text, keep, &told);
	assert_true(told.is);
	assert_int_equal(told.birth.seen.t, 1000000000);
	assert_int_equal(told.birth.seen.kind, TL_EV_NEWTASK);
	assert_true(told.birth.confirmed.is);
	assert_int_equal(told.birth.confirmed.t, confirmed);
	assert_int_equal(told.birth.confirmed.kind, TL_EV_FORK);
	assert_int_equal(told.birth.confirmed.place, told.birth.seen.place + 1);
	assert_int_equal(told.birth.clone_flags, 0x1200000);
	assert_ref(&told.birth.creator, 10);
	assert_ref(&told.birth.real_parent, 10);
	assert_ref(&told.birth.requester, TL_PID_NONE);
}

/* The second record of a birth lies a microsecond behind the first, or, on a machine that had other
 * things to do, a second. */
static void both_records_of_a_birth(void **state)
{
	check_birth("# tracer: nop\n" BORN FORKED("1.000001"), 1000001000);
	check_birth("# tracer: nop\n" BORN FORKED("1.000065"), 1000065000);
	check_birth("# tracer: nop\n" BORN FORKED("1.000066"), 1000066000);
	check_birth("# tracer: nop\n" BORN FORKED("1.900000"), 1900000000);
}

/* Who made it and whose child it was by birth do not change with its parent. */
static void a_parent_changes_and_the_birth_does_not(void **state)
{
	const char *adopted = "# tracer: nop\n" BORN FORKED("1.000001") ENDS("1.1", "10")
		ENDS("1.2", "20") TELLS("1.200010", "1");
	struct told told = {};

	check_birth(adopted, 1000001000);
	lives_of_text(adopted, keep, &told);
	assert_int_equal(told.n_adoptions, 1);
	assert_ref(&told.parent, 1);
}

/* One name, and several of them. */
static void all_names(void **state)
{
	static const char renamed[] = "# tracer: nop\n" BORN FORKED("1.000001")
		"  a-20 [000] ..... 1.1: task_rename: pid=20 oldcomm=a newcomm=b oom_score_adj=0\n"
		"  b-20 [000] ..... 1.2: task_rename: pid=20 oldcomm=b newcomm=c oom_score_adj=0\n";
	struct told told = {};

	lives_of_text("# tracer: nop\n" BORN FORKED("1.000001"), keep, &told);
	assert_int_equal(told.n_comms, 1);
	lives_of_text(renamed, keep, &told);
	assert_int_equal(told.n_comms, 3);
}

#define RUNS(t, cpu)                                                                               \
	"  idle-0 [" cpu "] d.... " t                                                              \
	": sched_switch: prev_comm=idle prev_pid=0 prev_prio=120 prev_state=R ==> "                \
	"next_comm=a next_pid=20 next_prio=120\n"
#define LEAVES(t, cpu, letter)                                                                     \
	"  a-20 [" cpu "] d.... " t                                                                \
	": sched_switch: prev_comm=a prev_pid=20 prev_prio=120 prev_state=" letter                 \
	" ==> next_comm=idle next_pid=0 next_prio=120\n"

/* CPUs beyond the 64th, and a stop. */
static void what_few_tasks_have_of_a_scheduler(void **state)
{
	static const char text[] = "# tracer: nop\n" BORN FORKED("1.000001") RUNS("1.1", "003")
		LEAVES("1.2", "003", "T") RUNS("1.5", "064") LEAVES("1.6", "064", "S")
			RUNS("1.7", "255") ENDS("1.8", "20");
	struct told told = {};

	lives_of_text(text, keep, &told);
	assert_int_equal(told.cpus[0], 1ull << 3);
	assert_int_equal(told.cpus[1], 1);
	assert_int_equal(told.cpus[2], 0);
	assert_int_equal(told.cpus[3], 1ull << 63);
	assert_int_equal(told.stopped, 300000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_records_of_a_birth),
		cmocka_unit_test(a_parent_changes_and_the_birth_does_not),
		cmocka_unit_test(all_names),
		cmocka_unit_test(what_few_tasks_have_of_a_scheduler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
