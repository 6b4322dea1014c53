/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lab build: what the first study note's build_rpi_kernel.sh does, and what its `make menuconfig`
 * steps were for.
 *
 * Targets, images and the names the Raspberry Pi's firmware looks for are Raspberry Pi's
 * documentation ("The Linux kernel", build): bcm2709 is the 32-bit kernel7 for Pi 2 and 3, bcm2711
 * the 64-bit kernel8, bcm2712 kernel_2712 for Pi 5. merge_config.sh is the kernel's own; it ends
 * with `make alldefconfig`, so that options pull in what they need; for tiny with `make
 * allnoconfig`.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/build.h"
#include "lab/child.h"
#include "lab/files.h"
#include "lab/texts.h"

struct lab_target {
	const char *name;
	const char *cpu;	/* Debian's word; NULL: the user's choice */
	const char *defconfig;
	const char *image;	/* make's word; NULL: the CPU's */
	const char *kernel;	/* the firmware's name of it, without .img; NULL: none */
	bool rest;		/* modules, and device trees where there are any */
	bool tiny;		/* the fragments for a guest from nothing */
};

static const struct lab_target targets[] = {
	{"x86_64", "amd64", "x86_64_defconfig", NULL, NULL, true, false},
	{"arm64", "arm64", "defconfig", NULL, NULL, true, false},
	{"rpi3", "armhf", "bcm2709_defconfig", "zImage", "kernel7", true, false},
	{"rpi4", "arm64", "bcm2711_defconfig", "Image.gz", "kernel8", true, false},
	{"rpi5", "arm64", "bcm2712_defconfig", "Image.gz", "kernel_2712", true, false},
	{"tiny", NULL, "tinyconfig", NULL, NULL, false, true},
};

/* How the kernel's makefiles call a CPU. */
static const struct cpu {
	const char *name, *arch, *cross, *image, *boot, *fragment;
	bool dtbs;
} cpus[] = {
	{"amd64", "x86_64", "x86_64-linux-gnu-", "bzImage", "arch/x86/boot", "tiny-x86_64", false},
	{"arm64", "arm64", "aarch64-linux-gnu-", "Image.gz", "arch/arm64/boot", "tiny-arm64", true},
	{"armhf", "arm", "arm-linux-gnueabihf-", "zImage", "arch/arm/boot", "tiny-arm", true},
};

static const struct fragment {
	const char *name, *text;
} fragments[] = {
	{"debug", lab_text_debug},
	{"ftrace", lab_text_ftrace},
	{"kgdb", lab_text_kgdb},
	{"btf", lab_text_btf},
	{"tiny", lab_text_tiny},
	{"tiny-x86_64", lab_text_tiny_x86_64},
	{"tiny-arm64", lab_text_tiny_arm64},
	{"tiny-arm", lab_text_tiny_arm},
	{"disk", lab_text_disk},
};

/* By the makefiles' own word, which is --cpu's. */
static const struct lab_arch *arch_called(const char *word)
{
	for (unsigned i = 0; word && i < ARRAY_SIZE(cpus); i++)
		if (!strcmp(cpus[i].arch, word))
			return lab_arch_named(cpus[i].name);
	return NULL;
}

static const struct cpu *cpu_of(const struct lab_arch *a)
{
	for (unsigned i = 0; i < ARRAY_SIZE(cpus); i++)
		if (!strcmp(cpus[i].name, a->name))
			return &cpus[i];
	return &cpus[0];
}

/* ---- the plan ---- */

static const struct lab_target *target_named(const char *name)
{
	for (unsigned i = 0; name && i < ARRAY_SIZE(targets); i++)
		if (!strcmp(targets[i].name, name))
			return &targets[i];
	return NULL;
}

static char *absolute(const char *path)
{
	auto_free char *cwd = getcwd(NULL, 0), *real = realpath(path, NULL);
	size_t n;

	if (real)
		return take(real);
	char *p = path[0] == '/' ? strdup(path)
				 : lab_path("%s/%s", cwd ? cwd : "",
					    strncmp(path, "./", 2) ? path : path + 2);
	while (p && (n = strlen(p)) > 1 && p[n - 1] == '/')
		p[n - 1] = 0;
	return p;
}

/* Beside the source, as in the note: a source tree stays as it was unpacked. */
static char *default_out(const char *source, const char *target)
{
	const char *slash = strrchr(source, '/');

	return lab_path("%.*s/out-%s", slash ? (int)(slash - source) : 0, source, target);
}

static struct lab_step *step(struct lab_build *b, const char *first)
{
	struct lab_step *s = &b->step[b->n++];

	s->word[s->n++] = strdup(first);
	return s;
}

static void word(struct lab_step *s, char *w)
{
	if (s->n + 1 < LAB_BUILD_WORDS)
		s->word[s->n++] = w;
	else
		free(w);
}

