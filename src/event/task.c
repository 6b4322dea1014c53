/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Births, names, execs and exits. include/trace/events/task.h, sched.h */
#include "event/event.h"

bool decode_newtask(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_NEWTASK;
	ev->u.newtask.pid = pid_of(rec, TL_F_TASK_NEWTASK_pid);
	ev->u.newtask.comm = str_of(evs, rec, TL_F_TASK_NEWTASK_comm);
	ev->u.newtask.clone_flags = (uint64_t)int_of(rec, TL_F_TASK_NEWTASK_clone_flags, 0);
	return has(rec, TL_F_TASK_NEWTASK_pid) && has(rec, TL_F_TASK_NEWTASK_clone_flags);
}

bool decode_rename(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_RENAME;
	ev->u.rename.pid =
		has(rec, TL_F_TASK_RENAME_pid) ? pid_of(rec, TL_F_TASK_RENAME_pid) : rec->pid;
	ev->u.rename.oldcomm = str_of(evs, rec, TL_F_TASK_RENAME_oldcomm);
	ev->u.rename.newcomm = str_of(evs, rec, TL_F_TASK_RENAME_newcomm);
	return ev->u.rename.newcomm != NULL;
}

bool decode_fork(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_FORK;
	ev->u.fork.parent = pid_of(rec, TL_F_SCHED_PROCESS_FORK_parent_pid);
	ev->u.fork.parent_comm = str_of(evs, rec, TL_F_SCHED_PROCESS_FORK_parent_comm);
	ev->u.fork.child = pid_of(rec, TL_F_SCHED_PROCESS_FORK_child_pid);
	ev->u.fork.child_comm = str_of(evs, rec, TL_F_SCHED_PROCESS_FORK_child_comm);
	return has(rec, TL_F_SCHED_PROCESS_FORK_child_pid);
}

bool decode_prepare_exec(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_PREPARE_EXEC;
	ev->u.exec.pid = ev->u.exec.old_pid = pid_of(rec, TL_F_SCHED_PREPARE_EXEC_pid);
	ev->u.exec.filename = str_of(evs, rec, TL_F_SCHED_PREPARE_EXEC_filename);
	ev->u.exec.interp = str_of(evs, rec, TL_F_SCHED_PREPARE_EXEC_interp);
	ev->u.exec.comm = str_of(evs, rec, TL_F_SCHED_PREPARE_EXEC_comm);
	return has(rec, TL_F_SCHED_PREPARE_EXEC_pid);
}

bool decode_exec(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_EXEC;
	ev->u.exec.pid = pid_of(rec, TL_F_SCHED_PROCESS_EXEC_pid);
	ev->u.exec.old_pid = has(rec, TL_F_SCHED_PROCESS_EXEC_old_pid)
				     ? pid_of(rec, TL_F_SCHED_PROCESS_EXEC_old_pid)
				     : ev->u.exec.pid;
	ev->u.exec.filename = str_of(evs, rec, TL_F_SCHED_PROCESS_EXEC_filename);
	return has(rec, TL_F_SCHED_PROCESS_EXEC_pid);
}

bool decode_exit(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_EXIT;
	ev->u.exit.pid = pid_of(rec, TL_F_SCHED_PROCESS_EXIT_pid);
	ev->u.exit.comm = str_of(evs, rec, TL_F_SCHED_PROCESS_EXIT_comm);
	ev->u.exit.group_dead = (int8_t)int_of(rec, TL_F_SCHED_PROCESS_EXIT_group_dead, -1);
	return has(rec, TL_F_SCHED_PROCESS_EXIT_pid);
}
