/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A stock kernel has its disk and network drivers as modules, and what some cases of the zoo need.
 * Those of lab/modules.list are taken from its package into the cache, kernel/ID/modules: NAME.ko,
 * plain; "order", in which each stands, with its group, behind those it depends on, as the modules
 * themselves say ("depends=" in .modinfo); and "list", what was asked for. No depmod, no modprobe:
 * a guest only has to load them in that order.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/libarchive.h"
#include "lab/files.h"
#include "lab/texts.h"

#define MODULE_MOST  (8u << 20)
#define MODULES_MOST 64
#define NAME_MOST    48

struct module {
	char name[NAME_MOST]; /* with _ for - as the kernel has it */
	char needs[256];      /* "a,b" */
	bool placed;
};

struct modules {
	const char *dir, *release;
	bool other_release; /* the package is not that of the kernel in the cache */
	struct module m[MODULES_MOST];
	unsigned n;
};

/* One word of the list: the module `name` of `group`. */
struct listed {
	const char *at, *group, *name;
	size_t group_n, n;
};

/* "GROUP NAME NAME...", # begins a line of words for people. False at the end. */
static bool listed_next(struct listed *l)
{
	while (*l->at) {
		const char *word = l->at;
		bool first = word == lab_text_modules || word[-1] == '\n';
		size_t n = strcspn(word, first && *word == '#' ? "\n" : " \n");

		l->at += n + (word[n] != 0);
		if (first) {
			l->group = word;
			l->group_n = n;
		} else if (n) {
			l->name = word;
			l->n = n;
			return true;
		}
	}
	return false;
}

static bool is_listed(const char *name)
{
	struct listed l = {.at = lab_text_modules};

	while (listed_next(&l))
		if (l.n == strlen(name) && !strncmp(l.name, name, l.n))
			return true;
	return false;
}

bool lab_modules_known(const char *group)
{
	struct listed l = {.at = lab_text_modules};

	while (listed_next(&l))
		if (l.group_n == strlen(group) && !strncmp(l.group, group, l.group_n))
			return true;
	return false;
}

/* "[usr/]lib/modules/REL/kernel/drivers/scsi/sd_mod.ko[.xz]" */
static char *want_module(void *arg, const char *name)
{
	struct modules *s = arg;
	char release[96];
	const char *base = strrchr(name, '/'), *dot = base ? strstr(base, ".ko") : NULL;
	struct module *m = &s->m[s->n];

	if (!dot ||
	    sscanf(name + (strncmp(name, "usr/", 4) ? 0 : 4), "lib/modules/%95[^/]/", release) != 1)
		return NULL;
	if (s->n == MODULES_MOST || dot - base > NAME_MOST)
		return NULL;
	snprintf(m->name, sizeof(m->name), "%.*s", (int)(dot - base - 1), base + 1);
	for (char *p = m->name; *p; p++)
		*p = *p == '-' ? '_' : *p;
	if (!is_listed(m->name))
		return NULL;
	s->other_release |= strcmp(release, s->release) != 0;
	return lab_path("%s/%s.ko", s->dir, s->m[s->n++].name);
}

static struct tl_err *no_module(const char *path, const char *name)
{
	struct tl_err *err =
		tl_err_new(TL_E_INPUT, N_("the kernel's module '%s' cannot be read"), name);

	if (err != &tl_enomem)
		err->path = strdup(path);
	return err;
}

/* A module as it was packed, compressed or not, in memory. */
static ssize_t read_packed(const struct archive_calls *la, const char *path, char *bytes)
{
	struct archive *a = la->archive_read_new();
	struct archive_entry *e;
	ssize_t n = -1, got;

	if (!a)
		return -1;
	la->archive_read_support_filter_all(a);
	la->archive_read_support_format_raw(a);
	if (la->archive_read_open_filename(a, path, 65536) == ARCHIVE_OK &&
	    la->archive_read_next_header(a, &e) == ARCHIVE_OK)
		for (n = 0; (got = la->archive_read_data(a, bytes + n, MODULE_MOST - n)) > 0;)
			n += got;
	la->archive_read_free(a);
	return n > 0 && n < MODULE_MOST ? n : -1;
}

