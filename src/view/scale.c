/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "view/scale.h"

/* Shorter ones are part of the picture. */
#define CUT_FROM_NS 60000000000ll
/* A gap is cut when it is so many times what is left without it. */
#define CUT_RATIO 5
#define LABEL_ROOM 3 /* cells between two labels at least */

/* a * b / c for small b <= c, without overflow: spans of time reach 2^63, and 32-bit compilers have
 * no __int128. */
static tl_ns part_of(tl_ns a, int64_t b, int64_t c)
{
	return a / c * b + a % c * b / c;
}

static void cut_here(struct scale *s, int *at, const struct scale_gap *gap)
{
	s->edge[*at] = gap->from;
	s->cut[(*at)++] = true;
	s->edge[*at] = gap->to;
}

/* Time without the gaps is laid out evenly; each gap goes between the two cells where it
 * is nearest. */
void scale_set(struct scale *s, tl_ns t0, tl_ns t1, int cells, const struct scale_gap *gap,
	       unsigned n_gaps)
{
	tl_ns left = t1 - t0, skipped = 0;
	int plain, at = 0;
	unsigned g = 0;

	cells = cells > SCALE_CELLS ? SCALE_CELLS : cells < 1 ? 1 : cells;
	n_gaps = (int)n_gaps * 4 < cells ? n_gaps : 0;
	plain = cells - (int)n_gaps;
	*s = (struct scale){.cells = cells};
	for (unsigned i = 0; i < n_gaps; i++)
		s->left_out += gap[i].to - gap[i].from;
	left -= s->left_out;
	s->cell = left / plain > 0 ? left / plain : 1;
	s->edge[0] = t0;
	for (int p = 0; p <= plain; p++) {
		while (g < n_gaps && (p == plain || gap[g].from - t0 - skipped <=
							    part_of(left, 2 * p + 1, 2 * plain))) {
			cut_here(s, &at, &gap[g]);
			skipped += gap[g].to - gap[g].from;
			g++;
		}
		if (p < plain)
			s->edge[++at] = t0 + part_of(left, p + 1, plain) + skipped;
	}
	s->edge[cells] = t1;
}

int scale_cell(const struct scale *s, tl_ns t)
{
	int low = 0, high = s->cells - 1;

	if (t < s->edge[0])
		return -1;
	if (t > s->edge[s->cells])
		return s->cells;
	while (low < high) {
		int mid = (low + high + 1) / 2;

		if (s->edge[mid] <= t)
			low = mid;
		else
			high = mid - 1;
	}
	return low;
}

/* ---- gaps ---- */

