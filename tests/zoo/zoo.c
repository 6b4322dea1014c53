/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The zoo's library: making named children, steps between processes, waiting.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "zoo.h"

#ifndef SYS_futex
#define SYS_futex SYS_futex_time64
#endif

/* ---- steps ---- */

static void futex(uint32_t *at, int op, uint32_t val)
{
	/* A short sleep bounds the wait: a lost wakeup costs 50 ms, never the case. */
	struct timespec ts = {.tv_nsec = 50 * 1000 * 1000};

	syscall(SYS_futex, at, op, val, op == FUTEX_WAIT ? &ts : NULL, NULL, 0);
}

void zoo_step(struct zoo *z, uint32_t n)
{
	__atomic_store_n(&z->sh->step, n, __ATOMIC_SEQ_CST);
	futex(&z->sh->step, FUTEX_WAKE, INT_MAX);
}

void zoo_until(struct zoo *z, uint32_t n)
{
	uint32_t now;

	while ((now = __atomic_load_n(&z->sh->step, __ATOMIC_SEQ_CST)) < n)
		futex(&z->sh->step, FUTEX_WAIT, now);
}

/* ---- tasks ---- */

pid_t zoo_tid(void)
{
	return syscall(SYS_gettid);
}

const char *zoo_role(struct zoo *z, const char *role, char *buf)
{
	const char *tail = strchr(role, ':');

	if (tail)
		snprintf(buf, 32, "%.*s_%s_%s", (int)(tail - role), role, z->name, tail + 1);
	else
		snprintf(buf, 32, "%s_%s", role, z->name);
	buf[15] = 0; /* as the kernel cuts it */
	return buf;
}

void zoo_be(struct zoo *z, const char *role)
{
	char b[32];

	prctl(PR_SET_NAME, zoo_role(z, role, b));
}

void zoo_known_comm(struct zoo *z, pid_t tid, const char *comm)
{
	struct zoo_kid *k = &z->kid[z->n_kids % ZOO_KIDS];

	z->n_kids++;
	k->tid = tid;
	snprintf(k->comm, sizeof(k->comm), "%s", comm);
}

void zoo_known(struct zoo *z, pid_t tid, const char *role)
{
	char b[32];

	zoo_known_comm(z, tid, zoo_role(z, role, b));
}

struct zoo_who zoo_who(struct zoo *z, pid_t tid)
{
	for (unsigned i = z->n_kids < ZOO_KIDS ? z->n_kids : ZOO_KIDS; tid && i-- > 0;)
		if (z->kid[i].tid == tid)
			return (struct zoo_who){tid, z->kid[i].comm};
	return (struct zoo_who){tid, NULL};
}

struct zoo_who zoo_me(void)
{
	static char comm[32]; /* of the caller, asked anew each time */

	prctl(PR_GET_NAME, comm);
	return (struct zoo_who){zoo_tid(), comm};
}

pid_t zoo_child(struct zoo *z, const char *role, zoo_fn *fn, void *arg)
{
	int p[2];
	char c;

	if (pipe2(p, O_CLOEXEC))
		zoo_fail(z, "pipe: %m");
	pid_t pid = fork();
	if (pid < 0)
		zoo_fail(z, "fork: %m");
	if (!pid) {
		zoo_be(z, role);
		close(p[0]);
		close(p[1]); /* the parent reads the end: the name stands */
		_exit(fn(z, arg));
	}
	close(p[1]);
	while (read(p[0], &c, 1) < 0 && errno == EINTR)
		;
	close(p[0]);
	zoo_known(z, pid, role);
	return pid;
}

