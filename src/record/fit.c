/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A disk that is full when the recording is written: what was recorded first is kept, as much as
 * fits, so that the file is a whole trace.dat that ends earlier. All CPUs end at one moment, and
 * what is left out counts as lost.
 *
 * Where not even the formats fit beside the symbols, the symbols go; where nothing helps, the file
 * stays cut off.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/vec.h"
#include "record/fit.h"

static bool is_full(const struct tl_err *err)
{
	return err && err != &tl_enomem &&
	       (err->os == ENOSPC || err->os == EDQUOT || err->os == EFBIG);
}

/* How many bytes could be written; -1: not a file of ours to begin again. */
static int64_t room_in(int fd, off_t begin)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || begin < 0 || (fcntl(fd, F_GETFL) & O_APPEND))
		return -1;
	return lseek(fd, 0, SEEK_CUR) - begin;
}

/* ---- the end of the recording ---- */

struct times {
	VEC(uint64_t) t; /* when each page begins */
};

static void times_fini(struct times *times)
{
	vec_fini(&times->t);
}

static bool take_times(struct times *times, const struct pumps *pumps)
{
	for (unsigned i = 0; i < pumps->n; i++)
		for (uint64_t k = 0; k < pumps->v[i].pages; k++) {
			uint64_t *slot = vec_push(&times->t);

			if (!slot || !pump_page_time(&pumps->v[i], k, slot))
				return false;
		}
	return true;
}

static int by_time(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void end_at(struct pumps *pumps, uint64_t end)
{
	for (unsigned i = 0; i < pumps->n; i++) {
		uint64_t n = 0, t;

		while (n < pumps->v[i].pages && pump_page_time(&pumps->v[i], n, &t) && t < end)
			n++;
		pump_keep(&pumps->v[i], n, end);
	}
}

/* Keep `share` of all pages, the earliest ones. False: there is nothing to leave out. */
static bool cut(struct tl_recorder *rec, double share)
{
	auto_fini(times) struct times times = {};
	size_t n;

	for (int b = 0; b < ALL_BUFFERS; b++)
		if (!take_times(&times, &rec->pumps[b]))
			return false;
	if (!times.t.n)
		return false;
	vec_sort(&times.t, by_time);
	n = (size_t)((double)times.t.n * share);
	for (int b = 0; b < ALL_BUFFERS; b++)
		end_at(&rec->pumps[b], times.t.v[n < times.t.n ? n : times.t.n - 1]);
	record_count(rec);
	return true;
}

/* ---- what to leave out ---- */

/* A little more than must be: packed pages are not all of one size. */
#define SPARE 0.95

static bool leave_out(struct tl_recorder *rec, struct dat_file *f, const struct dat_sizes *size,
		      uint64_t room)
{
	uint64_t fixed = size->all - size->pages;

	if (!size->all) { /* it was the packing that found no room */
		f->pack = false;
		return true;
	}
	if (room > fixed)
		return cut(rec, (double)(room - fixed) / (double)size->pages * SPARE);
	if (!f->kallsyms.n)
		return false;
	f->kallsyms.n = 0;
	return true;
}

bool record_fit(struct tl_recorder *rec, struct dat_file *f, const struct tl_err *err,
		const struct dat_sizes *size, int fd, off_t begin)
{
	int64_t room = is_full(err) ? room_in(fd, begin) : -1;

	return room >= 0 && leave_out(rec, f, size, (uint64_t)room) && !ftruncate(fd, begin) &&
	       lseek(fd, begin, SEEK_SET) == begin;
}

struct tl_err *record_fitted(const struct tl_recorder *rec, const struct dat_file *f,
			     struct tl_err *err)
{
	const struct tl_rec_report *r = &rec->report;
	char events[48];

	snprintf(events, sizeof(events), "%llu/%llu", (unsigned long long)r->read,
		 (unsigned long long)r->written);
	err = tl_err_hint(err, N_("the file can be read: it holds the first of the events, %s"),
			  events);
	return f->kallsyms.n || r->mode == TL_MODE_EVENTS
		       ? err
		       : tl_err_hint(err, N_("there was no room for the symbols"), NULL);
}
