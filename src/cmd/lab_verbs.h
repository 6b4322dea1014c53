/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs of `tasklife lab`: each a command of its own, with its own table. */
#ifndef CMD_LAB_VERBS_H
#define CMD_LAB_VERBS_H

#include "cmd/cmd.h"
#include "lab/lab.h"

#define LAB_STATUS_OURS 125 /* tasklife failed before the command started */

typedef int lab_verb_fn(struct lab *lab, const void *opts, int n, char **words);

struct lab_verb {
	struct cmd cmd;
	lab_verb_fn *run;
	void (*begin)(void *opts); /* defaults that are not 0; NULL: none */
};

extern const struct lab_verb lab_list_verb, lab_fetch_verb, lab_run_verb, lab_build_verb,
	lab_debug_verb;

struct lab_common {
	struct common common;
};

/* That of a verb; 128 + n when signal n ended it. */
int lab_status(const struct lab *lab, int status);

/* lab run with a disk. */
struct lab_disk_run {
	const char *kernel, *disk, *debootstrap, *ssh; /* as given */
	struct lab_opts opts;                          /* as far as it is known */
	bool print_qemu;
};
int lab_run_disk(struct lab *lab, const struct lab_disk_run *r, int n, char **words);
void lab_print_words(char **argv);

/* An id of the list, or a directory that lab build made; its image, fetched when need be. */
struct tl_err *lab_choose_kernel(const char *word, struct lab_kernel *ret);
struct tl_err *lab_image_of(struct lab *lab, const char *word, const struct lab_kernel *k,
			    struct lab_image *ret);
/* Both. The kernel of --kernel: an id (NULL: the newest amd64 one), fetched when need be, or a
 * directory of lab build. */
struct tl_err *lab_choose(struct lab *lab, const char *word, struct lab_kernel *ret_kernel,
			  struct lab_image *ret);

/* ---- lab_progress.c ---- */

struct lab_progress {
	bool tty, open; /* open: a line without its end stands on the terminal */
	char last[128]; /* what was said last */
};

/* What lab_open() is given with such a progress: one line that changes on a terminal; a file sees
 * each thing once. */
void lab_show_progress(void *arg, const char *what, const char *subject, int percent);
/* The terminal's progress line is ended before anything else is said. */
void lab_end_progress(struct lab *lab);

#endif
