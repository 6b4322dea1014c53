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
void blind_cpu_record(struct tl_source *src, struct blind_cpus *c, int cpu, tl_ns t);
void blind_cpu_lost(struct tl_source *src, struct blind_cpus *c, int cpu, uint64_t lost);
/* What this CPU did before t was overwritten. */
void blind_cpu_started(struct tl_source *src, struct blind_cpus *c, int cpu, tl_ns t);

#endif