static int by_from(const void *a, const void *b)
{
	const struct scale_gap *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static int by_length(const void *a, const void *b)
{
	const struct scale_gap *x = a, *y = b;
	tl_ns nx = x->to - x->from, ny = y->to - y->from;

	return nx > ny ? -1 : nx < ny;
}

struct busy {
	VEC(struct scale_gap) v;
	bool starved;
};

static void is_busy(struct busy *b, tl_ns from, tl_ns to)
{
	struct scale_gap *one = from == TL_NS_NONE ? NULL : vec_push(&b->v);

	b->starved |= !one && from != TL_NS_NONE;
	if (one)
		*one = (struct scale_gap){from, to};
}

/* Whatever happened: running and waiting to run, and all that has a mark. */
static void gather(const struct cast *c, struct busy *b)
{
	for (size_t i = 0; i < c->life.n; i++) {
		const struct cast_life *life = &c->life.v[i];

		is_busy(b, life->born, life->born);
		is_busy(b, life->died, life->died);
		is_busy(b, life->reaped, life->reaped);
		for (unsigned m = 0; m < life->n_marks; m++)
			is_busy(b, life->mark[m].t, life->mark[m].t);
		for (size_t s = 0; s < life->n_segments; s++)
			if (life->segment[s].what <= TL_RUNNABLE)
				is_busy(b, life->segment[s].from, life->segment[s].to);
	}
}

/* The longest quiet stretches between those, longest first. */
static unsigned longest(const struct busy *b, tl_ns t0, tl_ns t1,
			struct scale_gap best[SCALE_CUTS + 1])
{
	tl_ns end = t0;
	unsigned n = 0;

	for (size_t i = 0; i <= b->v.n; i++) {
		tl_ns from = i < b->v.n ? b->v.v[i].from : t1;
		struct scale_gap gap = {end, from < t1 ? from : t1};

		if (i < b->v.n && b->v.v[i].to > end)
			end = b->v.v[i].to;
		if (gap.to - gap.from < CUT_FROM_NS ||
		    (n == SCALE_CUTS + 1 && by_length(&gap, &best[n - 1]) > 0))
			continue;
		n += n < SCALE_CUTS + 1;
		best[n - 1] = gap;
		qsort(best, n, sizeof(*best), by_length);
	}
	return n;
}

bool scale_gaps(const struct cast *c, tl_ns t0, tl_ns t1, struct scale_gap ret[SCALE_CUTS],
		unsigned *ret_n)
{
	struct scale_gap best[SCALE_CUTS + 1];
	struct busy b = {};
	tl_ns left = t1 - t0;
	unsigned n = 0, take = 0;

	*ret_n = 0;
	if (left < CUT_FROM_NS)
		return true;
	gather(c, &b);
	if (!b.starved) {
		vec_sort(&b.v, by_from);
		n = longest(&b, t0, t1, best);
	}
	vec_fini(&b.v);
	for (unsigned i = 0; i < n && i < SCALE_CUTS; i++) {
		left -= best[i].to - best[i].from;
		if ((best[i].to - best[i].from) / CUT_RATIO > left)
			take = i + 1;
	}
	/* each keeps a little quiet around it, so that both sides are seen to end */
	memcpy(ret, best, take * sizeof(*ret));
	qsort(ret, take, sizeof(*ret), by_from);
	*ret_n = take;
	return !b.starved;
}

/* ---- the axis ---- */

static const struct unit {
	tl_ns ns;
	const char *name;
} units[] = {{3600000000000, "h"}, {60000000000, "min"}, {1000000000, "s"},
	     {1000000, "ms"},      {1000, "us"},         {1, "ns"}};

/* 1, 2 or 5 times a power of ten of a unit, not less than `least`; of minutes and hours what
 * clocks show. */
static tl_ns round_step(tl_ns least)
{
	static const tl_ns of_clock[] = {60,   120,   300,   600,   1800,   3600,
					 7200, 18000, 36000, 86400, 172800, 432000};
	tl_ns step = 1;

	for (size_t i = 0; least > 50000000000 && i < ARRAY_SIZE(of_clock); i++)
		if (of_clock[i] * 1000000000 >= least)
			return of_clock[i] * 1000000000;
	while (step < least) {
		if (step * 2 >= least)
			return step * 2;
		if (step * 5 >= least)
			return step * 5;
		if (step > INT64_MAX / 20)
			return step;
		step *= 10;
	}
	return step;
}

/* One unit for all labels: of seconds and less the largest that the span reaches, of clock time
 * that of the step. */
static const char *label_of(struct page *pg, tl_ns t, tl_ns step, tl_ns span)
{
	tl_ns reach = t < 60000000000 && span < 60000000000 ? span
		      : step < 60000000000                  ? 1000000000
							    : step;
	const struct unit *u = units;

	while (u->ns > reach && u->ns > 1)
		u++;
	return page_fmt(pg, "\xe2\x94\x82+%.10g %s", (double)t / (double)u->ns, u->name); /* │ */
}

static tl_ns axis_step(struct page *pg, const struct scale *s, tl_ns zero)
{
	tl_ns span = s->edge[s->cells] - s->edge[0] - s->left_out,
	      step = round_step(s->cell * 10 > 0 ? s->cell * 10 : s->cell);
	tl_ns end = s->edge[s->cells] - zero;
	int cells = page_cells(label_of(pg, end / step * step, step, span)) + LABEL_ROOM;

	return round_step(s->cell < INT64_MAX / 64 ? s->cell * cells : s->cell);
}

const char *scale_axis(struct page *pg, const struct scale *s, tl_ns zero)
{
	tl_ns span = s->edge[s->cells] - s->edge[0] - s->left_out, step = axis_step(pg, s, zero);
	tl_ns t = (s->edge[0] - zero + step - 1) / step * step;
	const char *line = "";
	int at = 0;

	for (; t <= s->edge[s->cells] - zero; t += step) {
		int cell = scale_cell(s, zero + t), cells;
		const char *text;

		/* on, behind what is left out */
		if (cell >= 0 && cell < s->cells && s->cut[cell]) {
			t = (s->edge[cell + 1] - zero) / step * step;
			continue;
		}
		text = label_of(pg, t, step, span);
		cells = page_cells(text);
		if (cell < at || cell + cells > s->cells)
			continue;
		line = page_fmt(pg, "%s%*s%s ", line, cell - at, "", text);
		at = cell + cells + 1;
	}
	return line;
}
