/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peek --gdb: a guest in the laboratory, from outside. First which task each CPU is executing, and
 * where its kernel keeps that; then the tasks, as of this machine; or, with --at, the task at each
 * stop.
 */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include "base/io.h"
#include "base/text.h"
#include "base/tongue.h"
#include "cmd/peek.h"
#ifdef TL_WITH_LAB
#include "cmd/lab_verbs.h"
#include "lab/debug.h"
#endif

static volatile int stop; /* the signal flag */

static void on_signal(int sig)
{
	stop = sig;
}

/* ---- which kernel it is ---- */

struct files {
	struct tl_peek_kernel k;
	char *btf, *map, *notes, *release;
};

static void files_fini(struct files *f)
{
	free(f->btf);
	free(f->map);
	free(f->notes);
	free(f->release);
}

static char *in(const char *dir, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static bool is_there(const char *path)
{
	return path && !access(path, R_OK);
}

/* A directory of lab build, or one of the cache: a vmlinux says all, else what the guest itself has
 * told. */
static struct tl_err *files_in(const char *dir, struct files *f)
{
	f->btf = in(dir, "vmlinux");
	bool built = is_there(f->btf);

	if (!built) {
		free(f->btf);
		f->btf = in(dir, "btf");
	}
	f->notes = built ? in(dir, "vmlinux") : in(dir, "notes");
	f->map = in(dir, "System.map");
	if (!is_there(f->map)) {
		free(f->map);
		f->map = in(dir, built ? "vmlinux" : "kallsyms");
	}
	f->k = (struct tl_peek_kernel){.types = f->btf,
				       .map = f->map,
				       .notes = is_there(f->notes) ? f->notes : NULL,
				       .release = f->release};
	return f->btf && f->map && f->notes ? NULL : &tl_enomem;
}

#ifdef TL_WITH_LAB
static struct tl_err *files_of_id(const char *id, struct files *f)
{
	struct lab_image img = {};
	struct lab_kernel k;
	struct lab lab;

	try(lab_open(&lab, &stop, NULL, NULL));
	struct tl_err *err = lab_choose(&lab, id ? id : "amd64-6.12", &k, &img);
	if (!err)
		err = lab_debug_learn(&lab, &k, &img);
	if (!err) {
		f->release = strdup(img.release);
		err = files_in(img.dir, f);
	}
	lab_image_fini(&img);
	lab_close(&lab);
	return err;
}
#else
static struct tl_err *files_of_id(const char *id, struct files *f)
{
	return tl_err_new(TL_E_USAGE, N_("which kernel? a directory of lab build, or a vmlinux"),
			  NULL);
}
#endif

static struct tl_err *find_files(const char *word, struct files *f)
{
	struct stat st;

	if (!word || stat(word, &st))
		return files_of_id(word, f);
	if (S_ISDIR(st.st_mode))
		return files_in(word, f);
	f->k = (struct tl_peek_kernel){.types = word, .map = word, .notes = word};
	return NULL;
}

/* ---- the CPUs ---- */

static const char *preempt_text(struct page *pg, struct tl_peek_guest *g, unsigned cpu)
{
	uint64_t n;

	if (!tl_peek_guest_preempt_count(g, cpu, &n))
		return "";
	return page_fmt(pg,
			"preempt_count 0x%llx: PREEMPT %llu SOFTIRQ %llu HARDIRQ %llu NMI %llu%s",
			(unsigned long long)n, (unsigned long long)(n & 0xff),
			(unsigned long long)(n >> 8 & 0xff), (unsigned long long)(n >> 16 & 0xf),
			(unsigned long long)(n >> 20 & 0xf), n & 0x80000000 ? "" : " need_resched");
}

static struct tl_err *tell_cpu(struct page *pg, struct tl_peek_guest *g, const struct view_peek *v,
			       unsigned cpu)
{
	struct tl_peek_current c;
	struct tl_peek_task t;

	page_reset(pg);
	try(tl_peek_guest_current(g, cpu, &c));
	if (!c.addr) {
		page_row(pg, page_fmt(pg, "CPU %u", cpu), NULL, _("its task could not be found"));
		return NULL;
	}
	try(tl_peek_guest_task(g, c.addr, &t));
	page_row(pg, page_fmt(pg, "CPU %u", cpu), NULL,
		 page_fmt(pg, "%s  %s  " ST_DIM "%s" ST_OFF, peek_name(pg, &t),
			  c.in_user ? _("in user space") : peek_code(pg, v, c.pc, false),
			  c.detail));
	page_row(pg, NULL, NULL, page_fmt(pg, ST_DIM "%s" ST_OFF, _(c.where)));
	if (*preempt_text(pg, g, cpu))
		page_row(pg, NULL, NULL, preempt_text(pg, g, cpu));
	return NULL;
}

static struct tl_err *tell_cpus(struct page *pg, struct tl_peek_guest *g, const struct view_peek *v)
{
	pg->label_cells = 6;
	page_line(pg, 0, page_fmt(pg, ST_BOLD "Linux %s" ST_OFF, v->peek->release_text));
	for (unsigned cpu = 0; cpu < tl_peek_guest_cpus(g); cpu++)
		try(tell_cpu(pg, g, v, cpu));
	out_char(pg->out, '\n');
	return NULL;
}

/* ---- stops ---- */

/* What is told of a task at a stop, unless --fields says otherwise. */
static const unsigned told[] = {
	TL_TASK_pid,
	TL_TASK_tgid,
	TL_TASK_state,
	TL_TASK_flags,
	TL_TASK_real_parent,
	TL_TASK_parent,
	TL_TASK_exit_code,
	TL_TASK_stack,
	TL_TASK_ti_flags,
	TL_TASK_ti_cpu,
	TL_TASK_ti_preempt_count,
};

static const struct {
	const char *function, *title;
	bool of_argument; /* about its first argument, else about the running task */
} titles[] = {
	{"copy_process", N_("a task is being copied; this is the creator"), false},
	{"wake_up_new_task", N_("the new task is woken for the first time"), true},
	{"do_exit", N_("a task ends"), false},
	{"schedule", N_("a task gives up the CPU"), false},
};

static struct tl_err *plan_stops(struct tl_peek_guest *g, const char *names)
{
	while (*names) {
		size_t n = strcspn(names, ",");
		auto_free char *name = strndup(names, n);

		if (!name)
			return &tl_enomem;
		try(tl_peek_guest_stop_at(g, name));
		names += n + (names[n] == ',');
	}
	return NULL;
}

static struct tl_err *tell_stop(struct page *pg, struct tl_peek_guest *g, struct view_peek *v,
				struct tl_peek *p, const struct tl_peek_stop *s, struct json *j)
{
	struct tl_peek_current c;
	struct tl_peek_task t;
	const char *title = NULL;
	bool of_argument = false;

	for (unsigned i = 0; i < ARRAY_SIZE(titles); i++)
		if (!strcmp(s->name, titles[i].function)) {
			title = _(titles[i].title);
			of_argument = titles[i].of_argument;
		}
	try(tl_peek_guest_current(g, s->cpu, &c));
	try(tl_peek_guest_task(g, of_argument ? s->first_argument : c.addr, &t));
	try(tl_peek_guest_sweep(g, p)); /* for the names of its relatives */
	page_reset(pg);
	if (j) {
		json_obj(j, NULL);
		json_str(j, "stop", s->name);
		json_int(j, "cpu", s->cpu);
		view_peek_json_task(j, "task", v, &t);
		json_end_obj(j);
		out_char(pg->out, '\n');
		return NULL;
	}
	page_line(pg, 0,
		  page_fmt(pg, "== " ST_BOLD "%s" ST_OFF "%s%s (CPU %u)", s->name,
			   title ? ": " : "", title ? title : "", s->cpu));
	view_peek_task(pg, v, &t);
	out_char(pg->out, '\n');
	return NULL;
}

struct waiting {
	const struct peek_opts *o;
	struct tl_peek_guest *g;
	bool said, ended; /* that nothing comes; the guest */
};

static struct tl_err *go_on(struct waiting *w, int64_t seconds, struct tl_peek_stop *s)
{
	struct tl_err *err = tl_peek_guest_go(w->g, seconds, s);

	if (!err || err->code != TL_E_NOT_THERE)
		return err;
	tl_err_free(err);
	w->ended = true;
	return NULL;
}

/*
 * On to the next stop; s->name is NULL where there was none. A guest in which nothing happens may
 * never come to one: that is said once, and how to end it.
 */
static struct tl_err *next_stop(struct waiting *w, struct tl_peek_stop *s)
{
	enum { PATIENCE = 2 };
	int64_t most = w->o->timeout,
		first = w->said || (most && most <= PATIENCE) ? most : PATIENCE;
	char seconds[24];

	try(go_on(w, first, s));
	if (!s->name && !stop && !w->ended && first != most) {
		w->said = true;
		say_note(
			N_("the guest runs and has not come to %1$s yet; Ctrl-C ends the wait, and the guest runs on"),
			w->o->at);
		try(go_on(w, most ? most - first : 0, s));
	}
	if (s->name || stop || w->ended || !most)
		return NULL;
	snprintf(seconds, sizeof(seconds), "%lld", (long long)most);
	return tl_err_hint(tl_err_new(TL_E_NOT_THERE, N_("the guest did not come to %s"), w->o->at),
			   N_("it was waited for %s s: something must happen in the guest"),
			   seconds);
}

static struct tl_err *tell_stops(const struct peek_opts *o, struct page *pg,
				 struct tl_peek_guest *g, struct view_peek *v, struct tl_peek *p)
{
	struct waiting w = {.o = o, .g = g};
	struct json j;

	json_init(&j, pg->out);
	if (!v->field) {
		v->field = told;
		v->n_fields = ARRAY_SIZE(told);
	}
	try(plan_stops(g, o->at));
	for (int64_t left = o->stops ? o->stops : 10; left > 0 && !stop; left--) {
		struct tl_peek_stop s;

		try(next_stop(&w, &s));
		if (w.ended) /* so have we */
			return NULL;
		if (s.name)
			try(tell_stop(pg, g, v, p, &s, o->json ? &j : NULL));
		out_flush(pg->out);
	}
	return NULL;
}

/* ---- all of it ---- */

static struct tl_err *tell(const struct peek_opts *o, const struct peek_asked *a,
			   struct tl_peek_guest *g, struct tl_peek *p, const struct files *f,
			   struct out *out)
{
	struct tl_symtab *symbols = NULL;
	struct view_peek v = {.peek = p,
			      .types = tl_peek_guest_types(g),
			      .field = a->n_fields ? a->field : NULL,
			      .n_fields = a->n_fields};
	char *text = NULL;
	ssize_t n = io_read_file(f->k.map, 512 << 20, &text);
	struct page pg;

	if (n > 0)
		/* without: addresses stay numbers */
		tl_err_free(tl_symtab_from_file(text, n, &symbols));
	free(text);
	v.symbols = symbols;
	peek_page(&pg, out, &o->common);
	struct tl_err *err = o->json ? NULL : tell_cpus(&pg, g, &v);
	if (!err && o->at)
		err = tell_stops(o, &pg, g, &v, p);
	else if (!err)
		err = tl_peek_guest_sweep(g, p);
	if (!err && !o->at)
		err = peek_show(o, a, &v, out);
	page_fini(&pg);
	tl_symtab_free(symbols);
	return err;
}

struct tl_err *peek_gdb(const struct peek_opts *o, const struct peek_asked *a, struct out *out)
{
	struct sigaction sa = {.sa_handler = on_signal};
	struct tl_peek_guest *g = NULL;
	struct tl_peek p = {};
	struct files f = {};
	struct tl_err *err;

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	err = find_files(o->kernel, &f);
	f.k.first = o->first;
	if (!err && o->btf)
		f.k.types = o->btf;
	if (!err)
		err = tl_peek_guest_open(o->gdb, &f.k, &stop, &p, &g);
	if (!err)
		err = tell(o, a, g, &p, &f, out);
	tl_peek_guest_close(g);
	tl_peek_fini(&p);
	files_fini(&f);
	return err;
}
