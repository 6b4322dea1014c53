/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * html: one page that holds all it needs. The frame (src/view/page/: markup, style, scripts) is
 * compiled in as bytes; between its head and its tail stand the data blocks described in html.h.
 * The page draws and never decides: what it says of a life was said by why/ and story.c.
 */
#include <errno.h>
#include "base/guard.h"
#include "view/html.h"
#include "view/views.h"

struct html {
	struct html_tables tables;
	struct html_chunk *chunk;
	struct html_stories *stories;
	unsigned n; /* lives in the chunk */
	tl_ns t0;   /* TL_NS_NONE: no life yet */
};

static void html_free(struct html *h)
{
	html_tables_fini(&h->tables);
	html_chunk_free(h->chunk);
	html_stories_free(h->stories);
	free(h);
}

static bool html_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	/* lists have tabs of their own */
	struct tl_view_opts whole = {.stacks = true, .each = true};
	struct html *h = calloc(1, sizeof(*h));

	if (!h)
		return false;
	html_tables_init(&h->tables);
	h->chunk = html_chunk_new();
	h->stories = html_stories_new(o, &whole);
	h->t0 = TL_NS_NONE;
	if (!h->chunk || !h->stories) {
		html_free(h);
		return false;
	}
	out_mem(o, html_head, html_head_n);
	*ret_state = h;
	return true;
}

static void flush(struct html *h, struct out *o)
{
	if (!h->n)
		return;
	html_chunk_put(h->chunk, o);
	html_stories_put(h->stories, o);
	h->n = 0;
}

static void html_task(struct out *o, void *state, const struct tl_told *told)
{
	struct html *h = state;

	if (h->t0 == TL_NS_NONE)
		h->t0 = told->t0 == TL_NS_NONE ? 0 : told->t0;
	html_chunk_add(h->chunk, &h->tables, told, h->t0);
	html_stories_add(h->stories, &h->tables, told, h->t0);
	if (++h->n == HTML_CHUNK)
		flush(h, o);
}

static void html_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct html *h = state;

	if (h->t0 == TL_NS_NONE)
		h->t0 = trailer->info->first == TL_NS_NONE ? 0 : trailer->info->first;
	flush(h, o);
	html_put_trailer(o, &h->tables, trailer, h->t0);
	out_mem(o, html_tail, html_tail_n);
	if (h->tables.starved && !o->os)
		o->os = ENOMEM;
	html_free(h);
}

const struct tl_view view_html = {
	.name = "html",
	.suffix = ".html",
	.summary = N_("one page for a browser, which needs nothing else: lives, timeline, family, signals, evidence"),
	.is_export = true,
	.segments = true,
	.begin = html_begin,
	.task = html_task,
	.end = html_end,
};
