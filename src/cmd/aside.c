/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring of batches of lives. The feeder fills one and hands it over; whoever of the crew is free
 * takes the oldest that nobody has taken; the feeder joins their texts in order and gives the lives
 * back. When the ring is full, and at the end of the trace, the feeder has nothing better to do and
 * takes batches as well: so at the end, where everything that is left becomes complete at once, all
 * threads tell. Alone it tells each batch when it is full: what makes lives and what tells them do
 * not both fit into a core's cache of instructions, and life by life one would drive out the other.
 *
 * A life may only be told aside when nothing can change it any more (tl_keep_fn). One whose process
 * lives on is told at once, by the feeder, and its words wait for their place in the batch.
 * One that depends on others (a killer is shown in full at the first of its victims) is judged
 * aside and told in its turn, when its batch is joined.
 *
 * What one core wrote and another writes again costs more than to make the text: a batch is told at
 * a desk of the teller's own, which comes back to it when the batch is joined.
 *
 * Invariant: joined <= taken <= made <= joined + BATCHES. Batch made % BATCHES is the feeder's,
 * [taken, made) are nobody's, of [joined, taken) those not done belong to who took them, the others
 * to the feeder.
 */
#include <stdlib.h>
#include "base/arena.h"
#include "base/guard.h"
#include "base/line.h"
#include "base/vec.h"
#include "cmd/aside.h"

/* CALL: so many batches are worth waking somebody for. */
enum { LIVES = 32, BATCHES = 16, CALL = 4, TELLERS_MOST = 16 };

struct entry {
	const struct tl_kept *kept; /* NULL: told already, its words are in `early` */
	size_t early_n;
	tl_ns last; /* of the trace, as of its end */
};

/* A life to be told in its turn, behind so many bytes of the batch's text. */
struct turn {
	size_t at;
	struct tl_told *told;
};

/* Where a batch is told. */
struct desk {
	struct desk *next; /* of those that are free */
	struct teller *of;
	struct out text;
	VEC(struct turn) turn;
	struct arena mem; /* of lives shown, and their verdicts */
};

struct batch {
	alignas(LINE) struct entry entry[LIVES];
	unsigned n;
	/* of the trace as far as known then, without what is held by pointers; of `last` each entry
	 * has its own */
	struct tl_trace_info info;
	struct tl_witnesses w;
	bool rooted;
	struct out early;
	struct desk *desk; /* NULL: nobody has taken it, or there was no memory for one */
	uint64_t shown;
	bool done, starved;
};

/* Who makes words: a hand of the crew, or the feeder. `out` stays where it is, since the view's
 * state may know it. */
struct teller {
	alignas(LINE) struct aside *a;
	struct out out;
	void *state;
	struct desk *free;
};

struct aside {
	struct aside_plan plan;
	struct batch batch[BATCHES];
	/* each on lines of its own: the feeder, then the hands of the crew */
	struct teller teller[TELLERS_MOST];
	struct arena mem; /* of the feeder's verdicts on who cannot wait */
	alignas(LINE) unsigned tellers;
	uint64_t made, taken, joined;
	bool telling; /* in order: somebody is */
	void *state; /* of the view itself; NULL: nothing was shown yet */
	uint64_t shown;
	bool starved;
};

static struct batch *batch_at(struct aside *a, uint64_t i)
{
	return &a->batch[i % BATCHES];
}

/* ---- telling ---- */

/* Is it shown at all? Then it is in told, with its verdicts. */
static bool judge(struct aside *a, const struct tl_task *task, const struct tl_trace_info *info,
		  const struct tl_witnesses *w, struct arena *mem, struct tl_told *told,
		  bool *starved)
{
	*told = (struct tl_told){
		.info = info, .t0 = info->first, .witnesses = w, .unkept = a->plan.unkept};
	if (!tl_why_tell(task, a->plan.view->deaths_only, mem, told)) {
		*starved = true;
		return false;
	}
	return select_cause(a->plan.sel, told);
}

