/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A recording from its beginning to its end:
 *
 *	open   orphans are undone · tracefs is found · two instances, one clock · events, stacks, functions ·
 *	       pumps · tracing on · side facts
 *	spawn  the command is born into `lives`, put under `family`, let go
 *	wait   it ends; its status becomes a side fact; it is reaped, and that becomes one
 *	stop   last facts · tracing off · pumps drain · statistics
 *	close  the journal is replayed: nothing of us stays
 *
 * Ctrl-C reaches the command and us alike, as with strace: the caller's handler sets *stop or not,
 * as it likes. The command is never killed by us.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <tracefs.h>
#include <unistd.h>
#include "base/guard.h"
#include "record/inside.h"
#include "record/proc.h"
#include "tracefs/diagnose.h"
#include "tracefs/events.h"
#include "tracefs/mount.h"
#include "tracefs/names.h"

static const char *const label[BUFFERS] = {[LIVES] = "lives", [FAMILY] = "family"};

/* ---- open ---- */

static struct tl_err *make_instances(struct tl_recorder *rec, const struct tl_rec_plan *plan)
{
	for (enum buffer b = LIVES; b < BUFFERS; b++) {
		try(tfs_instance_make(&rec->undo, rec->tracefs, label[b], &rec->inst[b]));
		if (plan->buffer_kb)
			try(tfs_instance_buffer(&rec->inst[b], plan->buffer_kb));
	}
	try(tfs_instance_clock(&rec->inst[LIVES], &rec->report.clock));
	return tfs_instance_set_clock(&rec->inst[FAMILY], rec->report.clock);
}

struct following {
	struct tl_recorder *rec;
	struct tl_err *err;
};

/* A thread that ended between the listing and now needs no following. */
static void follow_thread(void *ctx, long tid)
{
	struct following *f = ctx;
	struct tl_err *err =
		f->err ? NULL : tfs_instance_follow(&f->rec->inst[FAMILY], (tl_pid)tid);

	if (err && err->code == TL_E_NOT_THERE)
		tl_err_free(err);
	else if (err)
		f->err = err;
}

/* All threads of its process, as with strace -f -p; those they make later come by event-fork. */
static struct tl_err *follow_process(struct tl_recorder *rec, tl_pid pid)
{
	struct following f = {.rec = rec};
	char dir[64];

	try(tfs_instance_follow(&rec->inst[FAMILY], pid));
	snprintf(dir, sizeof(dir), "/proc/%d/task", (int)pid);
	proc_each(dir, follow_thread, &f);
	return f.err;
}

/*
 * set_event_pid speaks the kernel's own pids. Inside a pid namespace ours are others, and following
 * them would follow strangers.
 */
static struct tl_err *follow_all(struct tl_recorder *rec, const struct tl_rec_plan *plan)
{
	if (plan->everything)
		return NULL;
	if (!proc_counts_as_kernel())
		return tl_err_hint(
			tl_err_cause(
				tl_err_new(TL_E_DENIED,
					   N_("cannot follow tasks from inside a pid namespace"),
					   NULL),
				N_("pids in here are not the kernel's own"), NULL),
			N_("record on the machine itself, or the whole machine: tasklife record -a"),
			NULL);
	if (rec->without_family)
		return NULL;
	try(tfs_instance_option(&rec->inst[FAMILY], "event-fork", true));
	for (unsigned i = 0; i < plan->n_pids; i++)
		try(follow_process(rec, plan->pid[i]));
	return NULL;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/*
 * An empty set_event_pid means everybody, so `family` stays off until there is somebody to follow.
 */
static struct tl_err *switch_on(struct tl_recorder *rec, const struct tl_rec_plan *plan)
{
	atomic_store(&rec->from, now_ns());
	if (!rec->without_family && (plan->everything || plan->n_pids))
		try(tfs_instance_on(&rec->inst[FAMILY], true));
	return tfs_instance_on(&rec->inst[LIVES], true);
}

static void tell_root(struct tl_recorder *rec, tl_pid tid)
{
	struct side_line l;

	side_begin(&l, "root");
	side_int(&l, "tid", tid);
	side_put(&rec->side, &l);
}

/* The kernel's CPU; "armv8l" is what arm64 says to 32-bit programs. NULL: none that we know. */
static const char *kernel_arch(void)
{
	static const char *const known[][2] = {
		{"x86_64", "x86"},   {"i386", "x86"},   {"i486", "x86"},
		{"i586", "x86"},     {"i686", "x86"},   {"aarch64", "arm64"},
		{"armv8l", "arm64"}, {"armv7l", "arm"}, {"armv6l", "arm"}};
	struct utsname u;

	if (uname(&u))
		return NULL;
	for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(u.machine, known[i][0]))
			return known[i][1];
	return NULL;
}

