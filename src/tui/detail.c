/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include "base/guard.h"
#include "tui/detail.h"

void detail_init(struct detail *d)
{
	*d = (struct detail){.of = {.tid = TL_PID_NONE}};
	out_init(&d->text, -1);
	arena_init(&d->mem);
}

void detail_fini(struct detail *d)
{
	out_fini(&d->text);
	vec_fini(&d->line);
	arena_fini(&d->mem);
}

/* The same view that writes to a terminal writes here. */
static void tell(struct detail *d, struct model *m, const struct cast_life *life)
{
	struct tl_view_opts opts = {.width = d->width, .color = true, .stacks = true, .each = true};
	const struct tl_view *story = tl_view_named("story");
	struct tl_trailer end = {
		.info = &m->info, .witnesses = &m->witnesses, .tasks = 1, .shown = 1};
	struct tl_told told;
	void *state;

	arena_reset(&d->mem);
	if (!model_tell(m, life->task, &d->mem, &told) || !story->begin(&d->text, &opts, &state))
		return;
	story->task(&d->text, state, &told);
	story->end(&d->text, state, &end);
}

static void split(struct detail *d)
{
	char *text = (char *)out_text(&d->text);

	d->line.n = 0;
	while (*text) {
		char *end = strchr(text, '\n');
		const char **line = vec_push(&d->line);

		if (line)
			*line = text;
		if (!end)
			return;
		*end = 0;
		text = end + 1;
	}
}

void detail_update(struct detail *d, struct model *m, const struct cast_life *life, int width)
{
	if (life && tl_ref_same(d->of, life->who) && d->width == width &&
	    (life->dead ? d->version == m->version : m->ended) && d->line.n)
		return;
	if (!life || !tl_ref_same(d->of, life->who))
		d->top = 0;
	d->text.n = 0;
	d->width = width;
	d->version = m->version;
	d->of = life ? life->who : (struct tl_ref){.tid = TL_PID_NONE};
	if (life)
		tell(d, m, life);
	split(d);
}

void detail_scroll(struct detail *d, long by, int rows)
{
	long most = (long)d->line.n - rows, to = (long)d->top + by;

	d->top = (size_t)(to < 0 || most < 0 ? 0 : to > most ? most : to);
}

void detail_draw(struct detail *d, struct screen *s, struct rect r)
{
	for (int i = 0; i < r.h; i++)
		screen_put(s, r.y + i, r.x, r.w,
			   d->top + (size_t)i < d->line.n ? d->line.v[d->top + (size_t)i] : "",
			   false);
}
