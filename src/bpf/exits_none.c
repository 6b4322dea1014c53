/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same doors where the program was built without BPF. */
#include <errno.h>
#include "bpf/exits.h"
#include "bpf/refusal.h"

struct tl_err *exits_open(bool prompt, struct exits **ret)
{
	return exits_refused(ENOTSUP);
}

struct tl_err *exits_start(struct exits *x)
{
	return exits_refused(ENOTSUP);
}

int exits_fd(const struct exits *x)
{
	return -1;
}

void exits_take(struct exits *x, const struct exits_ear *ear)
{
}

bool exits_has_execs(const struct exits *x)
{
	return false;
}

uint64_t exits_lost(const struct exits *x)
{
	return 0;
}

void exits_close(struct exits *x)
{
}
