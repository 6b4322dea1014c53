/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completion in the words of three shells. Each walks the same nodes; what stands in quotes is
 * escaped as that shell wants it. Help is in the language chosen when it was made.
 */
#include <string.h>
#include "cmd/completion.h"

/* Inside '...' of sh; `also` gets a backslash. */
static void put_quoted(struct out *o, const char *s, const char *also)
{
	for (; *s; s++) {
		if (*s == '\'')
			out_str(o, "'\\''");
		else if (strchr(also, *s))
			out_fmt(o, "\\%c", *s);
		else
			out_char(o, *s);
	}
}

/* Rows without a name explain something else, such as what stands behind "--". */
static const struct opt *option_next(const struct node *node, unsigned *it)
{
	const struct opt *opt;

	do
		opt = args_walk(node->cmd->opts, it);
	while (opt && !(opt->name && *opt->name));
	return opt;
}

static void put_words(struct out *o, const struct choice *c)
{
	for (unsigned i = 0; i < c->n; i++)
		out_fmt(o, "%s%s", i ? " " : "", c->word[i]);
}

/* ---- bash ---- */

static const char bash_head[] =
	"# bash completion of tasklife, made by: tasklife completion bash\n"
	"_tasklife() {\n"
	"	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} node= opts= i word skip=\n"
	"	COMPREPLY=()\n"
	"	if [[ $cur == '=' ]]; then cur=\n"
	"	elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}\n"
	"	fi\n"
	"	for ((i = 1; i < COMP_CWORD; i++)); do\n"
	"		word=${COMP_WORDS[i]}\n"
	"		if [[ $skip ]]; then [[ $word == '=' ]] || skip=; continue; fi\n"
	"		case $word in\n"
	"		--) _tasklife_command $((i + 1)); return ;;\n"
	"		--lang | --errors | --color) [[ $node ]] || skip=1 ;;\n"
	"		-*) ;;\n"
	"		*) if [[ -z $node ]]; then node=$word; elif [[ $node == lab ]]; then node=\"lab $word\"; fi ;;\n"
	"		esac\n"
	"	done\n";

static const char bash_tail[] =
	"}\n"
	"\n"
	"# the words of a command that is traced: its name, then files\n"
	"_tasklife_command() {\n"
	"	if declare -F _command_offset >/dev/null; then _command_offset $1; return; fi\n"
	"	compopt -o filenames\n"
	"	if ((COMP_CWORD == $1)); then mapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n"
	"	else mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"	fi\n"
	"}\n"
	"\n"
	"complete -F _tasklife tasklife\n";

static void bash_choice(struct out *o, const struct choice *c)
{
	switch (c->takes) {
	case TAKES_FILES:
		out_str(o,
			"compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")");
		break;
	case TAKES_FOLDERS:
		out_str(o,
			"compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")");
		break;
	case TAKES_COMMAND: out_str(o, "_tasklife_command $COMP_CWORD"); break;
	case TAKES_WORDS:
		out_str(o, "mapfile -t COMPREPLY < <(compgen -W '");
		put_words(o, c);
		out_str(o, "' -- \"$cur\")");
		break;
	default: out_str(o, ":");
	}
}

static void bash_name(struct out *o, const struct node *node)
{
	out_fmt(o, "%s%s%s", node->verb, node->inner ? " " : "", node->inner ? node->inner : "");
}

/* case "export --to": what its argument is */
static void bash_arguments(struct out *o, const struct node *node)
{
	struct choice c = {};
	const struct opt *opt;
	unsigned it = 0;

	while ((opt = option_next(node, &it))) {
		choice_of_option(opt, &c);
		if (c.takes == TAKES_NOTHING)
			continue;
		out_str(o, "	'");
		bash_name(o, node);
		out_fmt(o, " --%s'", opt->name);
		if (opt->letter) {
			out_str(o, " | '");
			bash_name(o, node);
			out_fmt(o, " -%c'", opt->letter);
		}
		out_str(o, ") ");
		bash_choice(o, &c);
		out_str(o, "; return ;;\n");
	}
}

static void bash_words(struct out *o, const struct node *node)
{
	const struct opt *opt;
	unsigned it = 0;

	out_str(o, "	'");
	bash_name(o, node);
	out_str(o, "')\n		opts='");
	while ((opt = option_next(node, &it))) {
		if (opt->letter)
			out_fmt(o, "-%c ", opt->letter);
		out_fmt(o, "--%s ", opt->name);
	}
	out_str(o, "'\n		[[ $cur == -* ]] || { ");
	bash_choice(o, &node->words);
	out_str(o, "; return; } ;;\n");
}

