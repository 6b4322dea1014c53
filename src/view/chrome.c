/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lives as trace events (Trace Event Format), for ui.perfetto.dev and chrome://tracing: a track per
 * thread, grouped by process, on it the life as a slice with all that is known of it, inside it
 * what the task was doing; marks for execs, signals and the death; arrows for forks, wake-ups,
 * signals and the notice to the parent. One more process shows what ran on each CPU, and where
 * records were lost.
 *
 * Times are microseconds with three digits behind the point, on the trace's own clock. Memory holds
 * what is needed to draw arrows to lives not told yet, and 40 bytes per thread id.
 */
#include <errno.h>
#include <string.h>
#include "base/guard.h"
#include "view/chrome.h"
#include "view/fate.h"
#include "view/json.h"
#include "view/views.h"

/* More ids than any task has (PID_MAX_LIMIT, include/linux/threads.h): the next bearer's track is
 * so much further. */
#define NEXT_BEARER 4194304u
#define BEARERS	    470u
/* Behind all of these. */
#define MACHINE 2000000000u
#define LOST	1000u

void event_begin(struct chrome *c, struct json *j, const char *phase, const char *name, size_t n,
		 const char *category, const struct track *track)
{
	out_mem(c->out, ",\n", c->any ? 2 : 0);
	c->any = true;
	json_init(j, c->out);
	json_obj(j, NULL);
	json_str(j, "ph", phase);
	json_strn(j, "name", name, n);
	if (category)
		json_str(j, "cat", category);
	json_int(j, "pid", track->pid);
	json_int(j, "tid", track->tid);
}

void event_time(struct json *j, const char *key, tl_ns t)
{
	char fraction[4] = {'.', (char)('0' + t % 1000 / 100), (char)('0' + t % 100 / 10),
			    (char)('0' + t % 10)};

	out_mem(j->out, ",\"", 2);
	out_str(j->out, key);
	out_mem(j->out, "\":", 2);
	out_i64(j->out, t / 1000);
	out_mem(j->out, fraction, 4);
}

void event_end(struct json *j)
{
	json_end_obj(j);
}

static void put_name(struct chrome *c, const char *what, const char *name,
		     const struct track *track)
{
	struct json j;

	event_begin(c, &j, "M", what, strlen(what), NULL, track);
	json_obj(&j, "args");
	json_str(&j, "name", name);
	json_end_obj(&j);
	event_end(&j);
}

/* Viewers order processes by this; where two are alike, by name. */
static void put_order(struct chrome *c, const struct track *track, int64_t order)
{
	struct json j;

	event_begin(c, &j, "M", "process_sort_index", strlen("process_sort_index"), NULL, track);
	json_obj(&j, "args");
	json_int(&j, "sort_index", order);
	json_end_obj(&j);
	event_end(&j);
}

/* Behind a process's name viewers write its id: where that is not the real one, a later bearer's,
 * the name says it. */
static void put_names(struct chrome *c, const struct tl_told *told, const struct drawn *d)
{
	const struct tl_task *t = told->task;
	int len = t->comm ? (int)t->comm->len : 1;
	const char *comm = t->comm ? t->comm->s : "?";
	char name[160];

	snprintf(name, sizeof(name), t->generation > 1 ? "%.*s(%d) #%u" : "%.*s(%d)", len, comm,
		 t->tid, t->generation);
	put_name(c, "thread_name", name, &d->track);
	if (d->track.pid != d->track.tid)
		return;
	if (t->generation <= 1)
		snprintf(name, sizeof(name), "%.*s", len, comm);
	put_name(c, "process_name", name, &d->track);
	put_order(c, &d->track,
		  told->t0 != TL_NS_NONE && d->from > told->t0 ? (d->from - told->t0) / 1000 : 0);
}

static uint32_t number(tl_pid id, uint32_t generation)
{
	return (uint32_t)id + (generation ? (generation - 1) % BEARERS : 0) * NEXT_BEARER;
}

static struct track track_of(struct chrome *c, const struct tl_task *t)
{
	const struct tl_ref *leader = &t->process->leader;
	uint32_t own = number(t->tid, t->generation);

