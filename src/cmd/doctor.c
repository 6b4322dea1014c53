/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: what this kernel and this user permit, what is missing, what that costs, how to get it.
 */
#include <string.h>
#include "base/json.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "tasklife/recorder.h"
#include "view/page.h"

struct doctor {
	struct common common;
	bool json;
};

static const struct opt doctor_opts[] = {
	OPT_FLAG(0, "json", N_("as one JSON object"), struct doctor, json),
	OPT_TABLE(common_opts, struct doctor, common),
	OPT_END,
};

/* A sentence of an error with its slot filled, safe for a terminal. */
static const char *filled(struct page *pg, const char *msgid, const char *arg)
{
	const char *s = _(msgid), *slot = strstr(s, "%s"), *made;
	struct out text;

	if (!slot)
		return s;
	out_init(&text, -1);
	out_mem(&text, s, (size_t)(slot - s));
	if (arg)
		text_safe(&text, arg, strlen(arg));
	out_str(&text, slot + 2);
	made = page_fmt(pg, "%s", out_text(&text));
	out_fini(&text);
	return made;
}

static void put_why(struct page *pg, const struct tl_err *err, const char *detail)
{
	const char *text = filled(pg, err->what, err->subject);

	if (err->os)
		text = page_join(pg, text, ": ", tl_err_symbol(err->os));
	if (err->cause)
		text = page_join(pg, text, err->os ? ", " : ": ",
				 filled(pg, err->cause, err->cause_arg));
	page_row(pg, NULL, NULL, text);
	if (err->path && strcmp(err->path, detail))
		page_row(pg, NULL, NULL, filled(pg, "%s", err->path));
	for (unsigned i = 0; i < TL_ERR_HINTS && err->hint[i]; i++)
		page_row(pg, NULL, NULL,
			 page_join(pg, "\xe2\x86\x92", " ",
				   filled(pg, err->hint[i], err->hint_arg[i])));
}

static const char *mark_of(struct page *pg, const struct tl_ability *a)
{
	const char *mark = a->ok ? _("yes") : _("no");
	struct out text;
	const char *made;

	out_init(&text, -1);
	text_pad(&text, mark, strlen(mark), 8);
	made = page_fmt(pg, "%s%s" ST_OFF "%s", a->ok ? ST_GOOD : ST_BAD, out_text(&text), a->id);
	out_fini(&text);
	return made;
}

static void put_text(struct page *pg, const struct tl_ability *a)
{
	const char *text = _(a->says);

	page_reset(pg);
	if (a->detail[0])
		text = page_fmt(pg, "%s (%s)", text, filled(pg, "%s", a->detail));
	page_row(pg, mark_of(pg, a), NULL, text);
	if (a->why)
		put_why(pg, a->why, a->detail);
}

/* ---- the answer in short ---- */

static bool can(const struct tl_ability *a, unsigned n, const char *id)
{
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(a[i].id, id))
			return a[i].ok;
	return false;
}

/* How `run` and `record` would record here, as record says it; NULL: not at all. */
static const char *mode_here(const struct tl_ability *a, unsigned n)
{
	if (!can(a, n, "instances") || !can(a, n, "events"))
		return NULL;
	return tl_rec_mode_name(can(a, n, "function-tracer")  ? TL_MODE_FUNCTION
				: can(a, n, "stack-triggers") ? TL_MODE_STACKS
							      : TL_MODE_EVENTS);
}

static void put_answer(struct page *pg, const struct tl_ability *a, unsigned n)
{
	const char *mode = mode_here(a, n), *text;

	page_reset(pg);
	if (!mode)
		text = N_("Nothing can be recorded here. Traces in files can be read all the same; in a guest anybody may record: tasklife lab run -- CMD");
	else if (can(a, n, "bpf-exit"))
		text = N_("tasklife run -- CMD works here. It records with %1$s, and the exit code of every task.");
	else
		text = N_("tasklife run -- CMD works here. It records with %1$s, without exit codes.");
	page_line(pg, 0, page_fill(pg, _(text), mode ? mode : "", ""));
}

static void put_json(struct out *o, const struct tl_ability *a, unsigned n)
{
	struct json j;

	json_init(&j, o);
	json_obj(&j, NULL);
	json_arr(&j, "abilities");
	for (unsigned i = 0; i < n; i++) {
		json_obj(&j, NULL);
		json_str(&j, "id", a[i].id);
		json_bool(&j, "ok", a[i].ok);
		json_strn(&j, "detail", a[i].detail, strnlen(a[i].detail, sizeof(a[i].detail)));
		json_str(&j, "errno",
			 a[i].why && a[i].why->os ? tl_err_symbol(a[i].why->os) : NULL);
		json_str(&j, "file", a[i].why ? a[i].why->path : NULL);
		json_end_obj(&j);
	}
	json_end_arr(&j);
	json_str(&j, "mode", mode_here(a, n));
	json_end_obj(&j);
	out_char(o, '\n');
}

static void put_all(struct out *o, const struct common *c, const struct tl_ability *a, unsigned n)
{
	struct tl_view_opts opts = {.width =
					    width_of(STDOUT_FILENO, isatty(STDOUT_FILENO) ? 80 : 0),
				    .color = color_wanted(c, STDOUT_FILENO)};
	struct page pg;

	page_init(&pg, o, &opts);
	pg.label_cells = 24;
	pg.time_cells = -1;
	put_answer(&pg, a, n);
	for (unsigned i = 0; i < n; i++)
		put_text(&pg, &a[i]);
	page_fini(&pg);
}

static int run(const void *opts, int n, char **words)
{
	const struct doctor *d = opts;
	struct tl_ability *a = NULL;
	unsigned n_abilities = 0;
	struct tl_err *err;
	struct out o;
	int status;

	if (n)
		return say_and_status(
			tl_err_new(TL_E_USAGE, N_("doctor takes no argument, not '%s'"), words[0]));
	err = tl_abilities(&a, &n_abilities);
	if (err)
		return say_and_status(err);
	out_init(&o, STDOUT_FILENO);
	if (d->json)
		put_json(&o, a, n_abilities);
	else
		put_all(&o, &d->common, a, n_abilities);
	out_flush(&o);
	status = o.os ? 1 : mode_here(a, n_abilities) ? 0 : TL_E_DENIED;
	out_fini(&o);
	tl_abilities_free(a, n_abilities);
	return status;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.summary = N_("what this machine permits, what is missing and what that costs"),
	.usage = "[--json]",
	.opts = doctor_opts,
	.size = sizeof(struct doctor),
	.run = run,
};
