/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: what this kernel and this user permit, what is missing, what that costs, how to get it. */
#include <string.h>
#include "base/json.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "tasklife/recorder.h"

struct doctor {
	struct common common;
	bool json;
};

static const struct opt doctor_opts[] = {
	OPT_FLAG(0, "json", N_("as one JSON object"), struct doctor, json),
	OPT_TABLE(common_opts, struct doctor, common),
	OPT_END,
};

static void put_slot(struct out *o, const char *msgid, const char *arg)
{
	const char *s = _(msgid), *slot = strstr(s, "%s");

	if (!slot) {
		out_str(o, s);
		return;
	}
	out_mem(o, s, (size_t)(slot - s));
	if (arg)
		text_safe(o, arg, strlen(arg));
	out_str(o, slot + 2);
}

static void put_why(struct out *o, const struct tl_err *err)
{
	out_str(o, "       ");
	put_slot(o, err->what, err->subject);
	if (err->os || err->cause) {
		out_str(o, ": ");
		if (err->os)
			out_str(o, tl_err_symbol(err->os));
		if (err->os && err->cause)
			out_str(o, ", ");
		if (err->cause)
			put_slot(o, err->cause, err->cause_arg);
	}
	out_char(o, '\n');
	if (err->path) {
		out_str(o, "       ");
		text_safe(o, err->path, strlen(err->path));
		out_char(o, '\n');
	}
	for (unsigned i = 0; i < TL_ERR_HINTS && err->hint[i]; i++) {
		out_str(o, "       \xe2\x86\x92 ");
		put_slot(o, err->hint[i], err->hint_arg[i]);
		out_char(o, '\n');
	}
}

static void put_text(struct out *o, const struct tl_ability *a, bool color)
{
	const char *mark = a->ok ? _("yes") : _("no");

	out_str(o, "  ");
	if (color)
		out_str(o, a->ok ? "\033[32m" : "\033[31m");
	text_pad(o, mark, strlen(mark), 6);
	if (color)
		out_str(o, "\033[0m");
	text_pad(o, a->id, strlen(a->id), 17);
	out_str(o, _(a->says));
	if (a->detail[0]) {
		out_str(o, " (");
		text_safe(o, a->detail, strnlen(a->detail, sizeof(a->detail)));
		out_char(o, ')');
	}
	out_char(o, '\n');
	if (a->why)
		put_why(o, a->why);
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
		json_str(&j, "errno", a[i].why && a[i].why->os ? tl_err_symbol(a[i].why->os) : NULL);
		json_str(&j, "file", a[i].why ? a[i].why->path : NULL);
		json_end_obj(&j);
	}
	json_end_arr(&j);
	json_end_obj(&j);
	out_char(o, '\n');
}

static int run(const void *opts, int n, char **words)
{
	const struct doctor *d = opts;
	struct tl_ability *a = NULL;
	unsigned n_abilities = 0;
	struct tl_err *err;
	struct out o;
	int failed;

	if (n)
		return say_and_status(tl_err_new(TL_E_USAGE, N_("doctor takes no argument, not '%s'"), words[0]));
	err = tl_abilities(&a, &n_abilities);
	if (err)
		return say_and_status(err);
	out_init(&o, STDOUT_FILENO);
	if (d->json)
		put_json(&o, a, n_abilities);
	for (unsigned i = 0; !d->json && i < n_abilities; i++)
		put_text(&o, &a[i], color_wanted(&d->common, STDOUT_FILENO));
	out_flush(&o);
	failed = o.os != 0;
	out_fini(&o);
	tl_abilities_free(a, n_abilities);
	return failed;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.summary = N_("what this machine permits, what is missing and what that costs"),
	.usage = "[--json]",
	.opts = doctor_opts,
	.size = sizeof(struct doctor),
	.run = run,
};
