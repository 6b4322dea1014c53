/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the topics of each group come from: one small function per group walks the table that holds
 * them, and its lesson, where there is one, is laid over what the table says. Groups no table
 * stands behind are walked through the lessons themselves.
 */
#include <stdio.h>
#include <string.h>
#include "base/guard.h"
#include "columns/columns.h"
#include "teach/lessons.h"

static void name_it(struct topic *t, const char *id)
{
	snprintf(t->id, sizeof(t->id), "%s", id);
}

static bool function_at(unsigned i, struct topic *t)
{
	enum tl_role role = TL_ROLE_NONE + 1 + i;

	if (role >= TL_ROLES)
		return false;
	name_it(t, tl_role_id(role));
	t->gist = tl_role_summary(role);
	t->role = role;
	return true;
}

static bool event_at(unsigned i, struct topic *t)
{
	const struct tl_event_row *row = tl_event_row_of((enum tl_event_id)i);

	if (!row)
		return false;
	name_it(t, row->name);
	t->event = row;
	return true;
}

/* "signal_generate.group": one field after the other, through all events. */
static bool field_at(unsigned i, struct topic *t)
{
	const struct tl_event_row *row;

	for (unsigned e = 0; (row = tl_event_row_of((enum tl_event_id)e)); e++) {
		if (i < row->n_fields) {
			snprintf(t->id, sizeof(t->id), "%s.%s", row->name, row->field[i].name);
			return true;
		}
		i -= row->n_fields;
	}
	return false;
}

static bool state_at(unsigned i, struct topic *t)
{
	char letter[2] = {tl_state_at(i)};

	if (!*letter)
		return false;
	name_it(t, letter);
	t->gist = tl_state_word(*letter);
	return true;
}

static bool clone_at(unsigned i, struct topic *t)
{
	for (unsigned bit = 0; bit < 64; bit++) {
		const char *name = tl_clone_flag_name(bit);

		if (!name || i--)
			continue;
		snprintf(t->id, sizeof(t->id), "CLONE_%s", name);
		return true;
	}
	return false;
}

static bool signal_at(unsigned i, struct topic *t)
{
	const char *name = tl_signal_name((int)i + 1);

	if (!name)
		return false;
	name_it(t, name);
	return true;
}

static bool code_at(unsigned i, struct topic *t)
{
	const char *name = tl_sigcode_at(i);

	if (name)
		name_it(t, name);
	return name;
}

static bool result_at(unsigned i, struct topic *t)
{
	const char *name = tl_sigresult_name((int)i);

	if (name)
		name_it(t, name);
	return name;
}

static bool seen_before(const struct tl_cause *rows, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (rows[k].kind == rows[i].kind && !strcmp(rows[k].id, rows[i].id))
			return true;
	return false;
}

/* A public id stands for all the rules that give it: the first row names it. */
static bool cause_at(enum tl_cause_kind kind, unsigned i, struct topic *t)
{
	unsigned n;
	const struct tl_cause *rows = tl_causes(&n);

	for (unsigned k = 0; k < n; k++) {
		if (rows[k].kind != kind || seen_before(rows, k) || i--)
			continue;
		name_it(t, rows[k].id);
		t->gist = rows[k].says;
		return true;
	}
	return false;
}

static bool birth_at(unsigned i, struct topic *t)
{
	return cause_at(TL_CAUSE_BIRTH, i, t);
}

static bool source_at(unsigned i, struct topic *t)
{
	return cause_at(TL_CAUSE_SOURCE, i, t);
}

static bool death_at(unsigned i, struct topic *t)
{
	return cause_at(TL_CAUSE_DEATH, i, t);
}

static bool grade_at(unsigned i, struct topic *t)
{
	if (i > TL_GUESSED)
		return false;
	name_it(t, tl_grade_name((enum tl_grade)i));
	return true;
}

static bool flag_at(unsigned i, struct topic *t)
{
	unsigned n;
	const struct tl_flag_row *rows = tl_flag_rows(&n);

	if (i >= n)
		return false;
	name_it(t, rows[i].name);
	t->gist = rows[i].says;
	t->source = rows[i].cite;
	t->flag = &rows[i];
	return true;
}

static bool task_at(unsigned i, struct topic *t)
{
	const struct tl_task_field_row *row =
		i < TL_TASK_FIELDS ? tl_task_field_row_of((enum tl_task_field)i) : NULL;

	if (!row)
		return false;
	name_it(t, row->id);
	t->gist = row->says;
	t->field = row;
	return true;
}

