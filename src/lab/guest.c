/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is put into a guest: /init, busybox, the recorder, the command with everything it needs, and
 * the files among its arguments, each under the very path it has here. The archive lives in a
 * memfd: nothing is written anywhere, and nothing stays.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/child.h"
#include "lab/files.h"
#include "lab/texts.h"

#define FILE_MOST (256u << 20)

/* What /init and simple commands use; the rest of busybox is reached as `busybox NAME`. */
static const char *const applets[] = {
	"sh",      "ash",       "mount",  "umount",   "mkdir",       "stty",     "echo",
	"stat",    "gzip",      "base64", "poweroff", "reboot",      "setsid",   "cttyhack",
	"ip",      "cat",       "ls",     "ps",       "kill",        "sleep",    "true",
	"false",   "env",       "id",     "uname",    "dmesg",       "grep",     "sed",
	"awk",     "head",      "tail",   "wc",       "sort",        "cut",      "tr",
	"test",    "expr",      "seq",    "date",     "dd",          "cp",       "mv",
	"rm",      "ln",        "touch",  "chmod",    "find",        "xargs",    "top",
	"vi",      "less",      "yes",    "timeout",  "hostname",    "df",       "free",
	"printf",  "pwd",       "tee",    "time",     "mktemp",      "readlink", "basename",
	"dirname", "insmod",    "lsmod",  "chroot",   "switch_root", "sync",     "tar",
	"md5sum",  "sha256sum", "crc32",
};

struct packing {
	const struct lab *lab;
	const struct lab_opts *o;
	struct lab_cpio cpio;
	char *done[128]; /* paths that are in already */
	unsigned n_done;
	char *command;	 /* the first word as the guest must call it */
};

static void packing_fini(struct packing *p)
{
	lab_cpio_fini(&p->cpio);
	for (unsigned i = 0; i < p->n_done; i++)
		free(p->done[i]);
	free(p->command);
}

static bool is_done(const struct packing *p, const char *path)
{
	for (unsigned i = 0; i < p->n_done; i++)
		if (!strcmp(p->done[i], path))
			return true;
	return false;
}

static struct tl_err *put_bytes(struct packing *p, const char *path, mode_t mode, const void *bytes,
				size_t n)
{
	if (is_done(p, path))
		return NULL;
	if (p->n_done == ARRAY_SIZE(p->done))
		return tl_err_new(TL_E_FAILED, N_("too many files for one guest"), NULL);
	p->done[p->n_done] = strdup(path);
	if (!p->done[p->n_done])
		return &tl_enomem;
	p->n_done++;
	return lab_cpio_file(&p->cpio, path + (path[0] == '/'), mode, bytes, n);
}

static struct tl_err *put_file_as(struct packing *p, const char *from, const char *as, mode_t mode)
{
	auto_free char *bytes = NULL;
	ssize_t n = io_read_file(from, FILE_MOST, &bytes);

	if (n < 0)
		return tl_err_os(errno, N_("cannot take '%s' along"), from, from);
	return put_bytes(p, as, mode, bytes, n);
}

static struct tl_err *wrong_cpu(const char *path, const char *its, const char *guest)
{
	struct tl_err *err = tl_err_new(
		TL_E_USAGE, N_("'%s' is a program for another CPU than the guest's"), path);

	if (err != &tl_enomem)
		err->os = ENOEXEC;
	if (its)
		return tl_err_hint(
			err, N_("a guest of its CPU: tasklife lab run --kernel %s-6.12 -- ..."),
			its);
	return tl_err_hint(
		err,
		N_("the guest's CPU is %s; a source file x.c as the command is compiled for it"),
		guest);
}

/* ---- shared libraries: whom the loader itself names ---- */

static struct tl_err *put_libraries(struct packing *p, const char *prog, const char *interp)
{
	char *argv[] = {(char *)interp, (char *)"--list", (char *)prog, NULL}, *save = NULL;
	struct lab_child c = {.argv = argv};
	struct tl_err *err = lab_child_run(p->lab, &c);
	char *text = err ? NULL : (char *)out_text(&c.out);

	if (!err)
		err = put_file_as(p, interp, interp, 0755);
	for (char *l = text ? strtok_r(text, "\n", &save) : NULL; l && !err;
	     l = strtok_r(NULL, "\n", &save)) {
		char *path = strstr(l, "=> /");

		if (!path)
			continue;
		path += 3;
		path[strcspn(path, " \n")] = 0;
		err = put_file_as(p, path, path, 0755);
	}
	lab_child_fini(&c);
	return err;
}

static struct tl_err *put_program(struct packing *p, const char *path, int depth);

