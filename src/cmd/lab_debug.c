/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lab debug: births and deaths in a guest, under gdb. */
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "cmd/cmd.h"
#include "cmd/lab_verbs.h"
#include "lab/debug.h"

#define GUEST_MB   512
#define GUEST_CPUS 2 /* the notes' */

struct lab_debug_opts {
	struct common common;
	const char *kernel, *append;
	int64_t port, smp;
	bool batch, from_boot, print_gdb, peek;
};

static const struct opt debug_opts[] = {
	OPT_STR('k', "kernel", "ID",
		N_("which kernel (default: amd64-6.12), or a directory of lab build; see lab list"),
		struct lab_debug_opts, kernel),
	OPT_FLAG(0, "batch", N_("tell each stop and go on by itself until the guest ends"),
		 struct lab_debug_opts, batch),
	OPT_FLAG(0, "from-boot", N_("stop from the first task on, not only at the command's"),
		 struct lab_debug_opts, from_boot),
	OPT_FLAG(0, "peek", N_("no gdb: the task at each stop, in full, as tasklife peek shows it"),
		 struct lab_debug_opts, peek),
	OPT_INT(0, "port", "N", N_("of QEMU's gdb stub on 127.0.0.1 (default: one that is free)"),
		struct lab_debug_opts, port),
	OPT_INT(0, "smp", "N", N_("CPUs of the guest (default: 2)"), struct lab_debug_opts, smp),
	OPT_STR(0, "append", "WORDS", N_("more words for the kernel's command line"),
		struct lab_debug_opts, append),
	OPT_FLAG(0, "print-gdb", N_("only print the commands for gdb"), struct lab_debug_opts,
		 print_gdb),
	OPT_TABLE(common_opts, struct lab_debug_opts, common),
	OPT_END,
};

static struct tl_err *print(const char *path)
{
	char *text = NULL;
	ssize_t n = io_read_file(path, 1 << 20, &text);
	struct tl_err *err =
		n < 0 || io_write_all(STDOUT_FILENO, text, n)
			? tl_err_new(TL_E_FAILED, N_("cannot print the commands"), NULL)
			: NULL;

	free(text);
	return err;
}

static struct tl_err *session(struct lab *lab, const struct lab_debug *d,
			      const struct lab_image *img, const struct lab_opts *o, int n,
			      char **words, int *ret_status)
{
	struct lab_guest g;

	lab_guest_init(&g);
	struct tl_err *err = lab_guest_fill(&g, lab, o, n, words);
	if (!err)
		err = lab_guest_plan(&g, img, o);
	if (!err)
		err = lab_guest_start(&g);
	lab_end_progress(lab);
	if (!err && !d->batch)
		say_note(N_("the guest's console: %1$s/console; its gdb stub: 127.0.0.1:%2$d"),
			 d->dir, d->port);
	if (!err)
		err = lab_debug_attend(d, lab, &g, ret_status);
	lab_guest_fini(&g);
	return err;
}

static struct tl_err *check(const struct lab_debug_opts *o, int n)
{
	if (!n)
		return tl_err_hint(tl_err_new(TL_E_USAGE, N_("debug which command?"), NULL),
				   N_("tasklife lab debug -- true"), NULL);
	if (o->peek && (o->print_gdb || o->from_boot))
		return tl_err_new(
			TL_E_USAGE,
			N_("--peek is without gdb: it takes no --print-gdb or --from-boot"), NULL);
	if (o->smp < 0 || o->smp > 64 || o->port < 0 || o->port > 65535)
		return tl_err_new(TL_E_USAGE, N_("a guest cannot be that small or large"), NULL);
	return NULL;
}

/* The command's turn has come when /init names itself: see lab/debug.c. */
#define TURN  "comm_write"
#define STOPS "12"

static int lab_debug(struct lab *lab, const void *opts, int n, char **words)
{
	const struct lab_debug_opts *w = opts;
	const char *id = w->kernel ? w->kernel : "amd64-6.12";
	char where[32];
	const char *peek[] = {
		"tasklife", "peek", "--lang",   tongue_now() == TONGUE_KO ? "ko" : "en",
		"--gdb",    where,  "--kernel", id,
		"--first",  TURN,   "--at",     "copy_process,wake_up_new_task,do_exit",
		"--stops",  STOPS,  NULL};
	struct lab_debug d = {.port = w->port,
			      .batch = w->batch || w->peek,
			      .from_boot = w->from_boot,
			      .viewer = w->peek ? (char *const *)peek : NULL};
	struct lab_image img = {};
	struct lab_kernel k;
	int status = 0;
	struct tl_err *err = check(w, n);

	if (!err)
		err = lab_choose(lab, id, &k, &img);
	if (!err)
		err = lab_debug_learn(lab, &k, &img);
	if (!err)
		err = lab_debug_open(&d, lab, lab_arch_named(k.arch), &img);
	snprintf(where, sizeof(where), "127.0.0.1:%d", d.port);
	if (!err && w->print_gdb) {
		lab_end_progress(lab);
		err = print(d.commands);
	} else if (!err) {
		struct lab_opts o = {.arch = lab_arch_named(k.arch),
				     .append = w->append,
				     .smp = w->smp ? w->smp : GUEST_CPUS,
				     .mem_mb = GUEST_MB,
				     .bare = true,
				     .gdb = true,
				     .gdb_port = d.port};

		err = session(lab, &d, &img, &o, n, words, &status);
	}
	lab_end_progress(lab);
	lab_debug_close(&d);
	lab_image_fini(&img);
	return err ? say_and_status(err) : status;
}

const struct lab_verb lab_debug_verb = {
	.cmd = {.name = "lab debug",
		.summary = N_("births and deaths in a guest, stopped and told under gdb"),
		.usage = "[options] [--] CMD [ARG...]",
		.opts = debug_opts,
		.size = sizeof(struct lab_debug_opts),
		.stop_at_first_word = true},
	.run = lab_debug,
};
