/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which task a CPU is executing, and where its kernel keeps that:
 *
 *	x86_64	current_task, a per-CPU variable behind gs; 6.2-6.14 the first word of pcpu_hot (e57ef2ed97c1 "x86: Put hot per
 *		CPU variables into a struct", v6.2; undone by a1e4cc0155ad v6.15)
 *	arm64	sp_el0 while it is in the kernel (6cdf9c7ca687, v4.5); entry code gets it from the per-CPU __entry_task
 *	arm	TPIDRURO while it is in the kernel, since 5.16 (50596b7559bf); before, the thread_info at the low end of the
 *		stack points to it
 *
 * Where a CPU is in user space these hold the user's values: then __entry_task, or the run queue's
 * curr.
 */
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "peek/guest.h"

#define ARM_THREAD_SIZE 8192 /* arch/arm/include/asm/thread_info.h without KASAN */

uint64_t guest_per_cpu(struct tl_peek_guest *g, const char *symbol, unsigned cpu)
{
	uint64_t base = image_symbol(&g->image, symbol),
		 offsets = image_symbol(&g->image, "__per_cpu_offset"), off = 0;

	if (!base)
		return 0;
	if (!offsets) /* built for one CPU */
		return base;
	auto_err struct tl_err *err = guest_pointer(g, offsets + (uint64_t)cpu * g->pointer, &off);
	uint64_t at = base + off;
	return err ? 0 : g->pointer == 4 ? at & UINT32_MAX : at;
}

/* A per-CPU pointer to a task_struct. */
static bool from_variable(struct tl_peek_guest *g, const char *symbol, const char *where,
			  struct tl_peek_current *c)
{
	uint64_t at = guest_per_cpu(g, symbol, c->cpu), v = 0;

	auto_err struct tl_err *err = at ? guest_pointer(g, at, &v) : NULL;
	if (!at || err || !guest_is_kernel(g, v))
		return false;
	c->addr = v;
	c->where = where;
	snprintf(c->detail, sizeof(c->detail), "%s[%u] = *0x%llx", symbol, c->cpu,
		 (unsigned long long)at);
	return true;
}

static bool from_register(struct tl_peek_guest *g, const char *name, const char *where,
			  struct tl_peek_current *c)
{
	uint64_t v;

	if (!remote_register(g->remote, name, &v) || !guest_is_kernel(g, v))
		return false;
	c->addr = v;
	c->where = where;
	snprintf(c->detail, sizeof(c->detail), "%s = 0x%llx", name, (unsigned long long)v);
	return true;
}

static bool from_stack(struct tl_peek_guest *g, struct tl_peek_current *c)
{
	struct types_path task;
	uint64_t sp, info, v;

	if (!remote_register(g->remote, "sp", &sp) ||
	    !types_path_of(g->types->types, "thread_info", "task", &task))
		return false;
	info = sp & ~(uint64_t)(ARM_THREAD_SIZE - 1);
	if (!guest_value(g, &task, info, &v) || !guest_is_kernel(g, v))
		return false;
	c->addr = v;
	c->where = N_("the thread_info at the low end of the stack points to it");
	snprintf(c->detail, sizeof(c->detail), "sp 0x%llx & ~0x%x = 0x%llx, ->task",
		 (unsigned long long)sp, ARM_THREAD_SIZE - 1, (unsigned long long)info);
	return true;
}

/* Everywhere: the run queue knows whom it has chosen last. */
static bool from_run_queue(struct tl_peek_guest *g, struct tl_peek_current *c)
{
	struct types_path curr;
	uint64_t rq = guest_per_cpu(g, "runqueues", c->cpu), v;

	if (!rq || !types_path_of(g->types->types, "rq", "curr", &curr) ||
	    !guest_value(g, &curr, rq, &v) || !guest_is_kernel(g, v))
		return false;
	c->addr = v;
	c->where = N_("the run queue's curr: the CPU itself is in user space");
	snprintf(c->detail, sizeof(c->detail), "runqueues[%u].curr, rq 0x%llx", c->cpu,
		 (unsigned long long)rq);
	return true;
}

static void on_x86(struct tl_peek_guest *g, struct tl_peek_current *c)
{
	uint64_t cs = 0;

	remote_register(g->remote, "rip", &c->pc);
	remote_register(g->remote, "cs", &cs);
	c->in_user = cs & 3;
	if (from_variable(g, "pcpu_hot", N_("the first word of the per-CPU pcpu_hot, at gs"), c) ||
	    from_variable(g, "current_task", N_("the per-CPU variable current_task, at gs"), c) ||
	    from_run_queue(g, c))
		return;
}

static void on_arm64(struct tl_peek_guest *g, struct tl_peek_current *c)
{
	uint64_t cpsr = 0;

	remote_register(g->remote, "pc", &c->pc);
	remote_register(g->remote, "cpsr", &cpsr);
	c->in_user = !(cpsr & 0xf);
	if (!c->in_user &&
	    from_register(g, "SP_EL0", N_("the register sp_el0, while it is in the kernel"), c))
		return;
	if (from_variable(g, "__entry_task",
			  N_("the per-CPU variable __entry_task: sp_el0 holds the user's stack"),
			  c) ||
	    from_run_queue(g, c))
		return;
}

static void on_arm(struct tl_peek_guest *g, struct tl_peek_current *c)
{
	uint64_t cpsr = 0;
	/* since 5.16, with thread_info in task_struct */
	bool in_task = image_symbol(&g->image, "__entry_task");

	remote_register(g->remote, "pc", &c->pc);
	remote_register(g->remote, "cpsr", &cpsr);
	c->in_user = (cpsr & 0x1f) == 0x10;
	if (!c->in_user &&
	    (in_task ? from_register(g, "TPIDRURO",
				     N_("the register TPIDRURO, while it is in the kernel"), c)
		     : from_stack(g, c)))
		return;
	if (from_variable(
		    g, "__entry_task",
		    N_("the per-CPU variable __entry_task: TPIDRURO holds the user's thread pointer"),
		    c) ||
	    from_run_queue(g, c))
		return;
}

unsigned tl_peek_guest_cpus(const struct tl_peek_guest *g)
{
	return remote_n_cpus(g->remote);
}

struct tl_err *tl_peek_guest_current(struct tl_peek_guest *g, unsigned cpu,
				     struct tl_peek_current *ret)
{
	static void (*const on[])(struct tl_peek_guest *g, struct tl_peek_current *c) = {
		[TL_ARCH_X86] = on_x86, [TL_ARCH_ARM64] = on_arm64, [TL_ARCH_ARM] = on_arm};

	*ret = (struct tl_peek_current){.cpu = cpu};
	try(remote_select(g->remote, cpu));
	on[g->arch](g, ret);
	return NULL;
}

bool tl_peek_guest_preempt_count(struct tl_peek_guest *g, unsigned cpu, uint64_t *ret)
{
	struct types_path hot = {};
	uint64_t at;
	uint32_t v = 0;

	if (g->arch != TL_ARCH_X86)
		return false;
	at = guest_per_cpu(g, "pcpu_hot", cpu);
	if (at && !types_path_of(g->types->types, "pcpu_hot", "preempt_count", &hot))
		return false;
	if (!at)
		at = guest_per_cpu(g, "__preempt_count", cpu);
	if (!at)
		return false;
	auto_err struct tl_err *err = guest_read(g, at + hot.off[0], &v, sizeof(v));
	*ret = v;
	return !err;
}
