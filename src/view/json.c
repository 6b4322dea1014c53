/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lives as JSON: the whole trace as one object, or one object per line. The walk over columns.def
 * gives the shape. "Not seen" is null, what cannot apply is left out, and nothing here depends on
 * the language chosen.
 */
#include <string.h>
#include "base/guard.h"
#include "base/json.h"
#include "base/line.h"
#include "columns/as_json.h"
#include "view/json.h"
#include "view/views.h"

struct json_state {
	struct json j;
	bool lines; /* ndjson: every task a value of its own */
};

void json_task(struct json *j, const char *key, const struct tl_told *told)
{
	json_obj(j, key);
	columns_task(j, told);
	json_end_obj(j);
}

static const char *arch_name(enum tl_arch arch)
{
	static const char *const names[] = {
		[TL_ARCH_X86] = "x86", [TL_ARCH_ARM64] = "arm64", [TL_ARCH_ARM] = "arm"};

	return (unsigned)arch < ARRAY_SIZE(names) ? names[arch] : NULL;
}

static void put_blind(struct json *j, const struct tl_trace_info *info)
{
	json_arr(j, "blind");
	for (unsigned i = 0; i < info->n_blind; i++) {
		const struct tl_blind *b = &info->blind[i];

		json_obj(j, NULL);
		json_ns(j, "from_ns", b->from);
		json_ns(j, "to_ns", b->to);
		if (b->cpu < 0)
			json_null(j, "cpu");
		else
			json_int(j, "cpu", b->cpu);
		json_str(j, "why", b->why);
		json_end_obj(j);
	}
	json_end_arr(j);
}

static void put_warnings(struct json *j, const struct tl_trailer *tr)
{
	json_arr(j, "warnings");
	for (unsigned i = 0; i < tr->info->n_warnings; i++)
		json_str(j, NULL, tr->info->warnings[i]);
	for (unsigned i = 0; i < tr->n_oddities; i++) {
		const struct tl_oddity *odd = &tr->oddity[i];
		char text[512];

		snprintf(text, sizeof(text), "%s (tid %d, place %llu)", odd->what, odd->tid,
			 (unsigned long long)odd->seen.place);
		json_str(j, NULL, text);
	}
	json_end_arr(j);
}

void json_trace(struct json *j, const char *key, const struct tl_trailer *tr)
{
	const struct tl_trace_info *info = tr->info;

	json_obj(j, key);
	json_str(j, "format", info->format);
	json_str(j, "clock", info->clock);
	json_str(j, "kernel", info->kernel);
	json_str(j, "arch", arch_name(info->arch));
	if (info->cpus > 0)
		json_int(j, "cpus", info->cpus);
	else
		json_null(j, "cpus");
	json_ns(j, "first_t_ns", info->first);
	json_ns(j, "last_t_ns", info->last);
	json_u64(j, "events", info->records);
	if (info->lost_unknown)
		json_null(j, "lost_events");
	else
		json_u64(j, "lost_events", info->lost);
	json_u64(j, "unparsed_lines", info->unparsed);
	json_u64(j, "orphan_stacks", tr->counts ? tr->counts->orphan_stacks : 0);
	put_blind(j, info);
	put_warnings(j, tr);
	json_end_obj(j);
}

static struct json_state *state_new(struct out *o, bool lines, void **ret)
{
	struct json_state *st = line_calloc(sizeof(*st));

	if (!st)
		return NULL;
	json_init(&st->j, o);
	st->lines = lines;
	*ret = st;
	return st;
}

static bool json_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct json_state *st = state_new(o, false, ret_state);

	if (!st)
		return false;
	json_obj(&st->j, NULL);
	json_str(&st->j, "schema", "tasklife/1");
	json_arr(&st->j, "tasks");
	return true;
}

static bool ndjson_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	struct json j;

	if (!state_new(o, true, ret_state))
		return false;
	json_init(&j, o);
	json_obj(&j, NULL);
	json_str(&j, "schema", "tasklife/1");
	json_end_obj(&j);
	out_char(o, '\n');
	return true;
}

static void task(struct out *o, void *state, const struct tl_told *told)
{
	struct json_state *st = state;

	if (st->lines)
		json_init(&st->j, o);
	else
		out_char(o, '\n');
	json_task(&st->j, NULL, told);
	if (st->lines)
		out_char(o, '\n');
}

static void json_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct json_state *st = state;

	out_char(o, '\n');
	json_end_arr(&st->j);
	json_trace(&st->j, "trace", trailer);
	json_end_obj(&st->j);
	out_char(o, '\n');
	free(st);
}

static void ndjson_end(struct out *o, void *state, const struct tl_trailer *trailer)
{
	struct json j;

	json_init(&j, o);
	json_obj(&j, NULL);
	json_trace(&j, "trace", trailer);
	json_end_obj(&j);
	out_char(o, '\n');
	free(state);
}

static bool ndjson_aside_begin(struct out *o, const struct tl_view_opts *opts, void **ret_state)
{
	return state_new(o, true, ret_state) != NULL;
}

static void ndjson_aside_end(void *aside, void *state)
{
	free(aside);
}

static const struct tl_view_aside ndjson_aside = {
	.begin = ndjson_aside_begin,
	.end = ndjson_aside_end,
};

const struct tl_view view_json = {
	.name = "json",
	.suffix = ".json",
	.summary = N_("all lives as one JSON object"),
	.is_export = true,
	.begin = json_begin,
	.task = task,
	.end = json_end,
};

const struct tl_view view_ndjson = {
	.name = "ndjson",
	.suffix = ".ndjson",
	.summary = N_("one JSON object per line and life"),
	.is_export = true,
	.aside = &ndjson_aside,
	.begin = ndjson_begin,
	.task = task,
	.end = ndjson_end,
};