static void bash(struct out *o)
{
	struct node node = {};
	unsigned it = 0;

	out_str(o, bash_head);
	out_str(o,
		"	case \"$node $prev\" in\n"
		"	' --lang') mapfile -t COMPREPLY < <(compgen -W 'en ko' -- \"$cur\"); return ;;\n"
		"	' --errors') mapfile -t COMPREPLY < <(compgen -W 'text json' -- \"$cur\"); return ;;\n"
		"	' --color') mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- \"$cur\"); return ;;\n");
	while (node_next(&it, &node))
		bash_arguments(o, &node);
	out_str(o,
		"	esac\n	case $node in\n	'')\n		opts='--lang --errors --color --help --version'\n"
		"		[[ $cur == -* ]] || { mapfile -t COMPREPLY < <(compgen -W '");
	for (unsigned i = 0; i < cmds_n; i++)
		out_fmt(o, "%s ", cmds[i]->name);
	out_str(o, "' -- \"$cur\"); return; } ;;\n");
	for (it = 0; node_next(&it, &node);)
		bash_words(o, &node);
	out_str(o, "	esac\n	mapfile -t COMPREPLY < <(compgen -W \"$opts\" -- \"$cur\")\n");
	out_str(o, bash_tail);
}

/* ---- zsh ---- */

#define ZSH_SPECIAL "[]:\\"

static void zsh_choice(struct out *o, const char *arg, const struct choice *c)
{
	out_char(o, ':');
	put_quoted(o, arg, ZSH_SPECIAL);
	switch (c->takes) {
	case TAKES_FILES: out_str(o, ":_files"); break;
	case TAKES_FOLDERS: out_str(o, ":_files -/"); break;
	case TAKES_WORDS:
		out_str(o, ":(");
		put_words(o, c);
		out_char(o, ')');
		break;
	default: out_str(o, ": ");
	}
}

static void zsh_option(struct out *o, const struct opt *opt)
{
	struct choice c = {};
	bool arg;

	choice_of_option(opt, &c);
	arg = c.takes != TAKES_NOTHING;
	if (opt->letter)
		out_fmt(o, " \\\n\t\t\t'%s'{-%c%s,--%s%s}'[", opt->type == OPT_T_LIST ? "*" : "",
			opt->letter, arg ? "+" : "", opt->name, arg ? "=" : "");
	else
		out_fmt(o, " \\\n\t\t\t'%s--%s%s[", opt->type == OPT_T_LIST ? "*" : "", opt->name,
			arg ? "=" : "");
	put_quoted(o, _(opt->help), ZSH_SPECIAL);
	out_char(o, ']');
	if (arg)
		zsh_choice(o, opt->arg, &c);
	out_char(o, '\'');
}

static void zsh_arguments(struct out *o, const struct node *node)
{
	const struct opt *opt;
	unsigned it = 0;

	out_str(o, "		_arguments -s");
	while ((opt = option_next(node, &it)))
		zsh_option(o, opt);
	switch (node->words.takes) {
	case TAKES_COMMAND: out_str(o, " \\\n\t\t\t'*::command: _normal'"); break;
	case TAKES_NOTHING:
	case TAKES_ANYTHING: break;
	default:
		out_str(o, " \\\n\t\t\t'*");
		zsh_choice(o, "word", &node->words);
		out_char(o, '\'');
	}
	out_char(o, '\n');
}

static void zsh(struct out *o)
{
	struct node node = {};
	unsigned it = 0;

	out_str(o,
		"#compdef tasklife\n# zsh completion of tasklife, made by: tasklife completion zsh\n_tasklife() {\n"
		"	local curcontext=\"$curcontext\" state verb\n	local -a verbs\n	verbs=(\n");
	for (unsigned i = 0; i < cmds_n; i++) {
		out_fmt(o, "		'%s:", cmds[i]->name);
		put_quoted(o, _(cmds[i]->summary), ZSH_SPECIAL);
		out_str(o, "'\n");
	}
	out_str(o,
		"	)\n	_arguments -C '--lang=[]:lang:(en ko)' '--errors=[]:errors:(text json)' "
		"'--color=[]:color:(auto always never)' '--help' '--version' '1:verb:->verb' '*::words:->words'\n"
		"	if [[ $state == verb ]]; then _describe -t commands command verbs; return; fi\n"
		"	verb=$words[1]\n"
		"	if [[ $verb == lab && CURRENT -gt 2 ]]; then verb=\"lab $words[2]\"; shift words; (( CURRENT-- )); fi\n"
		"	case $verb in\n");
	while (node_next(&it, &node)) {
		out_str(o, "	'");
		bash_name(o, &node);
		out_str(o, "')\n");
		zsh_arguments(o, &node);
		out_str(o, "		;;\n");
	}
	out_str(o,
		"	esac\n}\n\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then _tasklife \"$@\"; else compdef _tasklife tasklife; fi\n");
}

