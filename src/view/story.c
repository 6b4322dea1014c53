/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The story: each life from birth to reaping in rows that a person reads once from top to bottom,
 * with the kernel's call paths and, as footnotes, the records it all rests on. What was not seen is
 * said to be so.
 */
#include <string.h>
#include "base/guard.h"
#include "base/text.h"
#include "base/tongue.h"
#include "view/story.h"
#include "view/views.h"
#include "view/words.h"

#define CHILDREN_SHOWN 8
#define RHYTHMS_SHOWN  6
#define SIGNALS_SHOWN  12

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
static const char *const label[LABELS] = {
	[L_BORN] = N_("born"),       [L_PATH] = N_("path"),       [L_RENAMED] = N_("names"),
	[L_EXEC] = N_("exec"),       [L_RAN] = N_("ran"),         [L_SLEPT] = N_("slept"),
	[L_SIGNAL] = N_("signal"),   [L_DIED] = N_("died"),       [L_TOLD] = N_("notice"),
	[L_REAPED] = N_("reaped"),   [L_ADOPTED] = N_("adopted"), [L_MADE] = N_("children"),
	[L_SENDER] = N_("sender"),
	[L_PROCESS] = N_("process"), [L_MISSING] = N_("to know"),
};

static void row(struct story *st, enum label l, const struct tl_seen *when, const char *text)
{
	page_row(&st->pg, _(label[l]), when ? words_seen(&st->pg, when) : NULL, text);
}

/* ---- footnotes ---- */

static unsigned note_of(struct story *st, const struct tl_seen *seen,
			const struct tl_atom *function)
{
	for (unsigned i = 0; i < st->n_notes; i++)
		if (st->note[i].seen.place == seen->place && st->note[i].seen.kind == seen->kind &&
		    st->note[i].seen.t == seen->t)
			return i + 1;
	if (st->n_notes == NOTES_MAX)
		return 0;
	st->note[st->n_notes] = (struct tl_evidence){*seen, function};
	return ++st->n_notes;
}

static const char *note_mark(struct story *st, unsigned n)
{
	if (st->pg.marks)
		return page_mark(&st->pg, &(struct mark){.kind = MARK_NOTE, .n = n});
	return page_fmt(&st->pg, ST_DIM "[%u]" ST_OFF, n);
}

/* The text with the marks of its footnotes behind it: what was seen, and what a verdict rests on.
 * Each mark stands once. */
static const char *noted_all(struct story *st, const char *text, const struct tl_seen *seen,
			     const struct tl_finding *f)
{
	uint64_t marks = 0;

	if (seen->is)
		marks |= 1ull << note_of(st, seen, NULL);
	for (unsigned i = 0; f && i < f->n_evidence; i++)
		marks |= 1ull << note_of(st, &f->evidence[i].seen, f->evidence[i].function);
	for (unsigned n = 1; n <= NOTES_MAX; n++)
		if (marks >> n & 1)
			text = page_join(&st->pg, text, " ", note_mark(st, n));
	return text;
}

static const char *noted(struct story *st, const char *text, const struct tl_seen *seen)
{
	return noted_all(st, text, seen, NULL);
}

static const char *note_text(struct story *st, const struct tl_evidence *e, const struct tl_told *d)
{
	bool binary = d->info && d->info->format && !strncmp(d->info->format, "trace.dat", 9);
	const char *what =
		e->function ? words_name(&st->pg, e->function) : tl_ev_name(e->seen.kind);
	const char *time = words_seen(&st->pg, &e->seen);
	unsigned long long place = e->seen.place;

	if (d->unkept)
		return page_fmt(&st->pg, "%s %s", time, what);
	return binary ? page_fmt(&st->pg, _("%1$s %2$s, byte %3$llu"), time, what, place)
		      : page_fmt(&st->pg, _("%1$s %2$s, line %3$llu"), time, what, place);
}

static void put_notes(struct story *st, const struct tl_told *d)
{
	for (unsigned i = 0; i < st->n_notes; i++)
		page_line(&st->pg, 7,
			  page_fmt(&st->pg, "  " ST_DIM "[%u] %s" ST_OFF, i + 1,
				   note_text(st, &st->note[i], d)));
	st->n_notes = 0;
}

