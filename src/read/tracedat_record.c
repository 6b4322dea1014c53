/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An event becomes a record. This is the hot loop: an event is planned when its first record is
 * met, and then nothing allocates, searches or compares strings.
 *
 * Every entry starts with the common fields (include/linux/trace_events.h, struct trace_entry):
 * type, flags, preempt count, pid. Flags (enum trace_flag_type; the bits used here never changed
 * their meaning):
 *
 *	0x01 IRQS_OFF · 0x04 NEED_RESCHED · 0x08 HARDIRQ · 0x10 SOFTIRQ · 0x20 PREEMPT_RESCHED · 0x40 NMI; not
 *	used: 0x02, once IRQS_NOSUPPORT and now NEED_RESCHED_LAZY, and 0x80, BH_OFF
 *
 * The lower four bits of the preempt count are its depth; newer kernels count migrate_disable() in
 * the upper ones.
 */
#include "read/tracedat.h"

enum {
	FLAG_IRQS_OFF = 0x01,
	FLAG_RESCHED = 0x04 | 0x20,
	FLAG_HARDIRQ = 0x08,
	FLAG_SOFTIRQ = 0x10,
	FLAG_NMI = 0x40,
	FRAMES_MAX = 4096,
};

static bool common_field(const struct format *fmt, const char *name, uint32_t *at, uint8_t *op,
			 uint32_t *need)
{
	const struct format_field *f = format_field_of(fmt, name);

	if (!f || !field_number_op(f) || f->offset > 64)
		return false;
	*at = f->offset;
	*op = (uint8_t)field_number_op(f);
	if (f->offset + f->size > *need)
		*need = f->offset + f->size;
	return true;
}

void td_common_of(struct tracedat *td, const struct format *fmt)
{
	struct td_common c = {};

	if (!common_field(fmt, "common_type", &c.type.at, &c.type.op, &c.need) ||
	    !common_field(fmt, "common_flags", &c.flags.at, &c.flags.op, &c.need) ||
	    !common_field(fmt, "common_preempt_count", &c.preempt.at, &c.preempt.op, &c.need) ||
	    !common_field(fmt, "common_pid", &c.pid.at, &c.pid.op, &c.need))
		return; /* what is set at open stays */
	c.usual = c.type.op == FIELD_U16 && !c.type.at && c.flags.op == FIELD_U8 &&
		  c.flags.at == 2 && c.preempt.op == FIELD_U8 && c.preempt.at == 3 &&
		  c.pid.op == FIELD_S32 && c.pid.at == 4;
	td->common = c;
}

static uint32_t offset_of(const struct format *fmt, const char *name, uint32_t otherwise)
{
	const struct format_field *f = format_field_of(fmt, name);

	return f && f->offset <= UINT16_MAX ? f->offset : otherwise;
}

/* The ftrace subsystem's own events (kernel/trace/trace_entries.h) that mean something here. */
static const struct internal {
	const char *name;
	enum td_kind kind;
	const char *at, *at2, *n_at;
} internals[] = {
	{"function", TD_FUNC, "ip", "parent_ip", NULL},
	{"kernel_stack", TD_STACK, "caller", NULL, "size"},
	{"user_stack", TD_USER_STACK, "caller", NULL, "tgid"},
	{"print", TD_PRINT, "buf", NULL, NULL},
	{"bprint", TD_BPRINT, "buf", NULL, NULL},
	{"bputs", TD_BPRINT, "str", NULL, NULL},
};

static void plan_internal(struct td_event *ev, const struct format *fmt)
{
	for (size_t i = 0; i < ARRAY_SIZE(internals); i++) {
		const struct internal *in = &internals[i];

		if (strlen(in->name) != ev->name.n || memcmp(in->name, ev->name.p, ev->name.n))
			continue;
		ev->at = offset_of(fmt, in->at, 0);
		ev->at2 = in->at2 ? offset_of(fmt, in->at2, 0) : 0;
		ev->n_at = in->n_at ? offset_of(fmt, in->n_at, 0) : 0;
		if (ev->at && (!in->at2 || ev->at2))
			ev->kind = in->kind;
	}
}

/* Without memory it is not modelled. */
static void plan_fields(struct tracedat *td, struct td_event *ev, const struct format *fmt)
{
	const struct tl_event_row *row = tl_event_row_named(ev->name.p, ev->name.n);
	struct field_plan *plan = row ? malloc(sizeof(*plan)) : NULL;
	void **slot = plan ? vec_push(&td->owned) : NULL;

	if (!slot) {
		free(plan);
		return;
	}
	*slot = plan;
	field_plan_of(row, fmt, plan);
	ev->row = row;
	ev->plan = plan;
}

