/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Damaged recordings: everything before and behind the damage is read, the hole is blind, and no
 * bytes at all make the reader crash, hang or grow.
 */
#include "dat_make.h"

struct bytes {
	uint8_t *p;
	size_t n;
};

static struct bytes load(const char *name)
{
	const char *root = getenv("TL_SOURCE_ROOT");
	struct bytes b = {};
	struct stat st;
	char path[512];
	int fd;

	if (!root)
		skip();
	snprintf(path, sizeof(path), "%s/tests/data/%s", root, name);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	b.n = (size_t)st.st_size;
	b.p = malloc(b.n);
	assert_int_equal(read(fd, b.p, b.n), st.st_size);
	close(fd);
	return b;
}

/* Every record with its text; how many there were, -1 when it was refused. */
static long read_all(const void *p, size_t n, uint64_t *ret_blind)
{
	struct tl_source *src = made_source(p, n);
	struct tl_record rec;
	long count = 0;

	if (!src)
		return -1;
	while (tl_source_next(src, &rec) == 1) {
		struct tl_str s = tl_record_text(src, &rec);

		assert_true(s.n < 1 << 20);
		count++;
		assert_true(count < 100000);
	}
	if (ret_blind)
		*ret_blind = tl_source_info(src)->n_blind;
	tl_source_close(src);
	return count;
}

static uint32_t rnd(uint32_t *s)
{
	*s = *s * 1664525 + 1013904223;
	return *s >> 8;
}

static const char *const files[] = {"two-buffers.dat", "two-buffers.zstd.dat",
				    "two-buffers.v6.dat"};

static void cut_anywhere(void **state)
{
	for (size_t i = 0; i < 3; i++) {
		struct bytes b = load(files[i]);
		long most = 0;

		for (size_t n = 0; n <= b.n; n += n < 200 ? 1 : 211) {
			long got = read_all(b.p, n, NULL);

			assert_true(got <= 80);
			most = got > most ? got : most;
		}
		assert_true(most > 50);
		free(b.p);
	}
}

/* Ours has its options in front: whatever pages are there are read. */
static void a_cut_recording_of_ours(void **state)
{
	struct bytes b = load("two-buffers.dat");
	uint64_t blind;

	assert_int_equal(read_all(b.p, b.n, NULL), 72);
	assert_in_range(read_all(b.p, b.n - 4096, &blind), 40, 71);
	assert_in_range(read_all(b.p, b.n - 3 * 4096, &blind), 10, 50);
	free(b.p);
}

static void flipped_bytes(void **state)
{
	uint32_t seed = 12345;

	for (size_t i = 0; i < 3; i++) {
		struct bytes b = load(files[i]);
		uint8_t *copy = malloc(b.n);

		for (unsigned round = 0; round < 400; round++) {
			unsigned n = 1 + rnd(&seed) % 8;
			/* the head, the options and the pages are a small part of the file: aim at
			 * them */
			size_t span = round % 4 == 0 ? 2048 : b.n;
			size_t base = round % 4 == 1 && b.n > 16384 ? b.n - 16384 : 0;

			memcpy(copy, b.p, b.n);
			while (n--)
				copy[base + rnd(&seed) % (span - base < b.n - base ? span - base
										   : b.n - base)] =
					rnd(&seed) % 3 ? (uint8_t)rnd(&seed) : 0xff;
			read_all(copy, b.n, NULL);
		}
		free(copy);
		free(b.p);
	}
}

struct made {
	uint8_t b[5 * PAGE];
	struct dat_pages pages;
	struct dat_buffer buffer;
};

/* Five pages of two events each, at 10 20 | 110 120 | ... */
static void make(struct made *m)
{
	struct made_page pg;

	for (unsigned i = 0; i < 5; i++) {
		made_begin(&pg, i * 100);
		made_add_free(&pg, i * 100 + 10, 500);
		made_add_free(&pg, i * 100 + 20, 501);
		memcpy(m->b + i * PAGE, pg.b, PAGE);
	}
	m->pages = (struct dat_pages){.cpu = 3, .fd = -1, .mem = m->b, .n = sizeof(m->b)};
	m->buffer = (struct dat_buffer){"lives", "mono", PAGE, &m->pages, 1};
}

static struct tl_source *source_of_made(struct made *m)
{
	struct dat_file f = made_file(&m->buffer, 1);
	struct tl_source *src;
	size_t n;
	char *b = made_bytes(&f, &n);

	src = made_source(b, n);
	assert_non_null(src);
	free(b);
	return src;
}

static void expect(struct tl_source *src, const int *want)
{
	struct tl_record rec;

	for (; *want; want++) {
		assert_int_equal(tl_source_next(src, &rec), 1);
		if (*want < 0) {
			assert_int_equal(rec.kind, TL_REC_LOST);
			assert_true(rec.lost == UINT64_MAX);
		} else {
			assert_int_equal(rec.t, *want);
			assert_int_equal(rec.kind, TL_REC_EVENT);
		}
	}
	assert_int_equal(tl_source_next(src, &rec), 0);
}

