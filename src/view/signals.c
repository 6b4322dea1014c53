/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signals: who sent what to whom, in which way and what became of it. What differs only in ids and
 * times is one row with a count; --all tells each signal.
 */
#include <string.h>
#include "base/guard.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/text.h"
#include "base/tongue.h"
#include "base/vec.h"
#include "view/views.h"
#include "view/words.h"

enum fate {
	FATE_KILLED,
	FATE_HANDLED,
	FATE_TAKEN,
	FATE_IGNORED,
	FATE_PENDING,
	FATE_LOST,
	FATE_WAITING,
	FATE_UNSEEN
};
static const char *const fate_says[] = {
	[FATE_KILLED] = N_("killed it"),	   [FATE_HANDLED] = N_("its handler ran"),
	[FATE_TAKEN] = N_("it took it"),		   [FATE_IGNORED] = N_("ignored"),
	[FATE_PENDING] = N_("was pending already"), [FATE_LOST] = N_("the queue was full"),
	[FATE_WAITING] = N_("not taken"),	   [FATE_UNSEEN] = N_("(not seen)"),
};

/* Who is at one end of it: one task, or many of a name. */
struct side {
	struct tl_ref one;
	bool many, kernel, self;
};

struct sent {
	struct side from, to;
	const char *how; /* id of the source */
	int32_t sig;
	enum fate fate;
	uint64_t n;
	tl_ns first, last;
	uint64_t order;
};

struct signals {
	struct page pg;
	VEC(struct sent) row;
	struct map by_key;
	uint64_t n;
	bool starved;
	int time_cells;
};

static bool signals_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct signals *s = calloc(1, sizeof(*s));

	if (!s)
		return false;
	page_init(&s->pg, o, opts);
	map_init(&s->by_key);
	*ret_state = s;
	return true;
}

/* ---- folding ---- */

static bool is_fatal(const struct tl_told *told, const struct tl_signal *sig)
{
	const struct tl_signal *fatal = told->death.fatal;

	return told->task->death->seen.is && !told->death.exited && fatal &&
	       fatal->seen.place == sig->seen.place && fatal->sig == sig->sig;
}

static enum fate fate_of(const struct tl_told *told, const struct tl_signal *sig)
{
	static const enum fate of_result[] = {FATE_WAITING, FATE_IGNORED, FATE_PENDING, FATE_LOST,
					      FATE_WAITING};
	enum fate fate;

	if (is_fatal(told, sig))
		return FATE_KILLED;
	if (sig->delivered.is)
		return sig->handler > 1 ? FATE_HANDLED : FATE_TAKEN;
	fate = sig->result >= 0 && (unsigned)sig->result < ARRAY_SIZE(of_result)
		       ? of_result[sig->result]
		       : FATE_UNSEEN;
	/* deliveries are recorded of the family alone, if at all: elsewhere silence proves
	 * nothing */
	if (fate == FATE_WAITING &&
	    (!told->witnesses->deliver || (told->witnesses->side && !told->task->family)))
		return FATE_UNSEEN;
	return fate;
}

/* The kernel's own signals have no sender; of a notice the child is one. */
static struct side sender_of(const struct tl_signal *sig, const struct tl_finding *f)
{
	bool child = !strcmp(tl_finding_id(f), "child");

	if (f->row && tl_source_has_sender(f->row) && sig->self)
		return (struct side){.one = sig->owner, .self = true};
	if ((f->row && !tl_source_has_sender(f->row) && !child) || sig->owner.tid == TL_PID_NONE)
		return (struct side){.one = {.tid = TL_PID_NONE}, .kernel = f->row != NULL};
	return (struct side){.one = sig->owner};
}

static uint64_t key_of(const struct sent *s)
{
	uintptr_t parts[] = {
		(uintptr_t)s->from.one.comm, (uintptr_t)s->to.one.comm,
		(uintptr_t)s->how,           (uintptr_t)s->sig,
		(uintptr_t)s->fate,          (uintptr_t)(s->from.self * 2 + s->from.kernel)};

	return hash_bytes((const char *)parts, sizeof(parts));
}

static bool alike(const struct sent *a, const struct sent *b)
{
	return a->from.one.comm == b->from.one.comm && a->to.one.comm == b->to.one.comm &&
	       a->how == b->how && a->sig == b->sig && a->fate == b->fate &&
	       a->from.self == b->from.self && a->from.kernel == b->from.kernel;
}

static void join(struct side *side, const struct side *more)
{
	side->many |= !tl_ref_same(side->one, more->one);
}

static void enter(struct signals *s, const struct sent *new)
{
	uint64_t key = s->pg.opts.all ? ++s->n : key_of(new);
	uintptr_t at = (uintptr_t)map_get(&s->by_key, key);
	struct sent *row = at ? &s->row.v[at - 1] : NULL;

	if (!row || !alike(row, new)) {
		row = vec_push(&s->row);
		if (!row || !map_put(&s->by_key, key, (void *)(uintptr_t)s->row.n)) {
			s->starved = true;
			return;
		}
		*row = *new;
		row->order = s->row.n;
		return;
	}
	row->n++;
	row->first = new->first < row->first ? new->first : row->first;
	row->last = new->last > row->last ? new->last : row->last;
	join(&row->from, &new->from);
	join(&row->to, &new->to);
}

static void signals_task(struct out *o, void *state, const struct tl_told *told)
{
	const struct tl_task *t = told->task;
	struct signals *s = state;

	if (told->info && told->info->last != TL_NS_NONE)
		s->time_cells = page_cells(words_time(&s->pg, told->info->last));
	for (unsigned i = 0; i < t->n_signals && told->signal; i++) {
		const struct tl_signal *sig = &t->signals[i];

		enter(s, &(struct sent){.from = sender_of(sig, &told->signal[i]),
					.to = {.one = tl_ref_of(t)},
					.how = tl_finding_id(&told->signal[i]),
					.sig = sig->sig,
					.fate = fate_of(told, sig),
					.n = 1,
					.first = sig->seen.t,
					.last = sig->seen.t});
	}
	page_reset(&s->pg);
}

