/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading ahead: events are taken from the source in batches, by a thread of its own where a second CPU is. The reader
 * has the source, the pairing of stacks and the tables of names and paths to itself; it hands over whole batches, which it
 * does not touch until they come back.
 *
 * What is known of the trace comes with each batch, as it was at the batch's end: so what is told in the middle of a trace
 * is the same with one thread and with two, and nothing is looked at that still changes.
 *
 * Invariant: batches [emptied, filled) are the taker's, the others the reader's. Who waits, waits for half the ring:
 * waking somebody costs more than a batch.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include "base/guard.h"
#include "event/event.h"

enum { BATCH = 64, RING = 64 };

struct batch {
	unsigned n;
	bool last;
	struct tl_trace_info info;
	struct tl_event_counts counts;
	double progress; /* of the ring's first one: asking may be a system call */
	VEC(struct tl_blind) blind; /* those from blind_from on: what changed */
	unsigned blind_from;
	VEC(const char *) warnings;
	struct tl_event ev[BATCH];
};

struct ahead {
	struct tl_events *evs;
	struct batch *ring, *now; /* now: being given out */
	unsigned at;		  /* in it */
	/* as of the batch being given out */
	struct tl_trace_info info;
	struct tl_event_counts counts;
	double progress;
	VEC(struct tl_blind) blind;
	VEC(const char *) warnings;
	/* two threads */
	bool threaded;
	pthread_t reader;
	pthread_mutex_t lock;
	pthread_cond_t filled_some, emptied_some;
	unsigned long filled, emptied;
	bool ended, stop;
};

static bool known_so_far(struct tl_events *evs, struct batch *b)
{
	const struct tl_trace_info *info = tl_source_info(evs->src);

	b->info = *info;
	b->counts = evs->counts;
	if (b == evs->ahead->ring)
		b->progress = tl_source_progress(evs->src);
	b->blind_from = tl_source_blind_changed(evs->src);
	b->blind.n = info->n_blind - b->blind_from;
	b->warnings.n = info->n_warnings;
	if (!vec_reserve(&b->blind, b->blind.n) || !vec_reserve(&b->warnings, b->warnings.n))
		return false;
	if (b->blind.n)
		memcpy(b->blind.v, info->blind + b->blind_from, b->blind.n * sizeof(*b->blind.v));
	if (b->warnings.n)
		memcpy(b->warnings.v, info->warnings, b->warnings.n * sizeof(*b->warnings.v));
	return true;
}

/* Without memory the trace ends here. */
static void fill(struct tl_events *evs, struct batch *b)
{
	for (b->n = 0; b->n < BATCH; b->n++)
		if (!events_pull(evs, &b->ev[b->n]))
			break;
	b->last = b->n < BATCH;
	if (!known_so_far(evs, b)) {
		b->blind.n = b->warnings.n = 0;
		b->last = true;
	}
}

/* The batch's knowledge becomes the taker's. */
static void learn(struct ahead *a, const struct batch *b)
{
	size_t n = b->blind_from + b->blind.n;

	a->info = b->info;
	a->counts = b->counts;
	if (b == a->ring)
		a->progress = b->progress;
	a->info.n_blind = a->info.n_warnings = 0;
	if (vec_reserve(&a->blind, n) && b->blind.n)
		memcpy(a->blind.v + b->blind_from, b->blind.v, b->blind.n * sizeof(*b->blind.v));
	if (n <= a->blind.cap)
		a->info.n_blind = (unsigned)n;
	if (vec_reserve(&a->warnings, b->warnings.n) && b->warnings.n)
		memcpy(a->warnings.v, b->warnings.v, b->warnings.n * sizeof(*b->warnings.v));
	if (b->warnings.n <= a->warnings.cap)
		a->info.n_warnings = (unsigned)b->warnings.n;
	a->info.blind = a->blind.v;
	a->info.warnings = a->warnings.v;
}

/* False: no more are wanted. */
static bool wait_for_room(struct ahead *a)
{
	unsigned long most = RING - 1;
	bool go_on;

	pthread_mutex_lock(&a->lock);
	for (; a->filled - a->emptied > most && !a->stop; most = RING / 2)
		pthread_cond_wait(&a->emptied_some, &a->lock);
	go_on = !a->stop;
	pthread_mutex_unlock(&a->lock);
	return go_on;
}

static void *read_ahead(void *ctx)
{
	struct ahead *a = ctx;
	bool last = false;

	while (!last && wait_for_room(a)) {
		struct batch *b = &a->ring[a->filled % RING];

		fill(a->evs, b);
		last = b->last;
		pthread_mutex_lock(&a->lock);
		a->filled++;
		a->ended = last;
		if (last || a->filled - a->emptied >= RING / 2)
			pthread_cond_signal(&a->filled_some);
		pthread_mutex_unlock(&a->lock);
	}
	return NULL;
}

static struct batch *next_filled(struct ahead *a)
{
	pthread_mutex_lock(&a->lock);
	if (a->now)
		a->emptied++;
	if (a->filled - a->emptied <= RING / 2)
		pthread_cond_signal(&a->emptied_some);
	if (a->filled == a->emptied)
		while (a->filled - a->emptied < RING / 2 && !a->ended)
			pthread_cond_wait(&a->filled_some, &a->lock);
	pthread_mutex_unlock(&a->lock);
	return &a->ring[a->emptied % RING];
}

const struct tl_event *ahead_take(struct ahead *a)
{
	while (!a->now || a->at == a->now->n) {
		if (a->now && a->now->last)
			return NULL;
		if (a->threaded)
			a->now = next_filled(a);
		else
			fill(a->evs, a->now = a->ring);
		a->at = 0;
		learn(a, a->now);
	}
	return &a->now->ev[a->at++];
}

const struct tl_trace_info *ahead_info(const struct ahead *a)
{
	return &a->info;
}

double ahead_progress(const struct ahead *a)
{
	return a->progress;
}

const struct tl_event_counts *ahead_counts(const struct ahead *a)
{
	return &a->counts;
}

/* Signals are for the thread that tells. Where no thread can be had, one does it all. */
static void start(struct ahead *a)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	a->threaded = pthread_create(&a->reader, NULL, read_ahead, a) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct tl_err *tl_events_ahead(struct tl_events *evs, unsigned threads)
{
	struct ahead *a = calloc(1, sizeof(*a));

	if (!a || !(a->ring = calloc(threads > 1 ? RING : 1, sizeof(*a->ring)))) {
		free(a);
		return &tl_enomem;
	}
	a->evs = evs;
	a->info = *tl_source_info(evs->src);
	a->info.n_blind = a->info.n_warnings = 0;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->filled_some, NULL);
	pthread_cond_init(&a->emptied_some, NULL);
	evs->ahead = a;
	if (threads > 1)
		start(a);
	return NULL;
}

void ahead_free(struct ahead *a)
{
	if (!a)
		return;
	if (a->threaded) {
		pthread_mutex_lock(&a->lock);
		a->stop = true;
		pthread_cond_signal(&a->emptied_some);
		pthread_mutex_unlock(&a->lock);
		pthread_join(a->reader, NULL);
	}
	for (unsigned i = 0; i < (a->threaded ? RING : 1); i++) {
		vec_fini(&a->ring[i].blind);
		vec_fini(&a->ring[i].warnings);
	}
	pthread_cond_destroy(&a->filled_some);
	pthread_cond_destroy(&a->emptied_some);
	pthread_mutex_destroy(&a->lock);
	vec_fini(&a->blind);
	vec_fini(&a->warnings);
	free(a->ring);
	free(a);
}
