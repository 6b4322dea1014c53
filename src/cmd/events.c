/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * events: every record as it was read, with its fields decoded. No life is made of them here; this
 * is what to look at when a story is doubted. A place in the trace stands first, because footnotes
 * name it.
 */
#include <string.h>
#include "base/json.h"
#include "base/text.h"
#include "cmd/pipeline.h"

struct events {
	struct common common;
	struct selectors selectors;
	const char *to;
};

struct listing {
	const struct events *opts;
	struct select sel;
	struct tl_source *src;
	struct out out;
	bool json;
	uint64_t shown;
};

static const struct opt events_opts[] = {
	OPT_STR('t', "to", "text|ndjson", N_("text (default) or one JSON object per record"),
		struct events, to),
	OPT_TABLE(record_selector_opts, struct events, selectors),
	OPT_TABLE(common_opts, struct events, common),
	OPT_END,
};

/* ---- which records ---- */

static bool about_pid(const struct tl_record *r, tl_pid pid)
{
	if (r->pid == pid || r->tgid == pid)
		return true;
	for (unsigned i = 0; r->row && i < r->row->n_fields; i++) {
		const struct tl_field_row *f = &r->row->field[i];
		size_t n = strlen(f->name);

		if ((r->f.have >> i & 1) && f->type == TL_FT_INT && n >= 3 &&
		    !strcmp(f->name + n - 3, "pid") && tl_field(&r->f, i).i == pid)
			return true;
	}
	return false;
}

static bool is_name(struct tl_str s, const char *name)
{
	return s.n == strlen(name) && !memcmp(s.p, name, s.n);
}

static bool holds_name(const struct tl_record *r, const char *name)
{
	if (is_name(r->comm, name))
		return true;
	for (unsigned i = 0; r->row && i < r->row->n_fields; i++)
		if ((r->f.have >> i & 1) && r->row->field[i].type == TL_FT_STR &&
		    is_name(tl_field(&r->f, i).s, name))
			return true;
	return false;
}

static bool wanted(struct listing *l, const struct tl_record *r)
{
	const struct selectors *s = l->sel.from;
	bool pid = !s->pid.n, comm = !s->comm.n;

	for (int i = 0; i < s->pid.n; i++)
		if (about_pid(r, l->sel.pid[i]))
			pid = l->sel.pid_seen[i] = true;
	for (int i = 0; i < s->comm.n; i++)
		if (holds_name(r, s->comm.v[i]))
			comm = l->sel.comm_seen[i] = true;
	return pid && comm && select_time(&l->sel, r->t, r->t, tl_source_info(l->src)->first);
}

/* ---- what a number means, where it has a name ---- */

static const char *meaning_of(const struct tl_record *r, unsigned i)
{
	int v;

	if (r->row->id != TL_EVENT_SIGNAL_GENERATE && r->row->id != TL_EVENT_SIGNAL_DELIVER)
		return NULL;
	v = (int)tl_field(&r->f, i).i;
	if (i == TL_F_SIGNAL_GENERATE_sig) /* the first three fields are the same in both */
		return tl_signal_name(v);
	if (i == TL_F_SIGNAL_GENERATE_code)
		return tl_sigcode_name((int)tl_field(&r->f, TL_F_SIGNAL_GENERATE_sig).i, v);
	if (r->row->id == TL_EVENT_SIGNAL_GENERATE && i == TL_F_SIGNAL_GENERATE_result)
		return tl_sigresult_name(v);
	return NULL;
}

static bool is_clone_flags(const struct tl_record *r, unsigned i)
{
	return r->row->id == TL_EVENT_TASK_NEWTASK && i == TL_F_TASK_NEWTASK_clone_flags;
}

static void put_flag_names(struct out *o, uint64_t flags)
{
	char sep = '(';

	for (unsigned bit = 7; bit < 64; bit++) {
		if (!(flags >> bit & 1) || !tl_clone_flag_name(bit))
			continue;
		out_char(o, sep);
		out_str(o, tl_clone_flag_name(bit));
		sep = '|';
	}
	if (sep == '|')
		out_char(o, ')');
}

static void state_text(int64_t v, char ret[3])
{
	ret[0] = (char)(v & 0xff);
	ret[1] = v & TL_STATE_PREEMPTED ? '+' : 0;
	ret[2] = 0;
}

/* ---- as text ---- */

