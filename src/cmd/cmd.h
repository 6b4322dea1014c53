/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command is one file with one `const struct cmd cmd_<name>` and one line in cmd/all.def. Options
 * go into the command's own struct, whose first member is a struct common; -h, completion and the
 * manual's SYNOPSIS check come from the table.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/args.h"
#include "base/tongue.h"

/* What every command understands. */
struct common {
	const char *lang, *errors, *color;
	bool help;
};
extern const struct opt common_opts[];

struct cmd {
	const char *name;
	const char *summary; /* msgid, lowercase, no full stop */
	const char *usage;   /* "[options] [FILE]" */
	const struct opt *opts;
	size_t size; /* of its options struct, zeroed before parsing */
	bool stop_at_first_word;
	int usage_status; /* exit status of wrong usage; 0: the usual 2 */
	/* of a command with verbs of its own, named "lab run"; NULL at the end */
	const struct cmd *(*verb)(unsigned i);
	/* words are what is left after options; returns the exit status */
	int (*run)(const void *opts, int n, char **words);
};

extern const struct cmd *const cmds[];
extern const unsigned cmds_n;
const struct cmd *cmd_named(const char *name); /* NULL: none */
struct tl_err *unknown_verb(const char *verb);

/* One invocation, taken apart. */
struct call {
	const struct cmd *cmd;
	void *opts; /* the command's struct, to be freed */
	int n;
	char **words;
};

/* Which command, with which options. Not 0: *ret_status is already the answer (an error was said,
 * or help or the version was shown). */
int call_parse(int argc, char **argv, struct call *ret, int *ret_status);
/* Everything written so far reaches its place, or the status says it did not. */
int call_finish(struct call *call, int status);

/* The one place that turns errors into words: four lines, or one JSON object with --errors=json. */
void say_err(const struct tl_err *err);
/* A warning or note to stderr: "tasklife: warning: ...". The msgid is translated here, and stays
 * English in JSON, which is the same in both languages. */
void say_warn(const char *msgid, ...) __attribute__((format(printf, 1, 2)));
void say_note(const char *msgid, ...) __attribute__((format(printf, 1, 2)));
void say_errors_as_json(bool yes);
bool say_is_json(void);
/* Exit status of an error (CONTRACT: 1 not there, 2 usage, 3 not permitted, 4 input, 1 else),
 * freeing it. */
int say_and_status(struct tl_err *err);

/* help.c */
int help_overview(int fd);
int help_command(const struct cmd *cmd, int fd);

/* Colour on this descriptor: --color always, never or auto (a terminal, and NO_COLOR unset). */
bool color_wanted(const struct common *c, int fd);
/* Cells of the terminal behind fd; else COLUMNS; else `none`. */
int width_of(int fd, int none);

#endif
