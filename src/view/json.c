/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lives as JSON: the whole trace as one object, or one object per line. The walk over columns.def
 * gives the shape; what is a list has a function here, found by its column. "Not seen" is null,
 * what cannot apply is left out, and nothing here depends on the language chosen.
 */
#include <string.h>
#include "base/guard.h"
#include "base/json.h"
#include "columns/columns.h"
#include "view/views.h"

struct json_state {
	struct json j;
	bool lines; /* ndjson: every task a value of its own */
};

static void put_ref_open(struct json *j, const char *key, const struct tl_ref *ref)
{
	json_obj(j, key);
	json_int(j, "tid", ref->tid);
	json_atom(j, "comm", ref->comm);
}

static void put_ref(struct json *j, const char *key, const struct tl_ref *ref)
{
	if (ref->tid == TL_PID_NONE) {
		json_null(j, key);
		return;
	}
	put_ref_open(j, key, ref);
	json_end_obj(j);
}

static void put_seen(struct json *j, const char *key, const struct tl_seen *seen)
{
	json_ns(j, key, seen->is ? seen->t : TL_NS_NONE);
}

static void put_stack(struct json *j, const struct tl_stack *stack)
{
	if (!stack) {
		json_null(j, "stack");
		return;
	}
	json_arr(j, "stack");
	for (unsigned i = 0; i < stack->n; i++)
		json_atom(j, NULL, stack->frame[i].name);
	json_end_arr(j);
	json_arr(j, "stack_raw");
	for (unsigned i = 0; i < stack->n_raw; i++)
		json_atom(j, NULL, stack->raw[i]);
	json_end_arr(j);
}

static void part_comms(struct json *j, const char *key, const struct tl_told *d)
{
	json_arr(j, key);
	for (unsigned i = 0; i < d->task->n_comms; i++)
		json_atom(j, NULL, d->task->comms[i]);
	json_end_arr(j);
}

static void part_clone_flags(struct json *j, const char *key, const struct tl_told *d)
{
	const struct tl_birth *b = &d->task->birth;
	char unnamed[24];

	if (!b->flags_known) {
		json_null(j, key);
		return;
	}
	json_arr(j, key);
	for (unsigned bit = 7; bit < 64; bit++) { /* the bits below are the exit signal */
		const char *name = tl_clone_flag_name(bit);

		if (!(b->clone_flags >> bit & 1))
			continue;
		snprintf(unnamed, sizeof(unnamed), "0x%llx", 1ull << bit);
		json_str(j, NULL, name ? name : unnamed);
	}
	json_end_arr(j);
}

static void part_birth_stack(struct json *j, const char *key, const struct tl_told *d)
{
	put_stack(j, d->task->birth.stack);
}

static void part_death_stack(struct json *j, const char *key, const struct tl_told *d)
{
	put_stack(j, d->task->death.stack);
}

static void part_execs(struct json *j, const char *key, const struct tl_told *d)
{
	json_arr(j, key);
	for (unsigned i = 0; i < d->task->n_execs; i++) {
		const struct tl_exec *x = &d->task->exec[i];

		json_obj(j, NULL);
		put_seen(j, "t_ns", &x->seen);
		json_atom(j, "filename", x->filename);
		json_atom(j, "comm", x->comm);
		json_atom(j, "argv", x->argv);
		if (x->old_pid != TL_PID_NONE && x->old_pid != d->task->tid)
			json_int(j, "old_tid", x->old_pid);
		json_end_obj(j);
	}
	json_end_arr(j);
}

/* Who did it, and in whose context the kernel did it: one of the two is the owner of the record. */
static void put_from(struct json *j, const struct tl_signal *s, const struct tl_finding *f)
{
	static const struct tl_ref nobody = {.tid = TL_PID_NONE};
	bool sender = f && f->row && tl_source_has_sender(f->row);

	put_ref(j, "from", sender ? &s->owner : &nobody);
	put_ref(j, "trigger", sender ? &nobody : &s->owner);
}

