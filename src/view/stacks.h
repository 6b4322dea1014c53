/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Call paths merged into a tree, outermost frame first. Each node says how many came through it;
 * where a path ends, leaves say who, by kind of birth or death.
 */
#ifndef VIEW_STACKS_H
#define VIEW_STACKS_H

#include "base/map.h"
#include "base/vec.h"
#include "view/page.h"

#define LEAF_WHO 6 /* names told of a leaf */

struct path_who {
	const struct tl_atom *comm;
	uint64_t n;
};

struct path_leaf {
	struct path_leaf *next;
	const struct tl_stack *stack;
	const struct tl_cause *row;
	uint64_t n, others;
	struct path_who who[LEAF_WHO];
	unsigned n_who;
};

struct path_node {
	struct path_node *child, *next; /* the most travelled first */
	const struct tl_frame *frame;
	struct path_leaf *leaf;
	uint64_t n;
};

struct paths {
	struct arena mem;
	struct map by_path;		/* (stack, row) -> struct path_leaf, not yet in the tree */
	VEC(struct path_leaf *) leaf; /* in order of appearance */
	struct path_node root;
	uint64_t seen, with_path;
	bool starved;
};

void paths_init(struct paths *p);
void paths_fini(struct paths *p);
/* One birth or death; stack NULL: its path was not recorded. */
void paths_add(struct paths *p, const struct tl_stack *stack, const struct tl_cause *row,
	       const struct tl_atom *comm);
/* All that was added becomes the tree under root. */
bool paths_merge(struct paths *p);

#endif
