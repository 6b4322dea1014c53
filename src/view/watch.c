/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/guard.h"
#include "base/tongue.h"
#include "view/watch.h"
#include "view/words.h"

static void put(struct page *pg, const char *what, const char *time, const char *who,
		const char *text)
{
	page_row(pg, what, time, page_join(pg, page_fmt(pg, ST_BOLD "%s" ST_OFF, who), "  ", text));
	out_flush(pg->out);
}

void watch_birth(struct page *pg, const struct tl_told *told)
{
	const struct tl_task *t = told->task;

	put(pg, _("born"), words_seen(pg, &t->birth.seen), words_task(pg, t),
	    words_birth(pg, told));
}

void watch_exec(struct page *pg, const struct tl_task *t)
{
	const struct tl_exec *e = &t->exec[t->n_execs - 1];

	put(pg, _("exec"), words_seen(pg, &e->seen), words_task(pg, t),
	    words_name(pg, e->filename));
}

void watch_signal(struct page *pg, const struct tl_task *t, const struct tl_signal *sig,
		  const struct tl_finding *source)
{
	put(pg, _("signal"), words_seen(pg, &sig->seen), words_task(pg, t),
	    words_sent(pg, sig, source));
}

void watch_death(struct page *pg, const struct tl_told *told)
{
	const struct tl_task *t = told->task;
	const struct tl_death_verdict *v = &told->death;

	put(pg, _("died"), words_seen(pg, &t->death->seen), words_task(pg, t),
	    page_fmt(pg, "%s%s" ST_OFF, v->exited ? ST_GOOD : ST_BAD, words_death(pg, v)));
}

void watch_lost(struct page *pg, uint64_t n, tl_ns t)
{
	put(pg, _("lost"), words_time(pg, t), "",
	    n == UINT64_MAX
		    ? _("events were lost here, nobody knows how many")
		    : page_fmt(pg, _("%1$llu events were lost here"), (unsigned long long)n));
}
