/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A shell in a guest that booted from a disk. QEMU takes connections to the forwarded port before
 * anybody in the guest does, so a port that is open says nothing: only the server's first line
 * ("SSH-2.0-...", RFC 4253 4.2) does. All the while the guest's console is read, or the guest would
 * stand still.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/guard.h"
#include "lab/child.h"
#include "lab/disk.h"
#include "lab/files.h"

#define POWEROFF_S 300 /* systemd's own patience with a service is 90 s */
/* from the connection on: sshd of a slow guest on a busy machine begins with a fork and an exec */
#define BANNER_MS  20000
#define SSH_WORDS  24

static struct sockaddr_in at_port(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				    .sin_port = htons(port)};
}

bool lab_port_free(int port)
{
	struct sockaddr_in a = at_port(port);
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1;

	/* as QEMU does, which is not kept off by what still fades away there */
	return fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) &&
	       !bind(fd, (struct sockaddr *)&a, sizeof(a));
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* What the console said since, into the guest's tail; false: its machine is gone. */
static bool hear_console(struct lab_guest *g, int wait_ms)
{
	struct pollfd fd = {g->from, POLLIN, 0};
	char buf[4096];

	if (poll(&fd, 1, wait_ms) <= 0)
		return true;
	ssize_t n = read(g->from, buf, sizeof(buf));
	if (n > 0)
		lab_guest_heard(g, buf, n);
	return n > 0 || (n < 0 && errno == EINTR);
}

/* Does a server greet us; the console is heard while we wait for it. */
static bool greets(struct lab_guest *g, int port)
{
	struct sockaddr_in a = at_port(port);
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	double until = now() + BANNER_MS / 1e3;
	char buf[4] = "";

	if (fd < 0 || (connect(fd, (struct sockaddr *)&a, sizeof(a)) && errno != EINPROGRESS))
		return false;
	while (now() < until) {
		struct pollfd p = {fd, POLLIN, 0};

		if (poll(&p, 1, 100) > 0)
			return recv(fd, buf, sizeof(buf), 0) == sizeof(buf) &&
			       !memcmp(buf, "SSH-", 4);
		if (!hear_console(g, 0))
			return false;
	}
	return false;
}

static struct tl_err *with_tail(struct tl_err *err, struct lab_guest *g)
{
	if (err != &tl_enomem && g->tail.n)
		err->log = strdup(out_text(&g->tail));
	return err;
}

struct tl_err *lab_ssh_wait(const struct lab *lab, struct lab_guest *g, const struct lab_opts *o)
{
	double start = now();
	char seconds[24];

	snprintf(seconds, sizeof(seconds), "%lld", (long long)o->seconds);
	for (;;) {
		if (lab_stopped(lab))
			return tl_err_new(TL_E_FAILED, N_("stopped while the guest was running"),
					  NULL);
		if (o->seconds && now() - start > o->seconds)
			return with_tail(
				tl_err_hint(
					tl_err_new(
						TL_E_FAILED,
						N_("no shell could be had in the guest within %s seconds"),
						seconds),
					N_("give it more: --timeout SECONDS"), NULL),
				g);
		if (!hear_console(g, 200))
			return with_tail(tl_err_new(TL_E_FAILED,
						    N_("the guest ended before it was done"), NULL),
					 g);
		if (greets(g, o->ssh_port))
			return NULL;
	}
}

/* ssh's words but for the command; the guest's host key is new each time, and nobody stands
 * between. */
static unsigned ssh_words(char **argv, char *port, const char *key)
{
	static const char *const fixed[] = {"ssh",
					    "-F",
					    "none",
					    "-o",
					    "StrictHostKeyChecking=no",
					    "-o",
					    "UserKnownHostsFile=/dev/null",
					    "-o",
					    "LogLevel=ERROR",
					    "-o",
					    "NoHostAuthenticationForLocalhost=yes"};
	unsigned n = 0;

	for (; n < ARRAY_SIZE(fixed); n++)
		argv[n] = (char *)fixed[n];
	if (key) {
		argv[n++] = (char *)"-i";
		argv[n++] = (char *)key;
	}
	argv[n++] = (char *)"-p";
	argv[n++] = port;
	argv[n++] = (char *)"root@127.0.0.1";
	return n;
}

static pid_t start_ssh(char **argv)
{
	pid_t pid = lab_child_fork();

	if (pid)
		return pid;
	execvp(argv[0], argv);
	_exit(127);
}

struct tl_err *lab_ssh_run(const struct lab *lab, struct lab_guest *g, const struct lab_opts *o,
			   const char *key, int argc, char *const argv[], int *ret_status)
{
	auto_free char *port = lab_path("%lld", (long long)o->ssh_port);
	auto_free char **words = calloc(SSH_WORDS + argc + 1, sizeof(*words));
	bool there = true;
	int status = 0;

	if (!port || !words)
		return &tl_enomem;
	unsigned n = ssh_words(words, port, key);
	for (int i = 0; i < argc; i++)
		words[n++] = argv[i];
	pid_t pid = start_ssh(words);
	if (pid < 0)
		return tl_err_os(errno, N_("cannot start '%s'"), "ssh", NULL);
	while (!waitpid(pid, &status, WNOHANG)) {
		if (lab_stopped(lab) && *lab->stop != SIGINT) /* that one is the shell's */
			kill(pid, SIGTERM);
		if (there)
			there = hear_console(g, 50);
		else
			poll(NULL, 0, 50);
	}
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return NULL;
}

bool lab_ssh_poweroff(const struct lab *lab, struct lab_guest *g, const struct lab_opts *o,
		      const char *key)
{
	auto_free char *port = lab_path("%lld", (long long)o->ssh_port);
	char *argv[SSH_WORDS + 4];
	double start = now();

	if (!port)
		return false;
	unsigned n = ssh_words(argv, port, key);
	argv[n++] = (char *)"-oBatchMode=yes"; /* ssh takes options behind the host too */
	argv[n++] = (char *)"poweroff";
	argv[n] = NULL;
	struct lab_child c = {.argv = argv};
	tl_err_free(lab_child_run(lab, &c));
	lab_child_fini(&c);
	while (now() - start < POWEROFF_S && !lab_stopped(lab))
		if (!hear_console(g, 100))
			return true;
	return false;
}
