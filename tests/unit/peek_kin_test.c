/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who belongs to whom in one sweep; and types that are damaged. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/guard.h"
#include "base/io.h"
#include "peek/peek.h"

static void add(struct tl_peek *p, uint64_t addr, int pid, int tgid, uint64_t start, int parent,
		uint64_t parent_start, uint64_t leader_start)
{
	struct tl_peek_task *t = peek_add(p);

	t->addr = addr;
	tl_peek_set(t, TL_TASK_pid, pid);
	tl_peek_set(t, TL_TASK_tgid, tgid);
	tl_peek_set(t, TL_TASK_start_boottime, start);
	tl_peek_set(t, TL_TASK_real_parent_pid, parent);
	tl_peek_set(t, TL_TASK_real_parent_start, parent_start);
	tl_peek_set(t, TL_TASK_leader_pid, tgid);
	tl_peek_set(t, TL_TASK_leader_start, leader_start);
}

static void relatives_go_by_pid_and_birth(void **state)
{
	struct tl_peek p = {};
	size_t n;

	add(&p, 0x10, 1, 1, 5, 0, 0, 5);
	add(&p, 0x20, 30, 30, 100, 1, 5, 100);
	add(&p, 0x21, 31, 30, 110, 1, 5, 100); /* its thread */
	add(&p, 0x30, 40, 40, 200, 31, 110, 200); /* made by the thread */
	add(&p, 0x40, 41, 41, 210, 30, 99, 210);  /* made by an earlier 30 */
	add(&p, 0x50, 29, 29, 300, 30, 100, 300); /* younger, with a smaller number */
	add(&p, 0x60, 50, 50, 90, 30, 100, 90);
	assert_null(peek_sort(&p));
	assert_int_equal(tl_peek_pid(&p.task[0]), 1);
	assert_ptr_equal(tl_peek_relative(&p, tl_peek_find(&p, 40), TL_TASK_real_parent),
			 tl_peek_find(&p, 31));
	assert_null(tl_peek_relative(&p, tl_peek_find(&p, 41), TL_TASK_real_parent));
	assert_int_equal(tl_peek_relative_pid(tl_peek_find(&p, 41), TL_TASK_real_parent), 30);
	struct tl_peek_task **kids = tl_peek_children(&p, tl_peek_find(&p, 30), &n);
	assert_int_equal(n, 2);
	assert_int_equal(tl_peek_pid(kids[0]), 50); /* the oldest first */
	assert_int_equal(tl_peek_pid(kids[1]), 29);
	tl_peek_children(&p, tl_peek_find(&p, 1), &n);
	assert_int_equal(n, 1); /* the leader, not its thread */
	tl_peek_threads(&p, tl_peek_find(&p, 31), &n);
	assert_int_equal(n, 2);
	tl_peek_fini(&p);
}

/* A thread execs between being read as 31 and as 30: one task_struct, two numbers; the second is
 * true. */
static void a_task_stands_once(void **state)
{
	struct tl_peek p = {};

	add(&p, 0x21, 20, 30, 110, 1, 5, 100);
	add(&p, 0x21, 30, 30, 100, 1, 5, 100);
	add(&p, 0x70, 60, 60, 120, 1, 5, 120);
	assert_null(peek_sort(&p));
	assert_int_equal(p.n, 2);
	assert_null(tl_peek_find(&p, 20));
	assert_non_null(tl_peek_find(&p, 30));
	tl_peek_fini(&p);
}

static void a_number_is_found_in_our_namespace_first(void **state)
{
	struct tl_peek p = {.own_ns = 1000};
	unsigned level = 0;

	add(&p, 0x10, 500, 500, 5, 0, 0, 5);
	p.task[0].n_ns = 2;
	p.task[0].ns[0].ns = 1000, p.task[0].ns[0].nr = 500;
	p.task[0].ns[1].ns = 1001, p.task[0].ns[1].nr = 7;
	assert_null(peek_sort(&p));
	assert_non_null(tl_peek_find(&p, 500));
	assert_null(tl_peek_find(&p, 7));
	assert_ptr_equal(tl_peek_find_inside(&p, 7, &level), &p.task[0]);
	assert_int_equal(level, 1);
	p.own_ns = 1001; /* seen from inside */
	assert_non_null(tl_peek_find(&p, 7));
	assert_null(tl_peek_find(&p, 500));
	tl_peek_fini(&p);
}

static void letters_are_those_of_proc(void **state)
{
	static const struct {
		uint64_t state, exit;
		char letter;
	} row[] = {{0, 0, 'R'},      {1, 0, 'S'},       {0x2001, 0, 'S'},  {2, 0, 'D'},
		   {0x102, 0, 'D'},  {0x402, 0, 'I'},   {0x2402, 0, 'I'},  {0x104, 0, 'T'},
		   {0x108, 0, 't'},  {0x80, 0x20, 'Z'}, {0x80, 0x10, 'X'}, {0x40, 0, 'P'},
		   {0x8000, 0, 'D'}, {0x1000, 0, 'D'},  {0x800, 0, 'R'}};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct tl_peek_task t = {};

		tl_peek_set(&t, TL_TASK_state, row[i].state);
		tl_peek_set(&t, TL_TASK_exit_state, row[i].exit);
		assert_int_equal(tl_peek_letter(&t), row[i].letter);
	}
	assert_int_equal(tl_peek_letter(&(struct tl_peek_task){}), '?');
}

/* ---- types ---- */

static void no_line(void *ctx, const struct tl_peek_line *l)
{
	++*(unsigned *)ctx;
}

/* BTF with bytes turned over and cut: an error or other answers, never a crash or a hang. */
static void damaged_types_do_no_harm(void **state)
{
	char path[] = "/tmp/tasklife-btf-XXXXXX", *all = NULL;
	ssize_t n = io_read_file("/sys/kernel/btf/vmlinux", 64 << 20, &all);
	uint32_t seed = 12345;

	if (n <= 0)
		skip();
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	for (int round = 0; round < 12; round++) {
		struct tl_peek_types *t = NULL;
		unsigned lines = 0;
		uint32_t size;

		for (int k = 0; round && k < 4000; k++) { /* in the types, which come first */
			seed = seed * 1664525 + 1013904223;
			all[24 + seed % (n / 2)] ^= 1 << (seed >> 29);
		}
		assert_true(pwrite(fd, all, n, 0) == n &&
			    !ftruncate(fd, round % 4 == 3 ? n / 3 : n));
		struct tl_err *err = tl_peek_types_open(path, &t);
		if (!round)
			assert_null(err);
		if (!err)
			err = tl_peek_layout(t, "task_struct", no_line, &lines, &size);
		if (!round)
			assert_true(!err && lines > 100);
		tl_err_free(err);
		tl_peek_types_close(t);
	}
	close(fd);
	unlink(path);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relatives_go_by_pid_and_birth),
		cmocka_unit_test(a_task_stands_once),
		cmocka_unit_test(a_number_is_found_in_our_namespace_first),
		cmocka_unit_test(letters_are_those_of_proc),
		cmocka_unit_test(damaged_types_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
