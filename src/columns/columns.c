/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How each cell of columns.def is taken from a life and its verdicts. Nothing is computed here: a
 * cell says what is known, says null for what was not seen, and is absent where it cannot apply.
 */
#include <limits.h>
#include <string.h>
#include "base/guard.h"
#include "columns/columns.h"

static const struct cell cell_nothing = {CELL_NULL, 0, {0}};
static const struct cell cell_absent = {CELL_ABSENT, 0, {0}};
#define THERE ((struct cell){CELL_THERE, 0, {0}})

static struct cell when(bool yes)
{
	return yes ? THERE : cell_nothing;
}

static struct cell cell_null(void)
{
	return cell_nothing;
}

static struct cell cell_int(int64_t i)
{
	return (struct cell){CELL_INT, 0, {.i = i}};
}

/* Counters end at what JSON and SQL integers hold. */
static struct cell cell_u64(uint64_t u)
{
	return cell_int(u > INT64_MAX ? INT64_MAX : (int64_t)u);
}

static struct cell cell_pid(tl_pid pid)
{
	return pid == TL_PID_NONE ? cell_nothing : cell_int(pid);
}

static struct cell cell_bool(bool b)
{
	return (struct cell){CELL_BOOL, 0, {.b = b}};
}

/* -1: not known. */
static struct cell cell_tristate(int8_t v)
{
	return v < 0 ? cell_nothing : cell_bool(v);
}

static struct cell cell_str(const char *s)
{
	return s ? (struct cell){CELL_TEXT, (unsigned)strlen(s), {.s = s}} : cell_nothing;
}

static struct cell cell_atom(const struct tl_atom *a)
{
	return a ? (struct cell){CELL_TEXT, a->len, {.s = a->s}} : cell_nothing;
}

static struct cell cell_seen(const struct tl_seen *seen)
{
	return seen->is && seen->t != TL_NS_NONE ? cell_int(seen->t) : cell_nothing;
}

static struct cell cell_ref(const struct tl_ref *ref)
{
	return ref->tid == TL_PID_NONE ? cell_nothing : (struct cell){CELL_REF, 0, {.ref = ref}};
}

static struct cell cell_rule(const struct tl_finding *f)
{
	return cell_str(f->row ? f->row->rule : NULL);
}

static struct cell cell_grade(const struct tl_finding *f)
{
	return cell_str(f->row ? tl_grade_name(f->grade) : NULL);
}

/*
 * Up to 5.2 it is the low byte of clone_flags; since 5.3 (kernel_clone_args) the record does not
 * hold it. The notice at the end shows it then, unless an exec came between, which makes it SIGCHLD
 * (de_thread()).
 */
#define CSIGNAL_BITS 0x7f

static struct cell cell_exit_signal(const struct tl_task *t)
{
	int64_t sig = (int64_t)(t->birth.clone_flags & CSIGNAL_BITS);

	if (t->birth.flags_known && sig)
		return cell_int(sig);
	if (t->birth.flags_known && (t->birth.clone_flags & TL_CLONE_THREAD))
		return cell_absent;
	return t->notice->seen.is && !t->n_execs ? cell_int(t->notice->sig) : cell_nothing;
}

static struct cell cell_death_signal(const struct tl_death_verdict *v)
{
	if (v->signal)
		return cell_int(v->signal);
	return v->exited ? cell_absent : cell_nothing;
}

static struct cell cell_death_source(const struct tl_death_verdict *v)
{
	if (v->exited || (!v->signal && !v->fatal))
		return cell_absent;
	return cell_str(tl_finding_id(&v->source));
}

static struct cell cell_exit_code(const struct tl_death_verdict *v)
{
	if (!v->exited)
		return cell_absent;
	return v->exit_code_known ? cell_int(v->exit_code) : cell_nothing;
}

static struct cell cell_core(const struct tl_death_verdict *v)
{
	return v->exited ? cell_absent : cell_tristate(v->core_dumped);
}

static struct cell cell_stack(const struct tl_stack *stack)
{
	return stack ? (struct cell){CELL_STACK, 0, {.stack = stack}} : cell_nothing;
}

/* How many more there were than are kept: said only when there were. */
static struct cell cell_more(uint64_t n)
{
	return n ? cell_u64(n) : cell_absent;
}

static struct cell cell_cpu(int16_t cpu)
{
	return cpu >= 0 ? cell_int(cpu) : cell_nothing;
}

static struct cell cell_letter(const char *letter)
{
	return *letter ? (struct cell){CELL_TEXT, 1, {.s = letter}} : cell_nothing;
}

static struct cell cell_list(int64_t n)
{
	return n < 0 ? cell_absent : (struct cell){CELL_LIST, (unsigned)n, {0}};
}

static struct cell cell_old_tid(const struct tl_task *t, unsigned i)
{
	tl_pid old = t->exec[i].old_pid;

	return old != TL_PID_NONE && old != t->tid ? cell_int(old) : cell_absent;
}

static const struct tl_finding *source_of(const struct tl_told *d, unsigned i)
{
	return d->signal ? &d->signal[i] : NULL;
}