static void check(struct zoo *z, const siginfo_t *si, const struct zoo_say *s)
{
	int code = s->core ? CLD_DUMPED : s->signal ? CLD_KILLED : CLD_EXITED;
	int status = s->signal ? s->signal : s->exit - 1;

	/* What the process did is what wait sees; the leader's own death may differ. */
	if (s->process_signal || s->process_exit) {
		code = s->core ? CLD_DUMPED : s->process_signal ? CLD_KILLED : CLD_EXITED;
		status = s->process_signal ? s->process_signal : s->process_exit - 1;
	}
	if (si->si_code != code || si->si_status != status)
		zoo_fail(
			z,
			"pid %d: waitid says code %d status %d, the case is made for code %d status %d",
			(int)si->si_pid, si->si_code, si->si_status, code, status);
}

void zoo_tell_reaped(struct zoo *z, struct zoo_who reaper, struct zoo_say s)
{
	s.birth = s.birth ? s.birth : "fork";
	if (!s.creator.tid)
		s.creator = reaper;
	s.reaper = reaper;
	if (!s.process) {
		s.process = s.death;
		s.process_signal = s.signal;
		s.process_exit = s.exit;
		s.process_source = s.source;
	}
	zoo_tell(z, s);
}

void zoo_end(struct zoo *z, pid_t pid, struct zoo_say s)
{
	siginfo_t si = {};
	struct zoo_who me = zoo_me();

	while (waitid(P_PID, pid, &si, WEXITED | __WALL))
		if (errno != EINTR)
			zoo_fail(z, "waitid %d: %m", (int)pid);
	check(z, &si, &s);
	s.tid = pid;
	zoo_tell_reaped(z, me, s);
}

void zoo_end0(struct zoo *z, pid_t pid)
{
	zoo_end(z, pid, (struct zoo_say){.death = "exit", .exit = ZOO_EXIT(0)});
}

struct zoo_who zoo_kill_by(struct zoo *z, const char *role, struct zoo_kill k)
{
	pid_t pid = zoo_child(z, role, zoo_kills, &k);

	zoo_end0(z, pid);
	return zoo_who(z, pid);
}

void zoo_own(struct zoo *z, zoo_fn *fn, int sig, const char *source)
{
	pid_t c = zoo_child(z, "c", fn, NULL);

	zoo_end(z, c,
		(struct zoo_say){
			.death = "signal", .signal = sig, .source = source, .by = zoo_who(z, c)});
}

struct zoo_who zoo_between(struct zoo *z, zoo_fn *fn, void *arg)
{
	pid_t m = zoo_child(z, "m", fn, arg);
	struct zoo_who was = zoo_who(z, m);

	zoo_end0(z, m);
	zoo_known(z, z->sh->pid[0], "c");
	return was;
}

void zoo_taken_along(struct zoo *z, zoo_fn *fn, void *arg, int sig, const char *source)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	struct zoo_who was = zoo_between(z, fn, arg);
	zoo_end(z, z->sh->pid[0],
		(struct zoo_say){.creator = was,
				 .death = "signal",
				 .signal = sig,
				 .source = source,
				 .trigger = was,
				 .nobody = true});
}

int zoo_try(struct zoo *z, zoo_fn *fn)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_NAME, "try");
		_exit(fn(z, NULL));
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- small tools ---- */

void zoo_ms(unsigned ms)
{
	struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

char zoo_state(pid_t pid)
{
	char path[64], buf[512];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	buf[n] = 0;
	char *p = strrchr(buf, ')');
	return p && p[1] ? p[2] : 0;
}

bool zoo_state_is(pid_t pid, char state, unsigned ms)
{
	for (unsigned i = 0; i <= ms; i += 2) {
		if (zoo_state(pid) == state)
			return true;
		zoo_ms(2);
	}
	return false;
}

bool zoo_gone(pid_t pid, unsigned ms)
{
	for (unsigned i = 0; i <= ms; i += 2) {
		if (kill(pid, 0) && errno == ESRCH)
			return true;
		zoo_ms(2);
	}
	return false;
}

const char *zoo_dir(struct zoo *z)
{
	if (!z->made_dir && mkdir(z->dir, 0755))
		zoo_skip(z, "no directory %s to be had: %m", z->dir);
	z->made_dir = true;
	return z->dir;
}

bool zoo_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);

	if (fd < 0)
		return false;
	bool ok = write(fd, text, n) == (ssize_t)n;
	close(fd);
	return ok;
}

