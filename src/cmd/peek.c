/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peek: living task_structs, now. One sweep over all tasks, of which those asked for are shown; or
 * of a guest in the laboratory (peek_gdb.c).
 */
#include <errno.h>
#include <string.h>
#include "base/io.h"
#include "cmd/peek.h"

static const struct opt peek_opts[] = {
	OPT_FLAG(0, "tree", N_("all tasks as a tree of who made or adopted whom"), struct peek_opts,
		 tree),
	OPT_STR('f', "fields", "NAME,...",
		N_("only these fields; names as a task in full shows them"), struct peek_opts,
		fields),
	OPT_FLAG(0, "stack", N_("with the kernel stack"), struct peek_opts, stack),
	OPT_FLAG('w', "watch", N_("go on, and tell what changes"), struct peek_opts, watch),
	OPT_STR(0, "interval", "SECONDS", N_("with --watch: how often to look (default: 1)"),
		struct peek_opts, interval),
	OPT_FLAG(0, "json", N_("as one JSON object; with --watch one per look"), struct peek_opts,
		 json),
	OPT_FLAG(0, "layout", N_("the structs themselves, as this kernel lays them out"),
		 struct peek_opts, layout),
	OPT_STR(0, "btf", "FILE",
		N_("with --layout or --gdb: the types of another kernel (BTF, or a vmlinux)"),
		struct peek_opts, btf),
	OPT_STR(0, "gdb", "HOST:PORT",
		N_("of a guest, through its gdb stub (QEMU's), instead of this machine's"),
		struct peek_opts, gdb),
	OPT_STR('k', "kernel", "ID",
		N_("with --gdb: which kernel runs there (default: amd64-6.12), a directory of lab build, or a vmlinux"),
		struct peek_opts, kernel),
	OPT_STR(0, "first", "FUNCTION",
		N_("with --gdb: let it run to there before anything is read, as a guest that waits for its first instruction"),
		struct peek_opts, first),
	OPT_STR(0, "at", "FUNCTION,...",
		N_("with --gdb: let it run, and show the task at each stop there"),
		struct peek_opts, at),
	OPT_INT(0, "stops", "N", N_("with --at: how many stops (default: 10)"), struct peek_opts,
		stops),
	OPT_INT(0, "timeout", "SECONDS",
		N_("with --at: wait no longer than that for a stop (default: until Ctrl-C)"),
		struct peek_opts, timeout),
	OPT_TABLE(common_opts, struct peek_opts, common),
	OPT_END,
};

/* ---- what is asked for ---- */

static struct tl_err *one_field(const char *name, size_t n, struct peek_asked *a)
{
	unsigned f = view_peek_named(name, n);
	auto_free char *word = strndup(name, n);
	const char *known[PEEK_SHOWN], *near;

	if (f != PEEK_SHOWN) {
		if (a->n_fields < ARRAY_SIZE(a->field))
			a->field[a->n_fields++] = f;
		return NULL;
	}
	for (unsigned i = 0; i < PEEK_SHOWN; i++)
		known[i] = view_peek_id(i);
	near = args_nearest(name, n, known, PEEK_SHOWN);
	struct tl_err *err = tl_err_new(TL_E_USAGE, N_("no field '%s'"), word);
	return near ? tl_err_hint(err, N_("did you mean '%s'?"), near)
		    : tl_err_hint(err, N_("a task in full shows their names: tasklife peek PID"),
				  NULL);
}

struct tl_err *peek_ask(const struct peek_opts *o, int n, char **words, struct peek_asked *a)
{
	*a = (struct peek_asked){.interval = 1};
	for (const char *p = o->fields; p && *p;
	     p += p[strcspn(p, ",")] ? strcspn(p, ",") + 1 : strcspn(p, ","))
		try(one_field(p, strcspn(p, ","), a));
	for (int i = 0; i < n; i++) {
		char *end;
		long pid = strtol(words[i], &end, 10);

		if (*end || end == words[i] || pid < 0 || pid > INT32_MAX)
			return tl_err_new(TL_E_USAGE, N_("'%s' is no pid"), words[i]);
		if (a->n_pids == ARRAY_SIZE(a->pid))
			return tl_err_new(TL_E_USAGE, N_("too many pids"), NULL);
		a->pid[a->n_pids++] = (tl_pid)pid;
	}
	if (o->interval) {
		char *end;

		a->interval = strtod(o->interval, &end);
		if (*end || end == o->interval || !(a->interval >= 0.01 && a->interval <= 86400))
			return tl_err_new(TL_E_USAGE, N_("'%s' is no number of seconds"),
					  o->interval);
	}
	return NULL;
}

