/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every sentence is whole and has numbered slots, because word order turns round between the
 * languages; in Korean a fixed noun follows each name, so that a particle never has to fit an
 * unknown last sound.
 */
#include <string.h>
#include "base/guard.h"
#include "base/text.h"
#include "base/tongue.h"
#include "view/words.h"

static const char *keep(struct page *pg, struct out *text)
{
	const char *made = arena_strdup(&pg->mem, text->n ? text->buf : "", text->n);

	out_fini(text);
	return made ? made : "";
}

const char *words_name(struct page *pg, const struct tl_atom *name)
{
	struct out text;

	if (pg->marks)
		return page_mark(pg, &(struct mark){.kind = MARK_NAME, .name = name});
	if (name && text_is_plain(name->s, name->len))
		return name->s;
	out_init(&text, -1);
	text_safe_atom(&text, name);
	return keep(pg, &text);
}

/* "bash(2260)": of all that is said the most frequent, so without printf. */
static const char *named(struct page *pg, const char *name, tl_pid tid)
{
	size_t n = strlen(name);
	char *text = arena_alloc(&pg->mem, n + TEXT_DIGITS_MOST + sizeof("(-)")), *at = text;

	if (!text)
		return "";
	at = (char *)mempcpy(at, name, n);
	*at++ = '(';
	if (tid < 0)
		*at++ = '-';
	at += text_digits(at, tid < 0 ? -(uint64_t)tid : (uint64_t)tid);
	*at++ = ')';
	return text;
}

const char *words_ref(struct page *pg, const struct tl_ref *ref)
{
	if (ref->tid == TL_PID_NONE)
		return _("(not seen)");
	if (pg->marks)
		return page_mark(pg, &(struct mark){.kind = MARK_TASK, .ref = *ref});
	return named(pg, words_name(pg, ref->comm), ref->tid);
}

const char *words_task(struct page *pg, const struct tl_task *task)
{
	struct tl_ref ref = tl_ref_of(task);

	return words_ref(pg, &ref);
}

const char *words_time(struct page *pg, tl_ns t)
{
	char *text;

	if (t == TL_NS_NONE)
		return "";
	if (pg->marks)
		return page_mark(pg, &(struct mark){.kind = MARK_TIME, .n = t});
	text = arena_alloc(&pg->mem, TEXT_TIME_MOST + 1);
	if (text)
		text_time_put(text, t);
	return text ? text : "";
}

const char *words_seen(struct page *pg, const struct tl_seen *seen)
{
	return seen->is ? words_time(pg, seen->t) : "";
}

const char *words_duration(struct page *pg, tl_ns ns)
{
	struct out text;

	if (pg->marks)
		return page_mark(pg, &(struct mark){.kind = MARK_DURATION, .n = ns});
	out_init(&text, -1);
	text_duration(&text, ns);
	return keep(pg, &text);
}

const char *words_signal(struct page *pg, int sig)
{
	const char *name = tl_signal_name(sig);

	return name ? name : page_fmt(pg, _("signal %1$d"), sig);
}

const char *words_grade(const struct tl_finding *f)
{
	if (!f->row || f->grade == TL_OBSERVED)
		return "";
	return f->grade == TL_DEDUCED ? _(" (deduced)") : _(" (guessed)");
}

/* ---- births: %1$s is the creator ---- */

struct birth_words {
	const char *id, *says;
};
static const struct birth_words births[] = {
	{"fork", N_("forked by %1$s: a process of its own")},
	{"vfork",
	 N_("made by %1$s with vfork or posix_spawn: borrows its memory until it execs or exits")},
	{"thread", N_("a new thread, made by %1$s")},
	{"clone", N_("made by %1$s with clone")},
	{"kthread", N_("a kernel thread, made by %1$s")},
	{"helper", N_("a helper program the kernel started through %1$s")},
	{"io_worker", N_("an io_uring worker, made inside %1$s")},
	{"vhost_worker", N_("a vhost worker, made inside %1$s")},
	{"idle", N_("the idle task of a CPU, made by %1$s")},
	{"init", N_("made while the kernel booted, by %1$s")},
};

