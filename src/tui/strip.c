/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/guard.h"
#include "base/tongue.h"
#include "tui/strip.h"
#include "view/words.h"

#define ZOOM_MOST 1e7

void strip_init(struct strip *st)
{
	st->zoom = 1;
	st->middle = 0.5;
}

static void keep_inside(struct strip *st)
{
	double half = 0.5 / st->zoom;

	st->middle = st->middle < half ? half : st->middle > 1 - half ? 1 - half : st->middle;
}

void strip_zoom(struct strip *st, double by)
{
	st->zoom *= by;
	st->zoom = st->zoom < 1 ? 1 : st->zoom > ZOOM_MOST ? ZOOM_MOST : st->zoom;
	keep_inside(st);
}

void strip_pan(struct strip *st, double by)
{
	st->middle += by / st->zoom;
	keep_inside(st);
}

static void set_scale(struct strip *st, const struct model *m, int cells)
{
	tl_ns t0 = m->info.first, t1 = m->info.last > t0 ? m->info.last : t0 + 1;
	double span = (double)(t1 - t0);
	tl_ns from = t0 + (tl_ns)((st->middle - 0.5 / st->zoom) * span),
	      to = t0 + (tl_ns)((st->middle + 0.5 / st->zoom) * span);

	scale_set(&st->scale, from, to > from ? to : from + 1, cells, NULL, 0);
}

static void put_life(struct strip *st, const struct model *m, struct screen *s, struct page *pg,
		     struct rect r, const struct cast_life *life, bool here)
{
	int names = r.w - st->scale.cells - 1;
	const char *name = cast_name_in(pg, life, names);
	struct tl_segment doing;

	ribbon_clear(&st->ribbon, &st->scale);
	ribbon_add(&st->ribbon, &st->scale, life, m->info.first, m->info.last);
	if (m->opts->live && tl_lives_doing(m->lives, life->task, &doing))
		ribbon_doing(&st->ribbon, &st->scale, &doing);
	ribbon_doubt(&st->ribbon, &st->scale, life, m->info.blind, m->info.n_blind);
	screen_put(s, r.y, r.x, names, name, here);
	screen_put(s, r.y, r.x + names, st->scale.cells + 1,
		   page_fmt(pg, " %s", ribbon_text(pg, &st->ribbon, &st->scale)), false);
}

/* Before the axis: how long a cell is, and how far from the trace's start the strip begins, if it
 * is not there. */
static const char *axis_name(const struct strip *st, const struct model *m, struct page *pg,
			     int cells)
{
	tl_ns since = st->scale.edge[0] - m->info.first;
	const char *cell = page_fmt(pg, _("a cell is %1$s"), words_duration(pg, st->scale.cell)),
		   *from, *both;

	if (since <= 0)
		return cell;
	from = page_fmt(pg, "(+%s)", words_duration(pg, since));
	both = page_join(pg, cell, " ", from);
	return page_cells(both) <= cells ? both : from;
}

void strip_draw(struct strip *st, const struct list *l, struct model *m, struct screen *s,
		struct page *pg, struct rect r)
{
	int names = r.w / 4 < 24 ? r.w / 4 : 24, rows = r.h - 1;
	size_t from = l->at > (size_t)rows / 2 ? l->at - (size_t)rows / 2 : 0;

	if (r.h < 2 || r.w < 20)
		return;
	if (m->info.first == TL_NS_NONE) {
		screen_put(s, r.y, r.x, r.w, _("This trace tells no times."), false);
		return;
	}
	set_scale(st, m, r.w - names - 1);
	if (from + (size_t)rows > l->row.n)
		from = l->row.n > (size_t)rows ? l->row.n - (size_t)rows : 0;
	screen_put(s, r.y, r.x, r.w,
		   page_fmt(pg, ST_DIM "%s %s" ST_OFF,
			    page_left(pg, axis_name(st, m, pg, names), names),
			    scale_axis(pg, &st->scale, m->info.first)),
		   false);
	for (int i = 0; i < rows; i++) {
		const struct cast_life *life = list_life(l, m, from + (size_t)i);
		struct rect line = {r.y + 1 + i, r.x, 1, r.w};

		page_reset(pg);
		if (life)
			put_life(st, m, s, pg, line, life, from + (size_t)i == l->at);
		else
			screen_put(s, line.y, line.x, line.w, "", false);
	}
}
