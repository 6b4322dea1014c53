/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command is one file with one `const struct cmd cmd_<name>` and one line in cmd/all.def. Options go into
 * the command's own struct; -h, completion and the manual's SYNOPSIS check come from the table.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/args.h"
#include "base/tongue.h"

struct cmd {
	const char *name;
	const char *summary; /* msgid, lowercase, no full stop */
	const char *usage;   /* "[options] [FILE]" */
	const struct opt *opts;
	size_t size;	     /* of its options struct, zeroed before parsing */
	bool stop_at_first_word;
	/* words are what is left after options; returns the exit status */
	int (*run)(const void *opts, int n, char **words);
};

/* The one place that turns errors into words: four lines, or one JSON object with --errors=json. */
void say_err(const struct tl_err *err);
/* A warning or note to stderr: "tasklife: warning: ...". fmt is translated already. */
void say_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_errors_as_json(bool yes);
/* Exit status of an error (CONTRACT: 1 not there, 2 usage, 3 not permitted, 4 input, 1 else), freeing it. */
int say_and_status(struct tl_err *err);

#endif
