/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ring-buffer pages: every kind of event header, and pages that lie. */
#include "dat_make.h"
#include "read/merge.h"
#include "read/page.h"

static const struct page_form host = {__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, 8};

static bool load(struct page *pg, const struct made_page *made)
{
	return page_load(pg, made->b, PAGE, PAGE, &host);
}

static void events_and_times(void **state)
{
	struct made_page made;
	struct page_event ev;
	struct page pg;
	char large[200] = "large";

	made_begin(&made, 1000);
	made_event(&made, 1010, "abcd", 4);
	made_event(&made, 1010 + (5ull << 27), large, sizeof(large)); /* needs a time extend */
	made_word(&made, 31 | (uint32_t)(9 << 5)); /* absolute: 3 << 27 | 9 */
	made_word(&made, 3);
	made_word(&made, 1 | (uint32_t)(1 << 5));
	made_word(&made, 0x11223344);
	made_commit(&made, 0);
	assert_true(load(&pg, &made));
	assert_int_equal(pg.missed, 0);
	assert_int_equal(page_next(&pg, &ev), PAGE_EVENT);
	assert_int_equal(ev.n, 4);
	assert_memory_equal(ev.p, "abcd", 4);
	assert_int_equal(ev.t, 1010);
	assert_int_equal(page_next(&pg, &ev), PAGE_EVENT);
	assert_int_equal(ev.n, 200);
	assert_string_equal((const char *)ev.p, "large");
	assert_int_equal(ev.t, 1010 + (5ull << 27));
	assert_int_equal(page_next(&pg, &ev), PAGE_EVENT);
	assert_int_equal(ev.t, (3ull << 27) + 10);
	assert_int_equal(page_next(&pg, &ev), PAGE_END);
	assert_int_equal(page_next(&pg, &ev), PAGE_END);
}

static void an_absolute_time_keeps_its_top_bits(void **state)
{
	struct made_page made;
	struct page_event ev;
	struct page pg;

	made_begin(&made, 0x1800000000000000);
	made_word(&made, 31);
	made_word(&made, 1);
	made_word(&made, 1);
	made_word(&made, 0);
	made_commit(&made, 0);
	assert_true(load(&pg, &made));
	assert_int_equal(page_next(&pg, &ev), PAGE_EVENT);
	assert_int_equal(ev.t, 0x1800000000000000 + (1 << 27));
}

static void discarded_and_null_padding(void **state)
{
	struct made_page made;
	struct page_event ev;
	struct page pg;

	made_begin(&made, 0);
	made_word(&made, 29 | (2 << 5)); /* discarded: 8 bytes of data */
	made_word(&made, 8);
	made_word(&made, 0);
	made_event(&made, 3, "abcd", 4);
	made_word(&made, 29); /* the rest of the page is empty */
	made_word(&made, 0);
	made_commit(&made, 0);
	assert_true(load(&pg, &made));
	assert_int_equal(page_next(&pg, &ev), PAGE_EVENT);
	assert_int_equal(ev.t, 5);
	assert_int_equal(page_next(&pg, &ev), PAGE_END);
}

static void missed_events(void **state)
{
	struct made_page made;
	struct page pg;
	uint64_t n = 41;

	made_begin(&made, 0);
	made_event(&made, 1, "abcd", 4);
	made_commit(&made, 1u << 31);
	assert_true(load(&pg, &made));
	assert_true(pg.missed == UINT64_MAX);
	made_commit(&made, 1u << 31 | 1u << 30);
	memcpy(made.b + PAGE_HEAD + made.n, &n, 8);
	assert_true(load(&pg, &made));
	assert_int_equal(pg.missed, 41);
	assert_int_equal(pg.end, 8);
	/* as 6.18 writes it on 64 bits: 0xffffffffc0000fa0 and the like */
	made_commit(&made, ~0ull << 31 | 1u << 30);
	memcpy(made.b + PAGE_HEAD + made.n, &n, 8);
	assert_true(load(&pg, &made));
	assert_int_equal(pg.missed, 41);
	assert_int_equal(pg.end, 8);
	made_commit(&made, ~0ull << 32);
	assert_false(load(&pg, &made));
}

static void impossible_commit(void **state)
{
	struct made_page made;
	struct page pg;

	made_begin(&made, 0);
	made.n = PAGE - PAGE_HEAD + 4;
	made_commit(&made, 0);
	assert_false(load(&pg, &made));
	made.n = 0;
	made_commit(&made, 1ull << 40);
	assert_false(load(&pg, &made));
	assert_false(page_load(&pg, made.b, 15, PAGE, &host));
}

