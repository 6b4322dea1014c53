/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ends that a process chooses itself, and how its parent takes notice.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "zoo.h"

static int exit3_body(struct zoo *z, void *arg)
{
	exit(3);
}

static void exit3(struct zoo *z)
{
	zoo_end(z, zoo_child(z, "c", exit3_body, NULL),
		(struct zoo_say){.death = "exit", .exit = ZOO_EXIT(3)});
}

static void uexit7(struct zoo *z)
{
	zoo_end(z, zoo_child(z, "c", zoo_exits, (void *)7),
		(struct zoo_say){.death = "exit", .exit = ZOO_EXIT(7)});
}

static int rawexit_body(struct zoo *z, void *arg)
{
	return syscall(SYS_exit, 9);
}

/* A single thread that calls exit, not exit_group: the kernel sees a thread's end. */
static void rawexit(struct zoo *z)
{
	zoo_end(z, zoo_child(z, "c", rawexit_body, NULL),
		(struct zoo_say){.death = "thread_exit", .exit = ZOO_EXIT(9)});
}

static int waits_then_exits(struct zoo *z, void *arg)
{
	zoo_until(z, 1);
	return (int)(intptr_t)arg;
}

static void latewait(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", waits_then_exits, NULL);

	zoo_step(z, 1);
	if (!zoo_state_is(c, 'Z', ZOO_PATIENCE_MS))
		zoo_fail(z, "no zombie");
	zoo_ms(80);
	zoo_end0(z, c);
}

/* The parent does not want to know: it must get ECHILD. */
static void unwanted(struct zoo *z, bool quiet)
{
	siginfo_t si;
	pid_t c = zoo_child(z, "c", waits_then_exits, NULL);

	zoo_step(z, 1);
	if (!waitid(P_PID, c, &si, WEXITED) || errno != ECHILD)
		zoo_fail(z, "the child could be waited for");
	zoo_tell(z, (struct zoo_say){.tid = c,
				     .birth = "fork",
				     .creator = zoo_me(),
				     .death = "exit",
				     .exit = ZOO_EXIT(0),
				     .autoreap = true,
				     .quiet = quiet,
				     .process = "exit",
				     .process_exit = ZOO_EXIT(0)});
}

static void autoreap(struct zoo *z)
{
	signal(SIGCHLD, SIG_IGN);
	unwanted(z, true);
}

static void nocldwait(struct zoo *z)
{
	const struct sigaction sa = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};

	sigaction(SIGCHLD, &sa, NULL);
	unwanted(z, false);
}

const struct zoo_case zoo_exits_[] = {
	{"exit3", exit3, 0, "exit(3)"},
	{"uexit7", uexit7, 0, "_exit(7)"},
	{"rawexit", rawexit, 0, "the exit system call, not exit_group"},
	{"latewait", latewait, 0, "a zombie for 80 ms"},
	{"autoreap", autoreap, 0, "the parent ignores SIGCHLD"},
	{"nocldwait", nocldwait, 0, "the parent set SA_NOCLDWAIT"},
	{},
};
