/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "view/cast.h"
#include "view/words.h"

void cast_init(struct cast *c, bool segments)
{
	*c = (struct cast){.segments = segments};
	arena_init(&c->mem);
	map_init(&c->by_who);
}

void cast_fini(struct cast *c)
{
	vec_fini(&c->life);
	map_fini(&c->by_who);
	arena_fini(&c->mem);
}

static uint64_t key_of(const struct tl_ref *who)
{
	return (uint64_t)who->generation << 32 | (uint32_t)who->tid;
}

int64_t cast_find(const struct cast *c, const struct tl_ref *who)
{
	return who->tid == TL_PID_NONE ? -1
				       : (int64_t)(uintptr_t)map_get(&c->by_who, key_of(who)) - 1;
}

static struct cast_life *enter(struct cast *c, const struct tl_ref *who)
{
	struct cast_life *life = vec_push(&c->life);

	if (!life || !map_put(&c->by_who, key_of(who), (void *)(uintptr_t)c->life.n)) {
		c->life.n -= life != NULL;
		c->starved = true;
		return NULL;
	}
	life->who = *who;
	life->parent.tid = life->heir.tid = life->by.tid = TL_PID_NONE;
	life->adopted = life->born = life->died = life->reaped = life->from = life->to = TL_NS_NONE;
	return life;
}

int64_t cast_guest(struct cast *c, const struct tl_ref *who)
{
	int64_t at = cast_find(c, who);
	struct cast_life *life;

	if (at >= 0 || who->tid == TL_PID_NONE)
		return at;
	life = enter(c, who);
	if (!life)
		return -1;
	life->guest = true;
	return (int64_t)c->life.n - 1;
}

/* ---- what is kept of a life ---- */

static struct tl_ref parent_of(const struct tl_task *t)
{
	const struct tl_ref *leader = t->process ? &t->process->leader : NULL;
	const struct tl_birth *b = &t->birth;

	if (!t->is_leader && leader && leader->tid != TL_PID_NONE &&
	    !tl_ref_same(*leader, tl_ref_of(t)))
		return *leader;
	/* its leader was told before it */
	if (!t->is_leader && t->tgid != TL_PID_NONE && b->seen.is)
		return b->creator;
	if (!b->seen.is)
		return t->n_adoptions ? (struct tl_ref){.tid = TL_PID_NONE} : t->parent;
	return b->real_parent.tid != TL_PID_NONE ? b->real_parent : b->creator;
}

static void keep_death(struct cast_life *life, const struct tl_death_verdict *v)
{
	life->cause = v->cause.row;
	life->signal = v->signal;
	life->by = v->by;
	life->exited = v->exited;
	life->code_known = v->exit_code_known;
	life->exit_code = v->exit_code;
}

static void keep_marks(struct cast *c, struct cast_life *life, const struct tl_told *told)
{
	const struct tl_task *t = told->task;
	unsigned most = t->n_execs + t->n_signals;

	life->mark = most ? arena_alloc(&c->mem, most * sizeof(*life->mark)) : NULL;
	if (most && !life->mark)
		c->starved = true;
	if (!life->mark)
		return;
	for (unsigned i = 0; i < t->n_execs; i++)
		life->mark[life->n_marks++] = (struct cast_mark){t->exec[i].seen.t, CAST_EXEC};
	for (unsigned i = 0; i < t->n_signals && told->signal; i++)
		/* notices of children: their deaths show */
		if (strcmp(tl_finding_id(&told->signal[i]), "child"))
			life->mark[life->n_marks++] =
				(struct cast_mark){t->signals[i].seen.t, CAST_SIGNAL};
}

static void keep_segments(struct cast *c, struct cast_life *life, const struct tl_task *t)
{
	const struct tl_segments *from = t->segments;
	struct tl_segment *copy;

	if (!from || !from->n)
		return;
	if (from->v[from->n - 1].to > life->to)
		life->to = from->v[from->n - 1].to;
	if (c->borrow)
		return;
	copy = arena_alloc(&c->mem, from->n * sizeof(*copy));
	if (!copy) {
		c->starved = true;
		return;
	}
	memcpy(copy, from->v, from->n * sizeof(*copy));
	life->segment = copy;
	life->n_segments = from->n;
}

const struct tl_segment *cast_segments(const struct cast_life *life, size_t *ret_n)
{
	const struct tl_segments *of_task = life->task ? life->task->segments : NULL;

	*ret_n = of_task ? of_task->n : life->n_segments;
	return of_task ? of_task->v : life->segment;
}

