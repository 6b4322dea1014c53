/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The buffer is asked every LOOK_MS, without waiting in the kernel: how late trace_pipe wakes a
 * waiter depends on the release and on buffer_percent (kernel/trace/ring_buffer.c,
 * ring_buffer_wait()), a clock does not.
 *
 * A reader cannot tell a pause from a stack that is still to come, so after records came, a `tick`
 * is written into the same buffer: whatever stands before it is complete.
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
#define LOOK_BYTES (1 << 20) /* of one buffer at a time, before the other one is looked at */

static bool hand_on(struct follow *f, unsigned buffer, const char *text, size_t n)
{
	if (f->n == 1)
		return !io_write_all(f->to, text, n);
	weave_add(&f->weave, buffer, text, n);
	return true;
}

/* What there is of one buffer now; LOOK_BYTES or more: perhaps not all. -1: the reader is gone, or
 * the kernel gave an error. */
static ssize_t look_at(struct follow *f, unsigned buffer)
{
	char text[64 << 10];
	ssize_t all = 0;

	while (all < LOOK_BYTES) {
		ssize_t n = read(f->from[buffer], text, sizeof(text));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0)
			return n < 0 ? -1 : all;
		if (!hand_on(f, buffer, text, (size_t)n))
			return -1;
		all += n;
	}
	return all;
}

static bool hand_on_until(struct follow *f, tl_ns t)
{
	struct out o;
	bool fine;

	out_init(&o, f->to);
	weave_until(&f->weave, t, &o);
	out_flush(&o);
	fine = !o.os && !f->weave.starved;
	out_fini(&o);
	return fine;
}

/*
 * What there is of all; -1 as above. Of two buffers, what is older than the last tick is there:
 * whatever was written before it could be read. Of one that fills faster than it is read, as far as
 * it was read.
 */
static ssize_t look(struct follow *f)
{
	ssize_t all = 0;
	bool behind[FOLLOW_MOST] = {};
	tl_ns until;

	for (unsigned i = 0; i < f->n; i++) {
		ssize_t n = look_at(f, i);

		if (n < 0)
			return -1;
		behind[i] = n >= LOOK_BYTES;
		all += n;
	}
	until = f->weave.tick;
	for (unsigned i = 0; i < f->n; i++)
		if (behind[i] && f->weave.from[i].newest < until)
			until = f->weave.from[i].newest;
	return f->n > 1 && !hand_on_until(f, until) ? -1 : all;
}

static void tick(struct follow *f)
{
	struct side_line l;

	side_begin(&l, "tick");
	side_put(f->side, &l);
}

/* A descriptor table of its own, for the reasons told in pump.c. */
static bool open_pipes(struct follow *f)
{
	if (!unshare(CLONE_FILES))
		/* a copy of it here would keep us writing when the reader has left */
		close(f->reader);
	for (unsigned i = 0; i < f->n && !f->os; i++) {
		f->from[i] = open(f->path[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		f->os = f->from[i] < 0 ? errno : 0;
	}
	sem_post(&f->ready);
	return !f->os;
}

static void *follow_run(void *arg)
{
	struct follow *f = arg;
	struct pollfd stop = {.fd = f->stop, .events = POLLIN};
	ssize_t n = 0;

	if (!open_pipes(f))
		return NULL;
	while (n >= 0 && poll(&stop, 1, n < LOOK_BYTES ? LOOK_MS : 0) <= 0) {
		n = look(f);
		if (n > TICK_BYTES || (f->n > 1 && weave_holds(&f->weave)))
			tick(f);
	}
	while (n >= 0 && (n = look(f)) >= LOOK_BYTES)
		;
	if (n >= 0 && f->n > 1)
		hand_on_until(f, INT64_MAX);
	for (unsigned i = 0; i < f->n; i++)
		close(f->from[i]);
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
	/* the thread has its own copy of the writing end; with ours open the reader would never see
	 * the end */
	close(f->to);
	return f->os ? tfs_diagnose(inst, TFS_OP_PIPE, f->os, NULL, f->path[0]) : NULL;
}

static bool name_pipes(struct follow *f, const struct tfs_instance *inst)
{
	for (unsigned i = 0; i < f->n; i++) {
		f->path[i] = tfs_path(inst[i].dir, "trace_pipe");
		if (!f->path[i])
			return false;
	}
	return true;
}

struct tl_err *follow_start(struct tfs_instance *inst, unsigned n, struct side *side,
			    struct follow *ret, int *ret_fd)
{
	struct tl_err *err;
	int fd[2];

	*ret = (struct follow){.side = side, .n = n, .from = {-1, -1}, .to = -1, .stop = -1};
	weave_init(&ret->weave, "lives", "family");
	if (!name_pipes(ret, inst))
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
	if (f->n)
		guard_close(&f->stop);
	for (unsigned i = 0; i < f->n; i++)
		free(f->path[i]);
	weave_fini(&f->weave);
	f->n = 0;
}
