/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A life over time: what it did most in a pixel's time as a band whose height says how awake it
 * was, and on it, as high as its share, the time it ran. Equal pixels become one rectangle, and all
 * rectangles of a kind one path.
 */
#include "view/svg.h"

enum look {
	LOOK_NONE,
	LOOK_UNSEEN,
	LOOK_SLEEP,
	LOOK_DEEP,
	LOOK_WAIT,
	LOOK_STOP,
	LOOK_ZOMBIE,
	LOOKS
};
static const struct {
	const char *class;
	int height;
} looks[LOOKS] = {
	[LOOK_UNSEEN] = {"unseen", 2}, [LOOK_SLEEP] = {"sleep", 4}, [LOOK_DEEP] = {"deep", 6},
	[LOOK_WAIT] = {"wait", 10},    [LOOK_STOP] = {"stop", 10},  [LOOK_ZOMBIE] = {"zombie", 8},
};

#define LEVELS 4 /* heights of running */

static enum look look_of(const struct ribbon_cell *c)
{
	static const enum look of[TL_DOINGS] = {
		[TL_RUNNING] = LOOK_NONE,   [TL_RUNNABLE] = LOOK_WAIT,	[TL_SLEEPING] = LOOK_SLEEP,
		[TL_STOPPED] = LOOK_STOP, [TL_ZOMBIE] = LOOK_ZOMBIE,
	};
	enum tl_doing most = TL_RUNNABLE;

	if (!c->alive)
		return LOOK_NONE;
	for (enum tl_doing w = TL_RUNNABLE; w < TL_DOINGS; w++)
		most = c->what[w] > c->what[most] ? w : most;
	if (!c->what[most])
		return c->what[TL_RUNNING] ? LOOK_NONE : LOOK_UNSEEN;
	return most == TL_SLEEPING && c->deep * 2 > c->what[most] ? LOOK_DEEP : of[most];
}

/* Whoever ran at all in this time is seen to have run. */
static int level_of(const struct ribbon_cell *c)
{
	tl_ns all = 0;

	for (enum tl_doing w = 0; w < TL_DOINGS; w++)
		all += c->what[w];
	return c->what[TL_RUNNING] > 0
		       ? 1 + (int)((double)c->what[TL_RUNNING] / (double)all * (LEVELS - 0.01))
		       : 0;
}

static bool has(const uint8_t *cell, int cells, int value)
{
	for (int i = 0; i < cells; i++)
		if (cell[i] == value)
			return true;
	return false;
}

/* Every run of cells of this value as a rectangle of the path. */
static void put_path(struct svg *v, const char *class, const uint8_t *cell, int value, int y,
		     int height)
{
	struct out *o = v->pg.out;
	int cells = v->scale.cells;

	if (!has(cell, cells, value))
		return;
	out_fmt(o, "<path class=\"%s\" d=\"", class);
	for (int i = 0; i < cells;) {
		int from = i;

		while (i < cells && cell[i] == value)
			i++;
		if (i > from)
			out_fmt(o, "M%d %dh%dv%dh-%dz", SVG_LEFT + from, y - height / 2, i - from,
				height, i - from);
		i += i == from;
	}
	out_str(o, "\"/>");
}

static void put_bands(struct svg *v, int y)
{
	uint8_t look[SCALE_CELLS] = {0}, level[SCALE_CELLS] = {0}, doubt[SCALE_CELLS] = {0};

	for (int i = 0; i < v->scale.cells; i++) {
		const struct ribbon_cell *c = &v->ribbon.cell[i];

		if (v->scale.cut[i])
			continue;
		look[i] = (uint8_t)look_of(c);
		level[i] = (uint8_t)level_of(c);
		doubt[i] = c->doubt;
	}
	for (int l = LOOK_UNSEEN; l < LOOKS; l++)
		put_path(v, looks[l].class, look, l, y, looks[l].height);
	for (int l = 1; l <= LEVELS; l++)
		put_path(v, "run", level, l, y, SVG_BAR * l / LEVELS);
	put_path(v, "doubt", doubt, 1, y, SVG_BAR);
}

static void put_mark(struct svg *v, tl_ns t, const char *class, const char *shape, int y)
{
	if (t >= v->scale.edge[0] && t <= v->scale.edge[v->scale.cells])
		out_fmt(v->pg.out, "<path class=\"%s\" transform=\"translate(%.1f %d)\" d=\"%s\"/>",
			class, svg_x(v, t), y, shape);
}

#define TICK	"M-1-9h2v18h-2z"
#define DIAMOND "M0-5L4 0 0 5-4 0z"
#define BOLT	"M-4-11h8L0-5z"
#define CROSS	"M-5-5L5 5M5-5L-5 5"

static void put_marks(struct svg *v, const struct cast_life *life, int y)
{
	put_mark(v, life->born, "born", TICK, y);
	for (unsigned i = 0; i < life->n_marks; i++)
		put_mark(v, life->mark[i].t, life->mark[i].kind == CAST_EXEC ? "exec" : "signal",
			 life->mark[i].kind == CAST_EXEC ? DIAMOND : BOLT, y);
	if (life->dead)
		put_mark(v, life->died, life->signal ? "died-killed" : "died",
			 life->signal ? CROSS : TICK, y);
	put_mark(v, life->reaped, "reaped", "M-0.5-6h1v12h-1z", y);
}

/* All that are folded into this branch are one ribbon. */
static void add_folded(struct svg *v, const struct svg_row *row)
{
	const struct cast_life *life = v->cast.life.v;
	const struct branch *b = &v->br.v[row->branch];

	for (uint32_t i = branches_first(&v->br, b->parent); i < branches_end(&v->br, b->parent);
	     i++)
		if (v->br.v[i].hidden && v->br.v[i].kind == b->kind &&
		    cast_alike(&life[v->br.v[i].who], &life[row->who]))
			ribbon_add(&v->ribbon, &v->scale, &life[v->br.v[i].who], v->begin, v->end);
}

void svg_ribbon(struct svg *v, uint32_t row)
{
	const struct svg_row *r = &v->row.v[row];
	const struct cast_life *life = &v->cast.life.v[r->who];
	const struct tl_trace_info *info = v->trailer->info;
	bool folded = r->branch && v->br.v[r->branch].fold;
	int y = svg_row_y(row);

	if (life->guest)
		return;
	ribbon_clear(&v->ribbon, &v->scale);
	ribbon_add(&v->ribbon, &v->scale, life, v->begin, v->end);
	if (folded)
		add_folded(v, r);
	else
		ribbon_doubt(&v->ribbon, &v->scale, life, info->blind, info->n_blind);
	put_bands(v, y);
	if (!folded)
		put_marks(v, life, y);
}