static void tell_beginning(struct tl_recorder *rec)
{
	const char *mode = tl_rec_mode_name(rec->report.mode), *arch = kernel_arch();
	struct side_line l;

	side_begin(&l, "mode");
	side_text(&l, "text", mode, strlen(mode));
	if (arch)
		side_text(&l, "arch", arch, strlen(arch));
	side_int(&l, "calls", record_hears_calls(rec));
	side_int(&l, "asks", record_hears_asks(rec));
	side_int(&l, "reclaims", record_hears_reclaim(rec));
	side_put(&rec->side, &l);
	for (unsigned i = 0; i < rec->n_roots; i++)
		tell_root(rec, rec->root[i]);
	side_census(&rec->side);
	for (unsigned i = 0; i < rec->n_roots; i++) {
		side_cmd(&rec->side, rec->root[i]);
		side_cgroup(&rec->side, rec->root[i]);
	}
}

/* Side facts are an extra: a recording without them is still one. */
static void begin_side_facts(struct tl_recorder *rec, const struct tl_rec_plan *plan)
{
	struct tl_err *err = side_open(&rec->inst[LIVES], &rec->side);

	if (!err && !plan->no_bpf)
		err = record_deaths_thread(rec);
	if (err)
		record_refused(rec, err);
}

/* Whoever reads while it is recorded, or wants the last seconds alone, needs them in the kernel's
 * buffer; and who reads text needs its names. Ours of the living come from /proc, by its pids. */
static void prepare_deaths(struct tl_recorder *rec, const struct tl_rec_plan *plan)
{
	struct tl_err *err = record_deaths_open(rec, !plan->follow && !plan->flight);

	if (err)
		record_refused(rec, err);
	if (!rec->exits || !rec->own.on || !proc_counts_as_kernel())
		return;
	rec->names_lock = tfs_names_off(rec->tracefs, rec->inst, BUFFERS);
	rec->own_names = rec->names_lock >= 0;
}

static void begin_deaths(struct tl_recorder *rec)
{
	struct tl_err *err = record_deaths_start(rec);

	if (err)
		record_refused(rec, err);
	guard_close(&rec->names_lock);
	rec->names_lock = -1;
}

static struct tl_err *keep_roots(struct tl_recorder *rec, const struct tl_rec_plan *plan)
{
	rec->root = calloc(plan->n_pids + 1, sizeof(*rec->root));
	if (!rec->root)
		return &tl_enomem;
	if (plan->n_pids)
		memcpy(rec->root, plan->pid, plan->n_pids * sizeof(*rec->root));
	rec->n_roots = plan->n_pids;
	return NULL;
}

/* Text needs the offsets of its stacks to be put right; a kernel without the option prints names
 * alone. */
static struct tl_err *begin_following(struct tl_recorder *rec, const struct tl_rec_plan *plan)
{
	rec->following = true;
	tl_err_free(tfs_instance_option(&rec->inst[LIVES], "sym-offset", true));
	if (plan->states)
		try(follow_all(rec, plan));
	try(follow_start(rec->inst, rec->without_family ? 1 : BUFFERS, &rec->side, &rec->follow,
			 &rec->follow_fd));
	return plan->states ? switch_on(rec, plan) : tfs_instance_on(&rec->inst[LIVES], true);
}

/* What nobody asked for otherwise. The events are on by now, so there were some 50 ms to look at.
 */
