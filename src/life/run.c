/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When a task ran, waited for a CPU, and slept. Sleeps of one kind and like length are folded into
 * a rhythm: "500 x sleep of 3.0 s".
 */
#include "base/guard.h"
#include "life/life.h"

/* How far back a sleep looks for its like: between two long sleeps a program does some short ones.
 */
#define RHYTHM_LOOK_BACK 6

static bool alike(const struct tl_rhythm *r, char state, tl_ns ns)
{
	tl_ns mean = r->sum / (tl_ns)r->count;

	return r->state == state && ns <= mean + mean / 4 + 1000 && ns >= mean - mean / 4 - 1000;
}

static struct tl_rhythm *rhythm_for(struct life *life, struct ran_more *s, char state, tl_ns ns)
{
	struct tl_rhythm *r;
	unsigned least = s->n_rhythms > RHYTHM_LOOK_BACK ? s->n_rhythms - RHYTHM_LOOK_BACK : 0;

	for (unsigned i = s->n_rhythms; i-- > least;)
		if (alike(&s->rhythm[i], state, ns))
			return &s->rhythm[i];
	r = s->n_rhythms == TL_RHYTHMS
		    ? NULL
		    : array_more(&life->mem, s->rhythm, s->n_rhythms, &s->rhythms_cap, sizeof(*r));
	if (!r) {
		s->rhythms_more++;
		return NULL;
	}
	s->rhythm = r;
	return &s->rhythm[s->n_rhythms++];
}

static void slept(struct life *life, char state, tl_ns from, tl_ns to)
{
	struct ran_more *s = own_more(life);
	struct tl_rhythm *r = s ? rhythm_for(life, s, state, to - from) : NULL;
	tl_ns ns = to - from;

	if (!r)
		return;
	if (!r->count++)
		*r = (struct tl_rhythm){
			.from = from, .count = 1, .min = ns, .max = ns, .state = state};
	r->to = to;
	r->sum += ns;
	r->run += life->t.sched->run - s->run_before;
	r->min = ns < r->min ? ns : r->min;
	r->max = ns > r->max ? ns : r->max;
	s->run_before = life->t.sched->run;
}

static bool is_stop(char state)
{
	return state == 'T' || state == 't';
}

static APART void asleep(struct life *life, struct ran *s, tl_ns from, tl_ns to, bool cut)
{
	bool stop = is_stop(life->sleep_state);

	if (!stop)
		s->sleep += to - from;
	else if (own_more(life))
		own_more(life)->stopped += to - from;
	segment_add(life, from, to, stop ? TL_STOPPED : TL_SLEEPING);
	if (!cut)
		slept(life, life->sleep_state, from, to);
}

/* Time spent in the state that ends at t; `cut`: only the trace ends, so a sleep is not known to be
 * over. Clocks that run backwards add nothing, nor does a time that is not known: none is the
 * least. */
static void close_state(struct life *life, tl_ns t, bool cut)
{
	enum run_state run = life->run;
	tl_ns since = life->since;
	struct ran *s;

	life->run = RUN_UNKNOWN;
	life->since = TL_NS_NONE;
	if (run == RUN_UNKNOWN || since == TL_NS_NONE || t < since)
		return;
	s = own_sched(life);
	if (!s)
		return;
	switch (run) {
	case RUN_ON_CPU:
		s->run += t - since;
		segment_add(life, since, t, TL_RUNNING);
		break;
	case RUN_QUEUED:
		s->wait += t - since;
		segment_add(life, since, t, TL_RUNNABLE);
		break;
	case RUN_ASLEEP: asleep(life, s, since, t, cut); break;
	case RUN_UNKNOWN: break;
	}
}

static void run_close(struct life *life, tl_ns t)
{
	close_state(life, t, false);
}

/* Who sleeps leaves no records; who runs does, so beyond its last one nothing is claimed: listings
 * have gaps. */
void run_cut(struct life *life, tl_ns t)
{
	close_state(life, life->run == RUN_ASLEEP ? t : life->t.last.t, true);
}

static void run_enter(struct life *life, enum run_state state, tl_ns t)
{
	run_close(life, t);
	life->run = (uint8_t)state;
	life->since = t;
	segment_woken(life, TL_PID_NONE);
}

