/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A debugging session: QEMU waits with its gdb stub before the first instruction, gdb is given
 * symbols, types and the commands of the notes' session. Breakpoints are of TCG, not written into
 * the guest's memory, so they hold from the first instruction on; their addresses are true because
 * of nokaslr.
 *
 *	stock kernel	kallsyms + BTF out of a guest, once --> cache --> symbols.elf, types.o (bpftool, the compiler)
 *	lab build	vmlinux, System.map
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/child.h"
#include "lab/debug.h"
#include "lab/files.h"

#define MAP_MOST (64u << 20)
#define LEARN_SECONDS 900
#define LEARN_MB 512

/* ---- what a stock kernel says of itself ---- */

/* The size of kallsyms on a line, kallsyms, BTF, notes (the build-id): one file, handed out like a
 * recording. */
static const char teller[] =
	"cat /proc/kallsyms >/tmp/k && { stat -c %s /tmp/k; cat /tmp/k /sys/kernel/btf/vmlinux /sys/kernel/notes; } >/lab/tasklife.dat";

/*
 * arch/x86/kernel/vmlinux.lds.S: text begins at __START_KERNEL_map + LOAD_PHYSICAL_ADDR, which is
 * PHYSICAL_START when that is aligned as it must be. Elsewhere is only where KASLR has put it.
 */
static struct tl_err *check_place(const struct lab_kernel *k, const struct lab_image *img,
				  const char *map)
{
	auto_free char *path = lab_path("%s/config", img->dir), *config = NULL;
	const char *at = path && io_read_file(path, 4 << 20, &config) > 0
				 ? strstr(config, "\nCONFIG_PHYSICAL_START=")
				 : NULL;
	uint64_t text = lab_symbol_of(map, "_text");

	if (strcmp(k->arch, "amd64") || !at || !text)
		return NULL;
	uint64_t linked =
		0xffffffff80000000 + strtoull(at + strlen("\nCONFIG_PHYSICAL_START="), NULL, 16);
	if (text == linked)
		return NULL;
	return tl_err_new(TL_E_FAILED,
			  N_("kernel '%s' is not where it was linked to be: nokaslr had no effect"),
			  k->id);
}

static struct tl_err *keep_as(const char *dir, const char *name, const char *bytes, size_t n)
{
	auto_free char *fresh = lab_path("%s/%s.new-%d", dir, name, (int)getpid()),
		       *path = lab_path("%s/%s", dir, name);
	auto_close int fd =
		fresh && path ? open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

	if (fd >= 0 && !io_write_all(fd, bytes, n) && !rename(fresh, path))
		return NULL;
	struct tl_err *err = lab_not_written(errno, path);
	if (fd >= 0)
		unlink(fresh);
	return err;
}

/* What BTF says of its own length: the notes stand behind it. */
static size_t btf_size(const char *btf, size_t n)
{
	/* magic and version; then the length of the head, and where types and strings are behind it
	 */
	uint32_t head[6];

	if (n < sizeof(head))
		return n;
	memcpy(head, btf, sizeof(head));
	uint64_t size = (uint64_t)head[1] + head[4] + head[5];
	return size < n ? size : n;
}

static struct tl_err *keep_told(const struct lab_kernel *k, const struct lab_image *img, int fd)
{
	auto_free char *all = NULL;
	ssize_t n = io_read_all(fd, 2 * MAP_MOST, &all);
	char *map = NULL;
	size_t size = n > 0 ? strtoull(all, &map, 10) : 0;

	if (n <= 0 || !map || *map++ != '\n' || !size || size >= (size_t)(all + n - map))
		return tl_err_new(TL_E_FAILED, N_("kernel '%s' did not tell its symbols and types"),
				  k->id);
	char *btf = map + size;
	char first = *btf;

