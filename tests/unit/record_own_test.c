/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages of our own: what was put is on them, in order, whatever its length and the time between. No
 * root needed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/io.h"
#include "read/page.h"
#include "record/own.h"

#if __SIZEOF_LONG__ == 8
#define LONG   "8"
#define BEHIND "16"
#else
#define LONG   "4"
#define BEHIND "12"
#endif
static const char format[] =
	"name: print\nID: 5\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:unsigned long ip;\toffset:8;\tsize:" LONG ";\tsigned:0;\n"
	"\tfield:char buf[];\toffset:" BEHIND
	";\tsize:0;\tsigned:0;\n\nprint fmt: \"%s\", REC->buf\n";

struct made {
	char dir[64];
	struct pump_limit limit;
	struct pumps pumps;
	struct own own;
};

/* A directory like tracefs with the form of a mark. */
static void make(struct made *m, const char *text)
{
	static const char *const below[] = {"events", "events/ftrace", "events/ftrace/print"};
	char path[128];
	FILE *f;

	*m = (struct made){.dir = "/tmp/tl-own-XXXXXX"};
	assert_non_null(mkdtemp(m->dir));
	for (size_t i = 0; i < ARRAY_SIZE(below); i++) {
		snprintf(path, sizeof(path), "%s/%s", m->dir, below[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	strcat(path, "/format");
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void unmake(struct made *m)
{
	static const char *const all[] = {"events/ftrace/print/format", "events/ftrace/print",
					  "events/ftrace", "events", ""};
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		snprintf(path, sizeof(path), "%s/%s", m->dir, all[i]);
		remove(path);
	}
	own_fini(&m->own);
	pumps_fini(&m->pumps);
}

/* The i-th mark: 0 to 990 bytes; a moment, a second or a day behind the one before. */
static size_t text_of(unsigned i, char *ret)
{
	size_t n = (size_t)i * 37 % 990;

	memset(ret, 'a' + (int)(i % 26), n);
	return n;
}

static uint64_t gap_of(unsigned i)
{
	return i % 50 == 49 ? 86400ull * 1000000000 : i % 10 == 9 ? 1000000000 : i % 3 * 100;
}

enum { MARKS = 3000 };

static void look_at(const struct page_event *ev, unsigned i, uint64_t t)
{
	char want[1000];
	size_t n = text_of(i, want), at = 8 + sizeof(long);
	int32_t pid;

	memcpy(&pid, ev->p + 4, 4);
	assert_int_equal(ev->t, t);
	assert_int_equal(page_u16(ev->p, false), 5);
	assert_int_equal(pid, 1000 + i);
	assert_true(ev->n >= at + n + 2);
	assert_memory_equal(ev->p + at, want, n);
	assert_memory_equal(ev->p + at + n, "\n", 2);
}

/* However much of it may wait in memory. */
static void marks_with(uint64_t in_memory)
{
	const struct page_form form = {.big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
				       .long_size = sizeof(long)};
	struct page_event ev;
	struct made m;
	struct page pg;
	char text[1000], *page;
	uint64_t t = 5000, first;
	unsigned seen = 0;
	struct pump *p;

	make(&m, format);
	m.limit.in_memory = in_memory;
	assert_null(own_open(m.dir, &m.limit, &m.pumps, &m.own));
	for (unsigned i = 0; i < MARKS; i++)
		assert_true(own_put(&m.own, 0, t += gap_of(i), (tl_pid)(1000 + i), text,
				    text_of(i, text)));
	assert_true(own_put(&m.own, 0, 1, 0, "", 0)); /* time does not go back */
	own_flush(&m.own);
	p = &m.pumps.v[0];
	assert_int_equal(p->written, MARKS + 1);
	assert_int_equal(p->read - p->left_out, MARKS + 1);
	assert_int_equal(p->in_memory, p->pages * p->page <= in_memory);
	page = malloc(p->page);
	t = 5000;
	for (uint64_t k = 0; k < p->pages; k++) {
		assert_int_equal(pread(p->file, page, p->page, (off_t)(k * p->page)), p->page);
		assert_true(page_load(&pg, page, p->page, p->page, &form));
		assert_true(pump_page_time(p, k, &first) && first >= t);
		for (; page_next(&pg, &ev) == PAGE_EVENT; seen++)
			if (seen < MARKS)
				look_at(&ev, seen, t += gap_of(seen));
		assert_int_equal(pg.pos, pg.end);
	}
	assert_int_equal(seen, MARKS + 1);
	assert_int_equal(ev.t, t);
	assert_int_equal(atomic_load(&m.limit.taken), p->pages * p->page);
	free(page);
	unmake(&m);
}

static void test_marks(void **state)
{
	static const uint64_t in_memory[] = {0, 1, 200000, 64 << 20};

	for (size_t i = 0; i < ARRAY_SIZE(in_memory); i++)
		marks_with(in_memory[i]);
}

/* Before this page so many were lost; what it can say of that. */
static uint64_t lose_before(struct pump *p, uint64_t n, uint64_t missed)
{
	const size_t head = 8 + sizeof(long);
	char *page = malloc(p->page);
	long commit, told = (long)missed;

	assert_int_equal(pread(p->file, page, p->page, (off_t)(n * p->page)), p->page);
	memcpy(&commit, page + 8, sizeof(commit));
	if (p->page - head - (size_t)commit < sizeof(told))
		missed = UINT64_MAX;
	else
		memcpy(page + head + commit, &told, sizeof(told));
	commit |= missed == UINT64_MAX ? INT32_MIN : INT32_MIN | 1 << 30;
	memcpy(page + 8, &commit, sizeof(commit));
	assert_int_equal(pwrite(p->file, page, p->page, (off_t)(n * p->page)), p->page);
	free(page);
	return missed;
}

/* Where a disk is full all CPUs end at one moment, also within a page. */
static void test_end(void **state)
{
	const struct page_form form = {.big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
				       .long_size = sizeof(long)};
	uint64_t t = 5000, end = 0, begin = 0, seen = 0, before = 0, missed = 0;
	struct page_event ev = {};
	struct made m;
	struct page pg;
	struct pump *p;
	char text[1000], *page;

	make(&m, format);
	assert_null(own_open(m.dir, &m.limit, &m.pumps, &m.own));
	for (unsigned i = 0; i < MARKS; i++) {
		assert_true(own_put(&m.own, 0, t += gap_of(i), (tl_pid)(1000 + i), text,
				    text_of(i, text)));
		end = i == MARKS / 2 + 1 ? t : end; /* later than the one before */
		before += !end;
	}
	own_flush(&m.own);
	p = &m.pumps.v[0];
	for (uint64_t n = p->pages; n-- > 1;)
		if (pump_page_time(p, n, &begin) && begin < end) {
			missed = lose_before(p, n, 41);
			pump_keep(p, n + 1, end);
			break;
		}
	page = malloc(p->page);
	for (uint64_t k = 0; k < p->pages; k++) {
		assert_int_equal(pread(p->file, page, p->page, (off_t)(k * p->page)), p->page);
		assert_true(page_load(&pg, page, p->page, p->page, &form));
		for (; page_next(&pg, &ev) == PAGE_EVENT; seen++)
			assert_true(ev.t < end);
		assert_int_equal(pg.pos, pg.end);
		assert_int_equal(pg.missed, k == p->pages - 1 ? missed : 0);
	}
	assert_int_equal(seen, before);
	assert_int_equal(p->read - p->left_out, before);
	free(page);
	unmake(&m);
}

/* A pump has descriptors of its own; what it wrote is read by others, also when memory had no more
 * room for it. */
static void *fills(void *arg)
{
	struct pump *p = arg;
	char *page = malloc(p->page);

	unshare(CLONE_FILES);
	for (int i = 0; i < 8 && !p->os; i++) {
		memset(page, 'a' + i, p->page);
		if (io_write_all(p->file, page, p->page))
			p->os = errno;
		p->pages++;
		atomic_fetch_add(&p->limit->taken, p->page);
		if (!pump_settle(p))
			p->os = errno;
	}
	free(page);
	return NULL;
}

static void test_own_descriptors(void **state)
{
	struct pump_limit limit = {};
	struct pumps pumps;
	struct pump *p;
	pthread_t thread;
	char *page;

	assert_true(pumps_init(&pumps, eventfd(0, EFD_CLOEXEC), &limit));
	p = &pumps.v[0];
	limit.in_memory = 3 * p->page;
	assert_true(pump_place(p));
	assert_int_equal(pump_thread(&thread, fills, p), 0);
	pthread_join(thread, NULL);
	assert_int_equal(p->os, 0);
	assert_false(p->in_memory);
	page = malloc(p->page);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pread(p->file, page, p->page, (off_t)(i * p->page)), p->page);
		assert_int_equal(page[0], 'a' + i);
		assert_memory_equal(page, page + 1, p->page - 1);
	}
	free(page);
	pumps_fini(&pumps);
}

/* What finds no room is counted; the limit says so. */
static void test_full(void **state)
{
	char text[900] = "x";
	struct made m;
	struct pump *p;

	if (access("/dev/full", W_OK))
		skip();
	make(&m, format);
	assert_null(own_open(m.dir, &m.limit, &m.pumps, &m.own));
	p = &m.pumps.v[0];
	p->file = open("/dev/full", O_RDWR);
	for (unsigned i = 0; i < 100; i++)
		own_put(&m.own, 0, i, 1, text, sizeof(text));
	own_flush(&m.own);
	assert_int_equal(p->written, 100);
	assert_int_equal(p->left_out, 100);
	assert_int_equal(p->pages, 0);
	assert_int_equal(atomic_load(&m.limit.full), ENOSPC);
	pump_count(p->stats, p);
	assert_int_equal(p->lost, 100);
	assert_int_equal(p->read, 0);
	unmake(&m);
}

static void test_limit(void **state)
{
	struct made m;

	make(&m, format);
	m.limit.most = 100;
	assert_null(own_open(m.dir, &m.limit, &m.pumps, &m.own));
	own_put(&m.own, 0, 1, 1, "x", 1);
	own_put(&m.own, -1, 1, 1, "x", 1); /* a CPU that is not there */
	own_put(&m.own, 1 << 20, 1, 1, "x", 1);
	own_flush(&m.own);
	assert_int_equal(m.pumps.v[0].pages, 1);
	assert_int_equal(m.pumps.v[0].written, 3);
	assert_int_equal(atomic_load(&m.limit.full), EFBIG);
	unmake(&m);
}

/* A kernel whose marks look otherwise: nothing is guessed. */
static void test_form(void **state)
{
	static const char *const other[] = {
		"name: print\nID: 5\n", "",
		"name: print\nID: 5\nformat:\n\tfield:unsigned long ip;\toffset:8;\tsize:3;\tsigned:0;\n"
		"\tfield:char buf[];\toffset:16;\tsize:0;\tsigned:0;\n"};

	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		struct made m;

		make(&m, other[i]);
		tl_err_free(own_open(m.dir, &m.limit, &m.pumps, &m.own));
		assert_false(m.own.on);
		own_flush(&m.own);
		unmake(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),           cmocka_unit_test(test_end),
		cmocka_unit_test(test_own_descriptors), cmocka_unit_test(test_full),
		cmocka_unit_test(test_limit),           cmocka_unit_test(test_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