	if (t->is_leader || t->tgid == TL_PID_NONE) {
		if (t->is_leader &&
		    !map_put(&c->leaders, (uint64_t)t->tid, (void *)(uintptr_t)t->generation))
			c->starved = true;
		return (struct track){own, own};
	}
	return (struct track){number(t->tgid, leader->tid != TL_PID_NONE
						      ? leader->generation
						      : (uint32_t)(uintptr_t)map_get(
								&c->leaders, (uint64_t)t->tgid)),
			      own};
}

static void widen(struct drawn *d, const struct tl_seen *seen)
{
	if (!seen->is || seen->t == TL_NS_NONE)
		return;
	if (d->from == TL_NS_NONE || seen->t < d->from)
		d->from = seen->t;
	if (d->to == TL_NS_NONE || seen->t > d->to)
		d->to = seen->t;
}

/* From the first to the last that was seen of it; its zombie time too, where that is known. */
static bool lifetime(const struct tl_told *told, struct drawn *d)
{
	const struct tl_task *t = told->task;
	const struct tl_segments *s = t->segments;

	d->from = d->to = TL_NS_NONE;
	widen(d, &t->first);
	widen(d, &t->last);
	widen(d, &t->birth.seen);
	widen(d, &t->death->seen);
	widen(d, &t->reap->seen);
	if (s && s->n) {
		widen(d, &(struct tl_seen){.t = s->v[0].from, .is = true});
		widen(d, &(struct tl_seen){.t = s->v[s->n - 1].to, .is = true});
	}
	return d->from != TL_NS_NONE;
}

/* Of lives, those that went wrong: red ("terrible" is too dark for the name on it) and brown; the
 * others have one by their name. See colours below. */
static const char *const fate_colours[FATES] = {
	[FATE_KILLED] = "rail_animation", [FATE_FAILED] = "bad"};

static void put_life(struct chrome *c, const struct tl_told *told, const struct drawn *d)
{
	const struct tl_atom *comm = told->task->comm;
	struct tl_task task = *told->task;
	struct tl_told without = *told;
	struct json j;

	task.segments = NULL; /* they are slices of their own */
	without.task = &task;
	event_begin(c, &j, "X", comm ? comm->s : "?", comm ? comm->len : 1, "life", &d->track);
	event_time(&j, "ts", d->from);
	event_time(&j, "dur", d->to - d->from);
	if (fate_colours[fate_of(told)])
		json_str(&j, "cname", fate_colours[fate_of(told)]);
	json_task(&j, "args", &without);
	event_end(&j);
}

static void put_mark(struct chrome *c, const struct drawn *d, const char *name, size_t n,
		     const char *category, tl_ns t)
{
	struct json j;

	event_begin(c, &j, "i", name, n, category, &d->track);
	event_time(&j, "ts", t);
	json_str(&j, "s", "t");
	event_end(&j);
}

static void put_marks(struct chrome *c, const struct tl_told *told, const struct drawn *d)
{
	const struct tl_task *t = told->task;
	const char *cause = tl_finding_id(&told->death.cause);

	for (unsigned i = 0; i < t->n_execs; i++) {
		const struct tl_atom *file = t->exec[i].filename;

		if (t->exec[i].seen.t != TL_NS_NONE)
			put_mark(c, d, file ? file->s : "exec", file ? file->len : 4, "exec",
				 t->exec[i].seen.t);
	}
	for (unsigned i = 0; i < t->n_signals; i++) {
		const char *name = tl_signal_name(t->signals[i].sig);

		name = name ? name : "signal";
		if (t->signals[i].seen.t != TL_NS_NONE)
			put_mark(c, d, name, strlen(name), "signal", t->signals[i].seen.t);
	}
	if (t->death->seen.is && t->death->seen.t != TL_NS_NONE)
		put_mark(c, d, cause, strlen(cause), "death", t->death->seen.t);
}

/* Reserved colours of chrome://tracing; other viewers choose their own. */
static const char *const colours[TL_DOINGS] = {
	[TL_RUNNING] = "thread_state_running", [TL_RUNNABLE] = "thread_state_runnable",
	[TL_SLEEPING] = "thread_state_sleeping", [TL_STOPPED] = "thread_state_iowait",
	[TL_ZOMBIE] = "generic_work",
};

