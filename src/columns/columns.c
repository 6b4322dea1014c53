/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How each cell of columns.def is taken from a life and its verdicts. Nothing is computed here: a
 * cell says what is known, says null for what was not seen, and is absent where it cannot apply.
 */
#include <string.h>
#include "base/guard.h"
#include "columns/columns.h"

static const struct cell cell_nothing = {CELL_NULL, {0}};
static const struct cell cell_absent = {CELL_ABSENT, {0}};
#define THERE ((struct cell){CELL_THERE, {0}})

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
	return (struct cell){CELL_INT, {.i = i}};
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
	return (struct cell){CELL_BOOL, {.b = b}};
}

/* -1: not known. */
static struct cell cell_tristate(int8_t v)
{
	return v < 0 ? cell_nothing : cell_bool(v);
}

static struct cell cell_str(const char *s)
{
	return s ? (struct cell){CELL_TEXT, {.s = {s, strlen(s)}}} : cell_nothing;
}

static struct cell cell_atom(const struct tl_atom *a)
{
	return a ? (struct cell){CELL_TEXT, {.s = {a->s, a->len}}} : cell_nothing;
}

static struct cell cell_seen(const struct tl_seen *seen)
{
	return seen->is && seen->t != TL_NS_NONE ? cell_int(seen->t) : cell_nothing;
}

static struct cell cell_ref(const struct tl_ref *ref)
{
	return ref->tid == TL_PID_NONE ? cell_nothing : (struct cell){CELL_REF, {.ref = ref}};
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
 * Up to 5.2 it is the low byte of clone_flags; since 5.3 (kernel_clone_args) the record does not hold it. The
 * notice at the end shows it then, unless an exec came between, which makes it SIGCHLD (de_thread()).
 */
#define CSIGNAL_BITS 0x7f

static struct cell cell_exit_signal(const struct tl_task *t)
{
	int64_t sig = (int64_t)(t->birth.clone_flags & CSIGNAL_BITS);

	if (t->birth.flags_known && sig)
		return cell_int(sig);
	if (t->birth.flags_known && (t->birth.clone_flags & TL_CLONE_THREAD))
		return cell_absent;
	return t->notice.seen.is && !t->n_execs ? cell_int(t->notice.sig) : cell_nothing;
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

#define OBJECT(id, path, state, meaning)                                                           \
	static struct cell get_##id(const struct tl_told *d)                                       \
	{                                                                                          \
		const struct tl_task *t = d->task;                                                 \
                                                                                                   \
		(void)t;                                                                           \
		return state;                                                                      \
	}
#define COLUMN(id, path, sql, type, value, meaning) OBJECT(id, path, value, meaning)
#define PART(id, path, meaning)
#include "columns/columns.def"
#undef OBJECT
#undef COLUMN
#undef PART

#define KEY_OF(path)   (__builtin_strchr(path, '.') ? __builtin_strchr(path, '.') + 1 : path)
#define DEPTH_OF(path) (__builtin_strchr(path, '.') ? 1 : 0)

const struct column columns[COLUMNS] = {
#define OBJECT(id, path, state, meaning)                                                           \
	{COLUMN_OBJECT, path, KEY_OF(path), DEPTH_OF(path), NULL, COLUMN_TEXT, meaning, get_##id},
#define COLUMN(id, path, sql, type, value, meaning)                                                \
	{COLUMN_CELL, path, KEY_OF(path), DEPTH_OF(path), sql, COLUMN_##type, meaning, get_##id},
#define PART(id, path, meaning)                                                                    \
	{COLUMN_PART, path, KEY_OF(path), DEPTH_OF(path), NULL, COLUMN_TEXT, meaning, NULL},
#include "columns/columns.def"
#undef OBJECT
#undef COLUMN
#undef PART
};
