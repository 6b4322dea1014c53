/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages are moved by splice(2) without being looked at. The kernel splices full pages only, so the
 * last, partly filled one of each CPU is taken by read(2) when tracing is off.
 *
 * Each pump opens its pipe in a descriptor table of its own. A child that inherited it would close
 * it at its exec, and tracefs takes any close as a reader's goodbye: it wakes the pumps from inside
 * the child, which then has switches in its trace that are of our making (tracing_buffers_flush()
 * in kernel/trace/trace.c). What the main thread reads later is opened before, in the table of all.
 *
 * Pages wait in memory first: a disk's file takes 1.4 times the CPU time (ext4), and most
 * recordings are small. When all pumps together have taken too much for that, each moves to a
 * nameless file of its own.
 *
 * A pump wakes when its buffer is half full (buffer_percent, 50 in a new instance) or ten times a
 * second.
 *
 * Invariants, asked by tests/live:
 *  1. written = read + lost, for each CPU.
 *  2. A file is a whole number of pages.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <time.h>
#include "base/guard.h"
#include "base/io.h"
#include "read/page.h"
#include "record/pump.h"
#include "tracefs/diagnose.h"

#define PIPE_BYTES (1 << 20)
#define TICK_MS	   100

/* ---- what finds no room ---- */

static void is_full(struct pump *p, int os)
{
	int none = 0;

	atomic_compare_exchange_strong(&p->limit->full, &none, os);
}

static uint64_t events_on(const char *bytes, size_t size)
{
	const struct page_form form = {.big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
				       .long_size = sizeof(long)};
	struct page_event ev;
	struct page pg;
	uint64_t n = 0;

	if (page_load(&pg, bytes, size, size, &form))
		while (page_next(&pg, &ev) == PAGE_EVENT)
			n++;
	return n;
}

static bool page_at(const struct pump *p, uint64_t i, char *ret)
{
	return TEMP_FAILURE_RETRY(pread(p->file, ret, p->page, (off_t)(i * p->page))) ==
	       (ssize_t)p->page;
}

/* What a page says of a loss before it, as flags of its size; the number goes to `behind`, where
 * its events end (kernel/trace/ring_buffer.c). */
static long tell_missed(uint64_t missed, char *behind)
{
	const int events = INT32_MIN, stored = 1 << 30;
	long n = (long)missed;

	if (!missed || missed == UINT64_MAX)
		return missed ? events : 0;
	memcpy(behind, &n, sizeof(n));
	return events | stored;
}

/* A page's events from `end` on; the loss it tells of was before it, and stays told: where an event
 * was, there is room for its number. */
static uint64_t cut_page(char *bytes, size_t size, uint64_t end)
{
	const struct page_form form = {.big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
				       .long_size = sizeof(long)};
	const size_t head = 8 + sizeof(long);
	struct page_event ev;
	uint64_t left_out = 0;
	long commit = 0;
	struct page pg;

	if (!page_load(&pg, bytes, size, size, &form))
		return 0;
	while (page_next(&pg, &ev) == PAGE_EVENT)
		if (ev.t < end)
			commit = (long)pg.pos;
		else
			left_out++;
	if (!left_out)
		return 0;
	memset(bytes + head + commit, 0, size - head - (size_t)commit);
	commit |= tell_missed(pg.missed, bytes + head + commit);
	memcpy(bytes + 8, &commit, sizeof(commit));
	return left_out;
}

void pump_keep(struct pump *p, uint64_t n, uint64_t end)
{
	auto_free char *page = malloc(p->page);
	uint64_t cut;

	for (uint64_t i = n; page && i < p->pages; i++)
		if (page_at(p, i, page))
			p->left_out += events_on(page, p->page);
	if (n < p->pages)
		p->pages = n;
	if (!n || !page || !page_at(p, n - 1, page))
		return;
	cut = cut_page(page, p->page, end);
	if (cut && pwrite(p->file, page, p->page, (off_t)((n - 1) * p->page)) == (ssize_t)p->page)
		p->left_out += cut;
}

bool pump_page_time(const struct pump *p, uint64_t i, uint64_t *ret)
{
	return pread(p->file, ret, sizeof(*ret), (off_t)(i * p->page)) == sizeof(*ret);
}

/* ---- where pages go ---- */

bool pump_place(struct pump *p)
{
	p->disk = io_nameless_file();
	if (p->disk < 0)
		p->disk = -errno;
	p->file = p->limit->in_memory ? memfd_create("tasklife", MFD_CLOEXEC) : -1;
	p->in_memory = p->file >= 0;
	if (p->in_memory)
		return true;
	errno = p->disk < 0 ? -p->disk : 0;
	p->file = take_fd(&p->disk);
	return p->file >= 0;
}

static bool copy_pages(const struct pump *p, int to)
{
	off_t at = 0, end = (off_t)(p->pages * p->page);

	while (at < end) {
		ssize_t n = sendfile(to, p->file, &at, (size_t)(end - at));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
	}
	return true;
}

