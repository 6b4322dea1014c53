/* SPDX-License-Identifier: GPL-2.0-or-later */
/* waitid() returns no pid: whom it reaped is known by the wait it belongs to, and only if that
 * cannot have been in vain. */
#include "lives.h"

#define ON(cpu, pid, ms) "  k-" #pid " [00" #cpu "] ..... 1." #ms ": "
#define BORN ON(0, 11, 001) "sched_process_fork: comm=k pid=11 child_comm=k child_pid=12\n"
#define WAITS(ms) ON(0, 11, ms) "sched_process_wait: comm=k pid=12 prio=120\n"
#define SLEEPS(ms)                                                                                 \
	ON(0, 11, ms)                                                                              \
	"sched_switch: prev_comm=k prev_pid=11 prev_prio=120 prev_state=S ==> next_comm=i next_pid=0 next_prio=120\n"
#define DIES ON(1, 12, 020) "sched_process_exit: comm=k pid=12 prio=120\n" \
	ON(1, 12, 021) "signal_generate: sig=17 errno=0 code=1 comm=k pid=11 grp=1 res=1\n"
#define RETURNS(ms, what) ON(0, 11, ms) "sys_waitid -> " what "\n"
#define GONE(ms, state)                                                                            \
	ON(1, 12, ms)                                                                              \
	"sched_switch: prev_comm=k prev_pid=12 prev_prio=120 prev_state=" state                    \
	" ==> next_comm=i next_pid=0 next_prio=120\n"
#define HERE ON(0, 11, 000) "sched_waking: comm=x pid=99 prio=120 target_cpu=000\n"

struct reaped {
	tl_pid by;
	bool at_most;
	int automatic;
	tl_ns t;
};

static void take_12(void *ctx, const struct tl_task *t)
{
	if (t->tid == 12)
		*(struct reaped *)ctx = (struct reaped){t->reap->by.tid, t->reap->at_most,
							t->reap->automatic, t->reap->seen.t};
}

static struct reaped reaped_in(const char *trace)
{
	struct reaped r = {};

	lives_told(trace, take_12, &r, true);
	return r;
}

static void who_slept_in_it_reaped(void **state)
{
	struct reaped r =
		reaped_in(HERE BORN WAITS(002) SLEEPS(003) DIES GONE(022, "X") RETURNS(023, "0x0"));

	assert_int_equal(r.by, 11);
	assert_false(r.at_most);
	assert_int_equal(r.t, 1023000000);
	r = reaped_in(HERE BORN WAITS(002) SLEEPS(003) DIES RETURNS(022, "0x0") GONE(023, "X"));
	assert_int_equal(r.by, 11);
	assert_int_equal(r.t, 1022000000);
}

static void a_zombie_was_there_before(void **state)
{
	struct reaped r = reaped_in(HERE BORN DIES WAITS(022) RETURNS(023, "0x0") GONE(024, "X"));

	assert_int_equal(r.by, 11);
}

/* WNOHANG returns 0 of a living child too, and WNOWAIT leaves the zombie. */
static void in_vain(void **state)
{
	struct reaped r = reaped_in(HERE BORN WAITS(002) DIES RETURNS(022, "0x0") GONE(023, "X"));

	assert_true(r.by != 11 || r.at_most);
	r = reaped_in(HERE BORN WAITS(002) SLEEPS(003) DIES RETURNS(022, "0x0") GONE(023, "Z"));
	assert_true(r.by != 11 || r.at_most);
}

static void no_child_is_left(void **state)
{
	struct reaped r = reaped_in(HERE BORN WAITS(002) SLEEPS(003) DIES GONE(022, "X")
					    RETURNS(023, "0xfffffffffffffff6"));

	assert_int_equal(r.by, TL_PID_NONE);
	assert_int_equal(r.automatic, 1);
}

#define ENTERS(options)                                                                            \
	ON(0, 11, 002)                                                                             \
	"sys_waitid(which: 1, upid: c, infop: 7ffd, options: " options ", ru: 0)\n" WAITS(003)

/* How it waits tells of whom it returns, though it never slept and the end came while it was in it.
 */
static void told_by_its_options(void **state)
{
	static const struct {
		const char *trace;
		tl_pid by;
		bool at_most;
	} row[] = {
		{HERE BORN ENTERS("4") DIES RETURNS(022, "0x0") GONE(023, "X"), 11, false},
		{HERE BORN ENTERS("40000004") DIES RETURNS(022, "0x0") GONE(023, "X"), 11, false},
		/* WNOHANG */
		{HERE BORN ENTERS("5") DIES RETURNS(022, "0x0") GONE(023, "X"), TL_PID_NONE, true},
		/* WSTOPPED */
		{HERE BORN ENTERS("6") DIES RETURNS(022, "0x0") GONE(023, "X"), TL_PID_NONE, true},
		/* WNOWAIT */
		{HERE BORN ENTERS("1000004") DIES RETURNS(022, "0x0") GONE(023, "Z"), TL_PID_NONE,
		 false},
		{HERE BORN ENTERS("4") RETURNS(010, "0xfffffffffffffe00") WAITS(012)
			 DIES RETURNS(022, "0x0") GONE(023, "X"),
		 TL_PID_NONE, true},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct reaped r = reaped_in(row[i].trace);

		if (r.by != row[i].by)
			print_message("row %zu: by %d\n", i, r.by);
		assert_int_equal(r.by, row[i].by);
		if (r.by == 11)
			assert_int_equal(r.at_most, row[i].at_most);
	}
}

static void told_to_have_no_child(void **state)
{
	struct reaped r = reaped_in(HERE BORN ENTERS("4") DIES GONE(022, "X")
					    RETURNS(023, "0xfffffffffffffff6"));

	assert_int_equal(r.automatic, 1);
	r = reaped_in(HERE BORN ENTERS("4") DIES RETURNS(022, "0xfffffff6") GONE(023, "X"));
	assert_int_equal(r.automatic, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_slept_in_it_reaped),
		cmocka_unit_test(a_zombie_was_there_before),
		cmocka_unit_test(in_vain),
		cmocka_unit_test(no_child_is_left),
		cmocka_unit_test(told_by_its_options),
		cmocka_unit_test(told_to_have_no_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
