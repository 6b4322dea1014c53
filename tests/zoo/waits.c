/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who reaps, and how: threads that wait beside each other, looks that leave the zombie, tracers,
 * heirs that come late.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "zoo.h"
#include "zoo_thread.h"

static int ends_when_told(struct zoo *z, void *arg)
{
	zoo_until(z, (uint32_t)(intptr_t)arg);
	return 5;
}

/* Reaped below the keeper by somebody known. */
static void tell_5(struct zoo *z, pid_t tid, struct zoo_who parent, struct zoo_who reaper)
{
	zoo_tell_reaped(
		z, reaper,
		(struct zoo_say){
			.tid = tid, .creator = parent, .death = "exit", .exit = ZOO_EXIT(5)});
}

/* ---- looks that change nothing ---- */

/* waitid(WNOWAIT) says how it ended; reaped it is later. */
static void lookwait(struct zoo *z)
{
	siginfo_t si = {};
	pid_t c = zoo_child(z, "c", zoo_exits, (void *)5);

	if (waitid(P_PID, c, &si, WEXITED | WNOWAIT) || si.si_pid != c)
		zoo_fail(z, "no look at it");
	zoo_ms(40);
	zoo_end(z, c, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(5)});
}

/* Asked without waiting until there is something. */
static void pollwait(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", ends_when_told, (void *)1);
	int status;

	for (int i = 0; waitpid(c, &status, WNOHANG) == 0; i++) {
		if (i == 5)
			zoo_step(z, 1);
		zoo_ms(3);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 5)
		zoo_fail(z, "status %#x", status);
	tell_5(z, c, zoo_me(), zoo_me());
}

static volatile sig_atomic_t n_reaped;

static void reaps_all(int sig)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		n_reaped++;
}

/* A SIGCHLD handler that reaps whatever is there. */
static void chldhand(struct zoo *z)
{
	pid_t c[5];

	signal(SIGCHLD, reaps_all);
	for (int i = 0; i < 5; i++)
		c[i] = zoo_child(z, "c", ends_when_told, (void *)1);
	zoo_step(z, 1);
	while (n_reaped < 5)
		zoo_ms(2);
	signal(SIGCHLD, SIG_DFL);
	for (int i = 0; i < 5; i++)
		tell_5(z, c[i], zoo_me(), zoo_me());
}

static void pidfdwait(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", ends_when_told, (void *)1);
	struct pollfd p = {.fd = syscall(SYS_pidfd_open, c, 0), .events = POLLIN};

	if (p.fd < 0)
		zoo_skip(z, "no pidfd");
	zoo_step(z, 1);
	while (poll(&p, 1, -1) != 1)
		;
	zoo_ms(20);
	zoo_end(z, c, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(5)});
}

/* ---- threads of the parent ---- */

static void waits_for_any(struct zoo *z)
{
	int status;
	pid_t got = waitpid(-1, &status, 0);

	if (got == z->sh->pid[0])
		z->sh->value[0] = zoo_tid();
	zoo_until(z, 9);
}

/* Two threads wait for any child; one gets it, the other finds nothing. */
static int twowait_body(struct zoo *z, void *arg)
{
	z->sh->pid[0] = zoo_child(z, "c", ends_when_told, (void *)1);
	zoo_thread(z, "m:a", 1, waits_for_any);
	zoo_thread(z, "m:b", 2, waits_for_any);
	zoo_state_is(z->sh->pid[1], 'S', 2000);
	zoo_state_is(z->sh->pid[2], 'S', 2000);
	zoo_step(z, 1);
	zoo_until(z, 9);
	return 0;
}

/* A thread of the parent's, when all are at their step. */
static void reaped_by_a_thread(struct zoo *z, zoo_fn *body, uint32_t step)
{
	pid_t m = zoo_child(z, "m", body, NULL);
	struct zoo_who parent = zoo_who(z, m);

	zoo_until(z, step);
	while (!__atomic_load_n(&z->sh->value[0], __ATOMIC_SEQ_CST))
		zoo_ms(2);
	zoo_step(z, 9);
	zoo_end0(z, m);
	zoo_known(z, z->sh->pid[1], "m:a");
	zoo_known(z, z->sh->pid[2], "m:b");
	zoo_known(z, z->sh->pid[0], "c");
	zoo_tell_reaped(z, zoo_who(z, z->sh->value[0]),
			(struct zoo_say){.tid = z->sh->pid[0],
					 .creator = parent,
					 .death = "exit",
					 .exit = ZOO_EXIT(5),
					 .or_process = m});
}