static struct tl_err *put_interpreter(struct packing *p, const char *script, const char *interp,
				      int depth)
{
	if (!strcmp(interp, "/bin/sh") || !strcmp(interp, "/usr/bin/env") || access(interp, X_OK))
		/* busybox stands for them; a missing one is the guest's to complain of */
		return NULL;
	return depth < 3 ? put_program(p, interp, depth + 1) : NULL;
}

static struct tl_err *put_program(struct packing *p, const char *path, int depth)
{
	auto_free char *bytes = NULL;
	ssize_t n = io_read_file(path, FILE_MOST, &bytes);

	if (n < 0)
		return tl_err_os(errno, N_("cannot take '%s' along"), path, path);
	struct lab_elf e = lab_elf_of(bytes, n);
	if (e.kind == LAB_PROGRAM_ELF &&
	    (!lab_elf_arch(&e) || strcmp(lab_elf_arch(&e), p->o->arch->name)))
		return wrong_cpu(path, lab_elf_arch(&e), p->o->arch->name);
	try(put_bytes(p, path, 0755, bytes, n));
	if (!e.interp[0])
		return NULL;
	if (e.kind == LAB_PROGRAM_SCRIPT)
		return put_interpreter(p, path, e.interp, depth);
	if (p->o->arch != lab_arch_here())
		return tl_err_hint(tl_err_new(TL_E_USAGE,
					      N_("'%s' needs shared libraries of another CPU"),
					      path),
				   N_("link it statically: cc -static"), NULL);
	return put_libraries(p, path, e.interp);
}

/* ---- the command ---- */

