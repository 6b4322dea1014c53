/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running, sleeping, waking. include/trace/events/sched.h */
#include "event/event.h"

bool decode_switch(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	int64_t state = has(rec, TL_F_SCHED_SWITCH_prev_state)
				? field_state(&rec->f, TL_F_SCHED_SWITCH_prev_state)
				: '?';

	ev->kind = TL_EV_SWITCH;
	ev->u.sw.prev = pid_of(rec, TL_F_SCHED_SWITCH_prev_pid);
	ev->u.sw.next = pid_of(rec, TL_F_SCHED_SWITCH_next_pid);
	ev->u.sw.prev_comm = str_of(evs, rec, TL_F_SCHED_SWITCH_prev_comm);
	ev->u.sw.next_comm = str_of(evs, rec, TL_F_SCHED_SWITCH_next_comm);
	ev->u.sw.state = (char)(state & 0xff);
	ev->u.sw.preempted = state & TL_STATE_PREEMPTED;
	return has(rec, TL_F_SCHED_SWITCH_prev_pid) && has(rec, TL_F_SCHED_SWITCH_next_pid);
}

/* The three wake-up events have the same fields in the same order. */
_Static_assert((int)TL_F_SCHED_WAKING_target_cpu == (int)TL_F_SCHED_WAKEUP_target_cpu &&
		       (int)TL_F_SCHED_WAKEUP_target_cpu == (int)TL_F_SCHED_WAKEUP_NEW_target_cpu,
	       "wake-up rows differ");

static bool wake(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev,
		 enum tl_ev kind)
{
	ev->kind = kind;
	ev->u.wake.pid = pid_of(rec, TL_F_SCHED_WAKEUP_pid);
	ev->u.wake.comm = str_of(evs, rec, TL_F_SCHED_WAKEUP_comm);
	ev->u.wake.cpu = (int)int_of(rec, TL_F_SCHED_WAKEUP_target_cpu, -1);
	return has(rec, TL_F_SCHED_WAKEUP_pid);
}

bool decode_waking(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	return wake(evs, rec, ev, TL_EV_WAKING);
}

bool decode_wakeup(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	return wake(evs, rec, ev, TL_EV_WAKEUP);
}

bool decode_wakeup_new(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	return wake(evs, rec, ev, TL_EV_WAKEUP_NEW);
}

bool decode_migrate(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_MIGRATE;
	ev->u.wake.pid = pid_of(rec, TL_F_SCHED_MIGRATE_TASK_pid);
	ev->u.wake.comm = str_of(evs, rec, TL_F_SCHED_MIGRATE_TASK_comm);
	ev->u.wake.cpu = (int)int_of(rec, TL_F_SCHED_MIGRATE_TASK_dest_cpu, -1);
	return has(rec, TL_F_SCHED_MIGRATE_TASK_pid);
}
