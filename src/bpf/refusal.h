/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why the exit status by BPF is not to be had. */
#ifndef BPF_REFUSAL_H
#define BPF_REFUSAL_H

#include "tasklife/err.h"

struct tl_err *exits_refused(int os);

#endif
