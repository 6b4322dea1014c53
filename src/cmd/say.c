/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors become words here and nowhere else: what failed, on which file, what the kernel said, what
 * helps. Labels are ours and translated; paths, errno symbols and what the kernel wrote stay as
 * they are. With
 * --errors=json each message is one object on one line, in English, whatever the language chosen.
 */
#include <string.h>
#include "base/json.h"
#include "base/text.h"
#include "cmd/cmd.h"

/* Its form is the one piece of state say.c has: set once, while options are read. */
static bool as_json;

void say_errors_as_json(bool yes)
{
	as_json = yes;
}

bool say_is_json(void)
{
	return as_json;
}

/* A sentence with its one slot filled. The argument is hostile, the sentence is ours. */
static void fill(struct out *o, const char *sentence, const char *arg, bool raw)
{
	for (const char *p = sentence; *p; p++) {
		size_t slot = !strncmp(p, "%s", 2) ? 2 : !strncmp(p, "%1$s", 4) ? 4 : 0;

		if (!strncmp(p, "%%", 2)) {
			out_char(o, '%');
			p++;
		} else if (!slot) {
			out_char(o, *p);
		} else {
			const char *s = arg ? arg : "";

			if (raw)
				out_str(o, s);
			else
				text_safe(o, s, strlen(s));
			p += slot - 1;
		}
	}
}

static void line(struct out *o, const char *label)
{
	out_str(o, "   ");
	text_pad(o, label, strlen(label), 7);
}

/* What the kernel itself wrote, line by line: its caret must stay under its word. */
static void put_log(struct out *o, const char *log)
{
	while (*log) {
		size_t n = strcspn(log, "\n");

		if (n) {
			line(o, "");
			text_safe(o, log, n);
			out_char(o, '\n');
		}
		log += n + (log[n] == '\n');
	}
}

static void put_kernel(struct out *o, const struct tl_err *err)
{
	if (!err->os && !err->cause)
		return;
	line(o, err->os ? _("kernel") : _("why"));
	if (err->os) {
		out_str(o, tl_err_symbol(err->os));
		out_str(o, ": ");
	}
	if (err->cause)
		fill(o, _(err->cause), err->cause_arg, false);
	else
		out_str(o, strerror(err->os));
	out_char(o, '\n');
}

static void put_text(struct out *o, const struct tl_err *err)
{
	out_str(o, "tasklife: ");
	fill(o, _(err->what), err->subject, false);
	out_char(o, '\n');
	if (err->path && (!err->subject || strcmp(err->subject, err->path))) {
		line(o, _("file"));
		text_safe(o, err->path, strlen(err->path));
		out_char(o, '\n');
	}
	put_kernel(o, err);
	if (err->log)
		put_log(o, err->log);
	for (unsigned i = 0; i < TL_ERR_HINTS && err->hint[i]; i++) {
		line(o, _("hint"));
		fill(o, _(err->hint[i]), err->hint_arg[i], false);
		out_char(o, '\n');
	}
}

static void put_filled(struct json *j, const char *key, const char *msgid, const char *arg)
{
	struct out text;

	out_init(&text, -1);
	fill(&text, msgid, arg, true);
	json_strn(j, key, text.n ? text.buf : "", text.n);
	out_fini(&text);
}

static const char *code_name(enum tl_err_code code)
{
	static const char *const names[] = {
		[TL_E_NOT_THERE] = "not_there", [TL_E_USAGE] = "usage",   [TL_E_DENIED] = "denied",
		[TL_E_INPUT] = "input",         [TL_E_FAILED] = "failed",
	};

	return (unsigned)code < ARRAY_SIZE(names) && names[code] ? names[code] : "failed";
}

static void put_json_kernel(struct json *j, const struct tl_err *err)
{
	if (!err->os && !err->cause) {
		json_null(j, "kernel");
		return;
	}
	json_obj(j, "kernel");
	json_str(j, "errno", err->os ? tl_err_symbol(err->os) : NULL);
	if (err->cause)
		put_filled(j, "says", err->cause, err->cause_arg);
	else
		json_str(j, "says", strerror(err->os));
	if (err->log)
		json_str(j, "log", err->log);
	json_end_obj(j);
}

static void put_json(struct out *o, const struct tl_err *err)
{
	struct json j;

	json_init(&j, o);
	json_obj(&j, NULL);
	put_filled(&j, "error", err->what, err->subject);
	json_str(&j, "code", code_name(err->code));
	json_str(&j, "file", err->path);
	put_json_kernel(&j, err);
	json_arr(&j, "hints");
	for (unsigned i = 0; i < TL_ERR_HINTS && err->hint[i]; i++)
		put_filled(&j, NULL, err->hint[i], err->hint_arg[i]);
	json_end_arr(&j);
	json_end_obj(&j);
	out_char(o, '\n');
}

void say_err(const struct tl_err *err)
{
	struct out o;

	fflush(stdout);
	out_init(&o, STDERR_FILENO);
	if (as_json)
		put_json(&o, err);
	else
		put_text(&o, err);
	out_flush(&o);
	out_fini(&o);
}

int say_and_status(struct tl_err *err)
{
	int status = err->code == TL_E_FAILED ? 1 : (int)err->code;

	say_err(err);
	tl_err_free(err);
	return status;
}

static void say_kind(const char *key, const char *label, const char *msgid, va_list ap)
{
	struct out o, text;

	fflush(stdout);
	out_init(&o, STDERR_FILENO);
	out_init(&text, -1);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* a msgid, checked where it is written */
	out_vfmt(&text, as_json ? msgid : _(msgid), ap);
#pragma GCC diagnostic pop
	if (as_json) {
		struct json j;

		json_init(&j, &o);
		json_obj(&j, NULL);
		json_strn(&j, key, text.n ? text.buf : "", text.n);
		json_end_obj(&j);
	} else {
		out_str(&o, "tasklife: ");
		out_str(&o, label);
		text_safe(&o, text.n ? text.buf : "", text.n);
	}
	out_char(&o, '\n');
	out_flush(&o);
	out_fini(&text);
	out_fini(&o);
}

void say_warn(const char *msgid, ...)
{
	va_list ap;

	va_start(ap, msgid);
	say_kind("warning", _("warning: "), msgid, ap);
	va_end(ap);
}

void say_note(const char *msgid, ...)
{
	va_list ap;

	va_start(ap, msgid);
	say_kind("note", "", msgid, ap);
	va_end(ap);
}
