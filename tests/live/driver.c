/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A recording without the program around it, for tests/live and tests/restore.
 *
 *	driver record [-o FILE] [-m MODE] [-k KB] [-d SECONDS] [-p PID] [-a] [-s] -- CMD...
 *	driver restore
 *	driver abilities
 *
 * TL_HOLD=open|spawned|stopped makes it wait there until it is killed, after saying so on stdout.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/guard.h"
#include "tasklife/recorder.h"

static volatile int stop;

static void on_signal(int sig)
{
	stop = sig;
}

static void say(const struct tl_err *err)
{
	fprintf(stderr, "driver: ");
	if (strstr(err->what, "%s"))
		fprintf(stderr, "%.*s%s%s\n", (int)(strstr(err->what, "%s") - err->what), err->what,
			err->subject ? err->subject : "", strstr(err->what, "%s") + 2);
	else
		fprintf(stderr, "%s\n", err->what);
	if (err->path)
		fprintf(stderr, "   file   %s\n", err->path);
	if (err->os || err->cause)
		fprintf(stderr, "   kernel %s: %s (%s)\n", err->os ? tl_err_symbol(err->os) : "-",
			err->cause ? err->cause : "", err->cause_arg ? err->cause_arg : "");
	if (err->log)
		fprintf(stderr, "   log    %s\n", err->log);
	for (int i = 0; i < TL_ERR_HINTS && err->hint[i]; i++)
		fprintf(stderr, "   hint   %s (%s)\n", err->hint[i],
			err->hint_arg[i] ? err->hint_arg[i] : "");
}

static int fail(struct tl_err *err)
{
	int code = err->code;

	say(err);
	tl_err_free(err);
	return code;
}

static void hold(const char *step)
{
	const char *at = getenv("TL_HOLD");

	if (!at || strcmp(at, step))
		return;
	printf("hold %s\n", step);
	fflush(stdout);
	while (!stop)
		pause();
}

static struct tl_err *keep(struct tl_recorder *rec, const char *file)
{
	auto_close int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	return fd < 0 ? tl_err_os(errno, "cannot write", NULL, file)
		      : tl_recorder_write(rec, fd, &(struct tl_rec_file){.pack = true});
}

static void report(const struct tl_rec_report *r, int status)
{
	printf("mode %s\nclock %s\nexit_by_bpf %d\nexit_by_syscalls %d\n",
	       tl_rec_mode_name(r->mode), r->clock, r->exit_by_bpf, r->exit_by_syscalls);
	printf("written %llu\nread %llu\nlost %llu\nstatus %d\n", (unsigned long long)r->written,
	       (unsigned long long)r->read, (unsigned long long)r->lost, status);
	for (unsigned i = 0; i < r->n_refused; i++)
		say(r->refused[i]);
}

struct wish {
	struct tl_rec_plan plan;
	const char *file;
	double seconds;
	char *const *cmd;
};

static struct tl_err *run(struct tl_recorder *rec, const struct wish *w)
{
	int status = -1;
	bool ended = false;
	tl_pid pid;

	hold("open");
	if (w->cmd)
		try(tl_recorder_spawn(rec, w->cmd, &pid));
	hold("spawned");
	try(tl_recorder_wait(rec, w->seconds, &stop, &status, &ended));
	try(tl_recorder_stop(rec));
	hold("stopped");
	if (w->file)
		try(keep(rec, w->file));
	report(tl_recorder_report(rec), ended ? status : -1);
	return NULL;
}

static int record(const struct wish *w)
{
	struct tl_recorder *rec;
	struct tl_err *err = tl_recorder_open(&w->plan, &rec);

	if (err)
		return fail(err);
	err = run(rec, w);
	tl_recorder_close(rec);
	return err ? fail(err) : 0;
}

static int restore(void)
{
	unsigned n;
	struct tl_err *err = tl_restore(&n);

	printf("restored %u\n", n);
	return err ? fail(err) : 0;
}

static int abilities(void)
{
	struct tl_ability *a;
	unsigned n;
	struct tl_err *err = tl_abilities(&a, &n);

	if (err)
		return fail(err);
	for (unsigned i = 0; i < n; i++) {
		printf("%-16s %-3s %s: %s\n", a[i].id, a[i].ok ? "yes" : "no", a[i].detail,
		       a[i].says);
		if (a[i].why)
			say(a[i].why);
	}
	tl_abilities_free(a, n);
	return 0;
}

static enum tl_rec_mode mode_named(const char *name)
{
	enum tl_rec_mode m = TL_MODE_FUNCTION;

	while (m < TL_MODE_EVENTS && strcmp(tl_rec_mode_name(m), name))
		m++;
	return m;
}

int main(int argc, char **argv)
{
	struct wish w = {.seconds = -1};
	struct sigaction act = {.sa_handler = on_signal};
	tl_pid pid;
	int c;

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	if (argc > 1 && !strcmp(argv[1], "restore"))
		return restore();
	if (argc > 1 && !strcmp(argv[1], "abilities"))
		return abilities();
	optind = 2;
	while ((c = getopt(argc, argv, "+o:m:k:d:p:as")) != -1) {
		if (c == 'o')
			w.file = optarg;
		if (c == 'm')
			w.plan.want_mode = true, w.plan.mode = mode_named(optarg);
		if (c == 'k')
			w.plan.buffer_kb = atoi(optarg);
		if (c == 'd')
			w.seconds = atof(optarg);
		if (c == 'p')
			pid = atoi(optarg), w.plan.pid = &pid, w.plan.n_pids = 1;
		if (c == 'a')
			w.plan.everything = true;
		if (c == 's')
			w.plan.exit_syscalls = true;
	}
	w.cmd = argv[optind] ? argv + optind : NULL;
	return record(&w);
}
