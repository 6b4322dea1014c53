/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include "base/guard.h"
#include "base/io.h"
#include "record/child.h"

#define TICK_MS 100 /* how late *stop may be seen when its signal came between two looks */

/* ---- in the child: async-signal-safe calls only, we have threads ---- */

static void default_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++) {
		struct sigaction was;

		if ((sig == SIGHUP || sig == SIGINT || sig == SIGQUIT) &&
		    !sigaction(sig, NULL, &was) && was.sa_handler == SIG_IGN)
			continue;
		signal(sig, SIG_DFL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void __attribute__((noreturn)) child_run(char *const argv[], int go, int say)
{
	char word = 0;
	int os;

	while (read(go, &word, 1) < 0 && errno == EINTR)
		;
	if (word != 'g')
		_exit(125);
	default_signals();
	execvp(argv[0], argv);
	os = errno;
	if (write(say, &os, sizeof(os)) != sizeof(os))
		_exit(125);
	_exit(os == ENOENT ? 127 : 126);
}

/* ---- in us ---- */

static struct tl_err *cannot_start(int os, const char *name)
{
	struct tl_err *err = tl_err_os(os, N_("cannot start '%s'"), name, NULL);

	if (err != &tl_enomem)
		err->code = TL_E_FAILED;
	return err;
}

static int pidfd_of(tl_pid pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0); /* close-on-exec by itself */
#else
	return -1;
#endif
}

/* An ignored SIGCHLD (inherited from a careless parent) would reap the command behind our back. */
static void keep_children(void)
{
	struct sigaction was;

	if (!sigaction(SIGCHLD, NULL, &was) &&
	    (was.sa_handler == SIG_IGN || was.sa_flags & SA_NOCLDWAIT))
		signal(SIGCHLD, SIG_DFL);
}

/* All signals are blocked over the fork, so that no handler of ours runs in the child. */
struct tl_err *child_fork(char *const argv[], struct child *ret)
{
	int go[2] = {-1, -1}, say[2] = {-1, -1};
	sigset_t all, was;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) || pipe2(say, O_CLOEXEC)) {
		guard_close(&go[0]);
		guard_close(&go[1]);
		return cannot_start(errno, argv[0]);
	}
	keep_children();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	pid = fork();
	if (!pid) {
		close(go[1]);
		close(say[0]);
		child_run(argv, go[0], say[1]);
	}
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	close(go[0]);
	close(say[1]);
	*ret = (struct child){.pid = pid < 0 ? 0 : pid, .go = go[1], .said = say[0], .pidfd = -1};
	if (pid < 0)
		return cannot_start(EAGAIN, argv[0]);
	ret->pidfd = pidfd_of(pid);
	return NULL;
}

struct tl_err *child_release(struct child *c, const char *name)
{
	int os = 0;
	ssize_t n;

	if (write(c->go, "g", 1) != 1)
		os = errno;
	guard_close(&c->go);
	c->go = -1;
	do
		n = read(c->said, &os, sizeof(os));
	while (n < 0 && errno == EINTR);
	guard_close(&c->said);
	c->said = -1;
	if (!os)
		return NULL;
	child_reap(c);
	return cannot_start(os, name);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void status_of(const struct child *c, int *ret_status)
{
	siginfo_t si = {};

	if (waitid(P_PID, (id_t)c->pid, &si, WEXITED | WNOWAIT))
		return;
	*ret_status = si.si_code == CLD_EXITED
			      ? (si.si_status & 0xff) << 8
			      : si.si_status | (si.si_code == CLD_DUMPED ? 0x80 : 0);
}

static bool is_zombie(tl_pid pid)
{
	char path[64];
	auto_free char *text = NULL;
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (io_read_file(path, 8192, &text) < 0)
		return true;
	at = strrchr(text, ')');
	return at && !strncmp(at, ") Z", 3);
}

/*
 * Sleep for a tick at most; true: it ended, and is left as a zombie. Not asked with waitid(2),
 * which would put a sched_process_wait into the trace each time.
 */
static bool ends_within(const struct child *c, int ms)
{
	struct pollfd fd = {.fd = c->pidfd, .events = POLLIN};

	poll(&fd, 1, ms);
	if (!c->pid)
		return false;
	return c->pidfd >= 0 ? fd.revents != 0 : is_zombie(c->pid);
}

/* The shorter of a tick and what is left. */
static int nap_ms(const struct child *c, double until)
{
	double left = until < 0 ? TICK_MS : (until - now()) * 1000 + 1;
	int tick = c->pid && c->pidfd < 0 ? 10 : TICK_MS;

	return left < 0 ? 0 : left < tick ? (int)left : tick;
}

double child_deadline(double seconds)
{
	return seconds < 0 ? -1 : now() + seconds;
}

bool child_enough(const struct until *u)
{
	return (u->stop && *u->stop) || (u->full && atomic_load(u->full)) ||
	       (u->at >= 0 && now() >= u->at);
}

struct tl_err *child_wait(struct child *c, const struct until *u, int *ret_status, bool *ret_ended)
{
	do {
		*ret_ended = ends_within(c, nap_ms(c, u->at));
		if (*ret_ended) {
			status_of(c, ret_status);
			return NULL;
		}
	} while (!child_enough(u));
	return NULL;
}

void child_reap(struct child *c)
{
	if (c->pid)
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	c->pid = 0;
	guard_close(&c->pidfd);
	c->pidfd = -1;
}

void child_fini(struct child *c)
{
	bool held = c->go >= 0;

	guard_close(&c->go);
	c->go = -1;
	if (held && c->pid)
		child_reap(c);
	guard_close(&c->said);
	guard_close(&c->pidfd);
	c->said = c->pidfd = -1;
	c->pid = 0;
}
