/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tree: the family over time. Who made whom, each with its birth, its length and its end; under its
 * maker also whom it adopted and whom it killed. Needs the whole trace, because parents end after
 * their children.
 *
 * Lives are nodes, edges say what stands under whom: sorted by parent and time, a node's are one
 * range. A hostile trace may claim that two tasks made each other: whom no root reaches is a
 * root itself.
 */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "view/cast.h"
#include "view/tree.h"
#include "view/views.h"
#include "view/words.h"

struct tree {
	CAST_VIEW;
	struct branches br;
	VEC(uint32_t) above; /* edges from the root down to the one being drawn */
	bool measuring;
	int name_cells, time_cells, lived_cells;
	tl_ns last; /* of the trace */
};

#define INDENT	 3
#define LIVED	 11
#define NAME_MIN 14
/* levels drawn before a name, where a width does not say fewer: each child may make the next */
#define STEM_MOST 40u

static bool tree_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	*ret_state = cast_view_new(sizeof(struct tree), false, o, opts);
	return *ret_state != NULL;
}

/* ---- a line ---- */

/* How many of the n branches above have room before a name of so many cells. */
static size_t stem_room(const struct tree *t, size_t n, int name_cells)
{
	int left = t->name_cells - (name_cells < NAME_MIN ? name_cells : NAME_MIN) - 1;

	n = n < STEM_MOST ? n : STEM_MOST;
	return t->measuring || (int)n * INDENT <= left + 1 ? n : (size_t)left / INDENT;
}

/* Lines from the branches above, the deepest ones where there is no room for all. */
static const char *stem(struct tree *t, int name_cells)
{
	size_t n = t->above.n, room = stem_room(t, n, name_cells), from = n > room ? n - room : 0;
	const char *text = "";

	if (from)
		text = "\xe2\x80\xa6"; /* … */
	for (size_t i = from; i < n; i++) {
		const struct branch *b = &t->br.v[t->above.v[i]];
		const char *here = b->last ? "   " : "\xe2\x94\x82  "; /* │ */

		if (i + 1 == n)
			here = b->kind != BRANCH_CHILD ? (b->last ? "\xe2\x94\x94\xe2\x95\x8c "
								  : "\xe2\x94\x9c\xe2\x95\x8c ")
						       : (b->last ? "\xe2\x94\x94\xe2\x94\x80 "
								  : "\xe2\x94\x9c\xe2\x94\x80 ");
		text = page_join(&t->pg, text, "", here);
	}
	return text;
}

static int end_cells(const struct tree *t)
{
	return t->pg.opts.width - t->name_cells - (t->time_cells ? t->time_cells + 2 : 0) -
	       (t->lived_cells ? t->lived_cells + 2 : 0) - 2;
}

static void put_line(struct tree *t, const char *name, const char *born, const char *lived,
		     const char *end)
{
	struct page *pg = &t->pg;

	if (!*born && !*lived && !*end) {
		page_put(pg, page_fmt(pg, "%s\n", page_cut(pg, name, t->name_cells)));
		return;
	}
	page_put(pg, page_left(pg, name, t->name_cells));
	if (t->time_cells)
		page_put(pg, page_fmt(pg, "  " ST_DIM "%s" ST_OFF,
				      page_right(pg, born, t->time_cells)));
	if (t->lived_cells)
		page_put(pg, page_fmt(pg, "  %s", page_right(pg, lived, t->lived_cells)));
	if (*end)
		page_put(pg, page_fmt(pg, "  %s",
				      pg->opts.width ? page_cut(pg, end, end_cells(t)) : end));
	out_char(pg->out, '\n');
}

/* "12.3 ms"; "> 12.3 ms" when its beginning or its end was not seen. */
static const char *lived_text(struct tree *t, const struct cast_life *life)
{
	tl_ns to = life->dead || t->last == TL_NS_NONE ? life->to : t->last;

	if (life->guest || life->from == TL_NS_NONE || to == TL_NS_NONE || to < life->from)
		return "";
	return page_fmt(&t->pg, "%s%s", life->dead && life->born != TL_NS_NONE ? "" : "> ",
			words_duration(&t->pg, to - life->from));
}

static const char *name_text(struct tree *t, const struct branch *b, const struct cast_life *life)
{
	struct page *pg = &t->pg;
	const char *name = cast_name(pg, life);

	if (b && b->fold)
		name = page_fmt(pg, "%s \xc3\x97 %u", words_name(pg, life->who.comm),
				t->br.fold[b->fold - 1].n);
	if (b && b->kind == BRANCH_KILLED)
		name = page_fmt(pg, ST_BAD "\xe2\x9c\x97" ST_OFF " %s", name); /* ✗ */
	else if (b && b->kind == BRANCH_ADOPTED)
		name = page_fmt(pg, ST_COOL "+" ST_OFF " %s", name);
	else if (life->guest)
		name = page_fmt(pg, ST_DIM "%s" ST_OFF, name);
	else
		name = page_fmt(pg, ST_BOLD "%s" ST_OFF, name);
	return page_fmt(pg, ST_DIM "%s" ST_OFF "%s", stem(t, page_cells(name)), name);
}

/* By whom it was adopted stands at the adopter, too, where here is no room for it. */
static const char *end_text(struct tree *t, const struct cast_life *life)
{
	struct page *pg = &t->pg;
	const char *end = cast_end(pg, life), *text;

	if (life->heir.tid == TL_PID_NONE)
		return end;
	text = page_join(pg, end, ", ",
			 page_fmt(pg, _("adopted by %1$s"), words_ref(pg, &life->heir)));
	return pg->opts.width && page_cells(text) > end_cells(t)
		       ? page_join(pg, end, ", ", _("adopted"))
		       : text;
}