static void add_fragments(struct lab_build *b)
{
	const struct cpu *c = cpu_of(b->arch);
	struct lab_step *s = step(b, "scripts/kconfig/merge_config.sh");

	if (b->target->tiny)
		word(s, strdup("-n")); /* what no fragment asks for stays off */
	word(s, strdup("-O"));
	word(s, strdup(b->out));
	word(s, lab_path("%s/.config", b->out));
	if (b->target->tiny)
		word(s, lab_path("%s/lab-tiny.config", b->out));
	if (b->target->tiny && c->fragment)
		word(s, lab_path("%s/lab-%s.config", b->out, c->fragment));
	if (!b->target->tiny && !b->target->kernel)
		word(s, lab_path("%s/lab-disk.config", b->out));
	for (const char *const *f = (const char *const[]){"debug", "ftrace", "kgdb", "btf", NULL};
	     *f; f++)
		word(s, lab_path("%s/lab-%s.config", b->out, *f));
}

static const char *image_of(const struct lab_build *b)
{
	return b->target->image ? b->target->image : cpu_of(b->arch)->image;
}

static void add_steps(struct lab_build *b, unsigned jobs)
{
	const struct cpu *c = cpu_of(b->arch);
	struct lab_step *s = step(b, "make");

	word(s, lab_path("O=%s", b->out));
	word(s, strdup(b->target->defconfig));
	add_fragments(b);
	s = step(b, "make");
	word(s, lab_path("O=%s", b->out));
	word(s, strdup(image_of(b)));
	if (b->target->rest)
		word(s, strdup("modules"));
	if (b->target->rest && c->dtbs)
		word(s, strdup("dtbs"));
	word(s, lab_path("-j%u", jobs));
	s->logged = true;
	if (!b->target->kernel)
		return;
	s = step(b, "cp");
	word(s, lab_path("%s/%s/%s", b->out, c->boot, image_of(b)));
	word(s, lab_path("%s/%s.img", b->out, b->target->kernel));
}

static struct tl_err *check_usage(const struct lab_target *t, const char *target, const char *cpu,
				  const char *source)
{
	if (!t)
		return tl_err_hint(
			target ? tl_err_new(TL_E_USAGE, N_("there is no target '%s'"), target)
			       : tl_err_new(TL_E_USAGE, N_("build for which target?"), NULL),
			N_("--target x86_64, arm64, rpi3, rpi4, rpi5 or tiny"), NULL);
	if (cpu && (!t->tiny || !arch_called(cpu)))
		return tl_err_new(TL_E_USAGE,
				  N_("--cpu x86_64, arm64 or arm goes with --target tiny"), NULL);
	if (!source)
		return tl_err_hint(
			tl_err_new(TL_E_USAGE, N_("where is the kernel's source?"), NULL),
			t->kernel
				? N_("--source DIR; git clone --depth 1 https://github.com/raspberrypi/linux")
				: N_("--source DIR; apt install linux-source, then tar -xf /usr/src/linux-source-*.tar.xz"),
			NULL);
	return NULL;
}

struct tl_err *lab_build_plan(struct lab_build *b, const char *target, const char *cpu,
			      const char *source, const char *out, unsigned jobs)
{
	*b = (struct lab_build){.target = target_named(target)};
	try(check_usage(b->target, target, cpu, source));
	if (b->target->cpu)
		b->arch = lab_arch_named(b->target->cpu);
	else
		b->arch = cpu ? arch_called(cpu) : lab_arch_here();
	if (!b->arch)
		b->arch = lab_arch_named("amd64");
	b->source = absolute(source);
	b->out = !b->source ? NULL : out ? absolute(out) : default_out(b->source, b->target->name);
	b->log = b->out ? lab_path("%s/build.log", b->out) : NULL;
	if (!b->log)
		return &tl_enomem;
	/* its Makefile: "cannot contain spaces or colons" */
	if (strpbrk(b->source, " :\t\n") || strpbrk(b->out, " :\t\n"))
		return tl_err_new(
			TL_E_USAGE,
			N_("the kernel's makefiles take no blanks and no colons in a path: '%s'"),
			strpbrk(b->source, " :\t\n") ? b->source : b->out);
	add_steps(b, jobs ? jobs : 1);
	for (unsigned i = 0; i < b->n; i++)
		for (unsigned w = 0; w < b->step[i].n; w++)
			if (!b->step[i].word[w])
				return &tl_enomem;
	return NULL;
}

void lab_build_fini(struct lab_build *b)
{
	for (unsigned i = 0; i < b->n; i++)
		for (unsigned w = 0; w < b->step[i].n; w++)
			free(b->step[i].word[w]);
	free(b->source);
	free(b->out);
	free(b->log);
	*b = (struct lab_build){};
}