/*
 * Who acts is on a CPU, also where its sched_switch is missing: event-fork adds a child to
 * set_event_pid while another CPU may be switching to it already. The time before is what it
 * waited, at most.
 */
RARE void run_unswitched(struct tl_lives *l, struct life *life, const struct tl_event *ev)
{
	silent_acts(l, life, ev);
	run_enter(life, RUN_ON_CPU, ev->t);
	life->cpu = (int16_t)ev->cpu;
}

static void switched_out(struct tl_lives *l, struct life *life, struct ran *s,
			 const struct tl_event *ev)
{
	char state = ev->u.sw.state;

	s->any = true;
	s->switches++;
	life->off_cpu = ev->t;
	/* it ran, but from when on was not seen: neither waited nor run */
	if (life->run == RUN_QUEUED)
		life->run = RUN_UNKNOWN;
	if (state == 'Z' || state == 'X') {
		if (life->made)
			birth_creator_slept(l, life, state);
		run_close(life, ev->t);
		if (own_death(life))
			own_death(life)->last_state = state;
		life_lies(l, life);
		life_switched(l, life, ev->t);
		reap_last_switch(l, life, ev);
		return;
	}
	if (ev->u.sw.preempted || state == 'R') {
		s->preemptions += ev->u.sw.preempted;
		run_enter(life, RUN_QUEUED, ev->t);
		return;
	}
	run_enter(life, RUN_ASLEEP, ev->t);
	if (life->made)
		birth_creator_slept(l, life, state);
	life->sleep_state = state;
	life->slept = ev->t;
}

static void on_cpu(struct life *life, struct ran *s, int cpu)
{
	if (cpu < 0 || cpu >= 256)
		return;
	if (cpu < 64)
		s->cpus |= 1ull << cpu;
	else if (own_more(life))
		s->more->cpus[cpu / 64 - 1] |= 1ull << cpu % 64;
	/* a trace without sched_migrate_task shows the moves at least where it runs next */
	life->moves += s->any && s->last_cpu != cpu;
	s->last_cpu = (uint8_t)cpu;
	if (s->migrations < life->moves)
		s->migrations = life->moves;
}

void see_switch(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *prev = life_of(l, ev->u.sw.prev, ev->u.sw.prev_comm, ev);
	struct life *next = life_of(l, ev->u.sw.next, ev->u.sw.next_comm, ev);
	struct ran *s;

	silent_switch(l, ev->cpu);
	s = prev ? own_sched(prev) : NULL;
	if (s) {
		on_cpu(prev, s, ev->cpu);
		switched_out(l, prev, s, ev);
	}
	s = next ? own_sched(next) : NULL;
	if (s) {
		on_cpu(next, s, ev->cpu);
		s->any = true;
	}
	if (next) {
		run_enter(next, RUN_ON_CPU, ev->t);
		next->cpu = (int16_t)ev->cpu;
	}
}

/* An interrupt lends itself the task it interrupts, and the idle task is nobody. */
static tl_pid waker(const struct tl_event *ev)
{
	bool interrupt = !(ev->ctx & TL_CTX_KNOWN) ||
			 (ev->ctx & (TL_CTX_HARDIRQ | TL_CTX_SOFTIRQ | TL_CTX_NMI));

	return interrupt || ev->pid <= 0 ? TL_PID_NONE : ev->pid;
}

/* The owner woke it, or was interrupted by what did; it is asleep no more either way. */
void see_wake(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_of(l, ev->u.wake.pid, ev->u.wake.comm, ev);

	life_owner(l, ev);
	/* sched_waking, then sched_wakeup: the first counts; one that runs cancels its own sleep */
	if (life && life->run != RUN_ON_CPU && life->run != RUN_QUEUED) {
		run_enter(life, RUN_QUEUED, ev->t);
		segment_woken(life, waker(ev));
	}
}

void see_wakeup_new(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_of(l, ev->u.wake.pid, ev->u.wake.comm, ev);

	life_owner(l, ev);
	if (life)
		run_enter(life, RUN_QUEUED, ev->t);
}

void see_migrate(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_of(l, ev->u.wake.pid, ev->u.wake.comm, ev);
	struct ran *s = life ? own_sched(life) : NULL;

	if (!s)
		return;
	s->any = true;
	s->migrations++;
}