/* Unpacked in place, and asked whom it depends on. */
static struct tl_err *unpack_module(const struct archive_calls *la, const struct modules *s,
				    struct module *m, char *bytes)
{
	static const char key[] = "\0depends=";
	auto_free char *path = lab_path("%s/%s.ko", s->dir, m->name);
	ssize_t n = path ? read_packed(la, path, bytes) : -1;

	if (!path)
		return &tl_enomem;
	if (n < 0)
		return no_module(path, m->name);
	const char *at = memmem(bytes, n, key, sizeof(key) - 1);
	size_t left = at ? bytes + n - at - (sizeof(key) - 1) : 0,
	       len = at ? strnlen(at + sizeof(key) - 1, left) : 0;
	if (!at || len == left || len >= sizeof(m->needs))
		return no_module(path, m->name);
	memcpy(m->needs, at + sizeof(key) - 1, len);
	return lab_put_file(path, bytes, n);
}

/* ---- the order ---- */

static struct module *module_named(struct modules *s, const char *name, size_t n)
{
	for (unsigned i = 0; i < s->n; i++) {
		const char *a = s->m[i].name;
		size_t k = 0;

		while (k < n && (a[k] == name[k] || (a[k] == '_' && name[k] == '-')))
			k++;
		if (k == n && !a[n])
			return &s->m[i];
	}
	return NULL;
}

static struct tl_err *place(struct modules *s, struct module *m, const struct listed *l,
			    struct out *order)
{
	if (m->placed)
		return NULL;
	m->placed = true; /* first: no circle of modules is without its end here */
	for (const char *w = m->needs; *w;) {
		size_t n = strcspn(w, ",");
		struct module *other = module_named(s, w, n);

		if (!other)
			return tl_err_new(TL_E_FAILED,
					  N_("lab/modules.list lacks what module '%s' depends on"),
					  m->name);
		try(place(s, other, l, order));
		w += n + (w[n] == ',');
	}
	out_fmt(order, "%.*s %s\n", (int)l->group_n, l->group, m->name);
	return NULL;
}

static bool same_group(const struct listed *a, const struct listed *b)
{
	return a->group_n == b->group_n && !strncmp(a->group, b->group, a->group_n);
}

/* The list's order, so that what nobody names as needed (crc32c for ext4) still comes first; each
 * group for itself. */
static struct tl_err *place_all(struct modules *s, struct out *order)
{
	struct listed l = {.at = lab_text_modules}, last = {};

	for (; listed_next(&l); last = l) {
		struct module *m = module_named(s, l.name, l.n);

		for (unsigned i = 0; i < s->n && !same_group(&l, &last); i++)
			s->m[i].placed = false;
		if (m)
			try(place(s, m, &l, order));
	}
	return NULL;
}

static struct tl_err *write_order(struct modules *s)
{
	auto_free char *path = lab_path("%s/order", s->dir), *list = lab_path("%s/list", s->dir);
	struct out order;

	if (!path || !list)
		return &tl_enomem;
	out_init(&order, -1);
	struct tl_err *err = place_all(s, &order);
	if (!err)
		err = lab_put_file(path, out_text(&order), order.n);
	out_fini(&order);
	return err ? err : lab_put_file(list, lab_text_modules, strlen(lab_text_modules));
}

/* ---- from the package ---- */

static struct tl_err *unpack(const struct lab *lab, const struct lab_kernel *k, struct modules *s)
{
	auto_free char *deb = NULL, *bytes = malloc(MODULE_MOST);
	struct archive_calls la;
	unsigned n, last = 0;

