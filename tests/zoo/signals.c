/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals that somebody sends: every system call for it, and every state the target may be in.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "zoo.h"
#include "zoo_thread.h"

/* A subject, a killer with one kill(2), the end. */
static void killed(struct zoo *z, zoo_fn *body, int sig)
{
	pid_t c = zoo_child(z, "c", body, NULL);

	if (body == zoo_sleeps)
		zoo_state_is(c, 'S', 2000);
	struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){c, sig});
	zoo_end(z, c,
		(struct zoo_say){.death = "signal", .signal = sig, .source = "kill", .by = by});
}

static void kill9(struct zoo *z)
{
	killed(z, zoo_sleeps, SIGKILL);
}

static int runs(struct zoo *z, void *arg)
{
	for (volatile unsigned i = 0;; i++)
		;
	return 0;
}

static void kill9run(struct zoo *z)
{
	killed(z, runs, SIGKILL);
}

static void term(struct zoo *z)
{
	killed(z, zoo_sleeps, SIGTERM);
}

static void rtsig(struct zoo *z)
{
	killed(z, zoo_sleeps, SIGRTMIN + 3);
}

/* Every signal whose default action ends a process. */
static void fatals(struct zoo *z)
{
	static const int sigs[] = {SIGHUP,  SIGINT,    SIGQUIT, SIGILL,  SIGTRAP,   SIGABRT,
				   SIGBUS,  SIGFPE,    SIGUSR1, SIGSEGV, SIGUSR2,   SIGPIPE,
				   SIGALRM, SIGSTKFLT, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF,
				   SIGIO,   SIGPWR,    SIGSYS};

	for (unsigned i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		killed(z, zoo_sleeps, sigs[i]);
}

static int kill9thr_body(struct zoo *z, void *arg)
{
	zoo_thread(z, "c:1", 0, zoo_thread_sleeps);
	zoo_thread(z, "c:2", 1, zoo_thread_sleeps);
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

/* One signal_generate, three deaths: the signal was for the process. */
static void kill9thr(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", kill9thr_body, NULL);

	zoo_until(z, 1);
	struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){c, SIGKILL});
	struct zoo_say s = {.death = "signal", .signal = 9, .source = "kill", .by = by};
	zoo_end(z, c, s);
	zoo_tell_thread(z, c, "c:1", 0, s);
	zoo_tell_thread(z, c, "c:2", 1, s);
}

static void exits5(int sig)
{
	exit(5);
}

static int termhand_body(struct zoo *z, void *arg)
{
	signal(SIGTERM, exits5);
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

static void termhand(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", termhand_body, NULL);

	zoo_until(z, 1);
	struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){c, SIGTERM});
	struct zoo_sig sig = {SIGTERM, "kill", "queued", by};
	zoo_end(z, c, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(5), .also = &sig});
}

static int termign_body(struct zoo *z, void *arg)
{
	signal(SIGTERM, SIG_IGN);
	zoo_step(z, 1);
	zoo_until(z, 2);
	return 0;
}

static void termign(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", termign_body, NULL);

	zoo_until(z, 1);
	struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){c, SIGTERM});
	zoo_step(z, 2);
	struct zoo_sig sig = {SIGTERM, "kill", "ignored", by};
	zoo_end(z, c, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(0), .also = &sig});
}

static int termblock_body(struct zoo *z, void *arg)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, SIGTERM);
	sigprocmask(SIG_BLOCK, &s, NULL);
	zoo_step(z, 1);
	zoo_until(z, 2);
	zoo_ms(60);
	sigprocmask(SIG_UNBLOCK, &s, NULL);
	return 1;
}

static void termblock(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", termblock_body, NULL);

	zoo_until(z, 1);
	struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){c, SIGTERM});
	zoo_step(z, 2);
	zoo_end(z, c,
		(struct zoo_say){.death = "signal", .signal = 15, .source = "kill", .by = by});
}

static int raise_body(struct zoo *z, void *arg)
{
	return raise(SIGUSR1);
}

static int sigself_body(struct zoo *z, void *arg)
{
	return kill(getpid(), SIGTERM);
}

static int abort_body(struct zoo *z, void *arg)
{
	abort();
}

static void by_raise(struct zoo *z)
{
	zoo_own(z, raise_body, SIGUSR1, "tgkill");
}

static void sigself(struct zoo *z)
{
	zoo_own(z, sigself_body, SIGTERM, "kill");
}

static void by_abort(struct zoo *z)
{
	zoo_own(z, abort_body, SIGABRT, "tgkill");
}

static int queues(struct zoo *z, void *arg)
{
	return sigqueue(*(pid_t *)arg, SIGUSR2, (union sigval){.sival_int = 42});
}

static int by_pidfd(struct zoo *z, void *arg)
{
	int fd = syscall(SYS_pidfd_open, *(pid_t *)arg, 0);

	return fd < 0 ? 2 : syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) ? 1 : 0;
}

static void killed_by(struct zoo *z, zoo_fn *how, int sig, const char *source)
{
	pid_t c = zoo_child(z, "c", zoo_sleeps, NULL);
	pid_t kp = zoo_child(z, "k", how, &c);

	zoo_end0(z, kp);
	zoo_end(z, c,
		(struct zoo_say){
			.death = "signal", .signal = sig, .source = source, .by = zoo_who(z, kp)});
}

static void by_sigqueue(struct zoo *z)
{
	killed_by(z, queues, SIGUSR2, "sigqueue");
}

static void pidfdkill(struct zoo *z)
{
	killed_by(z, by_pidfd, SIGKILL, "pidfd");
}

