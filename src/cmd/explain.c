/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain: what a name means that a trace, a story or the kernel's source shows, as one kernel
 * release has it. The words are in teach/; here they are found and set.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include "base/guard.h"
#include "base/json.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "facts/ages.h"
#include "teach/teach.h"
#include "view/page.h"

#define TOPICS_SHOWN 24 /* one name means that many things at most */
#define LABEL_CELLS  10
#define STEP_CELLS   34 /* number and name of a step */

struct explain {
	struct common common;
	const char *kernel;
	bool json;
};

static const struct opt explain_opts[] = {
	OPT_STR(0, "kernel", "RELEASE",
		N_("as that release has it, such as 5.10; default: the running kernel's"),
		struct explain, kernel),
	OPT_FLAG(0, "json", N_("as one JSON object"), struct explain, json),
	OPT_TABLE(common_opts, struct explain, common),
	OPT_END,
};

/* ---- which release ---- */

/* "5.10", "v5.10.223", "6.12.38+deb13-amd64", "amd64-6.12" of the laboratory; 0: it is none. */
static int release_in(const char *s)
{
	const char *dash = strrchr(s, '-');

	if (dash && strchr(dash, '.') && dash[1 + strspn(dash + 1, "0123456789.")] == '\0')
		s = dash + 1;
	s += *s == 'v';
	return (int)tl_release_of(s) >= RELEASE(1, 0) ? (int)tl_release_of(s) : 0;
}

static struct tl_err *release_asked(const char *kernel, int *ret)
{
	struct utsname u;

	*ret = kernel ? release_in(kernel) : !uname(&u) ? release_in(u.release) : 0;
	if (kernel && !*ret)
		return tl_err_hint(tl_err_new(TL_E_USAGE, N_("'%s' is no kernel release"), kernel),
				   N_("a release reads like %s"), "6.12");
	return NULL;
}

static const char *release_text(struct page *pg, int release)
{
	return page_fmt(pg, "%d.%d", release >> 8, release & 0xff);
}

/* ---- one topic on a page ---- */

struct asking {
	struct page pg;
	struct out out;
	int release;
};

/* Its paragraphs, one row each. */
static void put_text(struct page *pg, const char *label, const char *text)
{
	while (text && *text) {
		size_t n = strcspn(text, "\n");

		page_row(pg, label, NULL, page_fmt(pg, "%.*s", (int)n, text));
		label = NULL;
		text += n + (text[n] == '\n');
	}
}

static const char *between(struct page *pg, int from, int to)
{
	if (from && to)
		return page_fmt(pg, _("Linux %1$s to %2$s"), release_text(pg, from),
				release_text(pg, to));
	if (from)
		return page_fmt(pg, _("since Linux %1$s"), release_text(pg, from));
	return to ? page_fmt(pg, _("up to Linux %1$s"), release_text(pg, to)) : NULL;
}

static void put_since(struct asking *q, const struct topic *t)
{
	struct page *pg = &q->pg;
	const char *text = between(pg, t->since, t->until);

	if (q->release && t->since > q->release)
		text = page_join(pg, text, _("; "),
				 page_fmt(pg, _("not yet in %1$s"), release_text(pg, q->release)));
	if (q->release && t->until && t->until < q->release)
		text = page_join(
			pg, text, _("; "),
			page_fmt(pg, _("no longer in %1$s"), release_text(pg, q->release)));
	if (text)
		page_row(pg, _("kernels"), NULL, text);
}

/* facts/ages.h counts in thousands. */
static int release_of_age(int v)
{
	return v ? RELEASE(v / 1000, v % 1000) : 0;
}

