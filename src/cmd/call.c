/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From argv to a command with its options: options before the verb, the verb, the verb's own. The
 * three things that change how errors are told (--lang, --errors, and for which verb) are looked
 * for before anything can fail, so that a wrong option is already answered in the right language
 * and form.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include "cmd/cmd.h"

#ifndef TL_VERSION
#define TL_VERSION "0"
#endif

struct before_verb {
	struct common common;
	bool version;
};

const struct opt common_opts[] = {
	OPT_STR(0, "lang", "en|ko", N_("language of the sentences"), struct common, lang),
	OPT_STR(0, "errors", "text|json", N_("how errors are told"), struct common, errors),
	OPT_STR(0, "color", "auto|always|never", N_("colours on the terminal"), struct common,
		color),
	OPT_FLAG('h', "help", N_("show this help"), struct common, help),
	OPT_END,
};

static const struct opt before_verb_opts[] = {
	OPT_FLAG(0, "version", N_("show the version"), struct before_verb, version),
	OPT_TABLE(common_opts, struct before_verb, common),
	OPT_END,
};

#define COMMAND(name) extern const struct cmd cmd_##name;
#include "cmd/all.def"
#undef COMMAND

const struct cmd *const cmds[] = {
#define COMMAND(name) &cmd_##name,
#include "cmd/all.def"
#undef COMMAND
};
const unsigned cmds_n = ARRAY_SIZE(cmds);

const struct cmd *cmd_named(const char *name)
{
	for (unsigned i = 0; i < cmds_n; i++)
		if (!strcmp(cmds[i]->name, name))
			return cmds[i];
	return NULL;
}

static struct tl_err *apply_common(const struct common *c)
{
	static const char *const forms[] = {"text", "json"}, *const colors[] = {"auto", "always",
										"never"};
	enum tongue t;

	if (c->lang && !tongue_parse(c->lang, &t))
		return tl_err_hint(tl_err_new(TL_E_USAGE, N_("unknown language '%s'"), c->lang),
				   N_("there are 'en' and 'ko'"), NULL);
	if (c->lang)
		tongue_set(t);
	if (c->errors && strcmp(c->errors, forms[0]) && strcmp(c->errors, forms[1]))
		return tl_err_hint(
			tl_err_new(TL_E_USAGE, N_("unknown form of errors '%s'"), c->errors),
			N_("there are 'text' and 'json'"), NULL);
	if (c->errors)
		say_errors_as_json(!strcmp(c->errors, "json"));
	for (unsigned i = 0; c->color && strcmp(c->color, colors[i]); i++)
		if (i + 1 == ARRAY_SIZE(colors))
			return tl_err_hint(
				tl_err_new(TL_E_USAGE, N_("unknown use of colours '%s'"), c->color),
				N_("there are 'auto', 'always' and 'never'"), NULL);
	return NULL;
}

/* --lang and --errors wherever they stand among tasklife's own words; CMD's words are not ours. */
static void foresee(int argc, char **argv)
{
	const struct cmd *cmd = NULL;

	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		struct common c = {};

		if (argv[i][0] != '-') {
			if (cmd && cmd->stop_at_first_word)
				return;
			cmd = cmd ? cmd : cmd_named(argv[i]);
		} else if (!strncmp(argv[i], "--lang=", 7)) {
			c.lang = argv[i] + 7;
		} else if (!strncmp(argv[i], "--errors=", 9)) {
			c.errors = argv[i] + 9;
		} else if (i + 1 < argc && !strcmp(argv[i], "--lang")) {
			c.lang = argv[++i];
		} else if (i + 1 < argc && !strcmp(argv[i], "--errors")) {
			c.errors = argv[++i];
		}
		tl_err_free(apply_common(&c)); /* told when it is parsed in earnest */
	}
}

struct tl_err *unknown_verb(const char *verb)
{
	struct tl_err *err = tl_err_new(TL_E_USAGE, N_("unknown command '%s'"), verb);
	const char *known[64], *near;
	unsigned n = 0;

