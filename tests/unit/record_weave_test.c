/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two buffers read while they fill become one text: in order of time however the pipes gave them, a
 * stack behind its record, a loss before the CPU's next one, and nothing before its time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "record/weave.h"
#include "tasklife/read.h"

#define LIVES 0
#define FAMILY 1
#define SECOND 1000000000ll

static const char lives[] =
	"              sh-10      [000] d..2.     1.000100: sched_process_exit: comm=sh pid=10 prio=120\n"
	"              sh-10      [000] d..2.     1.000300: <stack trace>\n"
	" => do_exit+0x4/0x10\n"
	" => do_group_exit+0x20/0x80\n"
	"              sh-11      [001] d..2.     1.000250: sched_process_free: comm=sh pid=9 prio=120\n"
	"        tasklife-7       [001] .....     1.000400: tracing_mark_write: tasklife/1 tick\n"
	"              sh-11      [001] d..2.     1.000900: sched_process_free: comm=sh pid=8 prio=120\n";
static const char family[] =
	"              sh-11      [001] d..2.     1.000050: sched_waking: comm=sh pid=10 prio=120 target_cpu=000\n"
	"              sh-10      [000] d..2.     1.000200: sched_waking: comm=a\nb pid=11 prio=120 target_cpu=001\n"
	"CPU:1 [LOST 5 EVENTS]\n"
	"              sh-11      [001] d..2.     1.000350: sched_waking: comm=sh pid=10 prio=120 target_cpu=000\n"
	"              sh-11      [001] d..2.     1.000800: sched_waking: comm=sh pid=10 prio=120 target_cpu=000\n";

/* In pieces of every length: a read may end anywhere. */
static void add(struct weave *w, unsigned from, const char *text, size_t step)
{
	for (size_t n = strlen(text), at = 0; at < n; at += step)
		weave_add(w, from, text + at, n - at < step ? n - at : step);
}

static void begin(struct weave *w, size_t step)
{
	weave_init(w, "lives", "family");
	add(w, FAMILY, family, step);
	add(w, LIVES, lives, step);
}

/* The source of a text that is there already. */
static struct tl_source *source_of(const struct out *o)
{
	struct tl_source *src;
	FILE *file = tmpfile();
	int fd = dup(fileno(file));

	assert_int_equal(fwrite(o->buf, 1, o->n, file), o->n);
	fclose(file);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_null(tl_source_open_fd(fd, "woven", &src));
	return src;
}

static void records_come_in_order_of_time(void **state)
{
	static const struct {
		tl_ns us;
		const char *buffer;
		enum tl_rec_kind kind;
	} want[] = {
		{50, "family", TL_REC_EVENT}, {100, "lives", TL_REC_EVENT},
		{300, "lives", TL_REC_STACK},
		{200, "family", TL_REC_EVENT}, {250, "lives", TL_REC_EVENT},
		{0, "family", TL_REC_LOST},
		{350, "family", TL_REC_EVENT}, {400, "lives", TL_REC_MARK},
		{800, "family", TL_REC_EVENT},
		{900, "lives", TL_REC_EVENT},
	};

	for (size_t step = 1; step < 400; step += step < 8 ? 1 : 37) {
		struct out o;
		struct weave w;
		struct tl_source *src;
		struct tl_record rec;

		out_init(&o, -1);
		begin(&w, step);
		weave_until(&w, INT64_MAX, &o);
		assert_false(weave_holds(&w) || w.starved);
		src = source_of(&o);
		for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
			assert_int_equal(tl_source_next(src, &rec), 1);
			assert_int_equal(rec.kind, want[i].kind);
			assert_string_equal(tl_source_info(src)->buffer[rec.buffer],
					    want[i].buffer);
			if (rec.kind != TL_REC_LOST)
				assert_int_equal(rec.t, SECOND + want[i].us * 1000);
			assert_int_equal(rec.kind == TL_REC_STACK ? rec.n_frames : 2, 2);
		}
		assert_int_equal(tl_source_next(src, &rec), 0);
		/* between the records of that buffer, whatever the other one had meanwhile */
		assert_int_equal(tl_source_info(src)->n_blind, 1);
		assert_int_equal(tl_source_info(src)->blind[0].from, SECOND + 50 * 1000);
		assert_int_equal(tl_source_info(src)->blind[0].to, SECOND + 350 * 1000);
		assert_int_equal(tl_source_info(src)->lost, 5);
		tl_source_close(src);
		weave_fini(&w);
		out_fini(&o);
	}
}

static size_t count(const struct out *o, const char *what)
{
	size_t n = 0;

	for (const char *p = o->buf;
	     (p = memmem(p, o->n - (size_t)(p - o->buf), what, strlen(what))); p++)
		n++;
	return n;
}

static void nothing_comes_before_its_time(void **state)
{
	struct weave w;
	struct out o;

	out_init(&o, -1);
	weave_init(&w, "lives", "family");
	assert_false(weave_holds(&w));
	add(&w, LIVES, lives, 100);
	assert_int_equal(w.tick, SECOND + 400 * 1000);
	weave_until(&w, w.tick, &o);
	assert_int_equal(count(&o, "lives:"), 4);
	assert_true(weave_holds(&w));
	o.n = 0;
	add(&w, FAMILY, family, 100); /* comes late: it is told late, and still in its own order */
	weave_until(&w, w.tick, &o);
	assert_int_equal(count(&o, "family:"), 4);
	assert_int_equal(count(&o, "lives:"), 0);
	o.n = 0;
	weave_until(&w, INT64_MAX, &o);
	assert_int_equal(count(&o, "family:"), 1);
	assert_int_equal(count(&o, "lives:"), 1);
	weave_fini(&w);
	out_fini(&o);
}

/* Lines that are no records, and no end of the last one. */
static void what_is_no_record_goes_along(void **state)
{
	struct weave w;
	struct out o;

	out_init(&o, -1);
	weave_init(&w, "lives", "family");
	add(&w, LIVES, "prose\n\n => frame+0x1/0x2\n", 3);
	add(&w, FAMILY, "CPU:0 [LOST 1 EVENTS]\nCPU:1 [LOST 2 EVENTS]\n", 5);
	add(&w, FAMILY, "half a line", 4);
	weave_until(&w, INT64_MAX, &o);
	assert_int_equal(count(&o, "prose\n\n => frame"), 1);
	assert_int_equal(count(&o, "LOST"), 2);
	assert_int_equal(count(&o, "half"), 0);
	weave_fini(&w);
	out_fini(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_in_order_of_time),
		cmocka_unit_test(nothing_comes_before_its_time),
		cmocka_unit_test(what_is_no_record_goes_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