	while (last + 1 < LAB_PACKAGES && k->package[last + 1][0])
		last++;
	if (!bytes)
		return &tl_enomem;
	try(lab_apt_get(lab, k->suite, k->arch, k->package[last], &deb));
	lab_note(lab, N_("unpacking %s"), strrchr(deb, '/') ? strrchr(deb, '/') + 1 : deb, -1);
	struct tl_err *err = lab_deb_unpack(deb, want_module, s, &n);
	unlink(deb);
	try(err);
	err = archive_load(&la);
	for (unsigned i = 0; i < s->n && !err && !s->other_release; i++)
		err = unpack_module(&la, s, &s->m[i], bytes);
	archive_unload(&la);
	if (!err && !s->other_release)
		err = write_order(s);
	return err;
}

static struct tl_err *get(const struct lab *lab, const struct lab_kernel *k, struct lab_image *img,
			  bool *ret_other)
{
	auto_free char *dir = lab_path("%s/modules", img->dir),
		       *fresh = lab_path("%s/modules.new-%d", img->dir, (int)getpid());
	auto_free struct modules *s = calloc(1, sizeof(*s));
	struct tl_err *err = dir && fresh && s ? lab_mkdirs(fresh) : &tl_enomem;

	if (err)
		return err;
	s->dir = fresh;
	s->release = img->release;
	err = unpack(lab, k, s);
	*ret_other = s->other_release;
	if (!err && !s->other_release) {
		lab_remove_tree(dir);
		if (rename(fresh, dir))
			err = lab_not_written(errno, dir);
	}
	lab_remove_tree(fresh);
	return err;
}

/* Made by this program's list, whole. */
static bool is_there(const struct lab_image *img)
{
	auto_free char *path = lab_path("%s/modules/list", img->dir), *list = NULL;

	return path && io_read_file(path, 1 << 16, &list) >= 0 && !strcmp(list, lab_text_modules);
}

struct tl_err *lab_image_modules(const struct lab *lab, const struct lab_kernel *k,
				 struct lab_image *img)
{
	bool other = false;

	for (int i = 0; i < 2; i++) {
		if (is_there(img))
			return NULL;
		if (other) { /* the archive has gone on: kernel and modules must be of one build */
			lab_image_fini(img);
			try(lab_image_fetch(lab, k, true, img));
		}
		try(get(lab, k, img, &other));
	}
	return is_there(img) ? NULL
			     : tl_err_new(TL_E_INPUT,
					  N_("the packages of '%s' hold no modules of this kernel"),
					  k->id);
}

/* ---- into a guest ---- */

static struct tl_err *put_module(struct lab_cpio *c, const struct lab_image *img, const char *name)
{
	auto_free char *path = lab_path("%s/modules/%s.ko", img->dir, name),
		       *as = lab_path("lab/modules/%s.ko", name), *bytes = NULL;
	ssize_t n = path && as ? io_read_file(path, MODULE_MOST, &bytes) : -1;

	return n < 0 ? tl_err_os(errno, N_("cannot take '%s' along"), name, path)
		     : lab_cpio_file(c, as, 0644, bytes, n);
}

struct tl_err *lab_put_modules(struct lab_cpio *c, const struct lab_image *img, const char *group)
{
	auto_free char *path = lab_path("%s/modules/order", img->dir), *text = NULL;
	struct tl_err *err = NULL;
	char *save = NULL;
	struct out order;

	if (!path || io_read_file(path, 1 << 16, &text) < 0)
		return tl_err_os(errno, N_("cannot take '%s' along"), "order", path);
	out_init(&order, -1);
	for (char *line = strtok_r(text, "\n", &save); line && !err;
	     line = strtok_r(NULL, "\n", &save)) {
		char *name = strchr(line, ' ');

		if (!name || strncmp(line, group, name - line) || group[name - line])
			continue;
		out_fmt(&order, "%s\n", name + 1);
		err = put_module(c, img, name + 1);
	}
	if (!err)
		err = lab_cpio_file(c, "lab/modules/order", 0644, out_text(&order), order.n);
	out_fini(&order);
	return err;
}
