/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rows of a story for whoever shows them: the terminal, or a page that collects them
 * (view/page.h). Its parts are files; a row is a label, a time and text, with the marks of the
 * footnotes it rests on.
 */
#ifndef VIEW_STORY_H
#define VIEW_STORY_H

#include "teach/teach.h"
#include "view/alike.h"
#include "view/words.h"

#define NOTES_MAX 63 /* marks of a row are bits of one word */

struct story {
	struct page pg;
	struct tl_evidence note[NOTES_MAX]; /* of the life being told */
	unsigned n_notes;
	uint64_t told;
	struct alike alike;
	struct story_teach *teach; /* NULL: no lessons beside it */
};

/* Every row of one life; its footnotes are then in note[]. The caller resets the page and
 * n_notes before. */
void story_rows(struct story *st, const struct tl_told *told);

enum label {
	L_BORN,
	L_PATH,
	L_RENAMED,
	L_EXEC,
	L_RAN,
	L_SLEPT,
	L_SIGNAL,
	L_SENDER,
	L_DIED,
	L_TOLD,
	L_REAPED,
	L_ADOPTED,
	L_MADE,
	L_PROCESS,
	L_MISSING,
	LABELS,
};

/* ---- story.c ---- */
void story_row(struct story *st, enum label l, const struct tl_seen *when, const char *text);
const char *story_label(enum label l);

/* ---- story_notes.c: footnotes, what a row rests on ---- */
const char *noted(struct story *st, const char *text, const struct tl_seen *seen);
/* What was seen, and what a verdict rests on; each mark stands once. */
const char *noted_all(struct story *st, const char *text, const struct tl_seen *seen,
		      const struct tl_finding *f);
void story_notes(struct story *st, const struct tl_told *d);

/* ---- story_path.c: a call path and what was put right in it; nothing where none is wanted ---- */
void story_path(struct story *st, const struct tl_stack *stack);

/* ---- story_teach.c: the lessons of the row told last; nothing where none are wanted ---- */
struct story_teach *story_teach_new(void);
void story_teach_free(struct story_teach *te);
/* who made the trace; NULL not known */
void story_teach_release(struct story *st, const char *kernel);
/* A row begins, or (close) the last one has ended. */
void story_teach_open(struct story *st, enum label l);
void story_teach_close(struct story *st);
void story_lesson(struct story *st, enum topic_group g, const char *id);
void story_lesson_clone(struct story *st, uint64_t flags);
void story_lesson_state(struct story *st, char state);
void story_lesson_frame(struct story *st, const struct tl_frame *f);
void story_lesson_function(struct story *st, const struct tl_atom *name);
void story_lesson_signal(struct story *st, const struct tl_signal *s,
			 const struct tl_finding *source);
void story_lesson_grade(struct story *st, const struct tl_finding *f);

/* ---- the parts ---- */
void story_birth(struct story *st, const struct tl_told *d);
void story_execs(struct story *st, const struct tl_task *t);
void story_sched(struct story *st, const struct tl_sched *s);
void story_signals(struct story *st, const struct tl_told *d);
void story_death(struct story *st, const struct tl_told *d);
void story_notice(struct story *st, const struct tl_task *t);
void story_reap(struct story *st, const struct tl_task *t);
void story_process(struct story *st, const struct tl_told *d);

#endif
