/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who belongs to whom, among the rows of one sweep. A sweep takes a moment, in which tasks are
 * born, die and change their number (a thread that execs takes its leader's): a relative is the row
 * with that pid *and* that birth, or it is gone.
 */
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "base/map.h"
#include "peek/peek.h"

/* Whom a row's relation names. */
struct key {
	tl_pid pid;
	uint64_t start;
};

static struct key self_of(const struct tl_peek_task *t)
{
	return (struct key){tl_peek_pid(t), t->v[TL_TASK_start_boottime]};
}

static struct key key_of(const struct tl_peek_task *t, enum tl_task_field f)
{
	/* in the table its pid and its birth stand behind each */
	return (struct key){tl_peek_relative_pid(t, f), t->v[f + 2]};
}

_Static_assert(TL_TASK_real_parent_pid == TL_TASK_real_parent + 1 &&
		       TL_TASK_real_parent_start == TL_TASK_real_parent + 2,
	       "");
_Static_assert(TL_TASK_parent_pid == TL_TASK_parent + 1 &&
		       TL_TASK_parent_start == TL_TASK_parent + 2,
	       "");
_Static_assert(TL_TASK_leader_pid == TL_TASK_group_leader + 1 &&
		       TL_TASK_leader_start == TL_TASK_group_leader + 2,
	       "");

static int by_key(struct key a, struct key b)
{
	if (a.pid != b.pid)
		return a.pid < b.pid ? -1 : 1;
	return a.start < b.start ? -1 : a.start > b.start;
}

tl_pid tl_peek_relative_pid(const struct tl_peek_task *t, enum tl_task_field f)
{
	return tl_peek_has(t, f + 1) ? (tl_pid)t->v[f + 1] : TL_PID_NONE;
}

/* ---- one row per task ---- */

/*
 * The same task_struct twice: its first row is of who it was then (a thread before its exec), or of
 * a dead task whose memory was used again. The last one is true now.
 */
static struct tl_err *drop_doubles(struct tl_peek *p)
{
	struct map seen;
	size_t n = 0;
	bool ok = true;

	map_init(&seen);
	for (size_t i = p->n; i-- > 0 && ok;) {
		struct tl_peek_task *t = &p->task[i];

		if (t->addr && map_get(&seen, t->addr))
			t->addr = UINT64_MAX;
		else if (t->addr)
			ok = map_put(&seen, t->addr, t);
	}
	map_fini(&seen);
	for (size_t i = 0; i < p->n; i++)
		if (p->task[i].addr != UINT64_MAX && n++ != i)
			p->task[n - 1] = p->task[i];
	p->n = n;
	return ok ? NULL : &tl_enomem;
}

static int rows_by_pid(const void *a, const void *b)
{
	return by_key(self_of(a), self_of(b));
}

static const struct tl_peek_task *row(const void *p)
{
	return *(struct tl_peek_task *const *)p;
}

static int compare(const struct tl_peek_task *a, const struct tl_peek_task *b, enum tl_task_field f)
{
	int by = by_key(key_of(a, f), key_of(b, f));
	uint64_t x = a->v[TL_TASK_start_boottime], y = b->v[TL_TASK_start_boottime];

	if (by)
		return by;
	return x != y                            ? (x < y ? -1 : 1)
	       : tl_peek_pid(a) < tl_peek_pid(b) ? -1
						 : tl_peek_pid(a) > tl_peek_pid(b);
}

static int by_parent(const void *a, const void *b)
{
	return compare(row(a), row(b), TL_TASK_real_parent);
}

static int by_group(const void *a, const void *b)
{
	return compare(row(a), row(b), TL_TASK_group_leader);
}

/* /proc tells of relatives by pid alone: their birth is that of the row with the pid. */
static void complete(struct tl_peek *p)
{
	static const enum tl_task_field kin[] = {TL_TASK_real_parent, TL_TASK_parent,
						 TL_TASK_group_leader};

	for (size_t i = 0; i < p->n; i++)
		for (unsigned k = 0; k < ARRAY_SIZE(kin); k++) {
			struct tl_peek_task *t = &p->task[i], like = {};

			if (!tl_peek_has(t, kin[k] + 1) || tl_peek_has(t, kin[k] + 2))
				continue;
			tl_peek_set(&like, TL_TASK_pid, t->v[kin[k] + 1]);
			like.v[TL_TASK_start_boottime] = 0;
			size_t low = 0, high = p->n;
			while (low < high) {
				size_t mid = low + (high - low) / 2;

				if (rows_by_pid(&p->task[mid], &like) < 0)
					low = mid + 1;
				else
					high = mid;
			}
			if (low < p->n && tl_peek_pid(&p->task[low]) == tl_peek_pid(&like))
				tl_peek_set(t, kin[k] + 2, p->task[low].v[TL_TASK_start_boottime]);
		}
}

static bool is_sorted(const struct tl_peek *p)
{
	for (size_t i = 1; i < p->n; i++)
		if (rows_by_pid(&p->task[i - 1], &p->task[i]) > 0)
			return false;
	return true;
}

struct tl_err *peek_sort(struct tl_peek *p)
{
	try(drop_doubles(p));
	if (!p->n)
		return NULL;
	if (!is_sorted(p)) /* it mostly is */
		qsort(p->task, p->n, sizeof(*p->task), rows_by_pid);
	complete(p);
	free(p->by_parent);
	free(p->by_group);
	p->by_parent = malloc(p->n * sizeof(*p->by_parent));
	p->by_group = malloc(p->n * sizeof(*p->by_group));
	if (!p->by_parent || !p->by_group)
		return &tl_enomem;
	p->n_leaders = 0;
	for (size_t i = 0; i < p->n; i++) {
		p->by_group[i] = &p->task[i];
		/* as the kernel's list of children: leaders, and no idle task */
		if (p->task[i].v[TL_TASK_pid] &&
		    p->task[i].v[TL_TASK_pid] == p->task[i].v[TL_TASK_tgid])
			p->by_parent[p->n_leaders++] = &p->task[i];
	}
	qsort(p->by_parent, p->n_leaders, sizeof(*p->by_parent), by_parent);
	qsort(p->by_group, p->n, sizeof(*p->by_group), by_group);
	return NULL;
}

/* ---- questions ---- */

static struct tl_peek_task *at(const struct tl_peek *p, struct key k)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int by = by_key(self_of(&p->task[mid]), k);

		if (!by)
			return &p->task[mid];
		if (by < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

struct tl_peek_task *tl_peek_relative(const struct tl_peek *p, const struct tl_peek_task *t,
				      enum tl_task_field f)
{
	return tl_peek_has(t, f + 1) && tl_peek_has(t, f + 2) ? at(p, key_of(t, f)) : NULL;
}

struct tl_peek_task *tl_peek_find(const struct tl_peek *p, tl_pid pid)
{
	for (size_t i = 0; i < p->n; i++) {
		struct tl_peek_task *t = &p->task[i];
		bool told = false;

		for (unsigned k = 0; k < t->n_ns && p->own_ns; k++)
			if (t->ns[k].ns == p->own_ns) {
				told = true;
				if (t->ns[k].nr == pid)
					return t;
			}
		if (!told && tl_peek_pid(t) == pid)
			return t;
	}
	return NULL;
}

struct tl_peek_task *tl_peek_find_inside(const struct tl_peek *p, tl_pid pid, unsigned *ret_level)
{
	for (size_t i = 0; i < p->n; i++)
		for (unsigned k = 1; k < p->task[i].n_ns; k++)
			if (p->task[i].ns[k].nr == pid && p->task[i].ns[k].ns != p->own_ns) {
				*ret_level = k;
				return &p->task[i];
			}
	return NULL;
}

/* Those of a sorted array whose relation is `k`. */
static struct tl_peek_task **range(struct tl_peek_task **sorted, size_t n, enum tl_task_field f,
				   struct key k, size_t *ret_n)
{
	size_t low = 0, high = n, end;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (by_key(key_of(sorted[mid], f), k) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < n && !by_key(key_of(sorted[end], f), k); end++)
		;
	*ret_n = end - low;
	return sorted + low;
}

struct tl_peek_task **tl_peek_children(const struct tl_peek *p, const struct tl_peek_task *t,
				       size_t *ret_n)
{
	return range(p->by_parent, p->n_leaders, TL_TASK_real_parent, self_of(t), ret_n);
}

struct tl_peek_task **tl_peek_threads(const struct tl_peek *p, const struct tl_peek_task *t,
				      size_t *ret_n)
{
	return range(p->by_group, p->n, TL_TASK_group_leader, key_of(t, TL_TASK_group_leader),
		     ret_n);
}

/* As the kernel's task_state_index(): the idle sleep first, then the highest bit; waits of their
 * own kind show as D. */
char tl_peek_letter(const struct tl_peek_task *t)
{
	enum {
		IDLE = 0x402,
		RTLOCK_WAIT = 0x1000,
		FROZEN = 0x8000,
		REPORTED = 0x7f,
		LETTER_IDLE = 0x80
	};
	uint64_t state = t->v[TL_TASK_state], all = state | t->v[TL_TASK_exit_state];

	if (t->letter)
		return t->letter;
	if (!tl_peek_has(t, TL_TASK_state))
		return '?';
	if ((state & IDLE) == IDLE)
		return tl_state_letter(LETTER_IDLE);
	if (state & (RTLOCK_WAIT | FROZEN))
		return tl_state_letter(0x2);
	return tl_state_letter(all & REPORTED);
}
