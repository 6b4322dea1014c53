/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filters: what the functions behind a role or a name are called in this kernel, or in another one
 * of which only a list is at hand; which words a write into set_ftrace_filter would take, and why
 * not the others.
 *
 * The kernel takes a write word by word and stops at the first it has no function for (EINVAL);
 * what stands behind is never looked at (kernel/trace/ftrace.c, ftrace_regex_write()). A filter
 * left empty that way traces every function.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "base/guard.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/filters_list.h"
#include "view/page.h"

struct filters {
	struct common common;
	const char *kernel;
	bool script;
};

static const struct opt filters_opts[] = {
	OPT_STR(0, "kernel", "FILE",
		N_("of another kernel: its available_filter_functions, System.map or kallsyms; - is standard input"),
		struct filters, kernel),
	OPT_FLAG(0, "script",
		 N_("the shell script of the study notes, with the names as they are here"),
		 struct filters, script),
	OPT_TABLE(common_opts, struct filters, common),
	OPT_END,
};

/* What there is to say of one word. */
struct answer {
	const char *word;
	enum tl_role role; /* of the word, by id or by name */
	bool is_role;      /* the word is a role's id: not to be written into a filter */
	bool is_glob;
	bool taken;        /* a filter takes it as it stands */
	bool in_kernel;    /* a symbol, but not traceable */
	struct sym_found here; /* what to write instead, or what it stands for */
};

struct asking {
	struct page pg;
	struct out out;
	struct filters_list list;
};

/* ---- finding ---- */

static void find(const struct filters_list *l, const char *word, struct answer *a)
{
	size_t n = strlen(word), base = tl_function_base(word, n);

	*a = (struct answer){.word = word, .is_glob = strpbrk(word, "*?[")};
	a->role = a->is_glob ? TL_ROLE_NONE : tl_role_named(word);
	a->is_role = a->role != TL_ROLE_NONE && !sym_names_has(&l->names, word);
	if (a->is_glob) {
		a->taken = sym_names_glob(&l->names, word, &a->here);
		return;
	}
	a->taken = sym_names_has(&l->names, word);
	if (a->role == TL_ROLE_NONE)
		a->role = tl_role_of(word, n);
	if (a->is_role)
		sym_names_of_role(&l->names, a->role, &a->here);
	if (a->taken || a->is_role)
		return;
	a->in_kernel = sym_names_has(&l->symbols, word);
	if (!sym_names_of_base(&l->names, word, base, &a->here) &&
	    !sym_names_of_syscall(&l->names, word, &a->here) && a->role != TL_ROLE_NONE)
		sym_names_of_role(&l->names, a->role, &a->here);
}

static bool is_known(const struct answer *a)
{
	return a->taken || a->here.name.n;
}

/* ---- saying ---- */

static const char *names_text(struct page *pg, const struct sym_found *f, const char *between)
{
	const char *text = "";

	for (size_t i = 0; i < f->name.n && i < 24; i++)
		text = i ? page_join(pg, text, between, f->name.v[i]) : f->name.v[i];
	if (f->name.n > 24)
		text = page_fmt(pg, _("%1$s and %2$zu more"), text, f->name.n - 24);
	return text;
}

static const char *safe(struct page *pg, const char *s)
{
	struct out text;
	const char *made;

	out_init(&text, -1);
	text_safe(&text, s, strlen(s));
	made = page_fmt(pg, "%s", out_text(&text));
	out_fini(&text);
	return made;
}

/* The names a role bears elsewhere, with the kernel that has them. */
static void put_elsewhere(struct asking *q, enum tl_role role)
{
	unsigned n;
	const struct tl_function_row *row = tl_role_rows(role, &n);

	for (unsigned i = 0; i < n; i++) {
		struct sym_found here = {};

		if (strchr(row[i].name, '*') ||
		    sym_names_of_base(&q->list.names, row[i].name, strlen(row[i].name), &here)) {
			sym_found_fini(&here);
			continue;
		}
		page_row(&q->pg, NULL, NULL,
			 page_fmt(&q->pg, ST_DIM "%s" ST_OFF,
				  page_fmt(&q->pg, _("not here: %1$s; %2$s"), row[i].name,
					   row[i].cite)));
	}
}

