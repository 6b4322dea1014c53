/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Children that die with us (PR_SET_PDEATHSIG). One kind is run to its end: a pipe for what it
 * says, one for apt's progress, and a signal to us ends it before we go on. The other has the
 * terminal, and the caller attends to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/guard.h"
#include "lab/child.h"
#include "lab/files.h"

#define PROGRESS_FD 3

struct pipes {
	int out[2], progress[2];
};

static void become(const struct lab_child *c, const struct pipes *p, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	setpgid(0, 0); /* what it starts ends with it */
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(p->out[1], 1);
	dup2(p->out[1], 2);
	if (p->progress[1] == PROGRESS_FD)
		fcntl(PROGRESS_FD, F_SETFD, 0);
	else
		dup2(p->progress[1], PROGRESS_FD);
	if (c->env)
		putenv((char *)c->env);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("DEBIAN_FRONTEND", "noninteractive", 1);
	if (c->dir && chdir(c->dir))
		_exit(127);
	execvp(c->argv[0], c->argv);
	_exit(127);
}

/* "dlstatus:1:27.4:Retrieving file 1 of 1 (2s remaining)" */
static void take_progress(const struct lab *lab, const struct lab_child *c, char *text)
{
	char *last = NULL;

	for (char *p = text; (p = strstr(p, "dlstatus:")); p++)
		last = p;
	if (!c->note || !last || !(last = strchr(last + 9, ':')))
		return;
	lab_note(lab, c->note, c->note_subject, atoi(last + 1));
}

static bool take_some(const struct lab *lab, struct lab_child *c, int fd, bool progress)
{
	char buf[4096];
	ssize_t n = read(fd, buf, sizeof(buf) - 1);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0)
		return false;
	buf[n] = 0;
	if (progress)
		take_progress(lab, c, buf);
	else if (c->hear)
		c->hear(c->hear_arg, buf, n);
	else
		out_mem(&c->out, buf, n);
	return true;
}

/* Until both pipes have ended. False: we were stopped. */
static bool attend(const struct lab *lab, struct lab_child *c, const struct pipes *p)
{
	struct pollfd fds[2] = {{p->out[0], POLLIN, 0}, {p->progress[0], POLLIN, 0}};

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (lab_stopped(lab))
			return false;
		if (poll(fds, 2, 200) < 0 && errno != EINTR)
			return false;
		for (int i = 0; i < 2; i++)
			if (fds[i].fd >= 0 && fds[i].revents && !take_some(lab, c, fds[i].fd, i))
				fds[i].fd = -1;
	}
	return true;
}

/*
 * It may be writing what nobody reads any more: it is asked once, and what it started with it, then
 * ended. apt's methods leave what they have begun so that it can be gone on with; they need a
 * moment for that, longer than apt itself.
 */
static void end_child(pid_t pid, int *status)
{
	bool reaped = false;

	setpgid(pid, pid); /* it may not have got there yet */
	kill(-pid, SIGTERM);
	for (int i = 0; i < 100; i++) {
		reaped = reaped || waitpid(pid, status, WNOHANG) == pid;
		if (reaped && kill(-pid, 0) && errno == ESRCH)
			return;
		poll(NULL, 0, 20);
	}
	kill(-pid, SIGKILL);
	while (!reaped && waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
}

static struct tl_err *run_with(const struct lab *lab, struct lab_child *c, struct pipes *p)
{
	pid_t me = getpid(), pid = fork();
	int status = 0;

	if (pid < 0)
		return tl_err_os(errno, N_("cannot start '%s'"), c->argv[0], NULL);
	if (!pid)
		become(c, p, me);
	close(p->out[1]);
	close(p->progress[1]);
	p->out[1] = p->progress[1] = -1;
	bool whole = attend(lab, c, p);
	if (!whole)
		end_child(pid, &status);
	while (whole && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	c->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return whole ? NULL
		     : tl_err_new(TL_E_FAILED, N_("stopped while '%s' was running"), c->argv[0]);
}

struct tl_err *lab_child_run(const struct lab *lab, struct lab_child *c)
{
	struct pipes p = {{-1, -1}, {-1, -1}};
	struct tl_err *err;

	out_init(&c->out, -1);
	if (pipe2(p.out, O_CLOEXEC) || pipe2(p.progress, O_CLOEXEC))
		err = tl_err_os(errno, N_("cannot start '%s'"), c->argv[0], NULL);
	else
		err = run_with(lab, c, &p);
	for (int i = 0; i < 2; i++) {
		guard_close(&p.out[i]);
		guard_close(&p.progress[i]);
	}
	return err;
}

void lab_child_fini(struct lab_child *c)
{
	out_fini(&c->out);
}

pid_t lab_child_fork(void)
{
	static const int taken[] = {SIGINT, SIGTERM, SIGHUP};
	pid_t me = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != me) /* we ended before the child could ask for that */
		_exit(127);
	for (unsigned i = 0; i < ARRAY_SIZE(taken); i++)
		signal(taken[i], SIG_DFL);
	return 0;
}

bool lab_can_run(const char *prog)
{
	const char *path = getenv("PATH");
	auto_free char *all = strdup(path ? path : "/usr/bin:/bin");
	char *save = NULL;
	bool found = false;

	for (char *d = all ? strtok_r(all, ":", &save) : NULL; d && !found;
	     d = strtok_r(NULL, ":", &save)) {
		auto_free char *p = lab_path("%s/%s", d, prog);

		found = p && !access(p, X_OK);
	}
	return found;
}

struct tl_err *lab_need(const char *program, const char *package)
{
	if (lab_can_run(program))
		return NULL;
	return tl_err_hint(tl_err_new(TL_E_DENIED, N_("'%s' is not here"), program),
			   N_("apt install %s"), package);
}