/* A line that refers to somebody who stands elsewhere in the tree. */
static void put_reference(struct tree *t, const struct branch *b, const struct cast_life *life)
{
	struct page *pg = &t->pg;
	const char *text;

	if (b->kind == BRANCH_KILLED)
		text = page_fmt(pg, _("it sent %1$s"), words_signal(pg, life->signal));
	else
		text = page_fmt(pg, _("adopted from %1$s"), words_ref(pg, &life->parent));
	put_line(t, name_text(t, b, life), words_time(pg, b->t), "",
		 page_fmt(pg, ST_DIM "%s" ST_OFF, text));
}

static void put_folded(struct tree *t, const struct branch *b, const struct cast_life *life)
{
	const struct branch_fold *f = &t->br.fold[b->fold - 1];
	struct page *pg = &t->pg;
	const char *lived = f->most == TL_NS_NONE
				    ? ""
				    : page_fmt(pg, "\xe2\x89\xa4 %s", words_duration(pg, f->most));

	put_line(t, name_text(t, b, life), words_time(pg, b->t), lived, end_text(t, life));
}

static void put_node(struct tree *t, const struct branch *b, const struct cast_life *life)
{
	page_reset(&t->pg);
	if (t->measuring) {
		int cells = page_cells(name_text(t, b, life));

		t->name_cells = cells > t->name_cells ? cells : t->name_cells;
	} else if (b && b->kind != BRANCH_CHILD) {
		put_reference(t, b, life);
	} else if (b && b->fold) {
		put_folded(t, b, life);
	} else {
		put_line(t, name_text(t, b, life), words_time(&t->pg, life->born),
			 lived_text(t, life), end_text(t, life));
	}
}

/* ---- the walk ---- */

/* The next branch to draw from b on; 0 none: those folded into another are left out. */
static uint32_t drawn_from(struct tree *t, uint32_t b, uint32_t end)
{
	while (b < end && t->br.v[b].hidden)
		b++;
	return b < end ? b : 0;
}

static bool down(struct tree *t, uint32_t b)
{
	uint32_t *room = vec_push(&t->above);

	if (room)
		*room = b;
	return room != NULL;
}

/* Everything under a root, in order, without recursion: a trace may nest as deep as it likes. */
static void walk(struct tree *t, uint32_t root)
{
	uint32_t at = branches_first(&t->br, root);

	put_node(t, NULL, &t->cast.life.v[root]);
	at = drawn_from(t, at, branches_end(&t->br, root));
	while (at || t->above.n) {
		struct branch *b;

		if (!at) { /* up again, to the next sibling */
			at = t->above.v[--t->above.n];
			at = drawn_from(t, at + 1, branches_end(&t->br, t->br.v[at].parent));
			continue;
		}
		b = &t->br.v[at];
		if (!down(t, at)) {
			t->cast.starved = true;
			return;
		}
		put_node(t, b, &t->cast.life.v[b->who]);
		at = b->kind == BRANCH_CHILD && !b->fold
			     ? drawn_from(t, branches_first(&t->br, b->who),
					  branches_end(&t->br, b->who))
			     : 0;
	}
}

static void walk_all(struct tree *t)
{
	for (uint32_t i = 0; i < t->br.n_roots; i++)
		walk(t, t->br.root[i]);
}

/* Columns that the width has room for; a pipe has room for all. */
static void set_columns(struct tree *t)
{
	int width = t->pg.opts.width, most = t->name_cells, room;

	t->time_cells =
		!width || width >= 60
			? page_cells(words_time(&t->pg, t->last == TL_NS_NONE ? 0 : t->last))
			: 0;
	t->lived_cells = !width || width >= 50 ? LIVED : 0;
	if (!width)
		return;
	room = width - (t->time_cells ? t->time_cells + 2 : 0) -
	       (t->lived_cells ? t->lived_cells + 2 : 0) - (width >= 70 ? 24 : 14);
	t->name_cells = most < room ? most : room < NAME_MIN ? NAME_MIN : room;
}

static void put_all(struct tree *t)
{
	t->measuring = true;
	walk_all(t);
	t->measuring = false;
	page_reset(&t->pg);
	set_columns(t);
	put_line(t, page_fmt(&t->pg, ST_DIM "%s" ST_OFF, _("task")), _("born"),
		 page_fmt(&t->pg, ST_DIM "%s" ST_OFF, _("lived")),
		 page_fmt(&t->pg, ST_DIM "%s" ST_OFF, _("end")));
	walk_all(t);
}

static void tree_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct tree *t = state;

	t->last = trailer->info->last;
	if (!t->cast.life.n)
		page_line(&t->pg, 0, _("Nobody is in what this trace shows."));
	else if (branches_grow(&t->br, &t->cast, !t->pg.opts.each))
		put_all(t);
	else
		t->cast.starved = true;
	if (t->cast.starved)
		page_line(&t->pg, 0, _("Memory ran out: this is not all."));
	branches_fini(&t->br);
	vec_fini(&t->above);
	cast_view_free(t);
}

const struct tl_view view_tree = {
	.name = "tree",
	.summary = N_("the family over time: who made, adopted and killed whom"),
	.begin = tree_begin,
	.task = cast_view_task,
	.end = tree_end,
};
