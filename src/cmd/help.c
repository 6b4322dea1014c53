/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * help: the overview of commands and, per command, what its option table says. There is no second list of
 * options anywhere.
 */
#include <string.h>
#include "base/text.h"
#include "cmd/cmd.h"

static void row(struct out *o, const char *left, int cells, const char *msgid)
{
	out_str(o, "  ");
	text_pad(o, left, strlen(left), cells);
	if (text_width(left, strlen(left)) >= cells) {
		out_char(o, '\n');
		text_pad(o, "", 0, cells + 2);
	}
	out_str(o, _(msgid));
	out_char(o, '\n');
}

static int written(struct out *o)
{
	int failed;

	out_flush(o);
	failed = o->os != 0;
	out_fini(o);
	return failed;
}

int help_overview(int fd)
{
	struct out o;

	out_init(&o, fd);
	out_str(&o, _("tasklife tells the life of Linux tasks: who made them, what they did, how they died, who buried them.\n"));
	out_char(&o, '\n');
	out_fmt(&o, _("usage: %1$s\n"), "tasklife VERB [options] ...");
	out_char(&o, '\n');
	for (unsigned i = 0; i < cmds_n; i++)
		row(&o, cmds[i]->name, 10, cmds[i]->summary);
	out_char(&o, '\n');
	out_str(&o, _("First steps:\n"));
	row(&o, "tasklife run -- ls -l", 38, N_("trace a command and tell its story"));
	row(&o, "tasklife record -a -d 10", 38, N_("record the whole machine for ten seconds"));
	row(&o, "tasklife why", 38, N_("who killed whom, one line each"));
	row(&o, "tasklife help VERB", 38, N_("the options of one command"));
	return written(&o);
}

static void put_option(struct out *o, const struct opt *opt)
{
	char left[96], letter[8] = "    ";

	if (opt->letter)
		snprintf(letter, sizeof(letter), "-%c, ", opt->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, opt->name, opt->arg ? " " : "",
		 opt->arg ? opt->arg : "");
	row(o, left, 30, opt->help);
}

int help_command(const struct cmd *cmd, int fd)
{
	const struct opt *opt;
	unsigned it = 0;
	char usage[256];
	struct out o;

	out_init(&o, fd);
	snprintf(usage, sizeof(usage), "tasklife %s %s", cmd->name, cmd->usage);
	out_fmt(&o, _("usage: %1$s\n"), usage);
	out_str(&o, _(cmd->summary));
	out_str(&o, "\n\n");
	while ((opt = args_walk(cmd->opts, &it)))
		put_option(&o, opt);
	return written(&o);
}

struct help {
	struct common common;
};

static int run(const void *opts, int n, char **words)
{
	const struct cmd *cmd;

	if (!n)
		return help_overview(STDOUT_FILENO);
	cmd = cmd_named(words[0]);
	if (!cmd)
		return say_and_status(tl_err_hint(
			tl_err_new(TL_E_USAGE, N_("unknown command '%s'"), words[0]),
			N_("the commands are listed by: tasklife help"), NULL));
	return help_command(cmd, STDOUT_FILENO);
}

static const struct opt help_opts[] = {
	OPT_TABLE(common_opts, struct help, common),
	OPT_END,
};

const struct cmd cmd_help = {
	.name = "help",
	.summary = N_("show the commands, or the options of one"),
	.usage = "[VERB]",
	.opts = help_opts,
	.size = sizeof(struct help),
	.run = run,
};
