/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * completion: what bash, zsh and fish need to complete this program's words. The option tables say
 * which options there are; what an argument is, its name in the table says: FILE, DIR, a|b|c, and a
 * few that have lists of their own.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "cmd/completion.h"
#include "tasklife/view.h"
#include "tasklife/why.h"

static void add(struct choice *c, const char *word)
{
	for (unsigned i = 0; i < c->n; i++)
		if (!strcmp(c->word[i], word))
			return;
	if (c->n < COMPLETION_WORDS)
		c->word[c->n++] = word;
}

static void add_views(struct choice *c, bool terminal)
{
	unsigned n;
	const struct tl_view *const *views = tl_views(&n);

	for (unsigned i = 0; i < n; i++)
		if (views[i]->is_export || terminal)
			add(c, views[i]->name);
}

static void add_forms(struct choice *c)
{
	add_views(c, false);
#ifdef TL_WITH_SQLITE
	add(c, "sqlite");
#endif
}

static void add_all_views(struct choice *c)
{
	add_views(c, true);
}

static void add_causes(struct choice *c)
{
	unsigned n;
	const struct tl_cause *row = tl_causes(&n);

	for (unsigned i = 0; i < n; i++)
		if (row[i].kind != TL_CAUSE_BIRTH)
			add(c, row[i].id);
}

static void add_verbs(struct choice *c)
{
	for (unsigned i = 0; i < cmds_n; i++)
		add(c, cmds[i]->name);
}

/* "a|b|c" */
static void add_alternatives(struct choice *c, const char *text, size_t n)
{
	char *word, *rest = c->text;

	snprintf(c->text, sizeof(c->text), "%.*s", (int)n, text);
	while ((word = strsep(&rest, "|")))
		add(c, word);
}

/* Arguments by their name, those that are asked for under one option only by that too. */
static const struct {
	const char *arg, *option;
	enum takes takes;
	void (*add)(struct choice *c);
} arguments[] = {
	{"FILE", NULL, TAKES_FILES, NULL},	  {"OUT", NULL, TAKES_FILES, NULL},
	{"DIR", NULL, TAKES_FOLDERS, NULL},	  {"FORM", "to", TAKES_WORDS, add_forms},
	{"VIEW", "to", TAKES_WORDS, add_all_views}, {"ID", "cause", TAKES_WORDS, add_causes},
	{"VERB", NULL, TAKES_WORDS, add_verbs},	  {"CMD", NULL, TAKES_COMMAND, NULL},
};

static void choice_of(const char *arg, size_t n, const char *option, struct choice *ret)
{
	ret->n = 0;
	ret->takes = TAKES_ANYTHING;
	/* "ROLE|NAME" are kinds, not words */
	if (memchr(arg, '|', n) && !isupper((unsigned char)*arg)) {
		ret->takes = TAKES_WORDS;
		add_alternatives(ret, arg, n);
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(arguments); i++) {
		if (strncmp(arguments[i].arg, arg, n) || arguments[i].arg[n] ||
		    (arguments[i].option && (!option || strcmp(arguments[i].option, option))))
			continue;
		ret->takes = arguments[i].takes;
		if (arguments[i].add)
			arguments[i].add(ret);
	}
}

void choice_of_option(const struct opt *opt, struct choice *ret)
{
	if (opt->type == OPT_T_FLAG)
		ret->takes = TAKES_NOTHING;
	else
		choice_of(opt->arg, strlen(opt->arg), opt->name, ret);
}

/* The words a command takes: the last name in its usage that is no option's, "[FILE]", "CMD
 * [ARG...]", "bash|zsh|fish". */
static void choice_of_usage(const char *usage, struct choice *ret)
{
	bool option = false; /* the word before was one, so this is its argument */

	ret->takes = TAKES_NOTHING;
	ret->n = 0;
	for (const char *p = usage; *p;) {
		size_t n;

		p += strspn(p, " [");
		n = strcspn(p, " [].");
		if (n && *p != '-' && !option &&
		    (ret->takes == TAKES_NOTHING || ret->takes == TAKES_ANYTHING) &&
		    !(n == 1 && *p == '|') && !(n == 7 && !strncmp(p, "options", 7)))
			choice_of(p, n, NULL, ret);
		option = n && *p == '-' && p[n] == ' ' && p[n - 1] != '-' && n > 1;
		p += n;
		p += strspn(p, "].");
	}
}

/* Those of a command with verbs are its verbs. */
static void set_words(struct node *node)
{
	const struct cmd *sub;

	if (node->inner || !node->cmd->verb) {
		choice_of_usage(node->cmd->usage, &node->words);
		return;
	}
	node->words.takes = TAKES_WORDS;
	node->words.n = 0;
	for (unsigned i = 0; (sub = node->cmd->verb(i)); i++)
		add(&node->words, strchr(sub->name, ' ') + 1);
}

bool node_next(unsigned *it, struct node *ret)
{
	unsigned left = (*it)++;

	for (unsigned i = 0; i < cmds_n; i++) {
		const struct cmd *sub;

		ret->verb = cmds[i]->name;
		ret->inner = NULL;
		ret->cmd = cmds[i];
		if (!left--) {
			set_words(ret);
			return true;
		}
		for (unsigned k = 0; cmds[i]->verb && (sub = cmds[i]->verb(k)); k++) {
			if (left--)
				continue;
			ret->cmd = sub;
			ret->inner = strchr(sub->name, ' ') + 1;
			set_words(ret);
			return true;
		}
	}
	return false;
}

struct completion {
	struct common common;
};

static int run(const void *opts, int n, char **words)
{
	for (unsigned i = 0; n == 1 && i < shells_n; i++) {
		struct out o;
		int os;

		if (strcmp(shells[i].name, words[0]))
			continue;
		out_init(&o, STDOUT_FILENO);
		shells[i].write(&o);
		out_flush(&o);
		os = o.os;
		out_fini(&o);
		return os ? say_and_status(tl_err_os(os, N_("cannot write the answer"), NULL, NULL))
			  : 0;
	}
	return say_and_status(tl_err_hint(
		n ? tl_err_new(TL_E_USAGE, N_("no completion is made for '%s'"), words[n - 1])
		  : tl_err_new(TL_E_USAGE, N_("completion for which shell?"), NULL),
		N_("there are %s"), "bash, zsh, fish"));
}

static const struct opt completion_opts[] = {
	OPT_TABLE(common_opts, struct completion, common),
	OPT_END,
};

const struct cmd cmd_completion = {
	.name = "completion",
	.summary = N_("what a shell needs to complete these words"),
	.usage = "bash|zsh|fish",
	.opts = completion_opts,
	.size = sizeof(struct completion),
	.run = run,
};
