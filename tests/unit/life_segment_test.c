/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a task was doing when: segments in order, without overlap, and nothing claimed that was not seen. */
#include "lives.h"

#define WAKE(pid) "sched_waking: comm=c pid=" #pid " prio=120 target_cpu=001\n"

#define FORK_12 "  c-10 [000] d.... 1.000: sched_process_fork: comm=c pid=10 child_comm=c child_pid=12\n"
#define EXIT_12 "sched_process_exit: comm=c pid=12 prio=120\n"

struct drawn {
	char text[512];
	bool any;
};

static void draw_12(void *ctx, const struct tl_task *t)
{
	struct drawn *d = ctx;
	size_t n = 0;

	if (t->tid != 12)
		return;
	d->any = t->segments != NULL;
	for (size_t i = 0; t->segments && i < t->segments->n; i++) {
		const struct tl_segment *s = &t->segments->v[i];

		n += (size_t)snprintf(d->text + n, sizeof(d->text) - n, "%s%c %lld-%lld@%d",
				      tl_doing_name(s->what), s->letter ? s->letter : '.',
				      (long long)(s->from / 1000000), (long long)(s->to / 1000000), s->cpu);
		n += (size_t)snprintf(d->text + n, sizeof(d->text) - n, s->by == TL_PID_NONE ? "|" : "<%d|", s->by);
	}
}

static void is_drawn(const char *trace, const char *want)
{
	struct drawn d = {};

	lives_told(trace, draw_12, &d, true);
	assert_string_equal(d.text, want);
}

static void test_a_whole_life(void **state)
{
	is_drawn(FORK_12
		 "  c-10 [000] d.... 1.001: sched_wakeup_new: comm=c pid=12 prio=120 target_cpu=001\n"
		 "  <idle>-0 [001] d.... 1.002: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [001] d.... 1.003: " SWITCH(c, 12, D, c, 0)
		 "  c-10 [000] d.... 1.005: " WAKE(12)
		 "  <idle>-0 [002] d.... 1.006: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [002] d.... 1.007: " SWITCH(c, 12, T, c, 0)
		 "  c-10 [000] d.... 1.009: " WAKE(12)
		 "  <idle>-0 [002] d.... 1.010: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [002] ..... 1.011: " EXIT_12
		 "  c-12 [002] d.... 1.012: " SWITCH(c, 12, Z, c, 0)
		 "  c-10 [000] ..... 1.020: sched_process_free: comm=c pid=12 prio=120\n",
		 "runnable. 1001-1002@-1|running. 1002-1003@1|sleepingD 1003-1005@1|runnable. 1005-1006@1<10|"
		 "running. 1006-1007@2|stoppedT 1007-1009@2|runnable. 1009-1010@2<10|running. 1010-1012@2|"
		 "zombie. 1012-1020@2|");
}

/* An interrupt lends itself whoever runs; the idle task is nobody; a preempted task was woken by none. */
static void test_who_woke_it(void **state)
{
	is_drawn(FORK_12
		 "  <idle>-0 [001] d.... 1.002: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [001] d.... 1.003: " SWITCH(c, 12, S, c, 0)
		 "  c-10 [000] d.h.. 1.004: " WAKE(12)
		 "  <idle>-0 [001] d.... 1.005: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [001] d.... 1.006: " SWITCH(c, 12, S, c, 0)
		 "  <idle>-0 [000] d.... 1.007: " WAKE(12)
		 "  <idle>-0 [001] d.... 1.008: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [001] d.... 1.009: " SWITCH(c, 12, S, c, 0)
		 "  c-10 [000] d.... 1.010: " WAKE(12)
		 "  <idle>-0 [001] d.... 1.011: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [001] d.... 1.012: " SWITCH(c, 12, R+, c, 0)
		 "  <idle>-0 [001] d.... 1.013: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [001] d.... 1.014: " SWITCH(c, 12, S, c, 0),
		 "running. 1002-1003@1|sleepingS 1003-1004@1|runnable. 1004-1005@1|running. 1005-1006@1|"
		 "sleepingS 1006-1007@1|runnable. 1007-1008@1|running. 1008-1009@1|sleepingS 1009-1010@1|"
		 "runnable. 1010-1011@1<10|running. 1011-1012@1|runnable. 1012-1013@1|running. 1013-1014@1|");
}

