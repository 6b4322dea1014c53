/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * help: the overview of commands and, per command, its page of the manual; where that cannot be
 * shown, and for -h, what its option table says. There is no second list of options anywhere.
 */
#include <string.h>
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/manual.h"
#include "view/page.h"

static void help_begin(struct page *pg, struct out *o, int fd, int cells)
{
	struct tl_view_opts opts = {.width = width_of(fd, 80)};

	out_init(o, fd);
	page_init(pg, o, &opts);
	pg->label_cells = cells;
	pg->time_cells = -1;
}

/* A label that fills its column stands on a line of its own. */
static void row(struct page *pg, const char *left, const char *msgid)
{
	int wide = text_width(left, strlen(left));

	if (wide > pg->label_cells) {
		page_line(pg, 0, page_fmt(pg, "  %s", left));
		left = "";
	}
	page_row(pg, left, NULL, _(msgid));
}

static int help_end(struct page *pg)
{
	int failed;

	out_flush(pg->out);
	failed = pg->out->os != 0;
	page_fini(pg);
	out_fini(pg->out);
	return failed;
}

int help_overview(int fd)
{
	struct page pg;
	struct out o;

	help_begin(&pg, &o, fd, 10);
	page_line(
		&pg, 0,
		_("tasklife tells the life of Linux tasks: who made them, what they did, how they died, who reaped them."));
	page_line(&pg, 0, "");
	page_line(&pg, 0, page_fmt(&pg, _("usage: %1$s"), "tasklife VERB [options] ..."));
	page_line(&pg, 0, "");
	for (unsigned i = 0; i < cmds_n; i++)
		row(&pg, cmds[i]->name, cmds[i]->summary);
	page_line(&pg, 0, "");
	page_line(&pg, 0, _("First steps:"));
	pg.label_cells = 24;
	row(&pg, "tasklife run -- ls -l", N_("trace a command and tell its story"));
	row(&pg, "tasklife record -a -d 10", N_("record the whole machine for ten seconds"));
	row(&pg, "tasklife why", N_("who killed whom, one line each"));
	row(&pg, "tasklife help VERB", N_("the manual page of one command"));
	return help_end(&pg);
}

static void put_option(struct page *pg, const struct opt *opt)
{
	bool maybe = opt->type == OPT_T_MAYBE;
	char letter[8] = "    ";

	if (opt->letter)
		snprintf(letter, sizeof(letter), "-%c, ", opt->letter);
	row(pg,
	    page_fmt(pg, "%s--%s%s%s%s", letter, opt->name, maybe ? "[=" : opt->arg ? " " : "",
		     opt->arg ? opt->arg : "", maybe ? "]" : ""),
	    opt->help);
}

int help_command(const struct cmd *cmd, int fd)
{
	const struct opt *opt;
	unsigned it = 0;
	struct page pg;
	struct out o;

	help_begin(&pg, &o, fd, 24);
	page_line(&pg, 7,
		  page_fmt(&pg, _("usage: %1$s"),
			   page_fmt(&pg, "tasklife %s %s", cmd->name, cmd->usage)));
	page_line(&pg, 0, _(cmd->summary));
	page_line(&pg, 0, "");
	while ((opt = args_walk(cmd->opts, &it)))
		put_option(&pg, opt);
	return help_end(&pg);
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
		return say_and_status(unknown_verb(words[0]));
	return manual_open(cmd->name) ? 0 : help_command(cmd, STDOUT_FILENO);
}

static const struct opt help_opts[] = {
	OPT_TABLE(common_opts, struct help, common),
	OPT_END,
};

const struct cmd cmd_help = {
	.name = "help",
	.summary = N_("show the commands, or the manual page of one"),
	.usage = "[VERB]",
	.opts = help_opts,
	.size = sizeof(struct help),
	.run = run,
};
