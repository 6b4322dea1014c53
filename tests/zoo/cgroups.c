/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control groups and memory: OOM of three kinds, cgroup.kill, and forks refused by the pids
 * controller.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "zoo.h"

struct group {
	char path[320];
	bool v2;
};

static struct group join_point(struct zoo *z, const char *controller)
{
	struct group g = {};

	if (!zoo_cgroup(z, controller, g.path, sizeof(g.path), &g.v2))
		zoo_skip(z, "no cgroup with the controller '%s' to be had here",
			 *controller ? controller : "(v2)");
	return g;
}

static void leave(struct group *g)
{
	for (int i = 0; i < 200 && rmdir(g->path) && errno == EBUSY; i++)
		zoo_ms(5); /* the dead leave their cgroup late */
}

static bool enter(const struct group *g)
{
	return zoo_put(g->path, "cgroup.procs", "%d", (int)getpid());
}

static int eats(struct zoo *z, void *arg)
{
	size_t n = 64 << 20;

	if (arg && !enter(arg))
		return 2;
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p != MAP_FAILED)
		memset(p, 1, n);
	return 3;
}

static void oomcg(struct zoo *z)
{
	struct group g = join_point(z, "memory");

	if (!zoo_put(g.path, g.v2 ? "memory.max" : "memory.limit_in_bytes", "%d", 8 << 20)) {
		leave(&g);
		zoo_skip(z, "no memory limit can be set here");
	}
	if (g.v2)
		zoo_put(g.path, "memory.swap.max", "0");
	pid_t c = zoo_child(z, "c", eats, &g);
	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGKILL,
				 .source = "oom.memcg",
				 .nobody = true});
	leave(&g);
}

static int sleeps_inside(struct zoo *z, void *arg)
{
	if (!enter(arg))
		return 2;
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

static int kills_group(struct zoo *z, void *arg)
{
	return zoo_put(((struct group *)arg)->path, "cgroup.kill", "1") ? 0 : 1;
}

static void cgkill(struct zoo *z)
{
	struct group g = join_point(z, "");
	char path[400];

	__builtin_snprintf(path, sizeof(path), "%s/cgroup.kill", g.path);
	if (access(path, W_OK)) {
		leave(&g);
		zoo_skip(z, "this kernel has no cgroup.kill (661ee6280931, v5.14)");
	}
	pid_t c = zoo_child(z, "c", sleeps_inside, &g);
	zoo_until(z, 1);
	pid_t k = zoo_child(z, "k", kills_group, &g);
	zoo_end0(z, k);
	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGKILL,
				 .source = "cgroup_kill",
				 .by = zoo_who(z, k)});
	leave(&g);
}

static int forks_inside(struct zoo *z, void *arg)
{
	if (!enter(arg))
		return 2;
	pid_t pid = fork();
	if (!pid)
		_exit(0);
	return pid < 0 && errno == EAGAIN ? 11 : 1;
}

static void pidsmax(struct zoo *z)
{
	struct group g = join_point(z, "pids");

	if (!zoo_put(g.path, "pids.max", "1")) {
		leave(&g);
		zoo_skip(z, "no pids.max here");
	}
	zoo_end(z, zoo_child(z, "c", forks_inside, &g),
		(struct zoo_say){.death = "exit", .exit = ZOO_EXIT(11), .childless = true});
	leave(&g);
}

static int first_to_go(struct zoo *z, void *arg)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1000", 4) != 4)
		return 2;
	close(fd);
	zoo_step(z, 1);
	if (arg)
		for (;;) { /* until the whole machine has no memory left */
			char *p = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			if (p != MAP_FAILED)
				memset(p, 1, 4 << 20);
		}
	/* some memory, so that the choice is clear */
	char *p = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(p, 1, 16 << 20);
	return zoo_sleeps(z, NULL);
}

static void oomsysrq(struct zoo *z)
{
	if (access("/proc/sysrq-trigger", W_OK))
		zoo_skip(z, "no /proc/sysrq-trigger");
	pid_t c = zoo_child(z, "c", first_to_go, NULL);
	zoo_until(z, 1);
	zoo_ms(50);
	zoo_write("/proc/sysrq-trigger", "f");
	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGKILL,
				 .source = "oom.sysrq",
				 .nobody = true});
}

static void oomglobal(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", first_to_go, (void *)1);

	zoo_end(z, c,
		(struct zoo_say){
			.death = "signal", .signal = SIGKILL, .source = "oom", .nobody = true});
}

const struct zoo_case zoo_cgroups[] = {
	{"oomcg", oomcg, ZOO_ROOT, "out of memory in a cgroup"},
	{"cgkill", cgkill, ZOO_ROOT, "cgroup.kill"},
	{"pidsmax", pidsmax, ZOO_ROOT, "fork refused by pids.max"},
	{"oomsysrq", oomsysrq, ZOO_ROOT | ZOO_MACHINE, "the OOM killer called by SysRq-F"},
	{"oomglobal", oomglobal, ZOO_ROOT | ZOO_MACHINE | ZOO_ALONE, "out of memory"},
	{},
};
