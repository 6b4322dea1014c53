/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Losses of one CPU. The interval is there from the moment the loss is read, open to the right, so
 * that nobody concludes from silence meanwhile; the CPU's next record closes it.
 */
#include "base/guard.h"
#include "read/blind_cpu.h"

static struct blind_cpu *cpu_of(struct blind_cpus *c, int cpu)
{
	while (cpu >= 0 && c->cpu.n <= (size_t)cpu)
		if (!vec_push(&c->cpu))
			return NULL;
	return cpu >= 0 ? &c->cpu.v[cpu] : NULL;
}

void blind_cpus_fini(struct blind_cpus *c)
{
	vec_fini(&c->cpu);
}

RARE void blind_cpu_heard(struct tl_source *src, struct blind_cpus *c, int cpu, tl_ns t)
{
	struct blind_cpu *b = cpu_of(c, cpu);

	if (!b)
		return;
	if (b->open) {
		source_blind_closed(src, b->open - 1, t);
		b->open = 0;
	}
	b->last = t;
	b->any = true;
}

void blind_cpu_lost(struct tl_source *src, struct blind_cpus *c, int cpu, uint64_t lost)
{
	struct blind_cpu *b = cpu_of(c, cpu);
	size_t n = src->blind.n;

	source_lost(src, cpu, b && b->any ? b->last : TL_NS_NONE, TL_NS_NONE, lost);
	if (b && src->blind.n > n)
		b->open = src->blind.n;
}

void blind_cpu_started(struct tl_source *src, struct blind_cpus *c, int cpu, tl_ns t)
{
	struct blind_cpu *b = cpu_of(c, cpu);

	if (b && b->any)
		return;
	source_blind(src,
		     (struct tl_blind){.from = TL_NS_NONE,
				       .to = t,
				       .cpu = cpu,
				       .why = N_("earlier events of this CPU were overwritten"),
				       .lost = UINT64_MAX});
}
