/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libtraceevent's plugin_sched_switch.c:
 *
 *	sched_switch:  COMM:PID [PRIO] STATE ==> COMM:PID [PRIO]
 *	sched_wakeup:  COMM:PID [PRIO] success=0 CPU:003      (success only where it failed)
 *
 * A comm may hold all of these signs, so what stands behind it is cut off from the right.
 */
#include "base/guard.h"
#include "read/fields_plugin.h"
#include "read/scan.h"
#include "read/swar.h"

#define COMM_MAX 15

struct task_text {
	struct tl_str comm;
	int64_t pid, prio;
};

/* Digits that end at `end`, a minus before them; where they begin, or NULL. */
static const char *number_before(const char *from, const char *end, int64_t *ret)
{
	const char *p = end, *begin;

	while (p > from && is_digit(p[-1]))
		p--;
	if (p == end)
		return NULL;
	if (p > from && p[-1] == '-')
		p--;
	begin = p;
	return scan_i64(&p, end, ret) ? begin : NULL;
}

/* "COMM:PID [PRIO]" that ends at `end`. */
static bool task_before(const char *from, const char *end, struct task_text *ret)
{
	const char *p = end;

	if (p - from < 6 || *--p != ']' || !(p = number_before(from, p, &ret->prio)))
		return false;
	if (p - from < 3 || p[-1] != '[' || p[-2] != ' ' ||
	    !(p = number_before(from, p - 2, &ret->pid)))
		return false;
	if (p == from || p[-1] != ':')
		return false;
	ret->comm = (struct tl_str){from, p - 1 - from};
	return true;
}

static void set_int(struct tl_fields *f, unsigned field, int64_t v)
{
	f->v[field].i = v;
	f->have |= 1u << field;
}

static void set_str(struct tl_fields *f, unsigned field, struct tl_str s)
{
	f->v[field].s = s;
	f->have |= 1u << field;
}

/*
 * The plugin writes a letter for each bit of prev_state, of a list as old as 3.14: where a kernel
 * since then has its dead and its zombies, it says Z and X, and W where that has I. So the letters
 * are taken for the bits that they stand for; the bit of the preempted is not among them.
 */
static bool state_of_letters(const char *p, const char *end, int64_t *ret)
{
	static const char letters[] = "SDTtZXxW";
	const char *at;
	int64_t bits = 0;

	for (; p < end; p++) {
		at = *p == '|' || *p == 'R' ? NULL : memchr(letters, *p, sizeof(letters) - 1);
		if (at)
			bits |= 1 << (at - letters);
		else if (*p != '|' && *p != 'R')
			return false;
	}
	*ret = tl_state_letter(bits);
	return true;
}

static bool switch_parts(const char *p, const char *end, const char *arrow, struct tl_fields *f)
{
	struct task_text prev, next;
	const char *after = trim_end(p, arrow), *letters = after;
	int64_t state;

	while (letters > p && (is_word(letters[-1]) || letters[-1] == '|'))
		letters--;
	if (letters == after || !state_of_letters(letters, after, &state) ||
	    !task_before(arrow + 5, end, &next) || !task_before(p, trim_end(p, letters), &prev))
		return false;
	set_str(f, TL_F_SCHED_SWITCH_prev_comm, prev.comm);
	set_int(f, TL_F_SCHED_SWITCH_prev_pid, prev.pid);
	set_int(f, TL_F_SCHED_SWITCH_prev_prio, prev.prio);
	set_int(f, TL_F_SCHED_SWITCH_prev_state, state);
	set_str(f, TL_F_SCHED_SWITCH_next_comm, next.comm);
	set_int(f, TL_F_SCHED_SWITCH_next_pid, next.pid);
	set_int(f, TL_F_SCHED_SWITCH_next_prio, next.prio);
	return true;
}

static bool from_switch(const char *p, const char *end, struct tl_fields *f)
{
	for (const char *arrow = end - 5; arrow > p; arrow--)
		if (arrow[3] == '>' && memcmp(arrow, " ==> ", 5) == 0 &&
		    switch_parts(p, end, arrow, f))
			return true;
	return false;
}

/* The fields of the wakeup events have the same order in their rows. */
static bool from_wakeup(const char *p, const char *end, struct tl_fields *f)
{
	struct task_text task;
	int64_t v;
	const char *q = number_before(p, end, &v);

	if (q && q - p > 5 && memcmp(q - 5, " CPU:", 5) == 0) {
		set_int(f, TL_F_SCHED_WAKEUP_target_cpu, v);
		end = q - 5;
	}
	q = number_before(p, end, &v);
	if (q && q - p > 9 && memcmp(q - 9, " success=", 9) == 0) {
		set_int(f, TL_F_SCHED_WAKEUP_success, v);
		end = q - 9;
	}
	if (!task_before(p, end, &task)) {
		f->have = 0;
		return false;
	}
	set_str(f, TL_F_SCHED_WAKEUP_comm, task.comm);
	set_int(f, TL_F_SCHED_WAKEUP_pid, task.pid);
	set_int(f, TL_F_SCHED_WAKEUP_prio, task.prio);
	return true;
}

