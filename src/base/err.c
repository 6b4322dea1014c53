/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"

struct tl_err tl_enomem = {
	.code = TL_E_FAILED,
	.os = ENOMEM,
	.what = N_("out of memory"),
};

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

struct tl_err *tl_err_new(enum tl_err_code code, const char *what, const char *subject)
{
	struct tl_err *err = calloc(1, sizeof(*err));

	if (!err)
		return &tl_enomem;
	err->code = code;
	err->what = what;
	err->subject = copy(subject);
	return err;
}

struct tl_err *tl_err_os(int os, const char *what, const char *subject, const char *path)
{
	struct tl_err *err;

	err = tl_err_new(os == EPERM || os == EACCES ? TL_E_DENIED : TL_E_FAILED, what, subject);
	if (err == &tl_enomem)
		return err;
	err->os = os;
	err->path = copy(path);
	return err;
}

struct tl_err *tl_err_cause(struct tl_err *err, const char *cause, const char *arg)
{
	if (err == &tl_enomem)
		return err;
	free(err->cause_arg);
	err->cause = cause;
	err->cause_arg = copy(arg);
	return err;
}

struct tl_err *tl_err_hint(struct tl_err *err, const char *hint, const char *arg)
{
	if (err == &tl_enomem)
		return err;
	for (int i = 0; i < TL_ERR_HINTS; i++) {
		if (err->hint[i])
			continue;
		err->hint[i] = hint;
		err->hint_arg[i] = copy(arg);
		break;
	}
	return err;
}

const char *tl_err_symbol(int os)
{
	const char *name = strerrorname_np(os);

	return name ? name : "E?";
}

void tl_err_free(struct tl_err *err)
{
	if (!err || err == &tl_enomem)
		return;
	free(err->subject);
	free(err->path);
	free(err->cause_arg);
	free(err->log);
	for (int i = 0; i < TL_ERR_HINTS; i++)
		free(err->hint_arg[i]);
	free(err);
}
