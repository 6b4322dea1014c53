/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * symbols: bare call stacks named. Return addresses are put right with the evidence; the stack says
 * whether it is a birth or a death and why; and its functions say on which CPU and in which kernels
 * it can have been.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include "base/io.h"
#include "base/json.h"
#include "base/map.h"
#include "base/text.h"
#include "cmd/barestack.h"
#include "cmd/disasm.h"
#include "cmd/pipeline.h"
#include "facts/ages.h"
#include "view/words.h"

/* a note, a trace or a vmlinux with debug data; more is a mistake */
#define TEXT_MOST (2048u << 20)

struct symbols {
	struct common common;
	const char *to, *symbols;
};

static const struct opt symbols_opts[] = {
	OPT_STR('t', "to", "text|ndjson", N_("text (default) or one JSON object per stack"),
		struct symbols, to),
	OPT_STR('s', "symbols", "FILE",
		N_("symbols of that kernel: its System.map, kallsyms or vmlinux; with vmlinux the instructions around each call are shown"),
		struct symbols, symbols),
	OPT_TABLE(common_opts, struct symbols, common),
	OPT_END,
};

/* Everything that is said of one stack. */
struct naming {
	const struct tl_stack *stack;
	const struct tl_cause *cause; /* NULL: neither birth nor death can be told */
	enum tl_cause_kind kind;
	struct age age;
	uint64_t first_line, last_line; /* 0: not from text */
	uint64_t times;
};

struct listing {
	struct out out;
	struct page pg; /* on out */
	struct tl_events *events;
	const char *file;
	struct tl_symtab *tab;  /* given with --symbols */
	const char *vmlinux;    /* the same, where it is one */
	struct tl_event_counts counts;
	bool json, color;
	unsigned n;
};

static void name_it(struct naming *nm)
{
	for (unsigned i = 0; i < nm->stack->n; i++) {
		const struct tl_frame *f = &nm->stack->frame[i];

		age_add(&nm->age, f->name->s, f->name->len);
		/* the neighbour whose name was printed tells the age too: "__wake_up_parent+0x0" */
		if (f->mark == TL_FM_CORRECTED || f->mark == TL_FM_DOUBTFUL)
			age_add(&nm->age, f->raw->s, strcspn(f->raw->s, "/"));
	}
	nm->cause = tl_why_stack(nm->stack, &nm->kind);
}

/* ---- text ---- */

static int widest(const struct tl_stack *s)
{
	int most = 0;

	for (unsigned i = 0; i < s->n; i++) {
		int w = text_width(s->frame[i].raw->s, s->frame[i].raw->len);

		most = w > most ? w : most;
	}
	return most;
}

static void put_after(struct out *o, const struct tl_frame *f)
{
	text_safe_atom(o, f->name);
	if (f->has_off && f->mark != TL_FM_DOUBTFUL) {
		out_fmt(o, "+0x%x", f->off);
		if (f->size)
			out_fmt(o, "/0x%x", f->size);
	}
}

static void put_frame(struct listing *l, const struct tl_frame *f, int cells)
{
	struct out *o = &l->out;

	out_str(o, "  ");
	if (l->color && f->mark == TL_FM_TRAP)
		out_str(o, "\033[2m");
	if (f->mark == TL_FM_CORRECTED || f->mark == TL_FM_DOUBTFUL)
		text_pad(o, f->raw->s, f->raw->len, cells);
	else
		text_safe_atom(o, f->raw);
	if (l->color && f->mark == TL_FM_TRAP)
		out_str(o, "\033[0m");
	if (f->mark == TL_FM_CORRECTED) {
		out_str(o, " \xe2\x86\x92 ");
		put_after(o, f);
	} else if (f->mark == TL_FM_DOUBTFUL) {
		out_str(o, " \xe2\x86\x92 ?");
	}
	out_char(o, '\n');
}

static void say(struct listing *l, const char *label, const char *text)
{
	page_row(&l->pg, label, NULL, text);
}

static void put_proof(struct listing *l, const struct tl_frame *f);

static void put_corrections(struct listing *l, const struct tl_stack *s)
{
	struct page *pg = &l->pg;

	for (unsigned i = 0; i < s->n; i++) {
		const struct tl_frame *f = &s->frame[i];

		if (f->mark == TL_FM_CORRECTED)
			say(l, _("address"),
			    page_fmt(
				    pg,
				    _("%1$s is a return address behind a call that never returns, the last instruction of %2$s; the name printed is the next function's"),
				    words_name(pg, f->raw), words_name(pg, f->name)));
		if (f->mark == TL_FM_CORRECTED)
			put_proof(l, f);
		if (f->mark == TL_FM_DOUBTFUL)
			say(l, _("address"),
			    page_fmt(
				    pg,
				    _("%1$s is a return address behind a call that never returns; the caller is the function linked just before it, which these lines do not name"),
				    words_name(pg, f->raw)));
	}
}

