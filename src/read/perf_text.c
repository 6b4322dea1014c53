/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of `perf script`: a line per event, then the frames of its call chain, then a blank
 * line.
 *
 *	fk 22676 [000]  2430.517700: sched:sched_process_exec: filename=./fk pid=22676 old_pid=22676
 *		ffffffff8139be59 __traceiter_sched_process_exec+0x39 ([kernel.kallsyms])
 *		           1ab70 _start+0x0 (/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)
 *
 *	iperf 27409/28744 [000] 441995.133575: cpu-clock:
 *	dd 29776 666709.771979:   10101010 cpu-clock:
 *
 * An event becomes an event record, its chain a stack record of the same CPU, task and time right
 * behind it. The frames of user space are left out. A comm may hold blanks; the columns are looked
 * for from the left, and the first place where all of them stand is taken.
 */
#include <stdlib.h>
#include "base/guard.h"
#include "read/reader.h"
#include "read/scan.h"
#include "read/text_frame.h"
#include "read/text_lines.h"
#include "read/text_stacks.h"
#include "read/text_usual.h"

#define CPU_MAX    8192
#define FRAMES_MAX 1024
#define COMM_MAX   15

struct perf_text {
	struct text_lines lines;
	struct usual usual;
	struct text_stacks stacks;
	VEC(struct tl_rawframe) frames;
	struct tl_record owner; /* of the chain that may follow: its numbers only */
	bool chain;
};

/* ---- one event line ---- */

static bool scan_seconds(const char **p, const char *end, tl_ns *ret)
{
	const char *q = *p, *frac;
	uint64_t sec, ns = 0;
	int digits;

	if (!scan_u64(&q, end, &sec) || !SCAN_LIT(&q, end, ".") || sec > INT64_MAX / 1000000000 - 1)
		return false;
	for (frac = q; q < end && is_digit(*q) && q - frac < 9; q++)
		ns = ns * 10 + (*q - '0');
	digits = q - frac;
	if (!digits || !SCAN_LIT(&q, end, ":"))
		return false;
	for (; digits < 9; digits++)
		ns *= 10;
	*ret = sec * 1000000000 + ns;
	*p = q;
	return true;
}

/* "PID [CPU] TIME: " or "PID/TID ..." at p; where the event begins. */
static const char *columns(const char *p, const char *end, struct tl_record *ret)
{
	uint64_t pid, tid, cpu;

	if (!scan_u64(&p, end, &pid) || pid > INT32_MAX)
		return NULL;
	ret->pid = pid;
	if (SCAN_LIT(&p, end, "/")) {
		if (!scan_u64(&p, end, &tid) || tid > INT32_MAX)
			return NULL;
		ret->tgid = pid;
		ret->pid = tid;
	}
	if (p == end || !is_blank(*p))
		return NULL;
	p = skip_blank(p, end);
	if (SCAN_LIT(&p, end, "[")) {
		if (!scan_u64(&p, end, &cpu) || cpu >= CPU_MAX || !SCAN_LIT(&p, end, "]"))
			return NULL;
		ret->cpu = cpu;
	}
	p = skip_blank(p, end);
	return scan_seconds(&p, end, &ret->t) ? skip_blank(p, end) : NULL;
}

/* "[period] [system:]name: payload" */
static bool event(const char *p, const char *end, struct tl_record *ret)
{
	const char *q = p, *name, *colon;
	uint64_t period;

	if (scan_u64(&q, end, &period) && q < end && is_blank(*q))
		p = skip_blank(q, end);
	for (q = name = p; q < end && !is_blank(*q); q++)
		if (*q == ':' && q + 1 < end && !is_blank(q[1]))
			name = q + 1;
	colon = q - 1;
	if (q == p || *colon != ':' || colon <= name)
		return false;
	ret->kind = TL_REC_EVENT;
	ret->name = (struct tl_str){name, colon - name};
	ret->row = tl_event_row_named(ret->name.p, ret->name.n);
	p = skip_blank(q, end);
	ret->payload = (struct tl_str){p, end - p};
	return true;
}

static bool event_line(struct tl_str line, struct tl_record *ret)
{
	const char *end = line.p + line.n, *from = skip_blank(line.p, end), *p, *name;

	for (p = from; p < end && p - from <= COMM_MAX + 16; p++) {
		if (!is_digit(*p) || p == from || !is_blank(p[-1]))
			continue;
		record_clear(ret);
		name = columns(p, end, ret);
		if (!name || !event(name, end, ret))
			continue;
		ret->comm = (struct tl_str){from, trim_end(from, p) - from};
		return true;
	}
	return false;
}