static void test_nothing_is_kept_unasked(void **state)
{
	struct drawn d = {.any = true};

	lives_of_text(FORK_12 "  <idle>-0 [001] d.... 1.002: " SWITCH(c, 0, R, c, 12)
			      "  c-12 [001] d.... 1.003: " SWITCH(c, 12, S, c, 0), draw_12, &d);
	assert_false(d.any);
}

static void test_a_gap_is_a_gap(void **state)
{
	/* how it came to run between 1.003 and 1.005 was not seen */
	is_drawn(FORK_12
		 "  <idle>-0 [001] d.... 1.002: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [001] d.... 1.003: " SWITCH(c, 12, R+, c, 0)
		 "  c-12 [001] d.... 1.005: " SWITCH(c, 12, S, c, 0)
		 "  c-10 [000] d.... 1.006: " WAKE(12),
		 "running. 1002-1003@1|sleepingS 1005-1006@1|");
}

static void test_clocks_that_differ_never_overlap(void **state)
{
	is_drawn(FORK_12
		 "  <idle>-0 [001] d.... 1.002: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [001] d.... 1.006: " SWITCH(c, 12, S, c, 0)
		 "  c-10 [000] d.... 1.004: " WAKE(12)
		 "  <idle>-0 [001] d.... 1.007: " SWITCH(c, 0, R, c, 12)
		 "  c-12 [001] d.... 1.008: " SWITCH(c, 12, S, c, 0),
		 "running. 1002-1006@1|runnable. 1006-1007@1<10|running. 1007-1008@1|");
}

static void test_a_zombie_nobody_waits_for(void **state)
{
	static const char dies[] = FORK_12
		"  <idle>-0 [001] d.... 1.002: " SWITCH(c, 0, R, c, 12)
		"  c-12 [001] ..... 1.003: " EXIT_12
		"  c-12 [001] d.... 1.004: " SWITCH(c, 12, Z, c, 0);
	static const char free_of_another[] = "  c-10 [000] ..... 1.050: sched_process_free: comm=d pid=99 prio=120\n";
	char trace[2048];

	is_drawn(dies, "running. 1002-1004@1|"); /* a trace without free records shows no end of it */
	snprintf(trace, sizeof(trace), "%s%s", dies, free_of_another);
	is_drawn(trace, "running. 1002-1004@1|zombie. 1004-1050@1|");
}

static void test_doubt(void **state)
{
	const struct tl_segment runs = {10, 20, 1, TL_RUNNING, 0, 0}, sleeps = {10, 20, 1, TL_SLEEPING, 'S', 0};

	assert_true(tl_segment_doubtful(&runs, &(struct tl_blind){.from = 15, .to = 30, .cpu = 1}));
	assert_false(tl_segment_doubtful(&runs, &(struct tl_blind){.from = 15, .to = 30, .cpu = 0}));
	assert_true(tl_segment_doubtful(&runs, &(struct tl_blind){.from = 15, .to = 30, .cpu = -1}));
	assert_true(tl_segment_doubtful(&sleeps, &(struct tl_blind){.from = 15, .to = 30, .cpu = 0}));
	assert_false(tl_segment_doubtful(&sleeps, &(struct tl_blind){.from = 20, .to = 30, .cpu = -1}));
	assert_true(tl_segment_doubtful(&sleeps, &(struct tl_blind){.from = 15, .to = TL_NS_NONE, .cpu = -1}));
	assert_false(tl_segment_doubtful(&sleeps, &(struct tl_blind){.from = TL_NS_NONE, .to = 10, .cpu = -1}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_life),
		cmocka_unit_test(test_who_woke_it),
		cmocka_unit_test(test_nothing_is_kept_unasked),
		cmocka_unit_test(test_a_gap_is_a_gap),
		cmocka_unit_test(test_clocks_that_differ_never_overlap),
		cmocka_unit_test(test_a_zombie_nobody_waits_for),
		cmocka_unit_test(test_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
