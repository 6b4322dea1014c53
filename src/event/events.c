/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The stream: pulls records, decodes them, and joins each stack to its event. A stack belongs to
 * the record that immediately precedes it for its cpu, pid and context in its buffer, if that is a
 * record we ask stacks for; all others are orphans and counted. On several CPUs lines of others
 * stand between (1-4 % of the stacks in real traces), so an event that may still get its stack
 * waits, and later events queue behind it.
 */
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "event/event.h"

#define PAIR_WINDOW 1024
#define CPUS_MOST   4096 /* of one buffer; beyond, stacks are orphans */

const decoder decoder_of[TL_EVENTS] = {
	[TL_EVENT_TASK_NEWTASK] = decode_newtask,
	[TL_EVENT_TASK_RENAME] = decode_rename,
	[TL_EVENT_SCHED_PROCESS_FORK] = decode_fork,
	[TL_EVENT_SCHED_PREPARE_EXEC] = decode_prepare_exec,
	[TL_EVENT_SCHED_PROCESS_EXEC] = decode_exec,
	[TL_EVENT_SCHED_PROCESS_EXIT] = decode_exit,
	[TL_EVENT_SCHED_PROCESS_WAIT] = decode_wait,
	[TL_EVENT_SCHED_PROCESS_FREE] = decode_free,
	[TL_EVENT_SCHED_SWITCH] = decode_switch,
	[TL_EVENT_SCHED_WAKING] = decode_waking,
	[TL_EVENT_SCHED_WAKEUP] = decode_wakeup,
	[TL_EVENT_SCHED_WAKEUP_NEW] = decode_wakeup_new,
	[TL_EVENT_SCHED_MIGRATE_TASK] = decode_migrate,
	[TL_EVENT_SIGNAL_GENERATE] = decode_signal,
	[TL_EVENT_SIGNAL_DELIVER] = decode_deliver,
	[TL_EVENT_MARK_VICTIM] = decode_victim,
	[TL_EVENT_SYS_ENTER_EXIT] = decode_exit_call,
	[TL_EVENT_SYS_ENTER_EXIT_GROUP] = decode_exit_call,
	[TL_EVENT_SYS_EXIT_WAIT4] = decode_wait_return,
	[TL_EVENT_SYS_EXIT_WAITID] = decode_wait_return,
	[TL_EVENT_SYS_ENTER_PIDFD_SIGNAL] = decode_call,
	[TL_EVENT_SYS_EXIT_PIDFD_SIGNAL] = decode_call,
	[TL_EVENT_SYS_ENTER_PTRACE] = decode_call,
	[TL_EVENT_SYS_EXIT_PTRACE] = decode_call,
	[TL_EVENT_SYS_ENTER_EXECVE] = decode_call,
	[TL_EVENT_SYS_EXIT_EXECVE] = decode_call,
	[TL_EVENT_SYS_ENTER_IOCTL] = decode_call,
	[TL_EVENT_SYS_ENTER_PRCTL] = decode_confine,
	[TL_EVENT_SYS_ENTER_SECCOMP] = decode_confine,
	[TL_EVENT_SYS_ENTER_WAITID] = decode_waitid,
	[TL_EVENT_SYS_ENTER_RSEQ] = decode_asked,
	[TL_EVENT_SYS_EXIT_SETSID] = decode_asked,
	[TL_EVENT_SYS_ENTER_PRLIMIT] = decode_asked,
	[TL_EVENT_SYS_ENTER_SETRLIMIT] = decode_asked,
	[TL_EVENT_MEMCG_RECLAIM] = decode_reclaim,
	[TL_EVENT_DIRECT_RECLAIM] = decode_reclaim,
};

static const char *const names[TL_EVS] = {
	[TL_EV_NONE] = "none",
	[TL_EV_NEWTASK] = "task_newtask",
	[TL_EV_FORK] = "sched_process_fork",
	[TL_EV_RENAME] = "task_rename",
	[TL_EV_PREPARE_EXEC] = "sched_prepare_exec",
	[TL_EV_EXEC] = "sched_process_exec",
	[TL_EV_EXIT] = "sched_process_exit",
	[TL_EV_WAIT] = "sched_process_wait",
	[TL_EV_FREE] = "sched_process_free",
	[TL_EV_SWITCH] = "sched_switch",
	[TL_EV_WAKING] = "sched_waking",
	[TL_EV_WAKEUP] = "sched_wakeup",
	[TL_EV_WAKEUP_NEW] = "sched_wakeup_new",
	[TL_EV_MIGRATE] = "sched_migrate_task",
	[TL_EV_SIGNAL] = "signal_generate",
	[TL_EV_DELIVER] = "signal_deliver",
	[TL_EV_OOM_VICTIM] = "mark_victim",
	[TL_EV_EXIT_CALL] = "sys_enter_exit_group",
	[TL_EV_WAIT_RETURN] = "sys_exit_wait4",
	[TL_EV_CALL] = "system_call",
	[TL_EV_CONFINE] = "sys_enter_seccomp",
	[TL_EV_WAITID] = "sys_enter_waitid",
	[TL_EV_ASKED] = "system_call",
	[TL_EV_RECLAIM] = "reclaim",
	[TL_EV_FUNC] = "function",
	[TL_EV_SIDE] = "side_fact",
	[TL_EV_LOST] = "lost",
	[TL_EV_OTHER] = "other",
};

