/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "tui/list.h"
#include "view/words.h"

void list_init(struct list *l)
{
	*l = (struct list){.stale = true, .looked_at = {.tid = TL_PID_NONE}};
}

void list_fini(struct list *l)
{
	vec_fini(&l->row);
}

static const struct cast_life *life_of(const struct model *m, uint32_t id)
{
	return id & LIST_LIVING ? &m->living.life.v[id & ~LIST_LIVING] : &m->done.life.v[id];
}

const struct cast_life *list_life(const struct list *l, const struct model *m, size_t row)
{
	return row < l->row.n ? life_of(m, l->row.v[row]) : NULL;
}

/* ---- which ---- */

/* Letters of ASCII fit whatever their case. */
static bool holds(const char *text, const char *part)
{
	return strcasestr(text, part) != NULL;
}

/* Whatever of its line holds the words: name, number, end, killer. */
static bool fits(struct page *pg, const struct list *l, const struct cast_life *life)
{
	if (!l->filter[0])
		return true;
	page_reset(pg);
	return holds(cast_name(pg, life), l->filter) || holds(cast_end(pg, life), l->filter) ||
	       (life->cause && holds(life->cause->id, l->filter));
}

/* ---- in which order ---- */

struct order {
	const struct list *l;
	const struct model *m;
};

tl_ns list_lived(const struct cast_life *life, tl_ns last)
{
	tl_ns to = life->dead || last == TL_NS_NONE ? life->to : last;

	return life->from == TL_NS_NONE || to == TL_NS_NONE || to < life->from ? -1
	       : life->dead && life->died != TL_NS_NONE ? life->died - life->from
							: to - life->from;
}

static int compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_name(const struct cast_life *a, const struct cast_life *b)
{
	return strcmp(a->who.comm ? a->who.comm->s : "", b->who.comm ? b->who.comm->s : "");
}

static int by_end(const struct cast_life *a, const struct cast_life *b)
{
	const char *x = a->cause ? a->cause->id : "", *y = b->cause ? b->cause->id : "";

	if (a->signal != b->signal)
		return compare(b->signal, a->signal); /* those killed stand together, first */
	return strcmp(x, y) ? strcmp(x, y) : compare(a->exit_code, b->exit_code);
}

static int by_column(const struct order *o, const struct cast_life *a, const struct cast_life *b)
{
	switch (o->l->sort) {
	case SORT_PID: return compare(a->who.tid, b->who.tid);
	case SORT_NAME: return by_name(a, b);
	case SORT_LIVED:
		return compare(list_lived(b, o->m->info.last), list_lived(a, o->m->info.last));
	case SORT_RAN: return compare(b->task->sched->run, a->task->sched->run);
	case SORT_END: return by_end(a, b);
	default: return 0;
	}
}

static int in_order(const void *pa, const void *pb, void *ctx)
{
	const struct order *o = ctx;
	const struct cast_life *a = life_of(o->m, *(const uint32_t *)pa),
			       *b = life_of(o->m, *(const uint32_t *)pb);
	int c = by_column(o, a, b);

	c = c ? c : compare(a->from, b->from);
	c = c ? c : compare(a->who.tid, b->who.tid);
	c = c ? c : compare(a->who.generation, b->who.generation);
	return o->l->reverse ? -c : c;
}

/* ---- anew ---- */

static void add_rows(struct list *l, struct page *pg, const struct cast *c, uint32_t flag)
{
	for (size_t i = 0; i < c->life.n; i++) {
		uint32_t *row = fits(pg, l, &c->life.v[i]) ? vec_push(&l->row) : NULL;

		if (row)
			*row = (uint32_t)i | flag;
	}
}

static bool is_looked_at(const struct list *l, const struct cast_life *life)
{
	return tl_ref_same(life->who, l->looked_at);
}

static void newest(struct list *l, const struct model *m)
{
	l->at = 0;
	for (size_t i = 1; i < l->row.n; i++)
		if (list_life(l, m, i)->from > list_life(l, m, l->at)->from)
			l->at = i;
}

/* Who was looked at stays so, wherever it stands now; when it is not listed any more, its place
 * is kept. Who asked for the end of a list that still grows stays at its end. */
static void find_again(struct list *l, const struct model *m)
{
	if (l->follow && l->row.n) {
		newest(l, m);
	} else if (l->to_end) {
		l->at = l->row.n;
	} else {
		for (size_t i = 0; i < l->row.n; i++)
			if (is_looked_at(l, list_life(l, m, i))) {
				l->at = i;
				return;
			}
		if (l->looked_at.tid == TL_PID_NONE)
			l->at = 0;
	}
	if (l->at >= l->row.n)
		l->at = l->row.n ? l->row.n - 1 : 0;
	if (l->row.n)
		l->looked_at = list_life(l, m, l->at)->who;
}

