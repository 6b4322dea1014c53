/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys as a table: what is done, what the bottom line says, what the help says. */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "base/utf8.h"
#include "tui/inside.h"

static void move(struct tui *t, long by)
{
	if (t->focus == FOCUS_DETAIL || t->whole)
		detail_scroll(&t->detail, by, t->at.detail.h);
	else
		list_move(&t->list, &t->model, by);
}

static long page_of(const struct tui *t)
{
	int h = t->focus == FOCUS_DETAIL || t->whole ? t->at.detail.h : t->at.list.h - 1;

	return h > 1 ? h - 1 : 1;
}

static void press_up(struct tui *t)
{
	move(t, -1);
}

static void press_down(struct tui *t)
{
	move(t, 1);
}

static void press_page_up(struct tui *t)
{
	move(t, -page_of(t));
}

static void press_page_down(struct tui *t)
{
	move(t, page_of(t));
}

static void press_home(struct tui *t)
{
	move(t, -INT32_MAX);
}

static void press_end(struct tui *t)
{
	move(t, LIST_TO_END);
}

static void press_quit(struct tui *t)
{
	t->leave = true;
}

static void press_filter(struct tui *t)
{
	t->filtering = true;
	t->whole = false;
	t->focus = FOCUS_LIST;
}

/* One step back: out of the details, then off with the filter. */
static void press_escape(struct tui *t)
{
	if (t->whole) {
		t->whole = false;
	} else if (t->focus == FOCUS_DETAIL) {
		t->focus = FOCUS_LIST;
	} else if (t->list.filter[0]) {
		t->list.filter[0] = 0;
		t->list.stale = true;
	}
}

static void press_details(struct tui *t)
{
	t->whole = !t->whole;
}

static void press_focus(struct tui *t)
{
	if (t->at.detail.h)
		t->focus = t->focus == FOCUS_LIST ? FOCUS_DETAIL : FOCUS_LIST;
}

static void sort_by(struct tui *t, int step)
{
	t->list.sort = (enum list_sort)(((int)t->list.sort + step + SORTS) % SORTS);
	t->list.stale = true;
}

static void press_sort_left(struct tui *t)
{
	sort_by(t, -1);
}

static void press_sort_right(struct tui *t)
{
	sort_by(t, 1);
}

static void press_reverse(struct tui *t)
{
	t->list.reverse = !t->list.reverse;
	t->list.stale = true;
}

static void press_follow(struct tui *t)
{
	t->list.follow = !t->list.follow;
	t->list.stale = true;
}

static void press_zoom_in(struct tui *t)
{
	strip_zoom(&t->strip, 2);
}

static void press_zoom_out(struct tui *t)
{
	strip_zoom(&t->strip, 0.5);
}

static void press_zoom_all(struct tui *t)
{
	strip_init(&t->strip);
}

static void press_left(struct tui *t)
{
	strip_pan(&t->strip, -0.25);
}

static void press_right(struct tui *t)
{
	strip_pan(&t->strip, 0.25);
}

static void press_help(struct tui *t)
{
	t->help = true;
	t->help_top = 0;
}

#define CTRL(c) ((c) & 0x1f)

const struct key tui_keys[] = {
	{{'q', CTRL('c')}, "q", N_("quit"), N_("leave; a command that still runs goes on"),
	 press_quit},
	{{'?', 'h', SCREEN_HELP}, "?", N_("help"), N_("this help"), press_help},
	{{'/'}, "/", N_("filter"),
	 N_("list only lives whose name, number, end or killer holds what is typed"), press_filter},
	{{'>', '.'}, ">", N_("sort"), N_("sort by the next column"), press_sort_right},
	{{'<', ','}, "<", NULL, N_("sort by the column before"), press_sort_left},
	{{'r'}, "r", N_("reverse"), N_("turn the order round"), press_reverse},
	{{SCREEN_ENTER}, "\xe2\x86\xb5", N_("details"), N_("details on the whole screen, and back"),
	 press_details},
	{{'\t'}, "Tab", N_("pane"), N_("scroll the details instead of the list, and back"),
	 press_focus},
	{{'+', '='}, "+", N_("zoom"), N_("a shorter stretch of time"), press_zoom_in},
	{{'-'}, "-", NULL, N_("a longer stretch of time"), press_zoom_out},
	{{SCREEN_LEFT, '['}, "\xe2\x86\x90", NULL, N_("earlier"), press_left},
	{{SCREEN_RIGHT, ']'}, "\xe2\x86\x92", NULL, N_("later"), press_right},
	{{'0'}, "0", NULL, N_("all the time of the trace"), press_zoom_all},
	{{'f'}, "f", N_("follow"), N_("stay with the newest life"), press_follow},
	{{SCREEN_ESCAPE}, "Esc", NULL, N_("back: out of the details, then without the filter"),
	 press_escape},
	{{SCREEN_UP, 'k'}, "\xe2\x86\x91 k", NULL, N_("up"), press_up},
	{{SCREEN_DOWN, 'j'}, "\xe2\x86\x93 j", NULL, N_("down"), press_down},
	{{SCREEN_PAGE_UP, CTRL('b')}, "PgUp", NULL, N_("a page up"), press_page_up},
	{{SCREEN_PAGE_DOWN, CTRL('f'), ' '}, "PgDn", NULL, N_("a page down"), press_page_down},
	{{SCREEN_HOME, 'g'}, "Home g", NULL, N_("to the beginning"), press_home},
	{{SCREEN_END, 'G'}, "End G", NULL, N_("to the end"), press_end},
};
const unsigned tui_keys_n = ARRAY_SIZE(tui_keys);