const char *tl_ev_name(enum tl_ev kind)
{
	return (unsigned)kind < TL_EVS && names[kind] ? names[kind] : "?";
}

enum tl_arch tl_events_arch(const struct tl_events *evs)
{
	return evs->src ? tl_events_info(evs)->arch : TL_ARCH_UNKNOWN;
}

struct tl_err *tl_events_new(struct tl_source *src, struct tl_events **ret)
{
	struct tl_events *evs = line_calloc(sizeof(*evs));

	if (!evs)
		return &tl_enomem;
	evs->src = src;
	evs->cap = 8;
	evs->head = evs->tail = 1;
	evs->ring = calloc(evs->cap, sizeof(*evs->ring));
	if (!evs->ring) {
		free(evs);
		return &tl_enomem;
	}
	atoms_init(&evs->atoms);
	arena_init(&evs->mem);
	map_init(&evs->stacks);
	map_init(&evs->kept);
	out_init(&evs->key, -1);
	*ret = evs;
	return NULL;
}

void tl_events_free(struct tl_events *evs)
{
	if (!evs)
		return;
	ahead_free(evs->ahead);
	atoms_fini(&evs->atoms);
	arena_fini(&evs->mem);
	map_fini(&evs->stacks);
	map_fini(&evs->kept);
	out_fini(&evs->key);
	vec_fini(&evs->slot);
	free(evs->ring);
	free(evs);
}

const struct tl_atom *tl_events_atom(struct tl_events *evs, const char *s)
{
	return atom_of_other(&evs->atoms, s, strlen(s)); /* the reader may be in another thread */
}

void events_want(const struct tl_events *evs)
{
	uint64_t rows[TL_EVENT_WORDS] = {};

	for (unsigned i = 0; i < TL_EVENTS; i++)
		if (decoder_of[i])
			rows[i / 64] |= UINT64_C(1) << i % 64;
	tl_source_want(evs->src, rows);
}

const struct tl_event_counts *tl_events_counts(const struct tl_events *evs)
{
	return evs->ahead ? ahead_counts(evs->ahead) : &evs->counts;
}

const struct tl_trace_info *tl_events_info(const struct tl_events *evs)
{
	return evs->ahead ? ahead_info(evs->ahead) : tl_source_info(evs->src);
}

static struct held *held_at(struct tl_events *evs, uint64_t seq)
{
	return &evs->ring[seq & (evs->cap - 1)];
}

static bool ring_grow(struct tl_events *evs)
{
	size_t cap = evs->cap * 2;
	struct held *ring = calloc(cap, sizeof(*ring));

	if (!ring)
		return false;
	for (uint64_t seq = evs->head; seq < evs->tail; seq++)
		ring[seq & (cap - 1)] = *held_at(evs, seq);
	free(evs->ring);
	evs->ring = ring;
	evs->cap = cap;
	return true;
}

static RARE bool slots_grow(struct tl_events *evs, size_t n)
{
	while (evs->slot.n < n)
		if (!vec_push(&evs->slot))
			return false;
	return true;
}

/* The pair (buffer, cpu) of a record, one slot per context; NULL when its cpu is not known or
 * absurd. */
static struct pair_slot *slots_of(struct tl_events *evs, const struct tl_record *rec)
{
	size_t i = ((size_t)rec->cpu * TL_BUFFERS_MAX + rec->buffer) * TL_LEVELS;

	if ((uint32_t)rec->cpu >= CPUS_MOST || rec->buffer >= TL_BUFFERS_MAX)
		return NULL;
	if (evs->slot.n < i + TL_LEVELS && !slots_grow(evs, i + TL_LEVELS))
		return NULL;
	return &evs->slot.v[i];
}

/* inv 2: whatever comes next on this cpu in this context, the event before it gets no stack any
 * more. */
