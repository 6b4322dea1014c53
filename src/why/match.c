/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one engine. It walks the rows of a kind in order and keeps every one that matches, ordered by
 * grade, then by row. It knows roles and fields; it knows no symbol, no signal number and no cause.
 *
 * A life is asked about by a hundred rows and fits two or three: what a row needs first is compared
 * with what there is (struct glance, the roles of a call path), before any frame is walked or any
 * predicate called.
 *
 * The grade of a match comes from the witnesses: a call path that shows it is observed; a row that
 * had to do without its path is deduced at best; predicates lower it where a record is missing.
 */
#include <string.h>

#include "base/guard.h"
#include "why/match.h"

/* Rows read better with short words. */
#define ROLE(w, a)	   (TL_ROLE_##a / 64 == (w) ? (uint64_t)1 << TL_ROLE_##a % 64 : 0)
#define ROLES_1(w, a)	   ROLE(w, a)
#define ROLES_2(w, a, ...) ROLE(w, a) | ROLES_1(w, __VA_ARGS__)
#define ROLES_3(w, a, ...) ROLE(w, a) | ROLES_2(w, __VA_ARGS__)
#define ROLES_4(w, a, ...) ROLE(w, a) | ROLES_3(w, __VA_ARGS__)
#define ROLES_5(w, a, ...) ROLE(w, a) | ROLES_4(w, __VA_ARGS__)
#define ROLES_6(w, a, ...) ROLE(w, a) | ROLES_5(w, __VA_ARGS__)
#define ROLES_N(_1, _2, _3, _4, _5, _6, n, ...) ROLES_##n
#define ROLES_IN(w, ...) ROLES_N(__VA_ARGS__, 6, 5, 4, 3, 2, 1)(w, __VA_ARGS__)
#define ROLES(...)                                                                                 \
	.roles = { ROLES_IN(0, __VA_ARGS__), ROLES_IN(1, __VA_ARGS__), ROLES_IN(2, __VA_ARGS__) }
_Static_assert(ROLE_WORDS == 3, "ROLES names each word");

#define ANY(...)  { ROLES(__VA_ARGS__) }
#define SIGNAL_PATH ANY(GET_SIGNAL, SIGNAL_RETURN)
#define NEXT(...) { .how = HOW_NEXT, ROLES(__VA_ARGS__) }
#define TOP(...)  { .how = HOW_TOP, ROLES(__VA_ARGS__) }
#define NOT(...)  { .how = HOW_NOT, ROLES(__VA_ARGS__) }
#define NEXT_AT0(...) { .how = HOW_NEXT | HOW_AT0, ROLES(__VA_ARGS__) }
#define TOP_AT0(...)  { .how = HOW_TOP | HOW_AT0, ROLES(__VA_ARGS__) }
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

#define FROM_BIRTH  0
#define FROM_SOURCE BIRTHS
#define FROM_DEATH  DEATHS
#define TO_BIRTH    BIRTHS
#define TO_SOURCE   DEATHS
#define TO_DEATH    RULES
#define CAUSE(name, rule, kind, id, says, cite, ...)                                               \
	_Static_assert((int)RULE_##name >= (int)FROM_##kind && (int)RULE_##name < (int)TO_##kind,  \
		       "births stand first, then what signals come from, then deaths");
#include "causes.def"
#undef CAUSE

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
	return t->roles[f->role / 64] >> f->role % 64 & 1;
}

static bool frame_is(const struct tl_frame *f, const struct token *t)
{
	if (t->how & HOW_DOUBTFUL)
		return f->mark == TL_FM_DOUBTFUL;
	if (t->how & HOW_AT0 && !(f->has_off && !f->off && f->mark != TL_FM_CORRECTED))
		return false;
	return plays(f, t);
}

static bool asks_role(const struct token *t)
{
	return t->roles[0] | t->roles[1] | t->roles[2];
}

static bool is_empty(const struct token *t)
{
	return !t->how && !asks_role(t);
}

static bool nowhere(const struct tl_stack *stack, const struct token *t)
{
	return !((stack->roles[0] & t->roles[0]) | (stack->roles[1] & t->roles[1]) |
		 (stack->roles[2] & t->roles[2]));
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
	for (const struct token *end = t + TOKENS_MAX; t < end; t++)
		if (nowhere(stack, t) != !!(t->how & HOW_NOT) && asks_role(t))
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
	bool flags_known;
	unsigned unseen; /* enum shown: what is not there */
};

static struct glance glance_at(const struct question *q)
{
	struct glance g = {};

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

/* Could this row match? Most could not by what is at hand, or as a role of theirs is nowhere. */
static inline bool fields_may(enum tl_cause_kind kind, const struct when *when,
			      const struct glance *g)
{
	switch (kind) {
	case TL_CAUSE_BIRTH:
		return !g->flags_known || (g->flags & when->flags_mask) == when->flags_are;
	case TL_CAUSE_SOURCE: return !when->sigs || when->sigs & g->sig;
	case TL_CAUSE_DEATH: return !(when->needs & g->unseen);
	}
	return true;
}

static inline bool frames_may(const struct pattern *p, const struct tl_stack *stack)
{
	return !p->framed || (stack ? has_roles(stack, p->tok) : p->bare);
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
	} else if (!match_from(q->stack, 0, p->tok, TOKENS_MAX)) {
		return false;
	}
	return fields_agree(row->kind, &p->when, q, grade);
}

/* The rows that match, best first; how many. */
static unsigned find_rows(enum tl_cause_kind kind, const struct question *q,
			  struct tl_match found[RULES])
{
	const struct glance g = glance_at(q);
	const struct tl_stack *stack = q->stack;
	unsigned n = 0;

	for (unsigned row = rows_of[kind].from; row < rows_of[kind].to; row++) {
		enum tl_grade grade;
		unsigned at = n;

		if (!fields_may(kind, &patterns[row].when, &g) ||
		    !frames_may(&patterns[row], stack) || !row_matches(&causes[row], q, &grade))
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
