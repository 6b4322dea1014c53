/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a shell can complete, from the option tables, and who writes it down in a shell's own words.
 *
 * Law of this header: a node and its words are valid during the call.
 */
#ifndef CMD_COMPLETION_H
#define CMD_COMPLETION_H

#include "base/out.h"
#include "cmd/cmd.h"

/* What an argument is. */
enum takes {
	TAKES_NOTHING,
	TAKES_ANYTHING,
	TAKES_FILES,
	TAKES_FOLDERS,
	TAKES_WORDS,
	TAKES_COMMAND
};

#define COMPLETION_WORDS 300

struct choice {
	enum takes takes;
	const char *word[COMPLETION_WORDS]; /* of TAKES_WORDS */
	unsigned n;
	char text[1024]; /* where words cut from an "a|b|c" lie */
};

/* A command, or a verb of one. */
struct node {
	const struct cmd *cmd;
	const char *verb, *inner; /* "lab", "run"; inner NULL */
	bool last;
	struct choice words;
};

/* Of an option of this command. */
void choice_of_option(const struct opt *opt, struct choice *ret);
/* Each command, then each verb of a command; `it` starts at 0. false: the end. */
bool node_next(unsigned *it, struct node *ret);

struct shell {
	const char *name;
	void (*write)(struct out *o);
};
extern const struct shell shells[];
extern const unsigned shells_n;

#endif