/* ---- one frame line ---- */

static bool is_kernel(uint64_t addr, struct tl_str dso)
{
	if (dso.n && dso.p[0] == '[')
		return dso.n < 8 ||
		       (memcmp(dso.p, "[unknown", 8) != 0 && memcmp(dso.p, "[vdso]", 6) != 0);
	return addr >= 0xffff000000000000 || memmem(dso.p, dso.n, "vmlinux", 7) ||
	       (dso.n > 3 && memcmp(dso.p + dso.n - 3, ".ko", 3) == 0);
}

/* "[kvm]" is a module, "[kernel.kallsyms]" is none. */
static struct tl_str module_of(struct tl_str dso)
{
	if (dso.n < 3 || dso.p[0] != '[' || memmem(dso.p, dso.n, "kernel.", 7))
		return (struct tl_str){};
	return (struct tl_str){dso.p + 1, dso.n - 2};
}

/* False: no frame. *ret_kernel: it is one of the kernel. */
static bool frame_line(struct tl_str line, struct tl_rawframe *ret, bool *ret_kernel)
{
	const char *end = line.p + line.n, *p = skip_blank(line.p, end), *open, *text, *plus;
	struct tl_str dso = {"", 0};
	uint64_t v;

	if (p == line.p || !scan_hex(&p, end, &v) || p == end || *p != ' ')
		return false;
	*ret = (struct tl_rawframe){.addr = v, .has = TL_FH_ADDR};
	text = skip_blank(p, end);
	end = trim_end(text, end);
	open = end > text && end[-1] == ')' ? memrchr(text, '(', end - text) : NULL;
	if (open) {
		dso = (struct tl_str){open + 1, end - open - 2};
		end = trim_end(text, open);
	}
	*ret_kernel = is_kernel(v, dso);
	ret->text = ret->name = (struct tl_str){text, end - text};
	ret->module = module_of(dso);
	if (!ret->name.n || *text == '[')
		return true;
	ret->has |= TL_FH_NAME;
	plus = memmem(text, end - text, "+0x", 3);
	if (plus && plus++ && scan_hex(&plus, end, &v) && plus == end) {
		ret->name.n = (const char *)memmem(text, end - text, "+0x", 3) - text;
		ret->off = v;
		ret->has |= TL_FH_OFF;
	}
	return true;
}

/* ---- the reader ---- */

static int sniff(const unsigned char *head, size_t n, bool whole)
{
	const char *p = (const char *)head, *nul = memchr(p, 0, n), *end = nul ? nul : p + n;
	struct tl_record rec;

	while (p < end) {
		const char *nl = memchr(p, '\n', end - p);

		if (!nl && (nul || !whole))
			break;
		if (event_line((struct tl_str){p, (nl ? nl : end) - p}, &rec))
			return SNIFF_SURE;
		p = nl ? nl + 1 : end;
	}
	return 0;
}

static struct tl_err *open_perf(struct tl_source *src, void **ret)
{
	struct perf_text *t = calloc(1, sizeof(*t));

	if (!t)
		return &tl_enomem;
	lines_init(&t->lines, src->bytes);
	usual_init(&t->usual);
	stacks_init(&t->stacks);
	*ret = t;
	return NULL;
}

static void close_perf(void *state)
{
	struct perf_text *t = state;

	vec_fini(&t->frames);
	stacks_fini(&t->stacks);
	free(t);
}

static void note(struct tl_source *src, const struct tl_record *rec)
{
	src->info.records++;
	if (src->info.first == TL_NS_NONE || rec->t < src->info.first)
		src->info.first = rec->t;
	if (src->info.last == TL_NS_NONE || rec->t > src->info.last)
		src->info.last = rec->t;
	if (rec->row)
		source_event_seen(src, rec->row->id);
}

static bool frame_begins(const char *p)
{
	return *p == '\t';
}

/* What stands behind a chain shows that it is all. */
static bool chain_ends(const char *p, const char *end)
{
	return *p == '\n' || is_word(*p);
}

static bool take_block(struct perf_text *t, struct tl_record *ret, size_t *at)
{
	static const struct stack_form form = {frame_begins, chain_ends, frame_line};
	const struct kept_stack *k =
		stacks_at(&t->stacks, &form, ret->cpu, t->lines.p, t->lines.end);

	if (!k)
		return false;
	*at = k->n;
	lines_passed(&t->lines, 0, *at, k->lines);
	ret->frame = k->frame;
	ret->n_frames = k->n_frames;
	ret->frames_kept = true;
	return true;
}

