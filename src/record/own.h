/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ring-buffer pages that the recorder makes itself: what BPF programs saw stands there as the marks
 * the kernel would have made of it, at the moment and on the CPU where it was seen. A recording
 * holds them as a buffer of its own, and no write(2) per fact goes into the kernel's buffer and out
 * of it again.
 *
 *	own_open(dir of the kernel's format files, ...)
 *	own_put(o, cpu, t, tid, text, n)	any order of CPUs; on one CPU time never goes back
 *	own_flush(o)				before the pages are read
 *
 * Law of this header: one thread puts; the pages are the pumps' that were given, which outlive
 * this.
 */
#ifndef RECORD_OWN_H
#define RECORD_OWN_H

#include "record/pump.h"

struct own_page;

struct own {
	struct pumps *pumps; /* borrowed: one per CPU, without threads */
	struct own_page *page; /* by CPU */
	unsigned type;	  /* of a mark: its id among the events */
	unsigned ip, text; /* where its fields lie */
	bool on;
};

/* What a mark looks like, from events/ftrace/print/format. */
struct tl_err *own_open(const char *tracefs, struct pump_limit *limit, struct pumps *pumps,
			struct own *ret);
/* False: there was no room; it is counted as lost. */
bool own_put(struct own *o, int cpu, uint64_t t, tl_pid tid, const char *text, size_t n);
void own_flush(struct own *o);
void own_fini(struct own *o);

#endif
