/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A picture for documents: the family as a tree on the left, what each of them did over time beside
 * it, how it ended on the right; lines from parents to children, arrows from killers to victims.
 * Needs the whole trace, and draws at most ROWS lives; the rest are counted.
 */
#include <errno.h>
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "view/svg.h"
#include "view/views.h"
#include "view/words.h"

#define ROWS	 300
#define DEPTH	 12 /* generations that are moved to the right */
#define CELL_PIX 7  /* of text, roughly */

void svg_text(struct out *o, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '&': out_str(o, "&amp;"); break;
		case '<': out_str(o, "&lt;"); break;
		case '>': out_str(o, "&gt;"); break;
		case '"': out_str(o, "&quot;"); break;
		default:
			if ((unsigned char)*s >= 0x20) /* below are the page's styles */
				out_char(o, *s);
		}
	}
}

double svg_x(const struct svg *v, tl_ns t)
{
	const struct scale *s = &v->scale;
	int c = scale_cell(s, t);
	tl_ns from, to;

	if (c < 0 || c >= s->cells)
		return c < 0 ? SVG_LEFT : SVG_LEFT + s->cells;
	from = s->edge[c];
	to = s->edge[c + 1];
	return SVG_LEFT + c + (to > from ? (double)(t - from) / (double)(to - from) : 0);
}

static bool svg_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct svg *v = cast_view_new(sizeof(*v), true, o, opts);

	if (!v)
		return false;
	map_init(&v->row_of);
	*ret_state = v;
	return true;
}

/* ---- rows ---- */

/* A row for this life, below its parent's; false: no more. */
static bool add_row(struct svg *v, uint32_t who, uint32_t branch, uint32_t parent, unsigned depth)
{
	struct svg_row *row = v->row.n < ROWS ? vec_push(&v->row) : NULL;

	if (!row)
		return false;
	*row = (struct svg_row){who, branch, parent, depth};
	return map_put(&v->row_of, (uint64_t)who + 1, (void *)(uintptr_t)v->row.n);
}

/* Depth first without recursion: after a row come its children; they are put there in reverse. */
static void add_family(struct svg *v, uint32_t root)
{
	VEC(struct svg_row) todo = {};
	struct svg_row *one = vec_push(&todo);

	if (one)
		*one = (struct svg_row){.who = root};
	while (todo.n) {
		struct svg_row at = todo.v[--todo.n];
		bool folded = at.branch && v->br.v[at.branch].fold;

		if (!add_row(v, at.who, at.branch, at.parent, at.depth))
			break;
		at.parent = (uint32_t)v->row.n;
		for (uint32_t b = branches_end(&v->br, at.who);
		     !folded && b-- > branches_first(&v->br, at.who);) {
			if (v->br.v[b].hidden || v->br.v[b].kind != BRANCH_CHILD)
				continue;
			one = vec_push(&todo);
			if (one)
				*one = (struct svg_row){v->br.v[b].who, b, at.parent, at.depth + 1};
		}
	}
	vec_fini(&todo);
}

static void count_left(struct svg *v)
{
	uint64_t drawn = 0, told = 0;

	vec_each (row, &v->row)
		if (!v->cast.life.v[row->who].guest)
			drawn += row->branch && v->br.v[row->branch].fold
					 ? v->br.fold[v->br.v[row->branch].fold - 1].n
					 : 1;
	vec_each (life, &v->cast.life)
		told += !life->guest;
	v->left_out = told > drawn ? told - drawn : 0;
}

/* ---- drawing ---- */

static const char *row_name(struct svg *v, const struct svg_row *r)
{
	const struct cast_life *life = &v->cast.life.v[r->who];
	unsigned depth = r->depth < DEPTH ? r->depth : DEPTH;
	const char *name = cast_name(&v->pg, life);

	if (r->branch && v->br.v[r->branch].fold)
		name = page_fmt(&v->pg, "%s \xc3\x97 %u", words_name(&v->pg, life->who.comm),
				v->br.fold[v->br.v[r->branch].fold - 1].n);
	return page_cut(&v->pg, name, (SVG_NAMES - (int)depth * SVG_STEP - 10) / CELL_PIX);
}

static int name_x(const struct svg_row *r)
{
	return SVG_EDGE + (int)(r->depth < DEPTH ? r->depth : DEPTH) * SVG_STEP;
}

static void put_branch(struct svg *v, uint32_t row)
{
	const struct svg_row *r = &v->row.v[row], *up;
	int x;

	if (!r->parent)
		return;
	up = &v->row.v[r->parent - 1];
	x = name_x(up) + 4;
	out_fmt(v->pg.out, "<path class=\"branch\" d=\"M%d.5 %dV%d.5H%d\"/>", x,
		svg_row_y(r->parent - 1) + 8, svg_row_y(row),
		name_x(r) > x ? name_x(r) - 2 : x + 6);
}

