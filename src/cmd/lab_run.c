/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lab run is `run` on another machine: the command is recorded there, the recording comes out, and
 * the story is told here by the same way every command reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "cmd/capture.h"
#include "cmd/lab_verbs.h"
#include "cmd/pipeline.h"
#include "lab/build.h"

#define GUEST_SECONDS 300
#define GUEST_MB      512
#define GUEST_DISK_MB 2048 /* the notes' -m 2G */
#define GUEST_CPUS    2

struct lab_run {
	struct common common;
	struct selectors selectors;
	const char *kernel, *append, *output, *to, *tell_to, *mode, *modules, *disk, *debootstrap,
		*ssh;
	int64_t smp, mem, timeout;
	struct opt_list take;
	bool kvm, interactive, bare, from_boot, print_qemu, no_stacks, times, exit_syscalls, no_bpf;
};

static const struct opt run_opts[] = {
	OPT_STR('k', "kernel", "ID",
		N_("which kernel (default: the newest amd64 one), or a directory of lab build; see lab list"),
		struct lab_run, kernel),
	OPT_STR('o', "output", "FILE", N_("keep the recording in FILE, a trace.dat"),
		struct lab_run, output),
	OPT_STR('t', "to", "VIEW", N_("story (default), why, json or ndjson"), struct lab_run, to),
	OPT_STR(0, "tell-to", "FILE", N_("write the view to FILE instead of standard error"),
		struct lab_run, tell_to),
	OPT_FLAG(0, "no-stacks", N_("without the kernel's call paths"), struct lab_run, no_stacks),
	OPT_STR(0, "mode", "MODE",
		N_("record in this way or not at all: function, events+stacks or events"),
		struct lab_run, mode),
	OPT_FLAG(
		0, "exit-syscalls",
		N_("record system calls too, as record does (default: where no BPF program can be loaded)"),
		struct lab_run, exit_syscalls),
	OPT_FLAG(
		0, "no-bpf",
		N_("load no BPF program: exit codes and some sources of signals are then not known"),
		struct lab_run, no_bpf),
	OPT_FLAG('i', "interactive",
		 N_("a shell in the guest, on this terminal; nothing is recorded"), struct lab_run,
		 interactive),
	OPT_FLAG(0, "bare", N_("only run the command in the guest, without recording"),
		 struct lab_run, bare),
	OPT_FLAG(
		0, "from-boot",
		N_("from the first task on: pid 0, 1, 2 and every kernel thread; the recording is text"),
		struct lab_run, from_boot),
	OPT_LIST(
		0, "take", "FILE",
		N_("take this file along, too; a source file x.c is compiled for the guest and becomes ./x"),
		struct lab_run, take),
	OPT_STR(0, "modules", "GROUP",
		N_("load modules of the kernel's package first: 'zoo', what some programs of tests/zoo need"),
		struct lab_run, modules),
	OPT_STR(0, "disk", "FILE",
		N_("boot from this image of a disk (root=/dev/sda), its console on this terminal; nothing is recorded"),
		struct lab_run, disk),
	OPT_STR(0, "debootstrap", "SUITE",
		N_("from a disk with this Debian, made first where it is not there"),
		struct lab_run, debootstrap),
	OPT_MAYBE("ssh", "PORT",
		  N_("a shell, or CMD, over ssh in a guest with a disk (default port: 10021)"),
		  struct lab_run, ssh),
	OPT_STR(0, "append", "WORDS", N_("more words for the kernel's command line"),
		struct lab_run, append),
	OPT_INT(0, "smp", "N", N_("CPUs of the guest (default: 2)"), struct lab_run, smp),
	OPT_INT('m', "mem", "MB", N_("memory of the guest (default: 512, with a disk 2048)"),
		struct lab_run, mem),
	OPT_INT(0, "timeout", "SECONDS", N_("end the guest after so long (default: 300, 0: never)"),
		struct lab_run, timeout),
	OPT_FLAG(0, "kvm", N_("use KVM; breakpoints can be missed there"), struct lab_run, kvm),
	OPT_FLAG(0, "print-qemu", N_("only print QEMU's command line"), struct lab_run, print_qemu),
	OPT_FLAG(0, "times", N_("say how long the guest took"), struct lab_run, times),
	OPT_TABLE(selector_opts, struct lab_run, selectors),
	OPT_TABLE(common_opts, struct lab_run, common),
	OPT_END,
};