bool zoo_read(const char *path, char *buf, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, buf, n - 1);

	if (fd >= 0)
		close(fd);
	if (got < 0)
		return false;
	buf[got] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return true;
}

bool zoo_put(const char *dir, const char *file, const char *fmt, ...)
{
	char path[512], text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return zoo_write(path, text);
}

bool zoo_kernel_at_least(int major, int minor)
{
	struct utsname u;
	int a = 0, b = 0;

	uname(&u);
	sscanf(u.release, "%d.%d", &a, &b);
	return a > major || (a == major && b >= minor);
}

/* Where is a controller mounted? v1 has a mount per controller, v2 one for all that v1 has not
 * taken. */
static bool find_mount(const char *controller, char *ret, size_t n, bool *ret_v2)
{
	char path[256], type[64], opts[256], root[256];
	FILE *f = fopen("/proc/mounts", "re");
	bool found = false;

	while (f && !found && fscanf(f, "%*s %255s %63s %255s %*[^\n]", path, type, opts) == 3) {
		char all[512] = "";

		if (!strcmp(type, "cgroup2")) {
			snprintf(root, sizeof(root), "%.200s/cgroup.controllers", path);
			zoo_read(root, all, sizeof(all));
			found = !*controller || strstr(all, controller);
			*ret_v2 = true;
		} else if (!strcmp(type, "cgroup") && *controller) {
			char want[64];

			snprintf(want, sizeof(want), ",%s", controller);
			found = strstr(opts, want) != NULL;
			*ret_v2 = false;
		}
	}
	if (f)
		fclose(f);
	if (found)
		snprintf(ret, n, "%s", path);
	return found;
}

bool zoo_cgroup(struct zoo *z, const char *controller, char *ret, size_t n, bool *ret_v2)
{
	char root[256];

	if (!find_mount(controller, root, sizeof(root), ret_v2))
		return false;
	if (*ret_v2 && *controller)
		zoo_put(root, "cgroup.subtree_control", "+%s", controller);
	snprintf(ret, n, "%.200s/zoo-%s-%d", root, z->name, (int)getpid());
	return mkdir(ret, 0755) == 0;
}

const char *zoo_link(struct zoo *z, const char *comm, char *buf)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		zoo_skip(z, "no /proc/self/exe: %m");
	self[n] = 0;
	snprintf(buf, 128, "%s/%s", zoo_dir(z), comm);
	unlink(buf);
	if (symlink(self, buf))
		zoo_fail(z, "symlink %s: %m", buf);
	return buf;
}

/* argv: "zoo-sub", what, argument */
int zoo_sub(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int arg = argc > 2 ? atoi(argv[2]) : 0;

	if (!strcmp(what, "exit"))
		return arg;
	if (!strcmp(what, "exec") && argc > 3) {
		char *next[] = {argv[0], (char *)"exit", argv[3], NULL};

		execv(argv[2], next);
		return 126;
	}
	if (!strcmp(what, "wait"))
		return waitpid(arg, NULL, 0) == arg ? 0 : 1;
	if (!strcmp(what, "sleep"))
		zoo_ms(arg);
	return 0;
}

int zoo_sleeps(struct zoo *z, void *arg)
{
	for (;;)
		pause();
}

int zoo_kills(struct zoo *z, void *arg)
{
	const struct zoo_kill *k = arg;

	if (k->tid)
		return syscall(SYS_tgkill, k->pid, k->tid, k->sig) ? 1 : 0;
	return kill(k->pid, k->sig) ? 1 : 0;
}

int zoo_exits(struct zoo *z, void *arg)
{
	return (int)(intptr_t)arg;
}