static void put_signal(struct json *j, const struct tl_signal *s, const struct tl_finding *f)
{
	json_obj(j, NULL);
	put_seen(j, "t_ns", &s->seen);
	json_int(j, "sig", s->sig);
	json_str(j, "name", tl_signal_name(s->sig));
	json_int(j, "code", s->code);
	json_str(j, "code_name", tl_sigcode_name(s->sig, s->code));
	json_bool(j, "group", s->group);
	json_str(j, "result", tl_sigresult_name(s->result));
	json_str(j, "source", f ? tl_finding_id(f) : "unknown");
	json_str(j, "rule", f && f->row ? f->row->rule : NULL);
	put_from(j, s, f);
	put_seen(j, "delivered_t_ns", &s->delivered);
	put_stack(j, s->stack);
	json_end_obj(j);
}

static void part_signals(struct json *j, const char *key, const struct tl_told *d)
{
	json_arr(j, key);
	for (unsigned i = 0; i < d->task->n_signals; i++)
		put_signal(j, &d->task->signals[i], d->signal ? &d->signal[i] : NULL);
	json_end_arr(j);
	if (d->task->signals_folded)
		json_u64(j, "signals_more", d->task->signals_folded);
}

static void part_death_by(struct json *j, const char *key, const struct tl_told *d)
{
	const struct tl_signal *s = d->death.fatal;

	if (d->death.by.tid == TL_PID_NONE) {
		json_null(j, key);
		return;
	}
	put_ref_open(j, key, &d->death.by);
	json_atom(j, "argv", s ? s->owner_argv : NULL);
	json_atom(j, "cgroup", s ? s->owner_cgroup : NULL);
	json_arr(j, "ancestry");
	for (unsigned i = 0; s && i < s->n_ancestry; i++)
		put_ref(j, NULL, &s->ancestry[i]);
	json_end_arr(j);
	json_end_obj(j);
}

static void part_evidence(struct json *j, const char *key, const struct tl_told *d)
{
	const struct tl_finding *f = &d->death.cause;

	json_arr(j, key);
	for (unsigned i = 0; i < f->n_evidence; i++) {
		const struct tl_evidence *e = &f->evidence[i];

		json_obj(j, NULL);
		put_seen(j, "t_ns", &e->seen);
		if (e->function)
			json_atom(j, "event", e->function);
		else
			json_str(j, "event", tl_ev_name(e->seen.kind));
		if (d->unkept)
			json_null(j, "place");
		else
			json_u64(j, "place", e->seen.place);
		json_end_obj(j);
	}
	json_end_arr(j);
}

static void part_threads(struct json *j, const char *key, const struct tl_told *d)
{
	const struct tl_process *p = d->task->process;

	json_arr(j, key);
	for (unsigned i = 0; p && i < p->n_threads; i++)
		json_int(j, NULL, p->thread[i]);
	json_end_arr(j);
	if (p && p->threads_more)
		json_u64(j, "threads_more", p->threads_more);
}

/* The end of a process in the words of a death, from the thread that decided it. */
static void part_process_end(struct json *j, const char *key, const struct tl_told *d)
{
	const struct tl_process_verdict *p = &d->process;

	if (!p->ended) {
		json_null(j, key);
		return;
	}
	json_obj(j, key);
	put_seen(j, "t_ns", &p->end);
	json_str(j, "cause", tl_finding_id(&p->v.cause));
	if (p->v.signal)
		json_int(j, "signal", p->v.signal);
	else if (!p->v.exited)
		json_null(j, "signal");
	if (!p->v.exited && (p->v.signal || p->v.fatal))
		json_str(j, "source", tl_finding_id(&p->v.source));
	if (p->v.exited && p->v.exit_code_known)
		json_int(j, "exit_code", p->v.exit_code);
	else if (p->v.exited)
		json_null(j, "exit_code");
	if (p->decided_by.tid != TL_PID_NONE)
		json_int(j, "decided_by", p->decided_by.tid);
	else
		json_null(j, "decided_by");
	json_end_obj(j);
}