/* ---- call paths ---- */

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

static void put_path(struct story *st, const struct tl_stack *stack)
{
	const char *text = NULL;

	if (!stack || !stack->n || !st->pg.opts.stacks)
		return;
	if (st->pg.marks)
		text = page_mark(&st->pg, &(struct mark){.kind = MARK_PATH, .stack = stack});
	for (unsigned i = 0; i < stack->n && !st->pg.marks; i++)
		text = page_join(&st->pg, text, ST_DIM " \xe2\x86\x90 " ST_OFF,
				 frame_text(st, &stack->frame[i]));
	row(st, L_PATH, NULL, text);
	put_corrections(st, stack);
}

/* ---- who it is ---- */

static void put_head(struct story *st, const struct tl_task *t)
{
	struct page *pg = &st->pg;
	const char *what = NULL;

	if (t->kthread)
		what = _("a kernel thread");
	else if (t->tgid != TL_PID_NONE && t->tgid != t->tid)
		what = page_fmt(pg, _("a thread of process %1$d"), t->tgid);
	if (t->generation > 1)
		what = page_join(
			pg, what, ", ",
			page_fmt(pg, _("number %1$u of this id in the trace"), t->generation));
	if (st->told++)
		out_char(pg->out, '\n');
	page_line(pg, 2,
		  page_join(pg, page_fmt(pg, ST_BOLD "%s" ST_OFF, words_task(pg, t)), "  ", what));
}

static void put_names(struct story *st, const struct tl_task *t)
{
	const char *text = NULL;

	if (t->n_comms < 2)
		return;
	for (unsigned i = 0; i < t->n_comms; i++)
		text = page_join(&st->pg, text, " \xe2\x86\x92 ", words_name(&st->pg, t->comms[i]));
	row(st, L_RENAMED, NULL, text);
}

/* ---- birth and programs ---- */

static const char *flags_text(struct story *st, const struct tl_birth *b)
{
	const char *text = NULL;

	if (!b->flags_known)
		return _("clone flags not recorded");
	for (unsigned bit = 7; bit < 64; bit++) {
		const char *name = tl_clone_flag_name(bit);

		if (!(b->clone_flags >> bit & 1))
			continue;
		if (!name)
			name = page_fmt(&st->pg, "0x%llx", 1ull << bit);
		text = page_join(&st->pg, text, " ", name);
	}
	return text ? page_fmt(&st->pg, _("clone flags: %1$s"), text) : _("no clone flags");
}

static void put_birth(struct story *st, const struct tl_told *d)
{
	const struct tl_birth *b = &d->task->birth;
	const struct tl_ref *parent = &b->real_parent;
	const char *text;

	if (!b->seen.is) {
		row(st, L_BORN, NULL,
		    d->witnesses->newtask || d->witnesses->fork
			    ? _("not seen: it lived before the trace began")
			    : _("not seen: this trace holds no births"));
		return;
	}
	text = noted_all(st, words_birth(&st->pg, d), &b->seen, &d->birth);
	row(st, L_BORN, &b->seen, text);
	page_row(&st->pg, NULL, NULL, flags_text(st, b));
	if (parent->tid != TL_PID_NONE && parent->tid != b->creator.tid)
		page_row(&st->pg, NULL, NULL,
			 page_fmt(&st->pg, _("its parent is %1$s"), words_ref(&st->pg, parent)));
	put_path(st, b->stack);
}

static void put_execs(struct story *st, const struct tl_task *t)
{
	for (unsigned i = 0; i < t->n_execs; i++) {
		const struct tl_exec *x = &t->exec[i];
		const char *text = words_name(&st->pg, x->argv ? x->argv : x->filename);

		if (x->old_pid != TL_PID_NONE && x->old_pid != t->tid)
			text = page_join(
				&st->pg, text, _("; "),
				page_fmt(&st->pg,
					 _("thread %1$d called it and took the leader's id"),
					 x->old_pid));
		row(st, L_EXEC, &x->seen, noted(st, text, &x->seen));
	}
}

