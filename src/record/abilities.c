/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What this machine and this user permit, found by trying it: in a private instance of its own,
 * noted in the undo journal and put back before the answer is given. One row per ability; a row
 * that needs what an earlier one was refused says so with that one's reason.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include "base/guard.h"
#include "base/io.h"
#include "record/inside.h"
#include "tracefs/diagnose.h"
#include "tracefs/events.h"
#include "tracefs/filter.h"
#include "tracefs/mount.h"

struct asked {
	struct tfs_undo undo;
	char *tracefs;
	struct tfs_instance inst;
	const char *clock;
};

#define DETAIL sizeof(((struct tl_ability *)0)->detail)

static void detail(struct tl_ability *a, const char *text)
{
	snprintf(a->detail, DETAIL, "%s", text);
}

/* ---- one function per ability ---- */

static struct tl_err *ask_tracefs(struct asked *q, struct tl_ability *a)
{
	try(tfs_undo_begin(NULL, &q->undo));
	try(tfs_mount(&q->undo, &q->tracefs));
	detail(a, q->tracefs);
	if (!tfs_exists(q->tracefs, "events"))
		return tfs_diagnose(NULL, TFS_OP_MOUNT, EACCES, NULL, q->tracefs);
	return NULL;
}

static struct tl_err *ask_instance(struct asked *q, struct tl_ability *a)
{
	return tfs_instance_make(&q->undo, q->tracefs, "doctor", &q->inst);
}

static struct tl_err *ask_clock(struct asked *q, struct tl_ability *a)
{
	try(tfs_instance_clock(&q->inst, &q->clock));
	detail(a, q->clock);
	return NULL;
}

/* Tracing is off in this instance, so nothing is recorded by the asking. */
static struct tl_err *ask_events(struct asked *q, struct tl_ability *a)
{
	unsigned n = 0, all = 0;
	struct tl_err *first = NULL;

	for (unsigned i = 0; i < TL_EVENTS; i++) {
		const struct tl_event_row *row = tl_event_row_of((enum tl_event_id)i);
		struct tl_err *err;

		if (row->flags & TL_EVF_ON_REQUEST ||
		    (row->flags & TL_EVF_OPTIONAL && !tfs_event_exists(&q->inst, row)))
			continue;
		all++;
		err = tfs_event_on(&q->inst, row, NULL);
		if (!err)
			n++;
		else if (!first)
			first = err;
		else
			tl_err_free(err);
	}
	snprintf(a->detail, DETAIL, "%u/%u", n, all);
	return first;
}

static struct tl_err *ask_stacks(struct asked *q, struct tl_ability *a)
{
	for (unsigned i = 0; i < TL_EVENTS; i++) {
		const struct tl_event_row *row = tl_event_row_of((enum tl_event_id)i);

		if (row->flags & TL_EVF_STACK)
			try(tfs_event_stack(&q->inst, row, NULL));
	}
	return NULL;
}

static struct tl_err *ask_functions(struct asked *q, struct tl_ability *a)
{
	static const enum tl_role role[] = {TL_ROLE_DO_EXIT};
	auto_free char *functions = NULL;
	auto_fini(tfs_names) struct tfs_names names = {};

	try(tfs_functions(&q->inst, q->tracefs, role, 1, &functions));
	if (!tfs_functions_of(functions, TL_ROLE_DO_EXIT, &names))
		return tl_err_new(TL_E_DENIED, N_("no function of this kernel plays the role '%s'"),
				  tl_role_id(TL_ROLE_DO_EXIT));
	detail(a, names.v[0]);
	try(tfs_function_tracer(&q->inst, &names));
	tracefs_instance_file_write(q->inst.ti, "current_tracer", "nop");
	return NULL;
}

/* errno tells whether it is not there or may not be seen. */
static struct tl_err *missing(const char *what, const char *path, const char *cause)
{
	bool hidden = errno == EACCES && geteuid();

	return tl_err_cause(tl_err_os(errno, what, NULL, path),
			    hidden ? N_("only root may trace the kernel") : cause, NULL);
}

static struct tl_err *ask_kprobes(struct asked *q, struct tl_ability *a)
{
	auto_free char *path = tfs_path(q->tracefs, "kprobe_events");

	if (!path)
		return &tl_enomem;
	detail(a, path);
	return access(path, R_OK | W_OK) ? missing(N_("cannot place probes"), path,
						   N_("this kernel is built without kprobes"))
					 : NULL;
}

static struct tl_err *ask_event_fork(struct asked *q, struct tl_ability *a)
{
	return tfs_instance_option(&q->inst, "event-fork", true);
}

static struct tl_err *ask_marker(struct asked *q, struct tl_ability *a)
{
	struct side s = {.fd = -1};
	struct tl_err *err = side_open(&q->inst, &s);

	side_close(&s);
	return err;
}

static struct tl_err *ask_btf(struct asked *q, struct tl_ability *a)
{
	static const char path[] = "/sys/kernel/btf/vmlinux";

	if (!exits_btf())
		return missing(N_("cannot read the kernel's types"), path,
			       N_("this kernel carries no type information (BTF)"));
	detail(a, exits_btf());
	return NULL;
}

static struct tl_err *ask_bpf(struct asked *q, struct tl_ability *a)
{
	struct exits *x;
	struct tl_err *err;