static bool is_cross(const struct lab_build *b)
{
	return b->arch != lab_arch_here();
}

void lab_build_print(const struct lab_build *b, struct out *o)
{
	const struct cpu *c = cpu_of(b->arch);

	if (is_cross(b))
		out_fmt(o, "export ARCH=%s CROSS_COMPILE=%s\n", c->arch, c->cross);
	if (b->target->kernel)
		out_fmt(o, "KERNEL=%s\n", b->target->kernel);
	out_fmt(o, "cd %s\n", b->source);
	for (unsigned i = 0; i < b->n; i++) {
		for (unsigned w = 0; w < b->step[i].n; w++)
			out_fmt(o, "%s%s", w ? " " : "", b->step[i].word[w]);
		out_fmt(o, b->step[i].logged ? " 2>&1 | tee %s\n" : "\n", b->log);
	}
}

/* ---- what must be here ---- */

/* Documentation/process/changes.rst; pahole makes BTF of DWARF. */
static const struct need {
	const char *program, *header, *package; /* either */
} needs[] = {
	{"make", NULL, "make"},
	{"gcc", NULL, "gcc"},
	{"flex", NULL, "flex"},
	{"bison", NULL, "bison"},
	{"bc", NULL, "bc"},
	{"perl", NULL, "perl"},
	{"pahole", NULL, "dwarves"},
	{NULL, "/usr/include/openssl/opensslv.h", "libssl-dev"},
	{NULL, "/usr/include/libelf.h", "libelf-dev"},
};

static void miss(struct out *names, struct out *packages, const char *name, const char *package)
{
	out_fmt(names, "%s%s", names->n ? ", " : "", name);
	out_fmt(packages, "%s%s", packages->n ? " " : "", package);
}

static struct tl_err *check_tools(const struct lab_build *b)
{
	struct out names, packages;
	struct tl_err *err = NULL;

	out_init(&names, -1);
	out_init(&packages, -1);
	for (unsigned i = 0; i < ARRAY_SIZE(needs); i++) {
		const struct need *n = &needs[i];

		if (n->program ? !lab_can_run(n->program) : access(n->header, R_OK))
			miss(&names, &packages, n->program ? n->program : n->header, n->package);
	}
	if (is_cross(b) && !lab_can_run(b->arch->cc))
		miss(&names, &packages, b->arch->cc, b->arch->cc_package);
	if (names.n)
		err = tl_err_hint(tl_err_new(TL_E_DENIED,
					     N_("a kernel cannot be built here without: %s"),
					     out_text(&names)),
				  N_("apt install %s"), out_text(&packages));
	out_fini(&names);
	out_fini(&packages);
	return err;
}

static struct tl_err *check_source(const struct lab_build *b)
{
	auto_free char *merge = lab_path("%s/scripts/kconfig/merge_config.sh", b->source);
	const char *boot = cpu_of(b->arch)->boot;
	auto_free char *defconfig =
		lab_path("%s/%.*s/configs/%s", b->source, (int)(strlen(boot) - strlen("/boot")),
			 boot, b->target->defconfig);

	if (!merge || !defconfig)
		return &tl_enomem;
	if (access(merge, X_OK))
		return tl_err_os(errno, N_("'%s' is no kernel source"), b->source, merge);
	if (b->target->kernel && access(defconfig, R_OK))
		return tl_err_hint(
			tl_err_os(errno, N_("this source does not know the board of target '%s'"),
				  b->target->name, defconfig),
			N_("Raspberry Pi's own: git clone --depth 1 https://github.com/raspberrypi/linux"),
			NULL);
	return NULL;
}

struct tl_err *lab_build_check(const struct lab_build *b)
{
	try(check_source(b));
	return check_tools(b);
}

/* ---- doing it ---- */

static struct tl_err *write_text(const struct lab_build *b, const char *name, const char *text)
{
	auto_free char *path = lab_path("%s/%s", b->out, name);
	auto_close int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

	if (fd < 0 || io_write_all(fd, text, strlen(text)))
		return tl_err_os(errno, N_("cannot write into the output directory"), NULL, path);
	return NULL;
}

struct hearing {
	const struct lab *lab;
	int log;
	unsigned lines, told;
	char tail[2048];
	size_t n;
	int os;
};

#define TELL_EVERY 100 /* lines of make; it does not know itself how many there will be */