/* libtraceevent's kbuffer goes round for ever on the first of these. */
static void lengths_that_lie(void **state)
{
	static const uint32_t words[][2] = {
		{29 | 32, 0xfffffffc}, {29 | 32, 0xffffffff}, {29 | 32, 0}, {0, 0xfffffffc},
		{0, 0xffffffff},       {0, 0},		      {0, 3},	    {0, 5000},
		{28, 0},	       {2, 0},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct made_page made;
		struct page_event ev;
		struct page pg;

		made_begin(&made, 0);
		made_event(&made, 1, "abcd", 4);
		made_word(&made, words[i][0]);
		made_word(&made, words[i][1]);
		made_commit(&made, 0);
		assert_true(load(&pg, &made));
		assert_int_equal(page_next(&pg, &ev), PAGE_EVENT);
		assert_int_equal(page_next(&pg, &ev), PAGE_DAMAGED);
		assert_int_equal(page_next(&pg, &ev), PAGE_END);
	}
}

static void a_header_cut_in_two(void **state)
{
	struct made_page made;
	struct page_event ev;
	struct page pg;

	made_begin(&made, 0);
	made_word(&made, 30);
	made_commit(&made, 0);
	assert_true(load(&pg, &made));
	assert_int_equal(page_next(&pg, &ev), PAGE_DAMAGED);
	made.n = 2;
	made_commit(&made, 0);
	assert_true(load(&pg, &made));
	assert_int_equal(page_next(&pg, &ev), PAGE_DAMAGED);
}

static void put_be(uint8_t *p, uint64_t v, unsigned n)
{
	while (n--) {
		p[n] = (uint8_t)v;
		v >>= 8;
	}
}

/* Big-endian, 32 bits: type_len is in the upper bits of the word. */
static void big_endian(void **state)
{
	static const struct page_form form = {true, 4};
	uint8_t b[PAGE] = {};
	struct page_event ev;
	struct page pg;

	put_be(b, 5000, 8);
	put_be(b + 8, 8 + 12 + 8, 4);
	put_be(b + 12, 1u << 27 | 7, 4);
	memcpy(b + 16, "abcd", 4);
	put_be(b + 20, 3, 4); /* length in a word of its own */
	put_be(b + 24, 8, 4);
	memcpy(b + 28, "efgh", 4);
	put_be(b + 32, 30u << 27 | 1, 4);
	put_be(b + 36, 2, 4);
	assert_true(page_load(&pg, b, PAGE, PAGE, &form));
	assert_int_equal(page_next(&pg, &ev), PAGE_EVENT);
	assert_int_equal(ev.t, 5007);
	assert_int_equal(ev.n, 4);
	assert_memory_equal(ev.p, "abcd", 4);
	assert_int_equal(page_next(&pg, &ev), PAGE_EVENT);
	assert_int_equal(ev.t, 5010);
	assert_memory_equal(ev.p, "efgh", 4);
	assert_int_equal(page_next(&pg, &ev), PAGE_END);
	assert_int_equal(pg.t, 5011 + (2ull << 27));
}

static unsigned merged_in_order(uint32_t streams)
{
	tl_ns t[5] = {50, 10, 10, 30, 20};
	struct merge m;
	tl_ns last = 0;
	unsigned n = 0, last_who = 0;

	assert_true(merge_init(&m, streams));
	for (uint32_t i = 0; i < streams; i++)
		merge_add(&m, t[i], i);
	while (m.n) {
		struct merge_item it = m.item[0];

		assert_true(it.t > last || (it.t == last && it.who > last_who) || !n);
		assert_int_equal(it.t, t[it.who]);
		last = it.t;
		last_who = it.who;
		n++;
		t[it.who] += 1 + it.who;
		if (t[it.who] < 70)
			merge_first_at(&m, t[it.who]);
		else
			merge_first_done(&m);
	}
	merge_fini(&m);
	return n;
}

static void merge_keeps_order(void **state)
{
	assert_int_equal(merged_in_order(1), 20);
	assert_int_equal(merged_in_order(2), 20 + 30);
	assert_int_equal(merged_in_order(3), 20 + 30 + 20);
	assert_int_equal(merged_in_order(5), 20 + 30 + 20 + 10 + 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_and_times),
		cmocka_unit_test(an_absolute_time_keeps_its_top_bits),
		cmocka_unit_test(discarded_and_null_padding),
		cmocka_unit_test(missed_events),
		cmocka_unit_test(impossible_commit),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(a_header_cut_in_two),
		cmocka_unit_test(big_endian),
		cmocka_unit_test(merge_keeps_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
