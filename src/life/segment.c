/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a task was doing when, kept for who draws it. run.c says when a state is over; here it becomes a segment.
 * A gap between two segments is time of which nothing is known.
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
	bool apart = (b->from != TL_NS_NONE && b->from >= seg->to) || (b->to != TL_NS_NONE && b->to <= seg->from);

	if (apart)
		return false;
	return b->cpu < 0 || seg->what != TL_RUNNING || seg->cpu < 0 || seg->cpu == b->cpu;
}

void segment_keep(struct life *life, tl_ns from, tl_ns to, enum tl_doing what)
{
	bool waits = what == TL_SLEEPING || what == TL_STOPPED;
	struct tl_segment *last, seg = {from, to, life->cpu, (uint8_t)what, waits ? life->sleep_state : 0,
					 what == TL_RUNNABLE ? life->woken_by : TL_PID_NONE};

	last = life->segments->n ? &life->segments->v[life->segments->n - 1] : NULL;
	if (last && seg.from < last->to) /* clocks of CPUs that differ */
		seg.from = last->to;
	if (seg.to <= seg.from)
		return;
	if (last && last->to == seg.from && last->what == seg.what && last->cpu == seg.cpu && last->letter == seg.letter &&
	    seg.by == TL_PID_NONE) {
		last->to = seg.to;
		return;
	}
	last = vec_push(life->segments);
	if (last)
		*last = seg;
}

/*
 * The dead run on until their last sched_switch; where that is missing, until their sched_process_exit at least.
 * Then they are zombies until somebody waits for them, or until the end of a trace that would have shown it.
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
