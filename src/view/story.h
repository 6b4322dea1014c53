/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of a story for whoever shows them: the terminal, or a page that collects them (view/page.h). */
#ifndef VIEW_STORY_H
#define VIEW_STORY_H

#include "view/alike.h"
#include "view/page.h"

#define NOTES_MAX 63 /* marks of a row are bits of one word */

struct story {
	struct page pg;
	struct tl_evidence note[NOTES_MAX]; /* of the life being told */
	unsigned n_notes;
	uint64_t told;
	struct alike alike;
};

/* Every row of one life; its footnotes are then in note[]. The caller resets the page and n_notes before. */
void story_rows(struct story *st, const struct tl_told *told);

#endif