static void put_names(struct asking *q, enum tl_role role)
{
	struct page *pg = &q->pg;
	const char *label = _("names");
	unsigned n = 0;
	const struct tl_function_row *row = role == TL_ROLE_NONE ? NULL : tl_role_rows(role, &n);

	for (unsigned i = 0; i < n; i++) {
		const struct age_row *age = age_of(row[i].name, strlen(row[i].name));
		const char *text = page_fmt(pg, ST_BOLD "%s" ST_OFF, row[i].name);

		if (strcmp(row[i].arch, "*"))
			text = page_fmt(pg, "%s (%s)", text, row[i].arch);
		text = page_join(
			pg, text, "  ",
			age ? between(pg, release_of_age(age->from), release_of_age(age->to))
			    : NULL);
		page_row(pg, label, NULL,
			 page_fmt(pg, "%s  " ST_DIM "%s" ST_OFF, text, row[i].cite));
		label = NULL;
	}
}

static const char *arch_name(enum tl_arch arch)
{
	static const char *const names[] = {[TL_ARCH_UNKNOWN] = "*",
					    [TL_ARCH_X86] = "x86",
					    [TL_ARCH_ARM64] = "arm64",
					    [TL_ARCH_ARM] = "arm"};

	return names[arch];
}

/* Its value by CPU and release; what was read begins with 5.10. */
static void put_values(struct asking *q, const struct tl_flag_row *flag)
{
	struct page *pg = &q->pg;

	for (unsigned i = 0; flag && i < TL_FLAG_PLACES && flag->at[i].until; i++) {
		const struct tl_flag_at *at = &flag->at[i];
		const char *when =
			at->since > RELEASE(5, 10)
				? page_fmt(pg, _("since Linux %1$s"), release_text(pg, at->since))
				: NULL;

		if (at->until != UINT16_MAX)
			when = page_join(
				pg, when, ", ",
				page_fmt(pg, _("before Linux %1$s"), release_text(pg, at->until)));
		if (at->arch != TL_ARCH_UNKNOWN)
			when = page_join(pg, arch_name((enum tl_arch)at->arch), ", ", when);
		page_row(pg, i ? NULL : _("value"), NULL,
			 page_join(pg,
				   page_fmt(pg, ST_BOLD "0x%llx" ST_OFF,
					    (unsigned long long)at->value),
				   "  ", when));
	}
}

static void put_path(struct asking *q, const struct tl_task_field_row *field)
{
	if (!field)
		return;
	page_row(&q->pg, _("where"), NULL, page_fmt(&q->pg, "task_struct.%s", field->path));
	if (field->older)
		page_row(&q->pg, NULL, NULL,
			 page_fmt(&q->pg, _("task_struct.%1$s in older kernels"), field->older));
}

static void put_fields(struct asking *q, const struct tl_event_row *event)
{
	struct page *pg = &q->pg;

	for (unsigned i = 0; event && i < event->n_fields; i++) {
		const char *id = page_fmt(pg, "%s.%s", event->name, event->field[i].name);
		const char *name = event->field[i].name, *printed = event->field[i].printed;
		struct topic field = {};

		topic_in(TOPIC_FIELD, id, q->release, &field);
		if (*printed && !strstr(printed, name))
			name = page_fmt(pg, "%s (%s=)", name, printed);
		page_row(pg, i ? NULL : _("fields"), NULL,
			 page_fmt(pg, ST_BOLD "%s" ST_OFF "  %s", name,
				  field.gist ? _(field.gist) : ""));
	}
}

static const char *gist_of_step(struct asking *q, const char *id)
{
	struct topic t;

	if (topic_in(TOPIC_STEP, id, q->release, &t) || topic_in(TOPIC_HOW, id, q->release, &t) ||
	    topic_in(TOPIC_EVENT, id, q->release, &t) ||
	    topic_in(TOPIC_FUNCTION, id, q->release, &t))
		return t.gist ? _(t.gist) : "";
	return "";
}

