/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one engine. It walks the rows of a kind in order and keeps every one that matches, ordered by
 * grade, then by row. It knows roles and fields; it knows no symbol, no signal number and no cause.
 *
 * A life is asked about by a hundred rows and fits two or three: what a row needs first is compared
 * with what there is (struct glance), before anything is walked or any predicate called.
 *
 * The grade of a match comes from the witnesses: a call path that shows it is observed; a row that
 * had to do without its path is deduced at best; predicates lower it where a record is missing.
 */
#include <string.h>

#include "base/guard.h"
#include "why/match.h"

/* Rows read better with short words. */
#define ROLES_1(a)	TL_ROLE_##a
#define ROLES_2(a, ...) TL_ROLE_##a, ROLES_1(__VA_ARGS__)
#define ROLES_3(a, ...) TL_ROLE_##a, ROLES_2(__VA_ARGS__)
#define ROLES_4(a, ...) TL_ROLE_##a, ROLES_3(__VA_ARGS__)
#define ROLES_5(a, ...) TL_ROLE_##a, ROLES_4(__VA_ARGS__)
#define ROLES_6(a, ...) TL_ROLE_##a, ROLES_5(__VA_ARGS__)
#define ROLES_N(_1, _2, _3, _4, _5, _6, n, ...) ROLES_##n
#define ROLES(...) ROLES_N(__VA_ARGS__, 6, 5, 4, 3, 2, 1)(__VA_ARGS__)

#define ANY(...)  { .role = { ROLES(__VA_ARGS__) } }
#define SIGNAL_PATH ANY(GET_SIGNAL, SIGNAL_RETURN)
#define NEXT(...) { .how = HOW_NEXT, .role = { ROLES(__VA_ARGS__) } }
#define TOP(...)  { .how = HOW_TOP, .role = { ROLES(__VA_ARGS__) } }
#define NOT(...)  { .how = HOW_NOT, .role = { ROLES(__VA_ARGS__) } }
#define NEXT_AT0(...) { .how = HOW_NEXT | HOW_AT0, .role = { ROLES(__VA_ARGS__) } }
#define TOP_AT0(...)  { .how = HOW_TOP | HOW_AT0, .role = { ROLES(__VA_ARGS__) } }
#define NEXT_DOUBTFUL { .how = HOW_NEXT | HOW_DOUBTFUL }
#define FRAMES(...) .framed = true, .tok = { __VA_ARGS__ }
#define WHEN(...) .when = { __VA_ARGS__ }

#define NEEDS(what)	 .needs = SHOWN_##what
#define FLAGS(mask, are) .flags_mask = (mask), .flags_are = (are)
#define SIG(n)		 (1ull << (n))
#define CODE(c)		 .code_asked = true, .code_lo = (c), .code_hi = (c)
#define CODES(lo, hi)	 .code_asked = true, .code_lo = (lo), .code_hi = (hi)
#define CODE_OR(c)	 .or_asked = true, .code_or = (c)
#define FATAL_FAULTS	 (SIG(4) | SIG(5) | SIG(7) | SIG(8) | SIG(11) | SIG(31))

enum {
#define CAUSE(name, rule, kind, id, says, cite, ...) RULE_##name,
#include "causes.def"
#undef CAUSE
	RULES,
};

static const struct pattern patterns[RULES] = {
#define CAUSE(name, rule, kind, id, says, cite, ...) [RULE_##name] = { __VA_ARGS__ },
#include "causes.def"
#undef CAUSE
};