static bool is_apart(const struct aside *a, const struct tl_told *told)
{
	const struct tl_view_aside *view = a->plan.view->aside;

	return !view->apart || view->apart(told);
}

static bool in_order(const struct aside *a)
{
	return a->plan.view->aside->in_order;
}

static struct teller *feeder_of(struct aside *a)
{
	return &a->teller[0];
}

/* It needs its own view of the trace then: that of the teller goes on. */
static bool wait_for_turn(struct desk *desk, size_t at, const struct tl_told *told)
{
	struct tl_told *kept = arena_alloc(&desk->mem, sizeof(*kept));
	struct tl_trace_info *info = arena_alloc(&desk->mem, sizeof(*info));
	struct turn *turn = kept && info ? vec_push(&desk->turn) : NULL;

	if (!turn)
		return false;
	*info = *told->info;
	*kept = *told;
	kept->info = info;
	*turn = (struct turn){at, kept};
	return true;
}

/* NULL: it is not asked for. */
static const struct tl_task *show(struct aside *a, struct batch *b, const struct tl_kept *kept,
				  const struct tl_trace_info *info)
{
	struct aside_known known = {info, &b->w, b->rooted};
	const struct tl_task *task = tl_kept_show(kept, &b->desk->mem);

	if (!task)
		b->starved = true;
	return task && a->plan.chosen(a->plan.ctx, task, &known) ? task : NULL;
}

static void tell_one(struct teller *t, struct batch *b, const struct tl_kept *kept,
		     const struct tl_trace_info *info)
{
	struct aside *a = t->a;
	struct desk *desk = b->desk;
	const struct tl_task *task;
	struct tl_told told;

	if (!desk->turn.n)
		arena_reset(&desk->mem); /* nobody needs the one before any more */
	task = show(a, b, kept, info);
	if (!task || !judge(a, task, info, &b->w, &desk->mem, &told, &b->starved))
		return;
	b->shown++;
	if (is_apart(a, &told))
		a->plan.view->task(&t->out, t->state, &told);
	else if (!wait_for_turn(desk, t->out.n, &told))
		b->starved = true;
}

/* Another core made them: the one after the next is asked for, and what the next one has. */
static void fetch_next(const struct entry *e, const struct entry *end)
{
	if (e + 2 < end && e[2].kept)
		tl_kept_fetch(e[2].kept);
	if (e + 1 < end && e[1].kept)
		tl_kept_fetch_rest(e[1].kept);
}

static void tell_batch(struct teller *t, struct batch *b)
{
	struct tl_trace_info info = b->info;
	struct out before = t->out;
	const char *early = b->early.buf;

	if (!b->desk) {
		b->starved = true;
		return;
	}
	t->out = b->desk->text;
	for (struct entry *e = b->entry; e < b->entry + b->n; e++) {
		fetch_next(e, b->entry + b->n);
		if (!e->kept) {
			out_mem(&t->out, early, e->early_n);
			early += e->early_n;
			continue;
		}
		info.last = e->last;
		tell_one(t, b, e->kept, &info);
	}
	b->desk->text = t->out;
	t->out = before;
}

/* ---- desks; with the lock ---- */

static struct desk *desk_take(struct teller *t)
{
	struct desk *desk = t->free;

	if (desk) {
		t->free = desk->next;
		return desk;
	}
	desk = line_calloc(sizeof(*desk));
	if (desk) {
		desk->of = t;
		out_init(&desk->text, -1);
		arena_init(&desk->mem);
	}
	return desk;
}

static void desk_give_back(struct desk *desk)
{
	desk->turn.n = 0;
	desk->text.n = 0;
	desk->next = desk->of->free;
	desk->of->free = desk;
}