void lab_print_words(char **argv)
{
	struct out o;

	out_init(&o, STDOUT_FILENO);
	for (char **a = argv; *a; a++) {
		bool plain = **a && !strpbrk(*a, " \t\n'\"\\$`*?&;|<>()#~");

		out_fmt(&o, plain ? "%s%s" : "%s'%s'", a == argv ? "" : " ", *a);
	}
	out_char(&o, '\n');
	out_flush(&o);
	out_fini(&o);
}

static int64_t or_default(int64_t v, int64_t otherwise)
{
	return v ? v : otherwise;
}

static struct tl_err *plan_view(const struct lab_run *r, struct pipeline *p)
{
	struct select sel;

	p->view = tl_view_named(r->to ? r->to : "story");
	if (!p->view)
		return tl_err_new(TL_E_USAGE, N_("there is no view '%s'"), r->to);
	try(select_init(&sel, &r->selectors));
	p->fd = STDERR_FILENO;
	if (r->tell_to)
		p->fd = open(r->tell_to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (p->fd < 0)
		return tl_err_os(errno, N_("cannot write the story"), NULL, r->tell_to);
	p->selectors = &r->selectors;
	p->opts = view_opts_for(&r->common, p->fd, &r->selectors, r->no_stacks);
	p->to = r->tell_to;
	return NULL;
}

/* A guest with a disk is the user's from its first line on: no recorder of ours is in it. */
static int run_disk(struct lab *lab, const struct lab_run *r, int n, char **words)
{
	const struct lab_disk_run d = {.kernel = r->kernel,
				       .disk = r->disk,
				       .debootstrap = r->debootstrap,
				       .ssh = r->ssh,
				       .print_qemu = r->print_qemu,
				       .opts = {.append = r->append,
						.smp = or_default(r->smp, GUEST_CPUS),
						.mem_mb = or_default(r->mem, GUEST_DISK_MB),
						.seconds = r->timeout,
						.kvm = r->kvm}};
	int status;

	if (r->output || r->mode || r->modules || r->from_boot || r->bare || r->interactive)
		status = say_and_status(tl_err_hint(
			tl_err_new(TL_E_USAGE,
				   N_("nothing is recorded of a guest that boots from a disk"),
				   NULL),
			N_("its console is this terminal; a shell besides: --ssh"), NULL));
	else
		status = lab_run_disk(lab, &d, n, words);
	return lab_status(lab, status);
}

static bool guest_size_ok(const struct lab_run *r)
{
	return r->smp >= 0 && r->smp <= 64 && r->mem >= 0 && r->timeout >= 0;
}

static struct tl_err *plan_guest(const struct lab_run *r, int n, const struct lab_kernel *k,
				 struct lab_opts *o)
{
	if (!n && !r->interactive)
		return tl_err_hint(
			tl_err_new(TL_E_USAGE, N_("run which command?"), NULL),
			N_("tasklife lab run -- ls -l; a shell: tasklife lab run --interactive"),
			NULL);
	if (r->modules && (!lab_modules_known(r->modules) || lab_built_is(r->kernel)))
		return tl_err_hint(tl_err_new(TL_E_USAGE,
					      N_("there are no modules '%s' for this kernel"),
					      r->modules),
				   N_("'zoo' or 'disk', for an id of lab list"), NULL);
	if (!guest_size_ok(r))
		return tl_err_new(TL_E_USAGE, N_("a guest cannot be that small or large"), NULL);
	*o = (struct lab_opts){
		.arch = lab_arch_named(k->arch),
		.append = r->append,
		.smp = or_default(r->smp, GUEST_CPUS),
		.mem_mb = or_default(r->mem, GUEST_MB),
		.seconds = r->interactive ? 0 : r->timeout,
		.kvm = r->kvm,
		.interactive = r->interactive,
		.bare = r->bare,
		.from_boot = r->from_boot,
		.mode = r->mode,
		.exit_syscalls = r->exit_syscalls,
		.no_bpf = r->no_bpf,
		.modules = r->modules,
		.kept = r->output,
		.take = r->take.v,
		.n_take = r->take.n,
	};
	return NULL;
}

static struct tl_err *keep(const char *path, int from)
{
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	char buf[65536];
	ssize_t n;

