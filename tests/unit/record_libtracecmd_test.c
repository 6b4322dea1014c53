/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libtracecmd, through which KernelShark reads, sees in a recording of ours what we see, in each
 * form we write. */
#define HAVE_TRACECMD __has_include(<trace-cmd.h>)
#include "base/guard.h"
#include "dat_make.h"
#if HAVE_TRACECMD
#include <sched.h>
#include <trace-cmd.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#else
#define __lsan_disable()
#define __lsan_enable()
#endif

#define MS 1000000ull

struct seen {
	unsigned n;
	uint64_t last;
	int frees; /* records of sched_process_free */
};

static int on_record(struct tracecmd_input *handle, struct tep_record *rec, int cpu, void *data)
{
	struct tep_handle *tep = tracecmd_get_tep(handle);
	struct tep_event *ev = tep_find_event_by_record(tep, rec);
	struct seen *seen = data;

	assert_non_null(ev);
	assert_true(rec->ts >= seen->last);
	assert_int_equal(rec->cpu, cpu);
	seen->last = rec->ts;
	seen->n++;
	seen->frees += !strcmp(ev->name, "sched_process_free");
	return 0;
}

static struct seen all_of(struct tracecmd_input *handle)
{
	struct seen seen = {};

	assert_int_equal(tracecmd_iterate_events(handle, NULL, 0, on_record, &seen), 0);
	return seen;
}

static struct seen buffer_of(struct tracecmd_input *handle, const char *name)
{
	struct seen seen = {};

	for (int i = 0; i < tracecmd_buffer_instances(handle); i++) {
		struct tracecmd_input *in = tracecmd_buffer_instance_handle(handle, i);

		if (strcmp(tracecmd_buffer_instance_name(handle, i), name))
			continue;
		assert_non_null(in);
		seen = all_of(in);
		tracecmd_close(in);
		return seen;
	}
	fail_msg("no buffer %s", name);
	return seen;
}

/* Two buffers of two cpus: three deaths and a stack in lives, one death in family. */
static void read_back(unsigned format, bool pack)
{
	char name[] = "/tmp/tl-libtracecmd-XXXXXX";
	struct made_page page[3] = {};
	struct dat_pages lives[2], family[2];
	const struct dat_buffer buffer[] = {{"lives", "mono", PAGE, lives, 2},
					    {"family", "mono", PAGE, family, 2}};
	struct dat_file f = made_file(buffer, 2);
	struct tracecmd_input *handle;
	struct seen seen;
	int fd = mkstemp(name);

	made_begin(&page[0], 10 * MS);
	made_add_free(&page[0], 11 * MS, 500);
	made_add_stack(&page[0], 13 * MS, 0xffffffff81000104);
	made_add_free(&page[0], 300 * MS, 501); /* with a time extend */
	made_begin(&page[1], 12 * MS);
	made_add_free(&page[1], 12 * MS, 502);
	made_begin(&page[2], 30 * MS);
	made_add_free(&page[2], 31 * MS, 503);
	for (int cpu = 0; cpu < 2; cpu++) {
		lives[cpu] =
			(struct dat_pages){.cpu = cpu, .fd = -1, .mem = page[cpu].b, .n = PAGE};
		family[cpu] = (struct dat_pages){
			.cpu = cpu, .fd = -1, .mem = page[2].b, .n = cpu ? PAGE : 0};
	}
	f.format = format;
	f.pack = pack;
	assert_null(dat_write(&f, fd, name, NULL));
	close(fd);
	/* libtracecmd 1.3.1 forgets the handles of buffers, which hold the file's */
	__lsan_disable();
	handle = tracecmd_open(name, 0);
	assert_non_null(handle);
	seen = buffer_of(handle, "lives");
	assert_int_equal(seen.n, 4);
	assert_int_equal(seen.frees, 3);
	assert_int_equal(seen.last, 300 * MS);
	seen = buffer_of(handle, "family");
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.frees, 1);
	tracecmd_close(handle);
	__lsan_enable();
	unlink(name);
}

static void each_form(void **state)
{
	read_back(7, false);
	read_back(7, true);
	read_back(6, false);
}
#else
static void each_form(void **state)
{
	print_message("# SKIP libtracecmd is not here\n");
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_form)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
