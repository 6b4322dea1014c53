/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "base/guard.h"
#include "cmd/selectors.h"

const struct opt selector_opts[] = {
	OPT_LIST('p', "pid", "N", N_("only the task or process N; may be given more than once"),
		 struct selectors, pid),
	OPT_LIST(0, "comm", "NAME", N_("only tasks that bore this name"), struct selectors, comm),
	OPT_STR(0, "since", "TIME",
		N_("only lives that reach beyond TIME: 8123.26 as the trace counts, +1.5 after its start; units s, ms, us, ns"),
		struct selectors, since),
	OPT_STR(0, "until", "TIME", N_("only lives that began before TIME"), struct selectors,
		until),
	OPT_LIST(0, "cause", "ID",
		 N_("only deaths of this cause or source, such as exit, signal, oom"),
		 struct selectors, cause),
	OPT_FLAG(0, "all", N_("every task the trace shows, not only the recorded family"),
		 struct selectors, all),
	OPT_END,
};

const struct opt record_selector_opts[] = {
	OPT_LIST('p', "pid", "N", N_("only records of or about task N"), struct selectors, pid),
	OPT_LIST(0, "comm", "NAME", N_("only records that hold this name"), struct selectors, comm),
	OPT_STR(0, "since", "TIME",
		N_("only records from TIME on: 8123.26 as the trace counts, +1.5 after its start; units s, ms, us, ns"),
		struct selectors, since),
	OPT_STR(0, "until", "TIME", N_("only records up to TIME"), struct selectors, until),
	OPT_END,
};

static struct tl_err *bad(const char *what, const char *value, const char *hint)
{
	return tl_err_hint(tl_err_new(TL_E_USAGE, what, value), hint, NULL);
}

static struct tl_err *parse_pid(const char *text, tl_pid *ret)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 10);
	if (end == text || *end || errno || v < 0 || v > INT32_MAX)
		return bad(N_("'%s' is no task id"), text,
			   N_("--pid wants a number, such as 1234"));
	*ret = (tl_pid)v;
	return NULL;
}

static struct tl_err *parse_moment(const char *text, struct moment *ret)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
	const char *p = text + (*text == '+');
	char *end;
	double v;

	if (!text[0])
		goto bad;
	v = strtod(p, &end);
	if (end == p || !isfinite(v) || v < 0)
		goto bad;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].unit) || v * units[i].ns >= 9.2e18)
			continue;
		*ret = (struct moment){true, *text == '+', (tl_ns)(v * units[i].ns + 0.5)};
		return NULL;
	}
bad:
	return bad(
		N_("'%s' is no time"), text,
		N_("write 8123.26 as the trace counts, or +1.5 after its start; units are s, ms, us, ns"));
}

/* "oom" stands for "oom.memcg" as well. */
static bool id_fits(const char *asked, const char *id)
{
	size_t n = strlen(asked);

	return !strncmp(asked, id, n) && (!id[n] || id[n] == '.');
}

static struct tl_err *check_cause(const char *asked)
{
	const struct tl_cause *row;
	const char *known[256], *near;
	unsigned n, n_known = 0;
	struct tl_err *err;

	if (!strcmp(asked, "unknown"))
		return NULL;
	row = tl_causes(&n);
	for (unsigned i = 0; i < n; i++) {
		if (row[i].kind != TL_CAUSE_BIRTH && id_fits(asked, row[i].id))
			return NULL;
		if (row[i].kind != TL_CAUSE_BIRTH && n_known < ARRAY_SIZE(known))
			known[n_known++] = row[i].id;
	}
	err = tl_err_new(TL_E_USAGE, N_("there is no cause '%s'"), asked);
	near = args_nearest(asked, strlen(asked), known, n_known);
	if (near)
		return tl_err_hint(err, N_("did you mean '%s'?"), near);
	return tl_err_hint(err, N_("those there are: tasklife explain deaths sources"), NULL);
}

struct tl_err *select_init(struct select *sel, const struct selectors *from)
{
	*sel = (struct select){.from = from};
	for (int i = 0; i < from->pid.n; i++)
		try(parse_pid(from->pid.v[i], &sel->pid[i]));
	for (int i = 0; i < from->cause.n; i++)
		try(check_cause(from->cause.v[i]));
	if (from->when)
		try(cond_parse(from->when, &sel->when));
	if (from->since)
		try(parse_moment(from->since, &sel->since));
	if (from->until)
		try(parse_moment(from->until, &sel->until));
	return NULL;
}

