/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include "base/guard.h"
#include "base/text.h"
#include "base/utf8.h"
#include "tui/screen.h"

struct screen {
	SCREEN *term;
	FILE *tty;
	bool color;
};

enum { PAIR_BAD = 1, PAIR_GOOD, PAIR_WARN, PAIR_COOL };

/* ncurses wants to know how many bytes a character has; a fresh server's locale says one. */
static void speak_utf8(void)
{
	if (setlocale(LC_CTYPE, "") && !strcmp(nl_langinfo(CODESET), "UTF-8"))
		return;
	setlocale(LC_CTYPE, "C.UTF-8");
}

static void set_colors(struct screen *s)
{
	s->color = s->color && has_colors();
	if (!s->color)
		return;
	start_color();
	use_default_colors();
	init_pair(PAIR_BAD, COLOR_RED, -1);
	init_pair(PAIR_GOOD, COLOR_GREEN, -1);
	init_pair(PAIR_WARN, COLOR_YELLOW, -1);
	init_pair(PAIR_COOL, COLOR_CYAN, -1);
}

struct tl_err *screen_open(bool color, struct screen **ret)
{
	struct screen *s = calloc(1, sizeof(*s));

	if (!s)
		return &tl_enomem;
	s->color = color;
	s->tty = fopen("/dev/tty", "r+e");
	speak_utf8();
	s->term = s->tty ? newterm(NULL, s->tty, s->tty) : NULL;
	if (!s->term) {
		if (s->tty)
			fclose(s->tty);
		free(s);
		return tl_err_hint(
			tl_err_new(TL_E_FAILED, N_("there is no terminal to show it on"), NULL),
			N_("without one: tasklife story, tree, timeline"), NULL);
	}
	set_term(s->term);
	set_escdelay(25);
	raw(); /* Ctrl-C is a key, so that the terminal is left in order */
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	set_colors(s);
	*ret = s;
	return NULL;
}

void screen_close(struct screen *s)
{
	if (!s)
		return;
	endwin();
	delscreen(s->term);
	fclose(s->tty);
	free(s);
}

void screen_size(struct screen *s, int *ret_h, int *ret_w)
{
	(void)s;
	getmaxyx(stdscr, *ret_h, *ret_w);
}

void screen_clear(struct screen *s)
{
	(void)s;
	erase();
}

/* ---- text ---- */

static attr_t color_of(const struct screen *s, int pair)
{
	return s->color ? (attr_t)COLOR_PAIR(pair) : 0;
}

/* Styles of a page, and the colours a view writes: \033[0m and its like. */
static void apply(const struct screen *s, int style, bool reverse)
{
	attr_t attr = reverse ? A_REVERSE : 0;

	switch (style) {
	case 2: attr |= A_DIM; break;
	case 3: attr |= A_BOLD; break;
	case 4: case 31: attr |= color_of(s, PAIR_BAD); break;
	case 5: case 32: attr |= color_of(s, PAIR_GOOD); break;
	case 6: case 33: attr |= color_of(s, PAIR_WARN); break;
	case 7: case 36: attr |= color_of(s, PAIR_COOL); break;
	default: break;
	}
	attrset(attr);
}

/* The sequences are those of page.c: ESC [ number m. 1 is bold there, and 3 among the styles. */
static size_t sequence(const char *text, int *ret_style)
{
	size_t n = 2;
	int v = 0;

	if (text[1] != '[')
		return 1;
	while (text[n] >= '0' && text[n] <= '9' && n < 6)
		v = v * 10 + (text[n++] - '0');
	*ret_style = v == 1 ? 3 : v;
	return n + (text[n] == 'm');
}

static size_t plain(const char *text)
{
	size_t n = 0;

	while (text[n] && text[n] != '\033' && !page_is_style(text[n]))
		n++;
	return n;
}

/* Bytes that fit the cells. */
static size_t fitting(const char *text, size_t n, int cells)
{
	size_t i = 0;

	while (i < n) {
		unsigned len = utf8_len(text + i, n - i);

		len = len ? len : 1;
		cells -= text_width(text + i, len);
		if (cells < 0)
			break;
		i += len;
	}
	return i;
}

void screen_put(struct screen *s, int y, int x, int cells, const char *text, bool reverse)
{
	int left = cells;

	apply(s, 0, reverse);
	if (move(y, x) == ERR)
		return;
	while (*text && left > 0) {
		size_t n = plain(text), fit;
		int style = 0;

		if (!n) {
			if (*text == '\033')
				text += sequence(text, &style);
			else
				style = *text++;
			apply(s, style, reverse);
			continue;
		}
		fit = fitting(text, n, left);
		addnstr(text, (int)fit);
		left -= text_width(text, fit);
		if (fit < n)
			break;
		text += n;
	}
	apply(s, 0, reverse);
	for (; left > 0; left--)
		addch(' ');
	apply(s, 0, false);
}

void screen_cursor(struct screen *s, int y, int x)
{
	(void)s;
	curs_set(y >= 0);
	if (y >= 0)
		move(y, x);
}

void screen_show(struct screen *s)
{
	(void)s;
	refresh();
}

/* ---- keys ---- */

static int key_of(wint_t c)
{
	static const struct {
		wint_t theirs;
		int ours;
	} keys[] = {
		{KEY_UP, SCREEN_UP}, {KEY_DOWN, SCREEN_DOWN}, {KEY_LEFT, SCREEN_LEFT},
		{KEY_RIGHT, SCREEN_RIGHT},
		{KEY_PPAGE, SCREEN_PAGE_UP}, {KEY_NPAGE, SCREEN_PAGE_DOWN}, {KEY_HOME, SCREEN_HOME},
		{KEY_END, SCREEN_END}, {KEY_BACKSPACE, SCREEN_BACK}, {KEY_DC, SCREEN_BACK},
		{KEY_ENTER, SCREEN_ENTER},
		{KEY_F(1), SCREEN_HELP}, {KEY_RESIZE, SCREEN_RESIZED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].theirs == c)
			return keys[i].ours;
	return KEY_NONE_YET;
}

int screen_key(struct screen *s, int milliseconds)
{
	wint_t c;
	int got;

	(void)s;
	timeout(milliseconds);
	got = get_wch(&c);
	if (got == KEY_CODE_YES)
		return key_of(c);
	if (got != OK)
		return KEY_NONE_YET;
	return c == '\n' || c == '\r' ? SCREEN_ENTER : c == 127 || c == 8 ? SCREEN_BACK : (int)c;
}
