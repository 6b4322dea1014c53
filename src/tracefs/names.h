/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recording without the kernel's list of names (saved_cmdlines).
 *
 * For that list an event that is on has a hook in every switch and wake-up of the machine, and the
 * hook takes a lock all CPUs share: 0.9 us of a fork where life events are recorded, 1.7 us with
 * those of the scheduler.
 */
#ifndef TRACEFS_NAMES_H
#define TRACEFS_NAMES_H

#include "tracefs/instance.h"

/*
 * Before any event is on in these instances. -1: the list stays as it is, which harms nobody. Else
 * a descriptor, to be closed when their events are on.
 */
int tfs_names_off(const char *tracefs, struct tfs_instance *inst, unsigned n);

#endif