	*btf = 0;
	struct tl_err *err = check_place(k, img, map);
	*btf = first;
	size_t left = all + n - btf, types = btf_size(btf, left);
	if (!err)
		err = keep_as(img->dir, "btf", btf, types);
	if (!err)
		err = keep_as(img->dir, "notes", btf + types, left - types);
	return err ? err : keep_as(img->dir, "kallsyms", map, size);
}

static bool has(const struct lab_image *img, const char *name)
{
	auto_free char *path = lab_path("%s/%s", img->dir, name);

	return path && !access(path, R_OK);
}

struct tl_err *lab_debug_learn(const struct lab *lab, const struct lab_kernel *k,
			       const struct lab_image *img)
{
	struct lab_opts o = {.arch = lab_arch_named(k->arch),
			     .smp = 1,
			     .mem_mb = LEARN_MB,
			     .seconds = LEARN_SECONDS,
			     .bare = true,
			     .hands_over = true};
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)teller, NULL};
	struct lab_result res = {.recording = -1};
	struct lab_guest g;

	if (has(img, "vmlinux") || (has(img, "kallsyms") && has(img, "btf") && has(img, "notes")))
		return NULL;
	if (lab_image_option(img, "DEBUG_INFO_BTF") != 'y')
		return tl_err_hint(
			tl_err_new(TL_E_DENIED, N_("kernel '%s' has no types (BTF) for gdb"),
				   k->id),
			N_("one that has: tasklife lab debug --kernel amd64-6.12, or one of lab build --target tiny"),
			NULL);
	lab_note(lab, N_("asking %s for its symbols and types, once"), k->id, -1);
	lab_guest_init(&g);
	struct tl_err *err = lab_guest_fill(&g, lab, &o, 3, argv);
	if (!err)
		err = lab_guest_plan(&g, img, &o);
	if (!err)
		err = lab_guest_start(&g);
	if (!err)
		err = lab_guest_listen(&g, lab, &o, -1, &res);
	lab_guest_fini(&g);
	if (!err)
		err = keep_told(k, img, res.recording);
	guard_close(&res.recording);
	return err;
}

/* ---- types ---- */

static struct tl_err *run(const struct lab *lab, char *const argv[], const char *what)
{
	struct lab_child c = {.argv = argv};
	struct tl_err *err = lab_child_run(lab, &c);

	if (!err && c.status) {
		err = tl_err_new(
			TL_E_FAILED,
			N_("the kernel's types could not be made ready for gdb: '%s' failed"),
			what);
		if (err != &tl_enomem)
			err->log = strndup(out_text(&c.out), 2000);
	}
	lab_child_fini(&c);
	return err;
}

static const char types_c[] =
	"#include \"types.h\"\n"
	"struct task_struct *tasklife_task;\n"
	"struct thread_info *tasklife_thread_info;\n";

static struct tl_err *make_types(const struct lab_debug *d, const struct lab *lab,
				 const struct lab_arch *arch, const struct lab_image *img)
{
	const char *cc = arch == lab_arch_here() ? "gcc" : arch->cc;
	auto_free char *dump = lab_path(
		"exec bpftool btf dump file '%s/btf' format c >'%s/types.h'", img->dir, d->dir);
	auto_free char *c = lab_path("%s/types.c", d->dir), *o = lab_path("%s/types.o", d->dir);
	char *bpftool[] = {(char *)"sh", (char *)"-c", dump, NULL};
	char *compiler[] = {(char *)cc,
			    (char *)"-std=gnu11",
			    (char *)"-w",
			    (char *)"-g",
			    (char *)"-c",
			    (char *)"-o",
			    o,
			    c,
			    NULL};

	if (!dump || !c || !o)
		return &tl_enomem;
	try(lab_need("bpftool", "bpftool"));
	try(lab_need(cc, arch == lab_arch_here() ? "gcc" : arch->cc_package));
	try(run(lab, bpftool, "bpftool"));
	try(keep_as(d->dir, "types.c", types_c, strlen(types_c)));
	return run(lab, compiler, cc);
}

/* ---- commands ---- */

