/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cast: every life of a trace in short, kept to the end, for views that need the whole (tree,
 * timeline). What is kept of one life is small, so that a million of them fit; the story tells
 * the rest.
 *
 * Law of this header: atoms, stacks and rows are borrowed (they outlive every view); arrays are the
 * cast's own.
 */
#ifndef VIEW_CAST_H
#define VIEW_CAST_H

#include "base/map.h"
#include "base/vec.h"
#include "view/page.h"

enum cast_mark_kind { CAST_EXEC, CAST_SIGNAL };
struct cast_mark {
	tl_ns t;
	enum cast_mark_kind kind;
};

struct cast_life {
	struct tl_ref who;
	struct tl_ref parent; /* by birth: who would be told of its end; of a thread its
			       * process's leader */
	struct tl_ref heir;   /* who adopted it last */
	struct tl_ref by;     /* who sent what killed it */
	tl_ns adopted;
	tl_ns born, died, reaped; /* TL_NS_NONE: not seen */
	tl_ns from, to;		  /* all that is known of its life: first and last record, and its
				   * time as a zombie */
	const struct tl_task *task; /* where the cast borrows; else NULL */
	const struct tl_cause *birth, *cause;
	int32_t signal, exit_code;
	bool exited, code_known, dead;
	bool thread, kthread;
	bool guest; /* only named by others, not told itself */
	bool deaths_seen; /* this trace holds deaths: without one it lived on */
	const struct tl_segment *segment;
	size_t n_segments;
	struct cast_mark *mark;
	unsigned n_marks;
};

struct cast {
	struct arena mem;
	VEC(struct cast_life) life; /* in order of completion */
	struct map by_who;
	bool segments; /* keep them too */
	bool borrow;   /* the tasks outlive the cast: their segments need no copy, and may
		        * still grow */
	bool starved;  /* memory ran out: something is missing */
};

/* What the state of a view begins with that draws when all lives are known; the page is where
 * it draws. */
#define CAST_VIEW                                                                                  \
	struct {                                                                                   \
		struct page pg;                                                                    \
		struct cast cast;                                                                  \
	}
struct cast_view {
	CAST_VIEW;
};

/* A new state of so many bytes, the rest of them 0; NULL: memory is out. */
void *cast_view_new(size_t size, bool segments, struct out *o, const struct tl_view_opts *opts);
/* .task of such a view */
void cast_view_task(struct out *o, void *state, const struct tl_told *told);
void cast_view_free(void *state);

void cast_init(struct cast *c, bool segments);
void cast_fini(struct cast *c);
void cast_add(struct cast *c, const struct tl_told *told);
/* Index of a life, -1: not in the cast. */
int64_t cast_find(const struct cast *c, const struct tl_ref *who);
/* The same; who is not there becomes a guest. */
int64_t cast_guest(struct cast *c, const struct tl_ref *who);

/* From the first to the last that is known of any of them; TL_NS_NONE: nothing is. */
void cast_span(const struct cast *c, tl_ns *ret_from, tl_ns *ret_to);

/* What it was doing when; of a task that still lives, as of now. */
const struct tl_segment *cast_segments(const struct cast_life *life, size_t *ret_n);

/* "raspbian_proc(3682)", a thread as {name}(tid), a kernel thread as [name](tid), as ps and pstree
 * write them. */
const char *cast_name(struct page *pg, const struct cast_life *life);
/* The same in so many cells: the name is cut rather than the number. */
const char *cast_name_in(struct page *pg, const struct cast_life *life, int cells);
/* How it ended, in a few cells: "exit 0", "SIGKILL \xe2\x86\x90 bash(2061)", "alive". */
const char *cast_end(struct page *pg, const struct cast_life *life);
/* Do two lives differ in nothing but ids and times? */
bool cast_alike(const struct cast_life *a, const struct cast_life *b);
uint64_t cast_hash(const struct cast_life *life); /* equal for lives that are alike */

#endif
