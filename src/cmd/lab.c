/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lab: real kernels in QEMU. Which of its verbs is meant; each has a file of its own. */
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "cmd/lab_verbs.h"

static volatile int stop; /* the signal flag */

static void on_signal(int sig)
{
	stop = sig;
}

static void catch_signals(void)
{
	struct sigaction sa = {};

	sa.sa_handler = on_signal;
	for (const int *s = (const int[]){SIGINT, SIGTERM, SIGHUP, 0}; *s; s++)
		sigaction(*s, &sa, NULL);
}

int lab_status(const struct lab *lab, int status)
{
	return *lab->stop ? 128 + *lab->stop : status;
}

/* Each is told as a command of its own ("lab run"), so that -h comes from its table like any
 * other's. */
static const struct lab_verb *const verbs[] = {
	&lab_list_verb, &lab_fetch_verb, &lab_run_verb, &lab_build_verb, &lab_debug_verb,
};

static const struct cmd *cmd_at(unsigned i)
{
	return i < ARRAY_SIZE(verbs) ? &verbs[i]->cmd : NULL;
}

static const struct lab_verb *verb_named(const char *word)
{
	for (unsigned i = 0; word && i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i]->cmd.name + strlen("lab "), word))
			return verbs[i];
	return NULL;
}

static int call_verb(const struct lab_verb *v, const void *opts, int n, char **words)
{
	struct lab_progress progress = {.tty = isatty(STDERR_FILENO)};
	struct lab lab;
	struct tl_err *err = lab_open(&lab, &stop, lab_show_progress, &progress);
	int status;

	if (err)
		return say_and_status(err);
	catch_signals();
	status = v->run(&lab, opts, n, words);
	lab_end_progress(&lab);
	lab_close(&lab);
	return status;
}

static struct tl_err *which(const char *word)
{
	const char *known[ARRAY_SIZE(verbs)], *near = NULL;
	struct tl_err *err =
		word ? tl_err_new(TL_E_USAGE, N_("the laboratory has no verb '%s'"), word)
		     : tl_err_new(TL_E_USAGE, N_("what shall the laboratory do?"), NULL);

	for (unsigned i = 0; i < ARRAY_SIZE(verbs); i++)
		known[i] = verbs[i]->cmd.name + strlen("lab ");
	if (word)
		near = args_nearest(word, strlen(word), known, ARRAY_SIZE(known));
	if (near)
		err = tl_err_hint(err, N_("did you mean '%s'?"), near);

	return tl_err_hint(err, N_("tasklife lab list, fetch, run, debug or build"), NULL);
}

/* What stands behind the verb counts like what stands before it. */
static struct tl_err *apply(const struct common *c)
{
	enum tongue t;

	if (c->lang && !tongue_parse(c->lang, &t))
		return tl_err_new(TL_E_USAGE, N_("unknown language '%s'"), c->lang);
	if (c->lang)
		tongue_set(t);
	if (c->errors && strcmp(c->errors, "json") && strcmp(c->errors, "text"))
		return tl_err_new(TL_E_USAGE, N_("unknown form of errors '%s'"), c->errors);
	if (c->errors)
		say_errors_as_json(!strcmp(c->errors, "json"));
	return NULL;
}

static int run(const void *outer, int n, char **words)
{
	const struct lab_verb *v = verb_named(n ? words[0] : NULL);
	auto_free struct common *opts = NULL;
	struct tl_err *err;

	if (!v)
		return say_and_status(which(n ? words[0] : NULL));
	opts = calloc(1, v->cmd.size);
	if (!opts)
		return say_and_status(&tl_enomem);
	*opts = *(const struct common *)outer;
	if (v->begin)
		v->begin(opts);
	err = args_parse(v->cmd.opts, opts, n, words, v->cmd.stop_at_first_word, &n);
	if (!err)
		err = apply(opts);
	if (err) {
		int status = say_and_status(err);

		return v->cmd.usage_status ? v->cmd.usage_status : status;
	}
	if (opts->help)
		return help_command(&v->cmd, STDOUT_FILENO);
	return call_verb(v, opts, n, words);
}

static const struct opt lab_opts_[] = {
	OPT_TABLE(common_opts, struct lab_common, common),
	OPT_END,
};

const struct cmd cmd_lab = {
	.name = "lab",
	.summary = N_("run a command on another kernel, in QEMU"),
	.usage = "list | fetch [ID...] | run|debug [options] [--] CMD [ARG...] | build [options]",
	.opts = lab_opts_,
	.size = sizeof(struct lab_common),
	.stop_at_first_word = true,
	.verb = cmd_at,
	.run = run,
};