/* Releases between two that were read: what only one of them has is marked. */
static const char *change_of_step(struct asking *q, const struct step *s, int older, int newer)
{
	if (s->was)
		return page_fmt(&q->pg, _("(in %1$s, no longer here in %2$s)"),
				release_text(&q->pg, older), release_text(&q->pg, newer));
	if (s->will)
		return page_fmt(&q->pg, _("(in %1$s, not yet here in %2$s)"),
				release_text(&q->pg, newer), release_text(&q->pg, older));
	return NULL;
}

/* A kind of birth may have the name of a function; the steps are the function's. */
static bool takes_steps(const struct topic *t)
{
	return (t->group == TOPIC_FUNCTION || t->group == TOPIC_STEP || t->group == TOPIC_HOW) &&
	       topic_has_steps(t->id);
}

/* Whose steps they are: the release asked for, the two around it, or the nearest there is. */
static const char *whose_steps(struct asking *q, int older, int newer)
{
	struct page *pg = &q->pg;

	if (older != newer)
		return page_fmt(
			pg,
			_("as Linux %1$s and %2$s take them, %3$s stands between them; in brackets the label that undoes one"),
			release_text(pg, older), release_text(pg, newer),
			release_text(pg, q->release));
	if (q->release && q->release != older)
		return page_fmt(
			pg,
			_("as Linux %1$s takes them, the nearest to %2$s that was read; in brackets the label that undoes one"),
			release_text(pg, older), release_text(pg, q->release));
	return page_fmt(pg, _("as Linux %1$s takes them; in brackets the label that undoes one"),
			release_text(pg, older));
}

static void put_steps(struct asking *q, const char *of)
{
	struct page *pg = &q->pg;
	unsigned it = 0, n = 0;
	int older, newer;
	struct step s;

	steps_read(q->release, &older, &newer);
	page_row(pg, _("steps"), NULL, whose_steps(q, older, newer));
	pg->label_cells = STEP_CELLS;
	while (step_next(of, q->release, &it, &s)) {
		const char *text = page_join(pg, gist_of_step(q, s.id), " ",
					     change_of_step(q, &s, older, newer));

		if (s.undo)
			text = page_fmt(pg, "%s " ST_DIM "[%s]" ST_OFF, text, s.undo);
		page_row(pg, page_fmt(pg, "%3u  %s", ++n, s.id), NULL, text);
	}
	pg->label_cells = LABEL_CELLS;
}

static void put_topic(struct asking *q, const struct topic *t)
{
	struct page *pg = &q->pg;

	page_reset(pg);
	page_line(pg, 0,
		  page_fmt(pg, ST_BOLD "%s" ST_OFF "  " ST_DIM "%s" ST_OFF, t->id,
			   _(topic_group_kind(t->group))));
	if (t->gist)
		page_row(pg, _("meaning"), NULL, _(t->gist));
	put_text(pg, NULL, t->text ? _(t->text) : NULL);
	put_since(q, t);
	if (takes_steps(t))
		put_steps(q, t->id);
	put_names(q, t->role);
	put_fields(q, t->event);
	put_values(q, t->flag);
	put_path(q, t->field);
	if (t->source && *t->source)
		page_row(pg, _("source"), NULL, page_fmt(pg, ST_DIM "%s" ST_OFF, t->source));
	if (t->see)
		page_row(pg, _("see also"), NULL, t->see);
}

/* ---- the same as JSON ---- */

static void json_release(struct json *j, const char *key, int release)
{
	char text[24];

	snprintf(text, sizeof(text), "%d.%d", release >> 8, release & 0xff);
	json_str(j, key, release ? text : NULL);
}

static void json_names(struct json *j, enum tl_role role)
{
	unsigned n = 0;
	const struct tl_function_row *row = role == TL_ROLE_NONE ? NULL : tl_role_rows(role, &n);

	if (!n)
		return;
	json_arr(j, "names");
	for (unsigned i = 0; i < n; i++) {
		const struct age_row *age = age_of(row[i].name, strlen(row[i].name));

		json_obj(j, NULL);
		json_str(j, "name", row[i].name);
		json_str(j, "arch", row[i].arch);
		json_release(j, "since", age ? release_of_age(age->from) : 0);
		json_release(j, "until", age ? release_of_age(age->to) : 0);
		json_str(j, "source", row[i].cite);
		json_end_obj(j);
	}
	json_end_arr(j);
}

