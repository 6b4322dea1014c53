/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The usual line of the latency format (see text_usual.h, and text_latency.c for all forms):
 *
 *	    load-28236     1d..2. 46749385879us+: sched_switch: ...
 *
 * Usual means: the dash stands in column 8, and no '[' in the line could be that of a CPU's column,
 * which would make it a line of another format. No earlier "us:" can be the true one: what must
 * stand in front of it does not fit into the comm.
 */
#include "read/scan.h"
#include "read/swar.h"
#include "read/text_usual.h"

#define TASK_COLUMN 8
#define CPU_MAX     8192
#define DIGITS_MOST 15 /* as nanoseconds they still fit */

static bool has_columns(const char *p, const char *end)
{
	while ((p = memchr(p, '[', end - p)))
		if (is_digit(*++p))
			return true;
	return false;
}

/* "46749385879us+: " at p. */
static const char *stamp_at(const char *p, tl_ns *ret)
{
	const char *from = p;
	uint64_t v = 0;

	for (; is_digit(*p) && p - from < DIGITS_MOST; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	if (p == from || memcmp(p, "us", 2) != 0 || !p[2] || !strchr(" +!#*@$", p[2]) ||
	    p[3] != ':')
		return NULL;
	*ret = (tl_ns)(v * 1000);
	return p + 4;
}

const char *usual_latency_head(struct usual *u, const char *line, const char *end,
			       struct tl_record *ret)
{
	const char *comm = skip_blank(line, line + TASK_COLUMN), *p = line + TASK_COLUMN, *nl;
	uint64_t pid, cpu;

	/* a comment, or what printk puts in front */
	if (*line == '#' || *line == '[' || *line == '<')
		return NULL;
	if (*p != '-' || comm == p || memchr(comm, '\n', p - comm))
		return NULL;
	ret->comm = (struct tl_str){comm, p++ - comm};
	if (!swar_number(&p, &pid) || *p != ' ')
		return NULL;
	p = swar_skip_blanks(p);
	if (!swar_number(&p, &cpu) || cpu >= CPU_MAX || !(p = usual_flags(u, p, ret)))
		return NULL;
	p = stamp_at(swar_skip_blanks(p), &ret->t);
	nl = p ? memchr(p, '\n', end - p) : NULL;
	if (!nl || has_columns(line, nl))
		return NULL;
	ret->buffer = 0;
	ret->pid = (tl_pid)pid;
	ret->tgid = TL_PID_NONE;
	ret->cpu = (int32_t)cpu;
	ret->ip.has = ret->parent.has = 0;
	return p;
}
