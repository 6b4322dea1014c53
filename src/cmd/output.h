/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that appears whole or not at all: it is written without a name, or under another one, and
 * takes its place when all went well. What stood there before stays until then. Devices, pipes and
 * terminals are written as they are.
 *
 * Law of this header: between output_open() and output_close() one output of a process may have a
 * name (OUT.part-PID); a signal that ends the process takes that away too.
 */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

#include "tasklife/err.h"

struct output {
	const char *path; /* as asked for; NULL: standard output */
	char *target;     /* where it goes, links followed; NULL: fd is the place itself */
	char *part;       /* its name until then; NULL: it has none */
	int fd;
	bool fresh;       /* part was made by us, and in place: a failure leaves nothing in it */
};

/* `named`: somebody else opens it, by part (never standard output's). */
struct tl_err *output_open(const char *path, bool named, struct output *ret);
/* keep: everything was written; else it is forgotten. Closes in any case. */
struct tl_err *output_close(struct output *out, bool keep);
/* Is this the same file as what stands at `path`? Reading one's own output ends badly. */
bool output_is(const char *output, const char *path);

#endif
