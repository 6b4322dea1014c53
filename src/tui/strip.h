/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ribbons of the lives around the one looked at, over a stretch of time that can be zoomed
 * and moved. */
#ifndef TUI_STRIP_H
#define TUI_STRIP_H

#include "tui/list.h"
#include "view/ribbon.h"

struct strip {
	struct scale scale;
	struct ribbon ribbon;
	double zoom;   /* 1: all of it */
	double middle; /* of the part that is shown, 0 to 1 */
};

void strip_init(struct strip *st);
void strip_zoom(struct strip *st, double by);
void strip_pan(struct strip *st, double by); /* of what is shown */
void strip_draw(struct strip *st, const struct list *l, struct model *m, struct screen *s,
		struct page *pg, struct rect r);

#endif
