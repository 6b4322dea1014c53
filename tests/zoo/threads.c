/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads: ends of one thread, of the leader, of all; what one thread's exec, exit or crash does to
 * the others.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "zoo.h"
#include "zoo_thread.h"

struct start {
	struct zoo *z;
	const char *role;
	int slot;
	void (*fn)(struct zoo *z);
};

static void *start(void *arg)
{
	struct start s = *(struct start *)arg;

	free(arg);
	zoo_be(s.z, s.role);
	__atomic_store_n(&s.z->sh->pid[s.slot], zoo_tid(), __ATOMIC_SEQ_CST);
	s.fn(s.z);
	return NULL;
}

pthread_t zoo_thread(struct zoo *z, const char *role, int slot, void (*fn)(struct zoo *z))
{
	struct start *s = malloc(sizeof(*s));
	pthread_t t;

	*s = (struct start){z, role, slot, fn};
	if (pthread_create(&t, NULL, start, s))
		_exit(98);
	while (!__atomic_load_n(&z->sh->pid[slot], __ATOMIC_SEQ_CST))
		zoo_ms(1);
	return t;
}

void zoo_thread_sleeps(struct zoo *z)
{
	for (;;)
		pause();
}

void zoo_tell_thread(struct zoo *z, pid_t leader, const char *role, int slot, struct zoo_say s)
{
	s.tid = z->sh->pid[slot];
	s.birth = "thread";
	if (!s.creator.tid)
		s.creator = zoo_who(z, leader);
	s.autoreap = true; /* nobody waits for a thread */
	zoo_known(z, s.tid, role);
	zoo_tell(z, s);
}

static void returns(struct zoo *z)
{
	zoo_ms(5);
}

static int thread_body(struct zoo *z, void *arg)
{
	pthread_join(zoo_thread(z, "c:t", 0, returns), NULL);
	return 0;
}

static void thread(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", thread_body, NULL);
	struct zoo_who leader = zoo_who(z, c);

	zoo_end0(z, c);
	zoo_tell_thread(z, leader.tid, "c:t", 0,
			(struct zoo_say){.death = "thread_exit", .exit = ZOO_EXIT(0)});
}

/* A thread made by the clone system call itself, as old C libraries do. */
static int bare(void *arg)
{
	return 7; /* the wrapper calls exit, not exit_group */
}

static int clonethr_body(struct zoo *z, void *arg)
{
	size_t n = 64 * 1024;
	char *stack = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK,
			   -1, 0);

	if (stack == MAP_FAILED)
		return 1;
	z->sh->pid[0] = clone(bare, stack + n,
			      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
				      CLONE_SYSVSEM,
			      NULL);
	return z->sh->pid[0] > 0 && zoo_gone(z->sh->pid[0], ZOO_PATIENCE_MS) ? 0 : 1;
}

static void clonethr(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", clonethr_body, NULL);

	zoo_end0(z, c);
	zoo_tell_thread(z, c, "c", 0,
			(struct zoo_say){.death = "thread_exit", .exit = ZOO_EXIT(7)});
}

/* On a machine that is busy the leader may need longer than any pause. */
static void returns_last(struct zoo *z)
{
	if (!zoo_state_is(getpid(), 'Z', 10000))
		zoo_fail(z, "the leader does not end");
}

static int mainexit_body(struct zoo *z, void *arg)
{
	zoo_thread(z, "c:t", 0, returns_last);
	pthread_exit(NULL);
}

/* The leader goes first and waits as a zombie; the last thread ends the process (libc calls
 * exit(0)). */
static void mainexit(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", mainexit_body, NULL);

	zoo_end(z, c,
		(struct zoo_say){.death = "thread_exit",
				 .exit = ZOO_EXIT(0),
				 .process = "exit",
				 .process_exit = ZOO_EXIT(0)});
	zoo_tell_thread(z, c, "c:t", 0, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(0)});
}

static void exits8(struct zoo *z)
{
	zoo_ms(10);
	_exit(8);
}

static int thrgroup_body(struct zoo *z, void *arg)
{
	zoo_thread(z, "c:a", 0, zoo_thread_sleeps);
	zoo_thread(z, "c:x", 1, exits8);
	return zoo_sleeps(z, NULL);
}

static void thrgroup(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", thrgroup_body, NULL);

	zoo_end(z, c,
		(struct zoo_say){
			.death = "peer_exit", .process = "exit", .process_exit = ZOO_EXIT(8)});
	zoo_tell_thread(z, c, "c:a", 0, (struct zoo_say){.death = "peer_exit"});
	zoo_tell_thread(z, c, "c:x", 1, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(8)});
}

static void crashes(struct zoo *z)
{
	zoo_ms(10);
	*(volatile int *)16 = 1;
}

static int thrcrash_body(struct zoo *z, void *arg)
{
	zoo_thread(z, "c:a", 0, zoo_thread_sleeps);
	zoo_thread(z, "c:x", 1, crashes);
	return zoo_sleeps(z, NULL);
}

static void thrcrash(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", thrcrash_body, NULL);

	zoo_end(z, c,
		(struct zoo_say){.death = "peer_crash",
				 .process = "signal",
				 .process_signal = 11,
				 .process_source = "fault.memory",
				 .quiet = true});
	zoo_tell_thread(z, c, "c:a", 0, (struct zoo_say){.death = "peer_crash"});
	zoo_tell_thread(
		z, c, "c:x", 1,
		(struct zoo_say){
			.death = "signal", .signal = 11, .source = "fault.memory", .nobody = true});
}

static void execs(struct zoo *z)
{
	char path[128], *argv[] = {(char *)"zoo-sub", (char *)"exit", (char *)"0", NULL};

	zoo_ms(10);
	execv(zoo_link(z, "c_execthr2", path), argv);
	_exit(127);
}

static int execthr_body(struct zoo *z, void *arg)
{
	zoo_thread(z, "c:b", 0, zoo_thread_sleeps);
	zoo_thread(z, "c:t", 1, execs);
	return zoo_sleeps(z, NULL);
}

/* The leader dies, the thread takes its id over and its own vanishes without an exit: two tasks
 * bore this number. */
static void execthr(struct zoo *z)
{
	zoo_dir(z);
	pid_t c = zoo_child(z, "c", execthr_body, NULL);

	struct zoo_who leader = zoo_who(z, c);
	zoo_end(z, c,
		(struct zoo_say){.comm = "c_execthr2",
				 .birth = "thread",
				 .creator = leader,
				 .exec = "c_execthr2",
				 .death = "exit",
				 .exit = ZOO_EXIT(0)});
	zoo_tell(z, (struct zoo_say){.tid = c,
				     .comm = "c_execthr",
				     .birth = "fork",
				     .creator = zoo_me(),
				     /* released in de_thread() */
				     .death = "peer_exec",
				     .autoreap = true});
	zoo_tell_thread(z, c, "c:b", 0, (struct zoo_say){.death = "peer_exec"});
}

const struct zoo_case zoo_threads[] = {
	{"thread", thread, 0, "a thread ends, then its process"},
	{"clonethr", clonethr, 0, "a thread by the clone system call"},
	{"mainexit", mainexit, 0, "the leader ends before its thread"},
	{"thrgroup", thrgroup, 0, "a thread calls exit: the others are taken along"},
	{"thrcrash", thrcrash, 0, "a thread crashes: the others are taken along"},
	{"execthr", execthr, 0, "a thread that is no leader calls exec"},
	{},
};
