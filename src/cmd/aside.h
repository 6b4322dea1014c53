/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lives told aside: verdicts and words of finished lives are made by the hands of a crew, while its
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
	void *ctx;
};

struct aside;

/* NULL: memory is out, or the view cannot; then each life is told in its turn. */
struct aside *aside_new(const struct aside_plan *plan);
/* A life that is complete, in the callback of lives. */
void aside_take(struct aside *a, const struct tl_task *task, const struct tl_trace_info *info,
		const struct tl_witnesses *w);
/* All that was taken is told. */
void aside_drain(struct aside *a);
/* Drains, and frees; how many were shown. False: memory ran out on the way. */
bool aside_end(struct aside *a, uint64_t *ret_shown);

#endif
