/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "view/tree.h"

/* So many alike under one parent are one line. */
#define FOLD_FROM 4

void branches_fini(struct branches *br)
{
	free(br->v);
	free(br->first);
	free(br->root);
	free(br->fold);
	*br = (struct branches){};
}

static void add(struct branches *br, int64_t parent, size_t who, tl_ns t, enum branch_kind kind)
{
	if (parent >= 0 && parent != (int64_t)who)
		br->v[br->n++] =
			(struct branch){(uint32_t)parent, (uint32_t)who, t, kind, 0, false, false};
}

/* Three at most for each life: where it was born, where it was adopted, who killed it. */
static void connect(struct branches *br, struct cast *cast, size_t n)
{
	br->n = 1;
	for (size_t i = 0; i < n; i++) {
		const struct cast_life *life = &cast->life.v[i];
		int64_t parent = cast_find(cast, &life->parent),
			killer = cast_find(cast, &life->by);

		add(br, parent, i, life->from, BRANCH_CHILD);
		add(br, cast_find(cast, &life->heir), i, life->adopted, BRANCH_ADOPTED);
		/* a child killed by its parent stands there already; threads die with their
		 * process */
		if (killer != parent && !life->thread)
			add(br, killer, i, life->died, BRANCH_KILLED);
	}
}

static int by_parent(const void *a, const void *b)
{
	const struct branch *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->who < y->who ? -1 : x->who > y->who;
}

static bool index_ranges(struct branches *br, size_t n_lives)
{
	uint32_t b = 1;

	br->first = malloc((n_lives + 1) * sizeof(*br->first));
	if (!br->first)
		return false;
	for (size_t i = 0; i <= n_lives; i++) {
		br->first[i] = b;
		while (b < br->n && br->v[b].parent == i)
			b++;
	}
	return true;
}

/* ---- roots ---- */

/* Marks all that is reached from `who`; each life is somebody's child once at most. */
static void reach(const struct branches *br, uint32_t who, bool *seen, uint32_t *todo)
{
	size_t n = 0;

	todo[n++] = who;
	seen[who] = true;
	while (n) {
		uint32_t at = todo[--n];

		for (uint32_t b = branches_first(br, at); b < branches_end(br, at); b++) {
			if (br->v[b].kind != BRANCH_CHILD || seen[br->v[b].who])
				continue;
			seen[br->v[b].who] = true;
			todo[n++] = br->v[b].who;
		}
	}
}

struct root {
	tl_ns t;
	uint32_t who;
};

static int by_time(const void *a, const void *b)
{
	const struct root *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->who < y->who ? -1 : x->who > y->who;
}

/* Of somebody who is only named, the first that came of it. */
static tl_ns time_of_root(const struct branches *br, const struct cast *cast, uint32_t who)
{
	tl_ns t = cast->life.v[who].from;

	return t == TL_NS_NONE && branches_first(br, who) < branches_end(br, who)
		       ? br->v[branches_first(br, who)].t
		       : t;
}

static void sort_roots(struct branches *br, const struct cast *cast, struct root *room)
{
	for (uint32_t i = 0; i < br->n_roots; i++)
		room[i] = (struct root){time_of_root(br, cast, br->root[i]), br->root[i]};
	qsort(room, br->n_roots, sizeof(*room), by_time);
	for (uint32_t i = 0; i < br->n_roots; i++)
		br->root[i] = room[i].who;
}

/* Whom nobody made; then, in a trace where some made each other, whoever of them comes first: its
 * own birth is left out, which opens the ring. `seen` is of n lives, all false, and tells
 * afterwards who has a parent. */
static void find_roots(struct branches *br, size_t n, bool *seen, bool *child, uint32_t *todo)
{
	for (uint32_t b = 1; b < br->n; b++)
		child[br->v[b].who] |= br->v[b].kind == BRANCH_CHILD;
	for (int rings = 0; rings < 2; rings++)
		for (uint32_t i = 0; i < n; i++) {
			if (seen[i] || (!rings && child[i]))
				continue;
			br->root[br->n_roots++] = i;
			child[i] = false;
			reach(br, i, seen, todo);
		}
	for (uint32_t b = 1; b < br->n; b++)
		br->v[b].hidden |= br->v[b].kind == BRANCH_CHILD && !child[br->v[b].who];
}

static bool set_roots(struct branches *br, const struct cast *cast)
{
	size_t n = cast->life.n;
	auto_free bool *seen = calloc(n, sizeof(*seen)), *child = calloc(n, sizeof(*child));
	auto_free uint32_t *todo = malloc(n * sizeof(*todo));
	auto_free struct root *room = malloc(n * sizeof(*room));

	br->root = malloc(n * sizeof(*br->root));
	if (!seen || !child || !todo || !room || !br->root)
		return false;
	find_roots(br, n, seen, child, todo);
	sort_roots(br, cast, room);
	return true;
}

