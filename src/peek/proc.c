/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What /proc tells of a task_struct: names, numbers, times and signals, in text. Three files per
 * task, read one after the other: a task that goes meanwhile is left out, and its values are of
 * three moments. What is not there is not invented.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "peek/peek.h"

#define FILE_MOST     65536
#define TASK_COMM_LEN 16 /* include/linux/sched.h, with its NUL */

/* proc_pid_stat(5): the number of a field there, counted from 1; state (3) is told apart. What is
 * not in ticks is as the kernel has it. */
static const struct {
	unsigned nr;
	enum tl_task_field field;
	bool ticks;
} stat_fields[] = {
	{4, TL_TASK_real_parent_pid, false}, {9, TL_TASK_flags, false},
	{10, TL_TASK_min_flt, false},        {12, TL_TASK_maj_flt, false},
	{14, TL_TASK_utime, true},           {15, TL_TASK_stime, true},
	{20, TL_TASK_nr_threads, false},     {22, TL_TASK_start_boottime, true},
	{38, TL_TASK_exit_signal, false},    {39, TL_TASK_ti_cpu, false},
	{40, TL_TASK_rt_priority, false},    {41, TL_TASK_policy, false},
};

/* proc_pid_status(5) */
static const struct {
	const char *name;
	enum tl_task_field field;
	int base;
} status_fields[] = {
	{"Tgid:", TL_TASK_tgid, 10},
	{"SigPnd:", TL_TASK_pending, 16},
	{"ShdPnd:", TL_TASK_shared_pending, 16},
	{"SigBlk:", TL_TASK_blocked, 16},
	{"voluntary_ctxt_switches:", TL_TASK_nvcsw, 10},
	{"nonvoluntary_ctxt_switches:", TL_TASK_nivcsw, 10},
};

/* The letter of /proc as the bits it stands for; the kernel: fs/proc/array.c task_state_array. */
static const struct {
	char letter;
	enum tl_task_field field;
	uint64_t v;
} letters[] = {
	{'R', TL_TASK_state, 0},         {'S', TL_TASK_state, 0x1},
	{'D', TL_TASK_state, 0x2},       {'T', TL_TASK_state, 0x4},
	{'t', TL_TASK_state, 0x8},       {'P', TL_TASK_state, 0x40},
	{'I', TL_TASK_state, 0x402},     {'X', TL_TASK_exit_state, 0x10},
	{'Z', TL_TASK_exit_state, 0x20},
};

static char *read_of(int task, const char *name)
{
	auto_close int fd = openat(task, name, O_RDONLY | O_CLOEXEC);
	char *text = NULL;

	return fd >= 0 && io_read_all(fd, FILE_MOST, &text) > 0 ? text : NULL;
}

static void take_state(struct tl_peek_task *t, char letter)
{
	t->letter = letter;
	for (unsigned i = 0; i < ARRAY_SIZE(letters); i++)
		if (letters[i].letter == letter)
			tl_peek_set(t, letters[i].field, letters[i].v);
	if (tl_peek_has(t, TL_TASK_state))
		tl_peek_set(t, TL_TASK_exit_state, 0);
}

/* "22 (a) b) S 1 ...": the name may hold anything, so the last parenthesis ends it. */
static bool take_stat(struct tl_peek_task *t, char *text)
{
	char *open = strchr(text, '('), *close = strrchr(text, ')');
	uint64_t tick = 1000000000ull / sysconf(_SC_CLK_TCK);

	if (!open || !close || close < open || close[1] != ' ' || !close[2])
		return false;
	tl_peek_set(t, TL_TASK_pid, strtoull(text, NULL, 10));
	/* of a kernel thread it holds more than the task_struct: what it works for
	 * (proc_task_name(), since 4.18) */
	snprintf(t->comm, TASK_COMM_LEN, "%.*s", (int)(close - open - 1), open + 1);
	take_state(t, close[2]);
	char *p = close + 3;
	for (unsigned nr = 4; *p == ' '; nr++) {
		char *end;
		long long v = *++p == '-' ? strtoll(p, &end, 10) : (long long)strtoull(p, &end, 10);

		for (unsigned i = 0; i < ARRAY_SIZE(stat_fields); i++)
			if (stat_fields[i].nr == nr)
				tl_peek_set(t, stat_fields[i].field,
					    stat_fields[i].ticks ? v * tick : (uint64_t)v);
		if (nr == 18)
			tl_peek_set(t, TL_TASK_prio, v + 100); /* task_prio(): prio - MAX_RT_PRIO */
		if (nr == 19)
			tl_peek_set(t, TL_TASK_static_prio, v + 120); /* nice */
		p = end;
	}
	return true;
}

