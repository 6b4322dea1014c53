/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timeline: a ribbon per task over the time of the trace, in order of birth. Needs the whole trace:
 * only its end says how long it was. Lives that are alike are one row, which shows what any of
 * them did.
 */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "view/ribbon.h"
#include "view/views.h"
#include "view/words.h"

/* So many alike of one parent are one row. */
#define FOLD_FROM 8
#define NAME_MAX_CELLS 28
#define END_CELLS 24

struct row {
	uint32_t first; /* of the cast */
	uint32_t n;
	uint32_t next; /* chain of those folded into it, as index + 1 of next_of[] */
};

struct timeline {
	CAST_VIEW;
	struct scale scale;
	struct ribbon ribbon;
	VEC(struct row) row;
	uint32_t *order;   /* lives by their beginning */
	uint32_t *next_of; /* per life: the next one of its row, + 1 */
	tl_ns begin, end;  /* of the trace */
	int name_cells, end_cells;
};

static bool timeline_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	*ret_state = cast_view_new(sizeof(struct timeline), true, o, opts);
	return *ret_state != NULL;
}

/* ---- rows ---- */

static int by_from(const void *a, const void *b, void *ctx)
{
	const struct cast_life *x = &((struct cast_life *)ctx)[*(const uint32_t *)a];
	const struct cast_life *y = &((struct cast_life *)ctx)[*(const uint32_t *)b];

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->who.tid < y->who.tid ? -1 : x->who.tid > y->who.tid;
}

static uint64_t row_key(const struct cast_life *life)
{
	return cast_hash(life) ^
	       ((uint64_t)(uint32_t)life->parent.tid << 32 | life->parent.generation);
}

static bool same_row(const struct cast_life *a, const struct cast_life *b)
{
	return cast_alike(a, b) && tl_ref_same(a->parent, b->parent);
}

static bool row_new(struct timeline *t, uint32_t first)
{
	struct row *row = vec_push(&t->row);

	if (row)
		*row = (struct row){.first = first, .n = 1};
	return row != NULL;
}

/* Counts first, because few of a kind are not folded. */
static bool count_kinds(struct timeline *t, struct map *kinds)
{
	for (size_t i = 0; i < t->cast.life.n; i++) {
		uint64_t key = row_key(&t->cast.life.v[i]);
		uintptr_t n = (uintptr_t)map_get(kinds, key);

		if (!map_put(kinds, key, (void *)(n + 2))) /* even: a count */
			return false;
	}
	return true;
}

/* A kind of many has one row, made where its first life began: then its number, odd, stands for
 * the count. */
static bool place(struct timeline *t, struct map *kinds, uint32_t i)
{
	const struct cast_life *life = &t->cast.life.v[i];
	uint64_t key = row_key(life);
	uintptr_t n = (uintptr_t)map_get(kinds, key);
	struct row *row;

	if (t->pg.opts.each || (!(n & 1) && n / 2 < FOLD_FROM))
		return row_new(t, i);
	if (!(n & 1))
		return row_new(t, i) && map_put(kinds, key, (void *)(t->row.n * 2 - 1));
	row = &t->row.v[n / 2];
	if (!same_row(&t->cast.life.v[row->first], life))
		return row_new(t, i);
	t->next_of[i] = row->next;
	row->next = i + 1;
	row->n++;
	return true;
}

static bool set_rows(struct timeline *t)
{
	size_t n = t->cast.life.n;
	struct map kinds;
	bool fine;

	t->order = malloc(n * sizeof(*t->order));
	t->next_of = calloc(n, sizeof(*t->next_of));
	if (!t->order || !t->next_of)
		return false;
	for (size_t i = 0; i < n; i++)
		t->order[i] = (uint32_t)i;
	qsort_r(t->order, n, sizeof(*t->order), by_from, t->cast.life.v);
	map_init(&kinds);
	fine = count_kinds(t, &kinds);
	for (size_t i = 0; i < n && fine; i++)
		fine = place(t, &kinds, t->order[i]);
	map_fini(&kinds);
	return fine;
}

/* ---- drawing ---- */

/* cells 0: as wide as it is */
static const char *row_name(struct timeline *t, const struct row *row, int cells)
{
	const struct cast_life *life = &t->cast.life.v[row->first];
	const char *name;

	if (row->n == 1)
		return cells ? cast_name_in(&t->pg, life, cells) : cast_name(&t->pg, life);
	name = page_fmt(&t->pg, "%s \xc3\x97 %u", words_name(&t->pg, life->who.comm), row->n);
	return cells ? page_left(&t->pg, name, cells) : name;
}

/* Without the blanks behind it, where nothing stands there. */
static void put_ribbon(struct timeline *t)
{
	const char *text = ribbon_text(&t->pg, &t->ribbon, &t->scale);
	size_t n = strlen(text);

	while (!t->end_cells && n && text[n - 1] == ' ')
		n--;
	page_put(&t->pg, page_fmt(&t->pg, "%.*s", (int)n, text));
}

