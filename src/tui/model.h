/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the screen shows, while a thread reads more of it.
 *
 * Invariant: the lives, the cast and the copies of what the source tells are touched under the lock
 * only. The reader waits for its next record without it.
 */
#ifndef TUI_MODEL_H
#define TUI_MODEL_H

#include <pthread.h>
#include <stdatomic.h>
#include "tui/tui.h"
#include "view/cast.h"

struct model {
	const struct tui_opts *opts;
	struct tl_source *src;
	struct tl_events *events;
	struct tl_lives *lives;
	pthread_t thread;
	bool started;
	atomic_bool leave;

	pthread_mutex_t lock, turn; /* who waits for `lock` holds `turn`: the screen gets it next */
	struct arena mem;	    /* verdicts of the life being told */
	struct cast done, living;   /* living: as of model_living() */
	uint64_t version;	    /* grows with every life that is told */
	bool rooted, ended;
	struct tl_err *err;
	struct tl_trace_info info;
	struct tl_witnesses witnesses;
	VEC(struct tl_blind) blind; /* behind info.blind */
	double progress;	    /* < 0 not known */
};

struct tl_err *model_init(struct model *m, struct tl_source *src, const struct tui_opts *opts);
struct tl_err *model_start(struct model *m);
/* After the source has ended, or will soon: waits for the reader. */
void model_join(struct model *m);
void model_fini(struct model *m);

void model_lock(struct model *m);
void model_unlock(struct model *m);

/* ---- under the lock ---- */

/* Those not complete yet, as they are now. */
void model_living(struct model *m);
/* All verdicts on a life of the cast; they live in mem. */
bool model_tell(struct model *m, const struct tl_task *task, struct arena *mem,
		struct tl_told *ret);

#endif
