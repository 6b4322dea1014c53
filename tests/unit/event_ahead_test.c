/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events read ahead by a crew: all of them, in order, and whoever has seen enough can leave. */
#include <stdlib.h>
#include "base/crew.h"
#include "lives.h"

enum { LINES = 20000 };

static char *trace(void)
{
	char *text = malloc(LINES * 96), *at = text + sprintf(text, "# tracer: nop\n");

	for (int i = 0; i < LINES; i++)
		at += sprintf(at,
			      "  sh-7 [000] ..... %d.%06d: sched_process_wait: comm=sh pid=%d "
			      "prio=120\n",
			      100 + i / 1000, i % 1000, i);
	return text;
}

static struct tl_events *begin(struct tl_source *src, struct crew *crew)
{
	struct tl_events *events;

	assert_null(tl_events_new(src, &events));
	assert_null(tl_events_ahead(events, crew));
	return events;
}

static void all_come_in_order(void **state)
{
	char *text = trace();

	for (unsigned hands = 0; hands < 4; hands++) {
		struct crew *crew = crew_new(hands);
		struct tl_source *src = source_of_text(text);
		struct tl_events *events = begin(src, crew);
		struct tl_event ev;
		int n = 0;

		for (; tl_events_next(events, &ev) > 0; n++)
			assert_int_equal(ev.u.wait.pid, n);
		assert_int_equal(n, LINES);
		tl_events_free(events);
		crew_free(crew);
		tl_source_close(src);
	}
	free(text);
}

/* At whatever moment: while the ring is filled, and while its reader sleeps. */
static void who_leaves_is_let_go(void **state)
{
	char *text = trace();

	for (unsigned i = 0; i < 600; i++) {
		struct crew *crew = crew_new(1 + i % 3);
		struct tl_source *src = source_of_text(text);
		struct tl_events *events = begin(src, crew);
		struct tl_event ev;

		for (unsigned k = i * 37 % 9000; k && tl_events_next(events, &ev) > 0; k--)
			;
		tl_events_free(events);
		crew_free(crew);
		tl_source_close(src);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_come_in_order),
		cmocka_unit_test(who_leaves_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
