/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stops at functions. QEMU's breakpoints are of its own making, not written into the guest. A stub
 * stops again where it stands unless the one breakpoint is taken out for one step.
 */
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "peek/guest.h"

/* Whatever this kernel calls the role; else a function of that very name. */
static uint64_t address_of(const struct tl_peek_guest *g, const char *name)
{
	enum tl_role role = tl_role_named(name);
	unsigned n = 0;
	const struct tl_function_row *row = role == TL_ROLE_NONE ? NULL : tl_role_rows(role, &n);
	uint64_t at = 0;

	for (unsigned i = 0; i < n && !at; i++)
		if (!strchr(row[i].name, '*'))
			at = image_symbol(&g->image, row[i].name);
	return at ? at : image_symbol(&g->image, name);
}

struct tl_err *tl_peek_guest_stop_at(struct tl_peek_guest *g, const char *name)
{
	uint64_t at = address_of(g, name);

	if (!at)
		return tl_err_hint(
			tl_err_new(TL_E_NOT_THERE, N_("this kernel has no role or function '%s'"),
				   name),
			N_("there are copy_process, wake_up_new_task, do_exit, schedule and more: tasklife filters"),
			NULL);
	if (g->n_stops == ARRAY_SIZE(g->stop_at))
		return tl_err_new(TL_E_USAGE, N_("too many places to stop at"), NULL);
	try(remote_break(g->remote, at, true));
	snprintf(g->stop_at[g->n_stops].name, sizeof(g->stop_at[0].name), "%s", name);
	g->stop_at[g->n_stops++].addr = at;
	return NULL;
}

static bool standing_at(struct tl_peek_guest *g, unsigned cpu, uint64_t *ret_addr,
			const char **ret_name)
{
	uint64_t pc;
	auto_err struct tl_err *err = remote_select(g->remote, cpu);

	if (err || !remote_register(g->remote, g->arch == TL_ARCH_X86 ? "rip" : "pc", &pc))
		return false;
	for (unsigned i = 0; i < g->n_stops; i++)
		if (g->stop_at[i].addr == pc) {
			*ret_addr = pc;
			*ret_name = g->stop_at[i].name;
			return true;
		}
	return false;
}

/* Over the breakpoint it stands at, if it does. */
static struct tl_err *step_over(struct tl_peek_guest *g, unsigned cpu)
{
	const char *name;
	uint64_t at;

	if (!standing_at(g, cpu, &at, &name))
		return NULL;
	try(remote_break(g->remote, at, false));
	try(remote_step(g->remote));
	return remote_break(g->remote, at, true);
}

struct tl_err *tl_peek_guest_go(struct tl_peek_guest *g, double seconds, struct tl_peek_stop *ret)
{
	static const char *const first[] = {
		[TL_ARCH_X86] = "rdi", [TL_ARCH_ARM64] = "x0", [TL_ARCH_ARM] = "r0"};
	uint64_t at;

	*ret = (struct tl_peek_stop){};
	guest_forget(g);
	try(step_over(g, g->last_cpu));
	try(remote_go(g->remote, seconds, &g->last_cpu));
	if (g->last_cpu >= remote_n_cpus(g->remote)) {
		g->last_cpu = 0;
		return remote_select(g->remote, 0);
	}
	ret->cpu = g->last_cpu;
	if (standing_at(g, g->last_cpu, &at, &ret->name))
		remote_register(g->remote, first[g->arch], &ret->first_argument);
	return NULL;
}