static void choose(const struct tracedat *td, struct td_event *ev)
{
	unsigned id = ev->row ? ev->row->id : 0;

	ev->passed_by = td->choosy && ev->kind == TD_EVENT &&
			!(ev->row && td->want[id / 64] >> id % 64 & 1);
}

static RARE void plan(struct tracedat *td, struct td_event *ev)
{
	struct format fmt;

	ev->planned = true;
	if (!format_init(&fmt, ev->text))
		return;
	vec_each(f, &fmt.field)
		if (f->offset + f->size > ev->reach)
			ev->reach = f->offset + f->size;
	if (ev->system.n == 6 && !memcmp(ev->system.p, "ftrace", 6)) {
		plan_internal(ev, &fmt);
	} else {
		plan_fields(td, ev, &fmt);
	}
	format_fini(&fmt);
	choose(td, ev);
}

void td_want(void *state, const uint64_t rows[TL_EVENT_WORDS])
{
	struct tracedat *td = state;

	memcpy(td->want, rows, sizeof(td->want));
	td->choosy = true;
	vec_each(ev, &td->event)
		if (ev->planned)
			choose(td, ev);
}

static uint8_t ctx_of(unsigned flags)
{
	return TL_CTX_KNOWN | (flags & FLAG_HARDIRQ ? TL_CTX_HARDIRQ : 0) |
	       (flags & FLAG_SOFTIRQ ? TL_CTX_SOFTIRQ : 0) | (flags & FLAG_NMI ? TL_CTX_NMI : 0) |
	       (flags & FLAG_IRQS_OFF ? TL_CTX_IRQS_OFF : 0) |
	       (flags & FLAG_RESCHED ? TL_CTX_RESCHED : 0);
}

void td_contexts(struct tracedat *td)
{
	for (unsigned flags = 0; flags < ARRAY_SIZE(td->ctx_of); flags++)
		td->ctx_of[flags] = ctx_of(flags);
}

void td_recognise(struct tracedat *td, struct td_stream *s)
{
	const struct td_common *c = &td->common;
	const uint8_t *p = s->ev.p;
	struct td_event *e;
	uint32_t id;
	uint8_t flags;

	s->what = &td->broken;
	if (s->ev.n < c->need)
		return;
	if (c->usual) {
		id = page_u16(p, td->big);
		flags = p[2];
	} else {
		id = (uint32_t)field_number(c->type.op, p + c->type.at, td->big);
		flags = (uint8_t)field_number(c->flags.op, p + c->flags.at, td->big);
	}
	e = id < td->n_ids ? td->by_id[id] : &td->unknown;
	if (!e->planned)
		plan(td, e);
	s->what = e;
	s->ctx = td->ctx_of[flags];
}

static void set_common(const struct tracedat *td, const struct page_event *ev,
		       struct tl_record *ret)
{
	const struct td_common *c = &td->common;
	unsigned preempt;

	if (c->usual) {
		preempt = ev->p[3];
		ret->pid = (int32_t)page_u32(ev->p + 4, td->big);
	} else {
		preempt = (unsigned)field_number(c->preempt.op, ev->p + c->preempt.at, td->big);
		ret->pid = (int32_t)field_number(c->pid.op, ev->p + c->pid.at, td->big);
	}
	ret->preempt = preempt & 0xf;
	if ((uint32_t)ret->pid < td->n_comms && td->comm[ret->pid].n)
		ret->comm = td->comm[ret->pid];
	else
		ret->comm = (struct tl_str){"<...>", 5};
}

static uint64_t word_at(const struct tracedat *td, const struct page_event *ev, uint32_t at)
{
	return at + td->long_size <= ev->n ? page_long(ev->p + at, &td->form) : 0;
}

static void set_func(struct tracedat *td, const struct td_event *e, const struct page_event *ev,
		     struct tl_record *ret)
{
	td_symbols(td);
	ret->kind = TL_REC_FUNC;
	ret->ip = (struct tl_rawframe){.addr = word_at(td, ev, e->at), .has = TL_FH_ADDR};
	ret->parent = (struct tl_rawframe){.addr = word_at(td, ev, e->at2), .has = TL_FH_ADDR};
	td->src->info.functions_seen = true;
}

/*
 * The format declares caller[8]; the entry is as long as the stack was deep. `size`, where the
 * format has it, counts the frames, since an entry's length is rounded up. A frame of all ones ends
 * the stack (trace_output.c, trace_stack_print, stops there too).
 */
static void set_stack(struct tracedat *td, const struct td_event *e, const struct page_event *ev,
		      struct tl_record *ret)
{
	uint64_t end = td->long_size == 8 ? UINT64_MAX : UINT32_MAX;
	uint32_t n = ev->n > e->at ? (ev->n - e->at) / td->long_size : 0, size;
	bool user = e->kind == TD_USER_STACK;