/* ---- folding ---- */

static bool is_leaf(const struct branches *br, uint32_t who)
{
	return branches_first(br, who) == branches_end(br, who);
}

static bool fold_alike(const struct branches *br, const struct cast *cast, const struct branch *a,
		       const struct branch *b)
{
	if (a->kind != b->kind || !cast_alike(&cast->life.v[a->who], &cast->life.v[b->who]))
		return false;
	return a->kind != BRANCH_CHILD || (is_leaf(br, a->who) && is_leaf(br, b->who));
}

static struct branch_fold *fold_new(struct branches *br)
{
	uint32_t more = br->folds_cap ? br->folds_cap * 2 : 64;
	struct branch_fold *bigger;

	if (br->n_folds == br->folds_cap) {
		bigger = realloc(br->fold, more * sizeof(*bigger));
		if (!bigger)
			return NULL;
		br->fold = bigger;
		br->folds_cap = more;
	}
	br->fold[br->n_folds] = (struct branch_fold){.most = TL_NS_NONE};
	return &br->fold[br->n_folds++];
}

static void fold_into(struct branch_fold *f, const struct cast_life *life)
{
	tl_ns lived = life->dead && life->born != TL_NS_NONE ? life->died - life->born : TL_NS_NONE;

	f->n++;
	f->most = lived > f->most ? lived : f->most;
}

/* The first of its kind under this parent counts the others; what is alike comes by hash, and
 * is compared. */
static bool count_kinds(struct branches *br, const struct cast *cast, uint32_t from, uint32_t end,
			struct map *kinds)
{
	for (uint32_t b = from; b < end; b++) {
		uint64_t key = cast_hash(&cast->life.v[br->v[b].who]) * 4 + br->v[b].kind;
		uintptr_t first = (uintptr_t)map_get(kinds, key);

		if (!first && !map_put(kinds, key, (void *)(uintptr_t)b))
			return false;
		first = first ? first : b;
		if (br->v[b].hidden || !fold_alike(br, cast, &br->v[first], &br->v[b]))
			continue;
		if (!br->v[first].fold) {
			if (!fold_new(br))
				return false;
			br->v[first].fold = br->n_folds;
		}
		fold_into(&br->fold[br->v[first].fold - 1], &cast->life.v[br->v[b].who]);
		br->v[b].fold = br->v[first].fold;
	}
	return true;
}

/* Few of a kind stand for themselves; of many, the first for all. */
static void settle_kinds(struct branches *br, uint32_t from, uint32_t end, struct map *kinds,
			 const struct cast *cast)
{
	for (uint32_t b = from; b < end; b++) {
		uint64_t key = cast_hash(&cast->life.v[br->v[b].who]) * 4 + br->v[b].kind;

		if (br->v[b].fold && br->fold[br->v[b].fold - 1].n < FOLD_FROM)
			br->v[b].fold = 0;
		else if (br->v[b].fold && (uintptr_t)map_get(kinds, key) != b)
			br->v[b].hidden = true;
	}
}

static bool fold_under(struct branches *br, const struct cast *cast, uint32_t from, uint32_t end)
{
	struct map kinds;
	bool fine;

	if (end - from < FOLD_FROM)
		return true;
	map_init(&kinds);
	fine = count_kinds(br, cast, from, end, &kinds);
	if (fine)
		settle_kinds(br, from, end, &kinds, cast);
	map_fini(&kinds);
	return fine;
}

static void mark_last(struct branches *br, uint32_t from, uint32_t end)
{
	for (uint32_t b = end; b-- > from;) {
		if (br->v[b].hidden)
			continue;
		br->v[b].last = true;
		return;
	}
}

bool branches_grow(struct branches *br, struct cast *cast, bool fold)
{
	size_t told = cast->life.n;

	for (size_t i = 0; i < told; i++) {
		struct cast_life life = cast->life.v[i]; /* the cast moves when it grows */

		cast_guest(cast, &life.parent);
		cast_guest(cast, &life.heir);
		if (!life.thread)
			cast_guest(cast, &life.by);
	}
	*br = (struct branches){.v = malloc((3 * told + 1) * sizeof(*br->v))};
	if (!br->v)
		return false;
	connect(br, cast, told);
	qsort(br->v + 1, br->n - 1, sizeof(*br->v), by_parent);
	if (!index_ranges(br, cast->life.n) || !set_roots(br, cast))
		return false;
	for (size_t i = 0; i < cast->life.n; i++) {
		if (fold && !fold_under(br, cast, br->first[i], br->first[i + 1]))
			return false;
		mark_last(br, br->first[i], br->first[i + 1]);
	}
	return true;
}
