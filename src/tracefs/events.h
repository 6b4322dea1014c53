/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Switch on what the table of events (facts/events.def) asks for.
 */
#ifndef TRACEFS_EVENTS_H
#define TRACEFS_EVENTS_H

#include "tasklife/facts.h"
#include "tracefs/instance.h"

/* Is it in this kernel? */
bool tfs_event_exists(const struct tfs_instance *inst, const struct tl_event_row *row);

/*
 * Switch one event on. With a condition (the kernel's filter language; NULL none) only where it
 * holds; a stack trigger set afterwards must be given the same one, or stacks of the filtered
 * events come without them.
 */
struct tl_err *tfs_event_on(struct tfs_instance *inst, const struct tl_event_row *row,
			    const char *cond);
/* A kernel stack with every record of it. */
struct tl_err *tfs_event_stack(struct tfs_instance *inst, const struct tl_event_row *row,
			       const char *cond);
struct tl_err *tfs_event_off(struct tfs_instance *inst, const struct tl_event_row *row);

#endif