	if (!user)
		td_symbols(td);
	ret->kind = user ? TL_REC_USER_STACK : TL_REC_STACK;
	td->src->info.stacks_seen |= !user;
	if (e->n_at && e->n_at + 4 <= ev->n) {
		size = page_u32(ev->p + e->n_at, td->big);
		if (user)
			ret->tgid = size ? (tl_pid)size : TL_PID_NONE;
		else if (size < n)
			n = size;
	}
	n = n < FRAMES_MAX ? n : FRAMES_MAX;
	if (!vec_reserve(&td->frame, n))
		n = 0;
	for (; td->frame.n < n; td->frame.n++) /* but for the address they are all alike */
		td->frame.v[td->frame.n] = (struct tl_rawframe){.has = TL_FH_ADDR};
	for (uint32_t i = 0; i < n; i++) {
		uint64_t addr = page_long(ev->p + e->at + i * td->long_size, &td->form);

		if (addr == end)
			n = i;
		else
			td->frame.v[i].addr = addr;
	}
	while (n && !td->frame.v[n - 1].addr)
		n--;
	ret->frame = td->frame.v;
	ret->n_frames = n;
}

static void set_print(const struct td_event *e, const struct page_event *ev, struct tl_record *ret)
{
	const char *p = (const char *)ev->p + e->at;
	size_t n = ev->n > e->at ? strnlen(p, ev->n - e->at) : 0;

	ret->kind = TL_REC_MARK;
	ret->payload = (struct tl_str){p, n && p[n - 1] == '\n' ? n - 1 : n};
}

static void set_event(struct tracedat *td, struct td_event *e, const struct page_event *ev,
		      struct tl_record *ret)
{
	ret->row = e->row;
	if (!e->row)
		return;
	fields_from_record(e->plan, ev->p, ev->n, td->big, &ret->f);
	if (!e->seen) {
		e->seen = true;
		source_event_seen(td->src, e->row->id);
	}
}

/* All that says what else is there; values behind it (two thirds of a record) are not worth
 * clearing each time. */
static void blank(struct tl_record *ret)
{
	memset(ret, 0, offsetof(struct tl_record, f));
	ret->f.have = 0;
	ret->f.plan = NULL;
	ret->ip.has = ret->parent.has = 0;
	ret->payload = (struct tl_str){};
	ret->frame = NULL;
	ret->n_frames = 0;
	ret->comm_kept = true;
	ret->frames_kept = ret->orphan = ret->alone = false;
	ret->lost = 0;
	ret->raw_format = NULL;
}

/* The contexts whose last record one of this context is. */
static uint8_t levels_from(uint8_t ctx)
{
	return (uint8_t)(UINT8_MAX << tl_level(ctx));
}

void td_pass_by(struct tracedat *td, struct td_stream *s)
{
	struct td_event *e = s->what;

	s->left_out |= levels_from(s->ctx);
	if (!e->seen && e->row)
		source_event_seen(td->src, e->row->id);
	e->seen = true;
}

/* Of the kernel's own records: what a plain event is not. */
static void set_internal(struct tracedat *td, struct td_stream *s, struct tl_record *ret)
{
	const struct page_event *ev = &s->ev;
	struct td_event *e = s->what;

	switch (e->kind) {
	case TD_FUNC:
		s->left_out &= (uint8_t)~levels_from(ret->ctx);
		set_func(td, e, ev, ret);
		break;
	case TD_STACK:
		ret->orphan = s->left_out >> tl_level(ret->ctx) & 1;
		set_stack(td, e, ev, ret);
		break;
	case TD_USER_STACK:
		set_stack(td, e, ev, ret);
		break;
	case TD_PRINT:
		set_print(e, ev, ret);
		break;
	case TD_BPRINT: /* its text lies in the kernel; rare, so libtraceevent may find it */
		ret->kind = TL_REC_MARK;
		ret->payload = td_text(td, ret);
		break;
	default:
		ret->raw_format = NULL;
		td->src->info.unparsed++;
	}
}

bool td_record(struct tracedat *td, struct td_stream *s, struct tl_record *ret)
{
	const struct page_event *ev = &s->ev;
	struct td_event *e = s->what;

	if (e->kind == TD_BROKEN)
		return false;
	blank(ret);
	ret->kind = TL_REC_EVENT;
	ret->buffer = s->buffer;
	ret->cpu = s->cpu;
	ret->tgid = TL_PID_NONE;
	ret->t = s->t;
	ret->place = td_place(s);
	ret->raw = ev->p;
	ret->raw_n = ev->n;
	ret->ctx = s->ctx;
	set_common(td, ev, ret);
	ret->name = e->name;
	ret->raw_format = e;
	if (e->kind != TD_EVENT) {
		set_internal(td, s, ret);
		return true;
	}
	s->left_out &= (uint8_t)~levels_from(ret->ctx);
	set_event(td, e, ev, ret);
	return true;
}
