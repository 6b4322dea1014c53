/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A life made by hand, with every part filled, for tests of the views: raspbian_proc(3682) of the
 * notes, killed by bash(2061), reaped by bash(2260). Change what a test is about.
 */
#ifndef TESTS_UNIT_TOLD_H
#define TESTS_UNIT_TOLD_H

#include <string.h>
#include "base/atom.h"
#include "base/guard.h"
#include "base/out.h"
#include "base/tongue.h"
#include "tasklife/view.h"

#define T0 8120000000000

struct hand {
	unsigned again; /* times the life is told once more */
	struct atoms atoms;
	struct tl_task task;
	struct tl_process process;
	struct tl_death death;
	struct tl_notice notice;
	struct tl_reap reap;
	struct tl_sched sched;
	struct tl_signal signal;
	struct tl_finding source;
	struct tl_evidence evidence;
	struct tl_exec exec;
	struct tl_rhythm rhythm;
	struct tl_told told;
	struct tl_trace_info info;
	struct tl_witnesses witnesses;
	tl_pid threads[2];
	const struct tl_atom *comms[2];
};

static const struct tl_cause hand_fork = {TL_CAUSE_BIRTH, "fork", "B-FORK", "fork says", "", NULL};
static const struct tl_cause hand_death = {TL_CAUSE_DEATH, "signal", "D-SIGKILL",
					   "death says",   "",       NULL};
static const struct tl_cause hand_exit = {TL_CAUSE_DEATH, "exit", "D-EXIT-GROUP",
					  "exit says",    "",     NULL};

/* A row of the real table: whether a source has a sender is the table's to say. */
static inline const struct tl_cause *hand_row(enum tl_cause_kind kind, const char *id)
{
	unsigned n;
	const struct tl_cause *row = tl_causes(&n);

	for (unsigned i = 0; i < n; i++)
		if (row[i].kind == kind && !strcmp(row[i].id, id))
			return &row[i];
	return NULL;
}

static inline const struct tl_atom *hand_atom(struct hand *h, const char *s)
{
	return atom_of(&h->atoms, s, strlen(s));
}

static inline struct tl_seen hand_seen(int kind, tl_ns after, uint64_t place)
{
	return (struct tl_seen){
		.t = T0 + after, .place = place, .kind = (uint16_t)kind, .is = true};
}

static inline const struct tl_stack *hand_stack(struct hand *h, const char *const *names,
						unsigned n)
{
	struct tl_stack *s = arena_alloc(&h->atoms.mem, sizeof(*s) + n * sizeof(*s->frame));
	const struct tl_atom **raw = arena_alloc(&h->atoms.mem, n * sizeof(*raw));

	for (unsigned i = 0; i < n; i++)
		s->frame[i].name = s->frame[i].raw = raw[i] = hand_atom(h, names[i]);
	s->n = s->n_raw = (uint16_t)n;
	s->raw = raw;
	tl_stack_complete(s);
	return s;
}

static inline void hand_kill(struct hand *h)
{
	const struct tl_cause *kill = hand_row(TL_CAUSE_SOURCE, "kill");

	h->signal = (struct tl_signal){.seen = hand_seen(TL_EV_SIGNAL, 3263608000, 304),
				       .sig = 9,
				       .group = true,
				       .target = {3682, 1, h->comms[1]},
				       .owner = {2061, 1, hand_atom(h, "bash")},
				       .owner_tgid = 2061,
				       .delivered = hand_seen(TL_EV_DELIVER, 3263615000, 310)};
	h->source = (struct tl_finding){.row = kill};
	h->task.signals = &h->signal;
	h->task.n_signals = 1;
	h->told.signal = &h->source;
	h->evidence.seen = hand_seen(TL_EV_SIGNAL, 3263608000, 304);
	h->told.death = (struct tl_death_verdict){
		.cause = {.row = &hand_death, .evidence = &h->evidence, .n_evidence = 1},
		.source = {.row = kill},
		.fatal = &h->signal,
		.signal = 9,
		.by = {2061, 1, hand_atom(h, "bash")},
		.trigger = {.tid = TL_PID_NONE},
		.core_dumped = 0};
}

