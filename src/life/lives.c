/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public door: one event in, the function of its kind is called, time goes on. */
#include <stdlib.h>
#include "base/line.h"
#include "life/life.h"

typedef void (*handler)(struct tl_lives *l, const struct tl_event *ev);

static const handler handler_of[TL_EVS] = {
	[TL_EV_NEWTASK] = see_newtask,
	[TL_EV_FORK] = see_fork,
	[TL_EV_RENAME] = see_rename,
	[TL_EV_PREPARE_EXEC] = see_prepare_exec,
	[TL_EV_EXEC] = see_exec,
	[TL_EV_EXIT] = see_exit,
	[TL_EV_WAIT] = see_wait,
	[TL_EV_WAIT_RETURN] = see_wait_return,
	[TL_EV_FREE] = see_free,
	[TL_EV_SWITCH] = see_switch,
	[TL_EV_WAKING] = see_wake,
	[TL_EV_WAKEUP] = see_wake,
	[TL_EV_WAKEUP_NEW] = see_wakeup_new,
	[TL_EV_MIGRATE] = see_migrate,
	[TL_EV_SIGNAL] = see_signal,
	[TL_EV_DELIVER] = see_deliver,
	[TL_EV_OOM_VICTIM] = see_oom_victim,
	[TL_EV_EXIT_CALL] = see_exit_call,
	[TL_EV_CALL] = see_call,
	[TL_EV_CONFINE] = see_confine,
	[TL_EV_WAITID] = see_waitid,
	[TL_EV_ASKED] = see_asked,
	[TL_EV_RECLAIM] = see_reclaim,
	[TL_EV_LOST] = see_lost,
	[TL_EV_FUNC] = see_func,
	[TL_EV_SIDE] = see_side,
};

struct tl_err *tl_lives_new(struct tl_events *events, tl_life_fn done, void *ctx,
			    struct tl_lives **ret)
{
	struct tl_lives *l = line_calloc(sizeof(*l));

	if (!l)
		return &tl_enomem;
	l->events = events;
	l->done = done;
	l->ctx = ctx;
	l->now = TL_NS_NONE;
	pool_init(&l->pool);
	*ret = l;
	return NULL;
}

void tl_lives_keep(struct tl_lives *l, tl_keep_fn keep)
{
	l->keep = keep;
}

void tl_lives_keep_all(struct tl_lives *l)
{
	l->keep_all = true;
}

static void free_chain(struct tl_lives *l, struct life *life)
{
	while (life) {
		struct life *next = life->next_held;

		life_free(l, life);
		life = next;
	}
}

static void free_all(struct tl_lives *l)
{
	free_chain(l, l->held_first);
	show_forget(l);
	for (struct shown *next; l->kept; l->kept = next) {
		next = l->kept->next;
		show_free(l, l->kept);
	}
	pids_each (e, &l->pids)
		if (e->life)
			life_free(l, e->life);
}

void tl_lives_free(struct tl_lives *l)
{
	if (!l)
		return;
	free_all(l);
	pool_fini(&l->pool);
	pids_fini(&l->pids);
	vec_fini(&l->leaving);
	vec_fini(&l->oddities);
	vec_fini(&l->unswitched);
	vec_fini(&l->requests);
	tl_err_free(l->err);
	free(l);
}

/* Which kinds of witnesses this trace has; silence of one that never speaks proves nothing. */
static void witness(struct tl_lives *l, const struct tl_event *ev)
{
	struct tl_witnesses *w = &l->w;

	switch (ev->kind) {
	case TL_EV_NEWTASK: w->newtask = true; break;
	case TL_EV_FORK: w->fork = true; break;
	case TL_EV_EXEC: w->exec = true; break;
	case TL_EV_EXIT: w->exit = true; break;
	case TL_EV_WAIT: w->wait = true; break;
	case TL_EV_FREE: w->free = true; break;
	case TL_EV_SWITCH: w->sw = true; break;
	case TL_EV_SIGNAL: w->signal = true; break;
	case TL_EV_DELIVER: w->deliver = !l->silent; break;
	case TL_EV_FUNC: w->functions = true; break;
	case TL_EV_SIDE:
		w->side = true;
		w->calls |= ev->u.side.kind == TL_SIDE_MODE && ev->u.side.calls;
		w->arch = ev->u.side.arch ? ev->u.side.arch : w->arch;
		w->asks |= ev->u.side.kind == TL_SIDE_MODE && ev->u.side.asks;
		w->reclaims |= ev->u.side.kind == TL_SIDE_MODE && ev->u.side.reclaims;
		break;
	case TL_EV_LOST: w->calls = w->asks = w->reclaims = false; break;
	default: break;
	}
	if (ev->stack && ev->kind != TL_EV_FUNC)
		w->stacks = true;
}

struct tl_err *tl_lives_feed(struct tl_lives *l, const struct tl_event *ev)
{
	if (l->shown && !l->keep_all)
		show_forget(l);
	if (ev->t != TL_NS_NONE)
		lives_advance(l, ev->t);
	witness(l, ev);
	if (handler_of[ev->kind])
		handler_of[ev->kind](l, ev);
	return l->err ? take(l->err) : NULL;
}

const struct tl_witnesses *tl_lives_witnesses(const struct tl_lives *l)
{
	enum tl_arch arch = l->events ? tl_events_arch(l->events) : TL_ARCH_UNKNOWN;

	if (arch != l->w.arch && arch)
		((struct tl_lives *)l)->w.arch = (uint8_t)arch;
	return &l->w;
}

void tl_lives_count(const struct tl_lives *l, size_t *ret_now, size_t *ret_most)
{
	*ret_now = l->n_lives;
	*ret_most = l->n_most;
}

const struct tl_oddity *tl_lives_oddities(const struct tl_lives *l, unsigned *ret_n)
{
	*ret_n = (unsigned)l->oddities.n;
	return l->oddities.v;
}
