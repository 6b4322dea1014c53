/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <string.h>
#include "base/guard.h"
#include "tui/model.h"

/* The source's own words are copied now and then, not with each of a million records. */
#define COPY_EVERY 256
/* A recording may go on for days: of when tasks ran and slept so much is kept, some 100 MB. */
#define SEGMENTS_MOST (4u << 20)

void model_lock(struct model *m)
{
	pthread_mutex_lock(&m->turn);
	pthread_mutex_lock(&m->lock);
	pthread_mutex_unlock(&m->turn);
}

void model_unlock(struct model *m)
{
	pthread_mutex_unlock(&m->lock);
}

bool model_tell(struct model *m, const struct tl_task *task, struct arena *mem, struct tl_told *ret)
{
	*ret = (struct tl_told){.info = &m->info,
				.t0 = m->info.first,
				.witnesses = &m->witnesses,
				.unkept = m->opts->live};
	return tl_why_tell(task, false, mem, ret);
}

/* ---- the reader ---- */

static void copy_info(struct model *m)
{
	const struct tl_trace_info *info = tl_source_info(m->src);
	unsigned n = info->n_blind;

	m->info = *info;
	if (n && vec_reserve(&m->blind, n))
		memcpy(m->blind.v, info->blind, n * sizeof(*m->blind.v));
	else
		m->info.n_blind = 0;
	m->info.blind = m->blind.v;
	if (m->lives)
		m->witnesses = *tl_lives_witnesses(m->lives);
	m->progress = tl_source_progress(m->src);
}

static void on_done(void *ctx, const struct tl_task *task)
{
	struct model *m = ctx;
	struct tl_told told;

	m->witnesses = *tl_lives_witnesses(m->lives);
	arena_reset(&m->mem);
	if (!model_tell(m, task, &m->mem, &told)) {
		m->done.starved = true;
		return;
	}
	if (!m->opts->wanted(m->opts->ctx, &told, m->rooted))
		return;
	cast_add(&m->done, &told);
	m->version++;
}

static void feed(struct model *m, const struct tl_event *ev, uint64_t n)
{
	model_lock(m);
	if (ev->kind == TL_EV_SIDE && ev->u.side.kind == TL_SIDE_ROOT)
		m->rooted = true;
	m->err = tl_lives_feed(m->lives, ev);
	/* a tick: there is nothing more for now */
	if (n % COPY_EVERY == 0 || (m->opts->live && ev->kind == TL_EV_SIDE))
		copy_info(m);
	model_unlock(m);
}

static void *read_all(void *arg)
{
	struct model *m = arg;
	struct tl_event ev;

	for (uint64_t n = 0;
	     !m->err && !atomic_load(&m->leave) && tl_events_next(m->events, &ev) > 0; n++)
		feed(m, &ev, n);
	model_lock(m);
	if (!m->err)
		m->err = tl_lives_end(m->lives);
	copy_info(m);
	m->ended = true;
	m->version++;
	model_unlock(m);
	return NULL;
}

/* ---- the living ---- */

static void add_living(void *ctx, const struct tl_task *task)
{
	struct model *m = ctx;
	struct tl_told told = {.task = task,
			       .info = &m->info,
			       .t0 = m->info.first,
			       .witnesses = &m->witnesses};

	arena_reset(&m->mem);
	if (task->death->seen.is && !model_tell(m, task, &m->mem, &told))
		return;
	if (m->opts->wanted(m->opts->ctx, &told, m->rooted))
		cast_add(&m->living, &told);
}

void model_living(struct model *m)
{
	cast_fini(&m->living);
	cast_init(&m->living, true);
	m->living.borrow = true;
	if (m->opts->live)
		tl_lives_trim_segments(m->lives, SEGMENTS_MOST);
	tl_lives_each(m->lives, add_living, m);
}

/* ---- beginning and end ---- */

struct tl_err *model_init(struct model *m, struct tl_source *src, const struct tui_opts *opts)
{
	*m = (struct model){.src = src, .opts = opts, .progress = -1};
	pthread_mutex_init(&m->lock, NULL);
	pthread_mutex_init(&m->turn, NULL);
	arena_init(&m->mem);
	cast_init(&m->done, true);
	cast_init(&m->living, true);
	m->done.borrow = m->living.borrow = true;
	copy_info(m);
	try(tl_events_new(src, &m->events));
	try(tl_lives_new(m->events, on_done, m, &m->lives));
	tl_lives_keep_segments(m->lives);
	tl_lives_keep_all(m->lives);
	return NULL;
}

/* Signals are for the screen's thread: a new size, and the wish to end. */
struct tl_err *model_start(struct model *m)
{
	sigset_t all, was;
	int os;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	os = pthread_create(&m->thread, NULL, read_all, m);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	m->started = !os;
	return os ? &tl_enomem : NULL;
}

void model_join(struct model *m)
{
	atomic_store(&m->leave, true);
	if (m->started)
		pthread_join(m->thread, NULL);
	m->started = false;
}

void model_fini(struct model *m)
{
	model_join(m);
	cast_fini(&m->done);
	cast_fini(&m->living);
	tl_lives_free(m->lives);
	tl_events_free(m->events);
	vec_fini(&m->blind);
	arena_fini(&m->mem);
	pthread_mutex_destroy(&m->lock);
	pthread_mutex_destroy(&m->turn);
}
