/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/out.h"
#include "cmd/aside.h"
#include "cmd/pager.h"
#include "cmd/pipeline.h"
#include "cmd/progress.h"

struct telling {
	const struct pipeline *p;
	struct select sel;
	struct tl_source *src;
	struct tl_events *events;
	struct tl_lives *lives;
	struct arena mem; /* of the life being told */
	struct out out;
	struct pager pager;
	struct progress progress;
	struct crew *crew;   /* NULL: each event is told of when it comes */
	struct aside *aside; /* NULL: each life is told in its turn */
	void *state; /* the view's */
	bool begun;
	bool rooted;  /* the recording names the tasks it was asked for */
	bool starved; /* memory ran out on the way */
	uint64_t tasks, shown;
};

struct tl_err *trace_open(int n, char **words, struct tl_source **ret)
{
	static const char *const usual[] = {"tasklife.dat", "trace.dat"};

	if (n > 1)
		return tl_err_new(TL_E_USAGE, N_("one trace at a time, not '%s' as well"),
				  words[1]);
	if (n)
		return tl_source_open(words[0], ret);
	for (unsigned i = 0; i < ARRAY_SIZE(usual); i++)
		if (!access(usual[i], F_OK))
			return tl_source_open(usual[i], ret);
	return tl_err_hint(
		tl_err_hint(
			tl_err_new(
				TL_E_INPUT,
				N_("no trace named, and neither tasklife.dat nor trace.dat is here"),
				NULL),
			N_("record one: tasklife record -- CMD"), NULL),
		N_("or read one from a pipe: tasklife story -"), NULL);
}

struct tl_view_opts view_opts_for(const struct common *c, int fd, const struct selectors *s,
				  bool no_stacks)
{
	return (struct tl_view_opts){
		.width = width_of(fd, isatty(fd) ? 80 : 0),
		.color = color_wanted(c, fd),
		.all = s->all,
		.stacks = !no_stacks,
		.each = s->all || s->pid.n, /* who is asked for by number is told */
	};
}

bool pipeline_usual(const struct tl_task *task, bool rooted, bool for_programs)
{
	if (rooted)
		return task->family || task->root;
	return for_programs || task->birth.seen.is || task->death->seen.is || task->n_signals ||
	       task->signals_folded || task->n_execs || task->death->any_delivery;
}

/* By several threads. */
static bool chosen(void *ctx, const struct tl_task *task, const struct aside_known *known)
{
	struct telling *tell = ctx;

	if (!select_task(&tell->sel, task, known->info->first))
		return false;
	return tell->p->selectors->all || select_names(&tell->sel) ||
	       pipeline_usual(task, known->rooted, tell->p->view->is_export);
}

static bool begin(struct telling *tell, const struct tl_trace_info *info)
{
	struct tl_view_opts opts = tell->p->opts;

	select_window(&tell->sel, info->first, &opts);
	if (!tell->begun)
		tell->begun = tell->p->view->begin(&tell->out, &opts, &tell->state);
	if (!tell->begun)
		tell->starved = true;
	return tell->begun;
}

static struct aside_known known_now(const struct telling *tell)
{
	return (struct aside_known){.info = tl_events_info(tell->events),
				    .w = tl_lives_witnesses(tell->lives),
				    .rooted = tell->rooted};
}

static void tell_in_turn(struct telling *tell, const struct tl_task *task,
			 const struct aside_known *known)
{
	const struct tl_trace_info *info = known->info;
	struct tl_told told = {.info = info,
			       .t0 = info->first,
			       .witnesses = known->w,
			       .unkept = tell->p->unkept};

	arena_reset(&tell->mem);
	if (!tl_why_tell(task, tell->p->view->deaths_only, &tell->mem, &told)) {
		tell->starved = true;
		return;
	}
	if (!select_cause(&tell->sel, &told) || !begin(tell, info))
		return;
	tell->p->view->task(&tell->out, tell->state, &told);
	tell->shown++;
}

