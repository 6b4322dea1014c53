/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting, reaping, and the system calls that carry an exit code or a reaped pid. */
#include "event/event.h"

bool decode_wait(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_WAIT;
	ev->u.wait.pid = pid_of(rec, TL_F_SCHED_PROCESS_WAIT_pid);
	return has(rec, TL_F_SCHED_PROCESS_WAIT_pid);
}

bool decode_free(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_FREE;
	ev->u.free.pid = pid_of(rec, TL_F_SCHED_PROCESS_FREE_pid);
	ev->u.free.comm = str_of(evs, rec, TL_F_SCHED_PROCESS_FREE_comm);
	return has(rec, TL_F_SCHED_PROCESS_FREE_pid);
}

bool decode_exit_call(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_EXIT_CALL;
	ev->u.exit_call.group = rec->row->id == TL_EVENT_SYS_ENTER_EXIT_GROUP;
	/* both rows have the one field error_code; the kernel keeps its low byte (kernel/exit.c, do_group_exit
	 * callers: (error_code & 0xff) << 8) */
	ev->u.exit_call.code = (int32_t)(int_of(rec, TL_F_SYS_ENTER_EXIT_error_code, 0) & 0xff);
	return has(rec, TL_F_SYS_ENTER_EXIT_error_code);
}

bool decode_wait_return(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_WAIT_RETURN;
	ev->u.wait_return.is_waitid = rec->row->id == TL_EVENT_SYS_EXIT_WAITID;
	ev->u.wait_return.ret = int_of(rec, TL_F_SYS_EXIT_WAIT4_ret, 0);
	return has(rec, TL_F_SYS_EXIT_WAIT4_ret);
}
