/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "cmd/capture.h"

/* One of the three allowed file-scope variables of the house: a signal asks to come to an end. */
static volatile int stop_asked;

const struct opt capture_opts[] = {
	OPT_STR(0, "mode", "function|stacks|events",
		N_("record just so, or not at all (default: the best this machine permits)"),
		struct capture_opts, mode),
	OPT_FLAG(0, "best-effort", N_("go on with what is permitted when tracing is refused"),
		 struct capture_opts, best_effort),
	OPT_FLAG(
		0, "exit-syscalls",
		N_("exit codes from system call events, where nothing better is permitted; costs every system call of the machine some ns"),
		struct capture_opts, exit_syscalls),
	OPT_FLAG(
		0, "no-bpf",
		N_("load no BPF program: exit codes and some sources of signals are then not known"),
		struct capture_opts, no_bpf),
	OPT_FLAG(
		0, "lives-only",
		N_("births, execs, signals and deaths alone, not when tasks ran: the least there is to record"),
		struct capture_opts, lives_only),
	OPT_FLAG(0, "no-compress", N_("leave the recording's file unpacked (default: zstd)"),
		 struct capture_opts, no_compress),
	OPT_INT(0, "format", "6|7",
		N_("version of the recording's file; 6 for trace-cmd before 3.0, never packed (default: 7)"),
		struct capture_opts, format),
	OPT_STR(0, "max-size", "SIZE",
		N_("end when so much was recorded, counted before packing: a number with K, M or G"),
		struct capture_opts, max_size),
	OPT_INT(0, "buffer-kb", "KB",
		N_("ring buffer per CPU (default: as the machine's load and memory say)"),
		struct capture_opts, buffer_kb),
	OPT_END,
};

static void on_signal(int sig)
{
	stop_asked = sig;
}

/* The first signal ends the recording in order; the second one is too late to matter, so keep the
 * handler. */
void capture_catch_signals(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	/* a limit of ulimit -f is a full disk to us; the command has its own */
	signal(SIGXFSZ, SIG_IGN);
}

static struct tl_err *mode_of(const char *text, struct tl_rec_plan *plan)
{
	static const struct {
		const char *name;
		enum tl_rec_mode mode;
	} modes[] = {{"function", TL_MODE_FUNCTION},
		     {"stacks", TL_MODE_STACKS},
		     {"events+stacks", TL_MODE_STACKS},
		     {"events", TL_MODE_EVENTS}};

	for (size_t i = 0; text && i < ARRAY_SIZE(modes); i++) {
		if (strcmp(modes[i].name, text))
			continue;
		plan->want_mode = true;
		plan->mode = modes[i].mode;
		return NULL;
	}
	return !text ? NULL
		     : tl_err_hint(tl_err_new(TL_E_USAGE, N_("there is no mode '%s'"), text),
				   N_("there are 'function', 'stacks' and 'events'"), NULL);
}

static struct tl_err *bytes_of(const char *text, uint64_t *ret)
{
	static const char units[] = "KMG";
	char *end;
	const char *unit;
	double v;

	if (!text)
		return NULL;
	v = strtod(text, &end);
	unit = end > text && *end ? strchr(units, *end) : NULL;
	if (end == text || (*end && (!unit || end[1])) || !(v >= 1) || v > 1e12)
		return tl_err_hint(tl_err_new(TL_E_USAGE, N_("'%s' is no size"), text),
				   N_("for instance 64M or 2G"), NULL);
	*ret = (uint64_t)v << (unit ? 10 * (unit - units + 1) : 0);
	return NULL;
}

static struct tl_err *pids_of(const struct opt_list *list, tl_pid *ret)
{
	for (int i = 0; i < list->n; i++) {
		char *end;
		long v = strtol(list->v[i], &end, 10);

		if (end == list->v[i] || *end || v <= 0 || v > INT32_MAX)
			return tl_err_new(TL_E_USAGE, N_("'%s' is no task id"), list->v[i]);
		/* a watch goes on with what is permitted: it would wait for nobody */
		if (kill((pid_t)v, 0) && errno == ESRCH)
			return tl_err_os(ESRCH, N_("cannot follow the task '%s'"), list->v[i],
					 NULL);
		ret[i] = (tl_pid)v;
	}
	return NULL;
}

/*
 * Set by lab/init alone: its machine is turned off right behind the recording, and removing
 * instances costs a guest without KVM up to half a second. What the command inherits shall not have
 * it.
 */
static bool thrown_away(void)
{
	bool set = getenv("TASKLIFE_THROWN_AWAY");

	unsetenv("TASKLIFE_THROWN_AWAY");
	return set;
}

struct tl_err *capture_open(const struct capture_opts *opts, struct capture *ret)
{
	struct tl_rec_plan plan = {
		.everything = opts->everything,
		.buffer_kb = opts->buffer_kb,
		.exit_syscalls = opts->exit_syscalls,
		.no_bpf = opts->no_bpf,
		.lives_only = opts->lives_only,
		.best_effort = opts->best_effort,
		.follow = opts->follow,
		.states = opts->states,
		.flight = opts->flight,
		.last = opts->last,
		.leave = thrown_away(),
		.n_pids = (unsigned)opts->pid.n,
	};

