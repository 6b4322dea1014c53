/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Trace events as Chrome's and Perfetto's viewers read them, from within: tracks, the writer of one
 * event, and flows. A track is a thread of a process; a thread id that is borne again gets a track
 * of its own.
 */
#ifndef VIEW_CHROME_H
#define VIEW_CHROME_H

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/vec.h"
#include "tasklife/view.h"

struct track {
	uint32_t pid, tid;
};

/* A life whose events are written: where, and between which moments. */
struct drawn {
	struct track track;
	uint32_t generation;
	tl_ns from, to;
};

enum flow_kind { FLOW_FORK, FLOW_WAKE, FLOW_SIGNAL, FLOW_NOTICE };

/* An arrow one end of which is a life that was not told yet. */
struct flow {
	enum flow_kind kind;
	bool to_other; /* the arrow points at it */
	uint32_t other_generation; /* 0: not known, time decides */
	uint32_t next; /* in the list of its other end, as index + 1 */
	tl_ns here_t, other_t;
	struct track here;
};

struct chrome {
	struct out *out;
	bool any; /* an event stands there already */
	uint64_t flows; /* ids given out */
	struct map drawn; /* tid → struct drawn *, its latest bearer */
	struct map leaders; /* tgid → generation of the latest leader told */
	struct map waiting; /* tid → first flow that waits for it */
	VEC(struct flow) flow;
	uint32_t free_flow;
	struct arena mem;
	uint64_t cpus[4];
	bool starved;
};

/* One event up to its time; then json_*() as wanted; then event_end(). */
void event_begin(struct chrome *c, struct json *j, const char *phase, const char *name, size_t n,
		 const char *category, const struct track *track);
void event_time(struct json *j, const char *key, tl_ns t);
void event_end(struct json *j);

/* This life is drawn now: arrows that waited for it are drawn too. */
void flows_meet(struct chrome *c, tl_pid tid, const struct drawn *d);
/* An arrow between a life that is drawn (here) and another, now or when that one is. */
void flows_add(struct chrome *c, const struct flow *flow, tl_pid other);

#endif
