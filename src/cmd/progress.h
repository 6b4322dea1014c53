/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bar on standard error for who waits longer than a second; nothing where that is no terminal. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include "tasklife/event.h"

struct progress {
	bool wanted, shown;
	unsigned steps;
	tl_ns began, drawn;
};

void progress_begin(struct progress *p, bool wanted);
/* One more event was read. Cheap: the clock is asked now and then. */
void progress_step(struct progress *p, const struct tl_events *events, uint64_t lives);
/* The line is clean again; nothing more is drawn. */
void progress_end(struct progress *p);

#endif
