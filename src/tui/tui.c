/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The loop: what changed is drawn, a key is waited for. Where things stand depends on the size of
 * the terminal alone:
 *
 *	title                           title
 *	list │ details                  list
 *	     │                          ──── details (on Enter, where there is no room for both)
 *	──── ribbons                    ──── ribbons
 *	keys                            keys
 */
#include <string.h>
#include <time.h>
#include "base/guard.h"
#include "base/text.h"
#include "base/tongue.h"
#include "tui/inside.h"
#include "view/words.h"

#define WIDE	 100 /* from here on details stand beside the list */
#define TICK_MS	 100
#define UPDATE_NS 400000000ll /* while records come, the list is made anew so often */

static tl_ns now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* ---- where things stand ---- */

static struct rect take_top(struct rect *from, int h)
{
	struct rect r = {from->y, from->x, h < from->h ? h : from->h, from->w};

	from->y += r.h;
	from->h -= r.h;
	return r;
}

static struct rect take_bottom(struct rect *from, int h)
{
	struct rect r;

	h = h < from->h ? h : from->h;
	from->h -= h;
	r = (struct rect){from->y + from->h, from->x, h, from->w};
	return r;
}

static void lay_out(struct tui *t)
{
	struct rect all = {};
	struct layout *at = &t->at;
	int h, w;

	screen_size(t->screen, &h, &w);
	*at = (struct layout){};
	all.h = h;
	all.w = w;
	if (h >= 4)
		at->keys = take_bottom(&all, 1);
	if (h >= 6)
		at->title = take_top(&all, 1);
	if (h >= 16 && w >= 40) {
		at->strip = take_bottom(&all, h >= 40 ? 12 : h / 4 + 1);
		at->divider = take_bottom(&all, 1);
	}
	if (t->whole) {
		at->detail = all;
		return;
	}
	if (w >= WIDE && h >= 10) {
		at->list = (struct rect){all.y, all.x, all.h, w * 45 / 100};
		at->rule = (struct rect){all.y, all.x + at->list.w, all.h, 1};
		at->detail = (struct rect){all.y, at->rule.x + 2, all.h, w - at->rule.x - 2};
		return;
	}
	if (h >= 20) {
		at->detail = take_bottom(&all, all.h / 2);
		at->rule = take_bottom(&all, 1);
	}
	at->list = all;
}

/* ---- drawing ---- */

static const char *state_text(struct tui *t)
{
	struct page *pg = &t->pg;
	const struct model *m = &t->model;

	if (m->ended)
		return m->err || m->done.starved ? page_fmt(pg, ST_BAD "%s" ST_OFF,
							    _("Memory ran out: this is not all."))
						 : "";
	if (m->opts->live)
		return page_fmt(pg, ST_BAD "\xe2\x97\x8f" ST_OFF " %s", _("recording"));
	if (m->progress < 0)
		return _("reading");
	return page_fmt(pg, "%s %d %%", _("reading"), (int)(m->progress * 100));
}

static void draw_title(struct tui *t, struct rect r)
{
	struct page *pg = &t->pg;
	const struct model *m = &t->model;
	unsigned long long living = m->ended ? 0 : m->living.life.n;
	const char *text;
	struct out title;

	if (!r.h)
		return;
	out_init(&title, -1);
	text_safe(&title, t->opts->title, strlen(t->opts->title));
	text = page_fmt(pg, ST_BOLD "tasklife" ST_OFF "  %s  ",
			page_cut(pg, out_text(&title), r.w / 3));
	out_fini(&title);
	text = page_fmt(
		pg, "%s%s", text,
		page_fmt(pg, _("%1$llu lives"), (unsigned long long)m->done.life.n + living));
	if (living)
		text = page_join(pg, text, ", ", page_fmt(pg, _("%1$llu going on"), living));
	if (t->list.filter[0])
		text = page_join(
			pg, text, ", ",
			page_fmt(pg, _("%1$llu listed"), (unsigned long long)t->list.row.n));
	text = page_join(pg, text, "  ", state_text(t));
	if (m->info.lost || m->info.lost_unknown)
		text = page_join(pg, text, "  ",
				 page_fmt(pg, ST_BAD "%s" ST_OFF, _("records were lost")));
	screen_put(t->screen, r.y, r.x, r.w, text, false);
}

static const char *safe_filter(struct tui *t)
{
	struct out safe;
	const char *text;

	out_init(&safe, -1);
	text_safe(&safe, t->list.filter, strlen(t->list.filter));
	text = page_fmt(&t->pg, "%s", out_text(&safe));
	out_fini(&safe);
	return text;
}

