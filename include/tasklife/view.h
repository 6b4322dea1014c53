/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * view/: lives and verdicts become text, json, pictures. Views never compute: what two views need
 * belongs to life/ or why/. A view is one file with one struct tl_view and one line in
 * view/all.def.
 *
 * Law of this header: everything passed in is borrowed for the call.
 */
#ifndef TASKLIFE_VIEW_H
#define TASKLIFE_VIEW_H

#include "why.h"

struct out;

struct tl_view_opts {
	int width;     /* cells of the terminal; 0: no limit */
	bool color;
	bool all;      /* also what is folded by default */
	bool stacks;   /* story: show call paths */
	bool teach;    /* story: what each row means, beside it */
	bool each;     /* tell every life, also those like others before them */
	bool has_since, has_until; /* timeline: the part that is drawn; else all of it */
	tl_ns since, until;
	void *into;    /* of a form that is no text: where it goes instead of `out` */
};

struct tl_trailer {
	const struct tl_trace_info *info;
	const struct tl_event_counts *counts;
	const struct tl_witnesses *witnesses;
	const struct tl_oddity *oddity;
	unsigned n_oddities;
	uint64_t tasks, shown;
};

/*
 * For views that tell each life by itself: task() may then be called by several threads, each with
 * a state and an `out` of its own, and the texts are joined in order.
 */
struct tl_view_aside {
	/* writes nothing */
	bool (*begin)(struct out *o, const struct tl_view_opts *opts, void **ret_state);
	/* false: it depends on others and is told in its turn; NULL: all are apart */
	bool (*apart)(const struct tl_told *told);
	/* what was counted aside joins the view's own state; NULL: it has none yet */
	void (*end)(void *aside, void *state);
	/* by one thread at a time, as they were complete: what it writes goes elsewhere than into
	 * texts */
	bool in_order;
};

struct tl_view {
	const char *name;    /* "story", "why", "json", "ndjson" */
	const char *suffix;  /* ".json"; NULL for terminal views */
	const char *summary; /* msgid */
	bool is_export;
	bool deaths_only;    /* it shows neither births nor signals: nobody judges them */
	bool segments;       /* it draws them: tl_task.segments is filled */
	const struct tl_view_aside *aside; /* NULL: all lives are told in turn */
	bool (*begin)(struct out *o, const struct tl_view_opts *opts, void **ret_state);
	void (*task)(struct out *o, void *state, const struct tl_told *told);
	void (*end)(struct out *o, void *state, const struct tl_trailer *trailer);
};

const struct tl_view *tl_view_named(const char *name);
const struct tl_view *const *tl_views(unsigned *ret_n);

#endif