/* ---- running and sleeping ---- */

static const char *cpus_text(struct story *st, const struct tl_sched *s)
{
	const char *text = NULL;

	for (unsigned cpu = 0; cpu < 64 * ARRAY_SIZE(s->cpus); cpu++)
		if (s->cpus[cpu / 64] >> (cpu % 64) & 1)
			text = page_join(&st->pg, text, ",", page_fmt(&st->pg, "%u", cpu));
	return text ? text : "?";
}

/* An ordinary sleep needs no word; others are told by their state: uninterruptible, stopped ... */
static const char *sleep_word(struct story *st, char state)
{
	const char *word = state == 'S' ? NULL : tl_state_word(state);

	return word ? page_fmt(&st->pg, " (%s)", _(word)) : "";
}

/* Two durations that read the same. */
static bool same_words(tl_ns a, tl_ns b)
{
	struct out text[2];
	bool same;

	out_init(&text[0], -1);
	out_init(&text[1], -1);
	text_duration(&text[0], a);
	text_duration(&text[1], b);
	same = !strcmp(out_text(&text[0]), out_text(&text[1]));
	out_fini(&text[0]);
	out_fini(&text[1]);
	return same;
}

static void put_rhythm(struct story *st, const struct tl_rhythm *r)
{
	struct page *pg = &st->pg;
	unsigned long long n = r->count;
	const char *text, *least = words_duration(pg, r->min), *most = words_duration(pg, r->max);

	if (r->count == 1)
		text = page_fmt(pg, _("once %1$s"), words_duration(pg, r->sum));
	else if (same_words(r->min, r->max))
		text = page_fmt(pg, _("%1$llu \xc3\x97 sleep of %2$s"), n, least);
	else
		text = page_fmt(pg, _("%1$llu \xc3\x97 sleep of %2$s to %3$s"), n, least, most);
	page_row(pg, _(label[L_SLEPT]), words_time(pg, r->from),
		 page_join(pg, text, "", sleep_word(st, r->state)));
}

/* The longest in sum, told in the order of time. */
static void put_rhythms(struct story *st, const struct tl_sched *s)
{
	unsigned most = st->pg.opts.all ? s->n_rhythms : RHYTHMS_SHOWN, left = 0;
	uint64_t hidden = s->rhythms_more;

	for (unsigned i = 0; i < s->n_rhythms; i++) {
		unsigned longer = 0;

		for (unsigned k = 0; k < s->n_rhythms; k++)
			longer += s->rhythm[k].sum > s->rhythm[i].sum ||
				  (s->rhythm[k].sum == s->rhythm[i].sum && k < i);
		if (longer < most)
			put_rhythm(st, &s->rhythm[i]);
		else
			left++, hidden += s->rhythm[i].count;
	}
	if (hidden)
		row(st, L_SLEPT, NULL,
		    page_fmt(&st->pg, _("and %1$llu shorter sleeps"), (unsigned long long)hidden));
}

static void put_sched(struct story *st, const struct tl_sched *s)
{
	struct page *pg = &st->pg;

	if (!s->any)
		return;
	if (!s->run && !s->wait && !s->sleep && !s->stopped) {
		row(st, L_RAN, NULL,
		    page_fmt(pg, _("on CPU %1$s; for how long was not seen"), cpus_text(st, s)));
		return;
	}
	row(st, L_RAN, NULL,
	    page_fmt(pg, _("%1$s on CPU %2$s, %3$s waiting for a CPU, %4$s asleep"),
		     words_duration(pg, s->run), cpus_text(st, s), words_duration(pg, s->wait),
		     words_duration(pg, s->sleep)));
	page_row(pg, NULL, NULL,
		 page_fmt(pg, _("switches %1$llu, preemptions %2$llu, migrations %3$llu"),
			  (unsigned long long)s->switches, (unsigned long long)s->preemptions,
			  (unsigned long long)s->migrations));
	if (s->stopped)
		page_row(pg, NULL, NULL,
			 page_fmt(pg, _("%1$s stopped or traced"), words_duration(pg, s->stopped)));
	put_rhythms(st, s);
}

