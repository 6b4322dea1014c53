/* SPDX-License-Identifier: GPL-2.0-or-later */
/* restore: undo what a killed recording left in tracefs. */
#include "cmd/cmd.h"
#include "tasklife/recorder.h"

struct restore {
	struct common common;
};

static const struct opt restore_opts[] = {
	OPT_TABLE(common_opts, struct restore, common),
	OPT_END,
};

static int run(const void *opts, int n, char **words)
{
	unsigned undone = 0;
	struct tl_err *err;

	if (n)
		return say_and_status(tl_err_new(
			TL_E_USAGE, N_("restore takes no argument, not '%s'"), words[0]));
	err = tl_restore(&undone);
	if (err)
		return say_and_status(err);
	if (undone)
		say_note(N_("put back or removed: %u"), undone);
	else
		say_note(N_("nothing was left behind"));
	return 0;
}

const struct cmd cmd_restore = {
	.name = "restore",
	.summary = N_("undo what a killed recording left in tracefs"),
	.usage = "",
	.opts = restore_opts,
	.size = sizeof(struct restore),
	.run = run,
};