static struct tl_err *size_buffers(struct tl_recorder *rec, const struct tl_rec_plan *plan,
				   const struct probe *before)
{
	struct probe now;
	struct probe_load load;
	int64_t kb[BUFFERS];

	if (plan->buffer_kb)
		return NULL;
	probe_look(&now);
	load = probe_load_of(before, &now);
	load.everything = plan->everything || plan->n_pids;
	probe_kb(&load, kb);
	for (int b = 0; b < BUFFERS; b++)
		try(tfs_instance_buffer(&rec->inst[b], kb[b]));
	return NULL;
}

#define IN_MEMORY (64ull << 20)
#define MEMORY_PART 16

/* What waits in memory until it is written: little of what is free. Who names a place for it gets
 * it there. */
static uint64_t room_in_memory(const struct probe *before)
{
	struct probe_load load = probe_load_of(before, before);
	uint64_t part = (uint64_t)load.available_kb * 1024 / MEMORY_PART;

	return getenv("TMPDIR") ? 0 : part < IN_MEMORY ? part : IN_MEMORY;
}

static struct tl_err *prepare(struct tl_recorder *rec, const struct tl_rec_plan *plan)
{
	struct probe before;
	unsigned n_cpus;

	probe_look(&before);
	rec->leave = plan->leave;
	rec->without_family = plan->lives_only || (plan->follow && !plan->states);
	try(keep_roots(rec, plan));
	n_cpus = (unsigned)sysconf(_SC_NPROCESSORS_CONF);
	rec->report.cpu = calloc(n_cpus, sizeof(*rec->report.cpu));
	if (!rec->report.cpu)
		return &tl_enomem;
	rec->report.n_cpus = n_cpus;
	try(tfs_undo_begin(NULL, &rec->undo));
	try(tfs_mount(&rec->undo, &rec->tracefs));
	if (!plan->want_mode || plan->mode != TL_MODE_EVENTS)
		symbols_start(&rec->symbols); /* most of what follows is waiting for the kernel */
	if (!plan->want_mode || plan->mode == TL_MODE_FUNCTION)
		functions_start(&rec->functions, rec->tracefs);
	try(make_instances(rec, plan));
	begin_side_facts(rec, plan);
	prepare_deaths(rec, plan);
	/* before the pumps: while a pipe is open the tracer cannot be set (EBUSY) */
	try(record_enable(rec, plan));
	begin_deaths(rec);
	try(size_buffers(rec, plan, &before));
	if (plan->follow) {
		try(begin_following(rec, plan));
	} else {
		try(follow_all(rec, plan));
		rec->limit.in_memory = room_in_memory(&before);
		for (int b = 0; b < BUFFERS && !plan->flight; b++)
			try(pumps_start(&rec->inst[b], &rec->limit, &rec->pumps[b]));
		try(switch_on(rec, plan));
	}
	rec->limit.most = plan->max_bytes;
	rec->flight = plan->flight;
	rec->last = plan->last;
	rec->on = true;
	tell_beginning(rec);
	return NULL;
}

struct tl_err *tl_recorder_open(const struct tl_rec_plan *plan, struct tl_recorder **ret)
{
	struct tl_recorder *rec = calloc(1, sizeof(*rec));
	struct tl_err *err;
	unsigned n;

	if (!rec)
		return &tl_enomem;
	rec->undo.fd = rec->side.fd = rec->follow_fd = rec->names_lock = -1;
	rec->child = (struct child){.go = -1, .said = -1, .pidfd = -1};
	for (int b = 0; b < ALL_BUFFERS; b++)
		rec->pumps[b].stop = -1;
	tl_err_free(tl_restore(&n)); /* what cannot be put back now says so when asked for */
	err = prepare(rec, plan);
	if (err)
		tl_recorder_close(rec);
	else
		*ret = rec;
	return err;
}

/* ---- the command ---- */