	try(exits_open(true, &x));
	err = exits_start(x);
	exits_close(x);
	return err;
}

static struct tl_err *ask_exit_syscalls(struct asked *q, struct tl_ability *a)
{
	const struct tl_event_row *row = tl_event_row_of(TL_EVENT_SYS_ENTER_EXIT_GROUP);

	if (tfs_event_exists(&q->inst, row))
		return NULL;
	errno = ENOENT;
	return missing(N_("cannot record the event 'sys_enter_exit_group'"), NULL,
		       N_("this kernel is built without system call events"));
}

static struct tl_err *ask_kallsyms(struct asked *q, struct tl_ability *a)
{
	static const char path[] = "/proc/kallsyms";

	detail(a, path);
	if (record_kallsyms_readable())
		return NULL;
	errno = EPERM;
	return missing(N_("cannot read kernel symbols"), path,
		       N_("addresses are hidden (kernel.kptr_restrict)"));
}

/* ---- the table ---- */

enum need { NEED_NOTHING, NEED_TRACEFS, NEED_INSTANCE };

static const struct row {
	const char *id;
	enum need need;
	struct tl_err *(*ask)(struct asked *q, struct tl_ability *a);
	const char *says, *cost;
} rows[] = {
	{"tracefs", NEED_NOTHING, ask_tracefs, N_("the kernel's tracing files"),
	 N_("without it nothing can be recorded here; traces in files can be read all the same")},
	{"instances", NEED_TRACEFS, ask_instance,
	 N_("private buffers, so that other users of tracing are not disturbed"),
	 N_("without them nothing can be recorded here")},
	{"clock", NEED_INSTANCE, ask_clock, N_("one clock for all CPUs"),
	 N_("without it the order of events on different CPUs is not certain")},
	{"events", NEED_INSTANCE, ask_events, N_("births, execs, signals and deaths"),
	 N_("without them nothing can be recorded here")},
	{"stack-triggers", NEED_INSTANCE, ask_stacks,
	 N_("the kernel's call path with each of them"),
	 N_("without them the causes of some deaths and the sources of some signals stay unknown")},
	{"function-tracer", NEED_INSTANCE, ask_functions,
	 N_("the moment a kernel function is entered"),
	 N_("events and their stacks tell the same lives; only the entries of functions are missing")},
	{"kprobes", NEED_TRACEFS, ask_kprobes, N_("probes anywhere in the kernel"),
	 N_("nothing is lost today: no recording needs them")},
	{"event-fork", NEED_INSTANCE, ask_event_fork, N_("children are followed by themselves"),
	 N_("without it only the tasks named are followed in detail")},
	{"trace-marker", NEED_INSTANCE, ask_marker, N_("side facts inside the recording"),
	 N_("without it tasks that lived before the recording have no names, and exit codes are missing")},
	{"btf", NEED_NOTHING, ask_btf, N_("the kernel's own types"),
	 N_("without it there are no exit codes by BPF")},
	{"bpf-exit", NEED_NOTHING, ask_bpf, N_("the exit code of every task"),
	 N_("without it only the command's own exit code is known")},
	{"exit-syscalls", NEED_INSTANCE, ask_exit_syscalls,
	 N_("exit codes by system call events, on request: each system call of the machine takes some 40 to 150 ns longer meanwhile"),
	 N_("nothing is lost where BPF tells exit codes")},
	{"kallsyms", NEED_NOTHING, ask_kallsyms, N_("names for the kernel's addresses"),
	 N_("without it stacks are bare addresses and no cause can be read from them")},
};

static bool can_ask(const struct asked *q, enum need need)
{
	return need == NEED_NOTHING || (q->tracefs && (need == NEED_TRACEFS || q->inst.dir));
}

static struct tl_err *not_asked(enum need need)
{
	return tl_err_cause(tl_err_new(TL_E_DENIED, N_("this could not be tried"), NULL),
			    need == NEED_TRACEFS ? N_("it needs tracefs")
						 : N_("it needs a private tracing instance"),
			    NULL);
}

static void ask_all(struct asked *q, struct tl_ability *a)
{
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];

		a[i].id = r->id;
		a[i].says = r->says;
		a[i].why = can_ask(q, r->need) ? r->ask(q, &a[i]) : not_asked(r->need);
		a[i].ok = !a[i].why;
		if (a[i].why)
			tl_err_hint(a[i].why, r->cost, NULL);
	}
}

struct tl_err *tl_abilities(struct tl_ability **ret, unsigned *ret_n)
{
	struct asked q = {.undo.fd = -1};
	struct tl_ability *a = calloc(ARRAY_SIZE(rows), sizeof(*a));
	struct tl_err *err;

	if (!a)
		return &tl_enomem;
	ask_all(&q, a);
	tfs_instance_fini(&q.inst);
	err = tfs_undo_end(&q.undo);
	free(q.tracefs);
	if (err) {
		tl_abilities_free(a, ARRAY_SIZE(rows));
		return err;
	}
	*ret = a;
	*ret_n = ARRAY_SIZE(rows);
	return NULL;
}

void tl_abilities_free(struct tl_ability *a, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		tl_err_free(a[i].why);
	free(a);
}
