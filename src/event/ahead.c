/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading ahead: events are taken from the source in batches, by a hand of the crew where there is
 * one. The reader has the source, the pairing of stacks and the tables of names and paths to
 * itself; it hands over whole batches, which it does not touch until they come back.
 *
 * What is known of the trace comes with each batch, as it was at the batch's end: so what is told
 * in the middle of a trace is the same with one thread and with two, and nothing is looked at that
 * still changes.
 *
 * Invariant: batches [emptied, filled) are the taker's, the others the reader's. Who has waited
 * goes on when half of the ring is there for it: waking somebody costs more than a batch.
 */
#include <stdlib.h>
#include "base/crew.h"
#include "base/guard.h"
#include "event/event.h"

/* What goes with a batch is the lock and some lines of a cache, each way: not for fewer events. And
 * to wake somebody costs as much as to read a quarter of one: not for fewer than half of the ring.
 * FETCH: so many bytes further on the taker's memory is asked for. */
enum { BATCH = 1024, RING = 8, FETCH = 8 * LINE };

/* One event behind the other, each as long as its kind; the last may be looked at as a whole. */
struct room {
	alignas(64) unsigned char bytes[(BATCH + 1) * sizeof(struct tl_event)];
};

struct batch {
	unsigned n;
	bool last;
	struct tl_trace_info info;
	struct tl_event_counts counts;
	double progress;            /* of the ring's first one: asking may be a system call */
	VEC(struct tl_blind) blind; /* those from blind_from on: what changed */
	unsigned blind_from;
	VEC(const char *) warnings;
};

struct ahead {
	struct tl_events *evs;
	struct batch *ring, *now; /* now: being given out */
	/* of the ring, and one more where batches are handed over; never cleared: many short traces
	 * fill only one */
	struct room *rooms;
	unsigned left; /* events of it that were not given out yet */
	const unsigned char *next;
	/* as of the batch being given out */
	struct tl_trace_info info;
	struct tl_event_counts counts;
	double progress;
	VEC(struct tl_blind) blind;
	VEC(const char *) warnings;
	/* away from what is touched with each event */
	alignas(LINE) struct crew *crew; /* NULL: one thread does it all */
	unsigned long filled, emptied;
	bool reading, ended, stop;
};

static struct room *room_of(const struct ahead *a, const struct batch *b)
{
	return &a->rooms[b - a->ring];
}

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

#define BEHIND(member)                                                                             \
	(sizeof(struct tl_event) -                                                                 \
	 ((offsetof(struct tl_event, u) + sizeof(((struct tl_event *)NULL)->u.member) + 7) &       \
	  ~7ul))

/*
 * Bytes of an event. What one core wrote and another reads costs by the line: of the frequent kinds
 * no more is handed over than they have.
 */
static size_t size_of(const struct tl_event *ev)
{
	static const uint8_t not_there[TL_EVS] = {
		[TL_EV_NEWTASK] = BEHIND(newtask), [TL_EV_FORK] = BEHIND(fork),
		[TL_EV_RENAME] = BEHIND(rename),   [TL_EV_EXIT] = BEHIND(exit),
		[TL_EV_WAIT] = BEHIND(wait),       [TL_EV_FREE] = BEHIND(free),
		[TL_EV_SWITCH] = BEHIND(sw),       [TL_EV_WAKING] = BEHIND(wake),
		[TL_EV_WAKEUP] = BEHIND(wake),     [TL_EV_WAKEUP_NEW] = BEHIND(wake),
		[TL_EV_MIGRATE] = BEHIND(wake),    [TL_EV_SIGNAL] = BEHIND(sig),
		[TL_EV_DELIVER] = BEHIND(deliver), [TL_EV_FUNC] = BEHIND(func),
	};

	return sizeof(*ev) - not_there[ev->kind];
}

