/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many at once: threads that go with one of them, groups, namespaces, jobs of a terminal, programs
 * that keep others in time.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
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
	struct zoo_kill k = {c, SIGTERM, z->sh->pid[5]};
	pid_t kp = zoo_child(z, "k", zoo_kills, &k);
	zoo_end0(z, kp);
	struct zoo_say s = {
		.death = "signal", .signal = SIGTERM, .source = "tgkill", .by = zoo_who(z, kp)};
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
	struct zoo_kill k = {c, SIGKILL};
	pid_t kp = zoo_child(z, "k", zoo_kills, &k);
	zoo_end0(z, kp);
	struct zoo_say s = {
		.death = "signal", .signal = SIGKILL, .source = "kill", .by = zoo_who(z, kp)};
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
	zoo_tell(z, (struct zoo_say){.tid = z->sh->pid[0],
				     .birth = "fork",
				     .creator = was,
				     .death = "signal",
				     .signal = sig,
				     .source = "kill",
				     .by = was,
				     .process = "signal",
				     .process_signal = sig,
				     .process_source = "kill",
				     .reaper = was});
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
	pid_t m = zoo_child(z, "m", no_such_program, NULL);
	struct zoo_who was = zoo_who(z, m);

	zoo_end0(z, m);
	zoo_tell(z, (struct zoo_say){.tid = z->sh->pid[0],
				     .comm = was.comm,
				     .birth = "vfork",
				     .creator = was,
				     .death = "exit",
				     .exit = ZOO_EXIT(127),
				     .process = "exit",
				     .process_exit = ZOO_EXIT(127),
				     .reaper = was});
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
	pid_t m = zoo_child(z, "m", dies_in_vfork, NULL);
	struct zoo_who was = zoo_who(z, m);

	zoo_end0(z, m);
	zoo_tell(z, (struct zoo_say){.tid = z->sh->pid[0],
				     .comm = was.comm,
				     .birth = "vfork",
				     .creator = was,
				     .death = "signal",
				     .signal = SIGKILL,
				     .source = "kill",
				     .by = {z->sh->pid[0], was.comm},
				     .process = "signal",
				     .process_signal = SIGKILL,
				     .process_source = "kill",
				     .reaper = was});
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
	pid_t m = zoo_child(z, "m", quiet_parent, NULL);
	struct zoo_who was = zoo_who(z, m);

	zoo_end0(z, m);
	zoo_tell(z, (struct zoo_say){.tid = z->sh->pid[0],
				     .comm = "c_quietexec2",
				     .birth = "fork",
				     .creator = was,
				     .exec = "c_quietexec2",
				     .death = "exit",
				     .exit = ZOO_EXIT(6),
				     .process = "exit",
				     .process_exit = ZOO_EXIT(6),
				     .reaper = was});
}

/* ---- namespaces ---- */

static pid_t outer_pid(void)
{
	char b[32] = "";

	return readlink("/proc/self", b, sizeof(b) - 1) > 0 ? atoi(b) : 0;
}

static int inside(struct zoo *z, void *arg)
{
	z->sh->pid[(intptr_t)arg] = outer_pid();
	zoo_step(z, 1 + (intptr_t)arg);
	return zoo_sleeps(z, NULL);
}

static void two_inside(struct zoo *z)
{
	zoo_child(z, "c:a", inside, (void *)0);
	zoo_until(z, 1);
	zoo_child(z, "c:b", inside, (void *)1);
	zoo_until(z, 2);
}

static void tell_two(struct zoo *z, struct zoo_say s)
{
	for (int i = 0; i < 2; i++) {
		zoo_known(z, z->sh->pid[i], i ? "c:b" : "c:a");
		s.tid = z->sh->pid[i];
		s.birth = "fork";
		zoo_tell(z, s);
	}
}

static pid_t namespace(struct zoo *z)
{
	pid_t c = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);

	if (c < 0)
		zoo_skip(z, "no pid namespace to be had: %m");
	if (!c)
		zoo_be(z, "c");
	else
		zoo_known(z, c, "c");
	return c;
}