/* ---- what the table of symbols shows ---- */

/* The symbol the trace printed, of the printed size; its first byte is where the call returned to.
 */
static const struct tl_symbol *printed_symbol(const struct listing *l, const struct tl_frame *f)
{
	const char *plus = strrchr(f->raw->s, '+'), *slash = plus ? strchr(plus, '/') : NULL;
	const struct tl_symbol *sym =
		plus ? tl_symtab_named(l->tab, f->raw->s, (size_t)(plus - f->raw->s)) : NULL;

	if (!sym || (slash && sym->size != strtoull(slash + 1, NULL, 16)))
		return NULL;
	return sym;
}

/* The last instructions before the address and the first one at it. */
#define INSNS_BEFORE 16
#define INSNS_AFTER  4

static void put_insns(struct listing *l, const struct tl_symbol *to)
{
	const struct tl_symbol *caller = tl_symtab_before(l->tab, to);
	struct out text;

	if (!caller)
		return;
	out_init(&text, -1);
	if (disasm(l->vmlinux,
		   to->addr - caller->addr > INSNS_BEFORE ? to->addr - INSNS_BEFORE : caller->addr,
		   to->addr + INSNS_AFTER, &text))
		for (char *line = (char *)out_text(&text), *end; *line;
		     line = *end ? end + 1 : end) {
			end = strchrnul(line, '\n');
			out_str(&l->out, "        ");
			text_safe(&l->out, line, (size_t)(end - line));
			out_char(&l->out, '\n');
		}
	out_fini(&text);
}

static void put_proof(struct listing *l, const struct tl_frame *f)
{
	const struct tl_symbol *to = l->tab ? printed_symbol(l, f) : NULL;

	if (!to)
		return;
	say(l, NULL,
	    page_fmt(&l->pg, _("%1$s begins at %2$llx, right behind it"), to->name,
		     (unsigned long long)to->addr));
	if (l->vmlinux)
		put_insns(l, to);
}

/* What these frames do tell where they do not decide it. */
static const char *undecided(const struct tl_stack *stack)
{
	if (tl_stack_has_role(stack, TL_ROLE_COPY_PROCESS) ||
	    tl_stack_has_role(stack, TL_ROLE_KERNEL_CLONE))
		return N_("a birth: these frames do not decide of which kind");
	if (tl_stack_has_role(stack, TL_ROLE_DO_EXIT) ||
	    tl_stack_has_role(stack, TL_ROLE_DO_GROUP_EXIT))
		return N_("a death: these frames do not decide its cause");
	return N_("neither birth nor death: nothing in these frames decides it");
}

static void put_cause(struct listing *l, const struct naming *nm)
{
	static const char *const says[] = {
		[TL_CAUSE_BIRTH] = N_("birth: %1$s. %2$s"),
		[TL_CAUSE_SOURCE] = N_("signal: %1$s. %2$s"),
		[TL_CAUSE_DEATH] = N_("death: %1$s. %2$s"),
	};
	const char *id;

	if (!nm->cause) {
		say(l, _("what"), _(undecided(nm->stack)));
		return;
	}
	id = page_fmt(&l->pg, "%s (%s)", nm->cause->id, nm->cause->rule);
	say(l, _("what"), page_fill(&l->pg, _(says[nm->kind]), id, _(nm->cause->says)));
}

static const char *arch_name(enum age_arch arch)
{
	static const char *const names[] = {NULL, "x86", "arm64", "arm"};

	return names[arch];
}

static const char *version_text(struct page *pg, int v)
{
	return page_fmt(pg, "%d.%d", v / 1000, v % 1000);
}

static const char *age_text(struct page *pg, const struct age *a)
{
	if (a->contradictory)
		return _("contradictory: no single kernel has all these functions");
	if (a->from && a->to)
		return page_fmt(pg, _("%1$s to %2$s: %3$s, %4$s"), version_text(pg, a->from->from),
				version_text(pg, a->to->to), a->from->name, a->to->name);
	if (a->from)
		return page_fmt(pg, _("%1$s or later: %2$s"), version_text(pg, a->from->from),
				a->from->name);
	if (a->to)
		return page_fmt(pg, _("%1$s or earlier: %2$s"), version_text(pg, a->to->to),
				a->to->name);
	return _("these frames tell no age");
}

static void put_age(struct listing *l, const struct age *a)
{
	say(l, _("kernel"), age_text(&l->pg, a));
	if (a->from)
		say(l, NULL, a->from->cite);
	if (a->to && a->to != a->from)
		say(l, NULL, a->to->cite);
	if (a->arch && !a->contradictory)
		say(l, "CPU", page_fmt(&l->pg, "%s: %s", arch_name(a->arch->arch), a->arch->name));
	else
		say(l, "CPU", _("these frames do not tell"));
}

