/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "base/io.h"
#include "cmd/sentinel.h"

/* ---- the sentinel ---- */

static int sentinel_main(const struct capture_opts *how, const struct cond *until, int fd,
			 int parent)
{
	struct tl_err *err;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return 1;
	err = sentinel_watch(how, until, fd);
	return err ? say_and_status(err) : 0;
}

/* ---- the recorder's side ---- */

static struct tl_err *cannot(int os)
{
	return tl_err_os(os, N_("cannot wait for a death while recording"), NULL, NULL);
}

/* A recorder that follows its command waits for deaths among its own children. */
static void whom(const struct capture_opts *how, struct capture_opts *ret, char *me, size_t n)
{
	*ret = *how;
	if (how->everything || how->pid.n)
		return;
	snprintf(me, n, "%d", (int)getpid());
	ret->pid.v[ret->pid.n++] = me;
}

struct tl_err *sentinel_start(const struct capture_opts *how, const char *expr,
			      struct sentinel *ret)
{
	struct capture_opts its;
	struct cond until;
	char me[16], ready;
	int fd[2], parent = (int)getpid();

	try(cond_parse(expr, &until));
	whom(how, &its, me, sizeof(me));
	if (pipe2(fd, O_CLOEXEC))
		return cannot(errno);
	ret->pid = (int)fork();
	if (ret->pid < 0) {
		ret->pid = 0;
		return cannot(errno);
	}
	if (!ret->pid) {
		close(fd[0]);
		_exit(sentinel_main(&its, &until, fd[1], parent));
	}
	close(fd[1]);
	ret->said = fd[0];
	while (read(fd[0], &ready, 1) < 0 && errno == EINTR)
		;
	return NULL;
}

/* Its pipe becomes readable with the death, or at its end. */
static void *guard_run(void *arg)
{
	const struct sentinel *s = arg;
	tl_ns t;

	if (TEMP_FAILURE_RETRY(read(s->said, &t, sizeof(t))) == sizeof(t))
		tl_recorder_last_until(s->rec, t);
	capture_stop();
	return NULL;
}

struct tl_err *sentinel_guard(struct sentinel *s, struct tl_recorder *rec)
{
	int os;

	s->rec = rec;
	os = pthread_create(&s->guard, NULL, guard_run, s);
	if (os)
		return cannot(os);
	s->guarded = true;
	return NULL;
}

struct tl_err *sentinel_end(struct sentinel *s, char **ret_death)
{
	int status = 0;

	*ret_death = NULL;
	if (!s->pid)
		return NULL;
	kill(s->pid, SIGTERM);
	if (s->guarded)
		pthread_join(s->guard, NULL);
	if (io_read_all(s->said, 1 << 16, ret_death) <= 0) {
		free(*ret_death);
		*ret_death = NULL;
	}
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(s->said);
	s->pid = 0;
	return NULL;
}
