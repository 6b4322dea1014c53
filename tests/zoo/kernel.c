/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel starts by itself: kernel threads and helper programs; and core files.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/if_alg.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "zoo.h"

static pid_t find_task(const char *comm)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t found = 0;

	while (d && !found && (e = readdir(d))) {
		char path[300], b[64];

		if (e->d_name[0] < '1' || e->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%.200s/comm", e->d_name);
		if (zoo_read(path, b, sizeof(b)) && !strcmp(b, comm))
			found = atoi(e->d_name);
	}
	if (d)
		closedir(d);
	return found;
}

static const char thp[] = "/sys/kernel/mm/transparent_hugepage/enabled";

static int asks_for_khugepaged(struct zoo *z, void *arg)
{
	if (!zoo_write(thp, "always"))
		return 1;
	for (int i = 0; i < ZOO_PATIENCE_MS / 2 && !z->sh->pid[0]; i++) {
		z->sh->pid[0] = find_task("khugepaged");
		zoo_ms(2);
	}
	return zoo_write(thp, "never") && z->sh->pid[0] ? 0 : 1;
}

/* khugepaged runs only while huge pages are wanted. */
static void kthread(struct zoo *z)
{
	char was[128], *p;

	if (!zoo_read(thp, was, sizeof(was)) || !zoo_write(thp, "never"))
		zoo_skip(
			z,
			"no transparent huge pages here (mm/khugepaged.c; arch/arm/Kconfig: they need ARM_LPAE)");
	pid_t running = find_task("khugepaged");
	if (running && !zoo_gone(running, ZOO_PATIENCE_MS))
		zoo_skip(z, "khugepaged does not end here");
	pid_t k = zoo_child(z, "k", asks_for_khugepaged, NULL);
	zoo_end0(z, k);
	zoo_gone(z->sh->pid[0], ZOO_PATIENCE_MS);
	if ((p = strchr(was, '['))) { /* "always [madvise] never" */
		p[strcspn(p, "]")] = 0;
		zoo_write(thp, p + 1);
	}
	zoo_known_comm(z, z->sh->pid[0], "khugepaged");
	zoo_tell(z, (struct zoo_say){.tid = z->sh->pid[0],
				     .birth = "kthread",
				     .creator = {2, "kthreadd"},
				     .death = "kthread_end",
				     .autoreap = true});
}

/* ---- helper programs ---- */

static const char modprobe_path[] = "/proc/sys/kernel/modprobe",
		  core_path[] = "/proc/sys/kernel/core_pattern";

/* The kernel asks for a module when a protocol is not known. */
static int wants_a_module(struct zoo *z, void *arg)
{
	int fd = socket(27, SOCK_DGRAM, 0); /* AF_IB has no socket module anywhere */

	if (fd >= 0)
		close(fd);
	return 0;
}

static void module_case(struct zoo *z, const char *program, struct zoo_say s)
{
	char was[256];

	if (!zoo_read(modprobe_path, was, sizeof(was)) || !zoo_write(modprobe_path, program))
		zoo_skip(z, "this kernel loads no modules");
	pid_t c = zoo_child(z, "c", wants_a_module, NULL);
	zoo_end0(z, c);
	zoo_write(modprobe_path, was);
	zoo_tell(z, s);
}

static void umhmod(struct zoo *z)
{
	char path[128];

	module_case(z, zoo_link(z, "lc_modprobe", path),
		    (struct zoo_say){.comm = "lc_modprobe",
				     .birth = "helper",
				     .exec = "lc_modprobe",
				     .death = "exit",
				     .exit = ZOO_EXIT(0)});
}

static void umhfail(struct zoo *z)
{
	/* Its name is that of the worker that made it. */
	module_case(z, "/nonexistent/modprobe",
		    (struct zoo_say){.birth = "helper", .death = "helper_failed"});
}