static void twowait(struct zoo *z)
{
	reaped_by_a_thread(z, twowait_body, 1);
}

static void looks_and_stays(struct zoo *z)
{
	siginfo_t si = {};

	waitid(P_PID, z->sh->pid[0], &si, WEXITED | WNOWAIT);
	zoo_step(z, 2);
	zoo_until(z, 9);
}

static void waits_after_a_look(struct zoo *z)
{
	zoo_until(z, 2);
	zoo_ms(10);
	waits_for_any(z);
}

/* One thread looks, another reaps. */
static int lookthr_body(struct zoo *z, void *arg)
{
	z->sh->pid[0] = zoo_child(z, "c", ends_when_told, (void *)1);
	zoo_thread(z, "m:a", 1, looks_and_stays);
	zoo_thread(z, "m:b", 2, waits_after_a_look);
	zoo_state_is(z->sh->pid[1], 'S', 2000);
	zoo_step(z, 1);
	zoo_until(z, 9);
	return 0;
}

static void lookthr(struct zoo *z)
{
	reaped_by_a_thread(z, lookthr_body, 2);
}

static void forks_and_ends(struct zoo *z)
{
	z->sh->pid[0] = zoo_child(z, "c", ends_when_told, (void *)1);
	z->sh->pid[3] = zoo_tid();
}

static int thrfork_body(struct zoo *z, void *arg)
{
	pthread_join(zoo_thread(z, "m:t", 1, forks_and_ends), NULL);
	zoo_step(z, 1);
	z->sh->value[0] = waitpid(z->sh->pid[0], NULL, 0) == z->sh->pid[0];
	return 0;
}

/* Made by a thread that is gone when it ends: its siblings go on as its parent. */
static void thrfork(struct zoo *z)
{
	struct zoo_who leader = zoo_between(z, thrfork_body, NULL);

	zoo_known(z, z->sh->pid[3], "m:t");
	tell_5(z, z->sh->pid[0], zoo_who(z, z->sh->pid[3]), leader);
}

/* ---- the parent's thread ends, and with it the promise ---- */

static int follows(struct zoo *z, void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

static void forks_a_follower(struct zoo *z)
{
	z->sh->pid[0] = zoo_child(z, "c", follows, NULL);
	z->sh->pid[3] = zoo_tid();
	zoo_until(z, 1);
}

static int thrdeath_body(struct zoo *z, void *arg)
{
	pthread_join(zoo_thread(z, "m:t", 1, forks_a_follower), NULL);
	return waitpid(z->sh->pid[0], NULL, 0) == z->sh->pid[0] ? 0 : 1;
}

/* PR_SET_PDEATHSIG means the thread that made it, not the process. */
static void thrdeath(struct zoo *z)
{
	struct zoo_who leader = zoo_between(z, thrdeath_body, NULL);

	zoo_known(z, z->sh->pid[3], "m:t");
	zoo_tell_reaped(z, leader,
			(struct zoo_say){.tid = z->sh->pid[0],
					 .creator = zoo_who(z, z->sh->pid[3]),
					 .death = "signal",
					 .signal = SIGKILL,
					 .source = "parent_death",
					 .trigger = zoo_who(z, z->sh->pid[3]),
					 .nobody = true});
}

/* ---- heirs ---- */

static int leaves_a_zombie(struct zoo *z, void *arg)
{
	pid_t c = zoo_child(z, "c", zoo_exits, (void *)5);

	z->sh->pid[0] = c;
	return zoo_state_is(c, 'Z', ZOO_PATIENCE_MS) ? 0 : 1;
}

/* A subreaper inherits a zombie, and takes its time. */
static void lateheir(struct zoo *z)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	struct zoo_who was = zoo_between(z, leaves_a_zombie, NULL);
	zoo_ms(60);
	zoo_end(z, z->sh->pid[0],
		(struct zoo_say){.creator = was, .death = "exit", .exit = ZOO_EXIT(5)});
}

static int execs_with_a_zombie(struct zoo *z, void *arg)
{
	char path[128], fd[16];
	pid_t c = zoo_child(z, "c", zoo_exits, (void *)5);

	z->sh->pid[0] = c;
	__builtin_snprintf(fd, sizeof(fd), "%d", (int)c);
	if (!zoo_state_is(c, 'Z', ZOO_PATIENCE_MS))
		return 1;
	execl(zoo_link(z, "m_execwait2", path), "zoo-sub", "wait", fd, NULL);
	return 126;
}

