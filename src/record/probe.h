/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How large the ring buffers should be, from a look at the machine.
 *
 * Law of this header: nothing is kept, nothing is changed.
 */
#ifndef RECORD_PROBE_H
#define RECORD_PROBE_H

#include "tasklife/types.h"

enum buffer { LIVES, FAMILY, BUFFERS };

/* What /proc/stat said at a moment. */
struct probe {
	double t; /* seconds, monotonic; 0: it said nothing */
	uint64_t forks, switches;
};

struct probe_load {
	double forks, switches; /* per second, of the whole machine */
	int64_t available_kb;	/* memory; 0: not known */
	long cpus;
	bool everything; /* switches of more than a command of ours are recorded */
};

void probe_look(struct probe *ret);
/* From two looks; the longer between them the better. */
struct probe_load probe_load_of(const struct probe *from, const struct probe *to);
/* Per CPU. */
void probe_kb(const struct probe_load *load, int64_t ret[BUFFERS]);

#endif
