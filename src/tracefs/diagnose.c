/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One row per thing that can be refused, one function per reason. The rows of an operation are
 * tried in order; the first whose errno fits and whose question the machine answers with yes gives
 * cause and hints.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "base/io.h"
#include "tracefs/diagnose.h"
#include "tracefs/file.h"
#include "tracefs/instance.h"

#define LOCKDOWN "/sys/kernel/security/lockdown"
#define CAP_SYS_ADMIN_BIT 21

struct trouble {
	struct tfs_instance *inst;
	int os;
	const char *subject, *path;
	struct tl_err *err;
};

/* ---- questions to the machine ---- */

const char *tfs_lockdown(void)
{
	static const char *const level[] = {"none", "integrity", "confidentiality"};

	for (unsigned i = 0; i < ARRAY_SIZE(level); i++)
		if (tfs_holds(LOCKDOWN, level[i], TFS_SHOWS_CHOSEN))
			return level[i];
	return NULL;
}

bool tfs_may_admin(void)
{
	auto_free char *text = NULL;
	const char *at;
	unsigned long long caps;

	if (io_read_file("/proc/self/status", 1 << 16, &text) < 0)
		return !geteuid();
	at = strstr(text, "\nCapEff:");
	if (!at || sscanf(at, "\nCapEff: %llx", &caps) != 1)
		return !geteuid();
	return caps >> CAP_SYS_ADMIN_BIT & 1;
}

static bool kernel_has_tracefs(void)
{
	auto_free char *text = NULL;

	return io_read_file("/proc/filesystems", 1 << 16, &text) >= 0 &&
	       strstr(text, "\ttracefs\n");
}

/* ---- reasons: true when this is it, with cause and hints put in ---- */

static bool not_root(struct trouble *t)
{
	if (!geteuid())
		return false;
	t->err->code = TL_E_DENIED;
	tl_err_cause(t->err, N_("only root may trace the kernel"), NULL);
	tl_err_hint(t->err, N_("run it as root: sudo tasklife ..."), NULL);
	return true;
}

/* A lockdown that says so itself is the better reason. */
static bool no_admin(struct trouble *t)
{
	const char *level = tfs_lockdown();

	if (tfs_may_admin() || (level && strcmp(level, "none")))
		return false;
	t->err->code = TL_E_DENIED;
	tl_err_cause(
		t->err,
		N_("this root has no power over the kernel (CAP_SYS_ADMIN is missing, as in a container)"),
		NULL);
	return true;
}

/* As full root, tracefs answers EPERM only from security_locked_down(LOCKDOWN_TRACEFS) and its
 * kind. */
static bool locked_down(struct trouble *t)
{
	const char *level = tfs_lockdown();

	if (level && !strcmp(level, "none"))
		return false;
	t->err->code = TL_E_DENIED;
	if (level)
		tl_err_cause(t->err, N_("kernel lockdown is '%s'"), level);
	else
		tl_err_cause(
			t->err,
			N_("the kernel is locked down (its level cannot be read: securityfs is not mounted)"),
			NULL);
	return true;
}

static bool no_tracefs(struct trouble *t)
{
	if (kernel_has_tracefs())
		return false;
	t->err->code = TL_E_DENIED;
	tl_err_cause(t->err, N_("this kernel is built without tracing"), NULL);
	return true;
}

static bool mount_refused(struct trouble *t)
{
	t->err->code = TL_E_DENIED;
	tl_err_cause(t->err, N_("tracefs is not mounted and may not be mounted here"), NULL);
	tl_err_hint(t->err, N_("where it is permitted: mount -t tracefs nodev /sys/kernel/tracing"),
		    NULL);
	return true;
}

/* Since 4.0; a kernel without it has no directory, one that lost its memory says ENOMEM. */
static bool no_instances(struct trouble *t)
{
	t->err->code = TL_E_DENIED;
	tl_err_cause(t->err, N_("this kernel has no private tracing instances"), NULL);
	return true;
}

static bool no_memory(struct trouble *t)
{
	tl_err_cause(t->err, N_("not enough memory for the ring buffers"), NULL);
	tl_err_hint(t->err, N_("ask for less: --buffer-kb KB (per CPU)"), NULL);
	return true;
}

static bool not_in_kernel(struct trouble *t)
{
	if (t->path && !access(t->path, F_OK))
		return false;
	t->err->code = TL_E_DENIED;
	tl_err_cause(t->err, N_("this kernel does not have it"), NULL);
	return true;
}

static bool tracer_not_built(struct trouble *t)
{
	auto_free char *path = t->inst ? tfs_path(t->inst->dir, "available_tracers") : NULL,
		       *text = NULL;

	if (!path || tfs_read(path, &text) || strstr(text, "function"))
		return false;
	t->err->code = TL_E_DENIED;
	tl_err_cause(t->err, N_("this kernel is built without the function tracer"), NULL);
	return true;
}

static bool unknown_function(struct trouble *t)
{
	tl_err_cause(t->err, N_("no such function in this kernel"), NULL);
	tl_err_hint(t->err, N_("ask by role: tasklife filters"), NULL);
	return true;
}