static void draw_keys(struct tui *t, struct rect r)
{
	const char *text;

	screen_cursor(t->screen, -1, 0);
	if (!r.h)
		return;
	if (!t->filtering) {
		text = t->list.filter[0] && !t->help
			       ? page_fmt(&t->pg, ST_WARN "/%s" ST_OFF "  ", safe_filter(t))
			       : "";
		text = page_fmt(&t->pg, "%s%s", text, keys_line(t, r.w - page_cells(text)));
		screen_put(t->screen, r.y, r.x, r.w, text, false);
		return;
	}
	text = page_fmt(&t->pg, ST_BOLD "/" ST_OFF "%s", safe_filter(t));
	screen_put(t->screen, r.y, r.x, r.w, text, false);
	screen_cursor(t->screen, r.y, page_cells(text) < r.w ? page_cells(text) : r.w - 1);
}

static void draw_lines(struct tui *t)
{
	const struct layout *at = &t->at;

	for (int i = 0; i < at->rule.h && at->rule.w == 1; i++)
		screen_put(t->screen, at->rule.y + i, at->rule.x, 1, ST_DIM "\xe2\x94\x82", false);
	for (int x = 0; at->rule.h && at->rule.w > 1 && x < at->rule.w; x++)
		screen_put(t->screen, at->rule.y, x, 1, ST_DIM "\xe2\x94\x80", false);
	for (int x = 0; at->divider.h && x < at->divider.w; x++)
		screen_put(t->screen, at->divider.y, x, 1, ST_DIM "\xe2\x94\x80", false);
}

static void draw_panes(struct tui *t)
{
	const struct cast_life *life = list_life(&t->list, &t->model, t->list.at);

	list_draw(&t->list, &t->model, t->screen, &t->pg, t->at.list, t->focus == FOCUS_LIST);
	if (t->at.detail.h) {
		detail_update(&t->detail, &t->model, life, t->at.detail.w);
		detail_scroll(&t->detail, 0, t->at.detail.h);
		detail_draw(&t->detail, t->screen, t->at.detail);
	}
	if (t->at.strip.h)
		strip_draw(&t->strip, &t->list, &t->model, t->screen, &t->pg, t->at.strip);
	draw_lines(t);
}

static void draw(struct tui *t)
{
	struct rect body;

	lay_out(t);
	page_reset(&t->pg);
	screen_clear(t->screen);
	if (t->help) {
		body = (struct rect){t->at.title.h, 0,
				     t->at.keys.h ? t->at.keys.y - t->at.title.h : t->at.list.h,
				     t->at.list.w};
		screen_size(t->screen, &body.h, &body.w);
		body.h -= t->at.title.h + t->at.keys.h;
		help_draw(t, body);
	} else {
		draw_panes(t);
	}
	draw_title(t, t->at.title);
	draw_keys(t, t->at.keys);
	screen_show(t->screen);
}

/* ---- the loop ---- */

static void loop(struct tui *t)
{
	tl_ns updated = 0;
	bool dirty = true;

	while (!t->leave && !t->opts->stop(t->opts->ctx)) {
		int key;

		model_lock(&t->model);
		if (t->list.stale || (now_ns() - updated > UPDATE_NS &&
				      !(t->model.ended && t->list.version == t->model.version))) {
			list_update(&t->list, &t->model);
			updated = now_ns();
			dirty = true;
		}
		if (dirty)
			draw(t);
		model_unlock(&t->model);
		key = screen_key(t->screen, TICK_MS);
		dirty = key != KEY_NONE_YET;
		if (!dirty)
			continue;
		model_lock(&t->model);
		keys_press(t, key);
		model_unlock(&t->model);
	}
}

static struct tl_err *show(struct tui *t)
{
	static const struct tl_view_opts none;

	try(screen_open(t->opts->color, &t->screen));
	page_init(&t->pg, NULL, &none);
	list_init(&t->list);
	detail_init(&t->detail);
	strip_init(&t->strip);
	loop(t);
	detail_fini(&t->detail);
	list_fini(&t->list);
	page_fini(&t->pg);
	screen_close(t->screen);
	return NULL;
}

struct tl_err *tui_run(struct tl_source *src, const struct tui_opts *opts,
		       void (*leaving)(void *ctx))
{
	struct tui *t = calloc(1, sizeof(*t));
	struct tl_err *err;

	if (!t)
		return &tl_enomem;
	t->opts = opts;
	err = model_init(&t->model, src, opts);
	if (!err)
		err = model_start(&t->model);
	if (!err)
		err = show(t);
	leaving(opts->ctx);
	model_join(&t->model);
	if (!err)
		err = take(t->model.err);
	model_fini(&t->model);
	free(t);
	return err;
}