/* The parent runs another program when it reaps. */
static void execwait(struct zoo *z)
{
	zoo_dir(z);
	pid_t m = zoo_child(z, "m", execs_with_a_zombie, NULL);
	struct zoo_who was = zoo_who(z, m);

	zoo_end(z, m,
		(struct zoo_say){.comm = "m_execwait2", .death = "exit", .exit = ZOO_EXIT(0)});
	zoo_known(z, z->sh->pid[0], "c");
	tell_5(z, z->sh->pid[0], was, (struct zoo_who){m, "m_execwait2"});
}

/* ---- a tracer waits first ---- */

static int traces_to_the_end(struct zoo *z, void *arg)
{
	pid_t c = *(pid_t *)arg;
	int status;

	if (ptrace(PTRACE_SEIZE, c, NULL, NULL))
		return 4;
	zoo_step(z, 2);
	if (waitpid(c, &status, __WALL) != c || !WIFEXITED(status))
		return 5;
	zoo_step(z, 3);
	return 0;
}

static int traced_body(struct zoo *z, void *arg)
{
#ifdef PR_SET_PTRACER
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
#endif
	zoo_step(z, 1);
	zoo_until(z, 2);
	return 5;
}

static void tracewait(struct zoo *z)
{
	siginfo_t si = {};
	pid_t c = zoo_child(z, "c", traced_body, NULL);

	zoo_until(z, 1);
	pid_t k = zoo_child(z, "k", traces_to_the_end, &c);
	waitid(P_PID, k, &si, WEXITED | WNOWAIT);
	if (si.si_status == 4)
		zoo_step(z, 2);
	if (si.si_status == 4)
		zoo_skip(z, "this machine does not let one process trace another");
	zoo_end0(z, k);
	zoo_end(z, c, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(5), .quiet = true});
}

static int traces_and_signals(struct zoo *z, void *arg)
{
	pid_t c = *(pid_t *)arg;
	int status;

	if (ptrace(PTRACE_SEIZE, c, NULL, NULL))
		return 4;
	zoo_step(z, 2);
	kill(c, SIGTERM); /* stops it; the tracer lets it through */
	if (waitpid(c, &status, __WALL) != c || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_CONT, c, NULL, WSTOPSIG(status)))
		return 5;
	return waitpid(c, &status, __WALL) == c && WIFSIGNALED(status) ? 0 : 6;
}

static int traced_sleeps(struct zoo *z, void *arg)
{
	traced_body(z, NULL);
	return zoo_sleeps(z, NULL);
}

/* As under strace or gdb: the signal stops it first, and goes on with its sender's name. */
static void tracesig(struct zoo *z)
{
	siginfo_t si = {};
	pid_t c = zoo_child(z, "c", traced_sleeps, NULL);

	zoo_until(z, 1);
	pid_t k = zoo_child(z, "k", traces_and_signals, &c);
	waitid(P_PID, k, &si, WEXITED | WNOWAIT);
	if (si.si_status == 4) {
		kill(c, SIGKILL);
		zoo_skip(z, "this machine does not let one process trace another");
	}
	zoo_end0(z, k);
	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGTERM,
				 .source = "kill",
				 .by = zoo_who(z, k),
				 .quiet = true});
}

const struct zoo_case zoo_waits[] = {
	{"lookwait", lookwait, 0, "waitid with WNOWAIT, then a wait"},
	{"pollwait", pollwait, 0, "waitpid with WNOHANG, again and again"},
	{"chldhand", chldhand, 0, "a SIGCHLD handler that reaps five"},
	{"pidfdwait", pidfdwait, 0, "poll of a pidfd, then a wait"},
	{"twowait", twowait, 0, "two threads wait for any child"},
	{"lookthr", lookthr, 0, "one thread looks, another reaps"},
	{"thrfork", thrfork, 0, "made by a thread that is gone when it ends"},
	{"thrdeath", thrdeath, 0, "PR_SET_PDEATHSIG and the end of a thread"},
	{"lateheir", lateheir, 0, "a subreaper inherits a zombie"},
	{"execwait", execwait, 0, "a parent that execs before it reaps"},
	{"tracewait", tracewait, 0, "a tracer waits before the parent"},
	{"tracesig", tracesig, 0, "a signal that goes through a tracer"},
	{},
};