static inline void hand_init(struct hand *h)
{
	static const char *const birth[] = {"copy_process", "kernel_clone", "__do_sys_clone"};
	static const char *const death[] = {"do_exit", "do_group_exit", "get_signal"};
	struct tl_task *t = &h->task;

	memset(h, 0, sizeof(*h));
	atoms_init(&h->atoms);
	tongue_set(TONGUE_EN);
	h->comms[0] = hand_atom(h, "bash");
	h->comms[1] = hand_atom(h, "raspbian_proc");
	h->threads[0] = 3682;
	h->process = (struct tl_process){.tgid = 3682,
					 .leader = {.tid = 3682},
					 .thread = h->threads,
					 .n_threads = 1,
					 .ended = true,
					 .end = hand_seen(TL_EV_EXIT, 3263674000, 330)};
	*t = (struct tl_task){.tid = 3682,
			      .tgid = 3682,
			      .generation = 1,
			      .comm = h->comms[1],
			      .comms = h->comms,
			      .n_comms = 2,
			      .first = hand_seen(TL_EV_NEWTASK, 1000000, 10),
			      .last = hand_seen(TL_EV_FREE, 3300000000, 350),
			      .process = &h->process,
			      .death = &h->death,
			      .notice = &h->notice,
			      .reap = &h->reap,
			      .sched = &h->sched,
			      .is_leader = true};
	t->birth = (struct tl_birth){.seen = hand_seen(TL_EV_NEWTASK, 1000000, 10),
				     .flags_known = true,
				     .clone_flags = 0x1200000,
				     .creator = {2260, 1, hand_atom(h, "bash")},
				     .real_parent = {2260, 1, hand_atom(h, "bash")},
				     .requester = {.tid = TL_PID_NONE},
				     .stack = hand_stack(h, birth, 3)};
	h->exec = (struct tl_exec){.seen = hand_seen(TL_EV_EXEC, 1900000, 20),
				   .old_pid = 3682,
				   .filename = hand_atom(h, "/root/raspbian_proc"),
				   .comm = h->comms[1]};
	t->exec = &h->exec;
	t->n_execs = 1;
	h->death = (struct tl_death){.way = &tl_no_way, .seen = hand_seen(TL_EV_EXIT, 3263674000, 330),
				     .stack = hand_stack(h, death, 3),
				     .group_dead = -1};
	h->notice = (struct tl_notice){.seen = hand_seen(TL_EV_SIGNAL, 3263686000, 332),
				       .sig = 17,
				       .code = 2,
				       .parent = {2260, 1, hand_atom(h, "bash")},
				       .sender = 3682};
	h->reap = (struct tl_reap){.is = true,
				   .at_most = true,
				   .automatic = 0,
				   .seen = hand_seen(TL_EV_FREE, 3264874000, 340),
				   .by = {2260, 1, hand_atom(h, "bash")}};
	h->rhythm = (struct tl_rhythm){.from = T0 + 2000000,
				       .to = T0 + 3000000000,
				       .count = 500,
				       .min = 3000000000,
				       .max = 3000000000,
				       .sum = 1500000000000,
				       .state = 'S'};
	h->sched = (struct tl_sched){.any = true,
				     .run = 1200000,
				     .wait = 90000,
				     .sleep = 3262400000,
				     .switches = 4,
				     .cpus = {8},
				     .rhythm = &h->rhythm,
				     .n_rhythms = 1};
	h->witnesses = (struct tl_witnesses){.newtask = true, .exit = true, .signal = true};
	h->info = (struct tl_trace_info){
		.format = "ftrace-text", .first = T0, .last = T0 + 4000000000, .records = 24};
	h->told = (struct tl_told){.task = t,
				   .birth = {.row = &hand_fork},
				   .witnesses = &h->witnesses,
				   .info = &h->info,
				   .t0 = T0};
	hand_kill(h);
	h->told.process = (struct tl_process_verdict){.ended = true,
						      .end = h->process.end,
						      .v = h->told.death,
						      .decided_by = {3682, 1, h->comms[1]}};
}

static inline void hand_fini(struct hand *h)
{
	tongue_set(TONGUE_EN);
	atoms_fini(&h->atoms);
}

/* The whole output of a view for one life (none when h is NULL); to be freed. */
static inline char *hand_view(const char *view, struct hand *h, struct tl_view_opts opts)
{
	static const struct tl_trace_info empty = {
		.format = "ftrace-text", .first = TL_NS_NONE, .last = TL_NS_NONE};
	struct tl_trailer tr = {
		.info = h ? &h->info : &empty, .tasks = h ? 1 : 0, .shown = h ? 1 : 0};
	const struct tl_view *v = tl_view_named(view);
	void *state = NULL;
	struct out o;
	char *text;

	out_init(&o, -1);
	if (!v || !v->begin(&o, &opts, &state))
		return NULL;
	for (unsigned i = 0; h && i <= h->again; i++)
		v->task(&o, state, &h->told);
	v->end(&o, state, &tr);
	text = strdup(out_text(&o));
	out_fini(&o);
	return text;
}

#endif
