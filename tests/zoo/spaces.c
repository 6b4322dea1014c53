/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Namespaces and reused pids: one number for two tasks, two numbers for one.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "zoo.h"

/* What we are called outside: /proc still belongs to the outer namespace. */
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

/* By the end of their init. */
static void tell_two_ended(struct zoo *z, struct zoo_who init)
{
	tell_two(z, (struct zoo_say){.creator = init,
				     .death = "signal",
				     .signal = SIGKILL,
				     .source = "pidns_end",
				     .trigger = init,
				     .nobody = true,
				     .autoreap = true});
}

static void pidns(struct zoo *z)
{
	pid_t c = namespace(z);

	if (!c) {
		two_inside(z);
		_exit(4);
	}
	struct zoo_who init = zoo_who(z, c);
	zoo_end(z, c, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(4)});
	tell_two_ended(z, init);
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
	struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){c, SIGKILL});
	zoo_end(z, c,
		(struct zoo_say){.death = "signal", .signal = SIGKILL, .source = "kill", .by = by});
	tell_two_ended(z, init);
}

static int old_owner(struct zoo *z, void *arg)
{
	return 21;
}

static int new_owner(struct zoo *z, void *arg)
{
	return 22;
}

/* Few pids, and forks until the first one's number comes again. */
static void pidreuse(struct zoo *z)
{
	static const char path[] = "/proc/sys/kernel/pid_max";
	char was[32], few[32];
	pid_t a = zoo_child(z, "c:a", old_owner, NULL), b = 0;

	if (!zoo_read(path, was, sizeof(was)))
		zoo_skip(z, "cannot read %s: %m", path);
	snprintf(few, sizeof(few), "%d", (int)a + 64 < 400 ? 400 : (int)a + 64);
	if (!zoo_write(path, few))
		zoo_skip(z, "cannot set %s: %m", path);
	zoo_end(z, a, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(21)});
	for (int i = 0; i < 100000 && b != a; i++) {
		if (b)
			waitpid(b, NULL, 0);
		b = zoo_child(z, "c:b", new_owner, NULL);
	}
	zoo_write(path, was);
	if (b != a)
		zoo_fail(z, "pid %d did not come again", (int)a);
	zoo_end(z, b,
		(struct zoo_say){.comm = "c_pidreuse_b", .death = "exit", .exit = ZOO_EXIT(22)});
}

const struct zoo_case zoo_spaces[] = {
	{"pidns", pidns, ZOO_ROOT, "the init of a pid namespace ends"},
	{"nskillall", nskillall, ZOO_ROOT, "kill -1 in a pid namespace"},
	{"nskill", nskill, ZOO_ROOT, "kill -9 of a pid namespace's init"},
	{"pidreuse", pidreuse, ZOO_ROOT | ZOO_MACHINE, "a pid is used again"},
	{},
};