static int dumps(struct zoo *z, void *arg)
{
	struct rlimit all;

	getrlimit(RLIMIT_CORE, &all);
	all.rlim_cur = all.rlim_max;
	if (setrlimit(RLIMIT_CORE, &all) || (arg && chdir(arg)))
		return 2;
	if (arg)
		*(volatile int *)16 = 1;
	abort();
}

static void need_cores(struct zoo *z)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_CORE, &r) || !r.rlim_max)
		zoo_skip(z, "core dumps are forbidden here (ulimit -Hc)");
}

static void umhcore(struct zoo *z)
{
	char was[256], path[128], pattern[160];

	need_cores(z);
	if (!zoo_read(core_path, was, sizeof(was)))
		zoo_skip(z, "cannot read %s", core_path);
	snprintf(pattern, sizeof(pattern), "|%s", zoo_link(z, "lc_umh", path));
	if (!zoo_write(core_path, pattern))
		zoo_skip(z, "cannot set %s: %m", core_path);
	pid_t c = zoo_child(z, "c", dumps, NULL);
	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGABRT,
				 .source = "tgkill",
				 .by = zoo_who(z, c),
				 .core = true});
	zoo_write(core_path, was);
	zoo_tell(z, (struct zoo_say){.comm = "lc_umh",
				     .birth = "helper",
				     .exec = "lc_umh",
				     .death = "exit",
				     .exit = ZOO_EXIT(0)});
}

static void corefile(struct zoo *z)
{
	char pattern[256];

	if (!zoo_read(core_path, pattern, sizeof(pattern)) || pattern[0] == '|' ||
	    pattern[0] == '/' || !pattern[0])
		zoo_skip(z, "core files go elsewhere here (%s)", pattern);
	need_cores(z);
	pid_t c = zoo_child(z, "c", dumps, (void *)zoo_dir(z));
	zoo_end(z, c,
		(struct zoo_say){.death = "signal",
				 .signal = SIGSEGV,
				 .source = "fault.memory",
				 .nobody = true,
				 .core = true});
}

/*
 * A template that is used for the first time is tested by a thread that ends with its module
 * reference. hmac(rmd160): hmac of the SHA family is a library's since 6.17, registered whole at
 * boot, and nothing is put together.
 */
static void cryptomgr(struct zoo *z)
{
	struct sockaddr_alg sa = {
		.salg_family = AF_ALG, .salg_type = "hash", .salg_name = "hmac(rmd160)"};
	int fd = socket(AF_ALG, SOCK_SEQPACKET, 0);

	if (fd < 0)
		zoo_skip(z, "no AF_ALG sockets: %m (crypto/Kconfig CRYPTO_USER_API)");
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		zoo_skip(z, "no %s: %m (crypto/Kconfig CRYPTO_USER_API_HASH, CRYPTO_RMD160)",
			 sa.salg_name);
	close(fd);
	for (pid_t t; (t = find_task("cryptomgr_test"));)
		if (!zoo_gone(t, ZOO_PATIENCE_MS))
			zoo_fail(z, "cryptomgr_test stays");
	zoo_tell(z, (struct zoo_say){.comm = "cryptomgr_test",
				     .birth = "kthread",
				     .creator = {2, "kthreadd"},
				     .death = "kthread_end",
				     .autoreap = true});
}

const struct zoo_case zoo_kernel[] = {
	{"corefile", corefile, 0, "a core file"},
	{"kthread", kthread, ZOO_ROOT | ZOO_MACHINE, "a kernel thread starts and stops"},
	{"umhmod", umhmod, ZOO_ROOT | ZOO_MACHINE, "the kernel runs modprobe"},
	{"umhfail", umhfail, ZOO_ROOT | ZOO_MACHINE, "the kernel cannot run modprobe"},
	{"umhcore", umhcore, ZOO_ROOT | ZOO_MACHINE, "a core goes to a program"},
	{"cryptomgr", cryptomgr, ZOO_ROOT | ZOO_MACHINE, "a kernel thread ends with its module"},
	{},
};
