/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What comes over a guest's console. Lines that begin with the mark are /init's, the rest is the
 * kernel's (before the command began) or the command's own, which is passed on as it comes: only
 * what may still become a mark, and the newline before it, wait for the next byte.
 *
 *	BOOT --boot--> RUN --end--> AFTER --file--> FILE --endfile--> AFTER --done--> OVER
 *
 * The recording comes by disk (a memfd that the guest sees as an NVMe drive), or as base64 of gzip
 * between marks. Either way it is checked: its CRC and length were announced, and gzip has its own.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include "base/guard.h"
#include "base/io.h"
#include "lab/files.h"

#define TAIL_MOST   4096
#define LINE_MOST   1024
#define POWEROFF_S  15 /* from "done" to the end of QEMU */

enum state { BOOT, RUN, AFTER, TAKING, OVER };

struct ear {
	struct lab_guest *g;
	struct lab_result *r;
	const struct lab *told; /* that it boots; NULL: nobody */
	int say_fd;
	enum state state;
	char mark[48];
	size_t mark_n;
	char line[LINE_MOST]; /* of which nothing was passed on yet */
	size_t n;
	bool held_newline, passing; /* passing: this line is no mark */
	uint64_t announced;
	uint32_t bits; /* of base64 */
	unsigned n_bits;
	z_stream z;
	bool z_open, z_end, damaged, shared;
	uint32_t crc; /* as announced */
};

void lab_guest_heard(struct lab_guest *g, const char *p, size_t n)
{
	struct out *t = &g->tail;

	for (size_t i = 0; i < n; i++)
		if (p[i] != '\r') /* the kernel ends its lines with both */
			out_char(t, p[i]);
	if (t->n > 2 * TAIL_MOST) {
		memmove(t->buf, t->buf + t->n - TAIL_MOST, TAIL_MOST);
		t->n = TAIL_MOST;
	}
}

static void pass(struct ear *e, const char *p, size_t n)
{
	lab_guest_heard(e->g, p, n);
	if (e->state == RUN && e->say_fd >= 0 && n)
		io_write_all(e->say_fd, p, n); /* nobody reads any more: the command runs on */
}

/* ---- the recording ---- */

static void inflate_byte(struct ear *e, unsigned char byte)
{
	unsigned char buf[16384];

	if (e->z_end || !e->z_open)
		return;
	e->z.next_in = &byte;
	e->z.avail_in = 1;
	do {
		e->z.next_out = buf;
		e->z.avail_out = sizeof(buf);
		int r = inflate(&e->z, Z_NO_FLUSH);
		size_t n = sizeof(buf) - e->z.avail_out;

		if (n && io_write_all(e->r->recording, buf, n))
			e->damaged = true;
		e->r->bytes += n;
		e->z_end = r == Z_STREAM_END;
		if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
			e->damaged = true;
	} while (!e->z.avail_out && !e->damaged);
}

static int base64_value(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? at - digits : -1;
}

static void take_base64(struct ear *e, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int v = base64_value(p[i]);

		if (v < 0)
			continue; /* padding, and what a terminal adds */
		e->bits = e->bits << 6 | v;
		e->n_bits += 6;
		if (e->n_bits >= 8) {
			e->n_bits -= 8;
			inflate_byte(e, e->bits >> e->n_bits);
		}
	}
}

static void begin_file(struct ear *e, const char *size)
{
	e->announced = strtoull(size, NULL, 10);
	e->r->recording = memfd_create("tasklife-recording", MFD_CLOEXEC);
	e->z_open = inflateInit2(&e->z, 15 + 16) == Z_OK;
	if (e->r->recording < 0 || !e->z_open)
		e->damaged = true;
	e->state = TAKING;
}

static void end_file(struct ear *e)
{
	if (!e->z_end || e->r->bytes != e->announced)
		e->damaged = true;
	e->state = AFTER;
}

static bool crc_is(int fd, uint64_t size, uint32_t want)
{
	unsigned char buf[65536];
	uLong crc = crc32(0, NULL, 0);

	while (size) {
		ssize_t n = read(fd, buf, size < sizeof(buf) ? size : sizeof(buf));

		if (n <= 0)
			return false;
		crc = crc32(crc, buf, n);
		size -= n;
	}
	return crc == want;
}

/* QEMU is gone, the memory is ours: cut to its size it is the recording. */
static void take_shared(struct ear *e)
{
	int fd = e->g->shared;

	if (fd < 0 || lseek(fd, 0, SEEK_SET) || !crc_is(fd, e->announced, e->crc) ||
	    ftruncate(fd, e->announced)) {
		e->damaged = true;
		return;
	}
	e->r->recording = take_fd(&e->g->shared);
	e->r->bytes = e->announced;
}

/* ---- lines ---- */

static void take_mark(struct ear *e, char *what)
{
	char word[16] = "", arg[32] = "", arg2[32] = "";

	sscanf(what, "%15s %31s %31s", word, arg, arg2);
	if (!strcmp(word, "boot") && e->state == BOOT) {
		e->r->boot_s = atof(arg);
		e->state = RUN;
		if (e->told)
			lab_note(e->told, NULL, NULL, -1);
	} else if (!strcmp(word, "end") && e->state == RUN) {
		e->r->ended = true;
		e->r->status = atoi(arg) & 255;
		e->state = AFTER;
	} else if (!strcmp(word, "shared") && e->state == AFTER) {
		e->announced = strtoull(arg, NULL, 10);
		e->crc = strtoul(arg2, NULL, 16);
		e->shared = true;
	} else if (!strcmp(word, "file") && e->state == AFTER) {
		begin_file(e, arg);
	} else if (!strcmp(word, "endfile") && e->state == TAKING) {
		end_file(e);
	} else if (!strcmp(word, "done")) {
		e->state = OVER;
	}
}

