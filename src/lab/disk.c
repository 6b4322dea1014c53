/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk with Debian on it, made without root and for any CPU:
 *
 *	debootstrap --foreign	fetches, checks signatures, unpacks		here (fakeroot keeps owners)
 *	mke2fs -d		a file system of that directory			here
 *	--second-stage		the packages' own scripts			in a guest of that CPU (lab/init-disk)
 *
 * It is made beside and renamed when whole. The mirror and the proxy are those lab fetch uses.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/child.h"
#include "lab/disk.h"
#include "lab/files.h"
#include "lab/texts.h"

#define SIZE	     "4G" /* sparse: what is not used takes no room */
#define MAKE_MB	     1024
/* of emulation: minutes, and 40 of them on a machine with five times its load */
#define MAKE_SECONDS (4 * 3600)

/* A Debian that boots to a shell over the network; the rest is one apt install away. */
static const char packages[] = "systemd-sysv,udev,openssh-server,ifupdown,iproute2,procps,less";

void lab_disk_fini(struct lab_disk *d)
{
	free(d->path);
	free(d->key);
	free(d->log);
	*d = (struct lab_disk){};
}

struct tl_err *lab_disk_check(void)
{
	static const struct {
		const char *program, *package;
	} needs[] = {
		{"debootstrap", "debootstrap"},
		{"mke2fs", "e2fsprogs"},
		{"ssh-keygen", "openssh-client"},
		{"fakeroot", "fakeroot"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(needs); i++)
		if (strcmp(needs[i].program, "fakeroot") || getuid())
			try(lab_need(needs[i].program, needs[i].package));
	return NULL;
}

struct tl_err *lab_disk_find(const struct lab *lab, const struct lab_kernel *k, const char *suite,
			     const char *path, struct lab_disk *ret, bool *ret_there)
{
	*ret = (struct lab_disk){};
	ret->path = path ? strdup(path) : lab_path("%s/disk/%s-%s.img", lab->cache, suite, k->arch);
	ret->key = lab_path("%s/disk/key", lab->cache);
	ret->log = ret->path ? lab_path("%s.log", ret->path) : NULL;
	if (!ret->path || !ret->key || !ret->log)
		return &tl_enomem;
	*ret_there = !access(ret->path, F_OK);
	return NULL;
}

/* ---- here ---- */

struct hearing {
	const struct lab *lab;
	struct out all;
};

/* debootstrap's own words of what it does: "I: Extracting adduser..." */
static void hear(void *arg, const char *p, size_t n)
{
	struct hearing *h = arg;
	char line[80];

	out_mem(&h->all, p, n);
	const char *last = NULL, *text = out_text(&h->all);
	for (const char *at = text; (at = strstr(at, "I: ")); at++)
		last = at;
	if (!last || !strchr(last, '\n'))
		return;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(last + 3, "\n."), last + 3);
	lab_note(h->lab, N_("making the disk: %s"), line, -1);
}

static struct tl_err *run(const struct lab *lab, char *const argv[], const char *what,
			  const char *log)
{
	struct hearing h = {.lab = lab};
	struct lab_child c = {.argv = argv, .hear = hear, .hear_arg = &h};

	out_init(&h.all, -1);
	struct tl_err *err = lab_child_run(lab, &c);
	const char *text = out_text(&h.all);

	if (log && !err)
		err = lab_put_file(log, text, strlen(text));
	if (!err && c.status) {
		err = tl_err_new(TL_E_FAILED, N_("the disk could not be made: '%s' failed"), what);
		if (err != &tl_enomem)
			err->log = strdup(strlen(text) > 2000 ? text + strlen(text) - 2000 : text);
	}
	out_fini(&h.all);
	lab_child_fini(&c);
	return err;
}

static struct tl_err *make_key(const struct lab *lab, const char *path)
{
	char *argv[] = {(char *)"ssh-keygen", (char *)"-q", (char *)"-t", (char *)"ed25519",
			(char *)"-N",         (char *)"",   (char *)"-C", (char *)"tasklife lab",
			(char *)"-f",         (char *)path, NULL};

	return access(path, R_OK) ? run(lab, argv, argv[0], NULL) : NULL;
}

/*
 * One shell, so that one fakeroot remembers the owners of all files for mke2fs. Words come in as
 * arguments, never as text of the script.
 */
static const char first_half[] =
	"set -eu\n"
	"[ -z \"$1\" ] || export http_proxy=\"$1\"\n"
	"debootstrap --foreign --force-check-gpg --variant=minbase --arch=\"$2\" --include=\"$3\" --cache-dir=\"$4\" \"$5\" \"$6/root\" \"$7\"\n"
	"mke2fs -q -t ext4 -L tasklife -d \"$6/root\" \"$6/image\" \"$8\"\n";

static struct tl_err *begin(const struct lab *lab, const struct lab_kernel *k, const char *suite,
			    const char *dir, const char *log)
{
	auto_free char *mirror = NULL, *proxy = NULL,
		       *debs = lab_path("%s/disk/packages-%s", lab->cache, k->arch);

	if (!debs)
		return &tl_enomem;
	try(lab_apt_ways(lab, &mirror, &proxy));
	try(lab_mkdirs(debs));
	char *argv[] = {(char *)"fakeroot",
			(char *)"sh",
			(char *)"-c",
			(char *)first_half,
			(char *)"sh",
			proxy,
			(char *)k->arch,
			(char *)packages,
			debs,
			(char *)suite,
			(char *)dir,
			mirror,
			(char *)SIZE,
			NULL};
	return run(lab, getuid() ? argv : argv + 1, "debootstrap", log);
}

