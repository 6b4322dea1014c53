/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lab list, lab fetch, and which kernel a word means. */
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/text.h"
#include "cmd/lab_verbs.h"
#include "lab/build.h"

/* ---- lab list ---- */

static const struct opt list_opts[] = {
	OPT_TABLE(common_opts, struct lab_common, common),
	OPT_END,
};

static const struct {
	const char *option, *name;
} abilities[] = {
	{"FUNCTION_TRACER", "functions"},
	{"STACKTRACE", "stacks"},
	{"KPROBE_EVENTS", "kprobes"},
	{"DEBUG_INFO_BTF", "btf"},
	{"BPF_SYSCALL", "bpf"},
	{"FTRACE_SYSCALLS", "syscalls"},
	{"MEMCG", "memcg"},
	{"IO_URING", "io_uring"},
	{"SECCOMP_FILTER", "seccomp"},
};

/* Those that it has, or that it lacks, a blank before each; how many. */
static unsigned put_abilities(struct out *o, const struct lab_image *img, bool has)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(abilities); i++)
		if (!img || (lab_image_option(img, abilities[i].option) == 'y') == has) {
			out_fmt(o, " %s", abilities[i].name);
			n++;
		}
	return n;
}

/* One line each, however long: what scripts read. */
static void list_line(struct out *o, const struct lab_kernel *k, const struct lab_image *img,
		      const char *why_not)
{
	out_fmt(o, "%-12s %-6s %-9s ", k->id, k->arch, k->suite);
	if (why_not) {
		out_str(o, why_not);
	} else {
		out_fmt(o, "%-32s", img->release);
		put_abilities(o, img, true);
	}
	out_char(o, '\n');
}

/* ---- on a terminal: below 80 columns, what a kernel lacks instead of what it has ---- */

#define ID_CELLS      13
#define SUITE_CELLS   10
#define RELEASE_CELLS 30

static void cell(struct out *o, const char *text, int cells)
{
	text_pad(o, text, strlen(text), cells);
}

static void list_head(struct out *o)
{
	cell(o, _("kernel"), ID_CELLS);
	cell(o, _("suite"), SUITE_CELLS);
	cell(o, _("release"), RELEASE_CELLS);
	out_fmt(o, "%s\n", _("tracing"));
}

static void list_row(struct out *o, const struct lab_kernel *k, const struct lab_image *img,
		     const char *why_not)
{
	struct out lacks;

	cell(o, k->id, ID_CELLS);
	cell(o, k->suite, SUITE_CELLS);
	if (why_not) {
		out_fmt(o, "%s\n", why_not);
		return;
	}
	cell(o, img->release, RELEASE_CELLS);
	out_init(&lacks, -1);
	if (put_abilities(&lacks, img, false))
		out_fmt(o, _("all but%s\n"), out_text(&lacks));
	else
		out_fmt(o, "%s\n", _("all"));
	out_fini(&lacks);
}

static void list_foot(struct out *o)
{
	struct lab_kernel usual;
	struct tl_err *err = lab_kernel_find(NULL, &usual);

	out_fmt(o, "\n%s:", _("all"));
	put_abilities(o, NULL, true);
	out_char(o, '\n');
	if (!err)
		out_fmt(o, _("where none is named: %s\n"), usual.id);
	tl_err_free(err);
}

static int lab_list(struct lab *lab, const void *opts, int n, char **words)
{
	bool people = isatty(STDOUT_FILENO);
	struct lab_kernel k;
	struct out o;

	out_init(&o, STDOUT_FILENO);
	if (people)
		list_head(&o);
	for (unsigned i = 0; lab_kernel_at(i, &k); i++) {
		struct lab_image img = {};
		struct tl_err *err = lab_image_find(lab, &k, &img);
		const char *why_not = !err			    ? NULL
				      : err->code == TL_E_NOT_THERE ? _("not fetched")
								    : "?";

		(people ? list_row : list_line)(&o, &k, &img, why_not);
		tl_err_free(err);
		lab_image_fini(&img);
	}
	if (people)
		list_foot(&o);
	out_flush(&o);
	int status = o.os ? 1 : 0;
	out_fini(&o);
	return status;
}

/* ---- lab fetch ---- */

struct fetch {
	struct common common;
	bool again;
};

static const struct opt fetch_opts[] = {
	OPT_FLAG(0, "again", N_("look for newer packages even where a kernel is there"),
		 struct fetch, again),
	OPT_TABLE(common_opts, struct fetch, common),
	OPT_END,
};

static struct tl_err *fetch_one(struct lab *lab, const struct lab_kernel *k, bool again)
{
	struct lab_image img = {};
	auto_free char *busybox = NULL;
	struct tl_err *err = lab_image_fetch(lab, k, again, &img);

	if (!err)
		err = lab_busybox(lab, k->arch, &busybox);
	lab_end_progress(lab);
	if (!err)
		say_note(N_("kernel %1$s is there: %2$s"), k->id, img.release);
	lab_image_fini(&img);
	return err;
}

static bool asked_for(const struct lab_kernel *k, int n, char **words)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(words[i], k->id) || !strcmp(words[i], "all"))
			return true;
	return !n;
}

static int lab_fetch(struct lab *lab, const void *opts, int n, char **words)
{
	const struct fetch *f = opts;
	struct lab_kernel k, chosen;
	int status = 0;

	for (int i = 0; i < n; i++)
		if (strcmp(words[i], "all")) {
			struct tl_err *err = lab_kernel_find(words[i], &k);

			if (err)
				return say_and_status(err);
		}
	if (!n) {
		struct tl_err *err = lab_kernel_find(NULL, &chosen);

		if (!err)
			err = fetch_one(lab, &chosen, f->again);
		return err ? say_and_status(err) : 0;
	}
	for (unsigned i = 0; lab_kernel_at(i, &k) && !lab_stopped(lab); i++) {
		struct tl_err *err = asked_for(&k, n, words) ? fetch_one(lab, &k, f->again) : NULL;

		if (err)
			status = say_and_status(err); /* the others may still be had */
	}
	return lab_status(lab, status);
}

const struct lab_verb lab_list_verb = {
	.cmd = {.name = "lab list",
		.summary = N_("the kernels there are, and what their tracing can do"),
		.usage = "",
		.opts = list_opts,
		.size = sizeof(struct lab_common)},
	.run = lab_list,
};

const struct lab_verb lab_fetch_verb = {
	.cmd = {.name = "lab fetch",
		.summary = N_("get kernels from Debian's archive into the cache"),
		.usage = "[--again] [ID...|all]",
		.opts = fetch_opts,
		.size = sizeof(struct fetch)},
	.run = lab_fetch,
};

/* ---- which one ---- */

/* An id of the list, or a directory that lab build made. */
struct tl_err *lab_choose_kernel(const char *word, struct lab_kernel *ret)
{
	struct lab_image img;

	if (!lab_built_is(word))
		return lab_kernel_find(word, ret);
	try(lab_built_find(word, ret, &img));
	lab_image_fini(&img);
	return NULL;
}

struct tl_err *lab_image_of(struct lab *lab, const char *word, const struct lab_kernel *k,
			    struct lab_image *ret)
{
	struct lab_kernel same;

	return lab_built_is(word) ? lab_built_find(word, &same, ret)
				  : lab_image_fetch(lab, k, false, ret);
}

struct tl_err *lab_choose(struct lab *lab, const char *word, struct lab_kernel *ret_kernel,
			  struct lab_image *ret)
{
	try(lab_choose_kernel(word, ret_kernel));
	return lab_image_of(lab, word, ret_kernel, ret);
}