static bool busy(struct trouble *t)
{
	tl_err_cause(t->err, N_("something else is using it"), NULL);
	return true;
}

static bool no_such_task(struct trouble *t)
{
	t->err->code = TL_E_NOT_THERE;
	tl_err_cause(t->err, N_("no such task"), NULL);
	return true;
}

static bool not_taken(struct trouble *t)
{
	t->err->code = TL_E_DENIED;
	tl_err_cause(t->err, N_("the kernel took the value but does not hold it"), NULL);
	return true;
}

/* ---- the table ---- */

struct reason {
	int os; /* 0: any */
	bool (*is)(struct trouble *t);
};

#define PERMISSION {EACCES, not_root}, {EPERM, not_root}, {EACCES, no_admin}, {EPERM, no_admin}
#define REASONS_MAX 8

static const struct operation {
	const char *what;
	struct reason reason[REASONS_MAX];
} operation[TFS_OPS] = {
	[TFS_OP_MOUNT] = {N_("cannot find tracefs"),
			  {{0, no_tracefs}, PERMISSION, {0, mount_refused}}},
	[TFS_OP_INSTANCE] =
		{N_("cannot make a private tracing instance"),
		 {PERMISSION, {EPERM, locked_down}, {ENOENT, no_instances}, {ENOMEM, no_memory}}},
	[TFS_OP_CLOCK] = {N_("cannot set a clock that all CPUs share"),
			  {PERMISSION, {EPERM, locked_down}, {TFS_NOT_TAKEN, not_taken}}},
	[TFS_OP_BUFFER] = {N_("cannot set the buffer size to '%s' KB"),
			   {PERMISSION, {ENOMEM, no_memory}, {TFS_NOT_TAKEN, not_taken}}},
	[TFS_OP_OPTION] = {N_("cannot set the trace option '%s'"),
			   {PERMISSION,
			    {EPERM, locked_down},
			    {ENOENT, not_in_kernel},
			    {TFS_NOT_TAKEN, not_taken}}},
	[TFS_OP_EVENT] = {N_("cannot record the event '%s'"),
			  {{ENOENT, not_in_kernel},
			   PERMISSION,
			   {EPERM, locked_down},
			   {TFS_NOT_TAKEN, not_taken}}},
	[TFS_OP_EVENT_FILTER] = {N_("cannot filter the event '%s'"),
				 {{ENOENT, not_in_kernel},
				  PERMISSION,
				  {EPERM, locked_down},
				  {TFS_NOT_TAKEN, not_taken}}},
	[TFS_OP_TRIGGER] = {N_("cannot take kernel stacks with the event '%s'"),
			    {{ENOENT, not_in_kernel},
			     PERMISSION,
			     {EPERM, locked_down},
			     {EBUSY, busy},
			     {TFS_NOT_TAKEN, not_taken}}},
	[TFS_OP_PIDS] = {N_("cannot follow the task '%s'"),
			 {{ENOENT, not_in_kernel},
			  {ESRCH, no_such_task},
			  PERMISSION,
			  {TFS_NOT_TAKEN, not_taken}}},
	[TFS_OP_FUNCTIONS] = {N_("cannot read which functions can be traced"),
			      {{ENOENT, not_in_kernel}, PERMISSION, {EPERM, locked_down}}},
	[TFS_OP_FUNCTION_FILTER] = {N_("cannot filter on function '%s'"),
				    {PERMISSION,
				     {EPERM, locked_down},
				     {ENOENT, not_in_kernel},
				     {EINVAL, unknown_function},
				     {TFS_NOT_TAKEN, unknown_function}}},
	[TFS_OP_TRACER] =
		{N_("cannot start the function tracer"),
		 {PERMISSION, {EPERM, locked_down}, {EINVAL, tracer_not_built}, {EBUSY, busy}}},
	[TFS_OP_MARKER] = {N_("cannot write into the trace"),
			   {{ENOENT, not_in_kernel}, PERMISSION, {EPERM, locked_down}}},
	[TFS_OP_PIPE] = {N_("cannot read the trace buffers"),
			 {PERMISSION, {EPERM, locked_down}, {EBUSY, busy}}},
	[TFS_OP_ON] = {N_("cannot switch tracing on"),
		       {PERMISSION, {EPERM, locked_down}, {TFS_NOT_TAKEN, not_taken}}},
};

struct tl_err *tfs_diagnose(struct tfs_instance *inst, enum tfs_op op, int os, const char *subject,
			    const char *path)
{
	const struct operation *o = &operation[op];
	struct trouble t = {.inst = inst, .os = os, .subject = subject, .path = path};

	t.err = tl_err_os(os == TFS_NOT_TAKEN ? 0 : os, o->what, subject, path);
	if (t.err == &tl_enomem)
		return t.err;
	for (const struct reason *r = o->reason; r < o->reason + REASONS_MAX && r->is; r++)
		if ((!r->os || r->os == os) && r->is(&t))
			break;
	if (inst)
		t.err->log = tfs_instance_log(inst);
	return t.err;
}
