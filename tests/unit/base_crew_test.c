/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A crew does all there is to do, each piece once, and nobody works at what was taken away. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/crew.h"

enum { PIECES = 20000, AHEAD = 8 };

/* Pieces come a few at a time; each must be done once, and the owner waits for them in order. */
struct work {
	struct crew *crew;
	unsigned made, taken, by_owner;
	uint8_t done[PIECES];
	bool not_owner; /* it leaves them to the hands */
};

static bool do_piece(void *ctx, unsigned hand)
{
	struct work *w = ctx;
	unsigned i = w->taken;

	if (w->taken == w->made || (!hand && w->not_owner))
		return false;
	w->taken++;
	crew_unlock(w->crew);
	for (volatile int spin = 0; spin < 50; spin++)
		;
	crew_lock(w->crew);
	w->done[i]++;
	w->by_owner += !hand;
	crew_done(w->crew);
	return true;
}

static void all_done(unsigned hands, bool not_owner)
{
	static struct work w;

	w = (struct work){.crew = crew_new(hands), .not_owner = not_owner};
	assert_non_null(w.crew);
	assert_int_equal(crew_hands(w.crew), hands);
	assert_true(crew_join(w.crew, do_piece, &w));
	crew_lock(w.crew);
	for (unsigned i = 0; i < PIECES; i++) {
		while (w.made < PIECES && w.made <= i + AHEAD) {
			w.made++;
			crew_call(w.crew);
		}
		while (!w.done[i])
			crew_wait(w.crew);
	}
	crew_unlock(w.crew);
	crew_leave(w.crew, &w);
	crew_free(w.crew);
	for (unsigned i = 0; i < PIECES; i++)
		assert_int_equal(w.done[i], 1);
	assert_int_equal(w.taken, PIECES);
	if (not_owner)
		assert_int_equal(w.by_owner, 0);
}

static void each_piece_is_done_once(void **state)
{
	(void)state;
	all_done(0, false); /* the owner alone */
	for (unsigned hands = 1; hands < 5; hands++) {
		all_done(hands, false);
		all_done(hands, true);
	}
}

static bool endless(void *ctx, unsigned hand)
{
	struct work *w = ctx;

	if (!hand)
		return false;
	crew_unlock(w->crew);
	crew_lock(w->crew);
	w->taken++;
	crew_done(w->crew);
	return true;
}

static void what_was_left_is_left_alone(void **state)
{
	static struct work w;
	unsigned taken;

	(void)state;
	w = (struct work){.crew = crew_new(3)};
	for (int i = 0; i < 200; i++) {
		assert_true(crew_join(w.crew, endless, &w));
		crew_lock(w.crew);
		while (w.taken < (unsigned)i)
			crew_wait(w.crew);
		crew_unlock(w.crew);
		crew_leave(w.crew, &w);
		taken = w.taken;
		crew_lock(w.crew);
		assert_int_equal(w.taken, taken);
		crew_unlock(w.crew);
	}
	crew_free(w.crew);
}

static void jobs_are_few(void **state)
{
	static struct work w[8];
	struct crew *c = crew_new(1);
	unsigned n = 0;

	(void)state;
	for (; n < 8; n++) {
		w[n].crew = c;
		if (!crew_join(c, do_piece, &w[n]))
			break;
	}
	assert_in_range(n, 2, 7); /* the ninth is refused, not forgotten */
	crew_leave(c, &w[0]);
	assert_true(crew_join(c, do_piece, &w[0])); /* its place is free again */
	while (n)
		crew_leave(c, &w[--n]);
	crew_free(c);
	crew_free(NULL);
}

static volatile sig_atomic_t came, elsewhere;
static pthread_t owner;

static void on_signal(int sig)
{
	came += sig == SIGUSR1;
	elsewhere += !pthread_equal(pthread_self(), owner);
}

static void signals_are_the_owners(void **state)
{
	struct crew *c;

	(void)state;
	owner = pthread_self();
	signal(SIGUSR1, on_signal);
	c = crew_new(4);
	for (int i = 1; i <= 100; i++) {
		kill(getpid(), SIGUSR1);
		while (came < i)
			sched_yield();
	}
	assert_int_equal(elsewhere, 0);
	crew_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_piece_is_done_once),
		cmocka_unit_test(what_was_left_is_left_alone),
		cmocka_unit_test(jobs_are_few),
		cmocka_unit_test(signals_are_the_owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