	if (fd < 0)
		return tl_err_os(errno, N_("cannot write the recording"), NULL, path);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (io_write_all(fd, buf, n))
			return tl_err_os(errno, N_("cannot write the recording"), NULL, path);
	lseek(from, 0, SEEK_SET);
	return NULL;
}

static void tell(const struct lab_run *r, const struct pipeline *p, const struct lab_result *res)
{
	struct tl_source *src = NULL;
	struct tl_err *err = r->output ? keep(r->output, res->recording) : NULL;

	if (!err)
		err = tl_source_open_fd(res->recording, "lab run", &src);
	if (err)
		say_and_status(err);
	else
		pipeline_tell(p, src);
}

/* The recorder in the guest takes what there is; that it is less than usual is said here. */
static struct tl_err *check_tracer(const struct lab_image *img, const struct lab_opts *o)
{
	if (o->bare || o->interactive || lab_image_option(img, "FUNCTION_TRACER") != 'n')
		return NULL;
	if (o->from_boot || (o->mode && !strcmp(o->mode, "function")))
		return tl_err_hint(
			tl_err_new(TL_E_DENIED, N_("this kernel has no function tracer"), NULL),
			N_("without it: --mode events+stacks"), NULL);
	say_note(N_("this kernel has no function tracer: its events tell the story"));
	return NULL;
}

/* The guest is made ready, lives, and is gone when this returns. */
static struct tl_err *guest_run(struct lab *lab, const struct lab_run *r,
				const struct lab_kernel *k, struct lab_opts *o, int n, char **words,
				struct lab_guest *g, struct lab_result *res)
{
	static char *const shell[] = {(char *)"sh", NULL};
	struct lab_image img = {};
	struct tl_err *err = lab_image_of(lab, r->kernel, k, &img);

	if (!err)
		err = check_tracer(&img, o);
	if (!err && o->modules)
		err = lab_image_modules(lab, k, &img);
	o->image = &img;
	if (!err)
		err = lab_guest_fill(g, lab, o, n ? n : 1, n ? words : (char **)shell);
	if (!err)
		err = lab_guest_plan(g, &img, o);
	lab_image_fini(&img);
	o->image = NULL;
	lab_end_progress(lab);
	if (err)
		return err;
	if (r->print_qemu) {
		lab_print_words(g->argv);
		return NULL;
	}
	err = lab_guest_start(g);
	if (!err)
		err = lab_guest_listen(g, lab, o, STDOUT_FILENO, res);
	lab_end_progress(lab);
	return err;
}

/*
 * QEMU's emulation now and then lets a kernel oops that boots on several CPUs, each time elsewhere
 * (seen in sched_clock_cpu and in ttwu_queue_wakelist of amd64-6.12, QEMU 7.2). The command has not
 * begun then, so the guest gets a second chance, and a kernel that cannot boot is told so.
 */
static struct tl_err *guest_run_twice(struct lab *lab, const struct lab_run *r,
				      const struct lab_kernel *k, struct lab_opts *o, int n,
				      char **words, struct lab_result *res)
{
	struct tl_err *err = NULL;

	for (int i = 0; i < 2; i++) {
		struct lab_guest g;

		lab_guest_init(&g);
		err = guest_run(lab, r, k, o, n, words, &g, res);
		lab_guest_fini(&g);
		if (!err || i || !res->panicked_booting || lab_stopped(lab))
			break;
		tl_err_free(err);
		say_note(N_("the guest's kernel panicked while it booted; once more"));
	}
	return err;
}

static int lab_run(struct lab *lab, const void *opts, int n, char **words)
{
	const struct lab_run *r = opts;
	struct pipeline p = {};
	struct lab_kernel k;
	struct lab_opts o = {};
	struct lab_result res = {.recording = -1};
	int status;

	if (r->disk || r->debootstrap || r->ssh)
		return run_disk(lab, r, n, words);
	struct tl_err *err = lab_choose_kernel(r->kernel, &k);
	if (!err)
		err = plan_guest(r, n, &k, &o);
	if (!err)
		err = plan_view(r, &p);
	if (err)
		return say_and_status(err), LAB_STATUS_OURS;
	err = guest_run_twice(lab, r, &k, &o, n, words, &res);
	status = err ? capture_start_status(err) : r->print_qemu ? 0 : res.status;
	if (err)
		say_and_status(err);
	if (res.recording >= 0 && !err)
		tell(r, &p, &res);
	if (r->times && res.boot_s > 0)
		say_note(N_("guest %1$s: first process after %2$.2f s, %3$.2f s in all"), k.id,
			 res.boot_s, res.wall_s);
	if (res.recording >= 0)
		close(res.recording);
	return lab_status(lab, status);
}

static void begin(void *opts)
{
	struct lab_run *r = opts;

	r->timeout = GUEST_SECONDS;
}

const struct lab_verb lab_run_verb = {
	.cmd = {.name = "lab run",
		.summary = N_("run a command on another kernel and tell its story"),
		.usage = "[options] [--] CMD [ARG...]",
		.opts = run_opts,
		.size = sizeof(struct lab_run),
		.stop_at_first_word = true,
		.usage_status = LAB_STATUS_OURS},
	.begin = begin,
	.run = lab_run,
};
