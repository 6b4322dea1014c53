/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a reader needs besides the pages: the kernel's own formats of everything that was on, the
 * symbols for the stacks, names of tasks. Taken from the running kernel, handed to dat_write.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include "base/arena.h"
#include "base/guard.h"
#include "base/io.h"
#include "base/vec.h"
#include "record/dat_write.h"
#include "record/fit.h"
#include "record/inside.h"

#define TEXT_MOST (256u << 20)

/* Everything handed to dat_write lives here for the time of the call. */
struct pack {
	struct arena mem;
	VEC(struct tl_str) ftrace;
	VEC(struct dat_system) systems;
	VEC(struct tl_str) formats; /* of all systems, one after the other */
	struct dat_buffer buffer[ALL_BUFFERS];
};

static void pack_fini(struct pack *p)
{
	for (int b = 0; b < ALL_BUFFERS; b++)
		free((void *)p->buffer[b].cpu);
	vec_fini(&p->ftrace);
	vec_fini(&p->systems);
	vec_fini(&p->formats);
	arena_fini(&p->mem);
}

/* ---- files into memory ---- */

/* An absent or refused file is an empty text: the recording is still one. */
static struct tl_str text_of(struct pack *p, const char *path)
{
	auto_free char *text = NULL;
	ssize_t n = path ? io_read_file(path, TEXT_MOST, &text) : -1;
	const char *kept = n > 0 ? arena_strdup(&p->mem, text, (size_t)n) : NULL;

	return (struct tl_str){kept, kept ? (size_t)n : 0};
}

static struct tl_str text_in(struct pack *p, const char *dir, const char *name)
{
	auto_free char *path = tfs_path(dir, "%s", name);

	return text_of(p, path);
}

/* ---- formats ---- */

static bool add_ftrace(struct pack *p, const char *tracefs)
{
	auto_free char *dir = tfs_path(tracefs, "events/ftrace");
	DIR *dp = dir ? opendir(dir) : NULL;
	struct dirent *d;
	bool ok = dir != NULL;

	while (dp && (d = readdir(dp))) {
		auto_free char *path =
			d->d_name[0] != '.' ? tfs_path(dir, "%s/format", d->d_name) : NULL;
		struct tl_str text = text_of(p, path), *slot;

		if (!text.n)
			continue;
		slot = vec_push(&p->ftrace);
		if (!slot) {
			ok = false;
			break;
		}
		*slot = text;
	}
	if (dp)
		closedir(dp);
	return ok;
}

static struct dat_system *system_named(struct pack *p, const char *name)
{
	struct dat_system *new;

	vec_each(s, &p->systems)
		if (!strcmp(s->name, name))
			return s;
	new = vec_push(&p->systems);
	if (new)
		new->name = name;
	return new;
}

static bool add_formats_of(struct pack *p, const struct tl_recorder *rec, struct dat_system *sys)
{
	for (unsigned i = 0; i < TL_EVENTS; i++) {
		const struct tl_event_row *row = tl_event_row_of((enum tl_event_id)i);
		auto_free char *path = NULL;
		struct tl_str *slot;

		if (!rec->enabled[i] || strcmp(row->system, sys->name))
			continue;
		slot = vec_push(&p->formats);
		if (!slot)
			return false;
		path = tfs_path(rec->tracefs, "events/%s/%s/format", row->system, row->name);
		*slot = text_of(p, path);
		sys->n++;
	}
	return true;
}

/* The table is not sorted by system: systems first, then each one's formats; pointers when nothing
 * moves any more. */
static bool add_systems(struct pack *p, const struct tl_recorder *rec)
{
	size_t at = 0;

	for (unsigned i = 0; i < TL_EVENTS; i++)
		if (rec->enabled[i] &&
		    !system_named(p, tl_event_row_of((enum tl_event_id)i)->system))
			return false;
	vec_each(sys, &p->systems)
		if (!add_formats_of(p, rec, sys))
			return false;
	vec_each(sys, &p->systems) {
		sys->format = p->formats.v + at;
		at += sys->n;
	}
	return true;
}

/* ---- pages ---- */