/* ---- fish ---- */

static const char fish_head[] =
	"# fish completion of tasklife, made by: tasklife completion fish\n"
	"function __tasklife_at # is this the verb, or the verb within a verb, that was written?\n"
	"	set -l said\n"
	"	set -l skip 0\n"
	"	for word in (commandline -opc)[2..-1]\n"
	"		if test $skip = 1; set skip 0; continue; end\n"
	"		switch $word\n"
	"			case --\n"
	"				break\n"
	"			case --lang --errors --color\n"
	"				set skip 1\n"
	"			case '-*'\n"
	"				continue\n"
	"			case '*'\n"
	"				set -a said $word\n"
	"		end\n"
	"	end\n"
	"	test (count $argv) = 0; and test (count $said) = 0; and return\n"
	"	test (count $argv) -gt 0; or return 1\n"
	"	test \"$said[1]\" = \"$argv[1]\"; or return 1\n"
	"	test \"$argv[1]\" != lab; and return\n"
	"	test (count $argv) = 1; and test (count $said) = 1; and return\n"
	"	test (count $argv) = 2; and test \"$said[2]\" = \"$argv[2]\"\n"
	"end\n"
	"\n"
	"complete -c tasklife -f\n"
	"complete -c tasklife -n __tasklife_at -l version\n"
	"complete -c tasklife -n __tasklife_at -l lang -x -a 'en ko'\n"
	"complete -c tasklife -n __tasklife_at -l errors -x -a 'text json'\n"
	"complete -c tasklife -n __tasklife_at -l color -x -a 'auto always never'\n"
	"complete -c tasklife -n __tasklife_at -s h -l help\n";

static void fish_at(struct out *o, const struct node *node)
{
	out_str(o, "complete -c tasklife -n '__tasklife_at ");
	bash_name(o, node);
	out_char(o, '\'');
}

static void fish_quoted(struct out *o, const char *s)
{
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			out_char(o, '\\');
		out_char(o, *s);
	}
}

static void fish_choice(struct out *o, const struct choice *c, bool option)
{
	switch (c->takes) {
	case TAKES_FILES: out_str(o, option ? " -r -F" : " -F"); break;
	case TAKES_FOLDERS: out_str(o, " -x -a '(__fish_complete_directories)'"); break;
	case TAKES_COMMAND: out_str(o, " -x -a '(__fish_complete_subcommand)'"); break;
	case TAKES_ANYTHING: out_str(o, option ? " -x" : ""); break;
	case TAKES_WORDS:
		out_str(o, option ? " -x -a '" : " -a '");
		put_words(o, c);
		out_char(o, '\'');
		break;
	default: break;
	}
}

static void fish_node(struct out *o, const struct node *node)
{
	struct choice c = {};
	const struct opt *opt;
	unsigned it = 0;

	while ((opt = option_next(node, &it))) {
		choice_of_option(opt, &c);
		fish_at(o, node);
		if (opt->letter)
			out_fmt(o, " -s %c", opt->letter);
		out_fmt(o, " -l %s", opt->name);
		fish_choice(o, &c, true);
		out_str(o, " -d '");
		fish_quoted(o, _(opt->help));
		out_str(o, "'\n");
	}
	if (node->words.takes == TAKES_NOTHING || node->words.takes == TAKES_ANYTHING)
		return;
	fish_at(o, node);
	fish_choice(o, &node->words, false);
	out_char(o, '\n');
}

static void fish(struct out *o)
{
	struct node node = {};
	unsigned it = 0;

	out_str(o, fish_head);
	for (unsigned i = 0; i < cmds_n; i++) {
		out_fmt(o, "complete -c tasklife -n __tasklife_at -a %s -d '", cmds[i]->name);
		fish_quoted(o, _(cmds[i]->summary));
		out_str(o, "'\n");
	}
	while (node_next(&it, &node))
		fish_node(o, &node);
}

const struct shell shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
const unsigned shells_n = ARRAY_SIZE(shells);
