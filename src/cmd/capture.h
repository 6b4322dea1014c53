/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What run and record share: a recorder opened by options, a command started under it, waited for,
 * and the recorder stopped. SIGINT and SIGTERM end the waiting, not the program: what was begun is
 * put back.
 */
#ifndef CMD_CAPTURE_H
#define CMD_CAPTURE_H

#include "cmd/cmd.h"
#include "tasklife/recorder.h"

struct capture_opts {
	struct opt_list pid;
	const char *mode, *max_size;
	int64_t buffer_kb, format;
	bool everything, exit_syscalls, no_bpf, lives_only, best_effort, no_compress;
	bool follow; /* no option: watch sets it */
	bool states; /* no option: tui sets it, see struct tl_rec_plan */
	bool flight; /* no option: record --until-death sets it, and last */
	double last;
};
extern const struct opt capture_opts[]; /* without -p and -a */

struct capture {
	struct tl_recorder *rec;
	tl_pid pids[OPT_LIST_MAX];
	bool best_effort;
	struct tl_rec_file as; /* how it is kept */
	tl_pid child; /* TL_PID_NONE: no command */
	bool ended;
	int status; /* wait status of the command, when it ended */
};

/* Opens the recorder; what was refused is said where it matters. */
struct tl_err *capture_open(const struct capture_opts *opts, struct capture *ret);
/* Starts the command; an error means that it did not start (capture_start_status()). */
struct tl_err *capture_start(struct capture *cap, char **argv);
/* Waits for the command, for `seconds` (< 0: no limit), or for a signal; then stops recording. */
struct tl_err *capture_wait(struct capture *cap, double seconds);
/* SIGINT, SIGTERM and SIGHUP ask for the end instead of bringing it; capture_open() does it too. */
void capture_catch_signals(void);
/* As if a signal had asked for the end. */
void capture_stop(void);
/* Who looked on has seen enough: nobody told the command to end, so its death is not waited for. */
void capture_leave(void);
/* The signal that ended the waiting, 0: none. */
int capture_interrupted(void);
/* The file a recording will be kept in is opened before anything is recorded, and emptied only when
 * there is something to write. */
struct keep {
	const char *path;
	int fd;
	bool created; /* it was not there before */
};
/* "-" is standard output. */
struct tl_err *keep_open(const char *path, struct keep *ret);
/* Everything recorded, as trace.dat. */
struct tl_err *keep_save(struct keep *keep, struct capture *cap);
/* Nothing came of it: the file is as it was. */
void keep_drop(struct keep *keep);
/* A descriptor from which the recording can be read while a writer feeds it; capture_join() ends
 * the writer. */
struct writer;
struct tl_err *capture_pipe(struct capture *cap, int *ret_fd, struct writer **ret);
struct tl_err *capture_join(struct writer *writer);
void capture_close(struct capture *cap);

/* 0-255, 128+n, from a wait status. */
int capture_exit_status(int wait_status);
/* 127, 126, or 125 from the error of a command that did not start. */
int capture_start_status(const struct tl_err *err);

#endif
