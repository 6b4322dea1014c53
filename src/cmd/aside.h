/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lives told aside: finished lives are shown, judged and told by the hands of a crew, while its
 * owner goes on to feed events; the texts are joined in the order in which the lives were
 * complete. For views that can (struct tl_view_aside).
 *
 * Law of this header: all of it is called by the thread that feeds.
 */
#ifndef CMD_ASIDE_H
#define CMD_ASIDE_H

#include "base/crew.h"
#include "base/out.h"
#include "cmd/selectors.h"
#include "tasklife/view.h"

/* What was known of the trace when a life was complete. */
struct aside_known {
	const struct tl_trace_info *info;
	const struct tl_witnesses *w;
	bool rooted; /* the recording names the tasks it was asked for */
};

struct aside_plan {
	const struct tl_view *view;
	const struct tl_view_opts *opts;
	const struct select *sel;
	struct tl_lives *lives;
	bool unkept;	  /* as in struct tl_told */
	struct crew *crew; /* its owner feeds */
	struct out *out;  /* where the joined text goes */
	/* The view's own state, made for the first life that is shown; NULL: memory is out. */
	void *(*begin)(void *ctx, const struct tl_trace_info *info);
	/* Is it one that is asked for? By several threads. */
	bool (*chosen)(void *ctx, const struct tl_task *task, const struct aside_known *known);
	void *ctx;
};

struct aside;

/* NULL: memory is out, or the view cannot; then each life is told in its turn. */
struct aside *aside_new(const struct aside_plan *plan);
/* The next life that is complete. */
void aside_keep(struct aside *a, const struct tl_kept *kept, const struct aside_known *known);
/* The same of one that cannot be kept: it is told now, and has been chosen. */
void aside_tell(struct aside *a, const struct tl_task *task, const struct aside_known *known);
/* All that was taken is told. */
void aside_drain(struct aside *a);
/* Drains, and frees; how many were shown. False: memory ran out on the way. */
bool aside_end(struct aside *a, uint64_t *ret_shown);

#endif