/* Where there is no room on the disk either it stays in memory, and that is its end. */
bool pump_settle(struct pump *p)
{
	int memory = p->file;

	if (!p->in_memory || atomic_load(&p->limit->taken) <= p->limit->in_memory)
		return true;
	if (p->disk < 0)
		errno = -p->disk;
	if (p->disk < 0 || !copy_pages(p, p->disk))
		return false;
	p->file = p->disk;
	p->disk = memory; /* closed at the end, by who opened it; what it held is given back now */
	p->in_memory = false;
	return !ftruncate(memory, 0);
}

/* ---- moving pages ---- */

/* As much as there is room for; what was read. */
static size_t push(struct pump *p, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t put = splice(p->pipe[0], NULL, p->file, NULL, n - done, SPLICE_F_MOVE);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			break;
		done += (size_t)put;
	}
	return done;
}

/* The kernel has given n bytes, of which the file took `done`: pages that are not whole in it are
 * only counted. */
static void leave_out(struct pump *p, size_t done, size_t n)
{
	auto_free char *page = malloc(p->page);
	size_t part = done % p->page;

	if (!page ||
	    (part && pread(p->file, page, part, (off_t)(p->pages * p->page)) != (ssize_t)part))
		return;
	for (done -= part; done < n; done += p->page, part = 0) {
		for (ssize_t got; part < p->page; part += (size_t)got) {
			got = TEMP_FAILURE_RETRY(read(p->pipe[0], page + part, p->page - part));
			if (got <= 0)
				return;
		}
		p->left_out += events_on(page, p->page);
	}
}

static bool keep(struct pump *p, size_t n)
{
	size_t done = push(p, n);
	int os = errno;

	p->pages += done / p->page;
	if (done < n) {
		leave_out(p, done, n);
		is_full(p, os);
		errno = os;
		return false;
	}
	if (atomic_fetch_add(&p->limit->taken, n) + n > p->limit->most && p->limit->most)
		is_full(p, EFBIG);
	if (pump_settle(p))
		return true;
	os = errno;
	is_full(p, os);
	errno = os;
	return false;
}

