/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Named threads for the families that need them; their ids stand in sh->pid[slot]. */
#ifndef ZOO_THREAD_H
#define ZOO_THREAD_H

#include <pthread.h>
#include "zoo.h"

/* Returns when the thread bears its name. */
pthread_t zoo_thread(struct zoo *z, const char *role, int slot, void (*fn)(struct zoo *z));
void zoo_thread_sleeps(struct zoo *z);
void zoo_tell_thread(struct zoo *z, pid_t leader, const char *role, int slot, struct zoo_say s);

#endif
