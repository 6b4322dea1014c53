/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals with a history: handled and raised again, waited for, pending at the end, sent twice or
 * to the dead.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "zoo.h"
#include "zoo_thread.h"

static void block(int sig)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, sig);
	sigprocmask(SIG_BLOCK, &s, NULL);
}

static void unblock(int sig)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, sig);
	sigprocmask(SIG_UNBLOCK, &s, NULL);
}

/* ---- crash handlers ---- */

static void forgets_itself(int sig)
{
	signal(sig, SIG_DFL); /* the access is made once more */
}

static int refault_body(struct zoo *z, void *arg)
{
	signal(SIGSEGV, forgets_itself);
	*(volatile int *)8 = 1;
	return 1;
}

static void refault(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", refault_body, NULL);

	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGSEGV,
				 .source = "fault.memory",
				 .nobody = true});
}

static void raises_again(int sig)
{
	signal(sig, SIG_DFL);
	raise(sig); /* waits until the handler is left */
}

static int reraise_body(struct zoo *z, void *arg)
{
	signal(SIGSEGV, raises_again);
	*(volatile int *)8 = 1;
	return 1;
}

static void reraise(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", reraise_body, NULL);
	struct zoo_sig sig = {SIGSEGV, "fault.memory", "queued"};

	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGSEGV,
				 .source = "tgkill",
				 .by = zoo_who(z, c),
				 .also = &sig});
}

static void kills_itself(int sig)
{
	signal(sig, SIG_DFL);
	kill(getpid(), sig);
}

static int termself_body(struct zoo *z, void *arg)
{
	signal(SIGTERM, kills_itself);
	zoo_step(z, 1);
	return zoo_sleeps(z, NULL);
}

/* As shells and Python do it: the parent shall see a death by that signal. */
static void termself(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", termself_body, NULL);

	zoo_until(z, 1);
	struct zoo_kill k = {c, SIGTERM};
	struct zoo_sig sig = {SIGTERM, "kill", "queued", zoo_kill_by(z, "k", k)};
	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGTERM,
				 .source = "kill",
				 .by = zoo_who(z, c),
				 .also = &sig});
}

static void comes_back(int sig)
{
}

static int aborthand_body(struct zoo *z, void *arg)
{
	signal(SIGABRT, comes_back);
	abort();
}

/* abort() raises a second time when the handler returns. */
static void aborthand(struct zoo *z)
{
	zoo_own(z, aborthand_body, SIGABRT, "tgkill");
}

/* ---- taken without a delivery ---- */

static int sigwait_body(struct zoo *z, void *arg)
{
	sigset_t s;
	int sig;

	block(SIGTERM);
	zoo_step(z, 1);
	sigemptyset(&s);
	sigaddset(&s, SIGTERM);
	return sigwait(&s, &sig) || sig != SIGTERM ? 1 : 0;
}

static int signalfd_body(struct zoo *z, void *arg)
{
	struct signalfd_siginfo si;
	sigset_t s;

	block(SIGTERM);
	sigemptyset(&s);
	sigaddset(&s, SIGTERM);
	int fd = signalfd(-1, &s, SFD_CLOEXEC);
	zoo_step(z, 1);
	return read(fd, &si, sizeof(si)) == sizeof(si) ? 143 : 1;
}

static void asked_to_end(struct zoo *z, zoo_fn *body, int code)
{
	pid_t c = zoo_child(z, "c", body, NULL);

	zoo_until(z, 1);
	struct zoo_kill k = {c, SIGTERM};
	struct zoo_sig sig = {SIGTERM, "kill", "queued", zoo_kill_by(z, "k", k)};
	zoo_step(z, 2);
	zoo_end(z, c, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(code), .also = &sig});
}

static void sigwaits(struct zoo *z)
{
	asked_to_end(z, sigwait_body, 0);
}

static void signalfds(struct zoo *z)
{
	asked_to_end(z, signalfd_body, 143);
}

static int pendexit_body(struct zoo *z, void *arg)
{
	block(SIGTERM);
	zoo_step(z, 1);
	zoo_until(z, 2);
	return 137; /* as if killed, but it was not */
}

static void pendexit(struct zoo *z)
{
	asked_to_end(z, pendexit_body, 137);
}

/* ---- two senders ---- */

static int blocks_two(struct zoo *z, void *arg)
{
	block(SIGTERM);
	block(SIGUSR1);
	zoo_step(z, 1);
	zoo_until(z, 2);
	if (arg)
		unblock(*(int *)arg);
	zoo_until(z, 3);
	return 1;
}

/* Both wait; the one that is let in kills, though the other came later. */
static void twopend(struct zoo *z)
{
	static int first = SIGTERM;
	pid_t c = zoo_child(z, "c", blocks_two, &first);

	zoo_until(z, 1);
	struct zoo_kill a = {c, SIGTERM}, b = {c, SIGUSR1};
	struct zoo_who by = zoo_kill_by(z, "k:a", a);
	zoo_kill_by(z, "k:b", b);
	zoo_step(z, 2);
	zoo_end(z, c,
		(struct zoo_say){.death = "signal", .signal = SIGTERM, .source = "kill", .by = by});
}

