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