static const char *colour_of(const struct tl_segment *s)
{
	return s->what == TL_SLEEPING && s->letter == 'D' ? "thread_state_uninterruptible"
							  : colours[s->what];
}

static void put_state(struct chrome *c, const struct tl_segment *s, const struct track *track)
{
	const char *name = tl_doing_name(s->what);
	char letter[2] = {s->letter, 0};
	struct json j;

	event_begin(c, &j, "X", name, strlen(name), "state", track);
	event_time(&j, "ts", s->from);
	event_time(&j, "dur", s->to - s->from);
	json_str(&j, "cname", colour_of(s));
	json_obj(&j, "args");
	if (s->cpu >= 0)
		json_int(&j, "cpu", s->cpu);
	if (s->letter)
		json_str(&j, "letter", letter);
	if (s->by != TL_PID_NONE)
		json_int(&j, "by", s->by);
	json_end_obj(&j);
	event_end(&j);
}

static void put_on_cpu(struct chrome *c, const struct tl_segment *s, const struct tl_task *t)
{
	struct track cpu = {MACHINE, MACHINE + (uint32_t)s->cpu};
	struct json j;

	if ((unsigned)s->cpu < 64 * ARRAY_SIZE(c->cpus))
		c->cpus[s->cpu / 64] |= 1ull << s->cpu % 64;
	event_begin(c, &j, "X", t->comm ? t->comm->s : "?", t->comm ? t->comm->len : 1, "cpu",
		    &cpu);
	event_time(&j, "ts", s->from);
	event_time(&j, "dur", s->to - s->from);
	json_obj(&j, "args");
	json_int(&j, "tid", t->tid);
	json_end_obj(&j);
	event_end(&j);
}

static void put_segments(struct chrome *c, const struct tl_task *t, const struct drawn *d)
{
	for (size_t i = 0; t->segments && i < t->segments->n; i++) {
		const struct tl_segment *s = &t->segments->v[i];

		put_state(c, s, &d->track);
		if (s->what == TL_RUNNING && s->cpu >= 0)
			put_on_cpu(c, s, t);
		if (s->by != TL_PID_NONE)
			flows_add(c, &(struct flow){.kind = FLOW_WAKE, .here = d->track,
						    .here_t = s->from, .other_t = s->from},
				  s->by);
	}
}

static bool inside(const struct drawn *d, tl_ns t)
{
	return t != TL_NS_NONE && t >= d->from && t <= d->to;
}

static void put_signal_flow(struct chrome *c, const struct tl_signal *s, const struct tl_finding *f,
			    const struct drawn *d)
{
	tl_ns taken = s->delivered.is && inside(d, s->delivered.t) ? s->delivered.t : s->seen.t;

	if (!f || !f->row || !tl_source_has_sender(f->row) || s->owner.tid == TL_PID_NONE ||
	    !inside(d, taken))
		return;
	flows_add(c, &(struct flow){.kind = FLOW_SIGNAL, .here = d->track, .here_t = taken,
				    .other_t = s->seen.t,
				    .other_generation = s->owner.generation}, s->owner.tid);
}

static void put_flows(struct chrome *c, const struct tl_told *told, const struct drawn *d)
{
	const struct tl_task *t = told->task;
	const struct tl_notice *n = t->notice;

	if (t->birth.seen.is && t->birth.creator.tid != TL_PID_NONE && inside(d, t->birth.seen.t))
		flows_add(c,
			  &(struct flow){.kind = FLOW_FORK,
					 .here = d->track,
					 .here_t = t->birth.seen.t,
					 .other_t = t->birth.seen.t,
					 .other_generation = t->birth.creator.generation},
			  t->birth.creator.tid);
	for (unsigned i = 0; i < t->n_signals; i++)
		put_signal_flow(c, &t->signals[i], told->signal ? &told->signal[i] : NULL, d);
	if (n->seen.is && n->parent.tid != TL_PID_NONE && inside(d, n->seen.t))
		flows_add(c,
			  &(struct flow){.kind = FLOW_NOTICE,
					 .to_other = true,
					 .here = d->track,
					 .here_t = n->seen.t,
					 .other_t = n->delivered.is ? n->delivered.t : n->seen.t,
					 .other_generation = n->parent.generation},
			  n->parent.tid);
}