static void json_values(struct json *j, const struct tl_flag_row *flag)
{
	json_arr(j, "values");
	for (unsigned i = 0; i < TL_FLAG_PLACES && flag->at[i].until; i++) {
		json_obj(j, NULL);
		json_u64(j, "value", flag->at[i].value);
		json_str(j, "arch", arch_name((enum tl_arch)flag->at[i].arch));
		json_release(j, "since", flag->at[i].since);
		json_release(j, "before", flag->at[i].until == UINT16_MAX ? 0 : flag->at[i].until);
		json_end_obj(j);
	}
	json_end_arr(j);
}

static void json_steps(struct json *j, struct asking *q, const char *of)
{
	unsigned it = 0;
	struct step s;

	json_arr(j, "steps");
	while (step_next(of, q->release, &it, &s)) {
		json_obj(j, NULL);
		json_str(j, "id", s.id);
		json_str(j, "gist", gist_of_step(q, s.id));
		json_str(j, "undo", s.undo);
		if (s.was || s.will)
			json_str(j, "only_in", s.was ? "older" : "newer");
		json_end_obj(j);
	}
	json_end_arr(j);
}

static void json_see(struct json *j, const char *see)
{
	json_arr(j, "see");
	while (see && *see) {
		size_t n = strcspn(see, " ");

		if (n)
			json_strn(j, NULL, see, n);
		see += n + (see[n] == ' ');
	}
	json_end_arr(j);
}

static void json_topic(struct json *j, struct asking *q, const struct topic *t)
{
	json_obj(j, NULL);
	json_str(j, "id", t->id);
	json_str(j, "group", topic_group_name(t->group));
	json_str(j, "gist", t->gist ? _(t->gist) : NULL);
	json_str(j, "text", t->text ? _(t->text) : NULL);
	json_release(j, "since", t->since);
	json_release(j, "until", t->until);
	json_str(j, "source", t->source);
	json_names(j, t->role);
	if (t->event) {
		json_arr(j, "fields");
		for (unsigned i = 0; i < t->event->n_fields; i++)
			json_str(j, NULL, t->event->field[i].name);
		json_end_arr(j);
	}
	if (t->flag)
		json_values(j, t->flag);
	if (t->field)
		json_str(j, "path", t->field->path);
	if (takes_steps(t))
		json_steps(j, q, t->id);
	json_see(j, t->see);
	json_end_obj(j);
}

/* ---- many topics ---- */

static void put_groups(struct asking *q)
{
	struct page *pg = &q->pg;
	struct topic t;

	page_line(pg, 0, _("What can be explained; a group's name lists its topics:"));
	for (unsigned g = 0; g < TOPIC_GROUPS; g++) {
		unsigned n = 0;

		while (topic_at(g, n, q->release, &t))
			n++;
		page_row(pg, topic_group_name(g), NULL,
			 page_fmt(pg, "%s " ST_DIM "(%u)" ST_OFF, _(topic_group_title(g)), n));
	}
	page_line(
		pg, 0,
		_("For example: tasklife explain SIGKILL copy_process d..2. prev_state CLONE_VM oom.memcg slab"));
}

static int widest(enum topic_group g, int release)
{
	struct topic t;
	int cells = LABEL_CELLS;

	for (unsigned i = 0; topic_at(g, i, release, &t); i++)
		if ((int)strlen(t.id) > cells)
			cells = (int)strlen(t.id);
	return cells < STEP_CELLS ? cells : STEP_CELLS;
}

