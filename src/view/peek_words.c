/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The value of a task_struct's field in words: one small function per form of the table. */
#include <string.h>
#include "base/text.h"
#include "base/tongue.h"
#include "view/peek.h"

struct value {
	struct page *pg;
	const struct view_peek *v;
	const struct tl_peek_task *t;
	enum tl_task_field f;
	const struct tl_task_field_row *row;
	uint64_t n;
};

/* What `fill` writes, kept by the page. */
static const char *kept(struct page *pg, struct out *o)
{
	const char *text = page_fmt(pg, "%s", out_text(o));

	out_fini(o);
	return text;
}

const char *peek_name(struct page *pg, const struct tl_peek_task *t)
{
	struct out o;

	out_init(&o, -1);
	text_safe(&o, t->comm, strlen(t->comm));
	out_fmt(&o, "(%d)", tl_peek_pid(t));
	return kept(pg, &o);
}

const char *peek_code(struct page *pg, const struct view_peek *v, uint64_t addr, bool is_return)
{
	struct tl_pc pc = {.addr = addr, .kind = is_return ? TL_PC_RETURN : TL_PC_EXACT};
	uint64_t off = 0;
	const struct tl_symbol *s = v->symbols && addr ? tl_pc_lookup(v->symbols, pc, &off) : NULL;

	if (!s)
		return page_fmt(pg, "0x%llx", (unsigned long long)addr);
	return page_fmt(pg, "%s+0x%llx", s->name, (unsigned long long)off);
}

static const char *as_number(const struct value *v)
{
	return page_fmt(v->pg, "%lld", (long long)v->n);
}

static const char *as_hex(const struct value *v)
{
	return page_fmt(v->pg, "0x%llx", (unsigned long long)v->n);
}

static const char *as_pointer(const struct value *v)
{
	return v->n ? as_hex(v) : _("none");
}

static const char *as_code(const struct value *v)
{
	return page_join(v->pg, as_hex(v), " ",
			 v->v->symbols ? peek_code(v->pg, v->v, v->n, true) : NULL);
}

static const char *as_duration(const struct value *v)
{
	struct out o;

	out_init(&o, -1);
	text_duration(&o, (tl_ns)v->n);
	return kept(v->pg, &o);
}

static const char *as_time(const struct value *v)
{
	struct out o;

	if (!v->n)
		return "0";
	out_init(&o, -1);
	text_time(&o, (tl_ns)v->n);
	out_str(&o, " s");
	return kept(v->pg, &o);
}

static const char *as_task(const struct value *v)
{
	const struct tl_peek_task *who = tl_peek_relative(v->v->peek, v->t, v->f);
	tl_pid pid = tl_peek_relative_pid(v->t, v->f);
	const char *name;

	if (pid == TL_PID_NONE)
		return "-";
	if (!who && !pid)
		return _("swapper(0), the idle task");
	if (!who)
		return page_fmt(v->pg, _("%d: gone, or not to be seen from here"), pid);
	name = peek_name(v->pg, who);
	return who == v->t ? page_join(v->pg, name, ", ", _("itself")) : name;
}

static const char *as_signals(const struct value *v)
{
	const char *all = NULL;

	if (v->n == UINT64_MAX)
		return _("all");
	for (int sig = 1; sig <= 64; sig++)
		if (v->n >> (sig - 1) & 1)
			all = page_join(v->pg, all, " ", tl_signal_name(sig) ? tl_signal_name(sig) : page_fmt(v->pg, "%d", sig));
	return all ? all : _("none");
}

static const char *as_signal(const struct value *v)
{
	const char *name = (int64_t)v->n > 0 ? tl_signal_name((int)v->n) : NULL;

	if (name)
		return page_fmt(v->pg, "%d %s", (int)v->n, name);
	return v->n ? as_number(v) : _("none");
}

/* What wait would make of it. */
static const char *as_exit_code(const struct value *v)
{
	int sig = v->n & 0x7f, code = v->n >> 8 & 0xff;
	const char *name = sig ? tl_signal_name(sig) : NULL;

	if (!v->n)
		return "0";
	if (!sig)
		return page_fmt(v->pg, _("0x%1$x: exit code %2$d"), (unsigned)v->n, code);
	return page_fmt(v->pg, _("0x%1$x: signal %2$s"), (unsigned)v->n,
			name ? name : page_fmt(v->pg, "%d", sig));
}

static const char *as_names(const struct value *v, enum tl_flag_set set)
{
	const char *all = page_fmt(v->pg, "0x%llx", (unsigned long long)v->n);
	const struct tl_flag_row *flag;
	uint64_t left = v->n;
	unsigned it = 0;

	while ((flag = tl_flag_next(set, v->v->peek->arch, v->v->peek->release, &left, &it)))
		all = page_join(v->pg, all, " ", flag->name);
	if (left && left != v->n)
		all = page_fmt(v->pg, "%s +0x%llx", all, (unsigned long long)left);
	return all;
}

/* "0x10001: PREEMPT 1, HARDIRQ 1". On arm64 the upper half is 1 until a reschedule is wanted. */
static const char *as_preempt(const struct value *v)
{
	static const struct {
		const char *name;
		unsigned shift, mask;
	} parts[] = {
		{"PREEMPT", 0, 0xff}, {"SOFTIRQ", 8, 0xff}, {"HARDIRQ", 16, 0xf}, {"NMI", 20, 0xf}};
	const char *all = page_fmt(v->pg, "0x%llx:", (unsigned long long)v->n);

	for (unsigned i = 0; i < ARRAY_SIZE(parts); i++)
		all = page_fmt(v->pg, "%s %s %llu", all, parts[i].name,
			       (unsigned long long)(v->n >> parts[i].shift & parts[i].mask));
	if (v->v->peek->arch == TL_ARCH_ARM64)
		all = page_fmt(v->pg, "%s need_resched %s", all, v->n >> 32 ? "0" : "1");
	return all;
}

const char *peek_value(struct page *pg, const struct view_peek *view, const struct tl_peek_task *t,
		       unsigned shown)
{
	static const char *(*const as[])(const struct value *v) = {
		[TL_FORM_INT] = as_number, [TL_FORM_HEX] = as_hex, [TL_FORM_PTR] = as_pointer,
		[TL_FORM_CODE] = as_code,
		[TL_FORM_NS] = as_duration, [TL_FORM_TIME] = as_time, [TL_FORM_TASK] = as_task,
		[TL_FORM_SIGSET] = as_signals,
		[TL_FORM_SIGNAL] = as_signal, [TL_FORM_EXIT_SIGNAL] = as_signal,
		[TL_FORM_EXIT_CODE] = as_exit_code,
		[TL_FORM_PREEMPT] = as_preempt,
	};
	struct value v = {.pg = pg, .v = view, .t = t, .f = shown};
	enum tl_flag_set set;

	if (shown >= TL_TASK_FIELDS) {
		const char *says, *text = view_peek_more(pg, view, t, shown, &says);

		return text ? text : "-";
	}
	v.row = tl_task_field_row_of(v.f);
	v.n = t->v[v.f];
	if (!tl_peek_has(t, v.f) && v.row->form != TL_FORM_TASK)
		return "-";
	if (tl_task_form_flags(v.row->form, &set))
		return as_names(&v, set);
	return (unsigned)v.row->form < ARRAY_SIZE(as) && as[v.row->form] ? as[v.row->form](&v)
									 : as_hex(&v);
}
