/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the cache holds: kernel/ID/{vmlinuz,config,release} and bin/CPU/busybox. A package is
 * unpacked beside and renamed when all is there, so that a kernel in the cache is whole; the
 * package itself is not kept.
 */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/files.h"

void lab_image_fini(struct lab_image *img)
{
	free(img->dir);
	img->dir = NULL;
}

/* Names of the two layouts: boot/vmlinuz-REL (up to 6.12) and usr/lib/modules/REL/vmlinuz. */
struct unpacking {
	const char *dir;
	char *release; /* of size 96 */
	bool vmlinuz, config;
};

static char *want_kernel(void *arg, const char *name)
{
	struct unpacking *u = arg;
	char what[16], release[96];

	if (sscanf(name, "boot/%15[a-z]-%95s", what, release) != 2) {
		char rest[32] = "";

		if (sscanf(name, "usr/lib/modules/%95[^/]/%31s", release, rest) != 2)
			return NULL;
		snprintf(what, sizeof(what), "%.15s", rest);
	}
	if (strcmp(what, "vmlinuz") && strcmp(what, "config"))
		return NULL;
	if (!strcmp(what, "vmlinuz")) {
		strcpy(u->release, release);
		u->vmlinuz = true;
	} else {
		u->config = true;
	}
	return lab_path("%s/%s", u->dir, what);
}

static struct tl_err *unpack_all(const struct lab *lab, const struct lab_kernel *k, const char *dir)
{
	char release[96] = "";
	struct unpacking u = {dir, release, false, false};

	for (int i = 0; i < LAB_PACKAGES && k->package[i][0] && !(u.vmlinuz && u.config); i++) {
		auto_free char *deb = NULL;
		unsigned n;

		try(lab_apt_get(lab, k->suite, k->arch, k->package[i], &deb));
		lab_note(lab, N_("unpacking %s"), strrchr(deb, '/') ? strrchr(deb, '/') + 1 : deb,
			 -1);
		struct tl_err *err = lab_deb_unpack(deb, want_kernel, &u, &n);
		unlink(deb);
		if (err)
			return err;
	}
	if (!u.vmlinuz)
		return tl_err_new(TL_E_INPUT, N_("the packages of '%s' hold no kernel"), k->id);
	auto_free char *path = lab_path("%s/release", dir);
	return path ? lab_put_file(path, release, strlen(release)) : &tl_enomem;
}

