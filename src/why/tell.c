/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All verdicts on one life, for views: none of them judges anything itself. */
#include "base/arena.h"
#include "tasklife/why.h"

static bool tell_beginnings(const struct tl_task *task, struct arena *mem, struct tl_told *ret)
{
	const struct tl_witnesses *w = ret->witnesses;

	if (task->birth.seen.is)
		tl_why_birth(task, w, mem, &ret->birth);
	if (task->n_signals) {
		ret->signal = arena_alloc(mem, task->n_signals * sizeof(*ret->signal));
		if (!ret->signal)
			return false;
	}
	for (unsigned i = 0; i < task->n_signals; i++)
		tl_why_signal(task, &task->signals[i], w, mem, &ret->signal[i]);
	return true;
}

bool tl_why_tell(const struct tl_task *task, bool deaths_only, struct arena *mem,
		 struct tl_told *ret)
{
	const struct tl_witnesses *w = ret->witnesses;

	ret->task = task;
	if (!deaths_only && !tell_beginnings(task, mem, ret))
		return false;
	ret->death.by.tid = ret->death.trigger.tid = TL_PID_NONE;
	ret->death.core_dumped = -1;
	if (task->death->seen.is)
		tl_why_death(task, w, mem, &ret->death);
	ret->process.decided_by.tid = TL_PID_NONE;
	if (task->is_leader)
		tl_why_process(task, task->death->seen.is ? &ret->death : NULL, w, mem,
			       &ret->process);
	return true;
}