/* A blocked SIGTERM is not what kills, SIGKILL is. */
static void pendkill(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", blocks_two, NULL);

	zoo_until(z, 1);
	struct zoo_kill a = {c, SIGTERM}, b = {c, SIGKILL};
	zoo_kill_by(z, "k:a", a);
	struct zoo_who by = zoo_kill_by(z, "k:b", b);
	zoo_end(z, c,
		(struct zoo_say){.death = "signal", .signal = SIGKILL, .source = "kill", .by = by});
}

/* The second of one number adds nothing: who was first kills. */
static void twiceterm(struct zoo *z)
{
	static int first = SIGTERM;
	pid_t c = zoo_child(z, "c", blocks_two, &first);

	zoo_until(z, 1);
	struct zoo_kill k = {c, SIGTERM};
	struct zoo_who by = zoo_kill_by(z, "k:a", k);
	zoo_kill_by(z, "k:b", k);
	zoo_step(z, 2);
	zoo_end(z, c,
		(struct zoo_say){.death = "signal", .signal = SIGTERM, .source = "kill", .by = by});
}

/* kill(2) of a zombie succeeds and changes nothing. */
static void zombkill(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", zoo_exits, (void *)3);

	if (!zoo_state_is(c, 'Z', ZOO_PATIENCE_MS))
		zoo_fail(z, "no zombie");
	struct zoo_kill k = {c, SIGKILL};
	zoo_kill_by(z, "k", k);
	zoo_end(z, c, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(3)});
}

/* ---- one who signals itself among others ---- */

static int joins(struct zoo *z, void *arg)
{
	zoo_step(z, (uint32_t)(intptr_t)arg);
	return zoo_sleeps(z, NULL);
}

static int killzero_body(struct zoo *z, void *arg)
{
	setpgid(0, 0);
	z->sh->pid[0] = zoo_child(z, "c:a", joins, (void *)1);
	zoo_until(z, 1);
	z->sh->pid[1] = zoo_child(z, "c:b", joins, (void *)2);
	zoo_until(z, 2);
	return kill(0, SIGTERM);
}

/* kill(0): its whole group, itself too. */
static void killzero(struct zoo *z)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t m = zoo_child(z, "m", killzero_body, NULL);
	struct zoo_who was = zoo_who(z, m);
	struct zoo_say s = {.death = "signal", .signal = SIGTERM, .source = "kill", .by = was};

	zoo_end(z, m, s);
	s.creator = was;
	for (int i = 0; i < 2; i++) {
		zoo_known(z, z->sh->pid[i], i ? "c:b" : "c:a");
		zoo_end(z, z->sh->pid[i], s);
	}
}

static int queues_to_thread(struct zoo *z, void *arg)
{
	pthread_t t = zoo_thread(z, "c:t", 0, zoo_thread_sleeps);

	pthread_sigqueue(t, SIGUSR1, (union sigval){.sival_int = 7});
	return zoo_sleeps(z, NULL);
}

static void thrqueue(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", queues_to_thread, NULL);
	struct zoo_say s = {
		.death = "signal", .signal = SIGUSR1, .source = "sigqueue", .by = zoo_who(z, c)};

	zoo_end(z, c, s);
	zoo_tell_thread(z, c, "c:t", 0, s);
}

static int sockpipe_body(struct zoo *z, void *arg)
{
	int s[2];

	signal(SIGPIPE, SIG_DFL);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s))
		return 1;
	close(s[1]);
	return send(s[0], "x", 1, 0) < 0 ? 2 : 3;
}

static void sockpipe(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", sockpipe_body, NULL);

	zoo_end(z, c,
		(struct zoo_say){
			.death = "signal", .signal = SIGPIPE, .source = "pipe", .nobody = true});
}

static int sigio_body(struct zoo *z, void *arg)
{
	int p[2];

	if (pipe(p) || fcntl(p[0], F_SETOWN, getpid()) || fcntl(p[0], F_SETFL, O_ASYNC))
		return 1;
	if (write(p[1], "x", 1) != 1)
		return 2;
	return zoo_sleeps(z, NULL);
}

static void sigio(struct zoo *z)
{
	pid_t c = zoo_child(z, "c", sigio_body, NULL);

	zoo_end(z, c, (struct zoo_say){.death = "signal", .signal = SIGIO, .source = "sigio"});
}

const struct zoo_case zoo_turns[] = {
	{"refault", refault, 0, "a crash handler that lets the access happen again"},
	{"reraise", reraise, 0, "a crash handler that raises its signal again"},
	{"termself", termself, 0, "a SIGTERM handler that kills itself by SIGTERM"},
	{"aborthand", aborthand, 0, "a SIGABRT handler that returns"},
	{"sigwaits", sigwaits, 0, "SIGTERM taken by sigwait, then exit 0"},
	{"signalfds", signalfds, 0, "SIGTERM read from a signalfd, then exit 143"},
	{"pendexit", pendexit, 0, "exit 137 while a SIGTERM is pending"},
	{"twopend", twopend, 0, "two signals pending, the older is let in"},
	{"pendkill", pendkill, 0, "SIGKILL while a SIGTERM is pending"},
	{"twiceterm", twiceterm, 0, "SIGTERM from two while blocked"},
	{"zombkill", zombkill, 0, "kill -9 of a zombie"},
	{"killzero", killzero, 0, "kill of its own group"},
	{"thrqueue", thrqueue, 0, "a thread queues a signal to another"},
	{"sockpipe", sockpipe, 0, "a socket nobody reads"},
	{"sigio", sigio, 0, "input announced by SIGIO"},
	{},
};