/* What a fetch that was killed left beside: "ID.new-PID" of a process that is no more. */
static void remove_leftovers(const char *dir)
{
	auto_free char *pattern = lab_path("%s.new-*", dir);
	glob_t g;

	if (!pattern || glob(pattern, 0, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++) {
		int pid = atoi(strrchr(g.gl_pathv[i], '-') + 1);

		if (pid > 0 && kill(pid, 0) && errno == ESRCH)
			lab_remove_tree(g.gl_pathv[i]);
	}
	globfree(&g);
}

static struct tl_err *install(const struct lab *lab, const struct lab_kernel *k, const char *dir)
{
	auto_free char *fresh = lab_path("%s.new-%d", dir, (int)getpid());
	struct tl_err *err = fresh ? lab_mkdirs(fresh) : &tl_enomem;

	remove_leftovers(dir);
	if (!err)
		err = unpack_all(lab, k, fresh);
	if (!err) {
		lab_remove_tree(dir);
		if (rename(fresh, dir))
			err = lab_not_written(errno, dir);
	}
	if (err && fresh)
		lab_remove_tree(fresh);
	return err;
}

struct tl_err *lab_image_find(const struct lab *lab, const struct lab_kernel *k,
			      struct lab_image *ret)
{
	auto_free char *dir = lab_path("%s/kernel/%s", lab->cache, k->id),
		       *path = lab_path("%s/release", dir ? dir : ""), *release = NULL;
	auto_free char *vmlinuz = lab_path("%s/vmlinuz", dir ? dir : "");

	if (!dir || !path || !vmlinuz)
		return &tl_enomem;
	if (io_read_file(path, sizeof(ret->release) - 1, &release) < 0 || access(vmlinuz, R_OK))
		return tl_err_hint(
			tl_err_new(TL_E_NOT_THERE, N_("kernel '%s' is not in the cache"), k->id),
			N_("get it: tasklife lab fetch %s"), k->id);
	snprintf(ret->release, sizeof(ret->release), "%s", release);
	ret->dir = take(dir);
	return NULL;
}

struct tl_err *lab_image_fetch(const struct lab *lab, const struct lab_kernel *k, bool again,
			       struct lab_image *ret)
{
	auto_free char *dir = lab_path("%s/kernel/%s", lab->cache, k->id);
	struct tl_err *err =
		again ? tl_err_new(TL_E_NOT_THERE, "", NULL) : lab_image_find(lab, k, ret);

	if (!err || !dir)
		return err;
	tl_err_free(err);
	try(install(lab, k, dir));
	return lab_image_find(lab, k, ret);
}

char lab_image_option(const struct lab_image *img, const char *option)
{
	auto_free char *path = lab_path("%s/config", img->dir), *text = NULL,
		       *want = lab_path("\nCONFIG_%s=", option);

	if (!path || !want || io_read_file(path, 4 << 20, &text) < 0)
		return '?';
	char *at = strstr(text, want);
	return at ? at[strlen(want)] : 'n';
}

/* ---- programs for guests ---- */

static char *want_busybox(void *arg, const char *name)
{
	if (strcmp(name, "bin/busybox") && strcmp(name, "usr/bin/busybox"))
		return NULL;
	return strdup(arg);
}

struct tl_err *lab_busybox(const struct lab *lab, const char *arch, char **ret)
{
	auto_free char *dir = lab_path("%s/bin/%s", lab->cache, arch),
		       *path = lab_path("%s/busybox", dir ? dir : ""), *deb = NULL;
	unsigned n = 0;

	if (!dir || !path)
		return &tl_enomem;
	if (access(path, X_OK)) {
		try(lab_mkdirs(dir));
		/* any suite will do, but always the same one, so that the kernel is what differs */
		try(lab_apt_get(lab, "bookworm", arch, "busybox-static", &deb));
		struct tl_err *err = lab_deb_unpack(deb, want_busybox, path, &n);
		unlink(deb);
		if (err)
			return err;
		if (!n)
			return tl_err_new(TL_E_INPUT, N_("the packages of '%s' hold no program"),
					  "busybox-static");
	}
	*ret = take(path);
	return NULL;
}

/* Beside the program itself (a build tree), or where an installation puts it. */
char *lab_guest_program(const struct lab_arch *arch, const char *name)
{
	const char *env = getenv("TASKLIFE_GUEST");
	char self[PATH_MAX] = "";
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash = n > 0 ? strrchr(self, '/') : NULL;

	if (slash)
		*slash = 0;
	char *const at[] = {env ? lab_path("%s/%s/%s", env, arch->name, name) : NULL,
			    lab_path("%s/guest/%s/%s", self, arch->name, name),
			    lab_path("%s/../lib/tasklife/guest/%s/%s", self, arch->name, name)};
	char *found = NULL;

	for (unsigned i = 0; i < ARRAY_SIZE(at); i++) {
		if (!found && at[i] && !access(at[i], X_OK))
			found = at[i];
		else
			free(at[i]);
	}
	return found;
}

struct tl_err *lab_recorder_find(const struct lab *lab, const struct lab_arch *arch, char **ret)
{
	*ret = lab_guest_program(arch, "tasklife");
	if (*ret)
		return NULL;
	return tl_err_hint(
		tl_err_new(TL_E_DENIED, N_("there is no recorder for %s guests here"), arch->name),
		N_("build it once in the source tree: lab/guest-build %s"), arch->name);
}
