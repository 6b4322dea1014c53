/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sentences that more than one terminal view says, whole in both languages. Everything returned
 * lives in the page's arena and is safe for a terminal.
 */
#ifndef VIEW_WORDS_H
#define VIEW_WORDS_H

#include "view/page.h"

const char *words_name(struct page *pg,
		       const struct tl_atom *name);               /* hostile bytes shown as \xNN */
const char *words_ref(struct page *pg, const struct tl_ref *ref); /* "bash(2260)" */
const char *words_task(struct page *pg, const struct tl_task *task); /* "raspbian_proc(3682)" */
const char *words_time(struct page *pg, tl_ns t);
const char *words_seen(struct page *pg,
		       const struct tl_seen *seen); /* its time, "" when not seen */
const char *words_duration(struct page *pg, tl_ns ns);
const char *words_signal(struct page *pg, int sig); /* "SIGKILL", else "signal 70" */

/* By whom, in what way: "forked by bash(2260): a process of its own". */
const char *words_birth(struct page *pg, const struct tl_told *told);
/* "SIGKILL from bash(2061) (kill)", "SIGALRM from the kernel (timer.alarm)". */
const char *words_sent(struct page *pg, const struct tl_signal *sig,
		       const struct tl_finding *source);
/* What is known of who sent it: command line, ancestors, control group; "" nothing. */
const char *words_sender(struct page *pg, const struct tl_signal *sig);
/* "killed by SIGKILL from bash(2061) (kill)", "ended itself: exit code 3". */
const char *words_death(struct page *pg, const struct tl_death_verdict *v);
/* " (deduced)" and " (guessed)"; "" for what the trace says itself. */
const char *words_grade(const struct tl_finding *f);

#endif