/* "NSpid:	4711	7": outermost first; our own is the first that we can see. */
static void take_numbers(struct tl_peek_task *t, const char *p, uint32_t own_ns)
{
	char *end;

	for (long v = strtol(p, &end, 10); end != p && t->n_ns < TL_PEEK_NS;
	     v = strtol(p, &end, 10)) {
		t->ns[t->n_ns] = (__typeof__(t->ns[0])){t->n_ns ? 0 : own_ns, v};
		t->n_ns++;
		p = end;
	}
}

static void take_status(struct tl_peek *p, struct tl_peek_task *t, char *text)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		for (unsigned i = 0; i < ARRAY_SIZE(status_fields); i++)
			if (!strncmp(line, status_fields[i].name, strlen(status_fields[i].name)))
				tl_peek_set(t, status_fields[i].field,
					    strtoull(line + strlen(status_fields[i].name), NULL,
						     status_fields[i].base));
		if (!strncmp(line, "NSpid:", 6))
			take_numbers(t, line + 6, p->own_ns);
		if (!strncmp(line, "TracerPid:", 10)) {
			long tracer = strtol(line + 10, NULL, 10);

			tl_peek_set(t, TL_TASK_parent_pid,
				    tracer ? tracer : (long)t->v[TL_TASK_real_parent_pid]);
			tl_peek_set(t, TL_TASK_ptrace, tracer != 0); /* at least PT_PTRACED */
		}
	}
	if (tl_peek_has(t, TL_TASK_tgid))
		tl_peek_set(t, TL_TASK_leader_pid, t->v[TL_TASK_tgid]);
}

/* "run-time wait-time timeslices" */
static void take_schedstat(struct tl_peek_task *t, const char *text)
{
	unsigned long long run, wait, count;

	if (sscanf(text, "%llu %llu %llu", &run, &wait, &count) != 3)
		return;
	tl_peek_set(t, TL_TASK_sum_exec_runtime, run);
	tl_peek_set(t, TL_TASK_run_delay, wait);
	tl_peek_set(t, TL_TASK_pcount, count);
}

static struct tl_err *take_task(struct tl_peek *p, int dir, const char *tid)
{
	auto_close int task = openat(dir, tid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_free char *stat = task >= 0 ? read_of(task, "stat") : NULL,
		       *status = stat ? read_of(task, "status") : NULL;
	auto_free char *sched = status ? read_of(task, "schedstat") : NULL;
	struct tl_peek_task *t;

	if (!status)
		return NULL; /* gone */
	t = peek_add(p);
	if (!t)
		return &tl_enomem;
	if (!take_stat(t, stat)) {
		p->n--;
		return NULL;
	}
	take_status(p, t, status);
	if (sched)
		take_schedstat(t, sched);
	return NULL;
}

/* `one` for each entry that is a number. */
static struct tl_err *each(int dir,
			   struct tl_err *(*one)(struct tl_peek *p, int dir, const char *name),
			   struct tl_peek *p)
{
	DIR *d = fdopendir(dir);
	struct tl_err *err = NULL;
	struct dirent *e;

	if (!d) {
		close(dir);
		return NULL;
	}
	while (!err && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]))
			err = one(p, dirfd(d), e->d_name);
	closedir(d);
	return err;
}

static struct tl_err *take_process(struct tl_peek *p, int dir, const char *pid)
{
	char name[280];
	int tasks;

	snprintf(name, sizeof(name), "%s/task", pid);
	tasks = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return tasks < 0 ? NULL : each(tasks, take_task, p);
}

struct tl_err *peek_proc_sweep(struct tl_peek *p)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		return tl_err_os(errno, N_("cannot read the tasks"), NULL, "/proc");
	try(each(proc, take_process, p));
	if (!p->n)
		return tl_err_new(TL_E_DENIED,
				  N_("/proc shows no task: it is not mounted, or hides them"),
				  NULL);
	return NULL;
}
