/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The help screen: every key, and what the ribbons mean. */
#include <string.h>
#include "base/out.h"
#include "base/tongue.h"
#include "tui/inside.h"

#define KEY_CELLS 8

static void write_help(struct page *pg)
{
	page_line(pg, 0, _("Every life of a trace: a list, details with their evidence, ribbons of what each was doing."));
	page_line(pg, 0, "");
	for (unsigned i = 0; i < tui_keys_n; i++)
		page_row(pg, tui_keys[i].shown, NULL, _(tui_keys[i].help));
	page_line(pg, 0, "");
	page_line(pg, 0, ribbon_legend(pg, false));
}

void help_draw(struct tui *t, struct rect r)
{
	struct tl_view_opts opts = {.width = r.w, .color = true};
	const char *text;
	struct page pg;
	struct out o;
	size_t line = 0;
	int y = 0;

	out_init(&o, -1);
	page_init(&pg, &o, &opts);
	pg.label_cells = KEY_CELLS;
	pg.time_cells = -1;
	write_help(&pg);
	text = out_text(&o);
	for (; *text && y < r.h; line++) {
		size_t n = strcspn(text, "\n");

		if (line >= t->help_top)
			screen_put(t->screen, r.y + y++, r.x, r.w,
				   page_fmt(&t->pg, "%.*s", (int)n, text), false);
		text += n + (text[n] == '\n');
	}
	for (; y < r.h; y++)
		screen_put(t->screen, r.y + y, r.x, r.w, "", false);
	page_fini(&pg);
	out_fini(&o);
}