static void hear(void *arg, const char *p, size_t n)
{
	struct hearing *h = arg;
	char count[16];

	if (io_write_all(h->log, p, n))
		h->os = errno;
	for (size_t i = 0; i < n; i++)
		h->lines += p[i] == '\n';
	if (h->lines / TELL_EVERY != h->told / TELL_EVERY) {
		h->told = h->lines;
		snprintf(count, sizeof(count), "%u", h->lines / TELL_EVERY * TELL_EVERY);
		lab_note(h->lab, N_("building: %s steps done"), count, -1);
	}
	size_t keep = n < sizeof(h->tail) / 2 ? n : sizeof(h->tail) / 2;
	if (h->n + keep >= sizeof(h->tail)) {
		memmove(h->tail, h->tail + h->n - sizeof(h->tail) / 4, sizeof(h->tail) / 4);
		h->n = sizeof(h->tail) / 4;
	}
	memcpy(h->tail + h->n, p + n - keep, keep);
	h->n += keep;
	h->tail[h->n] = 0;
}

static struct tl_err *failed(const struct lab_build *b, const char *what, const struct hearing *h)
{
	struct tl_err *err =
		tl_err_new(TL_E_FAILED, N_("the kernel was not built: '%s' failed"), what);

	if (err == &tl_enomem)
		return err;
	err->path = strdup(b->log);
	err->log = strdup(h->tail);
	return err;
}

static struct tl_err *run_step(const struct lab *lab, const struct lab_build *b,
			       const struct lab_step *s, struct hearing *h)
{
	char *argv[LAB_BUILD_WORDS + 4] = {(char *)"env"};
	unsigned n = 1;
	auto_free char *arch = lab_path("ARCH=%s", cpu_of(b->arch)->arch),
		       *cross = lab_path("CROSS_COMPILE=%s", cpu_of(b->arch)->cross);
	struct lab_child c = {.argv = argv, .dir = b->source, .hear = hear, .hear_arg = h};

	if (!arch || !cross)
		return &tl_enomem;
	if (is_cross(b)) {
		argv[n++] = arch;
		argv[n++] = cross;
	}
	memcpy(argv + n, s->word, sizeof(s->word));
	struct tl_err *err = lab_child_run(lab, &c);
	if (!err && h->os)
		err = tl_err_os(h->os, N_("cannot write the build's log"), NULL, b->log);
	if (!err && c.status)
		err = failed(b, s->word[0], h);
	lab_child_fini(&c);
	return err;
}

static struct tl_err *link_as(const struct lab_build *b, const char *to, const char *name)
{
	auto_free char *path = lab_path("%s/%s", b->out, name);

	if (!path)
		return &tl_enomem;
	unlink(path);
	return symlink(to, path)
		       ? tl_err_os(errno, N_("cannot write into the output directory"), NULL, path)
		       : NULL;
}

/* What lab run and lab debug look for. */
static struct tl_err *present(const struct lab_build *b)
{
	auto_free char *image = lab_path("%s/%s", cpu_of(b->arch)->boot, image_of(b));

	if (!image)
		return &tl_enomem;
	try(link_as(b, image, "vmlinuz"));
	try(link_as(b, ".config", "config"));
	try(link_as(b, "include/config/kernel.release", "release"));
	return write_text(b, "cpu", b->arch->name);
}

struct tl_err *lab_build_run(const struct lab *lab, const struct lab_build *b)
{
	struct hearing h = {.lab = lab};

	try(lab_mkdirs(b->out));
	for (unsigned i = 0; i < ARRAY_SIZE(fragments); i++) {
		auto_free char *name = lab_path("lab-%s.config", fragments[i].name);

		try(name ? write_text(b, name, fragments[i].text) : &tl_enomem);
	}
	auto_close int log = open(b->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (log < 0)
		return tl_err_os(errno, N_("cannot write the build's log"), NULL, b->log);
	h.log = log;
	lab_note(lab, N_("building in %s"), b->out, -1);
	for (unsigned i = 0; i < b->n; i++)
		try(run_step(lab, b, &b->step[i], &h));
	return present(b);
}

/* ---- afterwards ---- */

bool lab_built_is(const char *word)
{
	return word && strchr(word, '/');
}

static void first_line(const char *dir, const char *name, char *ret, size_t size)
{
	auto_free char *path = lab_path("%s/%s", dir, name), *text = NULL;

	if (path && io_read_file(path, size - 1, &text) >= 0)
		snprintf(ret, size, "%.*s", (int)strcspn(text, "\n"), text);
}

struct tl_err *lab_built_find(const char *dir, struct lab_kernel *k, struct lab_image *ret)
{
	*k = (struct lab_kernel){.id = "built"};
	*ret = (struct lab_image){.dir = absolute(dir)};
	if (!ret->dir)
		return &tl_enomem;
	first_line(ret->dir, "cpu", k->arch, sizeof(k->arch));
	first_line(ret->dir, "release", ret->release, sizeof(ret->release));
	if (lab_arch_named(k->arch) && ret->release[0])
		return NULL;
	lab_image_fini(ret);
	return tl_err_hint(
		tl_err_new(TL_E_NOT_THERE, N_("'%s' is no output directory of lab build"), dir),
		N_("make one: tasklife lab build --target tiny --source DIR --out %s"), dir);
}