/* ---- the filter, as it is typed ---- */

static void filter_back(char *filter)
{
	size_t n = strlen(filter);

	while (n && ((unsigned char)filter[n - 1] & 0xc0) == 0x80)
		n--;
	filter[n ? n - 1 : 0] = 0;
}

static unsigned encode(int c, char to[4])
{
	if (c < 0x80)
		return to[0] = (char)c, 1;
	if (c < 0x800)
		return to[0] = (char)(0xc0 | c >> 6), to[1] = (char)(0x80 | (c & 0x3f)), 2;
	if (c < 0x10000)
		return to[0] = (char)(0xe0 | c >> 12), to[1] = (char)(0x80 | (c >> 6 & 0x3f)),
		       to[2] = (char)(0x80 | (c & 0x3f)), 3;
	return to[0] = (char)(0xf0 | c >> 18), to[1] = (char)(0x80 | (c >> 12 & 0x3f)),
	       to[2] = (char)(0x80 | (c >> 6 & 0x3f)), to[3] = (char)(0x80 | (c & 0x3f)), 4;
}

static void filter_add(struct list *l, int c)
{
	size_t n = strlen(l->filter);
	char text[4];
	unsigned len = encode(c, text);

	if (n + len >= sizeof(l->filter) || utf8_len(text, len) != len)
		return;
	memcpy(l->filter + n, text, len);
	l->filter[n + len] = 0;
}

/* true: the key was for the filter. */
static bool press_into_filter(struct tui *t, int key)
{
	switch (key) {
	case SCREEN_ENTER:
		t->filtering = false;
		return true;
	case SCREEN_ESCAPE:
		t->filtering = false;
		t->list.filter[0] = 0;
		break;
	case SCREEN_BACK:
		filter_back(t->list.filter);
		break;
	case CTRL('u'):
		t->list.filter[0] = 0;
		break;
	default:
		if (key < ' ' || key >= SCREEN_UP)
			return false;
		filter_add(&t->list, key);
		break;
	}
	t->list.stale = true;
	return true;
}

void keys_press(struct tui *t, int key)
{
	if (t->filtering && press_into_filter(t, key))
		return;
	if (t->help && key != CTRL('c')) { /* any key but those that scroll it leaves it */
		long by = key == SCREEN_DOWN || key == 'j' ? 1
			  : key == SCREEN_UP || key == 'k' ? -1
							   : 0;

		t->help = by != 0 || key == SCREEN_RESIZED;
		t->help_top += by > 0 || (by && t->help_top) ? (size_t)by : 0;
		return;
	}
	for (unsigned i = 0; i < tui_keys_n; i++)
		for (size_t k = 0; k < ARRAY_SIZE(tui_keys[i].code); k++)
			if (tui_keys[i].code[k] == key && key) {
				tui_keys[i].press(t);
				return;
			}
}

const char *keys_line(struct tui *t, int cells)
{
	const char *line = "";

	for (unsigned i = 0; i < tui_keys_n; i++) {
		const struct key *k = &tui_keys[i];
		const char *more;

		if (!k->says)
			continue;
		more = page_fmt(&t->pg, "%s%s" ST_BOLD "%s" ST_OFF " %s", line, *line ? "  " : "",
				k->shown, _(k->says));
		if (page_cells(more) > cells)
			return line;
		line = more;
	}
	return line;
}