	*ret = (struct capture){
		.child = TL_PID_NONE,
		.best_effort = opts->best_effort,
		.as = {.format = (unsigned)opts->format, .pack = !opts->no_compress}};
	if (opts->format && opts->format != 6 && opts->format != 7)
		return tl_err_new(TL_E_USAGE, N_("trace.dat has the formats 6 and 7"), NULL);
	if (opts->buffer_kb < 0)
		return tl_err_new(TL_E_USAGE, N_("a buffer cannot be smaller than nothing"), NULL);
	try(mode_of(opts->mode, &plan));
	try(bytes_of(opts->max_size, &plan.max_bytes));
	try(pids_of(&opts->pid, ret->pids));
	plan.pid = ret->pids;
	capture_catch_signals();
	return tl_recorder_open(&plan, &ret->rec);
}

struct tl_err *capture_start(struct capture *cap, char **argv)
{
	return tl_recorder_spawn(cap->rec, argv, &cap->child);
}

/* What capture_leave() puts where a signal leaves its number. */
#define LEAVING (-1)
/* A Ctrl-C goes to the command as well: let its death still come into the recording. */
#define GRACE_SECONDS 1.0

struct tl_err *capture_wait(struct capture *cap, double seconds)
{
	static const volatile int never;

	try(tl_recorder_wait(cap->rec, seconds, &stop_asked, &cap->status, &cap->ended));
	if (stop_asked && stop_asked != LEAVING && cap->child != TL_PID_NONE && !cap->ended)
		try(tl_recorder_wait(cap->rec, GRACE_SECONDS, &never, &cap->status, &cap->ended));
	return tl_recorder_stop(cap->rec);
}

void capture_stop(void)
{
	stop_asked = SIGTERM;
}

void capture_leave(void)
{
	if (!stop_asked)
		stop_asked = LEAVING;
}

int capture_interrupted(void)
{
	return stop_asked;
}

struct tl_err *keep_open(const char *path, struct keep *ret)
{
	*ret = (struct keep){.path = path};
	if (!strcmp(path, "-")) {
		ret->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		return ret->fd >= 0 ? NULL
				    : tl_err_os(errno, N_("cannot keep the recording"), NULL, NULL);
	}
	ret->created = true;
	ret->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (ret->fd < 0 && errno == EEXIST) {
		ret->created = false;
		ret->fd = open(path, O_WRONLY | O_CLOEXEC);
	}
	return ret->fd >= 0 ? NULL : tl_err_os(errno, N_("cannot keep the recording"), NULL, path);
}

struct tl_err *keep_save(struct keep *keep, struct capture *cap)
{
	struct tl_err *err;

	if (!keep->created && ftruncate(keep->fd, 0) &&
	    errno != EINVAL) /* a pipe has nothing to cut off */
		err = tl_err_os(errno, N_("cannot keep the recording"), NULL, keep->path);
	else
		err = tl_recorder_write(cap->rec, keep->fd, &cap->as);
	if (err && err != &tl_enomem && !err->path)
		err->path = strdup(keep->path); /* the recorder knows but a descriptor */
	if (close(take_fd(&keep->fd)) && !err)
		err = tl_err_os(errno, N_("cannot keep the recording"), NULL, keep->path);
	return err;
}

void keep_drop(struct keep *keep)
{
	if (!keep->path || keep->fd < 0)
		return;
	close(take_fd(&keep->fd));
	if (keep->created)
		unlink(keep->path);
}

struct writer {
	pthread_t thread;
	struct tl_recorder *rec;
	int fd;
	struct tl_err *err;
};

static void *write_all(void *arg)
{
	struct writer *w = arg;

	w->err = tl_recorder_write(w->rec, w->fd, &(struct tl_rec_file){}); /* it is read at once */
	close(w->fd);
	return NULL;
}

struct tl_err *capture_pipe(struct capture *cap, int *ret_fd, struct writer **ret)
{
	struct writer *w = calloc(1, sizeof(*w));
	int fd[2], os;

	if (!w)
		return &tl_enomem;
	if (pipe2(fd, O_CLOEXEC)) {
		os = errno;
		free(w);
		return tl_err_os(os, N_("cannot hand the recording to the reader"), NULL, NULL);
	}
	signal(SIGPIPE, SIG_IGN); /* the reader may have enough before the writer does */
	w->rec = cap->rec;
	w->fd = fd[1];
	os = pthread_create(&w->thread, NULL, write_all, w);
	if (os) {
		close(fd[0]);
		close(fd[1]);
		free(w);
		return tl_err_os(os, N_("cannot hand the recording to the reader"), NULL, NULL);
	}
	*ret_fd = fd[0];
	*ret = w;
	return NULL;
}

struct tl_err *capture_join(struct writer *w)
{
	struct tl_err *err;

	if (!w)
		return NULL;
	pthread_join(w->thread, NULL);
	err = w->err;
	free(w);
	if (err && err->os == EPIPE) {
		tl_err_free(err); /* it was the reader who stopped, and it has said why */
		return NULL;
	}
	return err;
}

void capture_close(struct capture *cap)
{
	if (cap->rec)
		tl_recorder_close(cap->rec);
	cap->rec = NULL;
}

int capture_exit_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

int capture_start_status(const struct tl_err *err)
{
	if (err->os == ENOENT || err->os == ENOTDIR)
		return 127;
	return err->os == EACCES || err->os == ENOEXEC || err->os == EPERM || err->os == EISDIR
		       ? 126
		       : 125;
}