/* ---- in a guest ---- */

static struct tl_err *finish(const struct lab *lab, const struct lab_kernel *k,
			     struct lab_image *img, const struct lab_disk *d, const char *image)
{
	struct lab_opts o = {.arch = lab_arch_named(k->arch),
			     .smp = 2,
			     .mem_mb = MAKE_MB,
			     .seconds = MAKE_SECONDS,
			     .disk = image,
			     .disk_begun = true};
	auto_close int log = open(d->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	struct lab_result res = {.recording = -1};
	struct lab_guest g;

	lab_note(lab, N_("the disk's packages are set up in a guest; its log: %s"), d->log, -1);
	lab_guest_init(&g);
	struct tl_err *err = lab_disk_fill(&g, lab, k, img, &o, d);
	if (!err)
		err = lab_guest_plan(&g, img, &o);
	if (!err)
		err = lab_guest_start(&g);
	if (!err)
		err = lab_guest_listen(&g, lab, &o, log, &res);
	if (!err && res.status) {
		err = tl_err_new(TL_E_FAILED, N_("the disk could not be made: '%s' failed"),
				 "debootstrap --second-stage");
		if (err != &tl_enomem)
			err->path = strdup(d->log);
	}
	lab_guest_fini(&g);
	return err;
}

static struct tl_err *make_in(const struct lab *lab, const struct lab_kernel *k,
			      struct lab_image *img, const char *suite, struct lab_disk *d,
			      const char *dir)
{
	auto_free char *image = lab_path("%s/image", dir), *root = lab_path("%s/root", dir);

	if (!image || !root)
		return &tl_enomem;
	try(make_key(lab, d->key));
	try(begin(lab, k, suite, dir, d->log));
	lab_remove_tree(root);
	d->suite = suite;
	struct tl_err *err = finish(lab, k, img, d, image);
	d->suite = NULL;
	if (!err && rename(image, d->path))
		err = tl_err_os(errno, N_("cannot write the disk"), NULL, d->path);
	return err;
}

struct tl_err *lab_disk_make(const struct lab *lab, const struct lab_kernel *k,
			     struct lab_image *img, const char *suite, struct lab_disk *d)
{
	auto_free char *keys = lab_path("%s/disk", lab->cache),
		       *dir = lab_path("%s.new-%d", d->path, (int)getpid());

	if (!keys || !dir)
		return &tl_enomem;
	try(lab_disk_check());
	try(lab_mkdirs(keys));
	struct tl_err *err =
		mkdir(dir, 0700) ? tl_err_os(errno, N_("cannot write the disk"), NULL, dir) : NULL;
	if (!err)
		err = make_in(lab, k, img, suite, d, dir);
	lab_remove_tree(dir);
	return err;
}

/* ---- what boots it ---- */

static struct tl_err *put_conf(struct lab_cpio *c, const struct lab_guest *g,
			       const struct lab_disk *d)
{
	auto_free char *pub = d->suite ? lab_path("%s.pub", d->key) : NULL, *key = NULL;

	if (d->suite && (!pub || io_read_file(pub, 4096, &key) < 0))
		return tl_err_os(errno, N_("cannot read the key for ssh"), NULL, pub);
	auto_free char *text = lab_path("MARK=@@tasklife-%s SUITE='%s' KEY='%.*s'\n", g->nonce,
					d->suite ? d->suite : "",
					key ? (int)strcspn(key, "'\n") : 0, key ? key : "");
	return text ? lab_cpio_file(c, "lab/conf", 0644, text, strlen(text)) : &tl_enomem;
}

static struct tl_err *pack(struct lab_cpio *c, const struct lab *lab, const struct lab_guest *g,
			   const struct lab_image *img, const struct lab_opts *o,
			   const struct lab_disk *d, bool modules)
{
	try(lab_put_base(c, lab, o->arch, lab_text_init_disk));
	if (modules)
		try(lab_put_modules(c, img, "disk"));
	try(put_conf(c, g, d));
	lab_cpio_end(c);
	return NULL;
}

struct tl_err *lab_disk_fill(struct lab_guest *g, const struct lab *lab, const struct lab_kernel *k,
			     struct lab_image *img, const struct lab_opts *o,
			     const struct lab_disk *d)
{
	struct lab_cpio c;
	struct out out;
	bool modules;

	try(lab_disk_drivers(img, &modules));
	if (modules)
		try(lab_image_modules(lab, k, img));
	g->initrd = memfd_create("tasklife-initrd", 0);
	if (g->initrd < 0)
		return tl_err_os(errno, N_("no memory for the guest's file system"), NULL, NULL);
	out_init(&out, g->initrd);
	lab_cpio_init(&c, &out);
	struct tl_err *err = pack(&c, lab, g, img, o, d, modules);
	out_flush(&out);
	if (!err && out.os)
		err = tl_err_os(out.os, N_("no memory for the guest's file system"), NULL, NULL);
	lab_cpio_fini(&c);
	out_fini(&out);
	return err;
}