static int tgkill_body(struct zoo *z, void *arg)
{
	zoo_thread(z, "c:t", 0, zoo_thread_sleeps);
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

/* Sent to one thread, yet a fatal signal ends the process. */
static void by_tgkill(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", tgkill_body, NULL);

	zoo_until(z, 1);
	struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){c, SIGTERM, z->sh->pid[0]});
	zoo_end(z, c,
		(struct zoo_say){
			.process = "signal", .process_signal = 15, .process_source = "tgkill"});
	zoo_tell_thread(
		z, c, "c:t", 0,
		(struct zoo_say){.death = "signal", .signal = 15, .source = "tgkill", .by = by});
}

static void pgkill(struct zoo *z)
{
	pid_t a = zoo_child(z, "c:a", zoo_sleeps, NULL), b = zoo_child(z, "c:b", zoo_sleeps, NULL);

	if (setpgid(a, a) || setpgid(b, a))
		zoo_fail(z, "setpgid: %m");
	struct zoo_who by = zoo_kill_by(z, "k", (struct zoo_kill){-a, SIGTERM});
	struct zoo_say s = {.death = "signal", .signal = 15, .source = "kill", .by = by};
	zoo_end(z, a, s);
	zoo_end(z, b, s);
}

struct series {
	pid_t pid;
	int sig[4];	/* 0 ends */
	char state[4];	/* to wait for after each; 0 none */
};

static int sends_series(struct zoo *z, void *arg)
{
	const struct series *s = arg;

	for (int i = 0; i < 4 && s->sig[i]; i++) {
		if (kill(s->pid, s->sig[i]))
			return 1;
		if (s->state[i] && !zoo_state_is(s->pid, s->state[i], 5000))
			return 2;
	}
	return 0;
}

static void series(struct zoo *z, struct series s, int dies_of)
{
	pid_t c = zoo_child(z, "c", zoo_sleeps, NULL);

	zoo_state_is(c, 'S', 2000);
	s.pid = c;
	pid_t kp = zoo_child(z, "k", sends_series, &s);
	zoo_end0(z, kp);
	struct zoo_sig stop = {SIGSTOP, "kill", "queued", zoo_who(z, kp)};
	zoo_end(z, c, (struct zoo_say){.death = "signal", .signal = dies_of, .source = "kill",
				       .by = zoo_who(z, kp), .also = &stop});
}

static void stopcont(struct zoo *z)
{
	series(z, (struct series){.sig = {SIGSTOP, SIGCONT, SIGKILL}, .state = {'T', 'S'}},
	       SIGKILL);
}

static void stopkill(struct zoo *z)
{
	series(z, (struct series){.sig = {SIGSTOP, SIGKILL}, .state = {'T'}}, SIGKILL);
}

/* Fatal while stopped: it waits for SIGCONT and is then delivered under its own number. */
static void stopterm(struct zoo *z)
{
	series(z, (struct series){.sig = {SIGSTOP, SIGTERM, SIGCONT}, .state = {'T'}}, SIGTERM);
}

static int vforkkill_body(struct zoo *z, void *arg)
{
	pid_t me = getpid();
	pid_t pid = vfork();

	if (!pid) { /* shares our memory: only z->sh and system calls below */
		zoo_be(z, "v");
		z->sh->pid[0] = zoo_tid();
		zoo_step(z, 1);
		while (getppid() == me)
			zoo_ms(2);
		z->sh->pid[1] = getppid();
		zoo_until(z, 2);
		_exit(0);
	}
	return 1;
}

/* The parent dies while its vfork child still uses the memory. */
static void vforkkill(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", vforkkill_body, NULL);

	zoo_until(z, 1);
	struct zoo_who was = zoo_who(z, c), by = zoo_kill_by(z, "k", (struct zoo_kill){c, SIGKILL});
	zoo_end(z, c, (struct zoo_say){.death = "signal", .signal = 9, .source = "kill", .by = by});
	zoo_step(z, 2);
	pid_t v = z->sh->pid[0];
	if (!zoo_gone(v, ZOO_PATIENCE_MS))
		zoo_fail(z, "the orphan stays");
	zoo_known(z, v, "v");
	zoo_tell_reaped(z, (struct zoo_who){z->sh->pid[1]},
			(struct zoo_say){.tid = v,
					 .birth = "vfork",
					 .creator = was,
					 .death = "exit",
					 .exit = ZOO_EXIT(0),
					 .quiet = true});
}

const struct zoo_case zoo_signals[] = {
	{"kill9", kill9, 0, "kill -9 of a sleeper"},
	{"kill9run", kill9run, 0, "kill -9 of one that runs in user mode"},
	{"kill9thr", kill9thr, 0, "kill -9 of three threads"},
	{"term", term, 0, "SIGTERM"},
	{"rtsig", rtsig, 0, "a real-time signal"},
	{"fatals", fatals, 0, "every signal that ends a process"},
	{"termhand", termhand, 0, "a SIGTERM handler calls exit"},
	{"termign", termign, 0, "SIGTERM ignored"},
	{"termblock", termblock, 0, "SIGTERM while blocked"},
	{"raise", by_raise, 0, "raise"},
	{"sigself", sigself, 0, "kill of itself"},
	{"abort", by_abort, 0, "abort"},
	{"sigqueue", by_sigqueue, 0, "sigqueue"},
	{"pidfdkill", pidfdkill, 0, "pidfd_send_signal"},
	{"tgkill", by_tgkill, 0, "tgkill of one thread"},
	{"pgkill", pgkill, 0, "kill of a process group"},
	{"stopcont", stopcont, 0, "SIGSTOP, SIGCONT, SIGKILL"},
	{"stopkill", stopkill, 0, "SIGKILL while stopped"},
	{"stopterm", stopterm, 0, "SIGTERM while stopped, then SIGCONT"},
	{"vforkkill", vforkkill, 0, "kill -9 of a parent in vfork"},
	{},
};
