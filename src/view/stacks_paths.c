/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/guard.h"
#include "view/stacks.h"

void paths_init(struct paths *p)
{
	*p = (struct paths){};
	arena_init(&p->mem);
	map_init(&p->by_path);
}

void paths_fini(struct paths *p)
{
	map_fini(&p->by_path);
	vec_fini(&p->leaf);
	arena_fini(&p->mem);
}

/* Paths and rows are few and never move: their addresses tell them apart. */
static uint64_t key_of(const struct tl_stack *stack, const struct tl_cause *row)
{
	return (uint64_t)(uintptr_t)stack * 0x9e3779b97f4a7c15u ^ (uint64_t)(uintptr_t)row;
}

static struct path_leaf *leaf_of(struct paths *p, const struct tl_stack *stack,
				 const struct tl_cause *row)
{
	struct path_leaf *leaf = map_get(&p->by_path, key_of(stack, row)), **room;

	if (leaf && leaf->stack == stack && leaf->row == row)
		return leaf;
	leaf = arena_alloc(&p->mem, sizeof(*leaf));
	room = leaf ? vec_push(&p->leaf) : NULL;
	if (!room || !map_put(&p->by_path, key_of(stack, row), leaf))
		return NULL;
	leaf->stack = stack;
	leaf->row = row;
	return *room = leaf;
}

void paths_add(struct paths *p, const struct tl_stack *stack, const struct tl_cause *row,
	       const struct tl_atom *comm)
{
	struct path_leaf *leaf;

	p->seen++;
	if (!stack || !stack->n)
		return;
	p->with_path++;
	leaf = leaf_of(p, stack, row);
	if (!leaf) {
		p->starved = true;
		return;
	}
	leaf->n++;
	for (unsigned i = 0; i < leaf->n_who; i++)
		if (leaf->who[i].comm == comm) {
			leaf->who[i].n++;
			return;
		}
	if (leaf->n_who < LEAF_WHO)
		leaf->who[leaf->n_who++] = (struct path_who){comm, 1};
	else
		leaf->others++;
}

static struct path_node *step(struct paths *p, struct path_node *at, const struct tl_frame *f)
{
	struct path_node *n = at->child;

	while (n && (n->frame->name != f->name || n->frame->mark != f->mark))
		n = n->next;
	if (n)
		return n;
	n = arena_alloc(&p->mem, sizeof(*n));
	if (!n)
		return NULL;
	n->frame = f;
	n->next = at->child;
	return at->child = n;
}

static bool merge(struct paths *p, struct path_leaf *leaf)
{
	struct path_node *at = &p->root;

	for (unsigned i = leaf->stack->n; i-- > 0;) {
		at = step(p, at, &leaf->stack->frame[i]);
		if (!at)
			return false;
		at->n += leaf->n;
	}
	leaf->next = at->leaf;
	at->leaf = leaf;
	return true;
}

/* A node moves up its list while fewer came through the one before; lists are short. */
static void sort_children(struct path_node *n)
{
	struct path_node *sorted = NULL;

	while (n->child) {
		struct path_node *one = n->child, **at = &sorted;

		n->child = one->next;
		while (*at && (*at)->n >= one->n)
			at = &(*at)->next;
		one->next = *at;
		*at = one;
	}
	n->child = sorted;
}

/* Each node once, without recursion: the tree is walked by a list of those still to do. */
static bool sort_all(struct path_node *root)
{
	VEC(struct path_node *) todo = {};
	struct path_node **room = vec_push(&todo);

	if (room)
		*room = root;
	while (todo.n && room) {
		struct path_node *n = todo.v[--todo.n];

		sort_children(n);
		for (struct path_node *c = n->child; c && room; c = c->next) {
			room = vec_push(&todo);
			if (room)
				*room = c;
		}
	}
	vec_fini(&todo);
	return room != NULL;
}

bool paths_merge(struct paths *p)
{
	for (size_t i = p->leaf.n; i-- > 0;)
		if (!merge(p, p->leaf.v[i]))
			p->starved = true;
	if (!sort_all(&p->root))
		p->starved = true;
	return p->root.child != NULL;
}