/* ---- signals ---- */

static const char *delivered_text(struct story *st, const struct tl_signal *s)
{
	const char *after;

	if (!s->delivered.is)
		return NULL;
	after = words_duration(&st->pg, s->delivered.t - s->seen.t);
	if (s->handler > 1)
		return page_fmt(&st->pg, _("its handler ran after %1$s"), after);
	return page_fmt(&st->pg, _("taken after %1$s"), after);
}

static const char *result_text(const struct tl_signal *s)
{
	static const char *const says[] = {
		[1] = N_("dropped: the target ignores it or is ending"),
		[2] = N_("the same one was pending already"),
		[3] = N_("dropped: the queue was full"),
		[4] = N_("queued without its details: the queue was full"),
	};

	return s->result > 0 && (unsigned)s->result < ARRAY_SIZE(says) ? _(says[s->result]) : NULL;
}

static void put_signal(struct story *st, const struct tl_signal *s, const struct tl_finding *f)
{
	struct page *pg = &st->pg;
	const char *text = words_sent(pg, s, f);

	if (!s->group)
		text = page_join(pg, text, ", ", _("to this thread alone"));
	text = page_join(pg, text, _("; "), result_text(s));
	text = page_join(pg, text, _("; "), delivered_text(st, s));
	row(st, L_SIGNAL, &s->seen, noted(st, text, &s->seen));
	if (tl_source_has_sender(f->row) && !s->self && *words_sender(pg, s))
		row(st, L_SENDER, NULL, words_sender(pg, s));
	if (strcmp(tl_finding_id(f), "child"))
		put_path(st, s->stack);
}

static bool same_story(const struct tl_signal *a, const struct tl_finding *fa,
		       const struct tl_signal *b, const struct tl_finding *fb)
{
	bool child = !strcmp(tl_finding_id(fa), "child");

	if (a->sig != b->sig || fa->row != fb->row || a->code != b->code)
		return false;
	/* many children at once: the kernel keeps one SIGCHLD pending for all of them */
	return child || (a->result == b->result && a->owner.tid == b->owner.tid);
}

/* A run of signals that differ in nothing but time (or, as notices, in the child) is one row. */
static unsigned put_run(struct story *st, const struct tl_told *d, unsigned i)
{
	const struct tl_signal *s = d->task->signals, *last;
	struct page *pg = &st->pg;
	unsigned n = 1;
	const char *text;

	while (i + n < d->task->n_signals &&
	       same_story(&s[i], &d->signal[i], &s[i + n], &d->signal[i + n]))
		n++;
	if (n < 3 || pg->opts.all) {
		put_signal(st, &s[i], &d->signal[i]);
		return 1;
	}
	last = &s[i + n - 1];
	if (!strcmp(tl_finding_id(&d->signal[i]), "child"))
		text = page_fmt(pg, _("%1$u notices of children (%2$s), until %3$s"), n,
				words_signal(pg, s[i].sig), words_seen(pg, &last->seen));
	else
		text = page_fmt(pg, _("%1$u \xc3\x97 %2$s, until %3$s"), n,
				words_sent(pg, &s[i], &d->signal[i]), words_seen(pg, &last->seen));
	row(st, L_SIGNAL, &s[i].seen, text);
	return n;
}

static void put_signals(struct story *st, const struct tl_told *d)
{
	const struct tl_task *t = d->task;
	unsigned rows = 0;

	for (unsigned i = 0; i < t->n_signals && d->signal; rows++) {
		if (rows == SIGNALS_SHOWN && !st->pg.opts.all) {
			row(st, L_SIGNAL, NULL,
			    page_fmt(&st->pg, _("and %1$llu more (--all shows them)"),
				     (unsigned long long)(t->n_signals - i + t->signals_folded)));
			return;
		}
		i += put_run(st, d, i);
	}
	if (t->signals_folded)
		row(st, L_SIGNAL, NULL,
		    page_fmt(&st->pg, _("and %1$llu more, counted only"),
			     (unsigned long long)t->signals_folded));
}