/* A comm may read as an address: "  dead 123 [000] ...". */
static bool is_event(struct tl_str line)
{
	struct tl_record rec;

	return *line.p == ' ' && event_line(line, &rec);
}

/* Line by line; false: once more. */
static bool take_frames(struct perf_text *t, struct tl_record *ret, size_t *used)
{
	struct tl_rawframe frame, *kept;
	struct tl_str line;
	enum lines_got got;
	size_t at = 0;
	bool kernel;

	t->frames.n = 0;
	while ((got = lines_at(&t->lines, &at, &line)) == LINES_OK &&
	       frame_line(line, &frame, &kernel) && !is_event(line)) {
		*used = at;
		if (!kernel || t->frames.n >= FRAMES_MAX)
			continue;
		kept = vec_push(&t->frames);
		if (kept)
			*kept = frame;
	}
	ret->frame = t->frames.v;
	ret->n_frames = t->frames.n;
	return got != LINES_MOVED;
}

/* The chain at the lines' place: 1 a stack, 0 none, -1 once more. */
static int take_chain(struct tl_source *src, struct perf_text *t, struct tl_record *ret)
{
	size_t used = 0;

	*ret = t->owner;
	ret->kind = TL_REC_STACK;
	ret->place = t->lines.number;
	if (!take_block(t, ret, &used) && !take_frames(t, ret, &used))
		return -1;
	lines_consume(&t->lines, used);
	t->chain = false;
	if (!used)
		return 0;
	src->info.stacks_seen = true;
	for (size_t i = ret->n_frames; i-- && src->info.arch == TL_ARCH_UNKNOWN;)
		src->info.arch = text_frame_arch(&ret->frame[i]);
	return 1;
}

static int at_end(struct tl_source *src)
{
	if (bytes_error(src->bytes) &&
	    source_warn(src,
			N_("the input is damaged or cut: what follows its last record is missing")))
		source_blind(src, (struct tl_blind){.from = src->info.last,
						    .to = TL_NS_NONE,
						    .cpu = -1,
						    .why = N_("the input is damaged or cut"),
						    .lost = UINT64_MAX});
	return 0;
}

/* The fields of a line whose columns and name are read. */
static void take_fields(struct tl_source *src, struct tl_record *rec)
{
	if (!rec->row || tl_fields_from_text(rec->row, rec->payload, &rec->f) || rec->f.have)
		return;
	src->info.unparsed++;
	rec->row = NULL;
}

/* A record is finished; its chain may follow. */
static void give_out(struct tl_source *src, struct perf_text *t, struct tl_record *rec)
{
	rec->place = t->lines.number;
	t->owner = (struct tl_record){
		.cpu = rec->cpu, .pid = rec->pid, .tgid = rec->tgid, .t = rec->t};
	t->chain = true;
	note(src, rec);
}

/* The line at hand in one go; false: look at it thoroughly. */
static bool take_usual(struct tl_source *src, struct perf_text *t, struct tl_record *ret)
{
	struct text_lines *l = &t->lines;
	struct usual *u = &t->usual;
	const char *p, *nl, *name;

	if (l->p == l->end || l->skipping || !(p = usual_perf_head(u, l->p, ret)))
		return false;
	record_clear_rest(ret);
	nl = layouts_expect(&u->layouts, p, l->end, ret);
	if (!nl && (name = usual_perf_name(p))) {
		nl = layouts_search(&u->layouts, p, name, l->end, ret);
		if (!nl && usual_perf_event(u, name, ret))
			nl = usual_rest(u, p, l->end, ret);
	}
	if (!nl || nl >= l->end)
		return false;
	give_out(src, t, ret);
	lines_next(l, nl);
	return true;
}

static int next_perf(struct tl_source *src, void *state, struct tl_record *ret)
{
	struct perf_text *t = state;

	for (;;) {
		struct tl_str line;
		size_t at = 0;
		enum lines_got got;

		if (take_usual(src, t, ret) || (t->chain && take_chain(src, t, ret) == 1))
			return 1;
		if (t->chain)
			continue;
		got = lines_at(&t->lines, &at, &line);
		if (got == LINES_END)
			return at_end(src);
		if (got == LINES_MOVED)
			continue;
		if (!event_line(line, ret)) {
			lines_consume(&t->lines, at);
			continue;
		}
		usual_perf_learn(&t->usual, ret);
		take_fields(src, ret);
		give_out(src, t, ret);
		lines_consume(&t->lines, at);
		return 1;
	}
}

const struct reader_ops reader_perf_text = {
	.name = "perf-script",
	.sniff = sniff,
	.open = open_perf,
	.next = next_perf,
	.close = close_perf,
};
