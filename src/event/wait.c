/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting, reaping, and the system calls that a life asks for. */
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
	/* both rows have the one field error_code; the kernel keeps its low byte (kernel/exit.c,
	 * do_group_exit callers: (error_code & 0xff) << 8) */
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

bool decode_call(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	static const uint8_t call_of[TL_EVENTS] = {
		[TL_EVENT_SYS_ENTER_PIDFD_SIGNAL] = TL_CALL_PIDFD_SIGNAL,
		[TL_EVENT_SYS_ENTER_PTRACE] = TL_CALL_PTRACE,
		[TL_EVENT_SYS_ENTER_EXECVE] = TL_CALL_EXECVE,
		[TL_EVENT_SYS_ENTER_IOCTL] = TL_CALL_IOCTL,
	};
	uint8_t call = call_of[rec->row->id];

	ev->kind = TL_EV_CALL;
	ev->u.call = call ? call : TL_CALL_UNWATCHED;
	return true;
}

/* include/uapi/linux/prctl.h PR_SET_SECCOMP with SECCOMP_MODE_STRICT or _FILTER;
 * include/uapi/linux/seccomp.h SECCOMP_SET_MODE_STRICT, _FILTER. */
bool decode_confine(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	enum { PR_SET_SECCOMP_ = 22, MODE_STRICT = 1, OP_STRICT = 0, OP_FILTER = 1 };
	int64_t op = int_of(rec, TL_F_SYS_ENTER_SECCOMP_op, -1);

	ev->kind = TL_EV_CONFINE;
	if (rec->row->id == TL_EVENT_SYS_ENTER_PRCTL) {
		ev->u.strict = int_of(rec, TL_F_SYS_ENTER_PRCTL_arg2, 0) == MODE_STRICT;
		return op == PR_SET_SECCOMP_ && has(rec, TL_F_SYS_ENTER_PRCTL_arg2);
	}
	ev->u.strict = op == OP_STRICT;
	return op == OP_STRICT || op == OP_FILTER;
}

/* include/uapi/linux/wait.h; only a wait for one process says whom it is of. */
bool decode_waitid(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	enum { P_PID_ = 1 };

	ev->kind = TL_EV_WAITID;
	ev->u.waitid.options = (uint32_t)int_of(rec, TL_F_SYS_ENTER_WAITID_options, 0);
	ev->u.waitid.of_one = int_of(rec, TL_F_SYS_ENTER_WAITID_which, 0) == P_PID_;
	return has(rec, TL_F_SYS_ENTER_WAITID_options);
}

/* What decides much later. RLIMIT_CPU is 0; RSEQ_FLAG_UNREGISTER is 1: the C library's area is
 * given back. */
bool decode_asked(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_ASKED;
	ev->u.asked.pid = rec->pid;
	switch (rec->row->id) {
	case TL_EVENT_SYS_EXIT_SETSID:
		ev->u.asked.what = TL_ASKED_SESSION;
		return int_of(rec, TL_F_SYS_EXIT_SETSID_ret, 0) > 0;
	case TL_EVENT_SYS_ENTER_RSEQ:
		ev->u.asked.what = TL_ASKED_RSEQ;
		return int_of(rec, TL_F_SYS_ENTER_RSEQ_flags, 0) & 1;
	case TL_EVENT_SYS_ENTER_PRLIMIT:
		ev->u.asked.what = TL_ASKED_CPU_LIMIT;
		if (int_of(rec, TL_F_SYS_ENTER_PRLIMIT_pid, 0))
			ev->u.asked.pid = pid_of(rec, TL_F_SYS_ENTER_PRLIMIT_pid);
		return has(rec, TL_F_SYS_ENTER_PRLIMIT_resource) &&
		       !int_of(rec, TL_F_SYS_ENTER_PRLIMIT_resource, 0);
	default:
		ev->u.asked.what = TL_ASKED_CPU_LIMIT;
		return has(rec, TL_F_SYS_ENTER_SETRLIMIT_resource) &&
		       !int_of(rec, TL_F_SYS_ENTER_SETRLIMIT_resource, 0);
	}
}

bool decode_reclaim(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_RECLAIM;
	ev->u.reclaim =
		rec->row->id == TL_EVENT_MEMCG_RECLAIM ? TL_RECLAIM_MEMCG : TL_RECLAIM_GLOBAL;
	/* what took something in its control group did not lead to a kill there */
	return rec->row->id != TL_EVENT_MEMCG_RECLAIM ||
	       !int_of(rec, TL_F_MEMCG_RECLAIM_nr_reclaimed, 0);
}
