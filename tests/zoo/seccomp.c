/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seccomp: strict mode and the three fatal answers of a filter.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "zoo.h"
#include "zoo_thread.h"

/* The answer is given to getppid(), everything else is allowed. */
static int refuse_getppid(uint32_t answer)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

static int tries(struct zoo *z, void *arg)
{
	return prctl(PR_GET_SECCOMP) < 0;
}

static void need(struct zoo *z)
{
	if (zoo_try(z, tries))
		zoo_skip(z, "this kernel has no seccomp");
}

static int strict_body(struct zoo *z, void *arg)
{
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
	syscall(SYS_getppid);
	return 0;
}

/* Dies at once with status 9, and no signal was ever sent. */
static void seccstrict(struct zoo *z)
{
	need(z);
	zoo_end(z, zoo_child(z, "c", strict_body, NULL),
		(struct zoo_say){.death = "seccomp", .signal = SIGKILL, .nobody = true});
}

static int filter_body(struct zoo *z, void *arg)
{
	refuse_getppid((uint32_t)(uintptr_t)arg);
	syscall(SYS_getppid);
	return 0;
}

/* Up to 5.15 a direct exit; since 5.16 (force_fatal_sig, "signal: Replace force_fatal_sig with
 * force_exit_sig when in doubt" and the seccomp change before it) a signal the task sends itself.
 */
static void seccproc(struct zoo *z)
{
	bool by_signal = zoo_kernel_at_least(5, 16);

	need(z);
	zoo_end(z, zoo_child(z, "c", filter_body, (void *)(uintptr_t)SECCOMP_RET_KILL_PROCESS),
		(struct zoo_say){.death = by_signal ? "signal" : "seccomp", .signal = SIGSYS,
				 .source = by_signal ? "seccomp" : NULL, .nobody = true});
}

static void secctrap(struct zoo *z)
{
	need(z);
	zoo_end(z, zoo_child(z, "c", filter_body, (void *)(uintptr_t)SECCOMP_RET_TRAP),
		(struct zoo_say){
			.death = "signal", .signal = SIGSYS, .source = "seccomp", .nobody = true});
}

static void forbidden(struct zoo *z)
{
	refuse_getppid(SECCOMP_RET_KILL_THREAD);
	syscall(SYS_getppid);
}

static int seccthr_body(struct zoo *z, void *arg)
{
	zoo_thread(z, "c:t", 0, forbidden);
	/* it is not joined: a thread that is killed tells nobody */
	return zoo_gone(z->sh->pid[0], ZOO_PATIENCE_MS) ? 0 : 1;
}

static void seccthr(struct zoo *z)
{
	need(z);
	pid_t c = zoo_child(z, "c", seccthr_body, NULL);
	zoo_end0(z, c);
	zoo_tell_thread(
		z, c, "c:t", 0,
		(struct zoo_say){.death = "seccomp.thread", .signal = SIGSYS, .nobody = true});
}

const struct zoo_case zoo_seccomp[] = {
	{"seccstrict", seccstrict, 0, "strict mode: a forbidden call"},
	{"seccproc", seccproc, 0, "a filter kills the process"},
	{"seccthr", seccthr, 0, "a filter kills one thread"},
	{"secctrap", secctrap, 0, "a filter sends SIGSYS"},
	{},
};