struct tl_err *tl_recorder_spawn(struct tl_recorder *rec, char *const argv[], tl_pid *ret)
{
	try(child_fork(argv, &rec->child));
	if (!rec->without_family) {
		try(tfs_instance_follow(&rec->inst[FAMILY], rec->child.pid));
		try(tfs_instance_on(&rec->inst[FAMILY], true));
	}
	tell_root(rec, rec->child.pid);
	side_cgroup(&rec->side, rec->child.pid);
	try(child_release(&rec->child, argv[0]));
	if (!rec->exits || !exits_has_execs(rec->exits))
		side_argv(&rec->side, rec->child.pid, argv);
	*ret = rec->child.pid;
	return NULL;
}

static void tell_reaping(struct tl_recorder *rec, tl_pid tid)
{
	struct side_line l;

	side_begin(&l, "waited");
	side_int(&l, "tid", tid);
	side_int(&l, "ppid", getpid());
	side_put(&rec->side, &l);
}

static bool any_lives(const struct tl_recorder *rec)
{
	for (unsigned i = 0; i < rec->n_roots; i++)
		if (!kill(rec->root[i], 0) || errno != ESRCH)
			return true;
	return false;
}

/* No room for more: what came until now is a recording; the command goes on untraced. */
static struct tl_err *halt(struct tl_recorder *rec)
{
	for (int b = 0; b < BUFFERS; b++)
		try(tfs_instance_on(&rec->inst[b], false));
	atomic_store(&rec->to, now_ns());
	return NULL;
}

/* Tasks that are not our children end the wait when the last of them is gone, seen at the next
 * tick. */
static struct tl_err *wait_for_roots(struct tl_recorder *rec, const struct until *until,
				     bool *ret_ended)
{
	int none;

	do {
		double tick = child_deadline(0.1);
		struct until next = {until->at >= 0 && until->at < tick ? until->at : tick,
				     until->stop, until->full};

		try(child_wait(&rec->child, &next, &none, ret_ended));
		*ret_ended = !any_lives(rec);
	} while (!*ret_ended && !child_enough(until));
	return NULL;
}

static struct tl_err *wait_for_child(struct tl_recorder *rec, struct until *until, int *ret_status,
				     bool *ret_ended)
{
	try(child_wait(&rec->child, until, ret_status, ret_ended));
	if (*ret_ended || !rec->child.pid || !atomic_load(&rec->limit.full))
		return NULL;
	try(halt(rec));
	until->full = NULL;
	return child_wait(&rec->child, until, ret_status, ret_ended);
}

struct tl_err *tl_recorder_wait(struct tl_recorder *rec, double seconds, const volatile int *stop,
				int *ret_status, bool *ret_ended)
{
	struct until until = {child_deadline(seconds), stop, &rec->limit.full};
	tl_pid pid = rec->child.pid;

	*ret_status = 0;
	*ret_ended = false;
	if (!pid && rec->n_roots)
		return wait_for_roots(rec, &until, ret_ended);
	try(wait_for_child(rec, &until, ret_status, ret_ended));
	if (!*ret_ended)
		return NULL;
	if (!rec->report.exit_by_bpf)
		record_tell_exit(&rec->side, pid, *ret_status);
	child_reap(&rec->child);
	tell_reaping(rec, pid);
	return NULL;
}

/* ---- the end ---- */

static void count_cpu(struct tl_rec_report *r, const struct pump *p)
{
	struct tl_rec_cpu *cpu = &r->cpu[p->cpu];

	cpu->written += p->written;
	cpu->read += p->read - p->left_out;
	cpu->lost += p->lost + p->left_out;
}

void record_count(struct tl_recorder *rec)
{
	struct tl_rec_report *r = &rec->report;

	r->written = r->read = r->lost = 0;
	memset(r->cpu, 0, r->n_cpus * sizeof(*r->cpu));
	for (int b = 0; b < ALL_BUFFERS; b++)
		for (unsigned i = 0; i < rec->pumps[b].n; i++)
			count_cpu(r, &rec->pumps[b].v[i]);
	for (unsigned i = 0; i < r->n_cpus; i++) {
		r->written += r->cpu[i].written;
		r->read += r->cpu[i].read;
		r->lost += r->cpu[i].lost;
	}
}

void tl_recorder_last_until(struct tl_recorder *rec, tl_ns t)
{
	atomic_store(&rec->last_until, t);
}

