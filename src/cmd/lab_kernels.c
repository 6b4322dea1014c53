/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lab list, lab fetch, and which kernel a word means. */
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "cmd/lab_verbs.h"
#include "lab/build.h"

/* ---- lab list ---- */

static const struct opt list_opts[] = {
	OPT_TABLE(common_opts, struct lab_common, common),
	OPT_END,
};

static void list_abilities(struct out *o, const struct lab_image *img)
{
	static const struct {
		const char *option, *name;
	} can[] = {
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

	for (unsigned i = 0; i < ARRAY_SIZE(can); i++)
		if (lab_image_option(img, can[i].option) == 'y')
			out_fmt(o, " %s", can[i].name);
}

static int lab_list(struct lab *lab, const void *opts, int n, char **words)
{
	struct lab_kernel k;
	struct out o;

	out_init(&o, STDOUT_FILENO);
	for (unsigned i = 0; lab_kernel_at(i, &k); i++) {
		struct lab_image img = {};
		struct tl_err *err = lab_image_find(lab, &k, &img);

		out_fmt(&o, "%-12s %-6s %-9s ", k.id, k.arch, k.suite);
		if (err) {
			out_str(&o, err->code == TL_E_NOT_THERE ? _("not fetched") : "?");
			tl_err_free(err);
		} else {
			out_fmt(&o, "%-32s", img.release);
			list_abilities(&o, &img);
		}
		out_char(&o, '\n');
		lab_image_fini(&img);
	}
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
