/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why something is not to be had by BPF: the exit status, the tasks. */
#ifndef BPF_REFUSAL_H
#define BPF_REFUSAL_H

#include "tasklife/err.h"

struct tl_err *exits_refused(int os);
struct tl_err *tasks_refused(int os);

#endif
