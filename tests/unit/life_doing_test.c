/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trace that still grows: what a task has been doing up to now, and how the oldest of it
 * is forgotten. */
#include <stdlib.h>
#include "lives.h"

#define WAKE(pid) "sched_waking: comm=c pid=" #pid " prio=120 target_cpu=001\n"

struct growing {
	struct tl_source *src;
	struct tl_events *events;
	struct tl_lives *lives;
	struct tl_event ev;
	const struct tl_task *done[64];
	unsigned n_done;
};

static void on_done(void *ctx, const struct tl_task *t)
{
	struct growing *g = ctx;

	assert_in_range(g->n_done, 0, 63);
	g->done[g->n_done++] = t;
}

static void grow_begin(struct growing *g, const char *text)
{
	memset(g, 0, sizeof(*g));
	g->src = source_of_text(text);
	assert_null(tl_events_new(g->src, &g->events));
	assert_null(tl_lives_new(g->events, on_done, g, &g->lives));
	tl_lives_keep_segments(g->lives);
	tl_lives_keep_all(g->lives);
}

static bool grow(struct growing *g)
{
	if (!tl_events_next(g->events, &g->ev))
		return false;
	assert_null(tl_lives_feed(g->lives, &g->ev));
	return true;
}

static void grow_end(struct growing *g)
{
	assert_null(tl_lives_end(g->lives));
	tl_lives_free(g->lives);
	tl_events_free(g->events);
	tl_source_close(g->src);
}

static void doing_is(const struct growing *g, tl_pid tid, const char *want)
{
	const struct tl_task *t = tl_lives_find(g->lives, tid);
	char text[64] = "";
	struct tl_segment s;

	assert_non_null(t);
	if (tl_lives_doing(g->lives, t, &s))
		snprintf(text, sizeof(text), "%s%c %lld-%lld", tl_doing_name(s.what),
			 s.letter ? s.letter : '.', (long long)(s.from / 1000000),
			 (long long)(s.to / 1000000));
	assert_string_equal(text, want);
}

/* 10 tells of the time; of 12 it is known from its birth on. */
static void what_it_is_doing_now(void **state)
{
	static const char text[] =
		"  c-10 [000] d.... 1.000: sched_process_fork: comm=c pid=10 child_comm=c child_pid=12\n"
		"  c-10 [000] d.... 1.001: sched_wakeup_new: comm=c pid=12 prio=120 target_cpu=001\n"
		"  c-10 [000] d.... 1.002: " WAKE(10)
		"  <idle>-0 [001] d.... 1.003: " SWITCH(c, 0, R, c, 12)
		"  c-10 [000] d.... 1.004: " WAKE(10)
		"  c-12 [001] d.... 1.005: " SWITCH(c, 12, D, c, 0)
		"  c-10 [000] d.... 1.006: " WAKE(10)
		"  c-10 [000] d.... 1.007: " WAKE(12)
		"  <idle>-0 [001] d.... 1.008: " SWITCH(c, 0, R, c, 12)
		"  c-12 [001] d.... 1.009: " SWITCH(c, 12, T, c, 0)
		"  c-10 [000] d.... 1.010: " WAKE(12)
		"  <idle>-0 [001] d.... 1.011: " SWITCH(c, 0, R, c, 12)
		"  c-12 [001] ..... 1.012: sched_process_exit: comm=c pid=12 prio=120\n"
		"  c-12 [001] d.... 1.013: " SWITCH(c, 12, Z, c, 0)
		"  c-10 [000] ..... 1.014: sched_process_free: comm=c pid=99 prio=120\n";
	static const char *const want[] = {"",
					   "",
					   "runnable. 1001-1002",
					   "",
					   "running. 1003-1004",
					   "",
					   "sleepingD 1005-1006",
					   "",
					   "",
					   "",
					   "",
					   "",
					   "running. 1011-1012",
					   "",
					   "zombie. 1013-1014"};
	struct growing g;

	grow_begin(&g, text);
	for (size_t i = 0; grow(&g); i++)
		doing_is(&g, 12, want[i]);
	grow_end(&g);
}

/* ---- forgetting ---- */

#define TASKS 8
#define TURNS 100

/* All take turns on one CPU; those of an even number die at half time. */
static char *turns(void)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	for (int turn = 0, us = 0; turn < TURNS; turn++)
		for (int i = 0; i < TASKS; i++, us += 10) {
			if (turn > TURNS / 2 && i % 2 == 0)
				continue;
			fprintf(out, "  x-0 [000] d.... 1.%06d: sched_switch: prev_comm=x prev_pid=0 prev_prio=120 prev_state=R"
				" ==> next_comm=c next_pid=%d next_prio=120\n", us, 20 + i);
			if (turn == TURNS / 2 && i % 2 == 0)
				fprintf(out, "  c-%d [000] d.... 1.%06d: sched_process_exit: comm=c pid=%d prio=120\n", 20 + i,
					us + 2, 20 + i);
			fprintf(out,
				"  c-%d [000] d.... 1.%06d: sched_switch: prev_comm=c prev_pid=%d prev_prio=120 prev_state=%c"
				" ==> next_comm=x next_pid=0 next_prio=120\n",
				20 + i, us + 5, 20 + i,
				turn == TURNS / 2 && i % 2 == 0 ? 'X' : 'S');
		}
	fclose(out);
	return text;
}

struct sum {
	size_t n, tasks;
	tl_ns first;
};

static void add_up(void *ctx, const struct tl_task *t)
{
	struct sum *s = ctx;

	s->tasks++;
	for (size_t i = 0; t->segments && i < t->segments->n; i++, s->n++) {
		assert_true(!i || t->segments->v[i].from >= t->segments->v[i - 1].to);
		s->first = !s->n || t->segments->v[i].from < s->first ? t->segments->v[i].from
								      : s->first;
	}
}

static struct sum sum_of(const struct growing *g)
{
	struct sum s = {};

	tl_lives_each(g->lives, add_up, &s);
	for (unsigned i = 0; i < g->n_done; i++)
		add_up(&s, g->done[i]);
	return s;
}

static void the_oldest_is_forgotten(void **state)
{
	char *text = turns();
	struct growing g;
	struct sum before, after;

	grow_begin(&g, text);
	while (grow(&g))
		;
	before = sum_of(&g);
	assert_in_range(before.n, TASKS * TURNS, 2 * TASKS * TURNS);
	tl_lives_trim_segments(g.lives, before.n);
	after = sum_of(&g);
	assert_int_equal(after.n, before.n);
	assert_int_equal(after.first, before.first);
	tl_lives_trim_segments(g.lives, before.n - 1);
	after = sum_of(&g);
	assert_in_range(after.n, before.n / 2 - 2 * TASKS, before.n / 2);
	assert_true(after.first > before.first);
	assert_int_equal(after.tasks, before.tasks);
	tl_lives_trim_segments(g.lives, 0);
	assert_int_equal(sum_of(&g).n, 0);
	grow_end(&g);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_is_doing_now),
		cmocka_unit_test(the_oldest_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
