/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracers: one that takes its tracee along, one that kills it.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include "zoo.h"

static int may_be_traced(struct zoo *z, void *arg)
{
#ifdef PR_SET_PTRACER
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
#endif
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

/* 4: not permitted */
static int traces_and_leaves(struct zoo *z, void *arg)
{
	if (ptrace(PTRACE_SEIZE, *(pid_t *)arg, NULL, PTRACE_O_EXITKILL))
		return 4;
	return 0;
}

static int traces_and_kills(struct zoo *z, void *arg)
{
	pid_t c = *(pid_t *)arg;
	int status;

	if (ptrace(PTRACE_ATTACH, c, NULL, NULL))
		return 4;
	if (waitpid(c, &status, __WALL) != c || ptrace(PTRACE_KILL, c, NULL, NULL))
		return 5;
	return waitpid(c, &status, __WALL) == c ? 0 : 6;
}

static void traced(struct zoo *z, zoo_fn *tracer, struct zoo_say s, bool by)
{
	pid_t c = zoo_child(z, "c", may_be_traced, NULL);

	zoo_until(z, 1);
	pid_t k = zoo_child(z, "k", tracer, &c);
	siginfo_t si = {};
	waitid(P_PID, k, &si, WEXITED | WNOWAIT);
	if (si.si_code == CLD_EXITED && si.si_status == 4) {
		kill(c, SIGKILL);
		zoo_skip(z, "this machine does not let one process trace another");
	}
	struct zoo_who was = zoo_who(z, k);
	zoo_end0(z, k);
	if (by)
		s.by = was;
	else
		s.trigger = was;
	zoo_end(z, c, s);
}

static void ptrkill(struct zoo *z)
{
	traced(z, traces_and_leaves,
	       (struct zoo_say){.death = "signal",
				.signal = SIGKILL,
				.source = "tracer_exit",
				.nobody = true},
	       false);
}

static void ptrreq(struct zoo *z)
{
	traced(z, traces_and_kills,
	       (struct zoo_say){.death = "signal",
				.signal = SIGKILL,
				.source = "ptrace_kill",
				.quiet = true},
	       true);
}

const struct zoo_case zoo_ptrace[] = {
	{"ptrkill", ptrkill, 0, "a tracer with PTRACE_O_EXITKILL ends"},
	{"ptrreq", ptrreq, 0, "PTRACE_KILL"},
	{},
};
