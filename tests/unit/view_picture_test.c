/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the pictures for the terminal rest on: cells of text, a scale of time, a family that may
 * be absurd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "told.h"
#include "view/scale.h"
#include "view/tree.h"

/* ---- text ---- */

static void test_text_is_cut_by_cells(void **state)
{
	static const struct tl_view_opts none;
	struct page pg;

	page_init(&pg, NULL, &none);
	assert_string_equal(page_cut(&pg, "abc", 3), "abc");
	assert_string_equal(page_cut(&pg, "abcd", 3), "ab\xe2\x80\xa6" ST_OFF);
	assert_int_equal(page_cells("가나다"), 6);
	assert_int_equal(page_cells(ST_BAD "가" ST_OFF "b"), 3);
	/* a wide character is never halved */
	assert_string_equal(page_cut(&pg, "가나다", 4), "가\xe2\x80\xa6" ST_OFF);
	assert_int_equal(page_cells(page_left(&pg, "가나다", 5)), 5);
	assert_int_equal(page_cells(page_left(&pg, "가", 5)), 5);
	assert_string_equal(page_right(&pg, "12", 4), "  12");
	assert_string_equal(page_cut(&pg, "abc", 0), "");
	assert_string_equal(page_cut(&pg, "abc", -7), "");
	page_fini(&pg);
}

static void test_styles_are_found_anywhere(void **state)
{
	for (size_t at = 0; at < 20; at++)
		for (char c = 0; c < 10; c++) {
			char text[20];

			memset(text, 'x', sizeof(text));
			assert_int_equal(page_plain(text, sizeof(text)), sizeof(text));
			text[at] = c;
			assert_int_equal(page_plain(text, sizeof(text)),
					 page_is_style(c) ? at : sizeof(text));
			text[at] = (char)(0x80 | c);
			assert_int_equal(page_plain(text, sizeof(text)), sizeof(text));
		}
}

/* ---- time ---- */

static void is_sound(const struct scale *s, tl_ns t0, tl_ns t1)
{
	assert_int_equal(s->edge[0], t0);
	assert_int_equal(s->edge[s->cells], t1);
	for (int c = 0; c < s->cells; c++) {
		assert_true(s->edge[c] <= s->edge[c + 1]);
		if (s->edge[c] < s->edge[c + 1])
			assert_int_equal(scale_cell(s, s->edge[c]), c);
	}
	assert_int_equal(scale_cell(s, t0 - 1), -1);
	assert_int_equal(scale_cell(s, t1 + 1), s->cells);
	assert_int_equal(scale_cell(s, t1), s->cells - 1);
}

static void test_a_scale_covers_its_time(void **state)
{
	static struct scale s;

	scale_set(&s, 1000, 2000, 10, NULL, 0);
	is_sound(&s, 1000, 2000);
	assert_int_equal(scale_cell(&s, 1550), 5);
	scale_set(&s, 0, INT64_MAX - 1, 80, NULL, 0); /* as long as time can be */
	is_sound(&s, 0, INT64_MAX - 1);
	scale_set(&s, 5, 8, 80, NULL, 0); /* fewer nanoseconds than cells */
	assert_int_equal(s.edge[80], 8);
	scale_set(&s, 5, 5, 80, NULL, 0);
	assert_int_equal(scale_cell(&s, 5), 79);
	scale_set(&s, 0, 100, 1000000, NULL, 0);
	assert_int_equal(s.cells, SCALE_CELLS);
	scale_set(&s, 0, 100, -3, NULL, 0);
	assert_int_equal(s.cells, 1);
}

static void test_gaps_are_one_cell_each(void **state)
{
	static const struct scale_gap gaps[] = {{100, 10100}, {10150, 20150}};
	static struct scale s;
	int cuts = 0;

	scale_set(&s, 0, 20250, 27, gaps, 2); /* 250 of work in 25 cells of 10 */
	is_sound(&s, 0, 20250);
	assert_int_equal(s.cell, 10);
	assert_int_equal(s.left_out, 20000);
	for (int c = 0; c < s.cells; c++)
		cuts += s.cut[c];
	assert_int_equal(cuts, 2);
	assert_true(s.cut[scale_cell(&s, 5000)] && s.cut[scale_cell(&s, 15000)]);
	assert_false(s.cut[scale_cell(&s, 10120)]);
}

/* ---- family ---- */

static void add(struct cast *cast, struct hand *h, tl_pid tid, tl_pid parent)
{
	struct tl_ref made_by = {parent, 1, h->comms[0]};

	h->task.tid = h->task.tgid = tid;
	h->task.birth.creator = h->task.birth.real_parent =
		parent ? made_by : (struct tl_ref){.tid = TL_PID_NONE};
	h->told.death.by.tid = TL_PID_NONE;
	cast_add(cast, &h->told);
}

/* Lives a walk from the roots comes by, each counted. */
static unsigned reached(const struct branches *br, uint32_t who, unsigned depth)
{
	unsigned n = 1;

	assert_true(depth < 100);
	for (uint32_t b = branches_first(br, who); b < branches_end(br, who); b++)
		if (br->v[b].kind == BRANCH_CHILD && !br->v[b].hidden)
			n += reached(br, br->v[b].who, depth + 1);
	return n;
}

static void test_who_made_each_other_is_told_once(void **state)
{
	static const tl_pid made[][2] = {{1, 2}, {2, 3}, {3, 1}, {4, 1}, {5, 5}, {6, 0}, {7, 6}};
	struct branches br = {};
	unsigned n = 0;
	struct cast cast;
	struct hand h;

	hand_init(&h);
	cast_init(&cast, false);
	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		add(&cast, &h, made[i][0], made[i][1]);
	assert_true(branches_grow(&br, &cast, false));
	for (uint32_t i = 0; i < br.n_roots; i++)
		n += reached(&br, br.root[i], 0);
	assert_int_equal(n, ARRAY_SIZE(made));
	/* the ring, who made itself, and a family as it should be */
	assert_int_equal(br.n_roots, 3);
	branches_fini(&br);
	cast_fini(&cast);
	hand_fini(&h);
}

static void test_many_alike_are_one_branch(void **state)
{
	struct branches br = {};
	unsigned drawn = 0;
	struct cast cast;
	struct hand h;

	hand_init(&h);
	cast_init(&cast, false);
	add(&cast, &h, 1, 0);
	for (tl_pid tid = 10; tid < 110; tid++)
		add(&cast, &h, tid, 1);
	assert_true(branches_grow(&br, &cast, true));
	for (uint32_t b = branches_first(&br, 0); b < branches_end(&br, 0); b++)
		drawn += !br.v[b].hidden;
	assert_int_equal(drawn, 1);
	assert_int_equal(br.n_folds, 1);
	assert_int_equal(br.fold[0].n, 100);
	branches_fini(&br);
	cast_fini(&cast);
	hand_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_cut_by_cells),
		cmocka_unit_test(test_styles_are_found_anywhere),
		cmocka_unit_test(test_a_scale_covers_its_time),
		cmocka_unit_test(test_gaps_are_one_cell_each),
		cmocka_unit_test(test_who_made_each_other_is_told_once),
		cmocka_unit_test(test_many_alike_are_one_branch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