/* ---- the table ---- */

static int by_first(const void *a, const void *b)
{
	const struct sent *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static const char *side_text(struct page *pg, const struct side *side)
{
	if (side->self)
		return _("itself");
	if (side->kernel)
		return _("the kernel");
	if (side->one.tid == TL_PID_NONE)
		return "?";
	if (side->many)
		return page_fmt(pg, "%s(\xe2\x80\xa6)", words_name(pg, side->one.comm));
	return words_ref(pg, &side->one);
}

struct columns {
	int from, to, how;
};

static const char *fate_text(struct page *pg, const struct sent *row)
{
	const char *says = _(fate_says[row->fate]);

	return row->fate == FATE_KILLED ? page_fmt(pg, ST_BAD "%s" ST_OFF, says) : says;
}

static const char *signal_text(struct page *pg, const struct sent *row)
{
	return page_fmt(pg, "%s%s" ST_OFF, row->fate == FATE_KILLED ? ST_BAD : ST_BOLD,
			words_signal(pg, row->sig));
}

/* On a narrow terminal a signal has two lines. */
static void put_narrow(struct signals *s, const struct sent *row)
{
	struct page *pg = &s->pg;

	page_line(pg, 4,
		  page_fmt(pg, "%llu \xc3\x97 %s  %s: %s", (unsigned long long)row->n,
			   signal_text(pg, row), row->how, fate_text(pg, row)));
	page_line(pg, 8,
		  page_fmt(pg, "    %s \xe2\x86\x92 %s", side_text(pg, &row->from),
			   side_text(pg, &row->to)));
}

static void put_wide(struct signals *s, const struct sent *row, const struct columns *c)
{
	struct page *pg = &s->pg;

	page_put(pg, page_fmt(pg, ST_DIM "%s" ST_OFF " ",
			      page_right(pg, words_time(pg, row->first), s->time_cells)));
	page_put(pg, page_right(pg, page_fmt(pg, "%llu", (unsigned long long)row->n), 6));
	page_put(pg, page_fmt(pg, "  %s  ", page_left(pg, signal_text(pg, row), 11)));
	page_put(pg, page_fmt(pg, "%s " ST_DIM "\xe2\x86\x92" ST_OFF " ",
			      page_left(pg, side_text(pg, &row->from), c->from)));
	page_put(pg, page_fmt(pg, "%s  ", page_left(pg, side_text(pg, &row->to), c->to)));
	page_put(pg, page_fmt(pg, ST_DIM "%s" ST_OFF "  %s\n", page_left(pg, row->how, c->how),
			      fate_text(pg, row)));
}

static void put_header(struct signals *s, const struct columns *c)
{
	struct page *pg = &s->pg;

	page_reset(pg);
	page_put(pg,
		 page_fmt(pg, ST_DIM "%s %s  %s  %s   ", page_right(pg, _("first"), s->time_cells),
			  page_right(pg, _("times"), 6), page_left(pg, _("signal"), 11),
			  page_left(pg, _("from"), c->from)));
	page_put(pg, page_fmt(pg, "%s  %s  %s" ST_OFF "\n", page_left(pg, _("to"), c->to),
			      page_left(pg, _("how"), c->how), _("result")));
}

static int widest(int a, const char *text)
{
	int cells = page_cells(text);

	return cells > a ? cells : a;
}

/* What the widest rows need; when that is too much, both ends share what there is. */
static bool set_columns(struct signals *s, struct columns *c)
{
	int width = s->pg.opts.width, fate = 0, rest;

	*c = (struct columns){page_cells(_("from")), page_cells(_("to")), page_cells(_("how"))};
	vec_each (row, &s->row) {
		page_reset(&s->pg);
		c->from = widest(c->from, side_text(&s->pg, &row->from));
		c->to = widest(c->to, side_text(&s->pg, &row->to));
		c->how = widest(c->how, row->how);
		fate = widest(fate, _(fate_says[row->fate]));
	}
	if (!width)
		return true;
	rest = width - (s->time_cells + 1 + 6 + 2 + 11 + 2 + 3 + 2 + c->how + 2 + fate);
	if (rest < 24)
		return false;
	if (c->from + c->to > rest) {
		c->from = c->from < rest / 2        ? c->from
			  : rest - c->to > rest / 2 ? rest - c->to
						    : rest / 2;
		c->to = rest - c->from;
	}
	return true;
}

static void put_all(struct signals *s)
{
	struct columns c;
	bool wide;

	vec_sort(&s->row, by_first);
	wide = set_columns(s, &c);
	if (wide)
		put_header(s, &c);
	vec_each (row, &s->row) {
		page_reset(&s->pg);
		if (wide)
			put_wide(s, row, &c);
		else
			put_narrow(s, row);
	}
}

static void signals_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct signals *s = state;

	if (s->row.n)
		put_all(s);
	else
		page_line(&s->pg, 0,
			  trailer->witnesses && !trailer->witnesses->signal
				  ? _("not seen: this trace holds no signals")
				  : _("Nobody was sent a signal."));
	if (s->starved)
		page_line(&s->pg, 0, _("Memory ran out: this is not all."));
	vec_fini(&s->row);
	map_fini(&s->by_key);
	page_fini(&s->pg);
	free(s);
}

const struct tl_view view_signals = {
	.name = "signals",
	.summary = N_("who sent what to whom, and what became of it"),
	.begin = signals_begin,
	.task = signals_task,
	.end = signals_end,
};
