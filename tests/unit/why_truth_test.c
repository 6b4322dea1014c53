/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was told of real traces against what wait() said inside the machines that made them. Needs
 * the directory TL_SHARED_DATA (golden/<machine>/{events,function,rich}.txt with truth-*.tsv);
 * skipped without it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/guard.h"
#include "tasklife/why.h"

#define PIDS 4096

struct told {
	bool is, exited;
	int signal;
	int8_t core;
};

struct trace {
	struct tl_lives *lives;
	struct told told[PIDS];
};

static void done(void *ctx, const struct tl_task *task)
{
	struct trace *tr = ctx;
	struct tl_process_verdict v;
	struct arena mem;

	if (!task->is_leader || task->tid >= PIDS)
		return;
	arena_init(&mem);
	tl_why_process(task, NULL, tl_lives_witnesses(tr->lives), &mem, &v);
	if (v.ended)
		tr->told[task->tid] = (struct told){true, v.v.exited, v.v.signal, v.v.core_dumped};
	arena_fini(&mem);
}

static bool read_trace(const char *path, struct trace *tr)
{
	struct tl_source *src;
	struct tl_events *evs;
	struct tl_event ev;

	if (tl_source_open(path, &src))
		return false;
	assert_null(tl_events_new(src, &evs));
	assert_null(tl_lives_new(evs, done, tr, &tr->lives));
	while (tl_events_next(evs, &ev))
		assert_null(tl_lives_feed(tr->lives, &ev));
	assert_null(tl_lives_end(tr->lives));
	tl_lives_free(tr->lives);
	tl_events_free(evs);
	tl_source_close(src);
	return true;
}

/* "wait case comm parent child exited|killed|dumped number" */
static bool agrees(const struct told *t, const char *how, int number)
{
	if (!strcmp(how, "exited"))
		return t->is && t->exited && !t->signal;
	return t->is && !t->exited && t->signal == number &&
	       (t->core < 0 || t->core == !strcmp(how, "dumped"));
}

static unsigned compare(const char *path, const struct trace *tr, unsigned *wrong)
{
	char line[512], name[64], comm[64], how[16];
	unsigned n = 0;
	FILE *f = fopen(path, "r");
	int parent, pid, number;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "wait\t%63[^\t]\t%63[^\t]\t%d\t%d\t%15[^\t]\t%d", name, comm,
			   &parent, &pid, how, &number) != 6)
			continue;
		/* a newline in the name splits its records over two lines of text; no line reader
		 * gets them all */
		if (!strcmp(name, "weirdcomm") || pid < 0 || pid >= PIDS)
			continue;
		n++;
		if (!agrees(&tr->told[pid], how, number)) {
			print_message("%s: %s %d %s %d\n", path, name, pid, how, number);
			++*wrong;
		}
	}
	fclose(f);
	return n;
}

static void what_wait_said(void **state)
{
	static const char *const machines[] = { "amd64-6.1", "arm64-6.12", "armhf-5.10" };
	static const char *const modes[] = { "events", "function", "rich" };
	const char *data = getenv("TL_SHARED_DATA");
	unsigned n = 0, wrong = 0;

	for (unsigned m = 0; data && m < ARRAY_SIZE(machines); m++)
		for (unsigned k = 0; k < ARRAY_SIZE(modes); k++) {
			struct trace *tr = calloc(1, sizeof(*tr));
			char path[512];

			snprintf(path, sizeof(path), "%s/golden/%s/%s.txt", data, machines[m],
				 modes[k]);
			if (read_trace(path, tr)) {
				snprintf(path, sizeof(path), "%s/golden/%s/truth-%s.tsv", data,
					 machines[m], modes[k]);
				n += compare(path, tr, &wrong);
			}
			free(tr);
		}
	print_message("%u processes, %u wrong\n", n, wrong);
	assert_int_equal(wrong, 0);
	assert_true(n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_wait_said) };

	if (!getenv("TL_SHARED_DATA")) {
		printf("1..0 # SKIP TL_SHARED_DATA is not set\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
