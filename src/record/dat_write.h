/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A recording becomes a trace.dat of version 7 or 6, written front to back without seeking, so that
 * it may go into a pipe.
 *
 * Law of this header: everything is borrowed for the call.
 */
#ifndef RECORD_DAT_WRITE_H
#define RECORD_DAT_WRITE_H

#include "tasklife/err.h"

/* One cpu's ring-buffer pages as trace_pipe_raw gave them: whole sub-buffers, `n` bytes. */
struct dat_pages {
	int cpu;
	int fd; /* a seekable file, read from its start; -1: in memory */
	const void *mem;
	uint64_t n;
	struct tl_str stats; /* per_cpu/cpuN/stats; may be empty */
};

/* One tracefs instance. */
struct dat_buffer {
	const char *name;  /* "" is the top one */
	const char *clock; /* "mono" */
	uint32_t page_size; /* of its sub-buffers: a power of two */
	const struct dat_pages *cpu;
	unsigned n_cpus;
};

/* The event formats of one system (events/sched/...). */
struct dat_system {
	const char *name;
	const struct tl_str *format;
	unsigned n;
};

struct dat_file {
	unsigned format; /* 6, else 7 */
	/* with zstd, which version 6 does not know; otherwise everything lies open */
	bool pack;
	uint32_t page_size; /* of the machine */
	uint8_t long_size;  /* of its user space: 4 or 8 */
	struct tl_str header_page, header_event; /* events/header_page, header_event */
	const struct tl_str *ftrace; /* events/ftrace/?/format */
	unsigned n_ftrace;
	const struct dat_system *system;
	unsigned n_systems;
	/* /proc/kallsyms, printk_formats, saved_cmdlines */
	struct tl_str kallsyms, printk, cmdlines;
	const char *clock; /* "mono" */
	const char *uname; /* "Linux node release machine" */
	const char *version; /* of the program that recorded */
	uint64_t trace_id;
	unsigned cpus;
	const struct dat_buffer *buffer;
	unsigned n_buffers;
};

/* Bytes a file has, or would have had. */
struct dat_sizes {
	uint64_t all;	/* 0: nothing was written, there was no room to pack */
	uint64_t pages; /* of them, of ring-buffer pages */
};

/* path is for the error alone. ret: may be NULL. */
struct tl_err *dat_write(const struct dat_file *f, int fd, const char *path, struct dat_sizes *ret);

#endif
