/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * QEMU's command line, and QEMU as a child that never outlives us. The options are those under
 * which the golden traces were made. nokaslr: so that addresses in the guest, in its symbols and in
 * gdb are the same. no_timer_check: on a busy machine x86's test of the timer finds too few ticks,
 * and panics. tsc=reliable: there its watchdog finds the clock unstable, and the kernel takes
 * another; QEMU's clock is one for all CPUs. cryptomgr.notests: the kernel would test its ciphers
 * while the command runs (crypto/testmgr.c), 1.4 s of an armhf guest's CPUs.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/guard.h"
#include "lab/child.h"
#include "lab/disk.h"
#include "lab/files.h"

struct args {
	char **v;
	size_t n, cap;
	bool failed;
};

static void add(struct args *a, char *s)
{
	if (a->n + 1 >= a->cap) {
		size_t cap = a->cap ? a->cap * 2 : 32;
		char **v = realloc(a->v, cap * sizeof(*v));

		if (!v) {
			a->failed = true;
			free(s);
			return;
		}
		a->v = v;
		a->cap = cap;
	}
	a->failed |= !s;
	a->v[a->n++] = s;
	a->v[a->n] = NULL;
}

static void add_words(struct args *a, const char *words)
{
	for (size_t n; *words; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		add(a, strndup(words, n));
	}
}

static struct tl_err *check_kvm(const struct lab_opts *o)
{
	if (!o->kvm)
		return NULL;
	if (o->arch != lab_arch_here() || !o->arch->kvm)
		return tl_err_new(TL_E_DENIED, N_("KVM cannot run a guest of another CPU (%s)"),
				  o->arch->name);
	if (access("/dev/kvm", R_OK | W_OK))
		return tl_err_os(errno, N_("KVM is not to be had on this machine"), NULL,
				 "/dev/kvm");
	return NULL;
}

/*
 * What is traced before there is any process. trace_clock must be said: a kernel that finds its
 * clock unstable changes it during boot and empties the buffer (seen on amd64 5.10 and 6.1 under
 * TCG). Function filters name what these kernels have (kernel_clone since 5.10); a name too many is
 * ignored.
 */
static const char from_boot[] =
	" trace_clock=global trace_buf_size=8M trace_options=sym-offset,func_stack_trace ftrace=function "
	"ftrace_filter=copy_process,kernel_clone,do_exit,__kthread_create_on_node "
	"trace_event=task:task_newtask,task:task_rename,sched:sched_process_fork,sched:sched_wakeup_new,"
	"sched:sched_process_exec,sched:sched_process_exit,sched:sched_process_free,signal:signal_generate,"
	"signal:signal_deliver";

/* The notes' words, but the console's; without predictable names the network card is eth0
 * everywhere. */
static const char for_disk[] = " root=/dev/sda rw debug net.ifnames=0";

static void add_kernel(struct args *a, const struct lab_guest *g, const struct lab_image *img,
		       const struct lab_opts *o)
{
	add(a, strdup("-kernel"));
	add(a, lab_path("%s/vmlinuz", img->dir));
	if (g->initrd >= 0) {
		add(a, strdup("-initrd"));
		add(a, lab_path("/proc/self/fd/%d", g->initrd));
	}
	add(a, strdup("-append"));
	add(a, lab_path("console=%s%s panic=-1 nokaslr cryptomgr.notests%s rdinit=/init%s%s%s",
			o->arch->console, o->disk ? for_disk : " quiet loglevel=1", o->arch->words,
			o->from_boot ? from_boot : "", o->append ? " " : "",
			o->append ? o->append : ""));
}

/* QEMU takes a comma in a value for two. */
static char *doubled_commas(const char *s)
{
	char *to = calloc(2, strlen(s) + 1), *p = to;

	for (; to && *s; s++) {
		*p++ = *s;
		if (*s == ',')
			*p++ = ',';
	}
	return to;
}

