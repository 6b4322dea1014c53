/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The buffer is asked every LOOK_MS, without waiting in the kernel: how late trace_pipe wakes a waiter depends on the
 * release and on buffer_percent (kernel/trace/ring_buffer.c, ring_buffer_wait()), a clock does not.
 *
 * A reader cannot tell a pause from a stack that is still to come, so after records came, a `tick` is written into the
 * same buffer: whatever stands before it is complete.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include "base/guard.h"
#include "base/io.h"
#include "record/follow.h"
#include "record/pump.h"
#include "tracefs/diagnose.h"

#define LOOK_MS 40
#define TICK_BYTES 160 /* a tick alone is shorter: it calls for no further one */

/* What there is now, to the reader; -1: the reader is gone, or the kernel gave an error. */
static ssize_t copy(struct follow *f)
{
	char text[64 << 10];
	ssize_t all = 0;

	for (;;) {
		ssize_t n = read(f->from, text, sizeof(text));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return all;
		if (n <= 0)
			return n < 0 ? -1 : all;
		if (io_write_all(f->to, text, (size_t)n))
			return -1;
		all += n;
	}
}

static void tick(struct follow *f)
{
	struct side_line l;

	side_begin(&l, "tick");
	side_put(f->side, &l);
}

/* A descriptor table of its own, for the reasons told in pump.c. */
static bool open_pipe(struct follow *f)
{
	if (!unshare(CLONE_FILES))
		close(f->reader); /* a copy of it here would keep us writing when the reader has left */
	f->from = open(f->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	f->os = f->from < 0 ? errno : 0;
	sem_post(&f->ready);
	return f->from >= 0;
}

static void *follow_run(void *arg)
{
	struct follow *f = arg;
	struct pollfd stop = {.fd = f->stop, .events = POLLIN};
	ssize_t n = 0;

	if (!open_pipe(f))
		return NULL;
	while (n >= 0 && poll(&stop, 1, LOOK_MS) <= 0) {
		n = copy(f);
		if (n > TICK_BYTES)
			tick(f);
	}
	if (n >= 0)
		copy(f);
	close(f->from);
	close(f->to);
	return NULL;
}

static struct tl_err *start(struct tfs_instance *inst, struct follow *f)
{
	sem_init(&f->ready, 0, 0);
	if (pump_thread(&f->thread, follow_run, f))
		return tl_err_os(EAGAIN, N_("cannot read what is being recorded"), NULL, NULL);
	f->running = true;
	while (sem_wait(&f->ready) && errno == EINTR)
		;
	/* the thread has its own copy of the writing end; with ours open the reader would never see the end */
	close(f->to);
	return f->os ? tfs_diagnose(inst, TFS_OP_PIPE, f->os, NULL, f->path) : NULL;
}

struct tl_err *follow_start(struct tfs_instance *inst, struct side *side, struct follow *ret, int *ret_fd)
{
	struct tl_err *err;
	int fd[2];

	*ret = (struct follow){.side = side, .from = -1, .to = -1, .stop = -1, .path = tfs_path(inst->dir, "trace_pipe")};
	if (!ret->path)
		return &tl_enomem;
	ret->stop = eventfd(0, EFD_CLOEXEC);
	if (ret->stop < 0 || pipe2(fd, O_CLOEXEC))
		return tl_err_os(errno, N_("cannot read what is being recorded"), NULL, NULL);
	signal(SIGPIPE, SIG_IGN); /* the reader may leave first */
	ret->to = fd[1];
	ret->reader = fd[0];
	err = start(inst, ret);
	if (err)
		close(fd[0]);
	else
		*ret_fd = fd[0];
	return err;
}

void follow_stop(struct follow *f)
{
	if (f->running && !eventfd_write(f->stop, 1)) {
		pthread_join(f->thread, NULL);
		f->running = false;
	}
	if (f->path)
		guard_close(&f->stop);
	free(f->path);
	f->path = NULL;
}