static void put_row(struct timeline *t, const struct row *row, const struct tl_trace_info *info)
{
	const struct cast_life *life = t->cast.life.v;
	struct page *pg = &t->pg;

	page_reset(pg);
	ribbon_clear(&t->ribbon, &t->scale);
	ribbon_add(&t->ribbon, &t->scale, &life[row->first], t->begin, t->end);
	ribbon_doubt(&t->ribbon, &t->scale, &life[row->first], info->blind, info->n_blind);
	for (uint32_t i = row->next; i; i = t->next_of[i - 1]) {
		ribbon_add(&t->ribbon, &t->scale, &life[i - 1], t->begin, t->end);
		ribbon_doubt(&t->ribbon, &t->scale, &life[i - 1], info->blind, info->n_blind);
	}
	page_put(pg, page_fmt(pg, ST_BOLD "%s" ST_OFF " ", row_name(t, row, t->name_cells)));
	put_ribbon(t);
	if (t->end_cells)
		page_put(pg, page_fmt(pg, " %s",
				      page_cut(pg, cast_end(pg, &life[row->first]), t->end_cells)));
	out_char(pg->out, '\n');
}

static void set_columns(struct timeline *t)
{
	int width = t->pg.opts.width ? t->pg.opts.width : 100, most = 4;

	vec_each (row, &t->row) {
		int cells;

		page_reset(&t->pg);
		cells = page_cells(row_name(t, row, 0));
		most = cells > most ? cells : most;
	}
	t->end_cells = width >= 110 ? END_CELLS : 0;
	t->name_cells = most < NAME_MAX_CELLS ? most : NAME_MAX_CELLS;
	if (t->name_cells > width / 4)
		t->name_cells = width / 4 > 8 ? width / 4 : 8;
}

static void set_scale(struct timeline *t)
{
	int width = t->pg.opts.width ? t->pg.opts.width : 100;
	const struct tl_view_opts *opts = &t->pg.opts;
	struct scale_gap gap[SCALE_CUTS];
	unsigned n = 0;
	tl_ns t0, t1;

	cast_span(&t->cast, &t0, &t1);
	t0 = opts->has_since && opts->since > t0 ? opts->since : t0;
	t1 = opts->has_until && opts->until < t1 ? opts->until : t1;
	t1 = t1 < t0 ? t0 : t1;
	if (!scale_gaps(&t->cast, t0, t1, gap, &n))
		t->cast.starved = true;
	scale_set(&t->scale, t0, t1,
		  width - t->name_cells - 1 - (t->end_cells ? t->end_cells + 1 : 0), gap, n);
}

/* Labels count from where the trace begins, as --since does: a picture that begins later says how
 * much later. */
static const char *where_it_begins(struct timeline *t)
{
	tl_ns t0 = t->scale.edge[0];

	if (t->begin == TL_NS_NONE || t->begin >= t0)
		return words_time(&t->pg, t0);
	return page_fmt(&t->pg, "%s (+%s)", words_time(&t->pg, t0),
			words_duration(&t->pg, t0 - t->begin));
}

static void put_all(struct timeline *t, const struct tl_trace_info *info)
{
	struct page *pg = &t->pg;
	tl_ns t0 = t->scale.edge[0];

	page_reset(pg);
	page_line(pg, 0,
		  page_fmt(pg, _("From %1$s, %2$s in all; a cell is %3$s."), where_it_begins(t),
			   words_duration(pg, t->scale.edge[t->scale.cells] - t0),
			   words_duration(pg, t->scale.cell)));
	page_put(pg, page_fmt(pg, ST_DIM "%s %s" ST_OFF "\n", page_left(pg, "", t->name_cells),
			      scale_axis(pg, &t->scale, t->begin == TL_NS_NONE ? t0 : t->begin)));
	vec_each (row, &t->row)
		put_row(t, row, info);
	page_reset(pg);
	page_line(pg, 0, ribbon_legend(pg, t->scale.left_out > 0));
}

static void timeline_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct timeline *t = state;

	t->begin = trailer->info->first;
	t->end = trailer->info->last;
	if (!t->cast.life.n) {
		page_line(&t->pg, 0, _("Nobody is in what this trace shows."));
	} else if (trailer->info->first == TL_NS_NONE) {
		page_line(&t->pg, 0, _("This trace tells no times."));
	} else if (set_rows(t)) {
		set_columns(t);
		set_scale(t);
		put_all(t, trailer->info);
	} else {
		t->cast.starved = true;
	}
	if (t->cast.starved)
		page_line(&t->pg, 0, _("Memory ran out: this is not all."));
	vec_fini(&t->row);
	free(t->order);
	free(t->next_of);
	cast_view_free(t);
}

const struct tl_view view_timeline = {
	.name = "timeline",
	.summary = N_("a ribbon per task: running, waiting, asleep; births, execs, signals and deaths"),
	.segments = true,
	.begin = timeline_begin,
	.task = cast_view_task,
	.end = timeline_end,
};