/* How gdb calls a CPU and the first argument of a function there. */
static const struct cpu {
	const char *name, *gdb, *argument;
} cpus[] = {
	{"amd64", "i386:x86-64", "$rdi"},
	{"arm64", "aarch64", "$x0"},
	{"armhf", "arm", "$r0"},
};

static const struct cpu *cpu_of(const struct lab_arch *arch)
{
	for (unsigned i = 0; i < ARRAY_SIZE(cpus); i++)
		if (!strcmp(cpus[i].name, arch->name))
			return &cpus[i];
	return &cpus[0];
}

/*
 * Where this CPU's kernel keeps the running task. x86: per CPU, gs is its base. current_task,
 * in 6.2-6.14 the first word of pcpu_hot (e57ef2ed97c1 "x86: Put hot per CPU variables into a
 * struct", v6.2). arm64: sp_el0 (6cdf9c7ca687, v4.5). 32-bit ARM: a thread register of cp15
 * (50596b7559bf "ARM: smp: Store current pointer in TPIDRURO register if available", v5.16);
 * before, the thread_info at the low end of the stack, which is 8 KB, points to it.
 */
static bool info_on_stack(const struct lab_arch *arch, const char *map)
{
	return !strcmp(arch->name, "armhf") && !lab_symbol_of(map, "__entry_task");
}

static char *current_of(const struct lab_arch *arch, const char *map)
{
	uint64_t at = lab_symbol_of(map, "pcpu_hot");

	if (!strcmp(arch->name, "arm64"))
		return strdup("((struct task_struct *)$SP_EL0)");
	if (info_on_stack(arch, map))
		return strdup("(((struct thread_info *)((unsigned long)$sp & ~0x1fff))->task)");
	if (!strcmp(arch->name, "armhf"))
		return strdup("((struct task_struct *)$TPIDRURO)");
	if (!at)
		at = lab_symbol_of(map, "current_task");
	return lab_path("(*(struct task_struct **)((unsigned long)$gs_base + 0x%llx))",
			(unsigned long long)at);
}

/* task_struct.state is __state since 5.14 (2f064a59a11f "sched: Change task_struct::state"). */
static const char *state_of(const char *release)
{
	int major = 0, minor = 0;

	sscanf(release, "%d.%d", &major, &minor);
	return major > 5 || (major == 5 && minor >= 14) ? "__state" : "state";
}

static const char telling[] =
	"define tl-task\n"
	"  set $t = (struct task_struct *)($arg0)\n"
	"  printf \"   task        %%s(%%d) tgid=%%d state=0x%%lx flags=0x%%x\", $t->comm, $t->pid, $t->tgid, (unsigned long)$t->%s, "
	"$t->flags\n"
	"%s"
	"  printf \"\\n   parent      %%s(%%d)  real_parent %%s(%%d)\\n\", $t->parent->comm, $t->parent->pid, $t->real_parent->comm, "
	"$t->real_parent->pid\n"
	"  printf \"   thread_info flags=0x%%lx, task_struct at %%p\\n\", (unsigned long)%s.flags, $t\n"
	"end\n"
	"document tl-task\n"
	"Tell of a task: tl-task POINTER. The running one: tl-current.\n"
	"end\n"
	"define tl-current\n"
	"  set $task = %s\n"
	"  tl-task $task\n"
	"end\n";

/* include/linux/sched.h; these have had their numbers since before 5.10 */
static const struct {
	unsigned bit;
	const char *name;
} flags[] = {
	{0x4, "PF_EXITING"},    {0x40, "PF_FORKNOEXEC"},  {0x200, "PF_DUMPCORE"},
	{0x400, "PF_SIGNALED"}, {0x200000, "PF_KTHREAD"},
};

/* The breakpoints' order is that of a life. */
static const struct stop {
	const char *function, *title;
	const char *print; /* more to say of it */
	bool new_task;	   /* of its first argument, else of the running task */
} stops[] = {
	{"copy_process", "a task is being copied by:", "", false},
	{"wake_up_new_task", "the new task is woken for the first time:", "", true},
	{"do_exit", "a task ends:",
	 "  printf \"   exit code   0x%%lx: status %%d, signal %%d\\n\", (unsigned long)%1$s, ((int)%1$s >> 8) & 255, (int)%1$s & 127\n",
	 false},
};

