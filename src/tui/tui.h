/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The full screen: a list of lives, details with their evidence, ribbons below.
 *
 * Law of this header: everything passed in is borrowed until tui_run() returns.
 */
#ifndef TUI_TUI_H
#define TUI_TUI_H

#include "tasklife/view.h"

struct tui_opts {
	const char *title; /* the file, or the command */
	bool live;	   /* records come as they happen; the end of them is the end of
			    * the recording */
	bool color;
	/* Is this life to be listed? Called while nothing else happens to it; without verdicts for
	 * the living. */
	bool (*wanted)(void *ctx, const struct tl_told *told, bool rooted);
	/* The terminal's user wants to leave, or a signal came. true: leave. Asked several times
	 * a second. */
	bool (*stop)(void *ctx);
	void *ctx;
};

/*
 * Shows src until its user leaves. An error when there is no terminal to show it on, or memory is
 * out. src is read by a thread of its own, which ends with it: for a live source the caller ends
 * the recording in `leaving`, so that the thread's last read returns.
 */
struct tl_err *tui_run(struct tl_source *src, const struct tui_opts *opts,
		       void (*leaving)(void *ctx));

#endif