/* ---- which rows ---- */

static struct tl_err *not_there(const struct tl_peek *p, tl_pid pid)
{
	char number[16], elsewhere[96];
	unsigned level;
	const struct tl_peek_task *t = tl_peek_find_inside(p, pid, &level);

	snprintf(number, sizeof(number), "%d", pid);
	snprintf(elsewhere, sizeof(elsewhere), "/proc/%d", pid);
	if (!t && !access(elsewhere, F_OK))
		return tl_err_new(TL_E_DENIED,
				  N_("task %s is there, but this kernel does not show it"), number);
	struct tl_err *err = tl_err_new(
		TL_E_NOT_THERE, N_("no task %s here: there never was one, or it is gone"), number);
	if (!t)
		return err;
	snprintf(elsewhere, sizeof(elsewhere), "%d (pid:[%u])", tl_peek_pid(t), t->ns[level].ns);
	return tl_err_hint(err,
			   N_("in another pid namespace that number is the task which is here %s"),
			   elsewhere);
}

struct tl_err *peek_choose(const struct tl_peek *p, const struct peek_asked *a,
			   const struct tl_peek_task **ret, size_t *ret_n)
{
	*ret_n = 0;
	for (size_t i = 0; !a->n_pids && i < p->n; i++)
		ret[(*ret_n)++] = &p->task[i];
	for (unsigned i = 0; i < a->n_pids; i++) {
		const struct tl_peek_task *t = tl_peek_find(p, a->pid[i]);

		if (!t)
			return not_there(p, a->pid[i]);
		ret[(*ret_n)++] = t;
	}
	return NULL;
}

/* ---- what is shown ---- */

void peek_page(struct page *pg, struct out *o, const struct common *c)
{
	struct tl_view_opts opts = {.width =
					    width_of(STDOUT_FILENO, isatty(STDOUT_FILENO) ? 80 : 0),
				    .color = color_wanted(c, STDOUT_FILENO)};

	page_init(pg, o, &opts);
	pg->time_cells = -1;
}

struct tl_err *peek_show(const struct peek_opts *o, const struct peek_asked *a,
			 const struct view_peek *v, struct out *out)
{
	const struct tl_peek_task **task = calloc(v->peek->n + a->n_pids + 1, sizeof(*task));
	size_t n = 0;
	struct tl_err *err = task ? peek_choose(v->peek, a, task, &n) : &tl_enomem;
	struct page pg;

	peek_page(&pg, out, &o->common);
	if (err)
		;
	else if (o->json)
		view_peek_json(out, v, task, n);
	else if (o->tree)
		view_peek_tree(&pg, v);
	else if (!a->n_pids)
		view_peek_list(&pg, v, task, n);
	for (size_t i = 0; !err && a->n_pids && !o->json && !o->tree && i < n; i++) {
		if (i)
			out_char(out, '\n');
		view_peek_task(&pg, v, task[i]);
	}
	page_fini(&pg);
	free(task);
	return err;
}

struct tl_err *peek_layout(const struct peek_opts *o, const struct tl_peek_types *types,
			   struct out *out)
{
	static const char *const structs[] = {"task_struct", "thread_info"};
	struct view_peek v = {.types = types};
	struct tl_err *err = NULL;
	struct page pg;
	struct json j;

	peek_page(&pg, out, &o->common);
	json_init(&j, out);
	if (o->json)
		json_arr(&j, NULL);
	for (unsigned i = 0; i < ARRAY_SIZE(structs) && !err; i++)
		err = o->json ? view_peek_json_layout(&j, &v, structs[i])
			      : view_peek_layout(&pg, &v, structs[i]);
	if (o->json) {
		json_end_arr(&j);
		out_char(out, '\n');
	}
	page_fini(&pg);
	return err;
}

static void say_why(const struct tl_err *why)
{
	if (!why)
		return;
	say_note(N_("only what /proc shows: %1$s (%2$s)"), tongue_of(why->what),
		 why->cause ? tongue_of(why->cause) : tl_err_symbol(why->os));
}

/* ---- this machine ---- */

static struct tl_symtab *symbols_here(void)
{
	struct tl_symtab *tab = NULL;
	char *text = NULL;
	ssize_t n = io_read_file("/proc/kallsyms", 64 << 20, &text);

