/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The branches of a family: what stands under whom in a tree. Numbers are indexes into the cast.
 *
 * Invariants: v[] is sorted by parent, then time; branch 0 is none, so that 0 can say "no branch";
 * each life stands under at most one parent, and is reached from exactly one root.
 */
#ifndef VIEW_TREE_H
#define VIEW_TREE_H

#include "view/cast.h"

enum branch_kind { BRANCH_CHILD, BRANCH_ADOPTED, BRANCH_KILLED };

struct branch {
	uint32_t parent, who;
	tl_ns t;
	enum branch_kind kind;
	uint32_t fold; /* 0: stands for itself; else fold[fold - 1] tells of how many */
	bool hidden;   /* folded into another */
	bool last;     /* of those drawn under this parent */
};

struct branch_fold {
	uint32_t n;
	tl_ns most; /* the longest of these lives; TL_NS_NONE not known */
};

struct branches {
	struct branch *v;
	uint32_t n;
	uint32_t *first; /* per life: its first branch; one more entry at the end */
	uint32_t *root;
	uint32_t n_roots;
	struct branch_fold *fold;
	uint32_t n_folds, folds_cap;
};

/* Parents, adopters and killers who are not told themselves become guests of the cast. false:
 * memory is out. */
bool branches_grow(struct branches *br, struct cast *cast, bool fold);
void branches_fini(struct branches *br);

static inline uint32_t branches_first(const struct branches *br, uint32_t who)
{
	return br->first[who];
}

static inline uint32_t branches_end(const struct branches *br, uint32_t who)
{
	return br->first[who + 1];
}

#endif
