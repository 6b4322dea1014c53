/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults: what the CPU refuses, and what the kernel cannot do for a task on its way back to user
 * mode.
 */
#include <fcntl.h>
#include <linux/rseq.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "zoo.h"

static void crash(struct zoo *z, zoo_fn *body, int sig, const char *source, const char *or_source)
{
	zoo_end(z, zoo_child(z, "c", body, NULL),
		(struct zoo_say){.death = "signal",
				 .signal = sig,
				 .source = source,
				 .or_source = or_source,
				 .nobody = true});
}

static int segv_body(struct zoo *z, void *arg)
{
	*(volatile int *)16 = 1;
	return 0;
}

static void segv(struct zoo *z)
{
	crash(z, segv_body, SIGSEGV, "fault.memory", NULL);
}

static int segvacc_body(struct zoo *z, void *arg)
{
	char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*(volatile char *)p = 1;
	return 0;
}

static void segvacc(struct zoo *z)
{
	crash(z, segvacc_body, SIGSEGV, "fault.memory", NULL);
}

static void exits11(int sig)
{
	_exit(11);
}

static int segvhand_body(struct zoo *z, void *arg)
{
	signal(SIGSEGV, exits11);
	return segv_body(z, arg);
}

static void segvhand(struct zoo *z)
{
	const struct zoo_sig sig = {SIGSEGV, "fault.memory", "queued", {}};

	zoo_end(z, zoo_child(z, "c", segvhand_body, NULL),
		(struct zoo_say){.death = "exit", .exit = ZOO_EXIT(11), .also = &sig});
}

static int deep(volatile char *above)
{
	volatile char here[4096];

	here[0] = above ? above[0] : 1;
	return here[0] ? deep(here) + here[0] : 0;
}

static int stackovf_body(struct zoo *z, void *arg)
{
	const struct rlimit small = {256 * 1024, 256 * 1024};

	setrlimit(RLIMIT_STACK, &small);
	return deep(NULL);
}

static void stackovf(struct zoo *z)
{
	crash(z, stackovf_body, SIGSEGV, "fault.memory", NULL);
}

#if defined(__x86_64__) || defined(__i386__)
static int fpe_body(struct zoo *z, void *arg)
{
	volatile int zero = 0;

	return 7 / zero;
}

static void fpe(struct zoo *z)
{
	crash(z, fpe_body, SIGFPE, "fault.arithmetic", NULL);
}
#else
/* Division by zero gives zero here; the C library's substitute is raise(SIGFPE). */
static int fpe_body(struct zoo *z, void *arg)
{
	return raise(SIGFPE);
}

static void fpe(struct zoo *z)
{
	zoo_own(z, fpe_body, SIGFPE, "tgkill");
}
#endif

static int ill_body(struct zoo *z, void *arg)
{
#if defined(__aarch64__)
	__asm__ volatile(".inst 0x00000000");
#else
	__builtin_trap();
#endif
	return 0;
}

static void ill(struct zoo *z)
{
	crash(z, ill_body, SIGILL, "fault.illegal", NULL);
}

static int trap_body(struct zoo *z, void *arg)
{
#if defined(__aarch64__)
	__asm__ volatile("brk #0");
#elif defined(__arm__) && defined(__thumb__)
	__asm__ volatile(".inst.n 0xde01");
#elif defined(__arm__)
	__asm__ volatile(".inst 0xe7f001f0");
#else
	__asm__ volatile("int3");
#endif
	return 0;
}

static void trap(struct zoo *z)
{
	/* 32-bit ARM has no breakpoint exception here: an undefined instruction that the kernel
	 * knows. */
	crash(z, trap_body, SIGTRAP, "fault.trap", sizeof(long) == 4 ? "fault.illegal" : NULL);
}