const char *words_birth(struct page *pg, const struct tl_told *told)
{
	const struct tl_birth *b = &told->task->birth;
	const char *id = tl_finding_id(&told->birth), *text = NULL;
	const char *by = words_ref(pg, &b->creator);

	for (size_t i = 0; i < ARRAY_SIZE(births); i++)
		if (!strcmp(births[i].id, id))
			text = page_fill(pg, _(births[i].says), by, NULL);
	if (!text)
		text = page_fmt(pg, _("made by %1$s; the trace does not say in which way"), by);
	text = page_join(pg, text, "", words_grade(&told->birth));
	if (b->requester.tid != TL_PID_NONE)
		text = page_join(
			pg, text, _("; "),
			page_fmt(pg, _("asked for by %1$s"), words_ref(pg, &b->requester)));
	return text;
}

/* ---- signals ---- */

/* A notice about a child, from its code; %1$s is the child or whoever was running. */
static const char *child_sentence(const struct tl_signal *s)
{
	static const char *const says[] = {
		[1] = N_("%1$s ended by itself: %2$s is the notice to the parent"),
		[2] = N_("%1$s was killed: %2$s is the notice to the parent"),
		[3] = N_("%1$s was killed and dumped core: %2$s is the notice to the parent"),
		[4] = N_("%1$s was trapped by its tracer: %2$s is the notice"),
		[5] = N_("%1$s stopped: %2$s is the notice to the parent"),
		[6] = N_("%1$s continued: %2$s is the notice to the parent"),
	};

	return s->code > 0 && (unsigned)s->code < ARRAY_SIZE(says) ? says[s->code] : NULL;
}

static const char *from_kernel(struct page *pg, const struct tl_signal *s,
			       const struct tl_finding *f)
{
	const char *name = words_signal(pg, s->sig), *id = tl_finding_id(f), *owner;

	if (!f->row)
		return page_fmt(pg,
				_("%1$s while %2$s was running; the trace does not say from where"),
				name, words_ref(pg, &s->owner));
	if (s->owner.tid == TL_PID_NONE || s->self)
		return page_fmt(pg, _("%1$s from the kernel (%2$s)"), name, id);
	owner = words_ref(pg, &s->owner);
	return page_fmt(pg, _("%1$s from the kernel (%2$s) while %3$s was running"), name, id,
			owner);
}

const char *words_sent(struct page *pg, const struct tl_signal *s, const struct tl_finding *f)
{
	const char *name = words_signal(pg, s->sig), *id = tl_finding_id(f), *text;

	if (!strcmp(id, "child") && child_sentence(s))
		text = page_fill(pg, _(child_sentence(s)), words_ref(pg, &s->owner), name);
	else if (f->row && tl_source_has_sender(f->row) && s->self)
		text = page_fmt(pg, _("%1$s from itself (%2$s)"), name, id);
	else if (f->row && tl_source_has_sender(f->row))
		text = page_fmt(pg, _("%1$s from %2$s (%3$s)"), name, words_ref(pg, &s->owner), id);
	else
		text = from_kernel(pg, s, f);
	return page_join(pg, text, "", words_grade(f));
}

static const char *ancestors(struct page *pg, const struct tl_signal *s)
{
	const char *text = words_ref(pg, &s->owner);

	for (unsigned i = 0; i < s->n_ancestry; i++)
		text = page_join(pg, text, " \xe2\x86\x90 ", words_ref(pg, &s->ancestry[i]));
	return text;
}

const char *words_sender(struct page *pg, const struct tl_signal *s)
{
	const char *text = "";

	if (s->owner_argv)
		text = page_fmt(pg, _("its command line: %1$s"), words_name(pg, s->owner_argv));
	if (s->n_ancestry)
		text = page_join(pg, *text ? text : NULL, _("; "), ancestors(pg, s));
	if (s->owner_cgroup)
		text = page_join(
			pg, *text ? text : NULL, _("; "),
			page_fmt(pg, _("control group %1$s"), words_name(pg, s->owner_cgroup)));
	return text;
}