static void put_value(struct out *o, const struct tl_record *r, unsigned i)
{
	const union tl_value v = tl_field(&r->f, i);
	const char *meaning = meaning_of(r, i);
	char state[3];

	switch (r->row->field[i].type) {
	case TL_FT_STR: text_safe(o, v.s.p, v.s.n); break;
	case TL_FT_HEX: out_fmt(o, "0x%llx", (unsigned long long)v.i); break;
	case TL_FT_STATE:
		state_text(v.i, state);
		text_safe(o, state, strlen(state));
		break;
	default: out_i64(o, v.i);
	}
	if (meaning)
		out_fmt(o, "(%s)", meaning);
	if (is_clone_flags(r, i))
		put_flag_names(o, (uint64_t)v.i);
}

static void put_fields(struct out *o, const struct tl_record *r)
{
	for (unsigned i = 0; i < r->row->n_fields; i++) {
		if (!(r->f.have >> i & 1))
			continue;
		out_fmt(o, " %s=", r->row->field[i].name);
		put_value(o, r, i);
	}
}

static void put_frame(struct out *o, const struct tl_rawframe *f)
{
	if (f->text.n) {
		text_safe(o, f->text.p, f->text.n);
		return;
	}
	if (f->has & TL_FH_NAME)
		text_safe(o, f->name.p, f->name.n);
	else
		out_fmt(o, "0x%llx", (unsigned long long)f->addr);
	if (f->has & TL_FH_OFF)
		out_fmt(o, "+0x%x", f->off);
	if (f->has & TL_FH_SIZE)
		out_fmt(o, "/0x%x", f->size);
}

static void put_stack_lines(struct out *o, const struct tl_record *r)
{
	out_str(o, r->kind == TL_REC_STACK ? " <stack trace>" : " <user stack trace>");
	for (unsigned i = 0; i < r->n_frames; i++) {
		out_str(o, "\n    => ");
		put_frame(o, &r->frame[i]);
	}
}

static void put_rest(struct listing *l, const struct tl_record *r)
{
	struct out *o = &l->out;
	struct tl_str text;

	switch (r->kind) {
	case TL_REC_EVENT:
		out_char(o, ' ');
		text_safe(o, r->name.p, r->name.n);
		out_char(o, ':');
		if (r->row) {
			put_fields(o, r);
			return;
		}
		text = tl_record_text(l->src, r);
		out_char(o, ' ');
		text_safe(o, text.p, text.n);
		return;
	case TL_REC_FUNC:
		out_char(o, ' ');
		put_frame(o, &r->ip);
		out_str(o, " <- ");
		put_frame(o, &r->parent);
		return;
	case TL_REC_STACK:
	case TL_REC_USER_STACK: put_stack_lines(o, r); return;
	case TL_REC_MARK:
		out_str(o, " mark: ");
		text_safe(o, r->payload.p, r->payload.n);
		return;
	case TL_REC_LOST:
		if (r->lost == UINT64_MAX)
			out_str(o, " LOST events, number unknown");
		else
			out_fmt(o, " LOST %llu events", (unsigned long long)r->lost);
		return;
	}
}

static void put_text(struct listing *l, const struct tl_record *r)
{
	struct out *o = &l->out;

	out_fmt(o, "%8llu  ", (unsigned long long)r->place);
	if (r->t != TL_NS_NONE)
		text_time(o, r->t);
	if (r->cpu >= 0)
		out_fmt(o, " [%03d] ", r->cpu);
	else
		out_str(o, " [???] ");
	text_safe(o, r->comm.p, r->comm.n);
	if (r->pid != TL_PID_NONE)
		out_fmt(o, "(%d)", r->pid);
	put_rest(l, r);
	out_char(o, '\n');
}

/* ---- as ndjson ---- */

static void put_json_fields(struct json *j, const struct tl_record *r)
{
	json_obj(j, "fields");
	for (unsigned i = 0; i < r->row->n_fields; i++) {
		const char *key = r->row->field[i].name;
		union tl_value v;
		char state[3];

		if (!(r->f.have >> i & 1))
			continue;
		v = tl_field(&r->f, i);
		if (r->row->field[i].type == TL_FT_STR) {
			json_strn(j, key, v.s.p, v.s.n);
		} else if (r->row->field[i].type == TL_FT_STATE) {
			state_text(v.i, state);
			json_str(j, key, state);
		} else if (r->row->field[i].type == TL_FT_BOOL) {
			json_bool(j, key, v.i != 0);
		} else if (r->row->field[i].type == TL_FT_HEX) {
			json_u64(j, key, (uint64_t)v.i);
		} else {
			json_int(j, key, v.i);
		}
	}
	json_end_obj(j);
}

