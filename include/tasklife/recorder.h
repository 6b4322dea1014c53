/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record/: a running kernel becomes bytes (trace.dat). Nothing above floor 4 knows whether a trace
 * is a file of 2020 or one second old.
 *
 * Two private tracefs instances: `lives` (rare events of the whole system, with stack triggers) and
 * `family` (everything of the traced tasks, followed through fork). Beside them `facts`, pages made
 * by the recorder itself: what BPF programs saw. Whatever was changed is put back by
 * tl_recorder_close(), on every path; what a kill -9 leaves is removed by the next start or
 * tl_restore().
 *
 * Law of this header: a recorder owns its instances, its pumps and its files until closed.
 */
#ifndef TASKLIFE_RECORDER_H
#define TASKLIFE_RECORDER_H

#include "err.h"
#include "facts.h"

/* How well a kernel lets itself be watched; each step says why the better one was refused. */
enum tl_rec_mode {
	TL_MODE_FUNCTION, /* function tracer with validated filters, plus events */
	TL_MODE_STACKS,	  /* events with stack triggers */
	TL_MODE_EVENTS,	  /* events alone */
};
const char *tl_rec_mode_name(enum tl_rec_mode m); /* "function", "events+stacks", "events" */

struct tl_rec_plan {
	bool want_mode;	       /* false: the best this machine permits */
	enum tl_rec_mode mode; /* with want_mode: this one or an error */
	const tl_pid *pid;     /* tasks to follow from the start, besides or instead of a command */
	unsigned n_pids;
	bool everything;       /* -a: family is system-wide too */
	int64_t buffer_kb;     /* per CPU; 0: as the machine's load and memory say */
	uint64_t max_bytes;    /* end when so much was taken from the kernel; 0: no limit */
	/* sys_enter_exit*: exit codes at the price of some ns on every system call */
	bool exit_syscalls;
	bool no_bpf;	       /* load no BPF program: what it would tell is not known */
	bool lives_only;       /* births, execs, signals and deaths: nothing of when tasks ran */
	bool best_effort;      /* go on without a source that is refused */
	/* keep in the kernel's buffers, overwriting the oldest, until the end */
	bool flight;
	/* with flight: keep so many seconds before the end, or before the moment that
	 * tl_recorder_last_until() named, and what came after it; <= 0: all there is */
	double last;
	/* the rare events alone, read while they come: tl_recorder_follow() */
	bool follow;
	/* with follow: of the tasks that are followed also when they ran, waited and slept */
	bool states;
	/* put nothing back at the end, as though killed: the machine is about to be thrown away */
	bool leave;
};

struct tl_recorder;

/* What became of the events of one CPU, in all buffers together: written = read + lost. */
struct tl_rec_cpu {
	uint64_t written, read, lost;
};

/* What was tried and refused, for one message: valid until close. */
struct tl_rec_report {
	enum tl_rec_mode mode;
	const char *clock;
	bool exit_by_bpf, exit_by_syscalls;
	const struct tl_err *refused[8]; /* why better sources are not in use */
	unsigned n_refused;
	uint64_t written, read, lost; /* of all CPUs; written = read + lost */
	struct tl_rec_cpu *cpu;	      /* by number */
	unsigned n_cpus;
	/* errno: the recording ended early for want of room; EFBIG: max_bytes were reached; 0: it
	 * did not */
	int full;
};

/* Prepare everything; tracing is on when it returns. */
struct tl_err *tl_recorder_open(const struct tl_rec_plan *plan, struct tl_recorder **ret);
/*
 * Start argv as a child whose birth is already in the trace, followed from its first instruction.
 * The child is not reaped by us until tl_recorder_wait(). Errors before exec (127 not found, 126
 * not executable) come back as a TL_E_FAILED error with os ENOENT or EACCES/ENOEXEC.
 */
struct tl_err *tl_recorder_spawn(struct tl_recorder *rec, char *const argv[], tl_pid *ret);
/* Wait until the child has ended (or `seconds` passed, or *stop became true); *ret_status is a wait
 * status, *ret_ended false when it was not the child that ended the wait. seconds < 0: no limit. */
struct tl_err *tl_recorder_wait(struct tl_recorder *rec, double seconds, const volatile int *stop,
				int *ret_status, bool *ret_ended);
/* Of a recorder opened with plan.follow: a pipe that gives the records as the kernel's text, some
 * 40 ms after they were made, and ends when the recorder is stopped. Once. The caller reads it, and
 * closes it. */
struct tl_err *tl_recorder_follow(struct tl_recorder *rec, int *ret_fd);
/* With flight: the seconds that are kept are those before this moment of the trace's clock, not
 * before the stop, which on a busy machine comes late. By any thread. */
void tl_recorder_last_until(struct tl_recorder *rec, tl_ns t);
/* Stop tracing and drain the buffers. */
struct tl_err *tl_recorder_stop(struct tl_recorder *rec);
/* How the recording is written. */
struct tl_rec_file {
	unsigned format; /* of trace.dat: 6, else 7 */
	bool pack;	 /* with zstd; version 6 has no such thing */
};
/*
 * Write the whole recording, front to back without seeking. On a full disk, and only then, a
 * regular file is written again with as much of the recording's beginning as there is room for; the
 * error says so, and the file can be read.
 */
struct tl_err *tl_recorder_write(struct tl_recorder *rec, int fd, const struct tl_rec_file *as);
const struct tl_rec_report *tl_recorder_report(const struct tl_recorder *rec);
/* Put everything back and free. */
void tl_recorder_close(struct tl_recorder *rec);

/* Undo what dead recordings left. *ret_n: instances and journal entries removed. */
struct tl_err *tl_restore(unsigned *ret_n);

/* `doctor`: one line per ability. */
struct tl_ability {
	/* "tracefs", "events", "stack-triggers", "function-tracer", "bpf-exit" ... */
	const char *id;
	bool ok;
	const char *says;     /* msgid: what it is for */
	struct tl_err *why;   /* why not, and what it costs; NULL when ok */
	char detail[128];     /* e.g. the path, the clock chosen; not translated */
};
/* Ask the machine. Array of *ret_n, free with tl_abilities_free. Changes nothing that it does not
 * put back. */
struct tl_err *tl_abilities(struct tl_ability **ret, unsigned *ret_n);
void tl_abilities_free(struct tl_ability *a, unsigned n);

#endif