static void add_disk(struct args *a, const struct lab_image *img, const struct lab_opts *o)
{
	const char *disk = lab_device_words(img, false), *net = lab_device_words(img, true);
	auto_free char *path = doubled_commas(o->disk);

	add_words(a, disk ? disk : "");
	add(a, strdup("-drive"));
	add(a,
	    lab_path("if=none,id=disk,format=%s%s,file=%s", o->disk_format ? o->disk_format : "raw",
		     o->disk_begun ? ",cache=unsafe" : "", path ? path : ""));
	a->failed |= !disk || !path;
	if (!net)
		return;
	add_words(a, net);
	add(a, strdup("-netdev"));
	add(a, o->ssh_port ? lab_path("user,id=net,hostfwd=tcp:127.0.0.1:%lld-:22",
				      (long long)o->ssh_port)
			   : strdup("user,id=net"));
}

struct tl_err *lab_guest_plan(struct lab_guest *g, const struct lab_image *img,
			      const struct lab_opts *o)
{
	struct args a = {};

	try(check_kvm(o));
	snprintf(g->release, sizeof(g->release), "%s", img->release);
	add(&a, strdup(o->arch->qemu));
	add_words(&a, o->kvm ? o->arch->kvm : o->arch->machine);
	add_words(&a, "-smp");
	add(&a, lab_path("%lld", (long long)o->smp));
	add_words(&a, "-m");
	add(&a, lab_path("%lld", (long long)o->mem_mb));
	add_kernel(&a, g, img, o);
	if (g->shared >= 0) {
		add_words(&a, "-device ivshmem-plain,memdev=shared -object");
		add(&a,
		    lab_path(
			    "memory-backend-file,id=shared,share=on,size=%dM,mem-path=/proc/self/fd/%d",
			    LAB_SHARED_MB, g->shared));
	}
	if (o->disk)
		add_disk(&a, img, o);
	add_words(
		&a,
		"-no-reboot -nodefaults -display none -monitor none -chardev stdio,id=c,signal=off -serial chardev:c");
	if (o->gdb)
		add(&a, strdup("-S"));
	if (o->gdb_port) {
		add(&a, strdup("-gdb"));
		add(&a, lab_path("tcp:127.0.0.1:%lld", (long long)o->gdb_port));
	}
	g->argv = a.v;
	g->talks = o->interactive || o->console;
	return a.failed ? &tl_enomem : NULL;
}

/* In the child: everything but the console is closed by exec; the initrd's descriptor stays open on
 * purpose. */
static void become(struct lab_guest *g, int out, pid_t parent)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (!g->talks) {
		setpgid(0, 0); /* Ctrl-C is for us, and we end the guest */
		int null = open("/dev/null", O_RDONLY);
		dup2(null, 0);
	}
	dup2(out, 1);
	dup2(out, 2);
	execvp(g->argv[0], g->argv);
	dprintf(2, "exec %d\n", errno);
	_exit(127);
}

struct tl_err *lab_guest_start(struct lab_guest *g)
{
	int p[2];
	pid_t me = getpid();

	try(lab_need(g->argv[0], strcmp(g->argv[0], "qemu-system-x86_64") ? "qemu-system-arm"
									  : "qemu-system-x86"));
	if (pipe2(p, O_CLOEXEC))
		return tl_err_os(errno, N_("cannot start '%s'"), g->argv[0], NULL);
	g->pid = fork();
	if (!g->pid)
		become(g, p[1], me);
	close(p[1]);
	if (g->pid < 0) {
		g->pid = 0;
		close(p[0]);
		return tl_err_os(errno, N_("cannot start '%s'"), g->argv[0], NULL);
	}
	g->from = p[0];
	return NULL;
}

void lab_guest_fini(struct lab_guest *g)
{
	if (g->pid > 0) {
		kill(g->pid, SIGKILL);
		while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	g->pid = 0;
	guard_close(&g->from);
	guard_close(&g->initrd);
	guard_close(&g->shared);
	g->from = g->initrd = g->shared = -1;
	for (char **a = g->argv; a && *a; a++)
		free(*a);
	free(g->argv);
	g->argv = NULL;
	out_fini(&g->tail);
}