/* Now, by the trace's clock; 0: not to be had, as where it ended before it had one. */
static tl_ns clock_of_trace(const struct tl_recorder *rec)
{
	const char *clock = rec->report.clock;
	struct timespec now;

	if (!clock || *clock == 'g' ||
	    clock_gettime(*clock == 'm' ? CLOCK_MONOTONIC : CLOCK_BOOTTIME, &now))
		return 0;
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* Before it nothing is kept. The end is taken once, before buffers are drained: what that takes is
 * no part of the last seconds. */
static uint64_t flight_cut(struct tl_recorder *rec)
{
	tl_ns end = atomic_load(&rec->last_until);
	double t = (double)end - rec->last * 1e9;

	return end && t > 0 ? (uint64_t)t : 0;
}

struct tl_err *tl_recorder_stop(struct tl_recorder *rec)
{
	struct tl_err *first = NULL;

	if (rec->stopped)
		return NULL;
	rec->stopped = true;
	if (!atomic_load(&rec->last_until))
		atomic_store(&rec->last_until, clock_of_trace(rec));
	record_deaths_last(rec);
	if (rec->on && rec->flight)
		tell_beginning(rec); /* what was told at the beginning is long overwritten */
	for (int b = 0; b < BUFFERS; b++) {
		struct tl_err *err = rec->on ? tfs_instance_on(&rec->inst[b], false) : NULL;

		if (b == FAMILY) { /* both are off. Who never came to read must not be waited for */
			guard_close(&rec->follow_fd);
			rec->follow_fd = -1;
			follow_stop(&rec->follow);
		}
		if (!err && rec->on && rec->flight)
			err = pumps_start(&rec->inst[b], &rec->limit, &rec->pumps[b]);
		if (!err && rec->inst[b].dir && !rec->following)
			err = pumps_stop(&rec->pumps[b], &rec->inst[b]);
		if (!err && rec->flight && rec->last > 0)
			pumps_forget(&rec->pumps[b], flight_cut(rec));
		if (!first)
			first = err;
		else
			tl_err_free(err);
	}
	record_deaths_stop(rec);
	rec->report.full = atomic_load(&rec->limit.full);
	record_count(rec);
	return first;
}

struct tl_err *tl_recorder_follow(struct tl_recorder *rec, int *ret_fd)
{
	if (rec->follow_fd < 0)
		return tl_err_new(TL_E_FAILED, N_("cannot read what is being recorded"), NULL);
	*ret_fd = take_fd(&rec->follow_fd);
	return NULL;
}

const struct tl_rec_report *tl_recorder_report(const struct tl_recorder *rec)
{
	return &rec->report;
}

void tl_recorder_close(struct tl_recorder *rec)
{
	if (!rec)
		return;
	tl_err_free(tl_recorder_stop(rec));
	exits_close(rec->exits);
	child_fini(&rec->child);
	guard_close(&rec->follow_fd);
	guard_close(&rec->names_lock);
	names_fini(&rec->names);
	side_close(&rec->side);
	symbols_fini(&rec->symbols);
	functions_fini(&rec->functions);
	for (int b = 0; b < ALL_BUFFERS; b++)
		pumps_fini(&rec->pumps[b]);
	for (int b = 0; b < BUFFERS; b++)
		tfs_instance_fini(&rec->inst[b]);
	if (rec->leave)
		tfs_undo_leave(&rec->undo);
	else
		tl_err_free(tfs_undo_end(&rec->undo));
	for (unsigned i = 0; i < rec->report.n_refused; i++)
		tl_err_free((struct tl_err *)rec->report.refused[i]);
	free(rec->report.cpu);
	free(rec->root);
	free(rec->tracefs);
	free(rec);
}

struct tl_err *tl_restore(unsigned *ret_n)
{
	auto_free char *tracefs = NULL;
	struct tl_err *err, *more;

	*ret_n = 0;
	err = tfs_undo_orphans(NULL, ret_n);
	tracefs = tfs_mounted();
	more = tracefs ? tfs_instance_orphans(tracefs, ret_n) : NULL;
	if (!err)
		return more;
	tl_err_free(more);
	return err;
}
