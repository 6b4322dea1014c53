/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Living tasks as JSON. A key per row of the table; a number with names is an object of both; what
 * this source does not show is null, what this kernel does not have is left out.
 */
#include <string.h>
#include "view/peek.h"

static void put_relative(struct json *j, const char *key, const struct view_peek *v,
			 const struct tl_peek_task *t, enum tl_task_field f)
{
	const struct tl_peek_task *who = tl_peek_relative(v->peek, t, f);
	tl_pid pid = tl_peek_relative_pid(t, f);

	if (pid == TL_PID_NONE) {
		json_null(j, key);
		return;
	}
	json_obj(j, key);
	json_int(j, "pid", pid);
	if (tl_peek_has(t, f + 2))
		json_u64(j, "start_boottime", t->v[f + 2]);
	json_str(j, "comm", who ? who->comm : NULL);
	json_bool(j, "gone", !who && pid);
	if (tl_peek_has(t, f))
		json_u64(j, "addr", t->v[f]);
	json_end_obj(j);
}

static void put_names(struct json *j, const char *key, const struct view_peek *v,
		      enum tl_flag_set set, uint64_t number)
{
	const struct tl_flag_row *flag;
	uint64_t left = number;
	unsigned it = 0;

	json_obj(j, key);
	json_u64(j, "number", number);
	json_arr(j, "names");
	while ((flag = tl_flag_next(set, v->peek->arch, v->peek->release, &left, &it)))
		json_str(j, NULL, flag->name);
	json_end_arr(j);
	if (left)
		json_u64(j, "unnamed", left);
	json_end_obj(j);
}

static void put_signals(struct json *j, const char *key, uint64_t set)
{
	json_arr(j, key);
	for (int sig = 1; sig <= 64; sig++)
		if (set >> (sig - 1) & 1)
			json_int(j, NULL, sig);
	json_end_arr(j);
}

static void put_field(struct json *j, const struct view_peek *v, const struct tl_peek_task *t,
		      enum tl_task_field f)
{
	const struct tl_task_field_row *row = tl_task_field_row_of(f);
	enum tl_flag_set set;

	if (row->form == TL_FORM_TASK) {
		put_relative(j, row->id, v, t, f);
	} else if (!tl_peek_has(t, f)) {
		if (v->peek->source == TL_PEEK_PROC && row->group != TL_GROUP_REGS &&
		    row->group != TL_GROUP_THREAD_INFO)
			json_null(j, row->id);
	} else if (tl_task_form_flags(row->form, &set)) {
		put_names(j, row->id, v, set, t->v[f]);
	} else if (row->form == TL_FORM_SIGSET) {
		put_signals(j, row->id, t->v[f]);
	} else if (row->form == TL_FORM_INT || row->form == TL_FORM_SIGNAL ||
		   row->form == TL_FORM_EXIT_SIGNAL) {
		json_int(j, row->id, (int64_t)t->v[f]);
	} else {
		json_u64(j, row->id, t->v[f]);
	}
}

void view_peek_json_task(struct json *j, const char *key, const struct view_peek *v,
			 const struct tl_peek_task *t)
{
	json_obj(j, key);
	for (unsigned f = PEEK_COMM; f <= PEEK_LETTER; f++) /* who it is stands in every object */
		view_peek_json_more(j, v, t, f);
	for (unsigned f = 0; f < TL_TASK_FIELDS; f++)
		if (v->field ? view_peek_wants(v, f)
			     : tl_task_field_row_of(f)->group != TL_GROUP_HIDDEN)
			put_field(j, v, t, f);
	for (unsigned f = PEEK_PIDS; f < PEEK_SHOWN; f++)
		if (view_peek_wants(v, f))
			view_peek_json_more(j, v, t, f);
	json_end_obj(j);
}

static const char *const sources[] = {
	[TL_PEEK_BPF] = "bpf", [TL_PEEK_PROC] = "proc", [TL_PEEK_GDB] = "gdb"};

void view_peek_json(struct out *o, const struct view_peek *v,
		    const struct tl_peek_task *const *task, size_t n)
{
	struct json j;

	json_init(&j, o);
	json_obj(&j, NULL);
	json_str(&j, "schema", "tasklife-peek/1");
	json_str(&j, "source", sources[v->peek->source]);
	json_str(&j, "kernel", v->peek->release_text[0] ? v->peek->release_text : NULL);
	json_ns(&j, "t_boottime", v->peek->now);
	json_arr(&j, "tasks");
	for (size_t i = 0; i < n; i++)
		view_peek_json_task(&j, NULL, v, task[i]);
	json_end_arr(&j);
	json_end_obj(&j);
	out_char(o, '\n');
}