static void part_adopted_by(struct json *j, const char *key, const struct tl_told *d)
{
	json_arr(j, key);
	for (unsigned i = 0; i < d->task->n_adoptions; i++) {
		const struct tl_adoption *a = &d->task->adoption[i];

		json_obj(j, NULL);
		put_seen(j, "t_ns", &a->seen);
		json_int(j, "tid", a->by.tid);
		json_atom(j, "comm", a->by.comm);
		json_end_obj(j);
	}
	json_end_arr(j);
}

static void part_children(struct json *j, const char *key, const struct tl_told *d)
{
	json_arr(j, key);
	for (unsigned i = 0; i < d->task->n_children; i++) {
		json_obj(j, NULL);
		json_int(j, "tid", d->task->child[i].tid);
		json_int(j, "generation", d->task->child[i].generation);
		json_atom(j, "comm", d->task->child[i].comm);
		json_end_obj(j);
	}
	json_end_arr(j);
	if (d->task->children_more)
		json_u64(j, "children_more", d->task->children_more);
}

static void part_cpus(struct json *j, const char *key, const struct tl_told *d)
{
	const struct tl_sched *s = &d->task->sched;

	json_arr(j, key);
	for (unsigned cpu = 0; cpu < 64 * ARRAY_SIZE(s->cpus); cpu++)
		if (s->cpus[cpu / 64] >> (cpu % 64) & 1)
			json_int(j, NULL, cpu);
	json_end_arr(j);
}

typedef void (*part_fn)(struct json *j, const char *key, const struct tl_told *d);
static const part_fn part[COLUMNS] = {
#define OBJECT(id, path, state, meaning)
#define COLUMN(id, path, sql, type, value, meaning)
#define PART(id, path, meaning) [COL_##id] = part_##id,
#include "columns/columns.def"
#undef OBJECT
#undef COLUMN
#undef PART
};

static void put_cell(struct json *j, const char *key, const struct cell *c)
{
	switch (c->kind) {
	case CELL_ABSENT:
	case CELL_THERE: return;
	case CELL_NULL: json_null(j, key); return;
	case CELL_INT: json_int(j, key, c->u.i); return;
	case CELL_BOOL: json_bool(j, key, c->u.b); return;
	case CELL_TEXT: json_strn(j, key, c->u.s.p, c->u.s.n); return;
	case CELL_REF: put_ref(j, key, c->u.ref); return;
	}
}

static void put_task(struct json *j, const struct tl_told *told)
{
	bool inside = false, skipping = false;

	json_obj(j, NULL);
	for (unsigned i = 0; i < COLUMNS; i++) {
		const struct column *col = &columns[i];
		struct cell c = col->get ? col->get(told) : (struct cell){CELL_ABSENT, {0}};

		if (col->depth == 0 && inside) {
			json_end_obj(j);
			inside = false;
		}
		if (col->depth == 0)
			skipping = false;
		if (skipping)
			continue;
		if (col->kind == COLUMN_OBJECT && c.kind == CELL_THERE) {
			json_obj(j, col->key);
			inside = true;
		} else if (col->kind == COLUMN_OBJECT) {
			skipping = true;
			put_cell(j, col->key, &c);
		} else if (col->kind == COLUMN_PART) {
			part[i](j, col->key, told);
		} else {
			put_cell(j, col->key, &c);
		}
	}
	if (inside)
		json_end_obj(j);
	json_end_obj(j);
}

static const char *arch_name(enum tl_arch arch)
{
	static const char *const names[] = {
		[TL_ARCH_X86] = "x86", [TL_ARCH_ARM64] = "arm64", [TL_ARCH_ARM] = "arm"};

	return (unsigned)arch < ARRAY_SIZE(names) ? names[arch] : NULL;
}