static const char *end_class(const struct cast_life *life)
{
	if (life->dead && life->signal)
		return "end-killed";
	return life->dead && life->exited && life->code_known && life->exit_code ? "end-failed"
										 : "end";
}

static void put_row(struct svg *v, uint32_t row)
{
	const struct svg_row *r = &v->row.v[row];
	const struct cast_life *life = &v->cast.life.v[r->who];
	struct out *o = v->pg.out;
	int y = svg_row_y(row);

	page_reset(&v->pg);
	out_str(o, "<g><title>");
	svg_text(o, cast_name(&v->pg, life));
	out_str(o, ": ");
	svg_text(o, cast_end(&v->pg, life));
	out_fmt(o, "</title><text class=\"%s\" x=\"%d\" y=\"%d\">", life->guest ? "guest" : "name",
		name_x(r), y + 4);
	svg_text(o, row_name(v, r));
	out_str(o, "</text>");
	if (v->scale.cells)
		svg_ribbon(v, row);
	out_fmt(o, "<text class=\"%s\" x=\"%d\" y=\"%d\">", end_class(life),
		SVG_LEFT + SVG_PLOT + 12, y + 4);
	svg_text(o, page_cut(&v->pg, cast_end(&v->pg, life), SVG_ENDS / CELL_PIX));
	out_str(o, "</text></g>\n");
}

static void put_fork(struct svg *v, uint32_t row)
{
	const struct svg_row *r = &v->row.v[row];
	const struct cast_life *life = &v->cast.life.v[r->who];

	if (r->parent && life->born != TL_NS_NONE &&
	    !v->cast.life.v[v->row.v[r->parent - 1].who].guest)
		out_fmt(v->pg.out, "<path class=\"fork\" d=\"M%.1f %dV%d\"/>", svg_x(v, life->born),
			svg_row_y(r->parent - 1) + 2, svg_row_y(row) - 8);
}

static void put_kill(struct svg *v, uint32_t row)
{
	const struct cast_life *life = &v->cast.life.v[v->row.v[row].who];
	int64_t killer =
		life->dead && life->by.tid != TL_PID_NONE ? cast_find(&v->cast, &life->by) : -1;
	uint32_t from =
		killer < 0 ? 0 : (uint32_t)(uintptr_t)map_get(&v->row_of, (uint64_t)killer + 1);
	int y = svg_row_y(row), start;
	double x;

	if (!from || from - 1 == row || life->died == TL_NS_NONE)
		return;
	start = svg_row_y(from - 1);
	x = svg_x(v, life->died);
	out_fmt(v->pg.out,
		"<path class=\"kill\" d=\"M%.1f %dV%d\"/><path class=\"kill-head\" transform=\"translate(%.1f %d)%s\" d=\"M-4-6h8L0 0z\"/>\n",
		x, start, y > start ? y - 12 : y + 12, x, y > start ? y - 7 : y + 7,
		y > start ? "" : " scale(1 -1)");
}

static void put_all(struct svg *v)
{
	svg_head(v);
	for (uint32_t i = 0; i < v->row.n; i++)
		put_branch(v, i);
	for (uint32_t i = 0; i < v->row.n && v->scale.cells; i++)
		put_fork(v, i);
	out_char(v->pg.out, '\n');
	for (uint32_t i = 0; i < v->row.n; i++)
		put_row(v, i);
	for (uint32_t i = 0; i < v->row.n && v->scale.cells; i++)
		put_kill(v, i);
	svg_foot(v);
}

/* Of what is drawn, not of all that was recorded around it. */
static void set_scale(struct svg *v)
{
	struct scale_gap gap[SCALE_CUTS];
	unsigned n = 0;
	tl_ns t0, t1;

	cast_span(&v->cast, &t0, &t1);
	if (t0 == TL_NS_NONE)
		return;
	t1 = t1 < t0 ? t0 : t1;
	if (!scale_gaps(&v->cast, t0, t1, gap, &n))
		v->cast.starved = true;
	scale_set(&v->scale, t0, t1, SVG_PLOT, gap, n);
}

static void svg_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct svg *v = state;

	v->trailer = trailer;
	v->begin = trailer->info->first;
	v->end = trailer->info->last;
	if (branches_grow(&v->br, &v->cast, true)) {
		for (uint32_t i = 0; i < v->br.n_roots; i++)
			add_family(v, v->br.root[i]);
		count_left(v);
		set_scale(v);
		put_all(v);
	} else {
		v->cast.starved = true;
	}
	if (v->cast.starved)
		o->os = ENOMEM;
	branches_fini(&v->br);
	vec_fini(&v->row);
	map_fini(&v->row_of);
	cast_view_free(v);
}

const struct tl_view view_svg = {
	.name = "svg",
	.suffix = ".svg",
	.summary = N_("a picture for documents: the family and its time"),
	.is_export = true,
	.segments = true,
	.begin = svg_begin,
	.task = cast_view_task,
	.end = svg_end,
};
