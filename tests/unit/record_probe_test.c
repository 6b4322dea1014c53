/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Buffers grow with the load, and shrink with memory and with the number of CPUs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <unistd.h>
#include "record/probe.h"

static void size(struct probe_load load, int64_t lives, int64_t family)
{
	int64_t kb[BUFFERS];

	probe_kb(&load, kb);
	assert_int_equal(kb[LIVES], lives);
	assert_int_equal(kb[FAMILY], family);
}

static void an_idle_machine(void **state)
{
	size((struct probe_load){.cpus = 2, .available_kb = 16 << 20}, 4096, 8192);
	size((struct probe_load){.cpus = 2}, 4096, 8192);
}

/* 20 000 forks a second on 2 CPUs: 1536 B each, four seconds' worth, halved. */
static void a_busy_machine(void **state)
{
	size(
		(struct probe_load){
			.cpus = 2, .available_kb = 16 << 20, .forks = 20000, .switches = 400000},
		60000, 8192);
	size((struct probe_load){.cpus = 2,
				 .available_kb = 16 << 20,
				 .switches = 100000,
				 .everything = true},
	     4096, 37500);
}

static void bounds(void **state)
{
	int64_t kb[BUFFERS];

	probe_kb(&(struct probe_load){.cpus = 2, .available_kb = 64 << 20, .forks = 1e7}, kb);
	assert_in_range((kb[LIVES] + kb[FAMILY]) * 2, 250 << 10, 256 << 10);
	probe_kb(&(struct probe_load){.cpus = 2, .available_kb = 65536}, kb); /* 64 MB free */
	assert_in_range((kb[LIVES] + kb[FAMILY]) * 2, 7 << 10, 8 << 10);
	size((struct probe_load){.cpus = 512, .available_kb = 1 << 20}, 512, 512);
}

static void two_looks(void **state)
{
	const struct probe from = {10, 1000, 50000}, to = {10.5, 1100, 60000}, none = {};
	struct probe_load load = probe_load_of(&from, &to);

	assert_true(load.forks == 200 && load.switches == 20000);
	assert_true(load.cpus >= 1);
	load = probe_load_of(&none, &to);
	assert_true(load.forks == 0 && load.switches == 0);
}

static void this_machine(void **state)
{
	struct probe now;
	struct probe_load load;

	if (access("/proc/stat", R_OK))
		skip(); /* a tree without /proc: nothing to look at */
	probe_look(&now);
	assert_true(now.t > 0 && now.forks > 0 && now.switches > 0);
	load = probe_load_of(&now, &now);
	assert_true(load.available_kb > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_idle_machine), cmocka_unit_test(a_busy_machine),
		cmocka_unit_test(bounds),          cmocka_unit_test(two_looks),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