/* The held bytes turned out to be no mark. */
static void release(struct ear *e)
{
	if (e->held_newline)
		pass(e, "\n", 1);
	pass(e, e->line, e->n);
	e->held_newline = false;
	e->n = 0;
	e->passing = true;
}

static void end_line(struct ear *e)
{
	bool mark = !e->passing && e->n > e->mark_n && !strncmp(e->line, e->mark, e->mark_n);

	if (mark) {
		e->line[e->n] = 0;
		e->held_newline = false; /* it was /init's */
		take_mark(e, e->line + e->mark_n);
	} else if (e->state == TAKING) {
		take_base64(e, e->line, e->n);
	} else {
		if (!e->passing)
			release(e);
		e->held_newline = true;
	}
	e->n = 0;
	e->passing = false;
}

static void take_byte(struct ear *e, char c)
{
	if (c == '\n') {
		end_line(e);
		return;
	}
	if (e->passing && e->state != TAKING) {
		pass(e, &c, 1);
		return;
	}
	e->line[e->n++] = c;
	if (e->state == TAKING) {
		if (e->n == sizeof(e->line) - 1) { /* base64 lines are 76 long */
			e->damaged = true;
			e->n = 0;
		}
		return;
	}
	size_t cmp = e->n < e->mark_n ? e->n : e->mark_n;
	if (strncmp(e->line, e->mark, cmp) || e->n == sizeof(e->line) - 1)
		release(e);
}

/* Long runs of the command's own bytes go out in one piece. */
static void take_bytes(struct ear *e, const char *p, size_t n)
{
	while (n) {
		const char *nl = memchr(p, '\n', n);
		size_t run = nl ? (size_t)(nl - p) : n;

		if (run && e->passing && e->state != TAKING) {
			pass(e, p, run);
		} else {
			run = 1;
			take_byte(e, *p);
		}
		p += run;
		n -= run;
	}
}

/* ---- until it is over ---- */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static struct tl_err *with_tail(struct tl_err *err, struct ear *e)
{
	if (err != &tl_enomem && e->g->tail.n) {
		const char *t = out_text(&e->g->tail);

		err->log = strdup(strlen(t) > TAIL_MOST ? t + strlen(t) - TAIL_MOST : t);
	}
	return err;
}

static struct tl_err *too_late(struct ear *e, const struct lab_opts *o)
{
	char seconds[24];

	snprintf(seconds, sizeof(seconds), "%lld", (long long)o->seconds);
	return with_tail(
		tl_err_hint(tl_err_new(TL_E_FAILED,
				       N_("the guest was not done within %s seconds and was ended"),
				       seconds),
			    N_("give it more: --timeout SECONDS"), NULL),
		e);
}

static struct tl_err *broke_off(struct ear *e)
{
	const char *t = out_text(&e->g->tail);

	if (strstr(t, "Kernel panic")) {
		e->r->panicked_booting = e->state == BOOT;
		return with_tail(tl_err_new(TL_E_FAILED, N_("the guest's kernel panicked"), NULL),
				 e);
	}
	return with_tail(tl_err_new(TL_E_FAILED, N_("the guest ended before it was done"), NULL),
			 e);
}

static struct tl_err *attend(struct ear *e, const struct lab *lab, const struct lab_opts *o)
{
	double start = now(), over = 0;
	char buf[65536];

	for (;;) {
		struct pollfd fd = {e->g->from, POLLIN, 0};

		if (lab_stopped(lab))
			return tl_err_new(TL_E_FAILED, N_("stopped while the guest was running"),
					  NULL);
		if (o->seconds && now() - start > o->seconds)
			return too_late(e, o);
		if (over && now() - over > POWEROFF_S)
			return NULL; /* all is here; it only does not turn itself off */
		if (poll(&fd, 1, 100) <= 0)
			continue;
		ssize_t n = read(e->g->from, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return e->state == OVER || o->console ? NULL : broke_off(e);
		take_bytes(e, buf, n);
		if (e->state == OVER && !over)
			over = now();
	}
}

static void reap(struct lab_guest *g)
{
	kill(g->pid, SIGKILL); /* its console is closed: it has ended, or is to */
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
	g->pid = 0;
}

struct tl_err *lab_guest_listen(struct lab_guest *g, const struct lab *lab,
				const struct lab_opts *o, int say_fd, struct lab_result *ret)
{
	struct ear e = {.g = g, .r = ret, .say_fd = say_fd, .state = o->console ? RUN : BOOT};
	double start = now();
	struct tl_err *err;

	*ret = (struct lab_result){.recording = -1};
	if (say_fd >= 0 && !o->console && !o->disk_begun) {
		e.told = lab;
		lab_note(lab, N_("booting %s"), g->release, LAB_SOON_OVER);
	}
	e.mark_n = snprintf(e.mark, sizeof(e.mark), "@@tasklife-%s ", g->nonce);
	err = attend(&e, lab, o);
	reap(g);
	if (e.z_open)
		inflateEnd(&e.z);
	if (!err && e.shared)
		take_shared(&e);
	ret->wall_s = now() - start;
	if (!err && e.damaged)
		err = tl_err_new(TL_E_INPUT,
				 N_("the recording did not come out of the guest whole"), NULL);
	if (ret->recording >= 0)
		lseek(ret->recording, 0, SEEK_SET);
	return err;
}
