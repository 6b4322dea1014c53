/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views of one trace on the terminal: story, why, tree, timeline, stacks, signals. */
#include "cmd/pipeline.h"

struct tell {
	struct common common;
	struct selectors selectors;
	bool no_stacks, no_pager, teach;
	int64_t threads;
};

static const struct opt tell_opts[] = {
	OPT_TABLE(selector_opts, struct tell, selectors),
	OPT_FLAG(0, "no-pager", N_("write to the terminal, also what is longer than the screen"),
		 struct tell, no_pager),
	OPT_THREADS(struct tell, threads),
	OPT_TABLE(common_opts, struct tell, common),
	OPT_END,
};

/* All of tell_opts: its offsets are those of the whole struct. */
#define TELL_OPTS {OPT_T_TABLE, 0, NULL, NULL, NULL, 0, tell_opts}

static const struct opt story_opts[] = {
	OPT_FLAG(0, "no-stacks", N_("without the kernel's call paths"), struct tell, no_stacks),
	OPT_FLAG(0, "teach", N_("with what each row means, and what comes next, beside it"),
		 struct tell, teach),
	TELL_OPTS,
	OPT_END,
};

static const struct opt why_opts[] = {
	OPT_STR(0, "when", "EXPR",
		N_("only deaths of which this holds: KEY=GLOB or KEY!=GLOB, joined by commas; keys are cause, source, signal, exit_code, comm and by"),
		struct tell, selectors.when),
	TELL_OPTS,
	OPT_END,
};

static int tell_with(const char *view, const struct tell *t, int n, char **words)
{
	struct pipeline p = {
		.view = tl_view_named(view),
		.opts = view_opts_for(&t->common, STDOUT_FILENO, &t->selectors, t->no_stacks),
		.selectors = &t->selectors,
		.fd = STDOUT_FILENO,
		.pager = !t->no_pager,
		.threads = t->threads,
	};
	struct tl_source *src = NULL;
	struct tl_err *err = trace_open(n, words, &src);

	p.opts.teach = t->teach;
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

static int run_tree(const void *opts, int n, char **words)
{
	return tell_with("tree", opts, n, words);
}

static int run_timeline(const void *opts, int n, char **words)
{
	return tell_with("timeline", opts, n, words);
}

static int run_stacks(const void *opts, int n, char **words)
{
	return tell_with("stacks", opts, n, words);
}

static int run_signals(const void *opts, int n, char **words)
{
	return tell_with("signals", opts, n, words);
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

const struct cmd cmd_tree = {
	.name = "tree",
	.summary = N_("the family over time: who made, adopted and killed whom"),
	.usage = "[options] [FILE]",
	.opts = tell_opts,
	.size = sizeof(struct tell),
	.run = run_tree,
};

const struct cmd cmd_timeline = {
	.name = "timeline",
	.summary = N_(
		"a ribbon per task: running, waiting, asleep; births, execs, signals and deaths"),
	.usage = "[options] [FILE]",
	.opts = tell_opts,
	.size = sizeof(struct tell),
	.run = run_timeline,
};

const struct cmd cmd_stacks = {
	.name = "stacks",
	.summary = N_("the call paths of all births and deaths, merged"),
	.usage = "[options] [FILE]",
	.opts = tell_opts,
	.size = sizeof(struct tell),
	.run = run_stacks,
};

const struct cmd cmd_signals = {
	.name = "signals",
	.summary = N_("who sent what to whom, and what became of it"),
	.usage = "[options] [FILE]",
	.opts = tell_opts,
	.size = sizeof(struct tell),
	.run = run_signals,
};