bool fields_from_plugin(const struct tl_event_row *row, struct tl_str payload,
			struct tl_fields *ret)
{
	static const struct {
		uint16_t id;
		bool (*from)(const char *p, const char *end, struct tl_fields *f);
	} forms[] = {
		{TL_EVENT_SCHED_SWITCH, from_switch},
		{TL_EVENT_SCHED_WAKEUP, from_wakeup},
		{TL_EVENT_SCHED_WAKEUP_NEW, from_wakeup},
		{TL_EVENT_SCHED_WAKING, from_wakeup},
	};
	const char *end = trim_end(payload.p, payload.p + payload.n);

	ret->have = 0;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (forms[i].id == row->id && end - payload.p >= 6 && end[-1] != '=')
			return forms[i].from(payload.p, end, ret);
	return false;
}

/* ---- usual ones, from the left ---- */

/*
 * "COMM:PID [PRIO]" at p, with no blank in the comm; behind it. Then nothing is ambiguous: the
 * number behind the last colon is the pid. What has a '=' is looked for keys first.
 */
static const char *usual_task(const char *p, struct task_text *ret)
{
	const char *colon = p + swar_before_blank(swar_load(p)), *from = p, *q;
	uint64_t v;

	if (colon == p + 8)
		colon += swar_before_blank(swar_load(p + 8));
	if (colon == p + 16)
		colon += swar_before_blank(swar_load(p + 16));
	while (colon > p && *colon != ':')
		colon--;
	q = colon + 1;
	if (colon == p || colon - from > COMM_MAX || memchr(from, '=', colon - from) ||
	    !swar_number(&q, &v) || *q != ' ' || q[1] != '[')
		return NULL;
	ret->comm = (struct tl_str){from, colon - from};
	ret->pid = (int64_t)v;
	q += 2;
	ret->prio = *q == '-' ? -1 : 1;
	q += *q == '-';
	if (!swar_number(&q, &v) || *q != ']')
		return NULL;
	ret->prio *= (int64_t)v;
	return q + 1;
}

/* The three fields of a task, in the order of every row here. */
static void set_task(struct tl_fields *f, unsigned at, const struct task_text *task)
{
	f->v[at].s = task->comm;
	f->v[at + 1].i = task->pid;
	f->v[at + 2].i = task->prio;
	f->have |= 7u << at;
}

static const char *usual_switch(const char *p, struct tl_fields *f)
{
	struct task_text prev, next;
	const char *letters;
	int64_t state;

	p = usual_task(p, &prev);
	if (!p || *p != ' ')
		return NULL;
	for (letters = ++p; is_word(*p) || *p == '|'; p++)
		;
	if (p == letters || memcmp(p, " ==> ", 5) != 0 || !state_of_letters(letters, p, &state) ||
	    !(p = usual_task(p + 5, &next)))
		return NULL;
	set_task(f, TL_F_SCHED_SWITCH_prev_comm, &prev);
	set_int(f, TL_F_SCHED_SWITCH_prev_state, state);
	set_task(f, TL_F_SCHED_SWITCH_next_comm, &next);
	return p;
}

static const char *usual_wakeup(const char *p, struct tl_fields *f)
{
	struct task_text task;
	uint64_t cpu;

	p = usual_task(p, &task);
	if (!p || memcmp(p, " CPU:", 5) != 0)
		return NULL;
	p += 5;
	if (!swar_number(&p, &cpu))
		return NULL;
	set_task(f, TL_F_SCHED_WAKEUP_comm, &task);
	set_int(f, TL_F_SCHED_WAKEUP_target_cpu, (int64_t)cpu);
	return p;
}

_Static_assert(TL_F_SCHED_SWITCH_prev_pid == TL_F_SCHED_SWITCH_prev_comm + 1 &&
		       TL_F_SCHED_SWITCH_prev_prio == TL_F_SCHED_SWITCH_prev_comm + 2 &&
		       TL_F_SCHED_SWITCH_next_pid == TL_F_SCHED_SWITCH_next_comm + 1 &&
		       TL_F_SCHED_SWITCH_next_prio == TL_F_SCHED_SWITCH_next_comm + 2 &&
		       TL_F_SCHED_WAKEUP_pid == TL_F_SCHED_WAKEUP_comm + 1 &&
		       TL_F_SCHED_WAKEUP_prio == TL_F_SCHED_WAKEUP_comm + 2,
	       "name, pid and priority of a task do not stand together");

const char *usual_from_plugin(const struct tl_event_row *row, const char *p, struct tl_fields *ret)
{
	ret->have = 0;
	switch (row->id) {
	case TL_EVENT_SCHED_SWITCH: return usual_switch(p, ret);
	case TL_EVENT_SCHED_WAKEUP:
	case TL_EVENT_SCHED_WAKEUP_NEW:
	case TL_EVENT_SCHED_WAKING: return usual_wakeup(p, ret);
	default: return NULL;
	}
}