static bool add_buffer(struct pack *p, const struct tl_recorder *rec, unsigned b, const char *name)
{
	const struct pumps *from = &rec->pumps[b];
	struct dat_pages *cpu = calloc(from->n ? from->n : 1, sizeof(*cpu));

	if (!cpu)
		return false;
	for (unsigned i = 0; i < from->n; i++) {
		const struct pump *pump = &from->v[i];
		const char *stats = pump->stats ? pump->stats : "";

		cpu[i] = (struct dat_pages){.cpu = pump->cpu,
					    .fd = pump->file,
					    .n = pump->pages * pump->page,
					    .stats = {stats, strlen(stats)}};
	}
	p->buffer[b] = (struct dat_buffer){.name = name,
					   .clock = rec->report.clock,
					   .page_size = (uint32_t)from->page,
					   .cpu = cpu,
					   .n_cpus = from->n};
	return true;
}

/* Some of a pump's pages were left out. */
static void renew_pages(struct dat_buffer *b, const struct pumps *from)
{
	for (unsigned i = 0; i < b->n_cpus; i++)
		((struct dat_pages *)b->cpu)[i].n = from->v[i].pages * from->page;
}

static const char *uname_text(struct pack *p)
{
	struct utsname u;
	char text[sizeof(u)];

	uname(&u);
	snprintf(text, sizeof(text), "%s %s %s %s", u.sysname, u.nodename, u.release, u.machine);
	return arena_strdup(&p->mem, text, strlen(text));
}

static uint64_t random_id(void)
{
	uint64_t id = 0;

	if (getrandom(&id, sizeof(id), GRND_NONBLOCK) != sizeof(id))
		id = (uint64_t)getpid();
	return id;
}

static struct tl_str own_names(struct pack *p, const struct tl_recorder *rec)
{
	size_t n;
	auto_free char *text = names_text(&rec->names, &n);
	const char *kept = text ? arena_strdup(&p->mem, text, n) : NULL;

	return (struct tl_str){kept, kept ? n : 0};
}

static struct tl_err *fill(struct pack *p, struct tl_recorder *rec, struct dat_file *ret)
{
	if (!add_ftrace(p, rec->tracefs) || !add_systems(p, rec) ||
	    !add_buffer(p, rec, LIVES, "lives") || !add_buffer(p, rec, FAMILY, "family") ||
	    (rec->pumps[FACTS].n && !add_buffer(p, rec, FACTS, "facts")))
		return &tl_enomem;
	*ret = (struct dat_file){
		.page_size = (uint32_t)sysconf(_SC_PAGESIZE),
		.long_size = sizeof(long),
		.header_page = text_in(p, rec->tracefs, "events/header_page"),
		.header_event = text_in(p, rec->tracefs, "events/header_event"),
		.ftrace = p->ftrace.v,
		.n_ftrace = (unsigned)p->ftrace.n,
		.system = p->systems.v,
		.n_systems = (unsigned)p->systems.n,
		.printk = text_in(p, rec->tracefs, "printk_formats"),
		.cmdlines = rec->own_names ? own_names(p, rec)
					   : text_in(p, rec->tracefs, "saved_cmdlines"),
		.clock = rec->report.clock,
		.uname = uname_text(p),
		.version = "tasklife " TL_VERSION,
		.trace_id = random_id(),
		.cpus = rec->pumps[LIVES].n,
		.buffer = p->buffer,
		.n_buffers = rec->pumps[FACTS].n ? ALL_BUFFERS : BUFFERS,
	};
	if (rec->report.mode != TL_MODE_EVENTS)
		ret->kallsyms = symbols_get(&rec->symbols);
	return NULL;
}

/* On a full disk again and again, with less and less (fit.c). */
static struct tl_err *write_what_fits(struct tl_recorder *rec, struct pack *p, struct dat_file *f,
				      int fd)
{
	off_t begin = lseek(fd, 0, SEEK_CUR);
	struct dat_sizes size;
	struct tl_err *err = dat_write(f, fd, NULL, &size), *full = NULL;

	while (record_fit(rec, f, err, &size, fd, begin)) {
		if (!full)
			full = err;
		else
			tl_err_free(err);
		for (int b = 0; b < ALL_BUFFERS; b++)
			renew_pages(&p->buffer[b], &rec->pumps[b]);
		err = dat_write(f, fd, NULL, &size);
	}
	if (!full || err) {
		tl_err_free(full);
		return err;
	}
	return record_fitted(rec, f, full);
}

struct tl_err *tl_recorder_write(struct tl_recorder *rec, int fd, const struct tl_rec_file *as)
{
	auto_fini(pack) struct pack p = {};
	struct dat_file f;

	arena_init(&p.mem);
	try(fill(&p, rec, &f));
	f.format = as->format;
	f.pack = as->pack;
	return write_what_fits(rec, &p, &f, fd);
}
