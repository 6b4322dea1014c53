/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parents, children, ancestors, adoptions. */
#include <string.h>
#include "life/life.h"

void kin_child(struct life *parent, const struct life *child)
{
	struct deeds *d = own_deeds(parent);
	struct tl_ref *v;

	if (!d)
		return;
	if (d->n_children >= TL_CHILDREN_KEPT) {
		d->children_more++;
		return;
	}
	v = array_more(&parent->mem, d->child, d->n_children, &d->children_cap, sizeof(*v));
	if (!v)
		return;
	d->child = v;
	d->child[d->n_children++] = life_ref(child);
}

const struct tl_ref *kin_ancestry(struct tl_lives *l, struct life *of, struct arena *mem,
				  unsigned *ret_n)
{
	struct tl_ref found[TL_ANCESTRY], *v;
	unsigned n = 0;

	for (struct life *at = of; at && n < TL_ANCESTRY;) {
		struct tl_ref up = at->t.parent;

		if (up.tid == TL_PID_NONE || up.tid == at->t.tid)
			break;
		at = life_by_ref(l, &up);
		found[n++] = at ? life_ref(at) : up;
	}
	*ret_n = 0;
	if (!n || !(v = arena_alloc(mem, n * sizeof(*v))))
		return NULL;
	for (unsigned i = 0; i < n; i++)
		v[i] = found[i];
	*ret_n = n;
	return v;
}

/* A copy of a signal outlives the task in whose arena the ancestors of its sender stand. */
void kin_keep(struct arena *mem, struct tl_signal *copy)
{
	size_t n = copy->n_ancestry * sizeof(*copy->ancestry);
	void *v = n && tl_signal_kills(copy->sig) ? arena_alloc(mem, n) : NULL;

	if (v)
		memcpy(v, copy->ancestry, n);
	else
		copy->n_ancestry = 0;
	copy->ancestry = v;
}

/* A parent of children that it did not make settles them at its end as it does its own. */
void kin_foster(struct tl_lives *l, const struct life *child)
{
	struct life *parent = life_by_ref(l, &child->t.parent);
	struct deeds *d = parent ? own_deeds(parent) : NULL;
	struct tl_ref *v;

	if (!d || d->n_fosters >= FOSTERS_KEPT)
		return;
	v = array_more(&parent->mem, d->foster, d->n_fosters, &d->fosters_cap, sizeof(*v));
	if (!v)
		return;
	d->foster = v;
	d->foster[d->n_fosters++] = life_ref(child);
}

void kin_adopted(struct tl_lives *l, struct life *child, struct tl_ref by, struct tl_seen seen)
{
	struct deeds *d = own_deeds(child);
	struct tl_adoption *v;

	v = d ? array_more(&child->mem, d->adoption, d->n_adoptions, &d->adoptions_cap, sizeof(*v))
	      : NULL;
	if (!v || d->n_adoptions >= TL_CHILDREN_KEPT)
		return;
	d->adoption = v;
	d->adoption[d->n_adoptions++] = (struct tl_adoption){seen, by};
	life_parent(child, by);
	kin_foster(l, child);
}