static void put_role(struct asking *q, const struct answer *a, bool at_length)
{
	struct page *pg = &q->pg;
	const char *id = tl_role_id(a->role);

	if (a->here.name.n)
		page_row(pg, id, NULL, names_text(pg, &a->here, " "));
	else
		page_row(pg, id, NULL,
			 page_fmt(pg, ST_DIM "%s" ST_OFF,
				  _("no function of this kernel: inlined, or not built in")));
	if (!at_length)
		return;
	page_row(pg, NULL, NULL, _(tl_role_summary(a->role)));
	put_elsewhere(q, a->role);
}

static const char *why_not(struct page *pg, const struct answer *a)
{
	size_t n = strlen(a->word);
	const char *names = names_text(pg, &a->here, " ");

	if (a->is_glob)
		return _("no function has such a name here");
	if (a->in_kernel && !a->here.name.n)
		return _(
			"in this kernel, but it may not be traced (notrace, or no room for the tracer's call)");
	if (!a->here.name.n)
		return _(
			"not in this kernel: inlined by the compiler, not built in, or of another release");
	if (tl_function_base(a->here.name.v[0], strlen(a->here.name.v[0])) ==
		    tl_function_base(a->word, n) &&
	    !strncmp(a->here.name.v[0], a->word, tl_function_base(a->word, n)))
		return page_fmt(pg, _("not by this name: the compiler made it %s here"), names);
	if (tl_syscall_part(a->word, n))
		return page_fmt(pg, _("not by this name: the system call is %s here"), names);
	return page_fmt(pg, _("not by this name: the role %1$s is played by %2$s here"),
			tl_role_id(a->role), names);
}

static void put_name(struct asking *q, const struct answer *a)
{
	struct page *pg = &q->pg;
	const char *label = safe(pg, a->word);

	if (a->taken && a->is_glob)
		page_row(pg, label, NULL,
			 page_join(pg, page_fmt(pg, ST_GOOD "%s" ST_OFF, _("taken")), ": ",
				   names_text(pg, &a->here, " ")));
	else if (a->taken && q->list.names.kind == SYM_LIST_SYMBOLS)
		page_row(
			pg, label, NULL,
			page_fmt(
				pg, ST_GOOD "%s" ST_OFF,
				_("here; only the kernel itself can say whether it may be traced")));
	else if (a->taken)
		page_row(pg, label, NULL, page_fmt(pg, ST_GOOD "%s" ST_OFF, _("taken")));
	else
		page_row(pg, label, NULL, page_fmt(pg, ST_BAD "%s" ST_OFF, why_not(pg, a)));
	if (a->taken && a->role != TL_ROLE_NONE)
		page_row(pg, NULL, NULL,
			 page_fmt(pg, ST_DIM "%s: %s" ST_OFF, tl_role_id(a->role),
				  _(tl_role_summary(a->role))));
}

/* What one write of these words, in this order, would do. */
static void put_write(struct asking *q, const struct answer *a, int n)
{
	struct page *pg = &q->pg;
	const char *lost = NULL;
	int bad = -1;

	for (int i = 0; i < n; i++) {
		if (a[i].is_role && tl_role_of(a[i].word, strlen(a[i].word)) == TL_ROLE_NONE)
			return; /* a word of ours, which nobody writes into a filter */
		if (bad >= 0)
			lost = page_join(pg, lost, " ", safe(pg, a[i].word));
		else if (!a[i].taken)
			bad = i;
	}
	if (n < 2 || bad < 0)
		return;
	page_row(pg, _("one write"), NULL,
		 page_fmt(pg, _("stops at %s with EINVAL: the kernel takes the words one by one"),
			  safe(pg, a[bad].word)));
	if (lost)
		page_row(pg, NULL, NULL, page_fmt(pg, _("never looked at: %s"), lost));
	if (!bad)
		page_row(
			pg, NULL, NULL,
			_("nothing is taken, and with '>' the filter is empty then: every function is traced"));
}

