/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who lives: from /proc, one small read per thread. A task that dies or is born meanwhile is in the
 * trace itself, so a race costs nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "base/io.h"
#include "record/census.h"
#include "record/proc.h"
#include "record/side.h"
#include "tracefs/file.h"

#define PF_WQ_WORKER 0x00000020 /* include/linux/sched.h */
#define PF_KTHREAD   0x00200000

/* "pid (comm) S ppid pgrp session tty tpgid flags ..."; the comm may hold anything, ')' too. */
static bool parse_stat(char *text, struct census_task *ret, unsigned long *ret_flags)
{
	char *from = strchr(text, '('), *to = strrchr(text, ')');

	if (!from || !to || to < from)
		return false;
	ret->comm = (struct tl_str){from + 1, (size_t)(to - from - 1)};
	if (sscanf(to + 1, " %*c %ld %*d %*d %*d %*d %lu", &ret->ppid, ret_flags) != 2)
		return false;
	ret->kthread = (*ret_flags & PF_KTHREAD) != 0;
	return true;
}

/*
 * /proc embroiders names of kernel threads: long ones are not cut at 15 bytes, and a worker shows
 * what it works on ("kworker/0:1-events"; kernel/workqueue.c, wq_worker_comm()). The trace has the
 * plain name.
 */
static void plain_comm(struct tl_str *comm, unsigned long flags)
{
	const char *colon = memchr(comm->p, ':', comm->n);

	if (!(flags & PF_KTHREAD))
		return;
	if (colon && flags & PF_WQ_WORKER)
		for (const char *at = colon; at < comm->p + comm->n; at++)
			if (*at == '-' || *at == '+')
				comm->n = (size_t)(at - comm->p);
	if (comm->n > 15)
		comm->n = 15;
}

struct walk {
	void (*each)(void *ctx, const struct census_task *t);
	void *ctx;
	const char *dir;
	long tgid;
};

static void on_thread(void *ctx, long tid)
{
	const struct walk *w = ctx;
	auto_free char *path = tfs_path(w->dir, "%ld/stat", tid), *text = NULL;
	struct census_task t = {.tid = tid, .tgid = w->tgid};
	unsigned long flags;

	if (!path || io_read_file(path, 1 << 16, &text) < 0 || !parse_stat(text, &t, &flags))
		return;
	plain_comm(&t.comm, flags);
	w->each(w->ctx, &t);
}

static void on_process(void *ctx, long tgid)
{
	struct walk *w = ctx;
	char dir[64];

	snprintf(dir, sizeof(dir), "/proc/%ld/task", tgid);
	w->dir = dir;
	w->tgid = tgid;
	proc_each(dir, on_thread, w);
}

void census_each(void (*each)(void *ctx, const struct census_task *t), void *ctx)
{
	struct walk w = {.each = each, .ctx = ctx};

	proc_each("/proc", on_process, &w);
}

static void tell_task(void *ctx, const struct census_task *t)
{
	struct side_line l;

	side_begin(&l, "task");
	side_int(&l, "tid", t->tid);
	side_int(&l, "tgid", t->tgid);
	side_int(&l, "ppid", t->ppid);
	side_int(&l, "kthread", t->kthread);
	side_text(&l, "comm", t->comm.p, t->comm.n);
	side_put(ctx, &l);
}

void side_census(struct side *s)
{
	census_each(tell_task, s);
}

/* ---- command line and control group ---- */

static void line_of(struct side_line *l, const char *kind, tl_pid tid, const char *text, size_t n)
{
	side_begin(l, kind);
	side_int(l, "tid", tid);
	side_text(l, "text", text, n);
}

bool side_args(struct side_line *l, tl_pid tid, const char *args, size_t n)
{
	char text[SIDE_MAX];

	while (n && !args[n - 1])
		n--;
	n = n < sizeof(text) ? n : sizeof(text);
	for (size_t i = 0; i < n; i++)
		text[i] = args[i] ? args[i] : ' ';
	line_of(l, "cmd", tid, text, n);
	return n;
}

void side_cmd(struct side *s, tl_pid tid)
{
	char path[64];
	auto_free char *text = NULL;
	struct side_line l;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)tid);
	n = io_read_file(path, 4 << 20, &text);
	if (n > 0 && side_args(&l, tid, text, (size_t)n))
		side_put(s, &l);
}

/* The line of the unified hierarchy: "0::/user.slice/..."; Documentation/admin-guide/cgroup-v2.rst
 */
void side_cgroup(struct side *s, tl_pid tid)
{
	char path[64];
	auto_free char *text = NULL;
	struct side_line l;
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)tid);
	if (io_read_file(path, 1 << 20, &text) < 0)
		return;
	at = !strncmp(text, "0::", 3) ? text : strstr(text, "\n0::");
	if (!at)
		return;
	at += *at == '\n' ? 4 : 3;
	line_of(&l, "cgroup", tid, at, strcspn(at, "\n"));
	side_put(s, &l);
}

void side_argv(struct side *s, tl_pid tid, char *const argv[])
{
	char text[SIDE_MAX];
	struct side_line l;
	size_t n = 0;

	for (; *argv && n < sizeof(text); argv++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, n ? " %s" : "%s", *argv);
	line_of(&l, "cmd", tid, text, n < sizeof(text) ? n : sizeof(text) - 1);
	side_put(s, &l);
}
