/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One life at length, as `story` tells it, with its evidence; made once and scrolled. */
#ifndef TUI_DETAIL_H
#define TUI_DETAIL_H

#include "base/out.h"
#include "tui/model.h"
#include "tui/screen.h"

struct detail {
	struct out text;
	VEC(const char *) line; /* into text, each ended by NUL */
	struct tl_ref of;
	int width;
	size_t top;
	uint64_t version;
	struct arena mem;
};

void detail_init(struct detail *d);
void detail_fini(struct detail *d);
/* Under the lock. life NULL: nobody. */
void detail_update(struct detail *d, struct model *m, const struct cast_life *life, int width);
void detail_scroll(struct detail *d, long by, int rows);
void detail_draw(struct detail *d, struct screen *s, struct rect r);

#endif