bool select_names(const struct select *sel)
{
	return sel->from->pid.n || sel->from->comm.n || sel->from->cause.n;
}

static tl_ns moment_of(const struct moment *m, tl_ns t0)
{
	return m->relative && t0 != TL_NS_NONE ? t0 + m->t : m->t;
}

bool select_time(const struct select *sel, tl_ns from, tl_ns to, tl_ns t0)
{
	if (sel->since.given && (to == TL_NS_NONE || to < moment_of(&sel->since, t0)))
		return false;
	return !sel->until.given || (from != TL_NS_NONE && from <= moment_of(&sel->until, t0));
}

static bool pid_fits(struct select *sel, const struct tl_task *task)
{
	bool fits = !sel->from->pid.n;

	for (int i = 0; i < sel->from->pid.n; i++) {
		if (task->tid != sel->pid[i] && task->tgid != sel->pid[i])
			continue;
		__atomic_store_n(&sel->pid_seen[i], true, __ATOMIC_RELAXED);
		fits = true;
	}
	return fits;
}

static bool bore(const struct tl_task *task, const char *name)
{
	if (task->comm && !strcmp(task->comm->s, name))
		return true;
	for (unsigned i = 0; i < task->n_comms; i++)
		if (task->comms[i] && !strcmp(task->comms[i]->s, name))
			return true;
	return false;
}

static bool comm_fits(struct select *sel, const struct tl_task *task)
{
	bool fits = !sel->from->comm.n;

	for (int i = 0; i < sel->from->comm.n; i++) {
		if (!bore(task, sel->from->comm.v[i]))
			continue;
		__atomic_store_n(&sel->comm_seen[i], true, __ATOMIC_RELAXED);
		fits = true;
	}
	return fits;
}

bool select_task(struct select *sel, const struct tl_task *task, tl_ns t0)
{
	bool pid = pid_fits(sel, task), comm = comm_fits(sel, task);
	tl_ns from = task->birth.seen.is ? task->birth.seen.t : task->first.t;

	return pid && comm && select_time(sel, from, task->last.t, t0);
}

void select_window(const struct select *sel, tl_ns t0, struct tl_view_opts *opts)
{
	opts->has_since = sel->since.given;
	opts->since = moment_of(&sel->since, t0);
	opts->has_until = sel->until.given;
	opts->until = moment_of(&sel->until, t0);
}

static bool death_fits(const char *asked, const struct tl_death_verdict *v)
{
	return id_fits(asked, tl_finding_id(&v->cause)) ||
	       ((v->signal || v->fatal) && id_fits(asked, tl_finding_id(&v->source)));
}

/* The verdict of the process speaks where there is one, as in the line of `why`. */
static bool when_fits(const struct select *sel, const struct tl_told *told)
{
	return !sel->from->when || cond_holds(&sel->when, told->task, &told->death) ||
	       (told->process.ended && cond_holds(&sel->when, told->task, &told->process.v));
}

bool select_cause(const struct select *sel, const struct tl_told *told)
{
	if (!when_fits(sel, told))
		return false;
	for (int i = 0; i < sel->from->cause.n; i++) {
		if (told->task->death->seen.is && death_fits(sel->from->cause.v[i], &told->death))
			return true;
		if (told->process.ended && death_fits(sel->from->cause.v[i], &told->process.v))
			return true;
	}
	return !sel->from->cause.n;
}

static struct tl_err *not_there(const char *what, const char *whom)
{
	return tl_err_hint(tl_err_new(TL_E_NOT_THERE, what, whom),
			   N_("those there are: tasklife why --all"), NULL);
}

struct tl_err *select_missing(const struct select *sel)
{
	for (int i = 0; i < sel->from->pid.n; i++)
		if (!sel->pid_seen[i])
			return not_there(N_("task '%s' is not in this trace"), sel->from->pid.v[i]);
	for (int i = 0; i < sel->from->comm.n; i++)
		if (!sel->comm_seen[i])
			return not_there(N_("no task named '%s' is in this trace"),
					 sel->from->comm.v[i]);
	return NULL;
}
