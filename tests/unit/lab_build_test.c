/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of lab build, held against the first study note's build_rpi_kernel.sh (Raspberry Pi 5,
 * Linux 6.6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "base/guard.h"
#include "lab/build.h"

/* Its make lines, with OUTPUT=$KERNEL_TOP_PATH/out and the log beside. */
static const char note[] =
	"make O=/home/pi/out bcm2712_defconfig\n"
	"make O=/home/pi/out Image.gz modules dtbs -j6 2>&1 | tee /home/pi/out/build.log\n";

/* Lines that begin so. To be freed. */
static char *lines_of(const struct lab_build *b, const char *begin)
{
	struct out all, some;

	out_init(&all, -1);
	out_init(&some, -1);
	lab_build_print(b, &all);
	for (const char *p = out_text(&all); *p;) {
		size_t n = strcspn(p, "\n") + 1;

		if (!strncmp(p, begin, strlen(begin)))
			out_mem(&some, p, n);
		p += n;
	}
	char *text = strdup(out_text(&some));
	out_fini(&all);
	out_fini(&some);
	return text;
}

static void rpi5_is_the_notes(void **state)
{
	struct lab_build b;

	assert_null(lab_build_plan(&b, "rpi5", NULL, "/home/pi/linux", "/home/pi/out", 6));
	auto_free char *make = lines_of(&b, "make "), *kernel = lines_of(&b, "KERNEL="),
		       *cd = lines_of(&b, "cd ");
	assert_string_equal(make, note);
	assert_string_equal(kernel, "KERNEL=kernel_2712\n");
	assert_string_equal(cd, "cd /home/pi/linux\n");
	lab_build_fini(&b);
}

static void every_board_has_its_own(void **state)
{
	static const struct {
		const char *target, *cpu, *config, *make, *copy;
	} rows[] = {
		{"rpi3", NULL, "bcm2709_defconfig", "zImage modules dtbs",
		 "/s/out-rpi3/kernel7.img"},
		{"rpi4", NULL, "bcm2711_defconfig", "Image.gz modules dtbs",
		 "/s/out-rpi4/kernel8.img"},
		{"rpi5", NULL, "bcm2712_defconfig", "Image.gz modules dtbs",
		 "/s/out-rpi5/kernel_2712.img"},
		{"x86_64", NULL, "x86_64_defconfig", "bzImage modules", NULL},
		{"arm64", NULL, "defconfig", "Image.gz modules dtbs", NULL},
		{"tiny", "x86_64", "tinyconfig", "bzImage", NULL},
		{"tiny", "arm64", "tinyconfig", "Image.gz", NULL},
		{"tiny", "arm", "tinyconfig", "zImage", NULL},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		char want[256];
		struct lab_build b;

		assert_null(lab_build_plan(&b, rows[i].target, rows[i].cpu, "/s/linux", NULL, 2));
		auto_free char *make = lines_of(&b, "make "), *copy = lines_of(&b, "cp "),
			       *merge = lines_of(&b, "scripts/");
		snprintf(
			want, sizeof(want),
			"make O=/s/out-%1$s %2$s\nmake O=/s/out-%1$s %3$s -j2 2>&1 | tee /s/out-%1$s/build.log\n",
			rows[i].target, rows[i].config, rows[i].make);
		assert_string_equal(make, want);
		assert_int_equal(!!rows[i].copy, !!copy[0]);
		assert_true(!rows[i].copy || strstr(copy, rows[i].copy));
		for (const char *const *f =
			     (const char *const[]){"debug", "ftrace", "kgdb", "btf", NULL};
		     *f; f++) {
			snprintf(want, sizeof(want), "/lab-%s.config", *f);
			assert_non_null(strstr(merge, want));
		}
		lab_build_fini(&b);
	}
}

static void refuse(const char *target, const char *cpu, const char *source, const char *subject)
{
	struct lab_build b;
	struct tl_err *err = lab_build_plan(&b, target, cpu, source, NULL, 2);

	assert_non_null(err);
	assert_int_equal(err->code, TL_E_USAGE);
	if (subject)
		assert_string_equal(err->subject, subject);
	tl_err_free(err);
	lab_build_fini(&b);
}

static void bad_words_are_refused(void **state)
{
	refuse("rpi6", NULL, "/s/linux", "rpi6");
	refuse(NULL, NULL, "/s/linux", NULL);
	refuse("rpi5", NULL, NULL, NULL);
	refuse("rpi5", "arm64", "/s/linux", NULL);
	refuse("tiny", "armhf", "/s/linux", NULL);
	refuse("tiny", NULL, "/s/my linux", "/s/my linux");
}

static void a_directory_without_source_is_told(void **state)
{
	struct lab_build b;

	assert_null(lab_build_plan(&b, "tiny", NULL, "/nonexistent/linux", NULL, 2));
	struct tl_err *err = lab_build_check(&b);
	assert_non_null(err);
	assert_string_equal(err->path, "/nonexistent/linux/scripts/kconfig/merge_config.sh");
	tl_err_free(err);
	lab_build_fini(&b);
}

static void a_built_kernel_is_known_by_its_slash(void **state)
{
	struct lab_kernel k;
	struct lab_image img;

	assert_true(lab_built_is("./out"));
	assert_false(lab_built_is("amd64-6.1"));
	assert_false(lab_built_is(NULL));
	struct tl_err *err = lab_built_find("/nonexistent/out", &k, &img);
	assert_non_null(err);
	assert_int_equal(err->code, TL_E_NOT_THERE);
	tl_err_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rpi5_is_the_notes),
		cmocka_unit_test(every_board_has_its_own),
		cmocka_unit_test(bad_words_are_refused),
		cmocka_unit_test(a_directory_without_source_is_told),
		cmocka_unit_test(a_built_kernel_is_known_by_its_slash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