static void put_blind(struct json *j, const struct tl_trace_info *info)
{
	json_arr(j, "blind");
	for (unsigned i = 0; i < info->n_blind; i++) {
		const struct tl_blind *b = &info->blind[i];

		json_obj(j, NULL);
		json_ns(j, "from_ns", b->from);
		json_ns(j, "to_ns", b->to);
		if (b->cpu < 0)
			json_null(j, "cpu");
		else
			json_int(j, "cpu", b->cpu);
		json_str(j, "why", b->why);
		json_end_obj(j);
	}
	json_end_arr(j);
}

static void put_warnings(struct json *j, const struct tl_trailer *tr)
{
	json_arr(j, "warnings");
	for (unsigned i = 0; i < tr->info->n_warnings; i++)
		json_str(j, NULL, tr->info->warnings[i]);
	for (unsigned i = 0; i < tr->n_oddities; i++) {
		const struct tl_oddity *odd = &tr->oddity[i];
		char text[512];

		snprintf(text, sizeof(text), "%s (tid %d, place %llu)", odd->what, odd->tid,
			 (unsigned long long)odd->seen.place);
		json_str(j, NULL, text);
	}
	json_end_arr(j);
}

static void put_trace(struct json *j, const char *key, const struct tl_trailer *tr)
{
	const struct tl_trace_info *info = tr->info;

	json_obj(j, key);
	json_str(j, "format", info->format);
	json_str(j, "clock", info->clock);
	json_str(j, "kernel", info->kernel);
	json_str(j, "arch", arch_name(info->arch));
	if (info->cpus > 0)
		json_int(j, "cpus", info->cpus);
	else
		json_null(j, "cpus");
	json_ns(j, "first_t_ns", info->first);
	json_ns(j, "last_t_ns", info->last);
	json_u64(j, "events", info->records);
	if (info->lost_unknown)
		json_null(j, "lost_events");
	else
		json_u64(j, "lost_events", info->lost);
	json_u64(j, "unparsed_lines", info->unparsed);
	json_u64(j, "orphan_stacks", tr->counts ? tr->counts->orphan_stacks : 0);
	put_blind(j, info);
	put_warnings(j, tr);
	json_end_obj(j);
}

static struct json_state *state_new(struct out *o, bool lines, void **ret)
{
	struct json_state *st = calloc(1, sizeof(*st));

	if (!st)
		return NULL;
	json_init(&st->j, o);
	st->lines = lines;
	*ret = st;
	return st;
}

static bool json_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct json_state *st = state_new(o, false, ret_state);

	if (!st)
		return false;
	json_obj(&st->j, NULL);
	json_str(&st->j, "schema", "tasklife/1");
	json_arr(&st->j, "tasks");
	return true;
}

static bool ndjson_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct json j;

	if (!state_new(o, true, ret_state))
		return false;
	json_init(&j, o);
	json_obj(&j, NULL);
	json_str(&j, "schema", "tasklife/1");
	json_end_obj(&j);
	out_char(o, '\n');
	return true;
}

static void task(struct out *o, void *state, const struct tl_told *told)
{
	struct json_state *st = state;

	if (st->lines)
		json_init(&st->j, o);
	else
		out_char(o, '\n');
	put_task(&st->j, told);
	if (st->lines)
		out_char(o, '\n');
}

static void json_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct json_state *st = state;

	out_char(o, '\n');
	json_end_arr(&st->j);
	put_trace(&st->j, "trace", trailer);
	json_end_obj(&st->j);
	out_char(o, '\n');
	free(st);
}

static void ndjson_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct json j;

	json_init(&j, o);
	json_obj(&j, NULL);
	put_trace(&j, "trace", trailer);
	json_end_obj(&j);
	out_char(o, '\n');
	free(state);
}

const struct tl_view view_json = {
	.name = "json",
	.suffix = ".json",
	.summary = N_("all lives as one JSON object"),
	.is_export = true,
	.begin = json_begin,
	.task = task,
	.end = json_end,
};

const struct tl_view view_ndjson = {
	.name = "ndjson",
	.suffix = ".ndjson",
	.summary = N_("one JSON object per line and life"),
	.is_export = true,
	.begin = ndjson_begin,
	.task = task,
	.end = ndjson_end,
};
