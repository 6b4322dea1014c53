/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal: the only file that speaks with ncurses. Text is UTF-8, safe (view/words.h), with
 * styles of a page (view/page.h) or the sequences a view writes for colour. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "view/page.h"

struct rect {
	int y, x, h, w;
};

/* Keys that are no characters. */
enum {
	KEY_NONE_YET = -1,
	SCREEN_UP = 0x110000,
	SCREEN_DOWN,
	SCREEN_LEFT,
	SCREEN_RIGHT,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_HOME,
	SCREEN_END,
	SCREEN_BACK,
	SCREEN_ENTER,
	SCREEN_HELP,
	SCREEN_RESIZED,
	SCREEN_ESCAPE = 27,
};

struct screen;

/* The terminal this process was started on, whatever its streams lead to. */
struct tl_err *screen_open(bool color, struct screen **ret);
void screen_close(struct screen *s); /* as it was before */
void screen_size(struct screen *s, int *ret_h, int *ret_w);
void screen_clear(struct screen *s);
/* One line of text, cut at `cells`; the rest of them blank. */
void screen_put(struct screen *s, int y, int x, int cells, const char *text, bool reverse);
void screen_cursor(struct screen *s, int y, int x); /* shown there; y -1: hidden */
void screen_show(struct screen *s);
/* A character, a key, or KEY_NONE_YET after so long. */
int screen_key(struct screen *s, int milliseconds);

#endif
