/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who sent the signal that killed a process is told with his ancestors in the lives of all its
 * threads. */
#include "lives.h"
#include "tasklife/why.h"
#include "base/arena.h"

#define ON(pid, t) "  k-" #pid " [000] ..... " t ": "
#define BORN(by, pid, flags)                                                                       \
	ON(by, "1.000")                                                                            \
	"task_newtask: pid=" #pid " comm=k clone_flags=" flags                                     \
	" oom_score_adj=0\n" ON(by, "1.000") "sched_process_fork: comm=k pid=" #by                 \
					     " child_comm=k child_pid=" #pid "\n"
#define SHOT(pid, t) ON(pid, t) "signal_deliver: sig=9 errno=0 code=0 sa_handler=0 sa_flags=0\n" \
	ON(pid, t) "sched_process_exit: comm=k pid=" #pid " prio=120\n"

struct looked {
	const struct tl_lives *lives;
	unsigned n;
};

/* 10 made 11, which made 12. */
static void killers_parents(void *ctx, const struct tl_task *t)
{
	struct looked *l = ctx;
	struct tl_death_verdict v;
	struct arena mem;

	if (t->tid != 20 && t->tid != 21)
		return;
	arena_init(&mem);
	tl_why_death(t, tl_lives_witnesses(l->lives), &mem, &v);
	assert_non_null(v.fatal);
	assert_int_equal(v.by.tid, 12);
	assert_int_equal(v.fatal->n_ancestry, 2);
	assert_int_equal(v.fatal->ancestry[0].tid, 11);
	assert_int_equal(v.fatal->ancestry[1].tid, 10);
	l->n++;
	arena_fini(&mem);
}

static void killed_by_12(const char *how, unsigned dead)
{
	struct looked l = {};
	struct tl_source *src;
	struct tl_events *events;
	struct tl_event ev;
	struct tl_lives *lives;
	char text[4096];

	snprintf(text, sizeof(text), "%s%s",
		 BORN(10, 11, "0") BORN(11, 12, "0") BORN(10, 20, "0") BORN(20, 21, "10f00"), how);
	src = source_of_text(text);
	assert_null(tl_events_new(src, &events));
	assert_null(tl_lives_new(events, killers_parents, &l, &lives));
	l.lives = lives;
	while (tl_events_next(events, &ev))
		assert_null(tl_lives_feed(lives, &ev));
	assert_null(tl_lives_end(lives));
	assert_int_equal(l.n, dead);
	tl_lives_free(lives);
	tl_events_free(events);
	tl_source_close(src);
}

#define KILL(pid, code, grp)                                                                       \
	ON(12, "1.010")                                                                            \
	"signal_generate: sig=9 errno=0 code=" #code " comm=k pid=" #pid " grp=" #grp " res=0\n"

static void all_threads_know_the_killer_s_parents(void **state)
{
	killed_by_12(KILL(20, 0, 1) SHOT(21, "1.011") SHOT(20, "1.012"), 2);
	killed_by_12(KILL(21, -6, 0) SHOT(20, "1.011") SHOT(21, "1.012"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_threads_know_the_killer_s_parents)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