static const struct tl_cause causes[RULES] = {
#define CAUSE(name, rule, kind, id, says, cite, ...)                                               \
	[RULE_##name] = { TL_CAUSE_##kind, id, rule, says, cite, &patterns[RULE_##name] },
#include "causes.def"
#undef CAUSE
};

/* A life is asked about its birth, its signals and its death, each of a part of the table. */
enum {
#define ROW_BIRTH  1
#define ROW_SOURCE (1 << 10)
#define ROW_DEATH  (1 << 20)
#define CAUSE(name, rule, kind, id, says, cite, ...) +ROW_##kind
	ROWS = 0
#include "causes.def"
	,
#undef CAUSE
	BIRTHS = ROWS % ROW_SOURCE,
	DEATHS = RULES - ROWS / ROW_DEATH,
};

static const struct {
	unsigned from, to;
} rows_of[] = {
	[TL_CAUSE_BIRTH] = {0, BIRTHS},
	[TL_CAUSE_SOURCE] = {BIRTHS, DEATHS},
	[TL_CAUSE_DEATH] = {DEATHS, RULES},
};

const struct tl_cause *tl_causes(unsigned *ret_n)
{
	*ret_n = RULES;
	return causes;
}

const struct pattern *pattern_of(const struct tl_cause *row)
{
	return row->match;
}

/* ---- frames ---- */

static bool plays(const struct tl_frame *f, const struct token *t)
{
	for (unsigned i = 0; i < ROLES_MAX && t->role[i]; i++)
		if (t->role[i] == f->role)
			return true;
	return false;
}

static bool frame_is(const struct tl_frame *f, const struct token *t)
{
	if (t->how & HOW_DOUBTFUL)
		return f->mark == TL_FM_DOUBTFUL;
	if (t->how & HOW_AT0 && !(f->has_off && !f->off && f->mark != TL_FM_CORRECTED))
		return false;
	return plays(f, t);
}

static bool is_empty(const struct token *t)
{
	return !t->how && !t->role[0];
}

static bool nowhere(const struct tl_stack *stack, const struct token *t)
{
	for (unsigned i = 0; i < ROLES_MAX && t->role[i]; i++)
		if (tl_stack_has_role(stack, t->role[i]))
			return false;
	return true;
}

/*
 * Tokens from t on, in frames from `at` on, as an ordered subsequence. A stack has at most 256
 * frames and a row at most TOKENS_MAX tokens, so trying every start is cheap.
 */
static bool match_from(const struct tl_stack *stack, unsigned at, const struct token *t,
		       unsigned left)
{
	bool fixed;

	if (!left || is_empty(t))
		return true;
	if (t->how & HOW_NOT)
		return nowhere(stack, t) && match_from(stack, at, t + 1, left - 1);
	if (t->how & HOW_TOP && at)
		return false;
	fixed = t->how & (HOW_NEXT | HOW_TOP);
	for (unsigned i = at; i < stack->n; i++) {
		if (frame_is(&stack->frame[i], t) && match_from(stack, i + 1, t + 1, left - 1))
			return true;
		if (fixed)
			break;
	}
	return false;
}

bool stack_has(const struct tl_stack *stack, enum tl_role role)
{
	return stack && tl_stack_has_role(stack, role);
}

bool on_signal_path(const struct tl_stack *stack)
{
	return stack_has(stack, TL_ROLE_GET_SIGNAL) || stack_has(stack, TL_ROLE_SIGNAL_RETURN);
}

/* Does each token find a frame at all? Of one that asks for no role only the frames tell. */
static bool has_roles(const struct tl_stack *stack, const struct token *t)
{
	for (unsigned i = 0; i < TOKENS_MAX && !is_empty(&t[i]); i++)
		if (t[i].role[0] && nowhere(stack, &t[i]) != !!(t[i].how & HOW_NOT))
			return false;
	return true;
}

/* ---- fields ---- */

static bool answers(enum ask ask, bool is)
{
	return ask == ASK_NOT || is == (ask == ASK_YES);
}

static bool flags_agree(const struct when *when, const struct question *q, enum tl_grade *grade)
{
	const struct tl_birth *b = q->task ? &q->task->birth : NULL;

	if (!when->flags_mask)
		return true;
	if (b && b->flags_known)
		return true; /* they do, at a glance */
	if (when->flagless == FLAGLESS_IF_PROCESS)
		return !b || also_process(q, grade);
	return when->flagless == FLAGLESS_STACK && q->stack;
}

static bool birth_agrees(const struct when *when, const struct question *q, enum tl_grade *grade)
{
	const struct tl_birth *b;

	if (!flags_agree(when, q, grade))
		return false;
	/* who made it a bare stack does not tell */
	if (!q->task)
		return !when->idle && !when->by_kthreadd;
	b = &q->task->birth;
	/* silence about fork events proves something only where the trace has any */
	if (when->fork == ASK_YES && !b->confirmed.is && b->seen.kind != TL_EV_FORK && q->w->fork)
		return false;
	if (when->fork == ASK_NO && (b->confirmed.is || b->seen.kind == TL_EV_FORK))
		return false;
	return answers(when->by_kthreadd, b->creator.tid == 2) &&
	       answers(when->idle, q->task->tid == 0);
}

static bool code_agrees(const struct when *when, int code)
{
	if (!when->code_asked)
		return true;
	return (code >= when->code_lo && code <= when->code_hi) ||
	       (when->or_asked && code == when->code_or);
}

static bool signal_agrees(const struct when *when, const struct tl_signal *s)
{
	bool irq = s->ctx & (TL_CTX_HARDIRQ | TL_CTX_SOFTIRQ | TL_CTX_NMI);

	if (when->irq && (s->ctx & TL_CTX_KNOWN) && !answers(when->irq, irq))
		return false;
	return code_agrees(when, s->code) && answers(when->group, s->group) &&
	       answers(when->self, s->self) && answers(when->owner_dead, s->owner_dead) &&
	       answers(when->oom, s->oom_victim);
}

static bool fields_agree(enum tl_cause_kind kind, const struct when *when, const struct question *q,
			 enum tl_grade *grade)
{
	switch (kind) {
	case TL_CAUSE_BIRTH:
		if (!birth_agrees(when, q, grade))
			return false;
		break;
	case TL_CAUSE_SOURCE:
		if (!signal_agrees(when, q->sig))
			return false;
		break;
	case TL_CAUSE_DEATH:
		if (q->task && !answers(when->kthread, q->task->kthread))
			return false;
		break;
	}
	return !when->also || when->also(q, grade);
}

/* ---- rows ---- */

/* What is at hand of a question. */
struct glance {
	uint64_t flags, sig; /* sig: its bit */
	bool flags_known, path;
	unsigned unseen; /* enum shown: what is not there */
};

static struct glance glance_at(const struct question *q)
{
	struct glance g = {.path = q->stack};

	if (q->task && q->task->birth.flags_known) {
		g.flags_known = true;
		g.flags = q->task->birth.clone_flags;
	}
	if (q->sig && q->sig->sig >= 0 && q->sig->sig < 64)
		g.sig = SIG(q->sig->sig);
	if (q->d)
		g.unseen = ~shown_by(q);
	return g;
}

/* Could this row match? */
static inline bool may_match(enum tl_cause_kind kind, const struct pattern *p,
			     const struct glance *g)
{
	if (p->framed && !p->bare && !g->path)
		return false;
	switch (kind) {
	case TL_CAUSE_BIRTH:
		return !g->flags_known || (g->flags & p->when.flags_mask) == p->when.flags_are;
	case TL_CAUSE_SOURCE: return !p->when.sigs || p->when.sigs & g->sig;
	case TL_CAUSE_DEATH: return !(p->when.needs & g->unseen);
	}
	return true;
}

static bool row_matches(const struct tl_cause *row, const struct question *q, enum tl_grade *grade)
{
	const struct pattern *p = row->match;

	*grade = TL_OBSERVED;
	if (!p->framed) {
		if (!q->task && !q->sig)
			return false; /* judged by records: a bare stack has none */
		*grade = p->grade;
	} else if (!q->stack) {
		*grade = TL_DEDUCED;
	} else if (!has_roles(q->stack, p->tok) || !match_from(q->stack, 0, p->tok, TOKENS_MAX)) {
		return false;
	}
	return fields_agree(row->kind, &p->when, q, grade);
}

/* The rows that match, best first; how many. */
static unsigned find_rows(enum tl_cause_kind kind, const struct question *q,
			  struct tl_match found[RULES])
{
	const struct glance g = glance_at(q);
	unsigned n = 0;

	for (unsigned row = rows_of[kind].from; row < rows_of[kind].to; row++) {
		enum tl_grade grade;
		unsigned at = n;

		if (!may_match(kind, &patterns[row], &g) || !row_matches(&causes[row], q, &grade))
			continue;
		for (; at && found[at - 1].grade > grade; at--)
			found[at] = found[at - 1];
		found[at] = (struct tl_match){&causes[row], grade};
		n++;
	}
	return n;
}

void match_rows(enum tl_cause_kind kind, const struct question *q, struct arena *mem,
		struct tl_finding *ret)
{
	struct tl_match found[RULES];
	unsigned n = find_rows(kind, q, found);

	if (!n)
		return;
	ret->row = found[0].row;
	ret->grade = found[0].grade;
	ret->match = arena_alloc(mem, n * sizeof(*found));
	if (!ret->match)
		return; /* the verdict stands without the list of the others */
	memcpy(ret->match, found, n * sizeof(*found));
	ret->n_matches = n;
}

const struct tl_cause *match_first(enum tl_cause_kind kind, const struct question *q,
				   enum tl_grade *grade)
{
	struct tl_match found[RULES];

	if (!find_rows(kind, q, found))
		return NULL;
	*grade = found[0].grade;
	return found[0].row;
}

/* A bare stack, as people paste it: rows that need a life to be judged answer for themselves. */
const struct tl_cause *tl_why_stack(const struct tl_stack *stack, enum tl_cause_kind *ret_kind)
{
	static const struct tl_witnesses none;
	static const struct death_facts nothing = { .core = -1 };
	struct question q = { .stack = stack, .w = &none, .d = &nothing };
	bool birth =
		stack_has(stack, TL_ROLE_COPY_PROCESS) || stack_has(stack, TL_ROLE_KERNEL_CLONE);
	enum tl_cause_kind kind = birth ? TL_CAUSE_BIRTH : TL_CAUSE_DEATH;
	const struct tl_cause *row;
	enum tl_grade grade;

	row = match_first(kind, &q, &grade);
	if (!row || !strcmp(row->id, "unknown"))
		return NULL;
	*ret_kind = kind;
	return row;
}