static void tell_life(void *ctx, const struct tl_task *task)
{
	struct telling *tell = ctx;
	struct aside_known known = known_now(tell);

	tell->tasks++;
	if (!chosen(tell, task, &known))
		return;
	if (tell->aside)
		aside_tell(tell->aside, task, &known);
	else
		tell_in_turn(tell, task, &known);
}

/* One of which nothing changes any more. */
static bool keep_life(void *ctx, const struct tl_kept *kept)
{
	struct telling *tell = ctx;
	struct aside_known known = known_now(tell);

	tell->tasks++;
	aside_keep(tell->aside, kept, &known);
	return true;
}

/* ---- threads ---- */

/* One makes lives of events, the others read ahead and tell: more than five wait for the first. */
static unsigned threads_of_cpus(void)
{
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return 1;
	return CPU_COUNT(&cpus) < 5 ? (unsigned)CPU_COUNT(&cpus) : 5;
}

struct tl_err *threads_wanted(int64_t given, unsigned *ret)
{
	const char *env = getenv("TASKLIFE_THREADS");
	uint64_t n = given ? (uint64_t)given : env && *env ? strtoul(env, NULL, 10) : 0;

	if (given < 0)
		return tl_err_new(TL_E_USAGE, N_("--threads wants a number from 1 on"), NULL);
	*ret = !n ? threads_of_cpus() : n < THREADS_MOST ? (unsigned)n : THREADS_MOST;
	return NULL;
}

static void *begin_aside(void *ctx, const struct tl_trace_info *info)
{
	struct telling *tell = ctx;

	return begin(tell, info) ? tell->state : NULL;
}

static struct tl_err *start_threads(struct telling *tell)
{
	unsigned n;

	try(threads_wanted(tell->p->threads, &n));
	if (tl_source_waits(tell->src))
		return NULL; /* who watches wants to see each life when it ends */
	tell->crew = crew_new(n - 1);
	try(tl_events_ahead(tell->events, tell->crew)); /* first: there must be something to tell */
	if (tell->crew)
		tell->aside = aside_new(&(struct aside_plan){
			.view = tell->p->view, .opts = &tell->p->opts, .sel = &tell->sel,
			.lives = tell->lives, .unkept = tell->p->unkept, .crew = tell->crew,
			.out = &tell->out, .begin = begin_aside, .chosen = chosen, .ctx = tell});
	if (tell->aside)
		tl_lives_keep(tell->lives, keep_life);
	return NULL;
}

static void join_threads(struct telling *tell)
{
	uint64_t shown = 0;

	if (!tell->aside)
		return;
	tell->starved |= !aside_end(take(tell->aside), &shown);
	tell->shown += shown;
}

static struct tl_err *feed(struct telling *tell)
{
	const struct tl_event *ev;

	while ((ev = tl_events_take(tell->events))) {
		if (ev->kind == TL_EV_SIDE && ev->u.side.kind == TL_SIDE_ROOT)
			tell->rooted = true;
		try(tl_lives_feed(tell->lives, ev));
		if (tell->progress.wanted)
			progress_step(&tell->progress, tell->events, tell->tasks);
		if (tell->out.os)
			break; /* nobody reads what we write */
	}
	return tl_lives_end(tell->lives);
}

/* The first words for the terminal: now the progress must be gone, and a pager may be wanted. */
static void opening(struct out *o, void *ctx)
{
	struct telling *tell = ctx;

	if (isatty(o->fd))
		progress_end(&tell->progress);
	if (tell->p->pager)
		pager_begin(&tell->pager, o);
}

/* Was something in particular asked for? */
static bool asked(const struct telling *tell)
{
	return select_names(&tell->sel) || tell->p->selectors->when || tell->sel.since.given ||
	       tell->sel.until.given;
}

