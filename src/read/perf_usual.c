/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The usual line of perf script (see text_usual.h, and perf_text.c for all forms there are):
 *
 *	            true 14803 [000] 46787.215394:       sched:sched_process_exit: comm=...
 *
 * Usual means: no blank in the comm, a CPU, no number of more than eight digits, no period, a short
 * system and a name met before. So the first place where the columns can stand is this one.
 */
#include "read/scan.h"
#include "read/swar.h"
#include "read/text_usual.h"

#define COMM_MAX 15

/* "true 14803" or "iperf 27409/28744" at p. */
static const char *owner_at(const char *p, struct tl_record *ret)
{
	unsigned n = swar_before_blank(swar_load(p));
	uint64_t pid = 0;

	if (n == 8)
		n += swar_before_blank(swar_load(p + 8));
	if (!n || n > COMM_MAX || p[n] != ' ')
		return NULL;
	ret->comm = (struct tl_str){p, n};
	ret->tgid = TL_PID_NONE;
	p = swar_skip_blanks(p + n);
	if (!swar_number(&p, &pid))
		return NULL;
	if (*p == '/') {
		ret->tgid = (tl_pid)pid;
		p++;
		if (!swar_number(&p, &pid))
			return NULL;
	}
	ret->pid = (tl_pid)pid;
	return *p == ' ' ? swar_skip_blanks(p) : NULL;
}

static const char *moment_at(struct usual *u, const char *p, struct tl_record *ret)
{
	ret->ctx = ret->preempt = 0;
	return usual_seconds(u, swar_skip_blanks(p), &ret->t);
}

const char *usual_perf_head(struct usual *u, const char *p, struct tl_record *ret)
{
	p = owner_at(swar_skip_blanks(p), ret);
	p = p ? usual_cpu(p, &ret->cpu) : NULL;
	p = p ? usual_moment(u, p, moment_at, ret) : NULL;
	ret->buffer = 0;
	ret->ip.has = ret->parent.has = 0;
	return p;
}

const char *usual_perf_name(const char *p)
{
	const char *system = swar_skip_blanks(p);
	uint64_t w = swar_load(system);
	unsigned n = swar_before(w, ':');

	return n < 8 && n < swar_before_blank(w) && !is_digit(*system) ? system + n + 1 : NULL;
}

const char *usual_perf_event(struct usual *u, const char *p, struct tl_record *ret)
{
	const struct usual_name *name = usual_name_at(u, p);

	if (!name)
		return NULL;
	ret->kind = TL_REC_EVENT;
	ret->name = (struct tl_str){p, name->n};
	ret->row = name->row;
	p = swar_skip_blanks(p + name->n + 1);
	ret->payload = (struct tl_str){p, 0};
	return *p == '\t' ? NULL : p;
}

void usual_perf_learn(struct usual *u, const struct tl_record *rec)
{
	const char *p = rec->name.p;
	size_t n = rec->name.n;

	if (n < USUAL_NAME_LEAST || n > USUAL_NAME_MOST || p[-1] != ':' || p[n + 1] != ' ' ||
	    usual_name_at(u, p))
		return;
	usual_name_new(u, p, (unsigned)n)->row = rec->row;
}
