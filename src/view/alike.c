/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include "base/guard.h"
#include "base/text.h"
#include "base/tongue.h"
#include "view/alike.h"
#include "view/words.h"

static bool only_notices(const struct tl_told *d)
{
	for (unsigned i = 0; i < d->task->n_signals; i++)
		if (!d->signal || strcmp(tl_finding_id(&d->signal[i]), "child"))
			return false;
	return true;
}

static bool is_quiet(const struct tl_told *d)
{
	const struct tl_task *t = d->task;

	return t->birth.seen.is && t->death->seen.is && t->reap->is && t->is_leader && !t->root &&
	       t->generation == 1 && !t->n_adoptions && t->n_execs < 2 &&
	       t->process->n_threads < 2 && d->death.exited && d->death.exit_code_known &&
	       !d->death.cause.missing && only_notices(d);
}

static struct alike_kind kind_of(const struct tl_told *d)
{
	const struct tl_task *t = d->task;

	return (struct alike_kind){
		.comm = t->comm,
		.filename = t->n_execs ? t->exec[0].filename : NULL,
		.birth = d->birth.row,
		.cause = d->death.cause.row,
		.creator = t->birth.creator.comm,
		.reaper = t->reap->by.comm,
		.children = t->n_children + t->children_more,
		.exit_code = d->death.exit_code,
		.like = tl_ref_of(t),
		.ran = true,
	};
}

static bool same_kind(const struct alike_kind *a, const struct alike_kind *b)
{
	return a->comm == b->comm && a->filename == b->filename && a->birth == b->birth &&
	       a->cause == b->cause && a->creator == b->creator && a->reaper == b->reaper &&
	       a->children == b->children && a->exit_code == b->exit_code;
}

static struct alike_kind *find(struct alike *a, const struct alike_kind *k)
{
	for (unsigned i = 0; i < a->n; i++)
		if (same_kind(&a->kind[i], k))
			return &a->kind[i];
	if (a->n == ALIKE_KINDS)
		return NULL;
	a->kind[a->n] = *k;
	return &a->kind[a->n++];
}

/* Lives come in order of completion, not of birth. */
static void count(struct alike_kind *k, const struct tl_task *t)
{
	tl_ns run = t->sched->run, from = t->birth.seen.t, to = t->death->seen.t;
	bool first = !k->counted++;

	k->ran = k->ran && t->sched->any;
	k->run += run;
	k->run_min = first || run < k->run_min ? run : k->run_min;
	k->run_max = first || run > k->run_max ? run : k->run_max;
	k->from = first || from < k->from ? from : k->from;
	k->to = first || to > k->to ? to : k->to;
}

bool alike_counts(struct alike *a, const struct tl_told *told)
{
	struct alike_kind mine, *k;

	if (!is_quiet(told))
		return false;
	mine = kind_of(told);
	k = find(a, &mine);
	if (!k)
		return false;
	if (k->told < ALIKE_IN_FULL) {
		k->told++;
		k->like = mine.like;
		return false;
	}
	count(k, told->task);
	return true;
}

static void put_kind(struct page *pg, const struct alike_kind *k)
{
	const char *like = words_ref(pg, &k->like), *text;

	page_reset(pg);
	text = page_fmt(pg, _("%1$llu more, each like %2$s"), (unsigned long long)k->counted, like);
	if (k->ran)
		text = page_join(pg, text, _("; "),
				 page_fmt(pg, _("they ran %1$s to %2$s, %3$s in all"),
					  words_duration(pg, k->run_min),
					  words_duration(pg, k->run_max),
					  words_duration(pg, k->run)));
	text = page_join(pg, text, _("; "),
			 page_fmt(pg, _("the last died at %1$s"), words_time(pg, k->to)));
	page_row(pg, words_name(pg, k->comm), words_time(pg, k->from), text);
}

void alike_tell(const struct alike *a, struct page *pg)
{
	uint64_t counted = 0;
	int widest = 0;

	page_reset(pg);
	for (unsigned i = 0; i < a->n; i++) {
		const struct alike_kind *k = &a->kind[i];
		const char *name = words_name(pg, k->comm);

		counted += k->counted;
		if (k->counted && text_width(name, strlen(name)) > widest)
			widest = text_width(name, strlen(name));
	}
	if (!counted)
		return;
	pg->label_cells = widest;
	out_char(pg->out, '\n');
	page_line(pg, 2, _("Lives like others before them (--all tells each):"));
	for (unsigned i = 0; i < a->n; i++)
		if (a->kind[i].counted)
			put_kind(pg, &a->kind[i]);
}
