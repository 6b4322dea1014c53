/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors as values. Below cmd/ nothing prints and nothing exits: a function that can fail returns
 * struct tl_err * (NULL = fine). cmd/say.c turns it into the four lines a person reads:
 *
 *	tasklife: cannot filter on function '_do_fork'       <- what (subject filled in)
 *	   file   /sys/kernel/tracing/.../set_ftrace_filter   <- path
 *	   kernel EINVAL: no such function in this kernel     <- os (its symbol) and cause
 *	   hint   ask by role: tasklife filters fork          <- hints
 *
 * `what`, `cause` and `hint` are English message ids marked N_() and translated above; each may
 * hold at most one %s, filled from its own *_arg. The strings passed as arguments are copied.
 */
#ifndef TASKLIFE_ERR_H
#define TASKLIFE_ERR_H

#include "types.h"

enum tl_err_code {
	TL_E_NOT_THERE = 1, /* what was asked for is not in the trace */
	TL_E_USAGE = 2,
	TL_E_DENIED = 3,  /* this machine or user does not permit it */
	/* the input is missing, no trace, or damaged so that nothing could be read */
	TL_E_INPUT = 4,
	TL_E_FAILED = 5,  /* anything else: out of memory, disk full, a library that gave up */
};

#define TL_ERR_HINTS 3

struct tl_err {
	enum tl_err_code code;
	int os; /* errno, or 0 */
	const char *what;
	char *subject; /* fills %s of what; may be NULL */
	char *path;    /* whole path, ready to cat; may be NULL */
	const char *cause;
	char *cause_arg;
	char *log; /* what the kernel itself wrote (tracefs error_log), verbatim; may be NULL */
	const char *hint[TL_ERR_HINTS];
	char *hint_arg[TL_ERR_HINTS];
};

/* Out of memory needs no memory to be reported; tl_err_free() ignores it. */
extern struct tl_err tl_enomem;

/* A new error. `what` is not copied (a literal); subject and path are, and may be NULL. */
struct tl_err *tl_err_new(enum tl_err_code code, const char *what, const char *subject);

/*
 * The same from errno, with the file it happened on: the code is TL_E_DENIED for EPERM and EACCES,
 * TL_E_FAILED otherwise (callers that read input change it to TL_E_INPUT).
 */
struct tl_err *tl_err_os(int os, const char *what, const char *subject, const char *path);

/* Add the reason or a hint; each returns its argument so that calls chain. */
struct tl_err *tl_err_cause(struct tl_err *err, const char *cause, const char *arg);
struct tl_err *tl_err_hint(struct tl_err *err, const char *hint, const char *arg);

/* "EPERM" for EPERM; "errno 999" style numbers never occur: unknown ones give "E?". */
const char *tl_err_symbol(int os);

void tl_err_free(struct tl_err *err);

#endif