/* The latest bearer of an id, for arrows from lives told later. */
static struct drawn *remember(struct chrome *c, const struct tl_task *t)
{
	struct drawn *d = map_get(&c->drawn, (uint64_t)t->tid);

	if (d)
		return d;
	d = arena_alloc(&c->mem, sizeof(*d));
	if (!d || !map_put(&c->drawn, (uint64_t)t->tid, d)) {
		c->starved = true;
		return NULL;
	}
	return d;
}

static void chrome_task(struct out *o, void *state, const struct tl_told *told)
{
	struct chrome *c = state;
	const struct tl_task *t = told->task;
	struct drawn *d = remember(c, t);

	if (d && lifetime(told, d)) {
		d->track = track_of(c, t);
		d->generation = t->generation;
		put_names(c, told, d);
		put_life(c, told, d);
		put_marks(c, told, d);
		put_segments(c, t, d);
		put_flows(c, told, d);
		flows_meet(c, t->tid, d);
	}
	if (c->starved)
		o->os = ENOMEM;
}

static bool chrome_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct chrome *c = calloc(1, sizeof(*c));

	if (!c)
		return false;
	c->out = o;
	map_init(&c->drawn);
	map_init(&c->leaders);
	map_init(&c->waiting);
	arena_init(&c->mem);
	out_str(o, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
	*ret_state = c;
	return true;
}

static void put_blind(struct chrome *c, const struct tl_trace_info *info, const struct tl_blind *b,
		      tl_ns *until)
{
	struct track lost = {MACHINE, MACHINE + LOST + (uint32_t)(b->cpu + 1)};
	tl_ns from = b->from == TL_NS_NONE ? info->first : b->from,
	      to = b->to == TL_NS_NONE ? info->last : b->to;
	struct json j;

	if (from == TL_NS_NONE || to == TL_NS_NONE)
		return;
	from = from < *until ? *until : from; /* intervals may touch or lie over each other */
	if (to < from)
		return;
	*until = to;
	event_begin(c, &j, "X", b->why, strlen(b->why), "blind", &lost);
	event_time(&j, "ts", from);
	event_time(&j, "dur", to - from);
	event_end(&j);
}

static void put_machine(struct chrome *c, const struct tl_trace_info *info)
{
	char name[40];

	for (uint32_t cpu = 0; cpu < 64 * ARRAY_SIZE(c->cpus); cpu++) {
		if (!(c->cpus[cpu / 64] >> cpu % 64 & 1))
			continue;
		snprintf(name, sizeof(name), "CPU %u", cpu);
		put_name(c, "thread_name", name, &(struct track){MACHINE, MACHINE + cpu});
	}
	for (int cpu = -1; cpu < 256; cpu++) {
		tl_ns until = INT64_MIN + 1;

		for (unsigned i = 0; i < info->n_blind; i++) {
			if (info->blind[i].cpu != cpu)
				continue;
			snprintf(name, sizeof(name),
				 cpu < 0 ? "records lost" : "records lost on CPU %d", cpu);
			if (until == INT64_MIN + 1)
				put_name(c, "thread_name", name,
					 &(struct track){MACHINE,
							 MACHINE + LOST + (uint32_t)(cpu + 1)});
			put_blind(c, info, &info->blind[i], &until);
		}
	}
	put_name(c, "process_name", "CPUs", &(struct track){MACHINE, MACHINE});
	put_order(c, &(struct track){MACHINE, MACHINE}, -1);
}

static void chrome_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct chrome *c = state;
	struct json j;

	put_machine(c, trailer->info);
	out_str(o, "\n],\n");
	json_init(&j, o);
	json_trace(&j, "metadata", trailer);
	out_str(o, "}\n");
	map_fini(&c->drawn);
	map_fini(&c->leaders);
	map_fini(&c->waiting);
	vec_fini(&c->flow);
	arena_fini(&c->mem);
	free(c);
}

const struct tl_view view_chrome = {
	.name = "chrome",
	.suffix = ".json",
	.summary = N_("trace events for Perfetto and Chrome"),
	.is_export = true,
	.segments = true,
	.begin = chrome_begin,
	.task = chrome_task,
	.end = chrome_end,
};