void list_update(struct list *l, struct model *m)
{
	static const struct tl_view_opts none;
	struct order o = {l, m};
	struct page pg;

	if (!l->stale && l->version == m->version && m->ended)
		return;
	if (l->stale) /* sorted or filtered anew: who was looked at counts, not the place */
		l->to_end = false;
	model_living(m);
	page_init(&pg, NULL, &none);
	l->row.n = 0;
	add_rows(l, &pg, &m->done, 0);
	if (!m->ended)
		add_rows(l, &pg, &m->living, LIST_LIVING);
	page_fini(&pg);
	if (l->row.n)
		qsort_r(l->row.v, l->row.n, sizeof(*l->row.v), in_order, &o);
	find_again(l, m);
	l->version = m->version;
	l->stale = false;
}

void list_move(struct list *l, const struct model *m, long by)
{
	long to = (long)l->at + by, last = (long)l->row.n - 1;

	l->follow = false;
	l->to_end = by == LIST_TO_END;
	l->at = (size_t)(to < 0 || last < 0 ? 0 : to > last ? last : to);
	if (l->row.n)
		l->looked_at = list_life(l, m, l->at)->who;
}

/* ---- drawn ---- */

const char *list_sort_name(enum list_sort sort)
{
	static const char *const names[SORTS] = {
		[SORT_BORN] = N_("born"), [SORT_PID] = N_("number"), [SORT_NAME] = N_("name"),
		[SORT_LIVED] = N_("lived"), [SORT_RAN] = N_("ran"), [SORT_END] = N_("end"),
	};

	return sort < SORTS ? names[sort] : "";
}

/* Widths of the columns a rectangle has room for; 0: left out. */
struct widths {
	int name, born, lived, ran, end;
};

static struct widths widths_for(const struct model *m, struct page *pg, int w)
{
	int time = page_cells(words_time(pg, m->info.last == TL_NS_NONE ? 0 : m->info.last));
	struct widths c = {.name = w};

	if (w >= 36)
		c.end = w >= 90 ? 24 : 14;
	if (w >= 50)
		c.lived = 9;
	if (w >= 46 + time)
		c.born = time;
	if (w >= 57 + time)
		c.ran = 9;
	for (int i = 0; i < 4; i++) {
		int one = i == 0 ? c.end : i == 1 ? c.lived : i == 2 ? c.born : c.ran;

		c.name -= one ? one + 2 : 0;
	}
	if (c.name > 24 && c.end) { /* names are short: the end says more */
		c.end += c.name - 24;
		c.name = 24;
	}
	return c;
}

static const char *add(struct page *pg, const char *line, const char *text, int cells, bool right)
{
	return cells ? page_fmt(pg, "%s  %s", line,
				right ? page_right(pg, text, cells) : page_left(pg, text, cells))
		     : line;
}

static const char *heading(const struct list *l, struct page *pg, enum list_sort sort)
{
	const char *name = _(list_sort_name(sort));

	return l->sort == sort ? page_fmt(pg, ST_BOLD "%s%s" ST_OFF,
					  l->reverse ? "\xe2\x96\xb4" : "\xe2\x96\xbe", name)
			       : name;
}

static const char *head_line(const struct list *l, struct page *pg, const struct widths *c)
{
	const char *line =
		page_left(pg, heading(l, pg, l->sort == SORT_PID ? SORT_PID : SORT_NAME), c->name);

	line = add(pg, line, heading(l, pg, SORT_BORN), c->born, true);
	line = add(pg, line, heading(l, pg, SORT_LIVED), c->lived, true);
	line = add(pg, line, heading(l, pg, SORT_RAN), c->ran, true);
	return add(pg, line, heading(l, pg, SORT_END), c->end, false);
}

static const char *life_line(const struct model *m, struct page *pg, const struct widths *c,
			     const struct cast_life *life)
{
	const char *line = page_fmt(pg, "%s%s" ST_OFF, life->dead ? "" : ST_GOOD,
				    cast_name_in(pg, life, c->name));
	tl_ns lived = list_lived(life, m->info.last);

	line = add(pg, line, words_time(pg, life->born), c->born, true);
	line = add(pg, line, lived < 0 ? "" : words_duration(pg, lived), c->lived, true);
	line = add(pg, line,
		   life->task->sched->any ? words_duration(pg, life->task->sched->run) : "", c->ran,
		   true);
	return add(pg, line, cast_end(pg, life), c->end, false);
}

void list_draw(struct list *l, struct model *m, struct screen *s, struct page *pg, struct rect r,
	       bool focus)
{
	bool head = r.h > 3;
	struct widths c = widths_for(m, pg, r.w);
	size_t rows = (size_t)(r.h - head);

	if (r.h < 1)
		return;
	l->top = l->at < l->top ? l->at : l->at >= l->top + rows ? l->at - rows + 1 : l->top;
	/* fewer are listed than were: no room stays empty below them */
	if (l->top + rows > l->row.n)
		l->top = l->row.n > rows ? l->row.n - rows : 0;
	if (head)
		screen_put(s, r.y, r.x, r.w, page_fmt(pg, ST_DIM "%s", head_line(l, pg, &c)),
			   false);
	for (size_t i = 0; i < rows; i++) {
		const struct cast_life *life = list_life(l, m, l->top + i);
		const char *line = life            ? life_line(m, pg, &c, life)
				   : i || l->row.n ? ""
						   : _("nobody to list");

		screen_put(s, r.y + head + (int)i, r.x, r.w, line,
			   life && l->top + i == l->at && focus);
	}
}