static void desks_free(struct teller *t)
{
	while (t->free) {
		struct desk *desk = t->free;

		t->free = desk->next;
		out_fini(&desk->text);
		vec_fini(&desk->turn);
		arena_fini(&desk->mem);
		free(desk);
	}
}

/* ---- the feeder joins ---- */

static void *state_of(struct aside *a, const struct tl_trace_info *info)
{
	if (!a->state)
		a->state = a->plan.begin(a->plan.ctx, info);
	if (!a->state)
		a->starved = true;
	return a->state;
}

static void put_batch(struct aside *a, struct batch *b)
{
	struct desk *desk = b->desk;
	size_t at = 0;

	if (!desk || !b->shown || !state_of(a, &b->info))
		return;
	if (in_order(a) && desk->text.os) { /* not memory for its text, but where it writes to */
		a->plan.out->os = desk->text.os;
		desk->text.os = 0;
	}
	vec_each (turn, &desk->turn) {
		out_hand(a->plan.out, desk->text.buf + at, turn->at - at);
		a->plan.view->task(a->plan.out, a->state, turn->told);
		at = turn->at;
	}
	if (desk->text.n > at)
		out_hand(a->plan.out, desk->text.buf + at, desk->text.n - at);
}

/* Its desk remains, to be given back. */
static struct desk *join_first(struct aside *a)
{
	struct batch *b = batch_at(a, a->joined);

	put_batch(a, b);
	for (unsigned i = 0; i < b->n; i++)
		if (b->entry[i].kept)
			tl_lives_give_back(a->plan.lives, b->entry[i].kept);
	a->shown += b->shown;
	a->starved |= b->starved || b->early.os || (b->desk && b->desk->text.os);
	b->n = 0;
	b->early.n = 0;
	b->shown = 0;
	b->done = b->starved = false;
	a->joined++;
	return take(b->desk);
}

/* ---- the ring ---- */

/* The oldest that nobody has taken, told; false: there is none. */
static bool take_one(void *ctx, unsigned hand)
{
	struct aside *a = ctx;
	struct batch *b;

	if (a->taken == a->made || a->telling || hand >= a->tellers)
		return false;
	b = batch_at(a, a->taken++);
	b->desk = desk_take(&a->teller[hand]);
	a->telling = in_order(a);
	crew_unlock(a->plan.crew);
	tell_batch(&a->teller[hand], b);
	crew_lock(a->plan.crew);
	a->telling = false;
	b->done = true;
	crew_done(a->plan.crew);
	return true;
}

/* Joins what is done, until no more than `most` batches are out. */
static void join(struct aside *a, uint64_t most)
{
	struct desk *desk;

	crew_lock(a->plan.crew);
	for (;;) {
		if (a->joined < a->made && batch_at(a, a->joined)->done) {
			crew_unlock(a->plan.crew);
			desk = join_first(a);
			crew_lock(a->plan.crew);
			if (desk)
				desk_give_back(desk);
		} else if (a->made - a->joined <= most) {
			break;
		} else {
			crew_wait(a->plan.crew);
		}
	}
	crew_unlock(a->plan.crew);
}

/* With `most` batches out at the end of it, none where there are no hands to take them. To wake
 * somebody in vain costs more than to tell some lives. */
static void hand_over(struct aside *a, uint64_t most)
{
	crew_lock(a->plan.crew);
	a->made += batch_at(a, a->made)->n > 0;
	if (a->made - a->taken >= CALL && !a->telling)
		crew_call(a->plan.crew);
	crew_unlock(a->plan.crew);
	join(a, crew_hands(a->plan.crew) ? most : 0);
}

void aside_drain(struct aside *a)
{
	hand_over(a, 0);
}

/* ---- the feeder takes lives ---- */

/* Does the batch that is being filled hold for this life, too? */
static bool same_trace(const struct batch *b, const struct aside_known *known)
{
	return b->info.first == known->info->first && b->rooted == known->rooted &&
	       !memcmp(&b->w, known->w, sizeof(b->w));
}