/* kill(-1) by the init of a container: all but itself. */
static void nskillall(struct zoo *z)
{
	pid_t c = namespace(z);

	if (!c) {
		two_inside(z);
		kill(-1, SIGKILL);
		while (wait(NULL) > 0)
			;
		_exit(0);
	}
	struct zoo_who init = zoo_who(z, c);
	zoo_end0(z, c);
	tell_two(z, (struct zoo_say){.creator = init,
				     .death = "signal",
				     .signal = SIGKILL,
				     .source = "kill",
				     .by = init,
				     .reaper = init});
}

/* docker kill: the init is killed from outside, the others because of that. */
static void nskill(struct zoo *z)
{
	pid_t c = namespace(z);

	if (!c) {
		two_inside(z);
		pause();
		_exit(1);
	}
	struct zoo_who init = zoo_who(z, c);
	zoo_until(z, 2);
	struct zoo_kill k = {c, SIGKILL};
	pid_t kp = zoo_child(z, "k", zoo_kills, &k);
	zoo_end0(z, kp);
	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGKILL,
				 .source = "kill",
				 .by = zoo_who(z, kp)});
	tell_two(z, (struct zoo_say){.creator = init,
				     .death = "signal",
				     .signal = SIGKILL,
				     .source = "pidns_end",
				     .trigger = init,
				     .nobody = true,
				     .autoreap = true});
}

/* ---- jobs of a terminal ---- */

static int reads_terminal(struct zoo *z, void *arg)
{
	char b;

	signal(SIGHUP, SIG_DFL);
	zoo_until(z, 1);
	return read(*(int *)arg, &b, 1) == 1;
}

static int shell_with_a_job(struct zoo *z, void *arg)
{
	int status;

	close(((int *)arg)[0]);
	setsid();
	int fd = open((char *)arg + sizeof(int), O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0))
		return 2;
	signal(SIGHUP, SIG_IGN);
	pid_t c = zoo_child(z, "c", reads_terminal, &fd);
	z->sh->pid[0] = c;
	setpgid(c, c);
	zoo_step(z, 1);
	if (waitpid(c, &status, WUNTRACED) != c || !WIFSTOPPED(status) ||
	    WSTOPSIG(status) != SIGTTIN)
		return 3;
	kill(-c, SIGTERM); /* waits while it is stopped */
	zoo_ms(20);
	kill(-c, SIGCONT);
	return waitpid(c, &status, 0) == c && WTERMSIG(status) == SIGTERM ? 0 : 4;
}

/* A background job wants to read; its shell ends it and lets it go on. */
static void ttyin(struct zoo *z)
{
	struct {
		int master;
		char slave[64];
	} p = {.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};

	if (p.master < 0 || grantpt(p.master) || unlockpt(p.master) ||
	    ptsname_r(p.master, p.slave, sizeof(p.slave)))
		zoo_skip(z, "no pseudo terminal to be had: %m");
	pid_t m = zoo_child(z, "m", shell_with_a_job, &p);
	struct zoo_who was = zoo_who(z, m);
	struct zoo_sig stop = {SIGTTIN, "tty.job", "queued"};

	zoo_end0(z, m);
	zoo_known(z, z->sh->pid[0], "c");
	zoo_tell(z, (struct zoo_say){.tid = z->sh->pid[0],
				     .birth = "fork",
				     .creator = was,
				     .death = "signal",
				     .signal = SIGTERM,
				     .source = "kill",
				     .by = was,
				     .process = "signal",
				     .process_signal = SIGTERM,
				     .process_source = "kill",
				     .reaper = was,
				     .also = &stop});
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
	{"nskillall", nskillall, ZOO_ROOT, "kill -1 in a pid namespace"},
	{"nskill", nskill, ZOO_ROOT, "kill -9 of a pid namespace's init"},
	{"ttyin", ttyin, 0, "a background job reads its terminal"},
	{},
};
