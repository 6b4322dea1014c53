/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many at once: threads that go with one of them, programs that keep others in time, births that
 * fail or change.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "zoo.h"
#include "zoo_thread.h"

#define MANY 12

static const char *const many[MANY] = {"c:0", "c:1", "c:2", "c:3", "c:4",  "c:5",
				       "c:6", "c:7", "c:8", "c:9", "c:10", "c:11"};

/* ---- threads ---- */

static void aborts(struct zoo *z)
{
	zoo_until(z, 1);
	abort();
}

static int aborts_in_a_thread(struct zoo *z, void *arg)
{
	zoo_thread(z, "c:x", 0, aborts);
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

static void abortthr(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", aborts_in_a_thread, NULL);
	struct zoo_who leader = zoo_who(z, c);

	zoo_known(z, z->sh->pid[0], "c:x");
	zoo_end(z, c,
		(struct zoo_say){.death = "peer_crash",
				 .signal = SIGABRT,
				 .process = "signal",
				 .process_signal = SIGABRT,
				 .process_source = "tgkill"});
	zoo_known(z, z->sh->pid[0], "c:x");
	zoo_tell_thread(z, leader.tid, "c:x", 0,
			(struct zoo_say){.death = "signal",
					 .signal = SIGABRT,
					 .source = "tgkill",
					 .by = zoo_who(z, z->sh->pid[0])});
}

static int many_and_exit(struct zoo *z, void *arg)
{
	for (int i = 0; i < MANY; i++)
		zoo_thread(z, many[i], i, zoo_thread_sleeps);
	zoo_step(z, 1);
	if (arg)
		return zoo_sleeps(z, NULL);
	return 9;
}

static void manyexit(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", many_and_exit, NULL);

	zoo_end(z, c, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(9)});
	for (int i = 0; i < MANY; i++)
		zoo_tell_thread(z, c, many[i], i, (struct zoo_say){.death = "peer_exit"});
}

/* The signal is for one thread's id, and ends all. */
static void manykill(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", many_and_exit, (void *)1);

	zoo_until(z, 1);
	struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){c, SIGTERM, z->sh->pid[5]});
	struct zoo_say s = {.death = "signal", .signal = SIGTERM, .source = "tgkill", .by = by};
	zoo_end(z, c, s);
	for (int i = 0; i < MANY; i++)
		zoo_tell_thread(z, c, many[i], i, s);
}

static void waits_for_a_zombie_leader(struct zoo *z)
{
	zoo_state_is(getpid(), 'Z', ZOO_PATIENCE_MS);
	zoo_step(z, 1);
	zoo_thread_sleeps(z);
}

static int leaderless_body(struct zoo *z, void *arg)
{
	zoo_thread(z, "c:t", 0, waits_for_a_zombie_leader);
	syscall(SYS_exit, 3);
	return 0;
}

/* The leader is gone when the process is killed. */
static void headless(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", leaderless_body, NULL);

	zoo_until(z, 1);
	struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){c, SIGKILL});
	struct zoo_say s = {.death = "signal", .signal = SIGKILL, .source = "kill", .by = by};
	zoo_end(z, c,
		(struct zoo_say){.death = "thread_exit",
				 .exit = ZOO_EXIT(3),
				 .quiet = true, /* the notice is made of the leader's own code */
				 .process = "signal",
				 .process_signal = SIGKILL,
				 .process_source = "kill"});
	zoo_tell_thread(z, c, "c:t", 0, s);
}

/* ---- timers ---- */

static int ticks(struct zoo *z, void *arg)
{
	struct sigevent ev = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 2};
	struct itimerspec soon = {.it_value = {.tv_nsec = 30000000}};
	timer_t t;

	zoo_thread(z, "c:t", 0, zoo_thread_sleeps);
	ev._sigev_un._tid = z->sh->pid[0];
	if (timer_create(CLOCK_MONOTONIC, &ev, &t) || timer_settime(t, 0, &soon, NULL))
		return 1;
	return zoo_sleeps(z, NULL);
}

static void thrtimer(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", ticks, NULL);
	struct zoo_say s = {
		.death = "signal", .signal = SIGRTMIN + 2, .source = "timer.posix", .nobody = true};

	zoo_end(z, c, s);
	zoo_tell_thread(z, c, "c:t", 0, s);
}

static void on_alarm(int sig)
{
}

