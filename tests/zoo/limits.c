/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits, timers and pipes: signals the kernel sends for what a task did or has used up.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "zoo.h"

static void ends(struct zoo *z, zoo_fn *body, void *arg, int sig, const char *source)
{
	zoo_end(z, zoo_child(z, "c", body, arg),
		(struct zoo_say){
			.death = "signal", .signal = sig, .source = source, .nobody = true});
}

static int pipe_body(struct zoo *z, void *arg)
{
	int p[2];

	if (pipe(p))
		return 1;
	close(p[0]);
	return write(p[1], "x", 1) < 0;
}

static void by_pipe(struct zoo *z)
{
	ends(z, pipe_body, NULL, SIGPIPE, "pipe");
}

static int alrm_body(struct zoo *z, void *arg)
{
	const struct itimerval soon = {.it_value = {.tv_usec = 30000}};

	setitimer(ITIMER_REAL, &soon, NULL);
	return zoo_sleeps(z, NULL);
}

static void alrm(struct zoo *z)
{
	ends(z, alrm_body, NULL, SIGALRM, "timer.alarm");
}

static int ptimer_body(struct zoo *z, void *arg)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	const struct itimerspec soon = {.it_value = {.tv_nsec = 30000000}};
	timer_t t;

	if (timer_create(CLOCK_MONOTONIC, &ev, &t) || timer_settime(t, 0, &soon, NULL))
		return 1;
	return zoo_sleeps(z, NULL);
}

static void ptimer(struct zoo *z)
{
	ends(z, ptimer_body, NULL, SIGUSR1, "timer.posix");
}

static int burns(struct zoo *z, void *arg)
{
	setrlimit(RLIMIT_CPU, arg);
	for (volatile unsigned i = 0;; i++)
		;
	return 0;
}

static void xcpu(struct zoo *z)
{
	struct rlimit soft = {1, 30};

	ends(z, burns, &soft, SIGXCPU, "limit.cpu");
}

static void xcpuhard(struct zoo *z)
{
	struct rlimit hard = {1, 1};

	ends(z, burns, &hard, SIGKILL, "limit.cpu");
}

/* The interval timer of the CPU time in user mode. */
static int vtalrm_body(struct zoo *z, void *arg)
{
	const struct itimerval soon = {.it_value = {.tv_usec = 20000}};

	setitimer(ITIMER_VIRTUAL, &soon, NULL);
	for (volatile unsigned i = 0;; i++)
		;
	return 0;
}

static void vtalrm(struct zoo *z)
{
	ends(z, vtalrm_body, NULL, SIGVTALRM, "limit.cpu");
}

static int xfsz_body(struct zoo *z, void *arg)
{
	const struct rlimit small = {16, 16};
	char b[64] = "";
	int fd = open(arg, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	setrlimit(RLIMIT_FSIZE, &small);
	return write(fd, b, 16) != 16 || write(fd, b, 16) < 0;
}

static void xfsz(struct zoo *z)
{
	char path[128];

	__builtin_snprintf(path, sizeof(path), "%s/full", zoo_dir(z));
	ends(z, xfsz_body, path, SIGXFSZ, "limit.fsize");
}

const struct zoo_case zoo_limits[] = {
	{"pipe", by_pipe, 0, "write to a pipe nobody reads"},
	{"alrm", alrm, 0, "setitimer(ITIMER_REAL)"},
	{"ptimer", ptimer, 0, "timer_create"},
	{"vtalrm", vtalrm, 0, "setitimer(ITIMER_VIRTUAL)"},
	{"xcpu", xcpu, 0, "soft limit of CPU time"},
	{"xcpuhard", xcpuhard, 0, "hard limit of CPU time"},
	{"xfsz", xfsz, 0, "limit of file size"},
	{},
};