/* Without memory the trace ends here. */
static void fill(struct tl_events *evs, struct batch *b)
{
	struct room *its = room_of(evs->ahead, b),
		    *mine = evs->ahead->crew ? &evs->ahead->rooms[RING] : its;
	unsigned char *room = mine->bytes;
	size_t at = 0;

	for (b->n = 0; b->n < BATCH && events_pull(evs, (struct tl_event *)(room + at)); b->n++)
		at += size_of((struct tl_event *)(room + at));
	if (mine != its)
		line_hand(its->bytes, room, at);
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

/* So many batches are worth waking somebody for; the first one alone, as nothing was done yet. */
static unsigned enough(const struct ahead *a)
{
	return a->emptied ? RING / 2 : 1;
}

/* Fills the ring, by one hand at a time, and not by who takes. */
static bool read_ahead(void *ctx, unsigned hand)
{
	struct ahead *a = ctx;

	if (!hand || a->reading || a->ended || a->stop || a->filled - a->emptied > RING / 2)
		return false;
	a->reading = true;
	while (!a->ended && !a->stop && a->filled - a->emptied < RING) {
		struct batch *b = &a->ring[a->filled % RING];

		crew_unlock(a->crew);
		fill(a->evs, b);
		crew_lock(a->crew);
		a->filled++;
		a->ended = b->last;
		if (a->ended || a->filled - a->emptied >= enough(a))
			crew_done(a->crew);
	}
	a->reading = false;
	return true;
}

static struct batch *next_filled(struct ahead *a)
{
	crew_lock(a->crew);
	if (a->now)
		a->emptied++;
	if (a->filled - a->emptied == RING / 2)
		crew_call(a->crew);
	if (a->filled == a->emptied)
		while (a->filled - a->emptied < enough(a) && !a->ended)
			crew_wait(a->crew);
	crew_unlock(a->crew);
	return &a->ring[a->emptied % RING];
}

/* False: the last one was given out. */
static RARE bool next_batch(struct ahead *a)
{
	do {
		if (a->now && a->now->last)
			return false;
		if (a->crew)
			a->now = next_filled(a);
		else
			fill(a->evs, a->now = a->ring);
		a->left = a->now->n;
		a->next = room_of(a, a->now)->bytes;
		learn(a, a->now);
	} while (!a->left);
	return true;
}

const struct tl_event *ahead_take(struct ahead *a)
{
	const struct tl_event *ev;

	if (!a->left && !next_batch(a))
		return NULL;
	ev = (const struct tl_event *)a->next;
	a->next += size_of(ev);
	__builtin_prefetch(a->next + FETCH);
	a->left--;
	return ev;
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

static struct ahead *ahead_new(unsigned batches, unsigned rooms)
{
	struct ahead *a = line_calloc(sizeof(*a));

	if (!a)
		return NULL;
	a->ring = line_calloc(batches * sizeof(*a->ring));
	a->rooms = aligned_alloc(alignof(struct room), rooms * sizeof(*a->rooms));
	if (!a->ring || !a->rooms) {
		free(a->ring);
		free(a->rooms);
		free(a);
		return NULL;
	}
	return a;
}

struct tl_err *tl_events_ahead(struct tl_events *evs, struct crew *crew)
{
	struct ahead *a;

	if (crew && !crew_hands(crew))
		crew = NULL;
	a = crew ? ahead_new(RING, RING + 1) : ahead_new(1, 1);
	if (!a)
		return &tl_enomem;
	a->evs = evs;
	a->info = *tl_source_info(evs->src);
	a->info.n_blind = a->info.n_warnings = 0;
	evs->ahead = a;
	events_want(evs);
	a->crew = crew;
	if (crew && !crew_join(crew, read_ahead, a))
		a->crew = NULL;
	if (a->crew)
		tl_source_crew(evs->src, crew);
	return NULL;
}

static void stop_reading(struct ahead *a)
{
	crew_lock(a->crew);
	a->stop = true;
	crew_unlock(a->crew);
	crew_leave(a->crew, a);
	tl_source_crew(a->evs->src, NULL);
}

void ahead_free(struct ahead *a)
{
	if (!a)
		return;
	if (a->crew)
		stop_reading(a);
	for (unsigned i = 0; i < (a->crew ? RING : 1); i++) {
		vec_fini(&a->ring[i].blind);
		vec_fini(&a->ring[i].warnings);
	}
	vec_fini(&a->blind);
	vec_fini(&a->warnings);
	free(a->rooms);
	free(a->ring);
	free(a);
}
