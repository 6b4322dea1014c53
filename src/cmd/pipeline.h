/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From bytes to a view, the one way every reading command goes: source, events, lives, verdicts,
 * view. Lives are told in the order in which they are complete and forgotten.
 */
#ifndef CMD_PIPELINE_H
#define CMD_PIPELINE_H

#include "cmd/cmd.h"
#include "cmd/selectors.h"
#include "tasklife/view.h"

/* The trace a reading command is about: words[0], else tasklife.dat, else trace.dat. "-": standard
 * input. */
struct tl_err *trace_open(int n, char **words, struct tl_source **ret);

/*
 * What is told when nobody asks for more: of a recording, the tasks it was made for and all that
 * came of them; of any other trace, for eyes those to which something happened, for programs
 * everything.
 */
bool pipeline_usual(const struct tl_task *task, bool rooted, bool for_programs);

/* For commands that tell a trace: how many threads work on it. Into an int64_t. */
#define OPT_THREADS(T, f) \
	OPT_INT(0, "threads", "N", \
		N_("so many threads read and tell (default: as many as the CPUs can use; 1: one does all)"), \
		T, f)
#define THREADS_MOST 16
/* What was given, else the environment, else the CPUs: 1 to THREADS_MOST. */
struct tl_err *threads_wanted(int64_t given, unsigned *ret);

struct pipeline {
	bool unkept; /* the trace is gone when its story is told */
	const struct tl_view *view;
	struct tl_view_opts opts;
	const struct selectors *selectors;
	bool pager;     /* what is longer than the screen goes through one */
	bool quiet;     /* no progress is shown */
	int64_t threads; /* OPT_THREADS; 0: not given */
	int fd;         /* where the view is written */
	const char *to; /* its name, for messages; NULL: standard output */
};

/* Tells src and closes it; exit status, with every error and warning said. */
int pipeline_tell(const struct pipeline *p, struct tl_source *src);

/* The options of a view on this descriptor. */
struct tl_view_opts view_opts_for(const struct common *c, int fd, const struct selectors *s,
				  bool no_stacks);

#endif
