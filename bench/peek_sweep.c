/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long one sweep over N tasks takes: `peek-sweep [N]` makes them (threads that sleep), looks 21
 * times and prints the median in milliseconds, the CPU time of one (other load does not count
 * there), and what opening cost. Root.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tasklife/peek.h"

#define LOOKS 21
#define PER_PROCESS 2500

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void *sleeping(void *arg)
{
	pause();
	return arg;
}

static void become_many(int n, int ready)
{
	pthread_attr_t small;
	pthread_t t;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 16384);
	for (int i = 1; i < n; i++)
		if (pthread_create(&t, &small, sleeping, NULL))
			break;
	if (write(ready, "", 1) == 1)
		for (;;)
			pause();
	_exit(1);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int measure(void)
{
	struct tl_peek p;
	struct tl_peek_live *live;
	double ms[LOOKS], begin = now(CLOCK_MONOTONIC), cpu, opened;
	struct tl_err *err = tl_peek_open(false, &p, &live);

	opened = now(CLOCK_MONOTONIC) - begin;
	cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	for (int i = 0; i < LOOKS && !err; i++) {
		begin = now(CLOCK_MONOTONIC);
		err = tl_peek_sweep(live, &p);
		ms[i] = now(CLOCK_MONOTONIC) - begin;
	}
	cpu = (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / LOOKS;
	if (err || p.why) {
		fprintf(stderr, "no sweep: %s\n", err ? err->what : p.why->what);
		return 1;
	}
	qsort(ms, LOOKS, sizeof(ms[0]), ascending);
	printf("%zu tasks: median %.1f ms, best %.1f, worst %.1f, of CPU time %.1f; opening %.1f ms\n",
	       p.n, ms[LOOKS / 2], ms[0], ms[LOOKS - 1], cpu, opened);
	tl_peek_close(live);
	tl_peek_fini(&p);
	return 0;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 10000, ready[2], status;
	pid_t kid[64];
	unsigned kids = 0;
	char c;

	if (pipe(ready))
		return 1;
	for (; n > 0 && kids < 64; n -= PER_PROCESS, kids++) {
		kid[kids] = fork();
		if (!kid[kids])
			become_many(n < PER_PROCESS ? n : PER_PROCESS, ready[1]);
	}
	for (unsigned i = 0; i < kids; i++)
		if (read(ready[0], &c, 1) != 1)
			return 1;
	status = measure();
	for (unsigned i = 0; i < kids; i++)
		if (kid[i] > 0) {
			kill(kid[i], SIGKILL);
			waitpid(kid[i], NULL, 0);
		}
	return status;
}
