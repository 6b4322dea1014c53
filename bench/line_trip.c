/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far apart two CPUs lie: nanoseconds that a line of cache takes from the first to the second
 * and back. Some 100 where they share a cache, some 400 where they share none; a host that moves
 * its virtual CPUs changes it from minute to minute. What two threads hand to each other costs
 * accordingly.
 *
 *	line-trip	on the first two CPUs of its affinity mask; 0 where there is only one
 */
#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stdio.h>
#include <time.h>

enum { TRIPS = 5000, SERIES = 9 };

static alignas(128) int turn;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int nth_cpu(unsigned n)
{
	cpu_set_t mine;

	CPU_ZERO(&mine);
	sched_getaffinity(0, sizeof(mine), &mine);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &mine) && !n--)
			return cpu;
	return -1;
}

static void go_to(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* Waits until it is at `from`, and makes it one more; so often. */
static void trips(int from)
{
	for (int i = from; i < from + 2 * TRIPS; i += 2) {
		while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != i)
			;
		__atomic_store_n(&turn, i + 1, __ATOMIC_RELEASE);
	}
}

static void *other(void *cpu)
{
	go_to(*(int *)cpu);
	for (int s = 0; s < SERIES; s++)
		trips(2 * TRIPS * s + 1);
	return NULL;
}

int main(void)
{
	int first = nth_cpu(0), second = nth_cpu(1);
	double best = 0;
	pthread_t thread;

	if (second < 0 || pthread_create(&thread, NULL, other, &second)) {
		puts("0");
		return 0;
	}
	go_to(first);
	for (int s = 0; s < SERIES; s++) {
		double began = now(), took;

		trips(2 * TRIPS * s);
		took = (now() - began) / TRIPS;
		best = s && best < took ? best : took;
	}
	pthread_join(thread, NULL);
	printf("%.0f\n", best);
	return 0;
}
