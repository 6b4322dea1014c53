/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Exec. A thread that is not the leader takes the leader's id: sched_process_exec says pid = tgid,
 * old_pid = its own id, after the old leader has exited; that id is then gone without an exit
 * (fs/exec.c de_thread; since 5.8 exchange_tids: the dead leader's later free record bears the
 * thread's old id).
 */
#include <stdio.h>
#include <string.h>
#include "life/life.h"

void see_prepare_exec(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = life_of(l, ev->u.exec.pid, ev->u.exec.comm, ev);

	if (!life)
		return;
	if (!own_deeds(life))
		return;
	own_deeds(life)->prepared = seen_at(ev);
	own_deeds(life)->interp = ev->u.exec.interp;
}

/*
 * The ids are exchanged before the exec is told of, so a free record of the caller's id in between
 * was the dead leader's. Who runs on was not reaped.
 */
static void take_over_reaping(struct life *leader, struct life *thread)
{
	if (!thread->t.reap->is || is_dying(thread))
		return;
	if (!leader->t.reap->is && own_reap(leader))
		*own_reap(leader) = *thread->t.reap;
	*own_reap(thread) = tl_no_reap; /* its own already */
}

/* inv 1: the caller becomes the leader's id, the dead leader goes under the caller's old one. */
static struct life *change_ids(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *thread = life_at(l, ev->u.exec.old_pid), *leader = life_at(l, ev->u.exec.pid);

	if (!thread || !pids_may_be(ev->u.exec.pid))
		return NULL;
	if (!pids_make(&l->pids, ev->u.exec.pid))
		return NULL;
	if (leader)
		leader->t.bears = ev->u.exec.old_pid;
	thread->t.bears = ev->u.exec.pid;
	pids_at(&l->pids, ev->u.exec.old_pid)->life = leader;
	pids_at(&l->pids, ev->u.exec.pid)->life = thread;
	group_join(l, thread, ev->u.exec.pid);
	thread->t.tid = ev->u.exec.pid;
	thread->t.generation = next_generation(l, ev->u.exec.pid);
	thread->t.tgid = ev->u.exec.pid;
	thread->t.is_leader = true;
	if (leader) {
		take_over_reaping(leader, thread);
		reap_replaced(leader, seen_at(ev));
		leader->t.is_leader = false; /* it led, but the process lives on under its id */
		life_parent(thread, leader->t.parent);
	}
	group_of(thread)->leader = thread;
	if (group_of(thread)->affairs->exec_comm)
		life_name(thread, take(own_affairs(thread)->exec_comm));
	return thread;
}

static bool exec_push(struct life *life, const struct tl_event *ev)
{
	struct deeds *d = own_deeds(life);
	struct tl_exec *v;

	if (!d || d->n_execs >= TL_CHILDREN_KEPT)
		return false;
	v = array_more(&life->mem, d->exec, d->n_execs, &d->execs_cap, sizeof(*v));
	if (!v)
		return false;
	d->exec = v;
	v = &d->exec[d->n_execs++];
	memset(v, 0, sizeof(*v));
	v->seen = seen_at(ev);
	v->prepared = d->prepared;
	v->interp = d->interp;
	v->filename = ev->u.exec.filename;
	v->old_pid = ev->u.exec.old_pid;
	v->comm = life->t.comm;
	return true;
}

#define COMM_MOST 15

/* Where no task_rename tells: a task bears its program's file name, cut (fs/exec.c begin_new_exec).
 */
static void name_by_file(struct tl_lives *l, struct life *life, const struct tl_atom *file)
{
	char name[COMM_MOST + 1];
	const char *base;

	if (!file)
		return;
	base = strrchr(file->s, '/');
	base = base ? base + 1 : file->s;
	if (!*base)
		return;
	snprintf(name, sizeof(name), "%s", base);
	life_name(life, tl_events_atom(l->events, name));
}

void see_exec(struct tl_lives *l, const struct tl_event *ev)
{
	struct life *life = NULL;

	if (ev->u.exec.old_pid != ev->u.exec.pid)
		life = change_ids(l, ev);
	if (!life)
		life = life_of(l, ev->u.exec.pid, NULL, ev);
	if (!life)
		return;
	life_touch(life, ev);
	group_leads(l, life); /* whoever has called exec leads */
	if (!l->renames)
		name_by_file(l, life, ev->u.exec.filename);
	exec_push(life, ev);
	sender_execed(life);
	life->t.asked &= (uint8_t)~TL_ASKED_RSEQ;
	if (life->deeds->prepared.is) {
		own_deeds(life)->prepared = (struct tl_seen){};
		own_deeds(life)->interp = NULL;
	}
	if (own_affairs(life))
		own_affairs(life)->execed = seen_at(ev);
}