static void batch_begin(struct batch *b, const struct aside_known *known)
{
	b->info = *known->info;
	b->info.n_blind = b->info.n_warnings = 0;
	b->info.blind = NULL;
	b->info.warnings = NULL;
	b->w = *known->w;
	b->rooted = known->rooted;
}

/* Room for the next life, as one that was told already. */
static struct entry *next_entry(struct aside *a, const struct aside_known *known)
{
	struct batch *b = batch_at(a, a->made);

	if (b->n && !same_trace(b, known)) {
		hand_over(a, BATCHES - 1);
		b = batch_at(a, a->made);
	}
	if (!b->n)
		batch_begin(b, known);
	b->entry[b->n] = (struct entry){.last = known->info->last};
	return &b->entry[b->n++];
}

static void hand_over_full(struct aside *a)
{
	if (batch_at(a, a->made)->n == LIVES)
		hand_over(a, BATCHES - 1);
}

void aside_keep(struct aside *a, const struct tl_kept *kept, const struct aside_known *known)
{
	next_entry(a, known)->kept = kept;
	hand_over_full(a);
}

static void tell_early(struct aside *a, struct entry *e, const struct tl_told *told)
{
	struct batch *b = batch_at(a, a->made);
	struct out before = feeder_of(a)->out;
	size_t n = b->early.n;

	b->shown++;
	feeder_of(a)->out = b->early;
	a->plan.view->task(&feeder_of(a)->out, feeder_of(a)->state, told);
	b->early = feeder_of(a)->out;
	feeder_of(a)->out = before;
	e->early_n = b->early.n - n;
}

void aside_tell(struct aside *a, const struct tl_task *task, const struct aside_known *known)
{
	struct tl_told told;

	arena_reset(&a->mem);
	if (!judge(a, task, known->info, known->w, &a->mem, &told, &a->starved))
		return;
	if (is_apart(a, &told) && !in_order(a)) {
		tell_early(a, next_entry(a, known), &told);
		hand_over_full(a);
		return;
	}
	aside_drain(a); /* its place is behind all that were taken */
	a->shown++;
	if (state_of(a, known->info))
		a->plan.view->task(a->plan.out, a->state, &told);
}

/* ---- beginning and end ---- */

static bool teller_begin(struct aside *a, struct teller *t)
{
	t->a = a;
	out_init(&t->out, -1);
	return a->plan.view->aside->begin(&t->out, a->plan.opts, &t->state);
}

static void teller_end(struct teller *t)
{
	t->a->plan.view->aside->end(t->state, t->a->state);
	out_fini(&t->out);
	desks_free(t);
}

static void tellers_end(struct aside *a)
{
	while (a->tellers)
		teller_end(&a->teller[--a->tellers]);
	arena_fini(&a->mem);
	for (unsigned i = 0; i < BATCHES; i++)
		out_fini(&a->batch[i].early);
	free(a);
}

struct aside *aside_new(const struct aside_plan *plan)
{
	unsigned most = crew_hands(plan->crew) + 1;
	struct aside *a = plan->view->aside ? line_calloc(sizeof(*a)) : NULL;

	if (!a)
		return NULL;
	a->plan = *plan;
	arena_init(&a->mem);
	for (unsigned i = 0; i < BATCHES; i++)
		out_init(&a->batch[i].early, -1);
	while (a->tellers < most && a->tellers < TELLERS_MOST &&
	       teller_begin(a, &a->teller[a->tellers]))
		a->tellers++;
	if (a->tellers && crew_join(plan->crew, take_one, a))
		return a;
	tellers_end(a);
	return NULL;
}

bool aside_end(struct aside *a, uint64_t *ret_shown)
{
	bool starved;

	aside_drain(a);
	crew_leave(a->plan.crew, a);
	*ret_shown = a->shown;
	starved = a->starved;
	tellers_end(a);
	return !starved;
}
