/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finding a topic by what people type: its id, a function's name as a trace prints it (with offset
 * and compiler suffix), a signal's number, a field without its event, the letters of a trace line.
 * A name may mean several things (fork is a role and a way to be born): all are found.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "base/args.h"
#include "base/guard.h"
#include "base/vec.h"
#include "teach/teach.h"

struct wanted {
	const char *name;
	size_t n;
	int release;
	int group; /* -1: any */
	struct topic *ret;
	unsigned max, found;
};

static bool equal(const char *a, const char *b, size_t n, bool exactly)
{
	return strlen(a) == n && !(exactly ? strncmp(a, b, n) : strncasecmp(a, b, n));
}

/* Behind which prefixes people leave away a topic's name goes on; "" for groups without. */
static const char *bare(const struct topic *t)
{
	static const char *const prefix[TOPIC_GROUPS] = {
		[TOPIC_SIGNAL] = "SIG", [TOPIC_CLONE] = "CLONE_", [TOPIC_FLAG] = "PF_"};
	const char *p = prefix[t->group];

	return p && !strncmp(t->id, p, strlen(p)) ? t->id + strlen(p) : "";
}

static bool is_in_parts(enum topic_group g)
{
	return g == TOPIC_FIELD || g == TOPIC_CONTEXT || g == TOPIC_COLUMN || g == TOPIC_TRACE ||
	       g == TOPIC_MARK;
}

/* The last part of "signal_generate.group", "need-resched.N", "death.exit_code". */
static const char *last_part(const struct topic *t)
{
	const char *dot = strrchr(t->id, '.');

	return dot && is_in_parts(t->group) ? dot + 1 : "";
}

/* "killer_comm", "death_stack_raw": a column of csv, which has several for a task or a stack. */
static bool is_column(const struct topic *t, const struct wanted *w)
{
	static const char *const pieces[] = {"", "_tid", "_comm", "_raw"};
	size_t n = t->also ? strlen(t->also) : 0;

	if (!n || w->n < n || strncmp(t->also, w->name, n))
		return false;
	for (unsigned i = 0; i < ARRAY_SIZE(pieces); i++)
		if (equal(pieces[i], w->name + n, w->n - n, true))
			return true;
	return false;
}

/* "signal_generate.grp": as the text of a trace has it. */
static bool is_printed(const struct topic *t, const struct wanted *w, bool exactly)
{
	const char *dot = strchr(t->id, '.');
	const struct tl_event_row *row =
		t->group == TOPIC_FIELD ? tl_event_row_named(t->id, (size_t)(dot - t->id)) : NULL;
	char both[96];

	for (unsigned i = 0; row && i < row->n_fields; i++) {
		if (strcmp(row->field[i].name, dot + 1))
			continue;
		snprintf(both, sizeof(both), "%s.%s", row->name, row->field[i].printed);
		return equal(both, w->name, w->n, exactly) ||
		       equal(row->field[i].printed, w->name, w->n, exactly);
	}
	return false;
}

static bool fits(const struct topic *t, const struct wanted *w, bool exactly)
{
	if (equal(t->id, w->name, w->n, exactly) || is_printed(t, w, exactly) || is_column(t, w))
		return true;
	if (t->field && (equal(t->field->path, w->name, w->n, exactly) ||
			 (t->field->older && equal(t->field->older, w->name, w->n, exactly))))
		return true;
	/* "zombie" */
	if (t->group == TOPIC_STATE && t->gist && equal(t->gist, w->name, w->n, exactly))
		return true;
	if (equal(last_part(t), w->name, w->n, exactly) && *last_part(t))
		return !exactly || t->group == TOPIC_FIELD || t->group == TOPIC_CONTEXT;
	return !exactly && *bare(t) && equal(bare(t), w->name, w->n, false);
}

/* Fields of several events share a lesson: it is told once. */
static bool is_told(const struct wanted *w, const struct topic *t)
{
	unsigned n = w->found < w->max ? w->found : w->max;

	for (unsigned i = 0; i < n; i++)
		if (w->ret[i].group == t->group &&
		    (!strcmp(w->ret[i].id, t->id) ||
		     (t->group == TOPIC_FIELD && t->text && w->ret[i].text == t->text)))
			return true;
	return false;
}

static void keep(struct wanted *w, const struct topic *t)
{
	if (is_told(w, t))
		return;
	if (w->found < w->max)
		w->ret[w->found] = *t;
	w->found++;
}

static void look(struct wanted *w, bool exactly)
{
	for (unsigned g = 0; g < TOPIC_GROUPS; g++) {
		struct topic t;

		if (w->group >= 0 && (unsigned)w->group != g)
			continue;
		for (unsigned i = 0; topic_at(g, i, w->release, &t); i++)
			if (fits(&t, w, exactly))
				keep(w, &t);
	}
}

static void look_loosely(struct wanted *w)
{
	look(w, false);
}

static void look_for_function(struct wanted *w)
{
	enum tl_role role = w->group < 0 || w->group == TOPIC_FUNCTION ? tl_role_of(w->name, w->n)
								       : TL_ROLE_NONE;
	struct topic t;

	if (role != TL_ROLE_NONE &&
	    topic_at(TOPIC_FUNCTION, role - TL_ROLE_NONE - 1, w->release, &t))
		keep(w, &t);
}

static void look_for_number(struct wanted *w)
{
	int sig = 0;
	struct topic t;

	for (size_t i = 0; i < w->n; i++)
		if (!isdigit((unsigned char)w->name[i]) || i > 2)
			return;
		else
			sig = sig * 10 + w->name[i] - '0';
	if (w->n && tl_signal_name(sig) &&
	    topic_in(TOPIC_SIGNAL, tl_signal_name(sig), w->release, &t))
		keep(w, &t);
}