/*
 * Before the command there are hundreds of births, and each stop costs time. /init calls itself
 * "lab" when the command's turn has come, and nobody else writes a comm file before: the
 * breakpoints are set then.
 */
static const char gate[] = "comm_write"; /* fs/proc/base.c, since 2.6.33 */

static void put_condition(struct out *o, const char *current)
{
	out_fmt(o,
		" if *(int *)%1$s->comm == 0x62616c || ($tl_first && %1$s->tgid >= $tl_first && !(%1$s->flags & 0x200000))",
		current);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void put_stop(struct out *o, const struct lab_debug *d, const struct stop *s, uint64_t at,
		     const char *current, const char *arg)
{
	out_fmt(o, "# %s\nbreak *0x%llx", s->function, (unsigned long long)at);
	if (!d->from_boot)
		put_condition(o, current);
	out_fmt(o, "\ncommands\n  silent\n  printf \"\\n== %s: %s\\n\"\n", s->function, s->title);
	if (s->new_task)
		out_fmt(o,
			"  if !$tl_first\n    set $tl_first = ((struct task_struct *)%s)->tgid\n  end\n",
			arg);
	out_fmt(o, s->print, arg);
	/* gdb cuts a command's arguments at blanks */
	out_fmt(o, "  set $task = (struct task_struct *)%s\n  tl-task $task\n%send\n",
		s->new_task ? arg : current, d->batch ? "  continue\n" : "");
}

struct tl_err *lab_debug_commands(const struct lab_debug *d, const struct lab_arch *arch,
				  const char *map, const char *release, struct out *o)
{
	const struct cpu *cpu = cpu_of(arch);
	auto_free char *current = current_of(arch, map);
	struct out names;

	if (!current)
		return &tl_enomem;
	out_init(&names, -1);
	for (unsigned i = 0; i < ARRAY_SIZE(flags); i++)
		out_fmt(&names, "  if $t->flags & 0x%x\n    printf \" %s\"\n  end\n", flags[i].bit,
			flags[i].name);
	out_fmt(o,
		"set pagination off\nset confirm off\nset print thread-events off\nset architecture %s\n",
		cpu->gdb);
	out_fmt(o, "set $tl_first = 0\ntarget remote 127.0.0.1:%d\n", d->port);
	out_fmt(o, telling, state_of(release), out_text(&names),
		info_on_stack(arch, map) ? "(*(struct thread_info *)$t->stack)" : "$t->thread_info",
		current);
	out_fini(&names);
	if (!d->from_boot && !lab_symbol_of(map, gate))
		return tl_err_new(TL_E_NOT_THERE, N_("this kernel has no function '%s'"), gate);
	if (!d->from_boot)
		out_fmt(o, "tbreak *0x%llx\ncontinue\n",
			(unsigned long long)lab_symbol_of(map, gate));
	for (unsigned i = 0; i < ARRAY_SIZE(stops); i++) {
		uint64_t at = lab_symbol_of(map, stops[i].function);

		if (!at)
			return tl_err_new(TL_E_NOT_THERE, N_("this kernel has no function '%s'"),
					  stops[i].function);
		put_stop(o, d, &stops[i], at, current, cpu->argument);
	}
	out_str(o, d->batch ? "continue\n" : "continue\nlayout asm\n");
	return NULL;
}

#pragma GCC diagnostic pop

/* ---- the session ---- */

static int free_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) ||
	    getsockname(fd, (struct sockaddr *)&a, &n))
		return 0;
	return ntohs(a.sin_port);
}