static int sleeps_deaf(struct zoo *z, void *arg)
{
	if (arg)
		signal(SIGTERM, SIG_IGN);
	signal(SIGALRM, SIG_DFL);
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

/* timeout(1): an alarm of its own, then SIGTERM, SIGKILL where that does not help. */
static int keeps_time(struct zoo *z, void *arg)
{
	const struct itimerval soon = {.it_value = {.tv_usec = 30000}};
	struct sigaction sa = {.sa_handler = on_alarm};
	int status;

	sigaction(SIGALRM, &sa, NULL);
	z->sh->pid[0] = zoo_child(z, "c", sleeps_deaf, arg);
	zoo_until(z, 1);
	setitimer(ITIMER_REAL, &soon, NULL);
	for (int sig = SIGTERM; waitpid(z->sh->pid[0], &status, 0) < 0; sig = SIGKILL) {
		kill(z->sh->pid[0], sig);
		setitimer(ITIMER_REAL, &soon, NULL);
	}
	return 124;
}

static void kept_in_time(struct zoo *z, void *deaf, int sig)
{
	pid_t m = zoo_child(z, "m", keeps_time, deaf);
	struct zoo_who was = zoo_who(z, m);
	struct zoo_sig heard = {SIGALRM, "timer.alarm", "queued"};

	zoo_end(z, m, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(124), .also = &heard});
	zoo_known(z, z->sh->pid[0], "c");
	zoo_tell_reaped(z, was,
			(struct zoo_say){.tid = z->sh->pid[0],
					 .death = "signal",
					 .signal = sig,
					 .source = "kill",
					 .by = was});
}

static void timeterm(struct zoo *z)
{
	kept_in_time(z, NULL, SIGTERM);
}

static void timekill(struct zoo *z)
{
	kept_in_time(z, (void *)1, SIGKILL);
}

static int burns(struct zoo *z, void *arg)
{
	for (volatile unsigned i = 0;; i++)
		;
	return 0;
}

/* prlimit from outside; what kills is still the limit. */
static void limother(struct zoo *z)
{
	const struct rlimit hard = {1, 1};
	pid_t c = zoo_child(z, "c", burns, NULL);

	if (prlimit(c, RLIMIT_CPU, &hard, NULL))
		zoo_fail(z, "prlimit: %m");
	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGKILL,
				 .source = "limit.cpu",
				 .nobody = true});
}

/* ---- births that fail or change ---- */

/* Ended in vfork: it still bears its parent's name. */
static void tell_without_exec(struct zoo *z, struct zoo_who parent, struct zoo_say s)
{
	s.tid = z->sh->pid[0];
	s.comm = parent.comm;
	s.birth = "vfork";
	zoo_tell_reaped(z, parent, s);
}

static int no_such_program(struct zoo *z, void *arg)
{
	pid_t pid = vfork();

	if (!pid) {
		execl("/nonexistent/zoo", "zoo", NULL);
		_exit(127);
	}
	z->sh->pid[0] = pid;
	return waitpid(pid, NULL, 0) == pid ? 0 : 1;
}

static void spawnfail(struct zoo *z)
{
	struct zoo_who was = zoo_between(z, no_such_program, NULL);

	tell_without_exec(z, was, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(127)});
}

static int dies_in_vfork(struct zoo *z, void *arg)
{
	pid_t pid = vfork();

	if (!pid) {
		z->sh->pid[0] = getpid();
		kill(getpid(), SIGKILL);
		_exit(1);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : 1;
}

/* Killed while its parent waits for it to exec: the parent goes on. */
static void vforkdie(struct zoo *z)
{
	struct zoo_who was = zoo_between(z, dies_in_vfork, NULL);

	tell_without_exec(z, was,
			  (struct zoo_say){.death = "signal",
					   .signal = SIGKILL,
					   .source = "kill",
					   .by = {z->sh->pid[0], was.comm}});
}

static int quiet_parent(struct zoo *z, void *arg)
{
	char path[128];
	pid_t pid;

	zoo_link(z, "c_quietexec2", path);
	pid = syscall(SYS_clone, 0, 0, 0, 0, 0);
	if (!pid) {
		execl(path, "zoo-sub", "exit", "6", NULL);
		_exit(126);
	}
	z->sh->pid[0] = pid;
	return waitpid(pid, NULL, __WALL) == pid ? 0 : 1;
}

/* Cloned without a signal; the exec makes it SIGCHLD again (kernel/exec.c de_thread). */
static void quietexec(struct zoo *z)
{
	zoo_dir(z);
	struct zoo_who was = zoo_between(z, quiet_parent, NULL);
	zoo_tell_reaped(z, was,
			(struct zoo_say){.tid = z->sh->pid[0],
					 .comm = "c_quietexec2",
					 .exec = "c_quietexec2",
					 .death = "exit",
					 .exit = ZOO_EXIT(6)});
}

const struct zoo_case zoo_crowds[] = {
	{"abortthr", abortthr, 0, "abort in a thread"},
	{"manyexit", manyexit, 0, "exit with twelve threads"},
	{"manykill", manykill, 0, "SIGTERM to one of twelve threads"},
	{"headless", headless, 0, "kill -9 when the leader is gone"},
	{"thrtimer", thrtimer, 0, "a timer for one thread"},
	{"timeterm", timeterm, 0, "SIGTERM by one that keeps time"},
	{"timekill", timekill, 0, "SIGKILL by one that keeps time"},
	{"limother", limother, 0, "a limit of CPU time set by another"},
	{"spawnfail", spawnfail, 0, "vfork, and no program"},
	{"vforkdie", vforkdie, 0, "killed in vfork"},
	{"quietexec", quietexec, 0, "cloned without a signal, then exec"},
	{},
};