void cast_add(struct cast *c, const struct tl_told *told)
{
	const struct tl_task *t = told->task;
	struct tl_ref who = tl_ref_of(t);
	struct cast_life *life = enter(c, &who);

	if (!life)
		return;
	life->task = c->borrow ? t : NULL;
	life->parent = parent_of(t);
	if (t->n_adoptions) {
		life->heir = t->adoption[t->n_adoptions - 1].by;
		life->adopted = t->adoption[t->n_adoptions - 1].seen.t;
	}
	life->born = t->birth.seen.is ? t->birth.seen.t : TL_NS_NONE;
	life->died = t->death->seen.is ? t->death->seen.t : TL_NS_NONE;
	life->reaped = t->reap->is ? t->reap->seen.t : TL_NS_NONE;
	life->from = t->birth.seen.is ? t->birth.seen.t : t->first.t;
	life->to = t->death->seen.is ? t->death->seen.t : t->last.t;
	life->dead = t->death->seen.is;
	life->birth = told->birth.row;
	life->thread = !t->is_leader && t->tgid != TL_PID_NONE;
	life->kthread = t->kthread;
	life->deaths_seen = told->witnesses->exit || told->witnesses->functions;
	if (life->dead)
		keep_death(life, &told->death);
	keep_marks(c, life, told);
	if (c->segments)
		keep_segments(c, life, t);
}

/* ---- words ---- */

static const char *form(struct page *pg, const struct cast_life *life, const char *name)
{
	if (life->thread || life->kthread)
		return page_fmt(pg, life->thread ? "{%s}(%d)" : "[%s](%d)", name, life->who.tid);
	return page_fmt(pg, "%s(%d)", name, life->who.tid);
}

const char *cast_name(struct page *pg, const struct cast_life *life)
{
	return form(pg, life, words_name(pg, life->who.comm));
}

const char *cast_name_in(struct page *pg, const struct cast_life *life, int cells)
{
	const char *name = words_name(pg, life->who.comm), *whole = form(pg, life, name);
	int over = page_cells(whole) - cells, left = page_cells(name) - over;

	if (over <= 0 || left < 2)
		return page_left(pg, whole, cells);
	return page_left(pg, form(pg, life, page_cut(pg, name, left)), cells);
}

static const char *exit_text(struct page *pg, const struct cast_life *life)
{
	if (!life->code_known)
		return "exit ?";
	return page_fmt(pg, life->exit_code ? ST_WARN "exit %d" ST_OFF : "exit %d",
			life->exit_code);
}

const char *cast_end(struct page *pg, const struct cast_life *life)
{
	const char *text;

	if (!life->dead)
		return life->guest ? "" : life->deaths_seen ? _("alive") : "?";
	if (life->exited && life->cause && !strcmp(life->cause->id, "exit"))
		return exit_text(pg, life);
	text = life->signal ? words_signal(pg, life->signal) : life->cause ? life->cause->id : "?";
	if (life->signal && life->by.tid != TL_PID_NONE)
		text = page_fmt(pg, "%s \xe2\x86\x90 %s", text, words_ref(pg, &life->by));
	return life->signal ? page_fmt(pg, ST_BAD "%s" ST_OFF, text) : text;
}

void cast_span(const struct cast *c, tl_ns *ret_from, tl_ns *ret_to)
{
	tl_ns from = TL_NS_NONE, to = TL_NS_NONE;

	for (size_t i = 0; i < c->life.n; i++) {
		const struct cast_life *life = &c->life.v[i];

		if (life->from != TL_NS_NONE && (from == TL_NS_NONE || life->from < from))
			from = life->from;
		to = life->to > to ? life->to : to;
	}
	*ret_from = from;
	*ret_to = to;
}

/* ---- likeness ---- */

bool cast_alike(const struct cast_life *a, const struct cast_life *b)
{
	return a->who.comm == b->who.comm && a->birth == b->birth && a->cause == b->cause &&
	       a->dead == b->dead && a->signal == b->signal && a->code_known == b->code_known &&
	       a->exit_code == b->exit_code && a->thread == b->thread && a->by.comm == b->by.comm &&
	       a->heir.tid == b->heir.tid && a->guest == b->guest;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

uint64_t cast_hash(const struct cast_life *life)
{
	uint64_t h = mix(life->dead, (uintptr_t)life->who.comm);

	h = mix(h, (uintptr_t)life->birth);
	h = mix(h, (uintptr_t)life->cause);
	h = mix(h, (uint64_t)(uint32_t)life->signal << 32 | (uint32_t)life->exit_code);
	h = mix(h, (uintptr_t)life->by.comm);
	return mix(h, (uint64_t)life->thread << 32 | (uint32_t)life->heir.tid);
}

void *cast_view_new(size_t size, bool segments, struct out *o, const struct tl_view_opts *opts)
{
	struct cast_view *v = calloc(1, size);

	if (!v)
		return NULL;
	page_init(&v->pg, o, opts);
	cast_init(&v->cast, segments);
	return v;
}

void cast_view_task(struct out *o, void *state, const struct tl_told *told)
{
	struct cast_view *v = state;

	cast_add(&v->cast, told);
}

void cast_view_free(void *state)
{
	struct cast_view *v = state;

	cast_fini(&v->cast);
	page_fini(&v->pg);
	free(v);
}
