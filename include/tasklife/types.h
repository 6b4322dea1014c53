/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words every room shares: times, pids, borrowed strings, and "was it seen".
 *
 * Law of this header: plain values, nothing here owns memory.
 */
#ifndef TASKLIFE_TYPES_H
#define TASKLIFE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nanoseconds on the trace's own clock. */
typedef int64_t tl_ns;
#define TL_NS_NONE INT64_MIN

/* A thread id as the kernel's initial pid namespace counts them. A pid is not an identity: a task
 * is (pid, generation). */
typedef int32_t tl_pid;
#define TL_PID_NONE (-1)

/* Borrowed bytes, not NUL-terminated, of any content. Valid as long as their owner says. */
struct tl_str {
	const char *p;
	size_t n;
};

/*
 * An interned string: equal strings of one table are one pointer. NUL-terminated for convenience;
 * names of tasks never hold a NUL, but hold anything else (escape bytes, newlines, trace syntax).
 * Owned by the struct atoms (src/base/atom.h) that made it; lives as long as that table.
 */
struct tl_atom {
	uint32_t hash;
	uint32_t len;
	char s[];
};

/*
 * Everything tasklife claims can be shown: where a fact was seen. Needs no trace in memory.
 * `is` false means "not seen", which is a value of its own and never 0. A life holds a dozen of
 * these: two words.
 */
struct tl_seen {
	tl_ns t;
	/* 1-based line of a text, byte offset of the record in a binary file */
	uint64_t place : 48;
	uint16_t kind : 15;  /* enum tl_ev */
	bool is : 1;
};

#endif
