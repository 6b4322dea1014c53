/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a task was doing when, kept for who draws it. run.c says when a state is over; here it
 * becomes a segment. A gap between two segments is time of which nothing is known.
 */
#include "base/guard.h"
#include "life/life.h"

void tl_lives_keep_segments(struct tl_lives *l)
{
	l->keep_segments = true;
}

const char *tl_doing_name(enum tl_doing what)
{
	static const char *const names[] = {
		[TL_RUNNING] = "running", [TL_RUNNABLE] = "runnable", [TL_SLEEPING] = "sleeping",
		[TL_STOPPED] = "stopped", [TL_ZOMBIE] = "zombie",
	};

	return (unsigned)what < ARRAY_SIZE(names) ? names[what] : "unknown";
}

bool tl_segment_doubtful(const struct tl_segment *seg, const struct tl_blind *b)
{
	bool apart = (b->from != TL_NS_NONE && b->from >= seg->to) ||
		     (b->to != TL_NS_NONE && b->to <= seg->from);

	if (apart)
		return false;
	return b->cpu < 0 || seg->what != TL_RUNNING || seg->cpu < 0 || seg->cpu == b->cpu;
}

void segment_keep(struct life *life, tl_ns from, tl_ns to, enum tl_doing what)
{
	bool waits = what == TL_SLEEPING || what == TL_STOPPED;
	struct tl_segments *kept = &life->segments->kept;
	struct tl_segment *last = kept->n ? &kept->v[kept->n - 1] : NULL;
	struct tl_segment seg = {from, to, life->cpu, (uint8_t)what, waits ? life->sleep_state : 0,
				 what == TL_RUNNABLE ? life->segments->woken_by : TL_PID_NONE};

	if (last && seg.from < last->to) /* clocks of CPUs that differ */
		seg.from = last->to;
	if (seg.to <= seg.from)
		return;
	if (last && last->to == seg.from && last->what == seg.what && last->cpu == seg.cpu &&
	    last->letter == seg.letter && seg.by == TL_PID_NONE) {
		last->to = seg.to;
		return;
	}
	last = vec_push(kept);
	if (last)
		*last = seg;
}

/*
 * The dead run on until their last sched_switch; where that is missing, until their
 * sched_process_exit at least. Then they are zombies until somebody waits for them, or until the
 * end of a trace that would have shown it.
 */
void segment_last(const struct tl_lives *l, struct life *life)
{
	const struct tl_death *d = life->t.death;
	const struct tl_reap *r = life->t.reap;
	tl_ns from = d->seen.t;

	if (!life->segments || !d->seen.is || d->seen.t == TL_NS_NONE)
		return;
	if (life->run == RUN_ON_CPU && life->since != TL_NS_NONE)
		segment_add(life, life->since, d->seen.t, TL_RUNNING);
	if (d->last_state == 'Z' && life->off_cpu > from)
		from = life->off_cpu;
	if (r->is && r->automatic != 1)
		segment_add(life, from, r->seen.t, TL_ZOMBIE);
	else if (!r->is && l->w.free && d->last_state == 'Z')
		segment_add(life, from, l->now, TL_ZOMBIE);
}

static enum tl_doing doing_now(const struct life *life)
{
	switch (life->run) {
	case RUN_ON_CPU: return TL_RUNNING;
	case RUN_QUEUED: return TL_RUNNABLE;
	default:
		return life->sleep_state == 'T' || life->sleep_state == 't' ? TL_STOPPED
									    : TL_SLEEPING;
	}
}

bool tl_lives_doing(const struct tl_lives *l, const struct tl_task *task, struct tl_segment *ret)
{
	const struct life *life = container_of(task, const struct shown, t)->life;
	bool zombie = life->t.death->seen.is && life->t.death->last_state == 'Z' &&
		      !life->t.reap->is && l->w.free;
	tl_ns from = zombie ? life->off_cpu : life->since;

	if (life->finished || !life->segments || (l->rooted && !life->t.family) ||
	    (!zombie && life->run == RUN_UNKNOWN))
		return false;
	*ret = (struct tl_segment){from,
				   l->now,
				   life->cpu,
				   zombie ? TL_ZOMBIE : (uint8_t)doing_now(life),
				   life->run == RUN_ASLEEP ? life->sleep_state : 0,
				   TL_PID_NONE};
	return from != TL_NS_NONE && l->now > from;
}

/* ---- forgetting ---- */

struct trim {
	tl_ns before; /* segments that end until then */
	size_t kept, older;
};

static size_t older_than(const struct tl_segments *s, tl_ns t)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->v[mid].to <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void count(struct trim *t, struct tl_segments *s)
{
	t->kept += s->n;
	t->older += older_than(s, t->before);
}

static void forget(struct trim *t, struct tl_segments *s)
{
	size_t n = older_than(s, t->before);
	struct tl_segment *less;

	if (!n)
		return;
	s->n -= n;
	if (!s->n) {
		vec_fini(s);
		return;
	}
	memmove(s->v, s->v + n, s->n * sizeof(*s->v));
	less = realloc(s->v, s->n * sizeof(*s->v));
	s->v = less ? less : s->v;
	s->cap = less ? s->n : s->cap;
}

static void of_all(struct tl_lives *l, struct trim *t,
		   void (*fn)(struct trim *t, struct tl_segments *s))
{
	pids_each (e, &l->pids)
		if (e->life && e->life->segments)
			fn(t, &e->life->segments->kept);
	for (struct life *h = l->held_first; h; h = h->next_held)
		if (h->segments)
			fn(t, &h->segments->kept);
	for (struct shown *k = l->kept; k; k = k->next)
		if (k->life->segments)
			fn(t, &k->life->segments->kept);
}

/* Half of them, so that it is not to be done again at once. */
void tl_lives_trim_segments(struct tl_lives *l, size_t most)
{
	struct trim t = {.before = TL_NS_NONE};
	tl_ns lo = 0, hi = l->now;

	of_all(l, &t, count);
	if (t.kept <= most)
		return;
	while (lo < hi) {
		t = (struct trim){.before = lo + (hi - lo) / 2};
		of_all(l, &t, count);
		if (t.kept - t.older <= most / 2)
			hi = t.before;
		else
			lo = t.before + 1;
	}
	t.before = lo;
	of_all(l, &t, forget);
}