static void end(struct telling *tell)
{
	struct tl_trailer tr = {
		.info = tl_events_info(tell->events),
		.counts = tl_events_counts(tell->events),
		.witnesses = tl_lives_witnesses(tell->lives),
		.tasks = tell->tasks,
		.shown = tell->shown,
	};

	tr.oddity = tl_lives_oddities(tell->lives, &tr.n_oddities);
	if (!tell->begun && !tell->p->view->is_export && (asked(tell) || !tr.info->records))
		return; /* that nothing fits, or could be read, is said as an error */
	if (begin(tell, tl_events_info(tell->events)))
		tell->p->view->end(&tell->out, tell->state, &tr);
	out_flush(&tell->out);
}

/* What was lost or odd, counted: a damaged trace that still yields lives is no error. */
static void warn(const struct telling *tell)
{
	const struct tl_trace_info *info = tl_events_info(tell->events);
	unsigned n;
	const struct tl_oddity *odd = tl_lives_oddities(tell->lives, &n);
	bool binary = info->format && !strncmp(info->format, "trace.dat", 9);

	for (unsigned i = 0; i < info->n_warnings; i++)
		say_warn("%s", _(info->warnings[i]));
	if (info->unparsed)
		say_warn(N_("%llu lines look like records and could not be read"),
			 (unsigned long long)info->unparsed);
	if (info->lost)
		say_warn(
			N_("%llu events were lost while recording; where they are missing, silence proves nothing"),
			(unsigned long long)info->lost);
	else if (info->lost_unknown)
		say_warn(N_(
			"events were lost while recording, nobody knows how many; where they are missing, silence proves nothing"));
	for (unsigned i = 0; i < n; i++)
		say_warn(binary ? N_("%1$s: task %2$d, byte %3$llu")
				: N_("%1$s: task %2$d, line %3$llu"),
			 _(odd[i].what), odd[i].tid, (unsigned long long)odd[i].seen.place);
}

static int status_of(const struct telling *tell)
{
	const struct tl_trace_info *info = tl_events_info(tell->events);
	struct tl_err *err;

	if (tell->starved)
		return say_and_status(&tl_enomem);
	if (tell->out.os && tell->out.os != EPIPE)
		return say_and_status(
			tl_err_os(tell->out.os, N_("cannot write the answer"), NULL, tell->p->to));
	if (!info->records)
		return say_and_status(
			tl_err_new(TL_E_INPUT, N_("nothing in this trace could be read"), NULL));
	err = select_missing(&tell->sel);
	if (!err && !tell->shown && asked(tell))
		err = tl_err_new(TL_E_NOT_THERE, N_("no life in this trace is as asked for"), NULL);
	return err ? say_and_status(err) : 0;
}

int pipeline_tell(const struct pipeline *p, struct tl_source *src)
{
	struct telling tell = {.p = p, .src = src};
	struct tl_err *err;
	int status;

	arena_init(&tell.mem);
	out_init(&tell.out, p->fd);
	tell.out.opening = opening;
	tell.out.opening_ctx = &tell;
	progress_begin(&tell.progress, !p->quiet);
	err = select_init(&tell.sel, p->selectors);
	if (!err)
		err = tl_events_new(src, &tell.events);
	if (!err)
		err = tl_lives_new(tell.events, tell_life, &tell, &tell.lives);
	if (!err && p->view->segments)
		tl_lives_keep_segments(tell.lives);
	if (!err)
		err = start_threads(&tell);
	if (!err)
		err = feed(&tell);
	join_threads(&tell);
	if (!err)
		end(&tell);
	progress_end(&tell.progress);
	pager_end(&tell.pager); /* what follows is for a screen that is ours again */
	if (!err)
		warn(&tell);
	status = err ? say_and_status(err) : status_of(&tell);
	tl_lives_free(tell.lives);
	tl_events_free(tell.events);
	crew_free(tell.crew);
	tl_source_close(src);
	out_fini(&tell.out);
	arena_fini(&tell.mem);
	return status;
}
