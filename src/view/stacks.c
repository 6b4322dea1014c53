/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stacks: the call paths of all births and of all deaths, merged from the outermost frame inwards,
 * with how many came that way and who. Frames between user space and the kernel's work are dimmed
 * and named.
 *
 * Equal paths are one pointer, so what is kept is one entry per path and kind of life, however long
 * the trace.
 */
#include <string.h>
#include "base/guard.h"
#include "base/tongue.h"
#include "view/stacks.h"
#include "view/views.h"
#include "view/words.h"

struct stacks {
	struct page pg;
	struct paths births, deaths;
};

static bool stacks_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct stacks *s = calloc(1, sizeof(*s));

	if (!s)
		return false;
	page_init(&s->pg, o, opts);
	paths_init(&s->births);
	paths_init(&s->deaths);
	*ret_state = s;
	return true;
}

static void stacks_task(struct out *o, void *state, const struct tl_told *told)
{
	const struct tl_task *t = told->task;
	struct stacks *s = state;

	if (t->birth.seen.is)
		paths_add(&s->births, t->birth.stack, told->birth.row, t->comm);
	if (t->death->seen.is)
		paths_add(&s->deaths, t->death->stack, told->death.cause.row, t->comm);
}

/* ---- drawing ---- */

#define STEMS_MAX 40 /* what lies deeper keeps the stem of this depth */

static const char *frame_text(struct page *pg, const struct tl_frame *f)
{
	const char *name = words_name(pg, f->name);

	switch (f->mark) {
	case TL_FM_TRAP: return page_fmt(pg, ST_DIM "%s" ST_OFF, name);
	case TL_FM_CORRECTED: return page_fmt(pg, "%s*", name);
	case TL_FM_DOUBTFUL: return page_fmt(pg, "%s?", name);
	default: return name;
	}
}

/* The frames from a node on that all go the same way; the last of them is returned. */
static const struct path_node *chain(struct page *pg, const struct path_node *n,
				     const char **ret_text)
{
	const char *text = frame_text(pg, n->frame);
	uint16_t trap = n->frame->mark == TL_FM_TRAP ? n->frame->role : TL_ROLE_NONE;

	while (n->child && !n->child->next && !n->leaf) {
		n = n->child;
		if (trap && n->frame->role != trap) {
			text = page_fmt(pg, "%s " ST_COOL "(%s)" ST_OFF, text,
					_(tl_role_summary(trap)));
			trap = TL_ROLE_NONE;
		}
		trap = n->frame->mark == TL_FM_TRAP ? n->frame->role : trap;
		/* → */
		text = page_fmt(pg, "%s " ST_DIM "\xe2\x86\x92" ST_OFF " %s", text,
				frame_text(pg, n->frame));
	}
	if (trap)
		text = page_fmt(pg, "%s " ST_COOL "(%s)" ST_OFF, text, _(tl_role_summary(trap)));
	*ret_text = text;
	return n;
}

/* "fork: true × 8, sleep × 3": who came this way, by kind. */
static const char *leaf_text(struct page *pg, const struct path_leaf *leaf)
{
	const char *text =
		page_fmt(pg, ST_BOLD "%s" ST_OFF ":", leaf->row ? leaf->row->id : "unknown");

	for (unsigned i = 0; i < leaf->n_who; i++) {
		text = page_fmt(pg, "%s%s %s", text, i ? "," : "",
				words_name(pg, leaf->who[i].comm));
		if (leaf->who[i].n > 1)
			text = page_fmt(pg, "%s \xc3\x97 %llu", text,
					(unsigned long long)leaf->who[i].n);
	}
	if (leaf->others)
		text = page_join(
			pg, text, ", ",
			page_fmt(pg, _("and %1$llu more"), (unsigned long long)leaf->others));
	return text;
}

static void put_nodes(struct page *pg, const struct path_node *n, const char *stem, int depth)
{
	for (; n; n = n->next) {
		bool last = !n->next;
		const char *count =
			page_right(pg, page_fmt(pg, "%llu", (unsigned long long)n->n), 6);
		const char *branch = !depth ? ""
				     : last ? "\xe2\x94\x94\xe2\x94\x80 "
					    : "\xe2\x94\x9c\xe2\x94\x80 ";
		const char *on = !depth || depth > STEMS_MAX ? "" : last ? "   " : "\xe2\x94\x82  ";
		const char *below = page_fmt(pg, "%s%s", stem, on), *text;
		const struct path_node *end = chain(pg, n, &text);
		const char *deeper = page_fmt(pg, "        " ST_DIM "%s%s" ST_OFF, below,
					      end->child ? "\xe2\x94\x82  " : "   ");

		page_under(pg, page_fmt(pg, "%s  " ST_DIM "%s%s" ST_OFF, count, stem, branch),
			   deeper, text);
		for (const struct path_leaf *leaf = end->leaf; leaf; leaf = leaf->next)
			page_under(pg, deeper, page_fmt(pg, "%s  ", deeper), leaf_text(pg, leaf));
		put_nodes(pg, end->child, below, depth + 1);
	}
}

static void put_paths(struct stacks *s, struct paths *p, const char *what, const char *none)
{
	struct page *pg = &s->pg;

	page_reset(pg);
	if (!p->seen) {
		page_line(pg, 0, none);
		return;
	}
	page_line(
		pg, 0,
		page_fmt(pg, ST_BOLD "%s" ST_OFF " %s", what,
			 page_fmt(pg, _("%1$llu of %2$llu have a call path"),
				  (unsigned long long)p->with_path, (unsigned long long)p->seen)));
	if (paths_merge(p))
		put_nodes(pg, p->root.child, "", 0);
	if (p->starved)
		page_line(pg, 0, _("Memory ran out: this is not all."));
}

static void stacks_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct stacks *s = state;

	put_paths(s, &s->births, _("Births:"), _("No births are in what this trace shows."));
	out_char(o, '\n');
	put_paths(s, &s->deaths, _("Deaths:"), _("No deaths are in what this trace shows."));
	paths_fini(&s->births);
	paths_fini(&s->deaths);
	page_fini(&s->pg);
	free(s);
}

const struct tl_view view_stacks = {
	.name = "stacks",
	.summary = N_("the call paths of all births and deaths, merged"),
	.begin = stacks_begin,
	.task = stacks_task,
	.end = stacks_end,
};