/* Where it stands; a file's name may hold anything. */
static void put_head(struct listing *l, const struct naming *nm)
{
	unsigned long long from = nm->first_line, to = nm->last_line, times = nm->times;
	struct out file;

	out_init(&file, -1);
	text_safe(&file, l->file, strlen(l->file));
	if (from)
		out_fmt(&l->out, _("stack %1$u, lines %2$llu to %3$llu of %4$s"), l->n + 1, from,
			to, out_text(&file));
	else
		out_fmt(&l->out, _("stack %1$u, %2$llu times in %3$s"), l->n + 1, times,
			out_text(&file));
	out_char(&l->out, '\n');
	out_fini(&file);
}

static void put_text(struct listing *l, const struct naming *nm)
{
	int cells = widest(nm->stack);

	page_reset(&l->pg);
	if (l->n)
		out_char(&l->out, '\n');
	put_head(l, nm);
	for (unsigned i = 0; i < nm->stack->n; i++)
		put_frame(l, &nm->stack->frame[i], cells);
	put_corrections(l, nm->stack);
	put_cause(l, nm);
	put_age(l, &nm->age);
}

/* ---- ndjson ---- */

static void put_version(struct json *j, const char *key, int v)
{
	char text[16];

	snprintf(text, sizeof(text), "%d.%d", v / 1000, v % 1000);
	json_str(j, key, v ? text : NULL);
}

static void put_json(struct listing *l, const struct naming *nm)
{
	static const char *const kinds[] = {"birth", "signal", "death"};
	const struct age *a = &nm->age;
	struct json j;

	json_init(&j, &l->out);
	json_obj(&j, NULL);
	json_str(&j, "file", l->file);
	if (nm->first_line)
		json_u64(&j, "line", nm->first_line);
	json_str(&j, "kind", nm->cause ? kinds[nm->kind] : NULL);
	json_str(&j, "cause", nm->cause ? nm->cause->id : "unknown");
	json_str(&j, "rule", nm->cause ? nm->cause->rule : NULL);
	put_version(&j, "kernel_from", a->from ? a->from->from : 0);
	put_version(&j, "kernel_to", a->to ? a->to->to : 0);
	json_str(&j, "arch", a->arch && !a->contradictory ? arch_name(a->arch->arch) : NULL);
	json_arr(&j, "stack");
	for (unsigned i = 0; i < nm->stack->n; i++)
		json_atom(&j, NULL, nm->stack->frame[i].name);
	json_end_arr(&j);
	json_arr(&j, "stack_raw");
	for (unsigned i = 0; i < nm->stack->n_raw; i++)
		json_atom(&j, NULL, nm->stack->raw[i]);
	json_end_arr(&j);
	json_end_obj(&j);
	out_char(&l->out, '\n');
}

static void put(struct listing *l, struct naming *nm)
{
	name_it(nm);
	(l->json ? put_json : put_text)(l, nm);
	l->n++;
}

/* ---- where stacks come from ---- */

static struct tl_err *list_text(struct listing *l, const char *text, size_t n)
{
	struct bare_reader r;
	struct bare_stack st;

	try(tl_events_new(NULL, &l->events));
	tl_events_symbols(l->events, l->tab);
	bare_init(&r, text, n);
	while (bare_next(&r, &st) && !l->out.os) {
		struct naming nm = {.stack = tl_stack_of(l->events, st.frame, st.n, NULL, NULL),
				    .first_line = st.first_line,
				    .last_line = st.last_line};

		if (!nm.stack)
			return &tl_enomem;
		if (nm.stack->n)
			put(l, &nm);
	}
	return NULL;
}

/* A recording: each distinct stack once, in order of its first use. */
static struct tl_err *list_recording(struct listing *l, struct tl_source *src)
{
	struct naming *all = NULL;
	size_t n = 0, cap = 0;
	struct map seen;
	struct tl_event ev;

	try(tl_events_new(src, &l->events));
	tl_events_symbols(l->events, l->tab);
	map_init(&seen);
	while (tl_events_next(l->events, &ev) > 0) {
		size_t at;

		if (!ev.stack || !ev.stack->n)
			continue;
		at = (size_t)map_get(&seen, (uint64_t)(uintptr_t)ev.stack);
		if (!at && n == cap) {
			struct naming *grown =
				realloc(all, (cap = cap ? 2 * cap : 64) * sizeof(*all));

			if (!grown)
				break;
			all = grown;
		}
		if (!at) {
			all[n++] = (struct naming){.stack = ev.stack};
			at = n;
			map_put(&seen, (uint64_t)(uintptr_t)ev.stack, (void *)at);
		}
		all[at - 1].times++;
	}
	for (size_t i = 0; i < n && !l->out.os; i++)
		put(l, &all[i]);
	map_fini(&seen);
	free(all);
	return NULL;
}