static void a_bad_page_costs_itself(void **state)
{
	struct tl_source *src;
	struct made m;

	make(&m);
	memset(m.b + PAGE + 8, 0xee, 4); /* commit */
	src = source_of_made(&m);
	expect(src, (int[]){10, 20, -1, 210, 220, 310, 320, 410, 420, 0});
	assert_int_equal(tl_source_info(src)->n_blind, 1);
	assert_int_equal(tl_source_info(src)->blind[0].from, 20);
	assert_int_equal(tl_source_info(src)->blind[0].to, 210);
	assert_int_equal(tl_source_info(src)->blind[0].cpu, 3);
	assert_true(tl_source_info(src)->lost_unknown);
	tl_source_close(src);
}

/* As a machine leaves them that went down; but at the end such pages are only room. */
static void unwritten_pages(void **state)
{
	struct tl_source *src;
	struct made m;

	make(&m);
	memset(m.b + PAGE, 0, PAGE);
	memset(m.b + 2 * PAGE, 0, PAGE);
	memset(m.b + 4 * PAGE, 0, PAGE);
	src = source_of_made(&m);
	expect(src, (int[]){10, 20, -1, 310, 320, 0});
	assert_int_equal(tl_source_info(src)->n_blind, 1);
	assert_int_equal(tl_source_info(src)->blind[0].from, 20);
	assert_int_equal(tl_source_info(src)->blind[0].to, 310);
	tl_source_close(src);
}

static void a_bad_event_costs_its_page(void **state)
{
	struct tl_source *src;
	struct made m;
	uint32_t lie = 0;

	make(&m);
	/* header of the second event: length 0 in a word */
	memcpy(m.b + 2 * PAGE + 16 + 36, &lie, 4);
	memcpy(m.b + 2 * PAGE + 16 + 40, &lie, 4);
	src = source_of_made(&m);
	expect(src, (int[]){10, 20, 110, 120, 210, -1, 310, 320, 410, 420, 0});
	assert_int_equal(tl_source_info(src)->blind[0].from, 210);
	assert_int_equal(tl_source_info(src)->blind[0].to, 310);
	tl_source_close(src);
}

static void damage_at_the_end_stays_open(void **state)
{
	struct tl_source *src;
	struct made m;

	make(&m);
	memset(m.b + 4 * PAGE + 8, 0xee, 4);
	src = source_of_made(&m);
	expect(src, (int[]){10, 20, 110, 120, 210, 220, 310, 320, 0});
	assert_int_equal(tl_source_info(src)->n_blind, 1);
	assert_int_equal(tl_source_info(src)->blind[0].from, 320);
	assert_true(tl_source_info(src)->blind[0].to == TL_NS_NONE);
	tl_source_close(src);
}

static void counted_losses(void **state)
{
	struct tl_source *src;
	struct tl_record rec;
	uint64_t commit = 72 | 1u << 31 | 1u << 30, lost = 17;
	struct made m;

	make(&m);
	memcpy(m.b + PAGE + 8, &commit, 8);
	memcpy(m.b + PAGE + 16 + 72, &lost, 8);
	src = source_of_made(&m);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(tl_source_next(src, &rec), 1);
	assert_int_equal(rec.kind, TL_REC_LOST);
	assert_int_equal(rec.lost, 17);
	assert_int_equal(rec.t, 110);
	assert_int_equal(rec.cpu, 3);
	assert_int_equal(tl_source_info(src)->lost, 17);
	assert_false(tl_source_info(src)->lost_unknown);
	tl_source_close(src);
}

static void put(uint8_t *b, size_t *n, const void *p, size_t len)
{
	memcpy(b + *n, p, len);
	*n += len;
}

/* A head, then options whose DONE points at themselves. */
static void a_ring_of_options(void **state)
{
	uint8_t b[256];
	size_t n = 0;
	uint64_t at = 26, size = 14;
	uint32_t page = PAGE, four = 0;
	uint16_t zero = 0;

	put(b, &n, "\x17\x08\x44tracing", 10);
	put(b, &n, "7\0\0\x08", 4);
	put(b, &n, &page, 4);
	put(b, &n, "\0\0", 2);
	at = n + 8;
	put(b, &n, &at, 8);
	put(b, &n, &zero, 2);
	put(b, &n, &zero, 2);
	put(b, &n, &four, 4);
	put(b, &n, &size, 8);
	four = 8;
	put(b, &n, &zero, 2);
	put(b, &n, &four, 4);
	put(b, &n, &at, 8);
	assert_int_equal(read_all(b, n, NULL), -1);
}

static void an_unknown_version(void **state)
{
	assert_int_equal(read_all("\x17\x08\x44tracing8\0\0\x08\0\x10\0\0", 18, NULL), -1);
	assert_int_equal(read_all("\x17\x08\x44tracing", 10, NULL), -1);
	assert_int_equal(read_all("\x17\x08\x44tracing7", 11, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(a_cut_recording_of_ours),
		cmocka_unit_test(flipped_bytes),
		cmocka_unit_test(a_bad_page_costs_itself),
		cmocka_unit_test(unwritten_pages),
		cmocka_unit_test(a_bad_event_costs_its_page),
		cmocka_unit_test(damage_at_the_end_stays_open),
		cmocka_unit_test(counted_losses),
		cmocka_unit_test(a_ring_of_options),
		cmocka_unit_test(an_unknown_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