static struct tl_err *make_files(struct lab_debug *d, const struct lab *lab,
				 const struct lab_arch *arch, const struct lab_image *img)
{
	bool built = has(img, "vmlinux");
	auto_free char *map_path = lab_path("%s/%s", img->dir, built ? "System.map" : "kallsyms"),
		       *map = NULL;
	auto_free char *elf = lab_path("%s/symbols.elf", d->dir);
	struct out o;

	if (!map_path || !elf)
		return &tl_enomem;
	if (io_read_file(map_path, MAP_MOST, &map) < 0)
		return tl_err_os(errno, N_("cannot read the kernel's symbols"), NULL, map_path);
	if (!built) {
		try(lab_symbols_elf(map, arch, elf));
		try(make_types(d, lab, arch, img));
	}
	out_init(&o, -1);
	if (built)
		out_fmt(&o, "file %s/vmlinux\n", img->dir);
	else
		out_fmt(&o, "symbol-file %s\nadd-symbol-file %s/types.o 0\n", elf, d->dir);
	struct tl_err *err = lab_debug_commands(d, arch, map, img->release, &o);
	if (!err)
		err = keep_as(d->dir, "session.gdb", o.buf, o.n);
	out_fini(&o);
	return err;
}

struct tl_err *lab_debug_open(struct lab_debug *d, const struct lab *lab,
			      const struct lab_arch *arch, const struct lab_image *img)
{
	char dir[] = "/tmp/tasklife-debug-XXXXXX";

	if (!d->viewer)
		try(lab_need("gdb-multiarch", "gdb-multiarch"));
	if (!mkdtemp(dir))
		return tl_err_os(errno, N_("cannot make a directory for gdb"), NULL, dir);
	d->dir = strdup(dir);
	d->commands = d->dir ? lab_path("%s/session.gdb", d->dir) : NULL;
	if (!d->commands)
		return &tl_enomem;
	if (!d->port)
		d->port = free_port();
	if (d->viewer)
		return NULL;
	lab_note(lab, N_("making %s's types ready for gdb"), img->release, -1);
	return make_files(d, lab, arch, img);
}

void lab_debug_close(struct lab_debug *d)
{
	if (d->dir)
		lab_remove_tree(d->dir);
	free(d->dir);
	free(d->commands);
	*d = (struct lab_debug){};
}

static pid_t start_gdb(const struct lab_debug *d)
{
	pid_t pid = lab_child_fork();

	if (pid)
		return pid;
	if (d->viewer)
		execv("/proc/self/exe", d->viewer);
	else if (d->batch)
		execlp("gdb-multiarch", "gdb-multiarch", "-nx", "-q", "-batch", "-x", d->commands,
		       NULL);
	else
		execlp("gdb-multiarch", "gdb-multiarch", "-q", "-x", d->commands, NULL);
	_exit(127);
}

/* Until gdb ends. The console must be read, or the guest would stand still. */
static int listen_to_both(const struct lab_debug *d, const struct lab *lab, struct lab_guest *g,
			  pid_t gdb)
{
	auto_free char *path = lab_path("%s/console", d->dir);
	auto_close int console =
		path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
	int status = 0, from = g->from;
	char buf[4096];

	while (!waitpid(gdb, &status, WNOHANG)) {
		struct pollfd fd = {from, POLLIN, 0};

		if (lab_stopped(lab) && *lab->stop != SIGINT) /* that one is gdb's */
			kill(gdb, SIGTERM);
		if (poll(&fd, 1, 100) <= 0)
			continue;
		ssize_t n = read(from, buf, sizeof(buf));
		if (n <= 0)
			from = -1;
		else if (console >= 0)
			io_write_all(console, buf, n);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct tl_err *lab_debug_attend(const struct lab_debug *d, const struct lab *lab,
				struct lab_guest *g, int *ret_status)
{
	pid_t gdb = start_gdb(d);

	if (gdb < 0)
		return tl_err_os(errno, N_("cannot start '%s'"), "gdb-multiarch", NULL);
	*ret_status = listen_to_both(d, lab, g, gdb);
	return NULL;
}
