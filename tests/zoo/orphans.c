/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Children that outlive their parents, and what a dying parent does to them.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "zoo.h"

/* Lives until it has a new parent, and says who that is. */
static int outlives(struct zoo *z, void *arg)
{
	pid_t was = getppid();

	zoo_step(z, 1);
	while (getppid() == was)
		zoo_ms(2);
	z->sh->pid[1] = getppid();
	zoo_until(z, 2);
	return 0;
}

static int leaves_a_child(struct zoo *z, void *arg)
{
	z->sh->pid[0] = zoo_child(z, "c", arg, NULL);
	zoo_until(z, 1);
	return 0;
}

static void orphsub(struct zoo *z)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	struct zoo_who was = zoo_between(z, leaves_a_child, outlives);
	zoo_step(z, 2);
	zoo_end(z, z->sh->pid[0],
		(struct zoo_say){.creator = was, .death = "exit", .exit = ZOO_EXIT(0)});
}

/* Whoever takes orphans in here (init, or a subreaper above the zoo) reaps it; nobody of ours can
 * wait. */
static void ends_elsewhere(struct zoo *z, struct zoo_who creator)
{
	static char comm[32];
	char path[64];
	pid_t c = z->sh->pid[0];

	while (!__atomic_load_n(&z->sh->pid[1], __ATOMIC_SEQ_CST))
		zoo_ms(2);
	__builtin_snprintf(path, sizeof(path), "/proc/%d/comm", (int)z->sh->pid[1]);
	zoo_read(path, comm, sizeof(comm));
	zoo_step(z, 2);
	if (!zoo_gone(c, 10000))
		zoo_skip(z, "process %d (%s) takes orphans in and does not reap them",
			 (int)z->sh->pid[1], comm);
	zoo_tell_reaped(
		z, (struct zoo_who){z->sh->pid[1], comm},
		(struct zoo_say){
			.tid = c, .creator = creator, .death = "exit", .exit = ZOO_EXIT(0)});
}

static void orphinit(struct zoo *z)
{
	ends_elsewhere(z, zoo_between(z, leaves_a_child, outlives));
}

static int becomes_a_daemon(struct zoo *z, void *arg)
{
	setsid();
	return leaves_a_child(z, outlives);
}

static void dblfork(struct zoo *z)
{
	ends_elsewhere(z, zoo_between(z, becomes_a_daemon, NULL));
}

static int leaves_a_zombie(struct zoo *z, void *arg)
{
	pid_t c = zoo_child(z, "c", zoo_exits, (void *)12);

	z->sh->pid[0] = c;
	return zoo_state_is(c, 'Z', 5000) ? 0 : 1;
}

/* The parent dies without having waited: the zombie is inherited, and announced a second time. */
static void noreap(struct zoo *z)
{
	struct zoo_who was = zoo_between(z, leaves_a_zombie, NULL);
	if (!zoo_gone(z->sh->pid[0], 10000))
		zoo_skip(z, "whoever takes orphans in here does not reap them");
	zoo_tell(z, (struct zoo_say){.tid = z->sh->pid[0],
				     .birth = "fork",
				     .creator = was,
				     .death = "exit",
				     .exit = ZOO_EXIT(12),
				     .process = "exit",
				     .process_exit = ZOO_EXIT(12)});
}

static int wants_to_follow(struct zoo *z, void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

static void pdeathsig(struct zoo *z)
{
	zoo_taken_along(z, leaves_a_child, wants_to_follow, SIGTERM, "parent_death");
}

static int stops(struct zoo *z, void *arg)
{
	setpgid(0, 0);
	zoo_step(z, 1);
	raise(SIGSTOP);
	return zoo_sleeps(z, NULL);
}

/* Alone in its session, so that with its end no member of the child's group has a parent there. */
static int leaves_a_stopped_group(struct zoo *z, void *arg)
{
	setsid();
	pid_t c = zoo_child(z, "c", stops, NULL);
	z->sh->pid[0] = c;
	return zoo_state_is(c, 'T', 5000) ? 0 : 1;
}

static void orphpgrp(struct zoo *z)
{
	zoo_taken_along(z, leaves_a_stopped_group, NULL, SIGHUP, "orphan_pgrp");
}

const struct zoo_case zoo_orphans[] = {
	{"orphsub", orphsub, 0, "an orphan and a subreaper"},
	{"orphinit", orphinit, 0, "an orphan and init"},
	{"dblfork", dblfork, 0, "a daemon by double fork"},
	{"noreap", noreap, 0, "a parent that dies without waiting"},
	{"pdeathsig", pdeathsig, 0, "PR_SET_PDEATHSIG"},
	{"orphpgrp", orphpgrp, 0, "an orphaned stopped process group"},
	{},
};