	if (n > 0)
		/* without: addresses stay numbers */
		tl_err_free(tl_symtab_from_text(text, n, &tab));
	free(text);
	return tab;
}

static bool asks_for(const struct peek_asked *a, unsigned shown)
{
	for (unsigned i = 0; i < a->n_fields; i++)
		if (a->field[i] == shown)
			return true;
	return false;
}

static struct tl_err *live(const struct peek_opts *o, const struct peek_asked *a, struct out *out)
{
	struct tl_peek p = {};
	struct tl_peek_live *l = NULL;
	struct tl_peek_types *types = NULL;
	struct tl_symtab *symbols = NULL;
	bool stack = o->stack || asks_for(a, PEEK_STACK_FRAMES);
	struct tl_err *err = tl_peek_open(stack, &p, &l);

	if (!err)
		say_why(p.why);
	if (!err && stack && !p.why)
		symbols = symbols_here();
	if (!err && a->n_pids && !o->json)
		tl_err_free(tl_peek_types_open(NULL, &types)); /* without: no type and place */
	struct view_peek v = {.peek = &p,
			      .types = types,
			      .symbols = symbols,
			      .field = a->n_fields ? a->field : NULL,
			      .n_fields = a->n_fields};
	if (!err)
		err = o->watch ? peek_watch(o, a, &v, l, &p, out) : tl_peek_sweep(l, &p);
	if (!err && !o->watch)
		err = peek_show(o, a, &v, out);
	tl_symtab_free(symbols);
	tl_peek_types_close(types);
	tl_peek_close(l);
	tl_peek_fini(&p);
	return err;
}

static struct tl_err *layout(const struct peek_opts *o, struct out *out)
{
	struct tl_peek_types *types;

	try(tl_peek_types_open(o->btf, &types));
	struct tl_err *err = peek_layout(o, types, out);
	tl_peek_types_close(types);
	return err;
}

static struct tl_err *check(const struct peek_opts *o, int n)
{
	if (o->tree && n)
		return tl_err_new(TL_E_USAGE, N_("--tree shows all tasks: it takes no pid"), NULL);
	if (o->layout && (n || o->tree || o->watch))
		return tl_err_new(TL_E_USAGE,
				  N_("--layout shows structs: it takes no pid, --tree or --watch"),
				  NULL);
	if (o->tree && o->watch)
		return tl_err_new(TL_E_USAGE, N_("--watch tells changes: it takes no --tree"),
				  NULL);
	if (!o->gdb && (o->kernel || o->first || o->at))
		return tl_err_new(TL_E_USAGE, N_("--kernel, --first and --at go with --gdb"),
				  NULL);
	if (!o->at && (o->stops || o->timeout))
		return tl_err_new(TL_E_USAGE, N_("--stops and --timeout go with --at"), NULL);
	if (o->gdb && (o->watch || o->stack || o->layout))
		return tl_err_new(
			TL_E_USAGE,
			N_("a guest stands still: --gdb takes no --watch, --stack or --layout"),
			NULL);
	if (o->stops < 0)
		return tl_err_new(TL_E_USAGE, N_("--stops is a number of stops"), NULL);
	if (o->timeout < 0)
		return tl_err_new(TL_E_USAGE, N_("--timeout is a number of seconds"), NULL);
	if (o->btf && !o->layout && !o->gdb)
		return tl_err_new(
			TL_E_USAGE,
			N_("this machine's kernel has its own types: --btf goes with --layout or --gdb"),
			NULL);
	return NULL;
}

static int run(const void *opts, int n, char **words)
{
	const struct peek_opts *o = opts;
	struct peek_asked a;
	struct out out;
	struct tl_err *err = check(o, n);

	if (!err)
		err = peek_ask(o, n, words, &a);
	if (err)
		return say_and_status(err);
	out_init(&out, STDOUT_FILENO);
	err = o->layout ? layout(o, &out) : o->gdb ? peek_gdb(o, &a, &out) : live(o, &a, &out);
	out_flush(&out);
	if (!err && out.os && out.os != EPIPE)
		err = tl_err_os(out.os, N_("cannot write the answer"), NULL, NULL);
	int status = err ? say_and_status(err) : out.os != 0;
	out_fini(&out);
	return status;
}

const struct cmd cmd_peek = {
	.name = "peek",
	.summary = N_("a living task_struct and thread_info, now"),
	.usage = "[options] [PID...]",
	.opts = peek_opts,
	.size = sizeof(struct peek_opts),
	.run = run,
};