/* ---- the end ---- */

static void put_missing(struct story *st, const struct tl_finding *f)
{
	if (f->missing)
		row(st, L_MISSING, NULL, _(f->missing));
}

static void put_death(struct story *st, const struct tl_told *d)
{
	const struct tl_death *death = &d->task->death;
	const struct tl_death_verdict *v = &d->death;
	const char *text;

	if (!death->seen.is) {
		row(st, L_DIED, NULL,
		    d->witnesses->exit || d->witnesses->functions
			    ? _("not seen: it was alive when the trace ended")
			    : _("not seen: this trace holds no deaths"));
		return;
	}
	text = page_fmt(&st->pg, "%s%s" ST_OFF, v->exited ? ST_GOOD : ST_BAD,
			words_death(&st->pg, v));
	text = noted_all(st, text, &death->seen, &v->cause);
	row(st, L_DIED, &death->seen, text);
	if (v->source.row && !v->exited && v->by.tid == TL_PID_NONE)
		page_row(&st->pg, NULL, NULL, _(v->source.row->says));
	if (death->stack)
		put_path(st, death->stack);
	else if (st->pg.opts.stacks)
		row(st, L_PATH, NULL, _("not recorded: no stack came with its death"));
	put_missing(st, &v->cause);
	if (v->exited && !v->exit_code_known && d->witnesses->side) /* of our own recordings */
		row(st, L_MISSING, NULL,
		    _("its exit code: permit BPF (tasklife doctor says what is missing), or record with --exit-syscalls"));
	if (!v->exited && v->fatal)
		put_missing(st, &v->source);
}

static void put_notice(struct story *st, const struct tl_task *t)
{
	const struct tl_notice *n = &t->notice;
	struct page *pg = &st->pg;
	const char *code = tl_sigcode_name(n->sig, n->code), *text, *parent;

	if (!n->seen.is) {
		if (t->death.seen.is && t->is_leader && !t->kthread && t->reap.automatic != 1)
			row(st, L_TOLD, NULL,
			    _("not seen: no record says that its parent was told"));
		return;
	}
	parent = words_ref(pg, &n->parent);
	text = page_fmt(pg, _("%1$s was told with %2$s (%3$s)"), parent, words_signal(pg, n->sig),
			code ? code : "?");
	if (n->result == 1)
		text = page_join(pg, text, _("; "),
				 _("it has no handler for that signal, which was dropped"));
	if (n->delivered.is)
		text = page_join(pg, text, _("; "),
				 page_fmt(pg, _("it took the signal after %1$s"),
					  words_duration(pg, n->delivered.t - n->seen.t)));
	row(st, L_TOLD, &n->seen, noted(st, text, &n->seen));
}

static const char *zombie_text(struct story *st, const struct tl_task *t)
{
	const char *time;

	if (!t->death.seen.is || t->reap.seen.t < t->death.seen.t)
		return NULL;
	time = words_duration(&st->pg, t->reap.seen.t - t->death.seen.t);
	return t->reap.at_most ? page_fmt(&st->pg, _("at most %1$s as a zombie"), time)
			       : page_fmt(&st->pg, _("%1$s as a zombie"), time);
}

static void put_reap(struct story *st, const struct tl_task *t)
{
	const struct tl_reap *r = &t->reap;
	const char *text;

	if (!t->death.seen.is)
		return;
	if (!r->is && r->automatic != 1) {
		if (t->is_leader && !t->kthread)
			row(st, L_REAPED, NULL,
			    _("not seen: a zombie when the trace ended, or its reaping was not recorded"));
		return;
	}
	if (r->automatic == 1)
		text = _("by the kernel at once: nobody had to wait for it");
	else if (r->by.tid == TL_PID_NONE)
		text = _("by whom was not seen");
	else
		text = page_fmt(&st->pg, _("by %1$s"), words_ref(&st->pg, &r->by));
	if (r->is && r->automatic != 1)
		text = page_join(&st->pg, text, _("; "), zombie_text(st, t));
	row(st, L_REAPED, r->is ? &r->seen : NULL, noted(st, text, &r->seen));
}