static void put_group(struct asking *q, enum topic_group g)
{
	struct page *pg = &q->pg;
	struct topic t;

	page_line(pg, 0,
		  page_fmt(pg, ST_BOLD "%s" ST_OFF "  %s", topic_group_name(g),
			   _(topic_group_title(g))));
	pg->label_cells = widest(g, q->release);
	for (unsigned i = 0; topic_at(g, i, q->release, &t); i++)
		page_row(pg, t.id, NULL, t.gist ? _(t.gist) : "");
	pg->label_cells = LABEL_CELLS;
}

static struct tl_err *unknown(const char *word)
{
	char near[64];
	struct tl_err *err = tl_err_new(TL_E_NOT_THERE, N_("there is no topic '%s'"), word);

	if (topic_nearest(word, near, sizeof(near)))
		err = tl_err_hint(err, N_("did you mean '%s'?"), near);
	return tl_err_hint(err, N_("what there is: %s"), "tasklife explain");
}

/* A group's name, or everything of that name. */
static bool put_word(struct asking *q, struct json *j, const char *word)
{
	struct topic found[TOPICS_SHOWN], t;
	enum topic_group g;
	unsigned n;

	if (topic_group_named(word, &g)) {
		if (!j)
			put_group(q, g);
		for (unsigned i = 0; j && topic_at(g, i, q->release, &t); i++)
			json_topic(j, q, &t);
		return true;
	}
	n = topics_named(word, q->release, found, TOPICS_SHOWN);
	for (unsigned i = 0; i < n && i < TOPICS_SHOWN; i++) {
		if (j) {
			json_topic(j, q, &found[i]);
			continue;
		}
		if (out_bytes(&q->out))
			out_char(&q->out, '\n');
		put_topic(q, &found[i]);
	}
	return n;
}

static int put_words(struct asking *q, struct json *j, int n, char **words)
{
	int status = 0;

	for (int i = 0; i < n; i++)
		if (!put_word(q, j, words[i])) {
			if (!j)
				out_flush(&q->out);
			status = say_and_status(unknown(words[i]));
		}
	return status;
}

/* ---- the command ---- */

static void begin(struct asking *q, const struct common *c)
{
	struct tl_view_opts opts = {.width = width_of(STDOUT_FILENO, 100),
				    .color = color_wanted(c, STDOUT_FILENO)};

	out_init(&q->out, STDOUT_FILENO);
	page_init(&q->pg, &q->out, &opts);
	q->pg.label_cells = LABEL_CELLS;
	q->pg.time_cells = -1;
}

static int answer(struct asking *q, const struct explain *e, int n, char **words)
{
	struct json j;
	int status;

	if (!e->json && !n) {
		put_groups(q);
		return 0;
	}
	if (!e->json)
		return put_words(q, NULL, n, words);
	json_init(&j, &q->out);
	json_obj(&j, NULL);
	json_release(&j, "kernel", q->release);
	json_arr(&j, "topics");
	status = put_words(q, &j, n, words);
	for (unsigned g = 0; !n && g < TOPIC_GROUPS; g++)
		put_word(q, &j, topic_group_name(g));
	json_end_arr(&j);
	json_end_obj(&j);
	out_char(&q->out, '\n');
	return status;
}

static int run(const void *opts, int n, char **words)
{
	const struct explain *e = opts;
	struct asking q = {};
	struct tl_err *err = release_asked(e->kernel, &q.release);
	int status;

	if (err)
		return say_and_status(err);
	begin(&q, &e->common);
	status = answer(&q, e, n, words);
	out_flush(&q.out);
	if (q.out.os)
		status = say_and_status(
			tl_err_os(q.out.os, N_("cannot write the answer"), NULL, NULL));
	page_fini(&q.pg);
	out_fini(&q.out);
	return status;
}

const struct cmd cmd_explain = {
	.name = "explain",
	.summary = N_(
		"what a function, event, flag, signal or cause means, and what fork and exit do step by step"),
	.usage = "[--kernel RELEASE] [TOPIC...]",
	.opts = explain_opts,
	.size = sizeof(struct explain),
	.run = run,
};