/* As many full pages as there are; -1 with errno. */
static ssize_t move_full_pages(struct pump *p)
{
	ssize_t all = 0, n;

	for (;;) {
		n = splice(p->raw, NULL, p->pipe[1], NULL, PIPE_BYTES,
			   SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return -1;
		if (n <= 0)
			return all;
		if (!keep(p, (size_t)n))
			return -1;
		all += n;
	}
}

/* Tracing is off: what is left, page by page, the last one partly filled. */
static int drain(struct pump *p)
{
	auto_free char *page = calloc(1, p->page);

	if (!page)
		return -1;
	for (;;) {
		ssize_t n = read(p->raw, page, p->page);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return -1;
		if (n <= 0)
			return 0;
		memset(page + n, 0, p->page - (size_t)n);
		if (io_write_all(p->file, page, p->page)) {
			p->left_out += events_on(page, p->page);
			return -1;
		}
		p->pages++;
	}
}

static bool told_to_stop(struct pump *p)
{
	struct pollfd fd[] = {{.fd = p->stop, .events = POLLIN}, {.fd = p->raw, .events = POLLIN}};

	poll(fd, ARRAY_SIZE(fd), TICK_MS);
	return fd[0].revents;
}

/* Where no own table is to be had, the shared one does as well. */
static bool open_own(struct pump *p)
{
	bool good;

	unshare(CLONE_FILES);
	p->raw = open(p->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	good = p->raw >= 0 && !pipe2(p->pipe, O_CLOEXEC);
	p->os = good ? 0 : errno;
	if (good)
		fcntl(p->pipe[1], F_SETPIPE_SZ, PIPE_BYTES); /* fewer system calls; not needed */
	sem_post(p->ready);
	return good;
}

static void pump_loop(struct pump *p)
{
	bool stop;

	do {
		ssize_t n;

		stop = told_to_stop(p);
		n = move_full_pages(p);
		if (n < 0) {
			p->os = errno;
			return;
		}
		if (!n && !stop) /* half full of one page that is not full: no spinning on it */
			nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
	} while (!stop);
	if (drain(p))
		p->os = errno;
}

static void *pump_run(void *arg)
{
	struct pump *p = arg;

	if (open_own(p))
		pump_loop(p);
	guard_close(&p->raw);
	guard_close(&p->pipe[0]);
	guard_close(&p->pipe[1]);
	return NULL;
}

int pump_thread(pthread_t *ret, void *(*run)(void *), void *arg)
{
	sigset_t all, was;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	rc = pthread_create(ret, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return rc;
}

/* ---- files ---- */

static struct tl_err *no_room(int os)
{
	struct tl_err *err = tl_err_os(os, N_("cannot keep what is recorded"), NULL, NULL);

	return os == ENOSPC
		       ? tl_err_hint(
				 err,
				 N_("until it is written it waits in $TMPDIR, /var/tmp or /tmp: let TMPDIR name a place with more room"),
				 NULL)
		       : err;
}

static struct tl_err *start_thread(struct tfs_instance *inst, struct pump *p)
{
	sem_t ready;

	sem_init(&ready, 0, 0);
	p->ready = &ready;
	if (pump_thread(&p->thread, pump_run, p))
		return no_room(EAGAIN);
	p->running = true;
	while (sem_wait(&ready) && errno == EINTR)
		;
	sem_destroy(&ready);
	return p->os ? tfs_diagnose(inst, TFS_OP_PIPE, p->os, NULL, p->path) : NULL;
}

static struct tl_err *open_one(struct tfs_instance *inst, struct pump *p)
{
	p->path = tfs_path(inst->dir, "per_cpu/cpu%d/trace_pipe_raw", p->cpu);
	if (!p->path)
		return &tl_enomem;
	if (access(p->path, F_OK))
		return NULL; /* no such CPU */
	if (!pump_place(p))
		return no_room(errno);
	return start_thread(inst, p);
}

bool pumps_init(struct pumps *p, int stop, struct pump_limit *limit)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);

	*p = (struct pumps){.stop = stop, .page = (size_t)sysconf(_SC_PAGESIZE)};
	p->v = n > 0 ? calloc((size_t)n, sizeof(*p->v)) : NULL;
	if (!p->v)
		return false;
	p->n = (unsigned)n;
	for (unsigned i = 0; i < p->n; i++)
		p->v[i] = (struct pump){.cpu = (int)i,
					.raw = -1,
					.pipe = {-1, -1},
					.file = -1,
					.disk = -1,
					.stop = stop,
					.page = p->page,
					.limit = limit};
	return true;
}

struct tl_err *pumps_start(struct tfs_instance *inst, struct pump_limit *limit, struct pumps *ret)
{
	int stop = eventfd(0, EFD_CLOEXEC), os = errno;
	bool room = pumps_init(ret, stop, limit);

	if (stop < 0)
		return no_room(os);
	if (!room)
		return &tl_enomem;
	for (unsigned i = 0; i < ret->n; i++)
		try(open_one(inst, &ret->v[i]));
	return NULL;
}

/* ---- the end ---- */

static uint64_t number_of(const char *stats, const char *key)
{
	size_t n = strlen(key);

	for (const char *at = stats; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL)
		if (!strncmp(at, key, n) && at[n] == ':')
			return strtoull(at + n + 1, NULL, 10);
	return 0;
}

/*
 * kernel/trace/ring_buffer.c: `entries` is what is still in the buffer, so all that was ever
 * written is entries + overrun + read. Dropped and commit-overrun events were never written.
 */
void pump_count(const char *stats, struct pump *ret)
{
	uint64_t left = number_of(stats, "entries"), overrun = number_of(stats, "overrun");
	uint64_t never = number_of(stats, "dropped events") + number_of(stats, "commit overrun");

	ret->read = number_of(stats, "read events");
	ret->lost = left + overrun + never;
	ret->written = ret->read + left + overrun + never;
}

static void join(struct pump *p)
{
	if (p->running)
		pthread_join(p->thread, NULL);
	p->running = false;
}

static void stop_all(struct pumps *p)
{
	if (p->v && eventfd_write(p->stop, 1))
		return;
	for (unsigned i = 0; i < p->n; i++)
		join(&p->v[i]);
}

struct tl_err *pumps_stop(struct pumps *p, struct tfs_instance *inst)
{
	struct tl_err *err = NULL;

	stop_all(p);
	for (unsigned i = 0; i < p->n; i++) {
		auto_free char *path = tfs_path(inst->dir, "per_cpu/cpu%u/stats", i), *text = NULL;

		if (path && !tfs_read(path, &text)) {
			pump_count(text, &p->v[i]);
			p->v[i].stats = take(text);
		}
		if (p->v[i].os && !err)
			err = no_room(p->v[i].os);
	}
	return err;
}

/* ---- a flight recorder's last seconds ---- */

/* A page begins with the time of its first record (kernel/trace/ring_buffer.c, struct
 * buffer_data_page), so all of a page is older than the beginning of the next. */
static uint64_t pages_older(const struct pump *p, uint64_t before)
{
	uint64_t n = 0, t;

	while (n + 1 < p->pages && pump_page_time(p, n + 1, &t) && t < before)
		n++;
	return n;
}

static bool shift(struct pump *p, uint64_t by)
{
	auto_free char *page = malloc(p->page);

	for (uint64_t i = by; page && i < p->pages; i++)
		if (!page_at(p, i, page) ||
		    pwrite(p->file, page, p->page, (off_t)((i - by) * p->page)) != (ssize_t)p->page)
			return false;
	return page;
}

void pumps_forget(struct pumps *p, uint64_t before)
{
	for (unsigned i = 0; i < p->n; i++) {
		uint64_t older = p->v[i].file >= 0 ? pages_older(&p->v[i], before) : 0;

		if (older && shift(&p->v[i], older))
			p->v[i].pages -= older;
	}
}

void pumps_fini(struct pumps *p)
{
	stop_all(p);
	for (unsigned i = 0; i < p->n; i++) {
		guard_close(&p->v[i].file);
		guard_close(&p->v[i].disk);
		free(p->v[i].path);
		free(p->v[i].stats);
	}
	free(p->v);
	if (p->v)
		close(p->stop);
	*p = (struct pumps){.stop = -1};
}