static void put_json_frame(struct json *j, const char *key, const struct tl_rawframe *f)
{
	struct out text;

	out_init(&text, -1);
	if (f->text.n)
		out_mem(&text, f->text.p, f->text.n);
	else
		put_frame(&text, f);
	json_strn(j, key, text.n ? text.buf : "", text.n);
	out_fini(&text);
}

static void put_json_rest(struct listing *l, struct json *j, const struct tl_record *r)
{
	struct tl_str text;

	switch (r->kind) {
	case TL_REC_EVENT:
		json_strn(j, "event", r->name.p, r->name.n);
		if (r->row) {
			put_json_fields(j, r);
			return;
		}
		text = tl_record_text(l->src, r);
		json_strn(j, "text", text.p, text.n);
		return;
	case TL_REC_FUNC:
		json_str(j, "event", "function");
		put_json_frame(j, "function", &r->ip);
		put_json_frame(j, "caller", &r->parent);
		return;
	case TL_REC_STACK:
	case TL_REC_USER_STACK:
		json_str(j, "event", r->kind == TL_REC_STACK ? "kernel_stack" : "user_stack");
		json_arr(j, "stack_raw");
		for (unsigned i = 0; i < r->n_frames; i++)
			put_json_frame(j, NULL, &r->frame[i]);
		json_end_arr(j);
		return;
	case TL_REC_MARK:
		json_str(j, "event", "mark");
		json_strn(j, "text", r->payload.p, r->payload.n);
		return;
	case TL_REC_LOST:
		json_str(j, "event", "lost");
		if (r->lost == UINT64_MAX)
			json_null(j, "lost_events");
		else
			json_u64(j, "lost_events", r->lost);
		return;
	}
}

static void put_json(struct listing *l, const struct tl_record *r)
{
	struct json j;

	json_init(&j, &l->out);
	json_obj(&j, NULL);
	json_u64(&j, "place", r->place);
	json_ns(&j, "t_ns", r->t);
	if (r->cpu >= 0)
		json_int(&j, "cpu", r->cpu);
	else
		json_null(&j, "cpu");
	if (r->pid != TL_PID_NONE)
		json_int(&j, "tid", r->pid);
	else
		json_null(&j, "tid");
	json_strn(&j, "comm", r->comm.p, r->comm.n);
	put_json_rest(l, &j, r);
	json_end_obj(&j);
	out_char(&l->out, '\n');
}

/* ---- the command ---- */

static int status_of(struct listing *l)
{
	const struct tl_trace_info *info = tl_source_info(l->src);
	struct tl_err *err;

	out_flush(&l->out);
	if (l->out.os)
		return say_and_status(
			tl_err_os(l->out.os, N_("cannot write the answer"), NULL, NULL));
	if (info->unparsed)
		say_warn(N_("%llu lines look like records and could not be read"),
			 (unsigned long long)info->unparsed);
	if (!info->records)
		return say_and_status(
			tl_err_new(TL_E_INPUT, N_("nothing in this trace could be read"), NULL));
	err = select_missing(&l->sel);
	if (!err && !l->shown)
		err = tl_err_new(TL_E_NOT_THERE, N_("no record in this trace is as asked for"),
				 NULL);
	return err ? say_and_status(err) : 0;
}

static struct tl_err *form_of(const struct events *e, bool *ret_json)
{
	*ret_json = e->to && !strcmp(e->to, "ndjson");
	if (!e->to || *ret_json || !strcmp(e->to, "text"))
		return NULL;
	return tl_err_hint(tl_err_new(TL_E_USAGE, N_("cannot list events as '%s'"), e->to),
			   N_("there are 'text' and 'ndjson'"), NULL);
}

static int run(const void *opts, int n, char **words)
{
	struct listing l = {.opts = opts};
	struct tl_record r;
	struct tl_err *err = form_of(opts, &l.json);
	int status;

	if (!err)
		err = select_init(&l.sel, &l.opts->selectors);
	if (!err)
		err = trace_open(n, words, &l.src);
	if (err)
		return say_and_status(err);
	out_init(&l.out, STDOUT_FILENO);
	while (tl_source_next(l.src, &r) > 0 && !l.out.os) {
		if (!wanted(&l, &r))
			continue;
		(l.json ? put_json : put_text)(&l, &r);
		l.shown++;
	}
	status = status_of(&l);
	tl_source_close(l.src);
	out_fini(&l.out);
	return status;
}

const struct cmd cmd_events = {
	.name = "events",
	.summary = N_("every record of a trace with its fields"),
	.usage = "[--to text|ndjson] [options] [FILE]",
	.opts = events_opts,
	.size = sizeof(struct events),
	.run = run,
};