static struct held *slot_close(struct tl_events *evs, struct pair_slot *slot)
{
	struct held *h =
		slot->seq >= evs->head && slot->seq < evs->tail ? held_at(evs, slot->seq) : NULL;

	slot->seq = 0;
	slot->dropped = false;
	evs->in_use--;
	if (!h || !h->open)
		return NULL;
	h->open = false;
	return h;
}

static void slot_use(struct tl_events *evs, struct pair_slot *slot, struct pair_slot with)
{
	*slot = with;
	evs->in_use++;
}

/* The slot for what came next. */
static struct pair_slot *slot_next(struct tl_events *evs, const struct tl_record *rec)
{
	struct pair_slot *slots = slots_of(evs, rec);

	for (unsigned i = slots ? tl_level(rec->ctx) : TL_LEVELS; i < TL_LEVELS; i++)
		if (slots[i].seq || slots[i].dropped)
			slot_close(evs, &slots[i]);
	return slots ? &slots[tl_level(rec->ctx)] : NULL;
}

static void join_stack(struct tl_events *evs, const struct tl_record *rec)
{
	struct pair_slot *slots = slots_of(evs, rec),
			 *slot = slots && !rec->orphan ? &slots[tl_level(rec->ctx)] : NULL;
	bool ours = slot && slot->pid == rec->pid, dropped = ours && slot->dropped;
	struct held *h = ours && (slot->seq || dropped) ? slot_close(evs, slot) : NULL;

	if (dropped)
		return;
	if (!h) {
		evs->counts.orphan_stacks++;
		return;
	}
	if (rec->frames_kept && !h->is_func)
		h->ev.stack = stack_of_kept(evs, rec->frame, rec->n_frames);
	else
		h->ev.stack =
			tl_stack_of(evs, rec->frame, rec->n_frames, h->is_func ? &h->ip : NULL,
				    h->is_func && h->parent.has ? &h->parent : NULL);
}

/* The owner's name at the left is worth something only when the kernel still knew it. */
static const struct tl_atom *name_of(struct tl_events *evs, struct tl_str comm)
{
	static const char unknown[] = "<...>";

	if (!comm.n || (comm.n == 5 && !memcmp(comm.p, unknown, 5)))
		return NULL;
	return atom_of_str(&evs->atoms, comm);
}

static const struct tl_atom *owner_of(struct tl_events *evs, const struct tl_record *rec)
{
	struct owner *o = &evs->owner[(unsigned)rec->pid % OWNERS];

	if (!rec->comm_kept)
		return name_of(evs, rec->comm);
	if (o->name != rec->comm.p)
		*o = (struct owner){rec->comm.p, name_of(evs, rec->comm)};
	return o->atom;
}

static bool decode_other(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	switch (rec->kind) {
	case TL_REC_FUNC:
		return decode_func(evs, rec, ev);
	case TL_REC_MARK:
		return decode_side(evs, rec, ev);
	case TL_REC_LOST:
		ev->kind = TL_EV_LOST;
		ev->u.lost = rec->lost;
		return true;
	default:
		return false;
	}
}

/* NULL: no life asks for it. */
static decoder decoder_for(const struct tl_record *rec)
{
	if (rec->kind != TL_REC_EVENT)
		return decode_other;
	return rec->row ? decoder_of[rec->row->id] : NULL;
}

static void fill_owner(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ev)
{
	/* by halves: of the whole a compiler makes a string instruction, which is slow to begin */
	memset(ev, 0, sizeof(*ev) / 2);
	memset((char *)ev + sizeof(*ev) / 2, 0, sizeof(*ev) - sizeof(*ev) / 2);
	ev->buffer = rec->buffer;
	ev->ctx = rec->ctx;
	ev->cpu = rec->cpu;
	ev->pid = rec->pid;
	ev->tgid = rec->tgid;
	ev->t = rec->t;
	ev->place = rec->place;
	ev->comm = owner_of(evs, rec);
}

static bool wants_stack(const struct tl_record *rec)
{
	if (rec->alone)
		return false;
	return rec->kind == TL_REC_FUNC ||
	       (rec->kind == TL_REC_EVENT && rec->row && rec->row->flags & TL_EVF_LIVES);
}

/* Names of a record die with it: keep them as atoms while the event waits. */
static void keep_name(struct tl_events *evs, struct tl_rawframe *f)
{
	const struct tl_atom *name = atom_of_str(&evs->atoms, f->name),
			     *text = atom_of_str(&evs->atoms, f->text);

	f->name = (struct tl_str){name ? name->s : "", name ? name->len : 0};
	f->text = (struct tl_str){text ? text->s : "", text ? text->len : 0};
	f->module = (struct tl_str){"", 0};
}

