/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Call paths of the story: innermost first, trap frames dimmed, what was put right told below. */
#include "base/tongue.h"
#include "view/story.h"

static const char *frame_text(struct story *st, const struct tl_frame *f)
{
	const char *name = words_name(&st->pg, f->name);

	switch (f->mark) {
	case TL_FM_TRAP: return page_fmt(&st->pg, ST_DIM "%s" ST_OFF, name);
	case TL_FM_CORRECTED: return page_fmt(&st->pg, "%s*", name);
	case TL_FM_DOUBTFUL: return page_fmt(&st->pg, "%s?", name);
	default: return name;
	}
}

static void put_corrections(struct story *st, const struct tl_stack *stack)
{
	for (unsigned i = 0; i < stack->n; i++) {
		const struct tl_frame *f = &stack->frame[i];

		if (f->mark == TL_FM_CORRECTED)
			page_row(
				&st->pg, NULL, NULL,
				page_fmt(
					&st->pg,
					_("* the trace prints %1$s, the address behind a call that never returns; it belongs to %2$s"),
					words_name(&st->pg, f->raw), words_name(&st->pg, f->name)));
		if (f->mark == TL_FM_DOUBTFUL)
			page_row(
				&st->pg, NULL, NULL,
				page_fmt(
					&st->pg,
					_("? %1$s is not the caller but the function behind it; which one that is the trace does not say"),
					words_name(&st->pg, f->raw)));
	}
}

/* A frame a row, each with what it does. */
static void put_frames(struct story *st, const struct tl_stack *stack)
{
	for (unsigned i = 0; i < stack->n; i++) {
		const char *text = frame_text(st, &stack->frame[i]);

		if (i) {
			story_teach_open(st, LABELS);
			page_row(&st->pg, NULL, NULL,
				 page_join(&st->pg, ST_DIM "\xe2\x86\x90 " ST_OFF, "", text));
		} else {
			story_row(st, L_PATH, NULL, text);
		}
		story_lesson_frame(st, &stack->frame[i]);
	}
	put_corrections(st, stack);
}

void story_path(struct story *st, const struct tl_stack *stack)
{
	const char *text = NULL;

	if (!stack || !stack->n || !st->pg.opts.stacks)
		return;
	if (st->pg.marks)
		text = page_mark(&st->pg, &(struct mark){.kind = MARK_PATH, .stack = stack});
	if (st->teach) {
		put_frames(st, stack);
		return;
	}
	for (unsigned i = 0; i < stack->n && !st->pg.marks; i++)
		text = page_join(&st->pg, text, ST_DIM " \xe2\x86\x90 " ST_OFF,
				 frame_text(st, &stack->frame[i]));
	story_row(st, L_PATH, NULL, text);
	put_corrections(st, stack);
}
