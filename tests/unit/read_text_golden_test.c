/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traces of real kernels (env TL_SHARED_DATA, else skipped): every entry that the header counts is read, and no
 * line that looks like a record is left. A <stack trace> is an entry of its own.
 */
#include <glob.h>
#include "read_text_help.h"

static uint64_t entries_of(const char *path)
{
	FILE *f = fopen(path, "r");
	unsigned long long n = 0;
	char line[4096];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "# entries-in-buffer/entries-written: %llu", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

static void assert_whole(const char *path)
{
	struct tl_source *src = NULL;
	struct tl_record rec;
	uint64_t n = 0, entries = entries_of(path);

	assert_null(tl_source_open(path, &src));
	while (tl_source_next(src, &rec) == 1) {
		n++;
		if (rec.row && !rec.f.have)
			fail_msg("%s:%llu: no field", path, (unsigned long long)rec.place);
		if (rec.kind == TL_REC_EVENT && rec.cpu < 0)
			fail_msg("%s:%llu: no CPU", path, (unsigned long long)rec.place);
	}
	if (tl_source_info(src)->unparsed || n != entries)
		fail_msg("%s: %llu records of %llu, %llu lines unread", path, (unsigned long long)n,
			 (unsigned long long)entries, (unsigned long long)tl_source_info(src)->unparsed);
	assert_int_equal(tl_source_info(src)->n_warnings, 0);
	assert_true(tl_source_info(src)->arch != TL_ARCH_UNKNOWN);
	assert_int_equal(tl_source_info(src)->cpus, 2);
	tl_source_close(src);
}

static void every_entry(void **state)
{
	static const char *const names[] = {"function", "events", "rich", "boot", "oomglobal"};
	const char *data = getenv("TL_SHARED_DATA");
	int files = 0;

	if (!data) {
		skip();
		return;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char pattern[4096];
		glob_t g;

		snprintf(pattern, sizeof(pattern), "%s/golden/*/%s.txt", data, names[i]);
		if (glob(pattern, 0, NULL, &g) == 0) {
			for (size_t k = 0; k < g.gl_pathc; k++, files++)
				assert_whole(g.gl_pathv[k]);
			globfree(&g);
		}
	}
	assert_true(files > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_entry)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
