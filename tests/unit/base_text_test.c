/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/args.h"
#include "base/json.h"
#include "base/text.h"
#include "base/tongue.h"

static void hostile_names_lose_their_teeth(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"bash", "bash"},
		{"\x1b[31mred", "\\x1b[31mred"},
		{"a\nb\x7f", "a\\x0ab\\x7f"},
		{"\xc2\x9b" "31m", "\\xc2\\x9b31m"},
		{"\xff\xfe", "\\xff\\xfe"},
		{"한글", "한글"},
		{"\xe2\x80\xae" "evil", "\\xe2\\x80\\xae" "evil"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xef\xbf\xbf", "\\xef\\xbf\\xbf"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct out o;

		out_init(&o, -1);
		text_safe(&o, cases[i].in, strlen(cases[i].in));
		assert_string_equal(out_text(&o), cases[i].out);
		assert_int_equal(text_width(cases[i].in, strlen(cases[i].in)),
				 text_width(cases[i].out, strlen(cases[i].out)));
		out_fini(&o);
	}
	assert_int_equal(text_width("한글", strlen("한글")), 4);
}

static void durations_have_four_digits(void **state)
{
	static const struct {
		tl_ns ns;
		const char *text;
	} cases[] = {
		{0, "0 ns"}, {999, "999 ns"}, {1500, "1.5 us"}, {45670, "45.67 us"},
		{999960, "1.000 ms"},
		{3000000000, "3 s"}, {3000012345, "3.000 s"}, {100000, "100 us"},
		{86400000000000, "86400 s"},
		{-2500000, "-2.5 ms"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct out o;

		out_init(&o, -1);
		text_duration(&o, cases[i].ns);
		assert_string_equal(out_text(&o), cases[i].text);
		out_fini(&o);
	}
}

static void times_are_as_the_kernel_prints_them(void **state)
{
	static const struct {
		tl_ns t;
		const char *text;
	} cases[] = {
		{0, "0.000000"}, {999, "0.000000"}, {1000, "0.000001"},
		{8123263608999, "8123.263608"},
		{-1500000000, "-1.500000"}, {INT64_MAX, "9223372036.854775"}, {TL_NS_NONE, "?"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct out o;

		out_init(&o, -1);
		text_time(&o, cases[i].t);
		assert_string_equal(out_text(&o), cases[i].text);
		out_fini(&o);
	}
}

/* Names are measured eight bytes at a time: what is not plain must be found at every place of
 * a word. */
static void what_is_not_plain_is_found_anywhere(void **state)
{
	static const char odd[] = {0x01, 0x07, 0x09, 0x1f, 0x7f, (char)0x80, (char)0xff};

	for (size_t at = 0; at < 20; at++)
		for (size_t i = 0; i < sizeof(odd); i++) {
			char text[20];

			memset(text, '~', sizeof(text));
			assert_true(text_is_plain(text, sizeof(text)));
			text[at] = odd[i];
			assert_false(text_is_plain(text, sizeof(text)));
			assert_true(text_is_plain(text, at));
			assert_int_equal(text_width(text, sizeof(text)), 19 + 4);
		}
}

static const char *json_of(struct out *o, const char *s, size_t n)
{
	struct json j;

	out_init(o, -1);
	json_init(&j, o);
	json_strn(&j, NULL, s, n);
	return out_text(o);
}

/* Text is looked at eight bytes at a time: what one byte becomes must not depend on where it
 * stands. */
static void json_escapes_anywhere(void **state)
{
	for (int c = 0; c < 256; c++) {
		char one = (char)c, text[20], want[64];
		struct out o;

		for (unsigned at = 0; at < sizeof(text); at++) {
			const char *alone = json_of(&o, &one, 1);

			snprintf(want, sizeof(want), "\"%.*s%.*s%.*s\"", (int)at,
				 "~ ![]#}{~ ![]#}{~ ![]#}{", (int)strlen(alone) - 2, alone + 1,
				 (int)sizeof(text) - 1 - (int)at, "abcdefghijklmnopqrst");
			out_fini(&o);
			memcpy(text, "~ ![]#}{~ ![]#}{~ ![]#}{", at);
			text[at] = one;
			memcpy(text + at + 1, "abcdefghijklmnopqrst", sizeof(text) - 1 - at);
			assert_string_equal(json_of(&o, text, sizeof(text)), want);
			out_fini(&o);
		}
	}
}

static void json_is_json(void **state)
{
	struct out o;
	struct json j;

	out_init(&o, -1);
	json_init(&j, &o);
	json_obj(&j, NULL);
	json_strn(&j, "s", "q\"\\\n\x01\xff한", 9);
	json_arr(&j, "a");
	json_int(&j, NULL, INT64_MIN);
	json_ns(&j, NULL, TL_NS_NONE);
	json_end_arr(&j);
	json_obj(&j, "o");
	json_end_obj(&j);
	json_bool(&j, "b", true);
	json_end_obj(&j);
	assert_string_equal(out_text(&o), "{\"s\":\"q\\\"\\\\\\n\\u0001\xef\xbf\xbd한\","
					  "\"a\":[-9223372036854775808,null],\"o\":{},\"b\":true}");
	out_fini(&o);
}

/* What a terminal obeys is escaped, C1 too; within a quoted field of csv a quote is two. */
static void json_is_safe_and_fits_into_csv(void **state)
{
	static const char text[] = "\x1b\x7f\xc2\x9b\xc2\xa0\"\\";
	static const struct json_key key = {"a.k\":", 2, 3};
	static const char *const want[] = {
		"[\"\\u001b\\u007f\\u009b\xc2\xa0\\\"\\\\\",{\"k\":null,\"k\":null}]",
		"[\"\"\\u001b\\u007f\\u009b\xc2\xa0\\\"\"\\\\\"\",{\"\"k\"\":null,\"\"k\"\":null}]",
	};

	for (unsigned twice = 0; twice < 2; twice++) {
		struct out o;
		struct json j;

		out_init(&o, -1);
		json_init(&j, &o);
		j.twice = twice;
		json_arr(&j, NULL);
		json_strn(&j, NULL, text, sizeof(text) - 1);
		json_obj(&j, NULL);
		json_key(&j, &key);
		json_null(&j, NULL);
		json_null(&j, "k");
		json_end_obj(&j);
		json_end_arr(&j);
		assert_string_equal(out_text(&o), want[twice]);
		out_fini(&o);
	}
}

/* Numbers are written by hand: around each power of ten and of two, and at both ends. */
static void numbers_are_what_printf_says(void **state)
{
	uint64_t at[2 * 64] = {0};
	size_t n = 0;

	for (uint64_t ten = 1; n < 20; ten *= 10)
		at[n++] = ten;
	for (unsigned bit = 0; bit < 64; bit++)
		at[n++] = 1ull << bit;
	for (size_t i = 0; i < n; i++) {
		for (int by = -1; by < 2; by++) {
			uint64_t v = at[i] + (uint64_t)by;
			char want[64];
			struct out o;

			out_init(&o, -1);
			out_u64(&o, v);
			out_char(&o, ' ');
			out_i64(&o, (int64_t)v);
			snprintf(want, sizeof(want), "%llu %lld", (unsigned long long)v,
				 (long long)v);
			assert_string_equal(out_text(&o), want);
			assert_int_equal(out_bytes(&o), strlen(want));
			out_fini(&o);
		}
	}
}

struct demo {
	const char *output, *door;
	bool all;
	int64_t seconds;
	struct opt_list pids;
};

static const struct opt sub[] = {
	OPT_LIST('p', "pid", "N", "a pid", struct demo, pids),
	OPT_END,
};
static const struct opt opts[] = {
	OPT_STR('o', "output", "FILE", "a file", struct demo, output),
	OPT_FLAG('a', "all", "all", struct demo, all),
	OPT_INT('d', "seconds", "N", "seconds", struct demo, seconds),
	OPT_MAYBE("door", "PORT", "an argument that may be left out", struct demo, door),
	{OPT_T_TABLE, 0, NULL, NULL, NULL, 0, sub},
	OPT_END,
};

static void options_are_parsed(void **state)
{
	char *argv[] = {"x", "-ao", "f", "word", "--sec=5", "--pid", "1", "-p2", "--", "-z", NULL};
	struct demo d = {};
	int n;

	assert_null(args_parse(opts, &d, 10, argv, false, &n));
	assert_string_equal(d.output, "f");
	assert_true(d.all);
	assert_int_equal(d.seconds, 5);
	assert_int_equal(d.pids.n, 2);
	assert_string_equal(d.pids.v[1], "2");
	assert_int_equal(n, 2);
	assert_string_equal(argv[0], "word");
	assert_string_equal(argv[1], "-z");
}

static void an_argument_may_be_left_out(void **state)
{
	char *alone[] = {"x", "--door", "word", NULL}, *with[] = {"x", "--door=22", NULL},
	     *none[] = {"x", NULL};
	struct demo d = {};
	int n;

	assert_null(args_parse(opts, &d, 3, alone, false, &n));
	assert_string_equal(d.door, "");
	assert_int_equal(n, 1);
	assert_null(args_parse(opts, &d, 2, with, false, &n));
	assert_string_equal(d.door, "22");
	d.door = NULL;
	assert_null(args_parse(opts, &d, 1, none, false, &n));
	assert_null(d.door);
}

static void the_command_keeps_its_own_options(void **state)
{
	char *argv[] = {"x", "-a", "ls", "-l", "--", "-o", NULL};
	struct demo d = {};
	int n;

	assert_null(args_parse(opts, &d, 6, argv, true, &n));
	assert_int_equal(n, 4);
	assert_string_equal(argv[3], "-o");
}

static void mistakes_are_named(void **state)
{
	static const struct {
		char *word;
		const char *what;
	} cases[] = {
		{"--outptu", "unknown option '%s'"}, {"-d", "option '%s' wants an argument"},
		{"--all=1", "option '%s' takes no argument"},
		{"-dx", "option '%s' wants a whole number"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *argv[] = {"x", cases[i].word, NULL};
		struct demo d = {};
		int n;
		auto_err struct tl_err *err = args_parse(opts, &d, 2, argv, false, &n);

		assert_non_null(err);
		assert_int_equal(err->code, TL_E_USAGE);
		assert_string_equal(err->what, cases[i].what);
		if (!i)
			assert_string_equal(err->hint_arg[0], "output");
	}
}

static void languages_are_recognised(void **state)
{
	enum tongue t = TONGUE_EN;

	assert_true(tongue_parse("ko_KR.UTF-8", &t));
	assert_int_equal(t, TONGUE_KO);
	assert_true(tongue_parse("C.UTF-8", &t));
	assert_int_equal(t, TONGUE_EN);
	assert_false(tongue_parse("korean", &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_names_lose_their_teeth),
		cmocka_unit_test(durations_have_four_digits),
		cmocka_unit_test(times_are_as_the_kernel_prints_them),
		cmocka_unit_test(what_is_not_plain_is_found_anywhere),
		cmocka_unit_test(json_escapes_anywhere),
		cmocka_unit_test(json_is_json),
		cmocka_unit_test(json_is_safe_and_fits_into_csv),
		cmocka_unit_test(numbers_are_what_printf_says),
		cmocka_unit_test(options_are_parsed),
		cmocka_unit_test(an_argument_may_be_left_out),
		cmocka_unit_test(the_command_keeps_its_own_options),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(languages_are_recognised),
	};

	return cmocka_run_group_tests_name("base text", tests, NULL, NULL);
}
