/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traces of real kernels (env TL_SHARED_DATA, else skipped): every entry that the header counts is
 * read, and no line that looks like a record is left. A <stack trace> is an entry of its own.
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

/* The fields printed again as the kernel does: nothing was cut in the wrong place. */
static void assert_same_text(const char *path, const struct tl_record *rec)
{
	char text[2048];
	size_t n = 0;

	for (unsigned i = 0; i < rec->row->n_fields; i++) {
		const struct tl_field_row *field = &rec->row->field[i];
		const union tl_value *v = &rec->f.v[i];

		if (!(rec->f.have & 1u << i))
			continue;
		n += snprintf(text + n, sizeof(text) - n, "%s%s=", n ? " " : "", field->printed);
		if (field->type == TL_FT_STR)
			n += snprintf(text + n, sizeof(text) - n, "%.*s", (int)v->s.n, v->s.p);
		else if (field->type == TL_FT_HEX)
			n += snprintf(text + n, sizeof(text) - n, "%llx", (unsigned long long)v->i);
		else if (field->type == TL_FT_STATE)
			n += snprintf(text + n, sizeof(text) - n, "%c%s", (char)v->i,
				      v->i & TL_STATE_PREEMPTED ? "+" : "");
		else if (field->type == TL_FT_BOOL)
			n += snprintf(text + n, sizeof(text) - n, v->i ? "true" : "false");
		else
			n += snprintf(text + n, sizeof(text) - n,
				      strcmp(field->name, "target_cpu") == 0 ? "%03lld" : "%lld",
				      (long long)v->i);
		assert_true(n < sizeof(text));
	}
	/* mark_victim goes on with sizes that we do not model */
	if (rec->payload.n < n || memcmp(rec->payload.p, text, n) != 0 ||
	    (rec->payload.n > n && rec->row->id != TL_EVENT_MARK_VICTIM))
		fail_msg("%s:%llu: '%s' is not '%.*s'", path, (unsigned long long)rec->place, text,
			 (int)rec->payload.n, rec->payload.p);
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
		if (rec.row)
			assert_same_text(path, &rec);
		if (rec.kind == TL_REC_EVENT && rec.cpu < 0)
			fail_msg("%s:%llu: no CPU", path, (unsigned long long)rec.place);
	}
	if (tl_source_info(src)->unparsed || n != entries)
		fail_msg("%s: %llu records of %llu, %llu lines unread", path, (unsigned long long)n,
			 (unsigned long long)entries,
			 (unsigned long long)tl_source_info(src)->unparsed);
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

	if (!getenv("TL_SHARED_DATA")) {
		/* cmocka's own skip() reads "not ok" */
		puts("1..0 # SKIP TL_SHARED_DATA is not set");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
