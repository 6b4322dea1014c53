/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the panes and the keys share. */
#ifndef TUI_INSIDE_H
#define TUI_INSIDE_H

#include "tui/detail.h"
#include "tui/list.h"
#include "tui/model.h"
#include "tui/screen.h"
#include "tui/strip.h"

enum tui_focus { FOCUS_LIST, FOCUS_DETAIL };

/* Where everything stands; a height of 0: there is no room for it. */
struct layout {
	struct rect title, list, rule, detail, divider, strip, keys;
};

struct tui {
	const struct tui_opts *opts;
	struct model model;
	struct screen *screen;
	struct page pg;
	struct list list;
	struct detail detail;
	struct strip strip;
	struct layout at;
	enum tui_focus focus;
	bool whole;	/* the details have the screen for themselves */
	bool filtering; /* what is typed goes into the filter */
	bool help;
	size_t help_top;
	bool leave;
};

/* keys.c */
void keys_press(struct tui *t, int key);
const char *keys_line(struct tui *t, int cells);
/* help.c */
void help_draw(struct tui *t, struct rect r);

struct key {
	int code[3];	   /* 0: none */
	const char *shown; /* as it is written */
	const char *says;  /* msgid, a word for the bottom line; NULL: not there */
	const char *help;  /* msgid */
	void (*press)(struct tui *t);
};
extern const struct key tui_keys[];
extern const unsigned tui_keys_n;

#endif
