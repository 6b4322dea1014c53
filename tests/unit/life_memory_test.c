/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is held follows the living (life.h, inv 5): the dead are handed on while the trace goes on.
 */
#include <stdlib.h>
#include "life/life.h"
#include "lives.h"

#define LIVES 3000

static void count(void *ctx, const struct tl_task *t)
{
	*(unsigned *)ctx += t->death->seen.is;
}

/* LIVES tasks, one each 10 ms, each ends 1 ms after its birth in that state; a free record only of
 * the first. */
static struct told_lives tell(char state, bool one_free)
{
	size_t room = LIVES * 400, n = 0;
	char *text = malloc(room);
	struct told_lives told;
	unsigned dead = 0;

	assert_non_null(text);
	for (unsigned i = 0; i < LIVES; i++) {
		unsigned t = 1000000 + i * 10000, pid = 100 + i;

		n += (size_t)snprintf(
			text + n, room - n,
			"  a-10 [000] ..... %u.%06u: task_newtask: pid=%u comm=c clone_flags=1200000 oom_score_adj=0\n",
			t / 1000000, t % 1000000, pid);
		t += 1000;
		n += (size_t)snprintf(
			text + n, room - n,
			"  c-%u [000] ..... %u.%06u: sched_process_exit: comm=c pid=%u prio=120\n",
			pid, t / 1000000, t % 1000000, pid);
		if (state)
			n += (size_t)snprintf(
				text + n, room - n,
				"  c-%u [000] d.... %u.%06u: sched_switch: prev_comm=c prev_pid=%u prev_prio=120 "
				"prev_state=%c ==> next_comm=a next_pid=10 next_prio=120\n",
				pid, t / 1000000, t % 1000000, pid, state);
		if (one_free && !i)
			n += (size_t)snprintf(
				text + n, room - n,
				"  a-10 [000] ..... %u.%06u: sched_process_free: comm=c pid=%u prio=120\n",
				t / 1000000, t % 1000000, pid);
	}
	told = lives_of_text(text, count, &dead);
	assert_int_equal(dead, LIVES);
	free(text);
	return told;
}

/* Nothing tells of reaping: a second is waited, of 100 deaths each. */
static void without_free_records(void **state)
{
	assert_in_range(tell(0, false).most, 50, 250);
	assert_in_range(tell('Z', false).most, 50, 250);
}

/* A kernel that frees late (CONFIG_RCU_LAZY): who was released when it left its last CPU is not
 * waited for. */
static void released_and_never_freed(void **state)
{
	assert_in_range(tell('X', true).most, 2, 50);
}

/* A zombie may be one for as long as the trace lasts. */
static void zombies_are_waited_for(void **state)
{
	assert_in_range(tell('Z', true).most, LIVES - 10, LIVES + 10);
}

/* Born, run and asleep: what there is of each such task. Names and stacks are everybody's. */
static void a_living_task_is_small(void **state)
{
	assert_in_range(sizeof(struct life) + sizeof(struct group) + sizeof(struct ran) +
				sizeof(struct pid_entry),
			1, 400);
}

/* ---- kept for somebody who looks at them later ---- */

struct kept {
	struct tl_source *src;
	struct tl_events *events;
	struct tl_lives *lives;
	const struct tl_kept *life[8];
	unsigned n, refused, done;
};

static bool keep(void *ctx, const struct tl_kept *life)
{
	struct kept *k = ctx;

	if (k->n == 2) {
		k->refused++;
		return false;
	}
	k->life[k->n++] = life;
	return true;
}

static void done(void *ctx, const struct tl_task *t)
{
	(void)t;
	((struct kept *)ctx)->done++;
}

#define BORN(t, pid, flags)                                                                        \
	"  a-10 [000] ..... " t ": task_newtask: pid=" pid " comm=c clone_flags=" flags            \
	" oom_score_adj=0\n"
#define ENDS(t, pid)                                                                               \
	"  c-" pid " [000] ..... " t ": sched_process_exit: comm=c pid=" pid " prio=120\n"         \
	"  a-10 [000] ..... " t ": sched_process_free: comm=c pid=" pid " prio=120\n"

/* 20 dies, its number is given out again at once; 31 is a thread of 10, which lives on. */
static const char two_lives_and_a_thread[] = "# tracer: nop\n"
	BORN("1.000000", "20", "1200000") ENDS("1.001000", "20")
	BORN("1.002000", "20", "1200000") ENDS("1.003000", "20")
	BORN("1.004000", "31", "3d0f00") ENDS("1.005000", "31")
	BORN("3.000000", "40", "1200000");

/* All lives of the trace were handed on; k->lives is still there. */
static void look_at_all(struct kept *k, tl_keep_fn fn)
{
	struct tl_source *src = source_of_text(two_lives_and_a_thread);
	struct tl_event ev;

	*k = (struct kept){.src = src};
	assert_null(tl_events_new(src, &k->events));
	assert_null(tl_lives_new(k->events, done, k, &k->lives));
	tl_lives_keep(k->lives, fn);
	while (tl_events_next(k->events, &ev))
		assert_null(tl_lives_feed(k->lives, &ev));
	assert_null(tl_lives_end(k->lives));
}

/* Everything was given back. */
static void nothing_is_left(struct kept *k)
{
	size_t now, most;

	tl_lives_count(k->lives, &now, &most);
	assert_int_equal(now, 0);
	tl_lives_free(k->lives);
	tl_events_free(k->events);
	tl_source_close(k->src);
}

/* Each is shown when its number was long given out again. The thread's process lives on: nobody is
 * asked to keep it. */
static void what_is_kept_stays_as_it_was(void **state)
{
	struct arena mem;
	struct kept k;

	arena_init(&mem);
	look_at_all(&k, keep);
	assert_int_equal(k.n, 2);
	assert_int_equal(k.done, k.refused + 1); /* the thread, and who was refused */
	for (unsigned i = 0; i < k.n; i++) {
		const struct tl_task *t = tl_kept_show(k.life[i], &mem);

		assert_non_null(t);
		assert_int_equal(t->tid, 20);
		assert_int_equal(t->generation, i + 1);
		assert_int_equal(t->death->seen.t, i ? 1003000000 : 1001000000);
		assert_int_equal(t->process->leader.tid, 20);
		assert_int_equal(t->process->leader.generation, i + 1);
		assert_int_equal(t->process->n_threads, 1);
	}
	for (unsigned i = 0; i < k.n; i++)
		tl_lives_give_back(k.lives, k.life[i]);
	nothing_is_left(&k);
	arena_fini(&mem);
}

static bool keep_for_a_moment(void *ctx, const struct tl_kept *life)
{
	struct kept *k = ctx;

	tl_lives_give_back(k->lives, life);
	k->n++;
	return true;
}

static void what_is_kept_may_be_given_back_at_once(void **state)
{
	struct kept k;

	look_at_all(&k, keep_for_a_moment);
	assert_true(k.n > 2);
	nothing_is_left(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_free_records),
		cmocka_unit_test(released_and_never_freed),
		cmocka_unit_test(zombies_are_waited_for),
		cmocka_unit_test(a_living_task_is_small),
		cmocka_unit_test(what_is_kept_stays_as_it_was),
		cmocka_unit_test(what_is_kept_may_be_given_back_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
