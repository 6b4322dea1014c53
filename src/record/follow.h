/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A buffer read while it fills: its trace_pipe, copied into a pipe of ours as the text it is, so
 * that whoever reads needs to know nothing of the kernel under it. Two buffers come as one text,
 * see weave.h.
 *
 * Law of this header: follow_start() after the tracer is set (an open trace_pipe forbids it); the
 * thread ends at follow_stop() or when the reader closed its end.
 */
#ifndef RECORD_FOLLOW_H
#define RECORD_FOLLOW_H

#include <pthread.h>
#include <semaphore.h>
#include "record/side.h"
#include "record/weave.h"
#include "tracefs/instance.h"

#define FOLLOW_MOST 2

struct follow {
	pthread_t thread;
	bool running;
	struct side *side; /* where ticks are written */
	unsigned n; /* buffers */
	char *path[FOLLOW_MOST];
	int from[FOLLOW_MOST]; /* trace_pipe, in the thread's own table */
	struct weave weave;    /* of two */
	sem_t ready;
	int to, stop;	    /* our pipe's end, an eventfd */
	int reader;	    /* the other end, which belongs to who called */
	int os;
};

/* inst: n of them; the ticks are written into the first one. */
struct tl_err *follow_start(struct tfs_instance *inst, unsigned n, struct side *side,
			    struct follow *ret, int *ret_fd);
/* After tracing is off: what is left is copied, and the pipe ends. */
void follow_stop(struct follow *f);

#endif
