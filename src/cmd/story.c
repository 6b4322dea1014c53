/* SPDX-License-Identifier: GPL-2.0-or-later */
/* story and why: one trace on the terminal, at length and in one line a life. */
#include "cmd/pipeline.h"

struct tell {
	struct common common;
	struct selectors selectors;
	bool no_stacks;
};

static const struct opt story_opts[] = {
	OPT_TABLE(selector_opts, struct tell, selectors),
	OPT_FLAG(0, "no-stacks", N_("without the kernel's call paths"), struct tell, no_stacks),
	OPT_TABLE(common_opts, struct tell, common),
	OPT_END,
};

static const struct opt why_opts[] = {
	OPT_STR(0, "when", "EXPR",
		N_("only deaths of which this holds: KEY=GLOB or KEY!=GLOB, joined by commas; keys are cause, source, signal, exit_code, comm and by"),
		struct tell, selectors.when),
	OPT_TABLE(selector_opts, struct tell, selectors),
	OPT_TABLE(common_opts, struct tell, common),
	OPT_END,
};

static int tell_with(const char *view, const struct tell *t, int n, char **words)
{
	struct pipeline p = {
		.view = tl_view_named(view),
		.opts = view_opts_for(&t->common, STDOUT_FILENO, &t->selectors, t->no_stacks),
		.selectors = &t->selectors,
		.fd = STDOUT_FILENO,
	};
	struct tl_source *src = NULL;
	struct tl_err *err = trace_open(n, words, &src);

	return err ? say_and_status(err) : pipeline_tell(&p, src);
}

static int run_story(const void *opts, int n, char **words)
{
	return tell_with("story", opts, n, words);
}

static int run_why(const void *opts, int n, char **words)
{
	return tell_with("why", opts, n, words);
}

const struct cmd cmd_story = {
	.name = "story",
	.summary = N_("tell each life in a trace, from birth to reaping"),
	.usage = "[options] [FILE]",
	.opts = story_opts,
	.size = sizeof(struct tell),
	.run = run_story,
};

const struct cmd cmd_why = {
	.name = "why",
	.summary = N_("one line a life: how it died and by whom"),
	.usage = "[options] [FILE]",
	.opts = why_opts,
	.size = sizeof(struct tell),
	.run = run_why,
};
