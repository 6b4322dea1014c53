/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Losses of one CPU become intervals: from its last record before to its first record after.
 */
#ifndef READ_BLIND_CPU_H
#define READ_BLIND_CPU_H

#include "read/reader.h"

struct blind_cpu {
	tl_ns last;  /* time of its last record */
	size_t open; /* 1 + index of the interval that its next record closes; 0 none */
	bool any;
};

struct blind_cpus {
	VEC(struct blind_cpu) cpu;
};

void blind_cpus_fini(struct blind_cpus *c);
void blind_cpu_lost(struct tl_source *src, struct blind_cpus *c, int cpu, uint64_t lost);
/* What this CPU did before t was overwritten. */
void blind_cpu_started(struct tl_source *src, struct blind_cpus *c, int cpu, tl_ns t);

/* The first record of a CPU, or the first behind a loss. */
void blind_cpu_heard(struct tl_source *src, struct blind_cpus *c, int cpu, tl_ns t);

static inline void blind_cpu_record(struct tl_source *src, struct blind_cpus *c, int cpu, tl_ns t)
{
	/* -1 is beyond all */
	struct blind_cpu *b = (size_t)cpu < c->cpu.n ? &c->cpu.v[cpu] : NULL;

	if (t == TL_NS_NONE)
		return;
	if (b && b->any && !b->open)
		b->last = t;
	else
		blind_cpu_heard(src, c, cpu, t);
}

#endif