static bool is_recording(const char *text, ssize_t n)
{
	return n >= 10 && !memcmp(text, "\x17\x08\x44tracing", 10);
}

static struct tl_err *read_text(const char *path, char **ret, size_t *ret_n)
{
	bool in = !strcmp(path, "-");
	int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), os;
	struct tl_err *err;
	ssize_t n = fd >= 0 ? io_read_all(fd, TEXT_MOST, ret) : -1;

	os = errno;
	if (fd >= 0 && !in)
		close(fd);
	if (n < 0) {
		err = tl_err_os(os, N_("cannot read '%s'"), in ? "-" : path, in ? NULL : path);
		if (err->code == TL_E_FAILED)
			err->code = TL_E_INPUT;
		return err;
	}
	*ret_n = (size_t)n;
	return NULL;
}

static void add_counts(struct listing *l, const struct tl_event_counts *c)
{
	l->counts.frames += c->frames;
	l->counts.rewritten += c->rewritten;
	l->counts.doubtful += c->doubtful;
}

/* Each distinct stack counts once. */
static void put_counts(struct listing *l)
{
	const struct tl_event_counts *c = &l->counts;
	unsigned long long frames = c->frames, put_right = c->rewritten, doubtful = c->doubtful;

	if (!l->tab || l->json)
		return;
	out_fmt(&l->out,
		_("\n%1$llu frames: %2$llu put right, %3$llu in doubt, %4$llu as printed\n"),
		frames, put_right, doubtful, frames - put_right - doubtful);
}

static struct tl_err *open_symbols(struct listing *l, const char *path)
{
	auto_free char *content = NULL;
	size_t n;

	try(read_text(path, &content, &n));
	if (tl_symtab_is_elf(content, n))
		l->vmlinux = path;
	return tl_symtab_from_file(content, n, &l->tab);
}

static struct tl_err *list_file(struct listing *l, const char *path)
{
	auto_free char *text = NULL;
	struct tl_source *src = NULL;
	unsigned before = l->n;
	struct tl_err *err;
	size_t n = 0;

	l->file = strcmp(path, "-") ? path : _("standard input");
	try(read_text(path, &text, &n));
	if (is_recording(text, (ssize_t)n) && strcmp(path, "-")) {
		err = tl_source_open(path, &src);
		if (!err)
			err = list_recording(l, src);
	} else {
		err = list_text(l, text, n);
	}
	if (l->events)
		add_counts(l, tl_events_counts(l->events));
	tl_events_free(l->events);
	l->events = NULL;
	tl_source_close(src);
	if (!err && l->n == before)
		err = tl_err_hint(tl_err_new(TL_E_INPUT, N_("no call stack in '%s'"), path),
				  N_("a frame is a line such as: do_exit+0x5/0xbd0"), NULL);
	return err;
}

static void listing_begin(struct listing *l, const struct common *c)
{
	struct tl_view_opts opts = {.width =
					    width_of(STDOUT_FILENO, isatty(STDOUT_FILENO) ? 80 : 0),
				    .color = color_wanted(c, STDOUT_FILENO)};

	out_init(&l->out, STDOUT_FILENO);
	page_init(&l->pg, &l->out, &opts);
	l->pg.label_cells = 7;
	l->pg.time_cells = -1;
	l->color = opts.color;
}

static int run(const void *opts, int n, char **words)
{
	const struct symbols *s = opts;
	struct listing l = {};
	char *in[] = {"-", NULL};
	struct tl_err *err = NULL;
	int status;

	l.json = s->to && !strcmp(s->to, "ndjson");
	if (s->to && !l.json && strcmp(s->to, "text"))
		return say_and_status(
			tl_err_hint(tl_err_new(TL_E_USAGE, N_("cannot list stacks as '%s'"), s->to),
				    N_("there are 'text' and 'ndjson'"), NULL));
	listing_begin(&l, &s->common);
	if (s->symbols)
		err = open_symbols(&l, s->symbols);
	for (char **w = n ? words : in; *w && (w == in || w < words + n) && !err; w++)
		err = list_file(&l, *w);
	if (!err)
		put_counts(&l);
	out_flush(&l.out);
	if (!err && l.out.os)
		err = tl_err_os(l.out.os, N_("cannot write the answer"), NULL, NULL);
	status = err ? say_and_status(err) : 0;
	page_fini(&l.pg);
	out_fini(&l.out);
	tl_symtab_free(l.tab);
	return status;
}

const struct cmd cmd_symbols = {
	.name = "symbols",
	.summary = N_("name bare call stacks: birth or death, cause, kernel, CPU"),
	.usage = "[--symbols FILE] [--to text|ndjson] [FILE...|-]",
	.opts = symbols_opts,
	.size = sizeof(struct symbols),
	.run = run,
};
