/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pumps of one instance: a thread per CPU moves full pages from the kernel's ring buffer into a
 * file that has no name.
 *
 * Law of this header: pumps_start() before tracing is switched on (so that the threads' births are
 * not in the trace), pumps_stop() after it was switched off; then every record that was not lost is
 * in the files.
 */
#ifndef RECORD_PUMP_H
#define RECORD_PUMP_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include "tracefs/instance.h"

/* What all pumps of a recording may take together, and why they take no more. */
struct pump_limit {
	uint64_t most;	     /* bytes; 0: no limit */
	/* bytes that may wait in memory before all goes to the disk; 0: none */
	uint64_t in_memory;
	atomic_ullong taken;
	atomic_int full;     /* errno; EFBIG: `most` is reached; 0: not full */
};

struct pump {
	pthread_t thread;
	bool running;
	int cpu;
	char *path;   /* per_cpu/cpuN/trace_pipe_raw */
	int raw;      /* its descriptor, in the thread's own table */
	int pipe[2];  /* what splice(2) needs between two files; there, too */
	sem_t *ready; /* posted when they are open, or os says why not */
	int stop;     /* readable: come to an end (borrowed) */
	int file;     /* whole pages, in order; it has no name */
	int disk;     /* where they go when memory has no more room; -errno: none to be had */
	bool in_memory; /* the file */
	size_t page;
	uint64_t pages;
	int os;	      /* errno of what ended it early, 0 none */
	uint64_t left_out; /* events that were read and found no room in the file */
	struct pump_limit *limit; /* borrowed */
	/* of this CPU's buffer, from per_cpu/cpuN/stats after the end */
	uint64_t written, read, lost;
	char *stats; /* its text; NULL when it could not be read */
};

struct pumps {
	struct pump *v;
	unsigned n;  /* CPUs, also those that are not there (file -1) */
	int stop;
	size_t page; /* bytes of a page of the ring buffer */
};

/* One for each CPU, at rest; false: memory is out. */
bool pumps_init(struct pumps *p, int stop, struct pump_limit *limit);
struct tl_err *pumps_start(struct tfs_instance *inst, struct pump_limit *limit, struct pumps *ret);
/* Drain, end the threads, take the statistics. */
struct tl_err *pumps_stop(struct pumps *p, struct tfs_instance *inst);
/* After pumps_stop(): leave out pages that hold nothing newer than `before` on the trace's clock.
 */
void pumps_forget(struct pumps *p, uint64_t before);
/* After pumps_stop(): leave out the last pages of one CPU, all but the first n, and of these what
 * came at `end` or later; count those events as lost. */
void pump_keep(struct pump *p, uint64_t n, uint64_t end);
/* When the events of page i begin, on the trace's clock; false: it cannot be read. */
bool pump_page_time(const struct pump *p, uint64_t i, uint64_t *ret);
void pumps_fini(struct pumps *p);

/* Where pages go: into memory while all pumps together have taken little, then to the disk. Of the
 * thread that reads them later. False with errno. */
bool pump_place(struct pump *p);
bool pump_settle(struct pump *p); /* after pages were put */

/* entries, overrun, ... of one stats file's text. */
void pump_count(const char *stats, struct pump *ret);

/* A thread that takes no signals: they belong to the caller's main thread. */
int pump_thread(pthread_t *ret, void *(*run)(void *), void *arg);

#endif