static bool rule_at(unsigned i, struct topic *t)
{
	unsigned n;
	const struct tl_cause *rows = tl_causes(&n);

	if (i >= n)
		return false;
	name_it(t, rows[i].rule);
	t->gist = rows[i].says;
	t->source = rows[i].cite;
	t->see = rows[i].id;
	t->cause = &rows[i];
	return true;
}

/* The cells of a life, then those of the lists in it. */
static bool column_at(unsigned i, struct topic *t)
{
	if (i < COLUMNS) {
		name_it(t, columns[i].path);
		t->gist = columns[i].meaning;
		t->also = columns[i].sql;
		return true;
	}
	i -= COLUMNS;
	if (i >= ITEMS)
		return false;
	snprintf(t->id, sizeof(t->id), "%s.%s", columns[items[i].list].path, items[i].key);
	t->gist = items[i].meaning;
	t->also = items[i].sql;
	return true;
}

/* What no table holds. Rows of one name for different releases stand together: the first counts. */
static bool lesson_at(enum topic_group g, unsigned i, struct topic *t)
{
	const char *before = "";

	for (unsigned k = 0; k < lessons_n; k++) {
		if (lessons[k].group != g || !strcmp(lessons[k].id, before))
			continue;
		before = lessons[k].id;
		if (i--)
			continue;
		name_it(t, lessons[k].id);
		return true;
	}
	return false;
}

static bool (*const table_at[TOPIC_GROUPS])(unsigned i, struct topic *t) = {
	[TOPIC_FUNCTION] = function_at, [TOPIC_EVENT] = event_at,   [TOPIC_FIELD] = field_at,
	[TOPIC_STATE] = state_at,       [TOPIC_CLONE] = clone_at,   [TOPIC_SIGNAL] = signal_at,
	[TOPIC_CODE] = code_at,         [TOPIC_RESULT] = result_at, [TOPIC_BIRTH] = birth_at,
	[TOPIC_SOURCE] = source_at,     [TOPIC_DEATH] = death_at,   [TOPIC_GRADE] = grade_at,
	[TOPIC_FLAG] = flag_at,         [TOPIC_TASK] = task_at,     [TOPIC_RULE] = rule_at,
	[TOPIC_COLUMN] = column_at,
};

/* ---- the lesson is laid over what the table says ---- */

static void take_over(struct topic *t, const struct lesson *l)
{
	t->gist = l->gist ? l->gist : t->gist;
	t->text = l->text;
	t->source = l->source ? l->source : t->source;
	t->see = l->see ? l->see : t->see;
	t->since = l->since;
	t->until = l->until;
}

/* A field's lesson stands under its event's name, or under "*" for all events that have such a
 * field. */
static const struct lesson *lesson_for(const struct topic *t, int release)
{
	const struct lesson *l = lesson_of(t->group, t->id, release);
	const char *dot = t->group == TOPIC_FIELD ? strchr(t->id, '.') : NULL;
	char any[sizeof(t->id) + 1];

	if (l || !dot)
		return l;
	snprintf(any, sizeof(any), "*%s", dot);
	return lesson_of(TOPIC_FIELD, any, release);
}

bool topic_at(enum topic_group g, unsigned i, int release, struct topic *ret)
{
	struct topic t = {.group = g, .role = TL_ROLE_NONE};
	const struct lesson *l;

	if (!(table_at[g] ? table_at[g](i, &t) : lesson_at(g, i, &t)))
		return false;
	l = lesson_for(&t, release);
	if (l)
		take_over(&t, l);
	*ret = t;
	return true;
}

/* ---- the groups themselves ---- */

static const struct {
	const char *name, *kind, *title;
} groups[] = {
#define GROUP(id_, name_, kind_, title_) {name_, kind_, title_},
#include "teach/groups.def"
#undef GROUP
};

const char *topic_group_name(enum topic_group g)
{
	return groups[g].name;
}

const char *topic_group_title(enum topic_group g)
{
	return groups[g].title;
}

const char *topic_group_kind(enum topic_group g)
{
	return groups[g].kind;
}

bool topic_group_named(const char *name, enum topic_group *ret)
{
	for (unsigned g = 0; g < TOPIC_GROUPS; g++)
		if (!strcmp(groups[g].name, name)) {
			*ret = g;
			return true;
		}
	return false;
}
