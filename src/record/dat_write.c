/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A recording as trace.dat, of version 6 or 7, packed or open.
 *
 * Packed (dat_pack.c), sizes are known only afterwards: bodies of sections are packed in the
 * rehearsal and kept, and pages before it, in files of their own. Strings and options lie open:
 * trace-cmd, too, leaves options alone.
 */
#include <errno.h>
#include "base/guard.h"
#include "record/dat_parts.h"

static struct dat_sizes sizes_of(const struct dat *d)
{
	struct dat_sizes size = {.all = d->at};

	for (unsigned b = 0; b < d->f->n_buffers; b++)
		for (unsigned i = 0; i < d->f->buffer[b].n_cpus; i++)
			size.pages += d->f->buffer[b].cpu[i].n;
	return size;
}

static struct tl_err *write_it(const struct dat_file *f, int fd, const char *path,
			       struct dat_sizes *ret)
{
	void (*put)(struct dat *) = f->format == 6 ? dat6_put : dat7_put;
	struct dat d = {.f = f, .rehearsal = true};

	put(&d);
	*ret = sizes_of(&d);
	d.rehearsal = false;
	if (!d.err) {
		out_init(&d.out, fd);
		put(&d);
		out_flush(&d.out);
		if (d.out.os && !d.err)
			d.err = tl_err_os(d.out.os, N_("cannot write the recording"), NULL, path);
		out_fini(&d.out);
	}
	for (size_t i = 0; i < ARRAY_SIZE(d.packed); i++)
		free(d.packed[i].p);
	return d.err;
}

/* The same recording with packed pages, which wait in files of their own. */
struct repack {
	struct dat_buffer buffer[BUFFERS_MAX];
	struct dat_pages *cpu[BUFFERS_MAX];
	unsigned n; /* buffers done */
};

static void repack_fini(struct repack *r)
{
	for (unsigned b = 0; b < BUFFERS_MAX; b++) {
		for (unsigned i = 0; r->cpu[b] && i < r->buffer[b].n_cpus; i++)
			if (r->cpu[b][i].n)
				close(r->cpu[b][i].fd);
		free(r->cpu[b]);
	}
}

/* What cannot be packed is left out; the first reason is the error, and the rest is written. */
static struct tl_err *repack(struct repack *r, const struct dat_file *f)
{
	struct tl_err *first = NULL, *err;

	for (unsigned b = 0; b < f->n_buffers; b++) {
		const struct dat_buffer *from = &f->buffer[b];

		r->cpu[b] = calloc(from->n_cpus + 1, sizeof(*r->cpu[b]));
		if (!r->cpu[b])
			return first ? first : &tl_enomem;
		r->buffer[b] = *from;
		r->buffer[b].cpu = r->cpu[b];
		for (unsigned i = 0; i < from->n_cpus; i++) {
			err = dat_pack_pages(&from->cpu[i], from->page_size, &r->cpu[b][i]);
			if (!first)
				first = err;
			else
				tl_err_free(err);
		}
		r->n = b + 1;
	}
	return first;
}

static struct tl_err *write_packed(const struct dat_file *f, int fd, const char *path,
				   struct dat_sizes *ret)
{
	auto_fini(repack) struct repack r = {};
	struct dat_file packed = *f;
	struct tl_err *err = repack(&r, f), *more;

	if (r.n < f->n_buffers || (err && err->os == ENOSPC))
		return err;
	packed.buffer = r.buffer;
	more = write_it(&packed, fd, path, ret);
	if (!err)
		return more;
	tl_err_free(more);
	return err;
}

struct tl_err *dat_write(const struct dat_file *f, int fd, const char *path, struct dat_sizes *ret)
{
	struct dat_sizes none;

	if (!ret)
		ret = &none;
	*ret = (struct dat_sizes){};
	if (f->n_buffers > BUFFERS_MAX)
		return tl_err_new(TL_E_FAILED, N_("a recording cannot hold so many buffers"), NULL);
	return f->pack && f->format != 6 ? write_packed(f, fd, path, ret)
					 : write_it(f, fd, path, ret);
}
