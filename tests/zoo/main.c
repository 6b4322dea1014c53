/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zoo list | zoo run CASE|FAMILY|all... [-CASE...]: each case runs in a process d_CASE of its own,
 * under a time limit. Expectations go to the file named by ZOO_EXPECT (appended), else to standard
 * output; one summary line per case ("result": ok, skipped, failed) goes with them. Exit status: 0
 * when none failed, 1 otherwise, 2 usage.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
#include <unistd.h>
#include "zoo.h"

/* of one case: a guest of a busy machine needs ten times what this machine does */
#define LIMIT_SECONDS 100

static const struct zoo_family families[] = {
	{"births", zoo_births},
	{"exits", zoo_exits_},
	{"execs", zoo_execs},
	{"threads", zoo_threads},
	{"signals", zoo_signals},
	{"faults", zoo_faults},
	{"limits", zoo_limits},
	{"seccomp", zoo_seccomp},
	{"orphans", zoo_orphans},
	{"ttys", zoo_ttys},
	{"ptrace", zoo_ptrace},
	{"cgroups", zoo_cgroups},
	{"spaces", zoo_spaces},
	{"uring", zoo_uring},
	{"names", zoo_names},
	{"turns", zoo_turns},
	{"waits", zoo_waits},
	{"crowds", zoo_crowds},
	{"kernel", zoo_kernel},
	{},
};

struct tally {
	unsigned ok, skipped, failed;
};

static void remove_dir(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	rmdir(path);
}

/* The keeper's own life. */
static void keep(struct zoo *z, const struct zoo_case *c)
{
	struct rlimit core;

	zoo_be(z, "d");
	setpgid(0, 0);
	signal(SIGALRM, SIG_DFL); /* the time limit is our parent's */
	getrlimit(RLIMIT_CORE, &core);
	core.rlim_cur = 0; /* cores only where a case asks for them */
	setrlimit(RLIMIT_CORE, &core);
	if ((c->needs & ZOO_ROOT) && geteuid())
		zoo_skip(z, "needs root");
	if ((c->needs & ZOO_MACHINE) && !getenv("ZOO_LAB"))
		zoo_skip(z, "changes the whole machine: only where ZOO_LAB is set");
	c->run(z);
	_exit(0);
}

static volatile sig_atomic_t late;

static void on_alarm(int sig)
{
	late = 1;
}

static void say(struct zoo *z, const char *word, const char *why)
{
	dprintf(z->out, "{\"case\":\"%s\",\"result\":\"%s\"%s%s%s}\n", z->name, word,
		why ? ",\"why\":\"" : "", why ? why : "", why ? "\"" : "");
}

/* The keeper may itself be the subject of a look: say how it ended. */
static void settle(struct zoo *z, pid_t pid, int status, struct tally *t)
{
	char d[32];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		t->skipped++;
		return;
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status)) {
		t->ok++;
		zoo_tell_reaped(z, zoo_me(),
				(struct zoo_say){.tid = pid,
						 .comm = zoo_role(z, "d", d),
						 .death = "exit",
						 .exit = ZOO_EXIT(0)});
		say(z, "ok", NULL);
		return;
	}
	t->failed++;
	if (late)
		say(z, "failed", "time limit reached");
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
		say(z, "failed", "the keeper died");
}

static void run_case(const struct zoo_case *c, int out, struct tally *t)
{
	struct zoo z = {.name = c->name, .out = out};
	struct sigaction sa = {.sa_handler = on_alarm};
	int status = 0;

	z.sh = mmap(NULL, sizeof(*z.sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (z.sh == MAP_FAILED)
		exit(1);
	snprintf(z.dir, sizeof(z.dir), "/tmp/zoo-%s-%d", c->name, (int)getpid());
	late = 0;
	sigaction(SIGALRM, &sa, NULL);
	pid_t pid = fork();
	if (!pid)
		keep(&z, c);
	alarm(LIMIT_SECONDS);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		if (late)
			kill(-pid, SIGKILL);
	alarm(0);
	settle(&z, pid, status, t);
	remove_dir(z.dir);
	munmap(z.sh, sizeof(*z.sh));
}

static bool excluded(const char *name, int n, char **words)
{
	for (int i = 0; i < n; i++)
		if (words[i][0] == '-' && !strcmp(words[i] + 1, name))
			return true;
	return false;
}

static bool wanted(const struct zoo_family *f, const struct zoo_case *c, int n, char **words)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(words[i], c->name))
			return true;
	for (int i = 0; i < n && !(c->needs & ZOO_ALONE); i++)
		if (!strcmp(words[i], "all") || !strcmp(words[i], f->name))
			return !excluded(c->name, n, words);
	return false;
}

static bool known(const char *word)
{
	for (const struct zoo_family *f = families; f->name; f++) {
		if (!strcmp(f->name, word))
			return true;
		for (const struct zoo_case *c = f->cases; c->name; c++)
			if (!strcmp(c->name, word))
				return true;
	}
	return !strcmp(word, "all");
}

static int list(void)
{
	for (const struct zoo_family *f = families; f->name; f++)
		for (const struct zoo_case *c = f->cases; c->name; c++)
			printf("%s\t%s\t%s%s%s\t%s\n", c->name, f->name,
			       c->needs & ZOO_ROOT ? "root " : "",
			       c->needs & ZOO_MACHINE ? "machine " : "",
			       c->needs & ZOO_ALONE ? "alone" : "", c->says);
	return 0;
}

static int run(int n, char **words)
{
	const char *path = getenv("ZOO_EXPECT");
	struct tally t = {};
	int out = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : dup(1);

	for (int i = 0; i < n; i++)
		if (!known(words[i] + (words[i][0] == '-'))) {
			fprintf(stderr, "zoo: no case or family '%s'; see zoo list\n", words[i]);
			return 2;
		}
	if (out < 0) {
		fprintf(stderr, "zoo: cannot write '%s': %m\n", path ? path : "standard output");
		return 1;
	}
	for (const struct zoo_family *f = families; f->name; f++)
		for (const struct zoo_case *c = f->cases; c->name; c++)
			if (wanted(f, c, n, words))
				run_case(c, out, &t);
	fprintf(stderr, "zoo: %u ok, %u skipped, %u failed\n", t.ok, t.skipped, t.failed);
	return t.failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc > 0 && !strcmp(argv[0], "zoo-sub"))
		return zoo_sub(argc, argv);
	if (argc > 0 && strstr(argv[0], "/lc_")) /* a helper the kernel started */
		return 0;
	if (argc > 2 && !strcmp(argv[1], "run"))
		return run(argc - 2, argv + 2);
	if (argc == 2 && !strcmp(argv[1], "list"))
		return list();
	fprintf(stderr, "usage: zoo list | zoo run CASE|FAMILY|all... [-CASE...]\n");
	return 2;
}