static struct cell cell_signal_rule(const struct tl_told *d, unsigned i)
{
	return source_of(d, i) ? cell_rule(source_of(d, i)) : cell_nothing;
}

/* Who did it, or in whose context the kernel did it: one of the two is the owner of the record. */
static struct cell cell_sender(const struct tl_told *d, unsigned i, bool itself)
{
	const struct tl_finding *f = source_of(d, i);
	bool sender = f && f->row && tl_source_has_sender(f->row);

	return sender == itself ? cell_ref(&d->task->signals[i].owner) : cell_nothing;
}

static struct cell cell_event(const struct tl_evidence *e)
{
	return e->function ? cell_atom(e->function) : cell_str(tl_ev_name(e->seen.kind));
}

static struct cell cell_place(const struct tl_told *d, unsigned i)
{
	return d->unkept ? cell_nothing : cell_u64(d->death.cause.evidence[i].seen.place);
}

#define OBJECT(id, path, state, meaning)                                                           \
	static struct cell get_##id(const struct tl_told *d)                                       \
	{                                                                                          \
		const struct tl_task *t = d->task;                                                 \
                                                                                                   \
		(void)t;                                                                           \
		return state;                                                                      \
	}
#define COLUMN(id, path, sql, type, value, meaning) OBJECT(id, path, value, meaning)
#define LIST(id, path, size, meaning)                                                              \
	static struct cell get_##id(const struct tl_told *d)                                       \
	{                                                                                          \
		const struct tl_task *t = d->task;                                                 \
                                                                                                   \
		(void)t;                                                                           \
		return cell_list(size);                                                            \
	}
#define ITEM(list, id, key, sql, type, value, meaning)                                             \
	static struct cell item_##list##_##id(const struct tl_told *d, unsigned i)                 \
	{                                                                                          \
		const struct tl_task *t = d->task;                                                 \
                                                                                                   \
		(void)t;                                                                           \
		return value;                                                                      \
	}
#define PLAIN(id, path, meaning)                                                                   \
	static struct cell get_##id(const struct tl_told *d)                                       \
	{                                                                                          \
		return (struct cell){CELL_PLAIN, 0, {0}};                                          \
	}
#include "columns/columns.def"
#include "columns/undef.h"

const struct column columns[COLUMNS] = {
#define OBJECT(id, path, state, meaning)                                                           \
	{COLUMN_OBJECT, path, KEY_OF(path), DEPTH_OF(path), NULL, COLUMN_TEXT, meaning,            \
	 get_##id, 0},
#define COLUMN(id, path, sql, type, value, meaning)                                                \
	{COLUMN_CELL, path, KEY_OF(path), DEPTH_OF(path), sql, COLUMN_##type, meaning, get_##id, 0},
#define LIST(id, path, size, meaning)                                                              \
	{COLUMN_LIST, path, KEY_OF(path), DEPTH_OF(path), #id, COLUMN_TEXT, meaning, get_##id,     \
	 FIRST_##id},
#define ITEM(list, id, key, sql, type, value, meaning)
#define PLAIN(id, path, meaning)                                                                   \
	{COLUMN_PLAIN, path, KEY_OF(path), DEPTH_OF(path), #id, COLUMN_TEXT, meaning, get_##id, 0},
#include "columns/columns.def"
#include "columns/undef.h"
};

const struct item items[ITEMS] = {
#define OBJECT(id, path, state, meaning)
#define COLUMN(id, path, sql, type, value, meaning)
#define LIST(id, path, size, meaning)
#define ITEM(list, id, key, sql, type, value, meaning)                                             \
	{COL_##list, key, sql, COLUMN_##type, meaning, item_##list##_##id},
#define PLAIN(id, path, meaning)
#include "columns/columns.def"
#include "columns/undef.h"
};

/*
 * What stands in an object that is not there is not there either. Written out row by row, so that
 * each cell's function can be part of it: this runs once a life, and calls through the table took a
 * tenth of an export's time.
 */
void columns_cells(const struct tl_told *told, struct cell ret[COLUMNS])
{
	unsigned missing = UINT_MAX; /* depth of an object that is not there */

#define PLACE(id, path)                                                                            \
	if (DEPTH_OF(path) > missing) {                                                            \
		ret[COL_##id] = cell_absent;                                                       \
	} else {                                                                                   \
		ret[COL_##id] = get_##id(told);                                                    \
		missing = UINT_MAX;                                                                \
	}
#define OBJECT(id, path, state, meaning)                                                           \
	PLACE(id, path)                                                                            \
	if (missing == UINT_MAX && ret[COL_##id].kind != CELL_THERE)                               \
		missing = DEPTH_OF(path);
#define COLUMN(id, path, sql, type, value, meaning) PLACE(id, path)
#define LIST(id, path, size, meaning)		    PLACE(id, path)
#define ITEM(list, id, key, sql, type, value, meaning)
#define PLAIN(id, path, meaning) PLACE(id, path)
#include "columns/columns.def"
#include "columns/undef.h"
#undef PLACE
}
