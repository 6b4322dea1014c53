/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which lives are listed, in which order, and which one is looked at. All under the model's
 * lock. */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include "tui/model.h"
#include "tui/screen.h"

enum list_sort { SORT_BORN, SORT_PID, SORT_NAME, SORT_LIVED, SORT_RAN, SORT_END, SORTS };

struct list {
	VEC(uint32_t) row; /* index into the cast; with LIST_LIVING set, into the living */
	enum list_sort sort;
	bool reverse;
	bool follow; /* the newest is looked at */
	bool to_end; /* the end was asked for: of what grows, the end */
	char filter[128]; /* UTF-8 */
	struct tl_ref looked_at; /* tid TL_PID_NONE: the first */
	size_t at, top;
	uint64_t version; /* of the model, when the rows were made */
	bool stale;
};
#define LIST_LIVING 0x80000000u

void list_init(struct list *l);
void list_fini(struct list *l);
/* Made anew where something changed. */
void list_update(struct list *l, struct model *m);
const struct cast_life *list_life(const struct list *l, const struct model *m, size_t row);
/* By so many rows; LIST_TO_END: to the last one, and on with it while more are read. */
#define LIST_TO_END INT32_MAX
void list_move(struct list *l, const struct model *m, long by);
void list_draw(struct list *l, struct model *m, struct screen *s, struct page *pg, struct rect r,
	       bool focus);
const char *list_sort_name(enum list_sort sort); /* msgid */
/* How long it lived, so far; -1 not known. */
tl_ns list_lived(const struct cast_life *life, tl_ns last);

#endif
