/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a life went, in one word for pictures: the class by which they are dressed. */
#ifndef VIEW_FATE_H
#define VIEW_FATE_H

#include "tasklife/view.h"

enum fate { FATE_KILLED, FATE_FAILED, FATE_ENDED, FATE_DIED, FATE_ALIVE, FATE_OUTSIDE, FATES };

enum fate fate_of(const struct tl_told *told);
/* "killed", "failed" (an exit code other than 0), "ended", "died" (nobody knows how),
 * "alive", "outside" */
const char *fate_class(enum fate fate);
/* What ended it, in ids: "SIGKILL (kill)", "exit 3", "unknown"; "" for the living. */
void fate_text(const struct tl_told *told, char *buf, size_t n);

#endif