static void put_adoptions(struct story *st, const struct tl_task *t)
{
	for (unsigned i = 0; i < t->n_adoptions; i++)
		row(st, L_ADOPTED, &t->adoption[i].seen,
		    page_fmt(&st->pg, _("by %1$s, because its parent had died"),
			     words_ref(&st->pg, &t->adoption[i].by)));
}

static void put_children(struct story *st, const struct tl_task *t)
{
	unsigned most = st->pg.opts.all ? t->n_children : CHILDREN_SHOWN, i = 0;
	const char *text = NULL;
	uint64_t more;

	for (; i < t->n_children && i < most; i++)
		text = page_join(&st->pg, text, ", ", words_ref(&st->pg, &t->child[i]));
	more = t->n_children - i + t->children_more;
	if (more)
		text = page_join(&st->pg, text, ", ",
				 page_fmt(&st->pg, _("and %1$llu more"), (unsigned long long)more));
	if (text)
		row(st, L_MADE, NULL, text);
}

static void put_process(struct story *st, const struct tl_told *d)
{
	const struct tl_process *p = d->task->process;
	const struct tl_process_verdict *v = &d->process;
	struct page *pg = &st->pg;

	if (!d->task->is_leader || !p || p->n_threads + p->threads_more < 2)
		return;
	row(st, L_PROCESS, v->ended ? &v->end : NULL,
	    page_fmt(pg, _("%1$llu threads were seen in it"),
		     (unsigned long long)(p->n_threads + p->threads_more)));
	if (!v->ended) {
		page_row(pg, NULL, NULL, _("its end was not seen"));
		return;
	}
	page_row(pg, NULL, NULL, words_death(pg, &v->v));
	if (v->decided_by.tid != TL_PID_NONE)
		page_row(pg, NULL, NULL,
			 page_fmt(pg, _("%1$s decided it"), words_ref(pg, &v->decided_by)));
}

/* ---- the view ---- */

static void set_columns(struct story *st, const struct tl_trace_info *info)
{
	struct page *pg = &st->pg;

	pg->label_cells = pg->time_cells = 0;
	for (unsigned i = 0; i < LABELS; i++) {
		int w = text_width(_(label[i]), strlen(_(label[i])));

		pg->label_cells = w > pg->label_cells ? w : pg->label_cells;
	}
	if (info)
		pg->time_cells =
			(int)strlen(words_time(pg, info->last != TL_NS_NONE ? info->last : 0));
}

static bool story_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct story *st = calloc(1, sizeof(*st));

	if (!st)
		return false;
	page_init(&st->pg, o, opts);
	*ret_state = st;
	return true;
}

void story_rows(struct story *st, const struct tl_told *told)
{
	const struct tl_task *t = told->task;

	put_names(st, t);
	put_birth(st, told);
	put_adoptions(st, t);
	put_execs(st, t);
	put_sched(st, &t->sched);
	put_children(st, t);
	put_signals(st, told);
	put_death(st, told);
	put_notice(st, t);
	put_reap(st, t);
	put_process(st, told);
}

static void story_task(struct out *o, void *state, const struct tl_told *told)
{
	struct story *st = state;
	const struct tl_task *t = told->task;

	if (!st->pg.opts.each && alike_counts(&st->alike, told))
		return;
	page_reset(&st->pg);
	set_columns(st, told->info);
	put_head(st, t);
	story_rows(st, told);
	put_notes(st, told);
}

static void story_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct story *st = state;

	if (!st->told)
		page_line(
			&st->pg, 0,
			trailer->tasks
				? _("Nothing to tell: none of the tasks in this trace was born, was signalled or died; --all shows them.")
				: _("Nothing to tell: there are no tasks in this trace."));
	alike_tell(&st->alike, &st->pg);
	page_fini(&st->pg);
	free(st);
}

const struct tl_view view_story = {
	.name = "story",
	.summary = N_("each life from birth to reaping"),
	.begin = story_begin,
	.task = story_task,
	.end = story_end,
};