/* What to write instead: each name once. */
static void collect(const struct filters_list *l, const struct answer *a, int n,
		    struct sym_found *ret)
{
	for (int i = 0; i < n; i++) {
		struct sym_found lead = {};
		const struct sym_found *from = &a[i].here;
		const char **slot;

		if (!a[i].taken && a[i].role != TL_ROLE_NONE &&
		    sym_names_lead(&l->names, a[i].role, &lead))
			from = &lead;
		if (a[i].taken) {
			slot = vec_push(&ret->name);
			if (slot)
				*slot = a[i].word;
		}
		for (size_t k = 0; !a[i].taken && k < from->name.n; k++) {
			slot = vec_push(&ret->name);
			if (slot)
				*slot = from->name.v[k];
		}
		sym_found_fini(&lead);
	}
	for (size_t i = 0; i < ret->name.n; i++)
		for (size_t k = i + 1; k < ret->name.n;)
			if (!strcmp(ret->name.v[i], ret->name.v[k]))
				memmove(&ret->name.v[k], &ret->name.v[k + 1],
					(--ret->name.n - k) * sizeof(*ret->name.v));
			else
				k++;
}

static void put_instead(struct asking *q, const struct answer *a, int n)
{
	struct sym_found all = {};

	collect(&q->list, a, n, &all);
	if (all.name.n && all.name.n <= 24)
		page_row(&q->pg, _("write"), NULL, names_text(&q->pg, &all, " "));
	sym_found_fini(&all);
}

static int put_words(struct asking *q, const struct answer *a, int n)
{
	int missing = 0;

	for (int i = 0; i < n; i++) {
		page_reset(&q->pg);
		if (a[i].is_role)
			put_role(q, &a[i], true);
		else
			put_name(q, &a[i]);
		missing += !is_known(&a[i]);
	}
	page_reset(&q->pg);
	put_write(q, a, n);
	put_instead(q, a, n);
	return missing;
}

static void put_roles(struct asking *q)
{
	for (enum tl_role role = TL_ROLE_NONE + 1; role < TL_ROLES; role++) {
		struct answer a = {.role = role};

		page_reset(&q->pg);
		sym_names_of_role(&q->list.names, role, &a.here);
		put_role(q, &a, false);
		sym_found_fini(&a.here);
	}
}

/* ---- the notes' script ---- */

/* clone_process_debug.sh of the first study note; its filters by role. */
static const enum tl_role script_roles[] = {TL_ROLE_SYS_CLONE, TL_ROLE_DO_EXIT,
					    TL_ROLE_KERNEL_CLONE, TL_ROLE_COPY_PROCESS};

static const char *const script_events[] = {"sched/sched_switch", "sched/sched_wakeup",
					    "sched/sched_process_fork", "sched/sched_process_exit",
					    "signal"};

static void put_step(struct out *o, const char *value, const char *file, const char *says)
{
	out_fmt(o, "echo %s > $T/%s\n", value, file);
	if (says)
		out_fmt(o, "sleep 1\necho \"%s\"\n\n", says);
}

static void put_script_filters(struct out *o, const struct sym_found *names)
{
	out_fmt(o, "# %s\n",
		_("one name a line: a name this kernel does not have spoils no other"));
	for (size_t i = 0; i < names->name.n; i++)
		out_fmt(o, "echo '%s' %s $T/set_ftrace_filter\n", names->name.v[i], i ? ">>" : ">");
	out_fmt(o, "# %s\n", _("an empty filter would trace every function of the kernel"));
	out_str(o, "if grep -q 'all functions enabled' $T/set_ftrace_filter; then\n");
	out_str(o, "\techo \"set_ftrace_filter is empty\" >&2\n\texit 1\nfi\n");
	out_str(o, "sleep 1\necho \"set_ftrace_filter enabled\"\n\n");
}

