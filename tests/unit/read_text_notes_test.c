/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The listings of the study notes, bytes as they are: every record and every frame of them. */
#include "read_text_help.h"

struct want {
	enum tl_rec_kind kind;
	const char *name; /* event, function; NULL for stacks */
	tl_pid pid;
	unsigned n_frames;
};

struct listing {
	const char *folder;
	enum tl_arch arch;
	struct want want[16];
};

#define EV(name, pid)	  {TL_REC_EVENT, name, pid, 0}
#define FN(name, pid)	  {TL_REC_FUNC, name, pid, 0}
#define STACK(pid, n)	  {TL_REC_STACK, NULL, pid, n}

static const struct listing listings[] = {
	{"000-1",
	 TL_ARCH_ARM64,
	 {FN("copy_process", 2124), STACK(2124, 10), EV("sched_process_fork", 2124),
	  EV("sched_switch", 0), EV("sched_switch", 2466), EV("sched_wakeup", 2466),
	  EV("sched_switch", 2466)}},
	{"000-2",
	 TL_ARCH_ARM64,
	 {FN("do_exit", 2466), STACK(2466, 9), EV("sched_process_exit", 2466),
	  EV("signal_generate", 2466), EV("sched_wakeup", 0), EV("sched_switch", 2466),
	  EV("sched_switch", 0), EV("signal_deliver", 2124)}},
	{"000-3",
	 TL_ARCH_ARM64,
	 {EV("signal_generate", 2061), EV("sched_wakeup", 0), EV("sched_switch", 0),
	  EV("signal_deliver", 3682), FN("do_exit", 3682), STACK(3682, 7),
	  EV("sched_process_exit", 3682), EV("signal_generate", 3682), EV("sched_wakeup", 0),
	  EV("sched_switch", 0), EV("sched_switch", 3682), EV("signal_deliver", 2260)}},
	{"003-1", TL_ARCH_UNKNOWN, {EV("signal_generate", 13081)}},
	{"003-2", TL_ARCH_UNKNOWN, {EV("signal_deliver", 13081)}},
};

static struct tl_source *open_listing(const char *folder)
{
	const char *root = getenv("TL_SOURCE_ROOT");
	struct tl_source *src = NULL;
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/golden/notes/%s/trace.txt", root ? root : ".",
		 folder);
	assert_null(tl_source_open(path, &src));
	return src;
}

static void every_record(void **state)
{
	for (size_t i = 0; i < sizeof(listings) / sizeof(listings[0]); i++) {
		const struct listing *l = &listings[i];
		struct tl_source *src = open_listing(l->folder);

		for (const struct want *w = l->want; w->pid || w->name; w++) {
			struct tl_record rec = next_of(src);

			assert_int_equal(rec.kind, w->kind);
			assert_int_equal(rec.pid, w->pid);
			assert_int_equal(rec.n_frames, w->n_frames);
			if (w->name)
				assert_str(rec.name, w->name);
			if (w->kind == TL_REC_EVENT)
				assert_non_null(rec.row);
		}
		assert_end(src);
		assert_int_equal(tl_source_info(src)->unparsed, 0);
		assert_int_equal(tl_source_info(src)->arch, l->arch);
		assert_int_equal(tl_source_info(src)->n_warnings, 0);
		tl_source_close(src);
	}
}

/* What the notes conclude from them. */
static void the_killing(void **state)
{
	struct tl_source *src = open_listing("000-3");
	struct tl_record rec = next_of(src);

	assert_str(rec.comm, "bash");
	assert_int_equal(rec.f.v[TL_F_SIGNAL_GENERATE_sig].i, 9);
	assert_int_equal(rec.f.v[TL_F_SIGNAL_GENERATE_pid].i, 3682);
	assert_str(rec.f.v[TL_F_SIGNAL_GENERATE_comm].s, "raspbian_proc");
	for (int i = 0; i < 5; i++)
		rec = next_of(src);
	assert_str(rec.frame[2].name, "get_signal");
	assert_int_equal(rec.frame[2].off, 0x9e4);
	next_of(src);
	rec = next_of(src);
	assert_int_equal(rec.f.v[TL_F_SIGNAL_GENERATE_sig].i, 17);
	assert_int_equal(rec.f.v[TL_F_SIGNAL_GENERATE_code].i, 2);
	assert_int_equal(rec.f.v[TL_F_SIGNAL_GENERATE_pid].i, 2260);
	tl_source_close(src);
}

/* The last line of 000-1 was cut by whoever pasted it: "next_prio=12". */
static void the_cut_line(void **state)
{
	struct tl_source *src = open_listing("000-1");
	struct tl_record rec = {};

	for (int i = 0; i < 7; i++)
		rec = next_of(src);
	assert_int_equal(rec.f.v[TL_F_SCHED_SWITCH_next_pid].i, 219);
	assert_int_equal(rec.f.v[TL_F_SCHED_SWITCH_next_prio].i, 12);
	tl_source_close(src);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record),
		cmocka_unit_test(the_killing),
		cmocka_unit_test(the_cut_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