static int bus_body(struct zoo *z, void *arg)
{
	int fd = open(arg, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return *(volatile char *)(p + 4096);
}

static void bus(struct zoo *z)
{
	char path[128];

	__builtin_snprintf(path, sizeof(path), "%s/empty", zoo_dir(z));
	zoo_end(z, zoo_child(z, "c", bus_body, path),
		(struct zoo_say){.death = "signal",
				 .signal = SIGBUS,
				 .source = "fault.memory",
				 .nobody = true});
}

static int gpf_body(struct zoo *z, void *arg)
{
#if defined(__x86_64__)
	__asm__ volatile("hlt");
#endif
	return 0;
}

static void gpf(struct zoo *z)
{
#if defined(__x86_64__)
	crash(z, gpf_body, SIGSEGV, "fault.protection", NULL);
#else
	zoo_skip(
		z,
		"only x86 has a general protection fault (arch/x86/kernel/traps.c exc_general_protection)");
	gpf_body(z, NULL);
#endif
}

static void never(int sig)
{
	_exit(1);
}

/* The handler's stack cannot be written: the kernel has no place for the signal frame. */
static int sigframe_body(struct zoo *z, void *arg)
{
	struct sigaction sa = {.sa_handler = never, .sa_flags = SA_ONSTACK};
	stack_t ss = {.ss_size = 64 * 1024};

	ss.ss_sp = mmap(NULL, ss.ss_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (sigaltstack(&ss, NULL) || sigaction(SIGUSR1, &sa, NULL))
		return 2;
	return raise(SIGUSR1);
}

static void sigframe(struct zoo *z)
{
	crash(z, sigframe_body, SIGSEGV, "signal_frame", NULL);
}

/* Gives back a frame that no signal ever had, from a stack that is not there. */
static int sigret_body(struct zoo *z, void *arg)
{
#if defined(__x86_64__)
	__asm__ volatile("mov $64, %%esp; mov $15, %%eax; syscall" ::: "memory");
#elif defined(__aarch64__)
	__asm__ volatile("mov x0, #64; mov sp, x0; mov x8, #139; svc #0" ::: "x0", "x8", "memory");
#elif defined(__arm__)
	__asm__ volatile("mov r0, #64; mov sp, r0; mov r7, #173; svc #0" ::: "r0", "memory");
#endif
	return 0;
}

static void sigret(struct zoo *z)
{
	crash(z, sigret_body, SIGSEGV, "signal_frame", NULL);
}

/* The C library's own restartable sequence area is given back and one that is not there registered
 * instead. */
static int rseq_body(struct zoo *z, void *arg)
{
	struct rseq *own = (struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset);
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!__rseq_size)
		return 77;
	if (syscall(SYS_rseq, own, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG))
		return 76;
	if (syscall(SYS_rseq, page, 32, 0, RSEQ_SIG))
		return 75;
	munmap(page, 4096);
	for (;;)
		sched_yield(); /* the next return after a switch must write the CPU number */
}

static int has_rseq(struct zoo *z, void *arg)
{
	struct rseq *own = (struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset);

	return __rseq_size && !syscall(SYS_rseq, own, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG) ? 0 : 1;
}

static void rseq(struct zoo *z)
{
	int status = zoo_try(z, has_rseq);

	if (status)
		zoo_skip(z, "no restartable sequences here (kernel or C library)");
	crash(z, rseq_body, SIGSEGV, "rseq", NULL);
}

const struct zoo_case zoo_faults[] = {
	{"segv", segv, 0, "write to an address that is not mapped"},
	{"segvacc", segvacc, 0, "write to a read-only page"},
	{"segvhand", segvhand, 0, "a SIGSEGV handler calls _exit"},
	{"stackovf", stackovf, 0, "stack overflow"},
	{"fpe", fpe, 0, "division by zero"},
	{"ill", ill, 0, "an instruction that does not exist"},
	{"trap", trap, 0, "a breakpoint without a debugger"},
	{"bus", bus, 0, "a mapping past the end of its file"},
	{"gpf", gpf, 0, "a privileged instruction"},
	{"sigframe", sigframe, 0, "no room for a signal frame"},
	{"sigret", sigret, 0, "a sigreturn without a frame"},
	{"rseq", rseq, 0, "an unreadable restartable sequence area"},
	{},
};