	for (; n < cmds_n && n < ARRAY_SIZE(known); n++)
		known[n] = cmds[n]->name;
	near = args_nearest(verb, strlen(verb), known, n);
	if (near)
		return tl_err_hint(err, N_("did you mean '%s'?"), near);
	return tl_err_hint(err, N_("the commands are listed by: tasklife help"), NULL);
}

/* Wrong usage without a better hint is answered with where the options stand. */
static int answer(struct tl_err *err, const char *verb, int usage_status, int *ret_status)
{
	bool usage = err->code == TL_E_USAGE;

	if (usage && !err->hint[0])
		err = tl_err_hint(err,
				  verb ? N_("the options are listed by: tasklife help %s")
				       : N_("the commands are listed by: tasklife help"),
				  verb);
	*ret_status = say_and_status(err);
	if (usage && usage_status)
		*ret_status = usage_status;
	return 1;
}

/* What stood before the verb holds, unless its own options say otherwise. */
static struct tl_err *parse_verb(int argc, char **argv, const struct common *before,
				 struct call *ret)
{
	const struct cmd *cmd = ret->cmd;

	ret->opts = calloc(1, cmd->size);
	if (!ret->opts)
		return &tl_enomem;
	*(struct common *)ret->opts = *before;
	ret->words = argv;
	try(args_parse(cmd->opts, ret->opts, argc, argv, cmd->stop_at_first_word, &ret->n));
	argv[ret->n] = NULL; /* words are an argv of their own; behind them stand old ones */
	return apply_common(ret->opts);
}

/*
 * The place of a descriptor that the caller closed would be given to the next file opened, and
 * messages would be written there: into a file of tracefs. It is taken by one that refuses what it
 * is for, as the closed one would; the command of `run` does not get it.
 */
static void hold_places(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", (fd ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
}

int call_parse(int argc, char **argv, struct call *ret, int *ret_status)
{
	struct before_verb before = {};
	struct tl_err *err;
	int n = 0;

	hold_places();
	foresee(argc, argv);
	err = args_parse(before_verb_opts, &before, argc, argv, true, &n);
	if (!err)
		err = apply_common(&before.common);
	if (err)
		return answer(err, NULL, 0, ret_status);
	if (before.version) {
		*ret_status = printf("tasklife %s\n", TL_VERSION) < 0;
		return 1;
	}
	if (before.common.help || !n) {
		*ret_status = help_overview(before.common.help ? STDOUT_FILENO : STDERR_FILENO);
		if (!before.common.help)
			*ret_status = TL_E_USAGE;
		return 1;
	}
	ret->cmd = cmd_named(argv[0]);
	if (!ret->cmd)
		return answer(unknown_verb(argv[0]), NULL, 0, ret_status);
	err = parse_verb(n, argv, &before.common, ret);
	if (err)
		return answer(err, ret->cmd->name, ret->cmd->usage_status, ret_status);
	if (((const struct common *)ret->opts)->help) {
		*ret_status = help_command(ret->cmd, STDOUT_FILENO);
		return 1;
	}
	return 0;
}

int call_finish(struct call *call, int status)
{
	free(call->opts);
	if (fflush(stdout) && !status) {
		say_err(tl_err_os(errno, N_("cannot write the answer"), NULL, NULL));
		return 1;
	}
	return status;
}

bool color_wanted(const struct common *c, int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (c->color && strcmp(c->color, "auto"))
		return !strcmp(c->color, "always");
	return isatty(fd) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

int width_of(int fd, int none)
{
	const char *columns = getenv("COLUMNS");
	struct winsize ws;

	if (!ioctl(fd, TIOCGWINSZ, &ws) && ws.ws_col)
		return ws.ws_col;
	return columns && atoi(columns) > 0 ? atoi(columns) : none;
}
