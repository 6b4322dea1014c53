/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads whose slowdown by a tracer is measured: each runs on two CPUs at once, N times per CPU, and
 * prints
 *
 *	seconds it took, seconds of CPU time used
 *
 *	load fork N	fork, exit in the child, wait
 *	load call N	a system call that does nothing
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double cpu_of(int who)
{
	struct rusage ru;

	getrusage(who, &ru);
	return (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	       (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

static void forks(long n)
{
	while (n--) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static void calls(long n)
{
	while (n--)
		syscall(SYS_getppid);
}

static pid_t start(int cpu, void (*work)(long n), long n)
{
	cpu_set_t set;
	pid_t pid = fork();

	if (pid)
		return pid;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	work(n);
	_exit(0);
}

int main(int argc, char **argv)
{
	void (*work)(long n) = argc == 3 && !strcmp(argv[1], "call") ? calls : forks;
	double t;

	if (argc != 3)
		return 2;
	t = now();
	for (int cpu = 0; cpu < 2; cpu++)
		if (start(cpu, work, atol(argv[2])) < 0)
			return 1;
	while (wait(NULL) > 0)
		;
	printf("%.6f %.6f\n", now() - t, cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN));
	return 0;
}
