/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/atom.h"
#include "base/guard.h"
#include "base/map.h"
#include "base/vec.h"

/* What was given back is given out again; nothing given out overlaps; sizes do not mix. */
static void pool_gives_again(void **state)
{
	static const size_t sizes[] = {1, 16, 17, 48, 200, 472, 1024, 1025, 9000};
	struct pool p;
	unsigned char *v[ARRAY_SIZE(sizes) * 64];

	pool_init(&p);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < ARRAY_SIZE(v); i++) {
			v[i] = pool_take(&p, sizes[i % ARRAY_SIZE(sizes)]);
			assert_non_null(v[i]);
			assert_int_equal((uintptr_t)v[i] % 16, 0);
			memset(v[i], (int)i & 0xff, sizes[i % ARRAY_SIZE(sizes)]);
		}
		for (unsigned i = 0; i < ARRAY_SIZE(v); i++) {
			size_t n = sizes[i % ARRAY_SIZE(sizes)];

			for (size_t k = 0; k < n; k++)
				assert_int_equal(v[i][k], i & 0xff);
			pool_give(&p, v[i], n);
		}
	}
	assert_true(p.total < 3u << 20); /* three rounds need no more than one */
	pool_give(&p, NULL, 64);
	pool_fini(&p);
}

/* An arena in a pool gives back what it took, so that the next one needs nothing new. */
static void arenas_share_a_pool(void **state)
{
	struct pool p;
	size_t total = 0;

	pool_init(&p);
	for (unsigned round = 0; round < 1000; round++) {
		struct arena a;

		arena_init_in(&a, &p);
		for (size_t n = 1; n < 3000; n += 97) {
			unsigned char *m = arena_alloc(&a, n);

			assert_non_null(m);
			assert_int_equal(m[0] | m[n - 1], 0);
			memset(m, 0xff, n);
		}
		arena_fini(&a);
		if (!round)
			total = p.total;
	}
	assert_int_equal(p.total, total);
	pool_fini(&p);
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
	struct arena a;

	arena_init(&a);
	for (size_t n = 1; n < 5000; n += 37) {
		unsigned char *p = arena_alloc(&a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	assert_null(arena_alloc(&a, SIZE_MAX - 3));
	arena_reset(&a);
	assert_int_equal(*(char *)arena_alloc(&a, 16), 0);
	arena_fini(&a);
}

/* Of every length, with anything behind its end: the same atom as of the string itself. */
static void a_name_in_an_array_is_its_atom(void **state)
{
	static const char name[] = "0123456789abcdef";
	struct atoms at;

	atoms_init(&at);
	for (unsigned behind = 0; behind < 3; behind++)
		for (size_t n = 0; n <= 16; n++) {
			unsigned char comm[16];

			memset(comm, behind == 2 ? 0xff : (int)behind, sizeof(comm));
			memcpy(comm, name, n);
			if (n < sizeof(comm))
				comm[n] = 0;
			assert_ptr_equal(atom_of_comm(&at, comm), atom_of(&at, name, n));
			assert_ptr_equal(atom_of_comm(&at, comm), atom_of(&at, name, n));
		}
	assert_ptr_equal(atom_of_comm(&at, "\x80\0\x80\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
			 atom_of(&at, "\x80", 1));
	assert_ptr_equal(atom_of_comm(&at, "\x01\x80\x01\x80\x01\x80\x01\x80\x01\x80\x01\0" "abc"),
			 atom_of(&at, "\x01\x80\x01\x80\x01\x80\x01\x80\x01\x80\x01", 11));
	atoms_fini(&at);
}

static void equal_strings_are_one_atom(void **state)
{
	struct atoms at;
	const struct tl_atom *seen[2000];
	char name[32];

	atoms_init(&at);
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "kworker/%d:%d", i % 7, i);
		seen[i] = atom_of(&at, name, strlen(name));
	}
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "kworker/%d:%d", i % 7, i);
		assert_ptr_equal(atom_of(&at, name, strlen(name)), seen[i]);
		assert_string_equal(seen[i]->s, name);
	}
	assert_ptr_equal(atom_of(&at, "a\0b", 3), atom_of(&at, "a", 1));
	assert_int_equal(atom_of(&at, NULL, 0)->len, 0);
	atoms_fini(&at);
}

static void map_keeps_what_was_put_through_deletions(void **state)
{
	static int cell[4096];
	struct map m;
	unsigned seed = 1;

	map_init(&m);
	memset(cell, 0, sizeof(cell));
	for (int round = 0; round < 100000; round++) {
		unsigned k;

		seed = seed * 1103515245 + 12345;
		k = seed >> 16 & 1023;
		if (seed & 1) {
			assert_true(map_put(&m, k * 64ull, &cell[k]));
			cell[k] = 1;
		} else {
			assert_ptr_equal(map_del(&m, k * 64ull), cell[k] ? &cell[k] : NULL);
			cell[k] = 0;
		}
	}
	for (unsigned k = 0; k < 1024; k++)
		assert_ptr_equal(map_get(&m, k * 64ull), cell[k] ? &cell[k] : NULL);
	map_fini(&m);
}

static void vec_grows(void **state)
{
	VEC(int) v = {};
	long sum = 0;

	for (int i = 0; i < 1000; i++)
		*vec_push(&v) = i;
	vec_each (it, &v)
		sum += *it;
	assert_int_equal(v.n, 1000);
	assert_int_equal(sum, 499500);
	vec_fini(&v);
	vec_each (it, &v)
		fail();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(pool_gives_again),
		cmocka_unit_test(arenas_share_a_pool),
		cmocka_unit_test(equal_strings_are_one_atom),
		cmocka_unit_test(a_name_in_an_array_is_its_atom),
		cmocka_unit_test(map_keeps_what_was_put_through_deletions),
		cmocka_unit_test(vec_grows),
	};

	return cmocka_run_group_tests_name("base memory", tests, NULL, NULL);
}
