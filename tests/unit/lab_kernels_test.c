/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lab/kernels.list as it is compiled in, and the QEMU command lines made from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <regex.h>
#include <string.h>
#include "base/guard.h"
#include "lab/lab.h"

static void every_line_is_sound(void **state)
{
	struct lab_kernel k;
	unsigned n = 0;

	for (; lab_kernel_at(n, &k); n++) {
		assert_non_null(lab_arch_named(k.arch));
		assert_memory_equal(k.id, k.arch, strlen(k.arch)); /* amd64-6.1 */
		assert_memory_equal(k.package[0], "linux-", strlen("linux-")); /* no word was cut */
		for (int i = 0; i < LAB_PACKAGES && k.package[i][0]; i++) {
			regex_t re;

			assert_int_equal(regcomp(&re, k.package[i], REG_EXTENDED | REG_NOSUB), 0);
			regfree(&re);
		}
	}
	assert_true(n >= 12);
}

static bool fits(const char *id, const char *package)
{
	struct lab_kernel k;
	char whole[128];
	regex_t re;

	assert_null(lab_kernel_find(id, &k));
	snprintf(whole, sizeof(whole), "^(%s)$", k.package[0]);
	assert_int_equal(regcomp(&re, whole, REG_EXTENDED | REG_NOSUB), 0);
	bool yes = !regexec(&re, package, 0, NULL, 0);
	regfree(&re);
	return yes;
}

static void patterns_take_the_right_packages(void **state)
{
	assert_true(fits("amd64-5.10", "linux-image-5.10.0-32-cloud-amd64"));
	assert_false(fits("amd64-5.10", "linux-image-5.10.0-32-cloud-amd64-unsigned"));
	assert_false(fits("amd64-5.10", "linux-image-5.10.0-32-rt-amd64"));
	assert_true(fits("arm64-6.12", "linux-image-6.12.107+deb13-cloud-arm64"));
	assert_false(fits("arm64-6.12", "linux-image-6.12.107+deb13-cloud-arm64-dbg"));
	assert_true(fits("armhf-forky", "linux-binary-7.2.12+deb14-armmp"));
	assert_false(fits("armhf-forky", "linux-binary-7.2.12+deb14-armmp-lpae"));
}

static void newest_amd64_is_the_default(void **state)
{
	struct lab_kernel k;
	struct tl_err *err;

	assert_null(lab_kernel_find(NULL, &k));
	assert_string_equal(k.id, "amd64-forky");
	err = lab_kernel_find("amd64-4.19", &k);
	assert_non_null(err);
	assert_int_equal(err->code, TL_E_USAGE);
	assert_string_equal(err->subject, "amd64-4.19");
	tl_err_free(err);
}

static bool has(char **argv, const char *a, const char *b)
{
	for (; *argv; argv++)
		if (!strcmp(argv[0], a) && (!b || (argv[1] && !strcmp(argv[1], b))))
			return true;
	return false;
}

static void command_line_of_a_guest(void **state)
{
	struct lab_image img = {.dir = (char *)"/cache/kernel/armhf-6.1"};
	struct lab_opts o = {.arch = lab_arch_named("armhf"),
			     .smp = 3,
			     .mem_mb = 700,
			     .append = "trace_clock=mono quiet"};
	struct lab_guest g;

	lab_guest_init(&g);
	assert_null(lab_guest_plan(&g, &img, &o));
	assert_string_equal(g.argv[0], "qemu-system-arm");
	assert_true(has(g.argv, "-M", "virt,highmem=off"));
	assert_true(has(g.argv, "-accel", "tcg,thread=multi"));
	assert_true(has(g.argv, "-smp", "3"));
	assert_true(has(g.argv, "-m", "700"));
	assert_true(has(g.argv, "-kernel", "/cache/kernel/armhf-6.1/vmlinuz"));
	assert_true(has(
		g.argv, "-append",
		"console=ttyAMA0 quiet loglevel=1 panic=-1 nokaslr cryptomgr.notests rdinit=/init trace_clock=mono quiet"));
	assert_true(has(g.argv, "-no-reboot", NULL));
	assert_false(has(g.argv, "-initrd", NULL)); /* none was filled */
	lab_guest_fini(&g);
}

static void kvm_is_only_for_this_cpu(void **state)
{
	struct lab_image img = {.dir = (char *)"/x"};
	struct lab_opts o = {.arch = lab_arch_named("armhf"), .smp = 1, .mem_mb = 64, .kvm = true};
	struct lab_guest g;

	lab_guest_init(&g);
	struct tl_err *err = lab_guest_plan(&g, &img, &o);
	assert_non_null(err);
	assert_int_equal(err->code, TL_E_DENIED);
	tl_err_free(err);
	lab_guest_fini(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_sound),
		cmocka_unit_test(patterns_take_the_right_packages),
		cmocka_unit_test(newest_amd64_is_the_default),
		cmocka_unit_test(command_line_of_a_guest),
		cmocka_unit_test(kvm_is_only_for_this_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