static bool is_source(const char *word)
{
	size_t n = strlen(word);

	return n > 2 && !strcmp(word + n - 2, ".c") && !access(word, R_OK);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static struct tl_err *compiled(struct lab_child *c, const struct lab_arch *a, const char *source)
{
	struct tl_err *err;

	if (c->status == 127)
		return tl_err_hint(
			tl_err_new(TL_E_DENIED, N_("there is no compiler '%s' here"), c->argv[0]),
			N_("apt install %s"), a->cc_package);
	if (!c->status)
		return NULL;
	err = tl_err_new(TL_E_USAGE, N_("'%s' does not compile"), source);
	if (err != &tl_enomem)
		err->log = strdup(out_text(&c->out));
	return err;
}

/* For the guest's CPU; the program is `dir`/NAME there. */
static struct tl_err *compile(struct packing *p, const char *source, const char *dir, char **ret)
{
	const char *where = getenv("TMPDIR");
	auto_free char *tmp = lab_path("%s/tasklife-lab-XXXXXX", where && *where ? where : "/tmp");
	const struct lab_arch *a = p->o->arch;
	const char *name = base_of(source);

	if (!tmp)
		return &tl_enomem;
	if (!mkdtemp(tmp))
		return tl_err_os(errno, N_("cannot make a directory for the compiler"), NULL, tmp);
	auto_free char *out = lab_path("%s/prog", tmp),
		       *as = lab_path("%s/%.*s", dir, (int)strlen(name) - 2, name);
	char *argv[] = {(char *)(a == lab_arch_here() ? "cc" : a->cc),
			(char *)"-static",
			(char *)"-O1",
			(char *)"-g",
			(char *)"-pthread",
			(char *)"-o",
			out,
			(char *)source,
			NULL};
	struct lab_child c = {.argv = argv};
	lab_note(p->lab, N_("compiling %s"), source, -1);
	struct tl_err *err = lab_child_run(p->lab, &c);

	if (!err)
		err = compiled(&c, a, source);
	if (!err)
		err = put_file_as(p, out, as, 0755);
	lab_child_fini(&c);
	lab_remove_tree(tmp);
	*ret = err ? NULL : take(as);
	return err;
}

static bool in_path(const char *word, char **ret)
{
	const char *path = getenv("PATH");
	auto_free char *all = strdup(path ? path : "/usr/bin:/bin");
	char *save = NULL;

	for (char *d = all ? strtok_r(all, ":", &save) : NULL; d; d = strtok_r(NULL, ":", &save)) {
		struct stat st;

		*ret = lab_path("%s/%s", d, word);
		if (*ret && !stat(*ret, &st) && S_ISREG(st.st_mode) && !access(*ret, X_OK))
			return true;
		free(*ret);
	}
	*ret = NULL;
	return false;
}

static bool is_applet(const char *word)
{
	for (unsigned i = 0; i < ARRAY_SIZE(applets); i++)
		if (!strcmp(applets[i], word))
			return true;
	return !strcmp(word, "busybox");
}

static char *absolute(const char *word)
{
	auto_free char *cwd = getcwd(NULL, 0);

	return word[0] == '/' ? strdup(word)
			      : lab_path("%s/%s", cwd ? cwd : "",
					 strncmp(word, "./", 2) ? word : word + 2);
}

static struct tl_err *put_command(struct packing *p, const char *word)
{
	auto_free char *path = NULL;

	if (is_source(word))
		return compile(p, word, "/lab", &p->command);
	if (strchr(word, '/')) {
		path = absolute(word);
		if (path && access(path, F_OK))
			return tl_err_os(ENOENT, N_("cannot run '%s'"), word, path);
		p->command = strdup(word);
		return p->command ? put_program(p, path, 0) : &tl_enomem;
	}
	/* By name: this machine's program when it is for that CPU, else busybox's of that name. */
	if (in_path(word, &path)) {
		struct tl_err *err = put_program(p, path, 0);

		if (!err || !is_applet(word)) {
			p->command = take(path); /* the guest's PATH need not be ours */
			return err;
		}
		tl_err_free(err);
	}
	p->command = is_applet(word) ? lab_path("/lab/bin/%s", word) : NULL;
	return p->command ? NULL : tl_err_os(ENOENT, N_("cannot run '%s'"), word, NULL);
}

/* What the guest's kernel has itself. */
static bool is_the_guests(const char *path)
{
	return !strncmp(path, "/proc/", 6) || !strncmp(path, "/sys/", 5) ||
	       !strncmp(path, "/dev/", 5);
}

static struct tl_err *put_argument(struct packing *p, const char *word)
{
	struct stat st;
	auto_free char *path = absolute(word);

	if (!path || is_the_guests(path) || stat(path, &st) || !S_ISREG(st.st_mode) ||
	    access(path, R_OK) || st.st_size > FILE_MOST)
		return NULL; /* not a file of ours: the command's own affair */
	return put_file_as(p, path, path, st.st_mode);
}

/* Asked for by name, so that a file that is not there is an error. Programs bring their libraries.
 */
static struct tl_err *put_taken(struct packing *p, const char *word)
{
	auto_free char *cwd = getcwd(NULL, 0), *path = absolute(word), *name = NULL;

	if (is_source(word))
		return compile(p, word, cwd && cwd[1] ? cwd : "", &name);
	if (!path || access(path, R_OK))
		return tl_err_os(path ? errno : ENOMEM, N_("cannot take '%s' along"), word, path);
	return !access(path, X_OK) ? put_program(p, path, 0) : put_argument(p, word);
}

/* ---- /lab/conf ---- */

static void quote(struct out *o, const char *s)
{
	out_char(o, '\'');
	for (; *s; s++)
		if (*s == '\'')
			out_str(o, "'\\''");
		else
			out_char(o, *s);
	out_char(o, '\'');
}

static void conf(struct out *o, const struct lab_guest *g, const struct packing *p, int argc,
		 char *const argv[])
{
	auto_free char *cwd = getcwd(NULL, 0);

	out_fmt(o, "MARK=@@tasklife-%s\nDIR=", g->nonce);
	quote(o, cwd ? cwd : "/");
	/* packing is 0.2 s of a guest's time, and what is only read once needs none */
	out_fmt(o, "\nMODE='%s%s%s%s%s'\n", p->o->mode ? "--mode=" : "",
		p->o->mode ? p->o->mode : "", p->o->kept || g->shared < 0 ? "" : " --no-compress",
		p->o->exit_syscalls ? " --exit-syscalls" : "", p->o->no_bpf ? " --no-bpf" : "");
	out_fmt(o, "ASKED=%s\n", p->o->exit_syscalls || p->o->no_bpf ? "1" : "");
	out_fmt(o, "FROM_BOOT=%s\n", p->o->from_boot ? "1" : "");
	out_fmt(o, "NARROW=%s\n", p->o->arch->elf_class == ELFCLASS32 ? "1" : "");
	out_fmt(o, "DEBUG=%s\n", p->o->gdb ? "1" : "");
	out_fmt(o, "BARE=%s\nSHARED=%s\nSHELL_WANTED=%s\nset --", p->o->bare ? "1" : "",
		g->shared >= 0 ? "1" : "", p->o->interactive ? "1" : "");
	for (int i = 0; i < argc; i++) {
		out_char(o, ' ');
		quote(o, i ? argv[i] : p->command);
	}
	out_str(o, "\n");
}

/* ---- all of it ---- */

/* Places, nodes, busybox under its names, and the first process: what every guest has. */
struct tl_err *lab_put_base(struct lab_cpio *c, const struct lab *lab, const struct lab_arch *arch,
			    const char *init)
{
	auto_free char *busybox = NULL, *bytes = NULL;
	char link[64];

	try(lab_cpio_dir(c, "dev"));
	try(lab_cpio_char(c, "dev/console", 5, 1));
	try(lab_cpio_char(c, "dev/null", 1, 3));
	for (const char *const *d =
		     (const char *const[]){"proc", "sys", "tmp", "root", "run", "bin", NULL};
	     *d; d++)
		try(lab_cpio_dir(c, *d));
	try(lab_busybox(lab, arch->name, &busybox));
	ssize_t n = io_read_file(busybox, FILE_MOST, &bytes);
	if (n < 0)
		return tl_err_os(errno, N_("cannot take '%s' along"), busybox, busybox);
	try(lab_cpio_file(c, "lab/bin/busybox", 0755, bytes, n));
	for (unsigned i = 0; i < ARRAY_SIZE(applets); i++) {
		snprintf(link, sizeof(link), "lab/bin/%s", applets[i]);
		try(lab_cpio_link(c, link, "busybox"));
	}
	return lab_cpio_file(c, "init", 0755, init, strlen(init));
}

/* The recorder; and what brings its file out, without which the console does. */
static struct tl_err *put_ours(struct lab_guest *g, struct packing *p)
{
	auto_free char *recorder = NULL, *carry = lab_guest_program(p->o->arch, "carry");

	if (g->shared >= 0 && !carry)
		guard_close(&g->shared), g->shared = -1;
	if (g->shared >= 0)
		try(put_file_as(p, carry, "/lab/carry", 0755));
	if (p->o->bare || p->o->interactive || p->o->from_boot)
		return NULL;
	try(lab_recorder_find(p->lab, p->o->arch, &recorder));
	return put_file_as(p, recorder, "/lab/tasklife", 0755);
}

static struct tl_err *pack(struct lab_guest *g, struct packing *p, int argc, char *const argv[])
{
	auto_free char *cwd = getcwd(NULL, 0);
	struct out text;

	try(lab_put_base(&p->cpio, p->lab, p->o->arch, lab_text_init));
	try(put_ours(g, p));
	if (p->o->modules)
		try(lab_put_modules(&p->cpio, p->o->image, p->o->modules));
	if (cwd && cwd[1])
		try(lab_cpio_dir(&p->cpio, cwd + 1));
	try(put_command(p, argv[0]));
	for (int i = 1; i < argc; i++)
		try(put_argument(p, argv[i]));
	for (int i = 0; i < p->o->n_take; i++)
		try(put_taken(p, p->o->take[i]));
	if (!is_done(p, "/bin/sh"))
		try(lab_cpio_link(&p->cpio, "bin/sh", "/lab/bin/busybox"));
	out_init(&text, -1);
	conf(&text, g, p, argc, argv);
	struct tl_err *err = put_bytes(p, "/lab/conf", 0644, text.buf, text.n);
	out_fini(&text);
	lab_cpio_end(&p->cpio);
	return err;
}

static struct tl_err *share_memory(struct lab_guest *g)
{
	g->shared = memfd_create("tasklife-shared", 0);
	return g->shared >= 0 && !ftruncate(g->shared, (off_t)LAB_SHARED_MB << 20)
		       ? NULL
		       : tl_err_os(errno, N_("no memory for the guest's file system"), NULL, NULL);
}

struct tl_err *lab_guest_fill(struct lab_guest *g, const struct lab *lab, const struct lab_opts *o,
			      int argc, char *const argv[])
{
	struct packing __attribute__((cleanup(packing_fini))) p = {.lab = lab, .o = o};
	struct out out;

	/* QEMU opens them as /proc/self/fd/N: no CLOEXEC */
	g->initrd = memfd_create("tasklife-initrd", 0);
	if (g->initrd < 0)
		return tl_err_os(errno, N_("no memory for the guest's file system"), NULL, NULL);
	if ((!o->bare || o->hands_over) && !o->interactive)
		try(share_memory(g));
	out_init(&out, g->initrd);
	lab_cpio_init(&p.cpio, &out);
	struct tl_err *err = pack(g, &p, argc, argv);
	out_flush(&out);
	if (!err && out.os)
		err = tl_err_os(out.os, N_("no memory for the guest's file system"), NULL, NULL);
	out_fini(&out);
	return err;
}

void lab_guest_init(struct lab_guest *g)
{
	uint64_t r[1] = {};

	*g = (struct lab_guest){.initrd = -1, .shared = -1, .from = -1};
	if (getrandom(r, sizeof(r), 0) != sizeof(r))
		r[0] = ((uint64_t)getpid() << 32) ^ (uintptr_t)g;
	snprintf(g->nonce, sizeof(g->nonce), "%016llx", (unsigned long long)r[0]);
	out_init(&g->tail, -1);
}