/* ---- deaths ---- */

static const char *exited(struct page *pg, const struct tl_death_verdict *v)
{
	if (v->exit_code_known)
		return page_fmt(pg, _("ended itself: exit code %1$d"), v->exit_code);
	return _("ended itself; the trace does not hold its exit code");
}

static const char *thread_exited(struct page *pg, const struct tl_death_verdict *v)
{
	if (v->exit_code_known)
		return page_fmt(pg, _("this thread ended itself: exit code %1$d"), v->exit_code);
	return _("this thread ended itself");
}

static const char *killed(struct page *pg, const struct tl_death_verdict *v)
{
	const char *text;

	if (!v->signal)
		return _("killed by a signal; the trace does not say by which");
	if (!v->fatal)
		return page_fmt(pg, _("killed by %1$s; where it came from was not recorded"),
				words_signal(pg, v->signal));
	text = page_fmt(pg, _("killed by %1$s"), words_sent(pg, v->fatal, &v->source));
	if (v->fatal->sig != v->signal)
		text = page_join(pg, text, _("; "),
				 page_fmt(pg, _("wait reports %1$s"), words_signal(pg, v->signal)));
	return text;
}

/* The row's own sentence, as a clause: without its capital (names such as SIGKILL keep theirs) and
 * full stop. */
static const char *row_says(struct page *pg, const struct tl_cause *row)
{
	const char *says = _(row->says);
	size_t n = strlen(says);
	char first;

	if (n < 2)
		return says;
	first = says[0] >= 'A' && says[0] <= 'Z' && !(says[1] >= 'A' && says[1] <= 'Z')
			? says[0] | 0x20
			: says[0];
	return page_fmt(pg, "%c%.*s", first, (int)n - (says[n - 1] == '.') - 1, says + 1);
}

/* "SIGTERM and then exit(0)" is no coincidence; the time between lets people judge. */
static const char *handled(struct page *pg, const struct tl_death_verdict *v)
{
	const char *sig = words_signal(pg, v->handled->sig), *by;

	if (v->handled_before == TL_NS_NONE || v->handled_before < 0)
		return page_fmt(pg, _("it had handled %1$s before"), sig);
	by = words_duration(pg, v->handled_before);
	if (v->handled->owner.tid == TL_PID_NONE || v->handled->self)
		return page_fmt(pg, _("it had handled %1$s %2$s before"), sig, by);
	return page_fmt(pg, _("it had handled %1$s %2$s before, sent while %3$s was running"), sig, by,
			words_ref(pg, &v->handled->owner));
}

/* The sender's grade stands behind the sender already; the same one is not said twice. */
static const char *grade_of_death(const struct tl_death_verdict *v)
{
	bool said = v->fatal && v->source.row && v->source.grade == v->cause.grade &&
		    !strcmp(tl_finding_id(&v->cause), "signal");

	return said ? "" : words_grade(&v->cause);
}

const char *words_death(struct page *pg, const struct tl_death_verdict *v)
{
	static const struct {
		const char *id;
		const char *(*words)(struct page *pg, const struct tl_death_verdict *v);
	} kinds[] = {{"exit", exited}, {"thread_exit", thread_exited}, {"signal", killed}};
	const char *id = tl_finding_id(&v->cause), *text = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && !text; i++)
		if (!strcmp(kinds[i].id, id))
			text = kinds[i].words(pg, v);
	if (!text)
		text = v->cause.row ? row_says(pg, v->cause.row)
				    : _("the trace does not say why it died");
	text = page_join(pg, text, "", grade_of_death(v));
	if (v->core_dumped == 1)
		text = page_join(pg, text, _("; "), _("a core was written"));
	if (v->handled_term && v->handled)
		text = page_join(pg, text, _("; "), handled(pg, v));
	return text;
}
