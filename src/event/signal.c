/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals sent and delivered, and OOM victims. include/trace/events/signal.h, oom.h */
#include "event/event.h"

bool decode_signal(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_SIGNAL;
	ev->u.sig.sig = (int32_t)int_of(rec, TL_F_SIGNAL_GENERATE_sig, 0);
	ev->u.sig.err = (int32_t)int_of(rec, TL_F_SIGNAL_GENERATE_errno, 0);
	ev->u.sig.code = (int32_t)int_of(rec, TL_F_SIGNAL_GENERATE_code, 0);
	ev->u.sig.comm = str_of(evs, rec, TL_F_SIGNAL_GENERATE_comm);
	ev->u.sig.pid = pid_of(rec, TL_F_SIGNAL_GENERATE_pid);
	/* before 3.4 (commit 6c303d3ab39f "tracing: let trace_signal_generate() report more info,
	 * kill overflow_fail/lose_info") group and result are absent: then a process-wide, queued
	 * one is assumed */
	ev->u.sig.group = int_of(rec, TL_F_SIGNAL_GENERATE_group, 1);
	ev->u.sig.result = (int32_t)int_of(rec, TL_F_SIGNAL_GENERATE_result, 0);
	return has(rec, TL_F_SIGNAL_GENERATE_sig) && has(rec, TL_F_SIGNAL_GENERATE_pid);
}

bool decode_deliver(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_DELIVER;
	ev->u.deliver.sig = (int32_t)int_of(rec, TL_F_SIGNAL_DELIVER_sig, 0);
	ev->u.deliver.err = (int32_t)int_of(rec, TL_F_SIGNAL_DELIVER_errno, 0);
	ev->u.deliver.code = (int32_t)int_of(rec, TL_F_SIGNAL_DELIVER_code, 0);
	ev->u.deliver.handler = (uint64_t)int_of(rec, TL_F_SIGNAL_DELIVER_sa_handler, 0);
	ev->u.deliver.flags = (uint64_t)int_of(rec, TL_F_SIGNAL_DELIVER_sa_flags, 0);
	return has(rec, TL_F_SIGNAL_DELIVER_sig);
}

bool decode_victim(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	ev->kind = TL_EV_OOM_VICTIM;
	ev->u.free.pid = pid_of(rec, TL_F_MARK_VICTIM_pid);
	ev->u.free.comm = str_of(evs, rec, TL_F_MARK_VICTIM_comm);
	return has(rec, TL_F_MARK_VICTIM_pid);
}
