/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Births: each system call that makes a process, its flags, and forks that fail.
 */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "zoo.h"

static void plain(struct zoo *z)
{
	zoo_end0(z, zoo_child(z, "c", zoo_exits, NULL));
}

static void rawfork(struct zoo *z)
{
#ifdef SYS_fork
	pid_t pid = syscall(SYS_fork);

	if (!pid) {
		zoo_be(z, "c");
		_exit(0);
	}
	zoo_known(z, pid, "c");
	zoo_end0(z, pid);
#else
	zoo_skip(z,
		 "this CPU's kernel has no fork system call (include/uapi/asm-generic/unistd.h)");
#endif
}

/* The child of a vfork borrows our memory: it may only exec or exit. */
static void vforkexec(struct zoo *z)
{
	char path[128], *argv[] = {(char *)"zoo-sub", (char *)"exit", (char *)"4", NULL};

	zoo_link(z, "c_vforkexec", path);
	pid_t pid = vfork();
	if (!pid) {
		execv(path, argv);
		_exit(127);
	}
	zoo_known(z, pid, "c");
	zoo_end(z, pid,
		(struct zoo_say){.birth = "vfork",
				 .death = "exit",
				 .exit = ZOO_EXIT(4),
				 .exec = "c_vforkexec"});
}

static void vforkexit(struct zoo *z)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(6);
	zoo_known(z, pid, "d"); /* it never gets a name of its own */
	zoo_end(z, pid, (struct zoo_say){.birth = "vfork", .death = "exit", .exit = ZOO_EXIT(6)});
}

static void spawn(struct zoo *z)
{
	char path[128], *argv[] = {(char *)"zoo-sub", (char *)"exit", (char *)"0", NULL};
	pid_t pid = 0;

	if (posix_spawn(&pid, zoo_link(z, "c_spawn", path), NULL, NULL, argv, NULL))
		zoo_fail(z, "posix_spawn");
	zoo_known(z, pid, "c");
	zoo_end(z, pid,
		(struct zoo_say){
			.birth = "vfork", .death = "exit", .exit = ZOO_EXIT(0), .exec = "c_spawn"});
}

static void by_clone3(struct zoo *z)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	pid_t pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		zoo_skip(z, "clone3: %m");
	if (!pid) {
		zoo_be(z, "c");
		_exit(2);
	}
	zoo_known(z, pid, "c");
	zoo_end(z, pid, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(2)});
}

static void clonenosig(struct zoo *z)
{
	pid_t pid = syscall(SYS_clone, 0, 0, 0, 0, 0);

	if (!pid) {
		zoo_be(z, "c");
		_exit(0);
	}
	zoo_known(z, pid, "c");
	zoo_end(z, pid, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(0), .quiet = true});
}

/* The exit signal need not be SIGCHLD. */
static void clonesig(struct zoo *z)
{
	signal(SIGUSR1, SIG_IGN);
	pid_t pid = syscall(SYS_clone, SIGUSR1, 0, 0, 0, 0);

	if (!pid) {
		zoo_be(z, "c");
		_exit(3);
	}
	zoo_known(z, pid, "c");
	zoo_end(z, pid, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(3), .quiet = true});
}

static int clones_a_sibling(struct zoo *z, void *arg)
{
	pid_t pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (!pid) {
		zoo_be(z, "c");
		zoo_until(z, 1);
		_exit(0);
	}
	z->sh->pid[0] = pid;
	return 0;
}

static void cloneparent(struct zoo *z)
{
	pid_t m = zoo_child(z, "m", clones_a_sibling, NULL);
	struct zoo_who was = zoo_who(z, m);

	zoo_end0(z, m);
	pid_t pid = z->sh->pid[0];
	zoo_known(z, pid, "c");
	zoo_step(z, 1);
	zoo_end(z, pid,
		(struct zoo_say){
			.creator = was, .parent = zoo_me(), .death = "exit", .exit = ZOO_EXIT(0)});
}

/* Shares memory with its maker, is no thread, and the maker does not wait. */
static int clonevm_body(void *arg)
{
	syscall(SYS_exit_group, 5);
	return 0;
}

static void clonevm(struct zoo *z)
{
	size_t n = 64 * 1024;
	char *stack = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK,
			   -1, 0);

	if (stack == MAP_FAILED)
		zoo_fail(z, "mmap: %m");
	pid_t pid = clone(clonevm_body, stack + n, CLONE_VM | SIGCHLD, NULL);
	zoo_known(z, pid, "d");
	zoo_end(z, pid, (struct zoo_say){.birth = "clone", .death = "exit", .exit = ZOO_EXIT(5)});
}

/* copy_process refuses: a thread must share its signal handlers. */
static int fork_is_refused(struct zoo *z, void *arg)
{
	return syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0) == -1 && errno == EINVAL ? 0 : 1;
}

static void forkfail(struct zoo *z)
{
	zoo_end(z, zoo_child(z, "c", fork_is_refused, NULL),
		(struct zoo_say){.death = "exit", .exit = ZOO_EXIT(0), .childless = true});
}

static int fork_meets_limit(struct zoo *z, void *arg)
{
	const struct rlimit one = {1, 1};

	/* The limit does not bind root: become somebody who runs nothing else. */
	if (!geteuid() && (setgid(54321) || setuid(54321)))
		return 2;
	if (setrlimit(RLIMIT_NPROC, &one))
		return 3;
	pid_t pid = fork();
	if (!pid)
		_exit(0);
	return pid < 0 && errno == EAGAIN ? 11 : 1;
}

static void nproc(struct zoo *z)
{
	zoo_end(z, zoo_child(z, "c", fork_meets_limit, NULL),
		(struct zoo_say){.death = "exit", .exit = ZOO_EXIT(11), .childless = true});
}

const struct zoo_case zoo_births[] = {
	{"plain", plain, 0, "fork, exit 0"},
	{"rawfork", rawfork, 0, "the fork system call itself"},
	{"vforkexec", vforkexec, 0, "vfork, then exec"},
	{"vforkexit", vforkexit, 0, "vfork, then _exit"},
	{"spawn", spawn, 0, "posix_spawn"},
	{"clone3", by_clone3, 0, "clone3"},
	{"clonenosig", clonenosig, 0, "clone with exit signal 0: nobody is told"},
	{"clonesig", clonesig, 0, "clone with another exit signal"},
	{"cloneparent", cloneparent, 0, "CLONE_PARENT: made by one, child of another"},
	{"clonevm", clonevm, 0, "shares memory, is no thread"},
	{"forkfail", forkfail, 0, "clone refused with EINVAL"},
	{"nproc", nproc, 0, "fork refused by RLIMIT_NPROC"},
	{},
};
