/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests: the text of a trace in, its lives out. Tasks are freed after the callback, so the test
 * looks at them there; `look` gets each in order of completion.
 */
#ifndef TESTS_LIVES_H
#define TESTS_LIVES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include "tasklife/life.h"

/* The text of a record; a name and a number of each side. */
#define SWITCH(prev, pid, state, next, to) \
	"sched_switch: prev_comm=" #prev " prev_pid=" #pid " prev_prio=120 prev_state=" #state \
	" ==> next_comm=" #next " next_pid=" #to " next_prio=120\n"

struct told_lives {
	unsigned n;
	struct tl_event_counts counts;
	struct tl_witnesses witnesses;
	unsigned oddities;
	size_t most;
	uint64_t unparsed;
};

static inline struct tl_source *source_of_text(const char *text)
{
	int fd = memfd_create("trace", MFD_CLOEXEC);
	struct tl_source *src;
	size_t n = strlen(text);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	lseek(fd, 0, SEEK_SET);
	assert_null(tl_source_open_fd(fd, "test", &src));
	return src;
}

static inline struct told_lives lives_told(const char *text, tl_life_fn look, void *ctx,
					   bool segments)
{
	struct told_lives told = {};
	struct tl_source *src = source_of_text(text);
	struct tl_events *events;
	struct tl_lives *lives;
	struct tl_event ev;
	size_t now;

	assert_null(tl_events_new(src, &events));
	assert_null(tl_lives_new(events, look, ctx, &lives));
	if (segments)
		tl_lives_keep_segments(lives);
	while (tl_events_next(events, &ev))
		assert_null(tl_lives_feed(lives, &ev));
	assert_null(tl_lives_end(lives));
	told.counts = *tl_events_counts(events);
	told.witnesses = *tl_lives_witnesses(lives);
	tl_lives_oddities(lives, &told.oddities);
	tl_lives_count(lives, &now, &told.most);
	told.unparsed = tl_source_info(src)->unparsed;
	assert_int_equal(now, 0);
	tl_lives_free(lives);
	tl_events_free(events);
	tl_source_close(src);
	return told;
}

static inline struct told_lives lives_of_text(const char *text, tl_life_fn look, void *ctx)
{
	return lives_told(text, look, ctx, false);
}

#endif
