/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The picture without its rows: title, axis, what was lost, what the colours mean, what had
 * no room. */
#include <string.h>
#include "base/guard.h"
#include "base/text.h"
#include "base/tongue.h"
#include "view/svg.h"
#include "view/svg_style.h"
#include "view/words.h"

#define TICK_ROOM 90 /* pixels between two labels at least */

static int bottom(const struct svg *v)
{
	return SVG_HEAD + (int)v->row.n * SVG_ROW;
}

static void put_text(struct svg *v, int x, int y, const char *class, const char *text)
{
	out_fmt(v->pg.out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
	svg_text(v->pg.out, text);
	out_str(v->pg.out, "</text>\n");
}

static const char *title(struct svg *v)
{
	uint32_t told = 0, only = 0;

	for (size_t i = 0; i < v->row.n; i++)
		if (!v->row.v[i].parent ||
		    v->cast.life.v[v->row.v[v->row.v[i].parent - 1].who].guest) {
			told += !v->cast.life.v[v->row.v[i].who].guest;
			only = v->cast.life.v[v->row.v[i].who].guest ? only : v->row.v[i].who;
		}
	if (told == 1)
		return cast_name(&v->pg, &v->cast.life.v[only]);
	return page_fmt(&v->pg, _("%llu lives"), (unsigned long long)v->trailer->shown);
}

/* What a file says of itself is as hostile as names are. */
static const char *safe(struct svg *v, const char *s)
{
	struct out o;
	const char *text;

	out_init(&o, -1);
	text_safe(&o, s, strlen(s));
	text = page_fmt(&v->pg, "%s", out_text(&o));
	out_fini(&o);
	return text;
}

static const char *subtitle(struct svg *v)
{
	const char *kernel = v->trailer->info->kernel, *text;

	if (!v->scale.cells)
		return _("This trace tells no times.");
	text = page_fmt(&v->pg, _("from %1$s, %2$s in all"), words_time(&v->pg, v->scale.edge[0]),
			words_duration(&v->pg, v->scale.edge[v->scale.cells] - v->scale.edge[0]));
	return kernel ? page_fmt(&v->pg, "%s \xc2\xb7 Linux %s", text, safe(v, kernel)) : text;
}

/* 1, 2 or 5 times a power of ten, not shorter than asked for. */
static tl_ns round_step(tl_ns least)
{
	for (tl_ns ten = 1; ten < INT64_MAX / 20; ten *= 10)
		for (unsigned i = 0; i < 3; i++) {
			static const tl_ns of[] = {1, 2, 5};

			if (of[i] * ten >= least)
				return of[i] * ten;
		}
	return least;
}

static void put_tick(struct svg *v, tl_ns since, int x)
{
	out_fmt(v->pg.out, "<path class=\"grid\" d=\"M%d.5 %dV%d\"/>", x, SVG_HEAD - 6, bottom(v));
	put_text(v, x + 3, SVG_HEAD - 8, "tick",
		 since ? page_fmt(&v->pg, "+%s", words_duration(&v->pg, since)) : "0");
}

/* Round moments since the trace began; what was cut out is stepped over. */
static void put_axis(struct svg *v)
{
	const struct scale *s = &v->scale;
	tl_ns zero = v->begin == TL_NS_NONE ? s->edge[0] : v->begin;
	tl_ns step = round_step(s->cell > INT64_MAX / TICK_ROOM ? s->cell : s->cell * TICK_ROOM), k;
	int last = -TICK_ROOM;

	for (int c = 0; c < s->cells; c++) {
		page_reset(&v->pg);
		k = (s->edge[c] - zero + step - 1) / step;
		if (s->edge[c] < zero || s->cut[c] || k * step + zero >= s->edge[c + 1] ||
		    c - last < TICK_ROOM * 3 / 4)
			continue;
		put_tick(v, k * step, SVG_LEFT + c);
		last = c;
	}
}

static void put_columns(struct svg *v, const bool *at, const char *class, const char *says)
{
	for (int c = 0; c < v->scale.cells; c++) {
		int from = c;

		while (c < v->scale.cells && at[c])
			c++;
		if (c == from)
			continue;
		out_fmt(v->pg.out,
			"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><title>",
			class, SVG_LEFT + from, SVG_HEAD, c - from < 3 ? 3 : c - from,
			bottom(v) - SVG_HEAD);
		svg_text(v->pg.out, says);
		out_str(v->pg.out, "</title></rect>\n");
	}
}

static void put_blind(struct svg *v)
{
	const struct tl_trace_info *info = v->trailer->info;
	bool at[SCALE_CELLS] = {false};

	for (unsigned i = 0; i < info->n_blind; i++) {
		const struct tl_blind *b = &info->blind[i];
		int from = b->from == TL_NS_NONE ? 0 : scale_cell(&v->scale, b->from);
		int to = b->to == TL_NS_NONE ? v->scale.cells - 1 : scale_cell(&v->scale, b->to);

		for (int c = from < 0 ? 0 : from; c <= to && c < v->scale.cells; c++)
			at[c] = true;
	}
	put_columns(v, at, "blind", _("records were lost"));
	put_columns(v, v->scale.cut, "cut", _("time left out in which nothing ran"));
}

void svg_head(struct svg *v)
{
	struct out *o = v->pg.out;
	int height = bottom(v) + 74;

	page_reset(&v->pg);
	out_fmt(o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n<title>",
		SVG_WIDTH, height, SVG_WIDTH, height);
	svg_text(o, title(v));
	out_fmt(o, "</title>\n<style>%s</style>\n<rect class=\"bg\" width=\"%d\" height=\"%d\"/>\n", svg_style, SVG_WIDTH, height);
	put_text(v, SVG_EDGE, 36, "title", title(v));
	put_text(v, SVG_EDGE, 58, "sub", subtitle(v));
	for (size_t i = 0; i < v->row.n; i += 2)
		out_fmt(o, "<rect class=\"stripe\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
			SVG_EDGE - 8, svg_row_y((uint32_t)i) - SVG_ROW / 2,
			SVG_WIDTH - 2 * SVG_EDGE + 16, SVG_ROW);
	out_char(o, '\n');
	put_axis(v);
	put_blind(v);
}

struct sample {
	const char *class, *says; /* msgid */
	const char *shape;
};
static const struct sample samples[] = {
	{"run", N_("running"), "M-9-8h18v16h-18z"},
	{"wait", N_("waiting for a CPU"), "M-9-5h18v10h-18z"},
	{"sleep", N_("sleeping"), "M-9-2h18v4h-18z"},
	{"deep", N_("uninterruptible"), "M-9-3h18v6h-18z"},
	{"stop", N_("stopped"), "M-9-5h18v10h-18z"},
	{"zombie", N_("zombie"), "M-9-4h18v8h-18z"},
	{"exec", N_("exec"), "M0-5L4 0 0 5-4 0z"},
	{"signal", N_("signal"), "M-4-3h8L0 4z"},
	{"died-killed", N_("killed"), "M-5-5L5 5M5-5L-5 5"},
};

void svg_foot(struct svg *v)
{
	int x = SVG_EDGE + 10, y = bottom(v) + 32;

	page_reset(&v->pg);
	for (unsigned i = 0; i < ARRAY_SIZE(samples); i++) {
		const char *says = _(samples[i].says);

		out_fmt(v->pg.out, "<path class=\"%s\" transform=\"translate(%d %d)\" d=\"%s\"/>",
			samples[i].class, x, y, samples[i].shape);
		put_text(v, x + 15, y + 4, "note", says);
		x += 46 + 7 * page_cells(says);
	}
	if (v->left_out)
		put_text(v, SVG_EDGE, y + 28, "note",
			 page_fmt(&v->pg, _("%llu more lives have no room here; choose with --pid, --comm, --since and --until"),
				  (unsigned long long)v->left_out));
	out_str(v->pg.out, "</svg>\n");
}