static void put_script_head(struct out *o, const struct filters_list *l)
{
	struct utsname u;

	out_str(o, "#!/bin/bash\n# clone_process_debug.sh: ");
	out_fmt(o, _("names from %s"), l->from);
	if (l->tracefs && !uname(&u))
		out_fmt(o, " (Linux %s, %s)", u.release, u.machine);
	out_fmt(o, "\n\nT=%s\n\n", l->tracefs ? l->tracefs : "/sys/kernel/tracing");
}

static void put_script(struct out *o, const struct filters_list *l, const struct sym_found *names)
{
	char file[64];

	put_script_head(o, l);
	put_step(o, "0", "tracing_on", "tracing_off");
	put_step(o, "0", "events/enable", "events disabled");
	put_step(o, "nop", "current_tracer", NULL);
	put_script_filters(o, names);
	put_step(o, "function", "current_tracer", "function tracer enabled");
	for (unsigned i = 0; i < ARRAY_SIZE(script_events); i++) {
		snprintf(file, sizeof(file), "events/%s/enable", script_events[i]);
		put_step(o, "1", file, i + 1 == ARRAY_SIZE(script_events) ? "event enabled" : NULL);
	}
	put_step(o, "1", "options/func_stack_trace", NULL);
	put_step(o, "1", "options/sym-offset", "function stack trace enabled");
	out_str(o, "echo 1 > $T/tracing_on\necho \"tracing_on\"\n");
}

static struct tl_err *script(struct asking *q, const struct answer *a, int n)
{
	struct sym_found names = {};

	collect(&q->list, a, n, &names);
	for (unsigned i = 0; !n && i < ARRAY_SIZE(script_roles); i++)
		sym_names_lead(&q->list.names, script_roles[i], &names);
	if (!names.name.n)
		return tl_err_new(TL_E_NOT_THERE, N_("none of these functions is in this kernel"),
				  NULL);
	put_script(&q->out, &q->list, &names);
	sym_found_fini(&names);
	return NULL;
}

/* ---- the command ---- */

static void begin(struct asking *q, const struct common *c)
{
	struct tl_view_opts opts = {.width =
					    width_of(STDOUT_FILENO, isatty(STDOUT_FILENO) ? 80 : 0),
				    .color = color_wanted(c, STDOUT_FILENO)};

	out_init(&q->out, STDOUT_FILENO);
	page_init(&q->pg, &q->out, &opts);
	q->pg.label_cells = 24;
	q->pg.time_cells = -1;
}

static struct tl_err *answer(struct asking *q, const struct filters *f, int n, char **words,
			     int *ret_missing)
{
	auto_free struct answer *a = calloc((size_t)n + 1, sizeof(*a));
	struct tl_err *err = NULL;

	if (!a)
		return &tl_enomem;
	for (int i = 0; i < n; i++)
		find(&q->list, words[i], &a[i]);
	if (f->script)
		err = script(q, a, n);
	else if (n)
		*ret_missing = put_words(q, a, n);
	else
		put_roles(q);
	for (int i = 0; i < n; i++)
		sym_found_fini(&a[i].here);
	return err;
}

static int run(const void *opts, int n, char **words)
{
	const struct filters *f = opts;
	struct asking q = {};
	int missing = 0;
	struct tl_err *err = filters_list_open(f->kernel, &q.list);

	begin(&q, &f->common);
	if (!err)
		err = answer(&q, f, n, words, &missing);
	out_flush(&q.out);
	if (!err && q.out.os)
		err = tl_err_os(q.out.os, N_("cannot write the answer"), NULL, NULL);
	page_fini(&q.pg);
	out_fini(&q.out);
	filters_list_fini(&q.list);
	return err ? say_and_status(err) : missing ? TL_E_NOT_THERE : 0;
}

const struct cmd cmd_filters = {
	.name = "filters",
	.summary = N_("the kernel functions behind a role or a name, as they are called here"),
	.usage = "[--kernel FILE] [--script] [ROLE|NAME|GLOB...]",
	.opts = filters_opts,
	.size = sizeof(struct filters),
	.run = run,
};
