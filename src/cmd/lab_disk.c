/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lab run with a disk: the study notes' machine, its console on this terminal or a shell over ssh.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"
#include "cmd/cmd.h"
#include "cmd/lab_verbs.h"
#include "lab/disk.h"

#define SSH_PORT 10021 /* the notes' */
#define GDB_PORT 1234  /* QEMU's -s */

static struct tl_err *check_usage(const struct lab_disk_run *r, int n)
{
	const char *suite = r->debootstrap;

	if (!r->disk && !suite)
		return tl_err_new(TL_E_USAGE,
				  N_("--ssh goes with --disk FILE or --debootstrap SUITE"), NULL);
	if (n && !r->ssh)
		return tl_err_hint(
			tl_err_new(TL_E_USAGE,
				   N_("a command in a guest that boots from a disk goes by ssh"),
				   NULL),
			N_("tasklife lab run --debootstrap bookworm --ssh -- ls -l"), NULL);
	if (suite && (!*suite || suite[strspn(suite, "abcdefghijklmnopqrstuvwxyz0123456789-")]))
		return tl_err_new(TL_E_USAGE, N_("'%s' is no name of a Debian suite"), suite);
	if (r->opts.smp < 1 || r->opts.smp > 64 || r->opts.mem_mb < 1 || r->opts.seconds < 0)
		return tl_err_new(TL_E_USAGE, N_("a guest cannot be that small or large"), NULL);
	return NULL;
}

/* The notes' ports. Somebody else's 1234 costs only the stub; 22 is what was asked for. */
static struct tl_err *plan_ports(const struct lab_disk_run *r, struct lab_opts *o)
{
	char *end = NULL;
	long port = r->ssh && *r->ssh ? strtol(r->ssh, &end, 10) : SSH_PORT;

	if ((end && *end) || port < 1 || port > 65535)
		return tl_err_new(TL_E_USAGE, N_("'%s' is no port"), r->ssh);
	o->ssh_port = lab_port_free(port) ? port : 0;
	o->gdb_port = lab_port_free(GDB_PORT) ? GDB_PORT : 0;
	if (r->ssh && !o->ssh_port)
		return tl_err_hint(tl_err_new(TL_E_DENIED,
					      N_("the port for ssh is taken on this machine"),
					      NULL),
				   N_("another one: --ssh=PORT"), NULL);
	return r->ssh ? lab_need("ssh", "openssh-client") : NULL;
}

/* The image's format is told by its first bytes, as QEMU itself would only do with a warning. */
static struct tl_err *look_at(const char *path, struct lab_opts *o)
{
	auto_close int fd = open(path, O_RDWR | O_CLOEXEC);
	char magic[4] = "";
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return tl_err_os(errno, N_("cannot use '%s' as a disk"), path, path);
	if (S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && st.st_size < 512) ||
	    read(fd, magic, sizeof(magic)) != sizeof(magic))
		return tl_err_new(TL_E_USAGE, N_("'%s' is no image of a disk"), path);
	o->disk_format = memcmp(magic, "QFI\xfb", sizeof(magic)) ? "raw" : "qcow2";
	return NULL;
}

static struct tl_err *get_disk(struct lab *lab, const struct lab_disk_run *r,
			       const struct lab_kernel *k, struct lab_image *img,
			       struct lab_opts *o, struct lab_disk *d)
{
	bool there, modules;

	try(lab_disk_drivers(img, &modules));
	try(lab_disk_find(lab, k, r->debootstrap ? r->debootstrap : "", r->disk, d, &there));
	if (r->debootstrap && !there)
		try(lab_disk_make(lab, k, img, r->debootstrap, d));
	try(look_at(d->path, o));
	o->disk = d->path;
	return NULL;
}

static struct tl_err *shell(struct lab *lab, struct lab_guest *g, const struct lab_opts *o,
			    const struct lab_disk *d, int n, char **words, int *ret_status)
{
	const char *key = access(d->key, R_OK) ? NULL : d->key;

	lab_note(lab, N_("waiting for ssh in the guest"), NULL, -1);
	struct tl_err *err = lab_ssh_wait(lab, g, o);
	lab_end_progress(lab);
	if (err)
		return err;
	try(lab_ssh_run(lab, g, o, key, n, words, ret_status));
	lab_note(lab, N_("the guest turns itself off"), NULL, -1);
	bool off = lab_ssh_poweroff(lab, g, o, key);
	lab_end_progress(lab);
	if (!off)
		say_note(
			N_("the guest did not turn itself off and was ended: %1$s may need a check"),
			d->path);
	return NULL;
}

static struct tl_err *live(struct lab *lab, const struct lab_disk_run *r, const struct lab_opts *o,
			   const struct lab_disk *d, struct lab_guest *g, int n, char **words,
			   int *ret_status)
{
	struct lab_result res = {.recording = -1};

	try(lab_guest_start(g));
	lab_end_progress(lab);
	if (o->gdb_port)
		say_note(N_("the guest's gdb stub: 127.0.0.1:%1$d"), (int)o->gdb_port);
	if (r->ssh)
		return shell(lab, g, o, d, n, words, ret_status);
	if (o->ssh_port)
		say_note(
			N_("ssh into the guest: ssh -p %1$d -i %2$s root@127.0.0.1; its console follows"),
			(int)o->ssh_port, d->key);
	return lab_guest_listen(g, lab, o, STDOUT_FILENO, &res);
}

static struct tl_err *boot(struct lab *lab, const struct lab_disk_run *r,
			   const struct lab_kernel *k, struct lab_image *img, struct lab_opts *o,
			   const struct lab_disk *d, int n, char **words, int *ret_status)
{
	struct lab_guest g;

	lab_guest_init(&g);
	struct tl_err *err = lab_disk_fill(&g, lab, k, img, o, d);
	if (!err)
		err = lab_guest_plan(&g, img, o);
	lab_end_progress(lab);
	if (!err && r->print_qemu)
		lab_print_words(g.argv);
	else if (!err)
		err = live(lab, r, o, d, &g, n, words, ret_status);
	lab_guest_fini(&g);
	return err;
}

int lab_run_disk(struct lab *lab, const struct lab_disk_run *r, int n, char **words)
{
	struct lab_opts o = r->opts;
	struct lab_image img = {};
	struct lab_disk d = {};
	struct lab_kernel k;
	int status = 0;
	struct tl_err *err = check_usage(r, n);

	if (!err)
		err = plan_ports(r, &o);
	if (!err)
		err = lab_choose(lab, r->kernel, &k, &img);
	if (!err) {
		o.arch = lab_arch_named(k.arch);
		o.console = !r->ssh;
		err = get_disk(lab, r, &k, &img, &o, &d);
	}
	if (!err) /* again: a disk is not made in a moment */
		err = plan_ports(r, &o);
	if (!err && o.console)
		o.seconds = 0; /* it is somebody's terminal */
	if (!err)
		err = boot(lab, r, &k, &img, &o, &d, n, words, &status);
	lab_end_progress(lab);
	lab_disk_fini(&d);
	lab_image_fini(&img);
	if (!err)
		return status;
	say_and_status(err);
	return LAB_STATUS_OURS;
}
