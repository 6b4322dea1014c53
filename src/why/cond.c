/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "why/cond.h"

#define VALUE_MOST 64

/* A key gives the value's spellings one after the other, false when there is no further one: a
 * signal is its number and its name, with SIG and without. */
struct cond_key {
	const char *name;
	bool (*value)(const struct tl_task *t, const struct tl_death_verdict *v, unsigned i,
		      char *ret);
};

static bool is(unsigned i, const char *text, char *ret)
{
	if (i || !text)
		return false;
	snprintf(ret, VALUE_MOST, "%s", text);
	return true;
}

static bool value_cause(const struct tl_task *t, const struct tl_death_verdict *v, unsigned i,
			char *ret)
{
	return is(i, tl_finding_id(&v->cause), ret);
}

/* "not sent by anybody" is no source; a signal without a known one has the source "unknown". */
static bool value_source(const struct tl_task *t, const struct tl_death_verdict *v, unsigned i,
			 char *ret)
{
	return is(i, v->signal || v->fatal ? tl_finding_id(&v->source) : NULL, ret);
}

static bool value_signal(const struct tl_task *t, const struct tl_death_verdict *v, unsigned i,
			 char *ret)
{
	const char *name = tl_signal_name(v->signal);

	if (!v->signal)
		return is(i, v->exited ? "0" : NULL, ret);
	if (i == 0)
		return snprintf(ret, VALUE_MOST, "%d", v->signal) > 0;
	return name && i < 3 && is(0, i == 1 ? name : name + strlen("SIG"), ret);
}

static bool value_exit_code(const struct tl_task *t, const struct tl_death_verdict *v, unsigned i,
			    char *ret)
{
	return !i && v->exited && v->exit_code_known &&
	       snprintf(ret, VALUE_MOST, "%d", v->exit_code) > 0;
}

static bool value_comm(const struct tl_task *t, const struct tl_death_verdict *v, unsigned i,
		       char *ret)
{
	return is(i, t->comm ? t->comm->s : NULL, ret);
}

static bool value_by(const struct tl_task *t, const struct tl_death_verdict *v, unsigned i,
		     char *ret)
{
	if (v->by.tid == TL_PID_NONE)
		return false;
	if (i == 0)
		return snprintf(ret, VALUE_MOST, "%d", v->by.tid) > 0;
	return i == 1 && is(0, v->by.comm ? v->by.comm->s : NULL, ret);
}

static const struct cond_key keys[] = {
	{"cause", value_cause},		{"source", value_source}, {"signal", value_signal},
	{"exit_code", value_exit_code}, {"comm", value_comm},	  {"by", value_by},
};

/* ---- reading ---- */

static const struct cond_key *key_named(const char *s, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strlen(keys[i].name) == n && !memcmp(keys[i].name, s, n))
			return &keys[i];
	return NULL;
}

static struct tl_err *bad(const char *what, const char *text)
{
	return tl_err_hint(
		tl_err_hint(tl_err_new(TL_E_USAGE, what, text),
			    N_("the keys are cause, source, signal, exit_code, comm and by"), NULL),
		N_("such as: 'source=oom*' or 'signal!=0,by=kill'"), NULL);
}

static struct tl_err *parse_part(const char *s, size_t n, struct cond_part *ret)
{
	const char *op = memchr(s, '=', n);
	size_t key = op ? (size_t)(op - s) : 0, glob;

	ret->not = key && s[key - 1] == '!';
	ret->key = key > ret->not ? key_named(s, key - ret->not) : NULL;
	if (!ret->key)
		return bad(N_("'%s' asks nothing that is known of a death"), s);
	glob = n - key - 1;
	if (!glob || glob >= sizeof(ret->glob))
		return bad(N_("'%s' asks nothing that is known of a death"), s);
	memcpy(ret->glob, op + 1, glob);
	ret->glob[glob] = 0;
	return NULL;
}

struct tl_err *cond_parse(const char *text, struct cond *ret)
{
	ret->n = 0;
	for (const char *at = text;; at++) {
		size_t n = strcspn(at, ",");

		if (ret->n == COND_PARTS)
			return bad(N_("'%s' asks too many things at once"), text);
		try(parse_part(at, n, &ret->part[ret->n++]));
		at += n;
		if (!*at)
			return NULL;
	}
}

/* ---- asking ---- */

static bool part_holds(const struct cond_part *p, const struct tl_task *t,
		       const struct tl_death_verdict *v)
{
	char value[VALUE_MOST];
	bool known = false, fits = false;

	for (unsigned i = 0; p->key->value(t, v, i, value); i++) {
		known = true;
		fits |= !fnmatch(p->glob, value, 0);
	}
	return known && fits != p->not;
}

bool cond_holds(const struct cond *c, const struct tl_task *task, const struct tl_death_verdict *v)
{
	if (!task->death->seen.is)
		return false;
	for (unsigned i = 0; i < c->n; i++)
		if (!part_holds(&c->part[i], task, v))
			return false;
	return true;
}