/* Where the next one that waits is decoded; NULL: memory is out. */
static struct held *hold_room(struct tl_events *evs)
{
	return evs->tail - evs->head < evs->cap || ring_grow(evs) ? held_at(evs, evs->tail) : NULL;
}

/* slot: where its stack will look for it; NULL: none is waited for */
static void hold(struct tl_events *evs, const struct tl_record *rec, struct held *h,
		 struct pair_slot *slot)
{
	h->record = evs->records;
	h->is_func = rec->kind == TL_REC_FUNC;
	if (h->is_func) {
		h->ip = rec->ip;
		h->parent = rec->parent;
		keep_name(evs, &h->ip);
		keep_name(evs, &h->parent);
	}
	h->open = slot;
	if (slot)
		slot_use(evs, slot, (struct pair_slot){.seq = evs->tail, .pid = rec->pid});
	evs->tail++;
}

/*
 * A tick of our recorder, which reads while it records: what is older by more than TICK_NS has got
 * its stack or gets none, on every CPU. Anybody may write one; then a stack too many is an orphan,
 * no more.
 */
#define TICK_NS 1000000

static bool is_tick(const struct tl_record *rec)
{
	static const char text[] = "tasklife/1 tick";

	return rec->kind == TL_REC_MARK && rec->payload.n >= sizeof(text) - 1 &&
	       !memcmp(rec->payload.p, text, sizeof(text) - 1);
}

static void close_older(struct tl_events *evs, tl_ns t)
{
	for (uint64_t i = evs->head; i < evs->tail; i++) {
		struct held *h = held_at(evs, i);

		if (h->ev.t != TL_NS_NONE && t - h->ev.t > TICK_NS)
			h->open = false;
	}
}

/* One record in. True: *ret is an event that needs to wait for nothing; otherwise it holds nothing
 * of worth. */
static bool take_record(struct tl_events *evs, const struct tl_record *rec, struct tl_event *ret)
{
	decoder decode = decoder_for(rec);
	struct pair_slot *slot;
	struct tl_event *ev;
	struct held *h;
	bool opens, waits;

	evs->records++;
	if (rec->kind == TL_REC_STACK) {
		join_stack(evs, rec);
		return false;
	}
	if (rec->kind == TL_REC_USER_STACK)
		return false;
	if (is_tick(rec) && rec->t != TL_NS_NONE) {
		close_older(evs, rec->t);
		return false;
	}
	opens = wants_stack(rec);
	slot = opens || evs->in_use ? slot_next(evs, rec) : NULL;
	if (!decode)
		return false;
	slot = opens ? slot : NULL;
	waits = slot || evs->head != evs->tail;
	h = waits ? hold_room(evs) : NULL;
	if (waits && !h)
		return false;
	ev = h ? &h->ev : ret;
	fill_owner(evs, rec, ev);
	if (!decode(evs, rec, ev)) {
		if (slot && rec->kind == TL_REC_FUNC)
			slot_use(evs, slot, (struct pair_slot){.pid = rec->pid, .dropped = true});
		return false;
	}
	if (h)
		hold(evs, rec, h, slot);
	return !h;
}

/* inv 1, inv 3 */
static bool give_head(struct tl_events *evs, struct tl_event *ret)
{
	struct held *h;

	if (evs->head == evs->tail)
		return false;
	h = held_at(evs, evs->head);
	if (h->open && !evs->ended && evs->records - h->record < PAIR_WINDOW)
		return false;
	*ret = h->ev;
	evs->head++;
	return true;
}

bool events_pull(struct tl_events *evs, struct tl_event *ret)
{
	struct tl_record rec;

	for (;;) {
		if (give_head(evs, ret))
			break;
		if (evs->ended)
			return false;
		if (!tl_source_next(evs->src, &rec))
			evs->ended = true;
		else if (take_record(evs, &rec, ret))
			break;
	}
	evs->counts.events++;
	return true;
}

double tl_events_progress(const struct tl_events *evs)
{
	return evs->ahead ? ahead_progress(evs->ahead) : tl_source_progress(evs->src);
}

const struct tl_event *tl_events_take(struct tl_events *evs)
{
	if (evs->ahead)
		return ahead_take(evs->ahead);
	return events_pull(evs, &evs->taken) ? &evs->taken : NULL;
}

int tl_events_next(struct tl_events *evs, struct tl_event *ret)
{
	const struct tl_event *ev = tl_events_take(evs);

	if (ev)
		*ret = *ev;
	return ev != NULL;
}
