/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lab build: a kernel for the laboratory, or for a Raspberry Pi, from its source. */
#include <unistd.h>
#include "base/out.h"
#include "cmd/cmd.h"
#include "cmd/lab_verbs.h"
#include "lab/build.h"

struct lab_build_opts {
	struct common common;
	const char *target, *cpu, *source, *out;
	bool dry_run;
};

static const struct opt build_opts[] = {
	OPT_STR('t', "target", "NAME",
		N_("x86_64, arm64, rpi3, rpi4, rpi5, or tiny: a small one for guests"),
		struct lab_build_opts, target),
	OPT_STR(0, "cpu", "CPU", N_("of tiny: x86_64, arm64 or arm (default: this machine's)"),
		struct lab_build_opts, cpu),
	OPT_STR('s', "source", "DIR", N_("the kernel's source; nothing is written there"),
		struct lab_build_opts, source),
	OPT_STR('o', "out", "DIR", N_("where it is built (default: out-NAME beside the source)"),
		struct lab_build_opts, out),
	OPT_FLAG('n', "dry-run", N_("only print the lines"), struct lab_build_opts, dry_run),
	OPT_TABLE(common_opts, struct lab_build_opts, common),
	OPT_END,
};

static void print(const struct lab_build *b)
{
	struct out o;

	out_init(&o, STDOUT_FILENO);
	lab_build_print(b, &o);
	out_flush(&o);
	out_fini(&o);
}

static int lab_build(struct lab *lab, const void *opts, int n, char **words)
{
	const struct lab_build_opts *o = opts;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct lab_build b;
	struct tl_err *err =
		n ? tl_err_new(TL_E_USAGE, N_("lab build takes no argument, not '%s'"), words[0])
		  : NULL;

	if (err)
		return say_and_status(err);
	err = lab_build_plan(&b, o->target, o->cpu, o->source, o->out, cpus > 0 ? cpus : 1);
	if (!err && o->dry_run)
		print(&b);
	if (!err && !o->dry_run)
		err = lab_build_check(&b);
	if (!err && !o->dry_run)
		err = lab_build_run(lab, &b);
	lab_end_progress(lab);
	if (!err && !o->dry_run)
		say_note(N_("built: %1$s (its log: %2$s)"), b.out, b.log);
	lab_build_fini(&b);
	return err ? say_and_status(err) : 0;
}

const struct lab_verb lab_build_verb = {
	.cmd = {.name = "lab build",
		.summary = N_(
			"build a kernel out of its tree: for a guest, for gdb, for a Raspberry Pi"),
		.usage = "--target NAME --source DIR [--out DIR] [--dry-run]",
		.opts = build_opts,
		.size = sizeof(struct lab_build_opts)},
	.run = lab_build,
};