/* "deaths:exit" asks one group; "do_exit+0x8/0x990" and "fork()" lose what stands behind the name.
 */
static struct wanted wanted(const char *name, int release, struct topic *ret, unsigned max)
{
	struct wanted w = {.release = release, .group = -1, .ret = ret, .max = max};
	const char *colon = strchr(name, ':');
	enum topic_group g;
	char group[32];

	if (colon && (size_t)(colon - name) < sizeof(group)) {
		snprintf(group, sizeof(group), "%.*s", (int)(colon - name), name);
		if (topic_group_named(group, &g)) {
			w.group = (int)g;
			name = colon + 1;
		}
	}
	w.name = name;
	w.n = strlen(name);
	if (strstr(name, "+0x"))
		w.n = (size_t)(strstr(name, "+0x") - name);
	else if (w.n > 2 && !strcmp(name + w.n - 2, "()"))
		w.n -= 2;
	return w;
}

static void look_for_alias(struct wanted *w)
{
	static const struct {
		const char *word, *topic;
	} aliases[] = {
#define ALIAS(word_, topic_) {word_, topic_},
#include "teach/alias.def"
#undef ALIAS
	};

	for (unsigned i = 0; i < ARRAY_SIZE(aliases); i++)
		if (equal(aliases[i].word, w->name, w->n, false)) {
			struct wanted of = wanted(aliases[i].topic, w->release, w->ret, w->max);

			look(&of, true);
			w->found = of.found;
		}
}

/* A system call by its own name: the functions and the events that bear it. */
static void look_for_call(struct wanted *w)
{
	static const char *const begins[] = {"sys_", "sys_enter_", "sys_exit_"};
	char name[64];

	for (unsigned i = 0; i < ARRAY_SIZE(begins); i++) {
		snprintf(name, sizeof(name), "%s%.*s", begins[i], (int)w->n, w->name);
		struct wanted of = {.name = name,
				    .n = strlen(name),
				    .release = w->release,
				    .group = w->group,
				    .ret = w->ret,
				    .max = w->max,
				    .found = w->found};

		look(&of, true);
		look_for_function(&of);
		w->found = of.found;
	}
}

unsigned topics_named(const char *name, int release, struct topic *ret, unsigned max)
{
	static void (*const ways[])(struct wanted * w) = {look_for_alias, look_for_call,
							  look_loosely, look_for_number};
	struct wanted w = wanted(name, release, ret, max);

	look(&w, true);
	look_for_function(&w);
	for (unsigned i = 0; !w.found && i < ARRAY_SIZE(ways); i++)
		ways[i](&w);
	return w.found ? w.found : topics_context(name, release, ret, max);
}

bool topic_in(enum topic_group g, const char *id, int release, struct topic *ret)
{
	for (unsigned i = 0; topic_at(g, i, release, ret); i++)
		if (!strcmp(ret->id, id))
			return true;
	return false;
}

/* ---- the letters of a trace line ---- */

/* kernel/trace/trace_output.c trace_print_lat_fmt(): what may stand in each column; a count is told
 * as one topic. */
static const struct {
	const char *id, *letters;
	bool counts;
} context_columns[] = {
	{"irqs-off", "dDbX", false},
	{"need-resched", "NnpLlBb", false},
	{"hardirq", "hHsSzZ", false},
	{"preempt-depth", "123456789abcdef", true},
	{"migrate-disable", "123456789abcdef", true},
};

unsigned topics_context(const char *letters, int release, struct topic *ret, unsigned max)
{
	size_t n = strlen(letters);
	unsigned found = 0;
	char id[32];

	if (n < 4 || n > ARRAY_SIZE(context_columns))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (letters[i] != '.' && !strchr(context_columns[i].letters, letters[i]))
			return 0;
	if (strspn(letters, ".") == n)
		found += max && topic_in(TOPIC_CONTEXT, "context", release, &ret[0]);
	for (size_t i = 0; i < n; i++) {
		if (letters[i] == '.')
			continue;
		snprintf(id, sizeof(id), context_columns[i].counts ? "%s" : "%s.%c",
			 context_columns[i].id, letters[i]);
		if (found < max && topic_in(TOPIC_CONTEXT, id, release, &ret[found]))
			found++;
	}
	return found;
}

/* ---- the nearest name ---- */

struct names {
	VEC(char *) v;
};

static void add_name(struct names *names, const char *name)
{
	char **slot = vec_push(&names->v);

	if (slot && !(*slot = strdup(name)))
		names->v.n--;
}

static void add_functions(struct names *names, enum tl_role role)
{
	unsigned n;
	const struct tl_function_row *row = tl_role_rows(role, &n);

	for (unsigned i = 0; i < n; i++)
		if (!strchr(row[i].name, '*'))
			add_name(names, row[i].name);
}

bool topic_nearest(const char *name, char *ret, size_t size)
{
	struct names names = {};
	struct topic t;
	const char *near;

	for (unsigned g = 0; g < TOPIC_GROUPS; g++)
		for (unsigned i = 0; topic_at(g, i, 0, &t); i++) {
			add_name(&names, t.id);
			if (*last_part(&t))
				add_name(&names, last_part(&t));
			if (*bare(&t))
				add_name(&names, bare(&t));
			if (g == TOPIC_FUNCTION)
				add_functions(&names, t.role);
		}
	near = args_nearest(name, strlen(name), (const char *const *)names.v.v,
			    (unsigned)names.v.n);
	if (near)
		snprintf(ret, size, "%s", near);
	vec_each(it, &names.v)
		free(*it);
	vec_fini(&names.v);
	return near;
}
