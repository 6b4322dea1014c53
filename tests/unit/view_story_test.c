/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The story and why views against lives made by hand: what is said, what is said of the unseen, and
 * that nothing a traced program calls itself reaches the terminal raw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/text.h"
#include "told.h"

#define SAYS(text, what)                                                                           \
	do {                                                                                       \
		if (!strstr(text, what))                                                           \
			fail_msg("not said: \"%s\" in:\n%s", what, text);                          \
	} while (0)
#define SAYS_NOT(text, what)                                                                       \
	do {                                                                                       \
		if (strstr(text, what))                                                            \
			fail_msg("said: \"%s\" in:\n%s", what, text);                              \
	} while (0)

static const struct tl_view_opts wide = {.stacks = true};

static void story_tells_a_killed_life(void **state)
{
	struct hand h;
	auto_free char *text = NULL;

	hand_init(&h);
	text = hand_view("story", &h, wide);
	SAYS(text, "raspbian_proc(3682)");
	SAYS(text, "forked by bash(2260): a process of its own [1]");
	SAYS(text, "clone flags: CHILD_CLEARTID CHILD_SETTID");
	SAYS(text, "copy_process \xe2\x86\x90 kernel_clone \xe2\x86\x90 __do_sys_clone");
	SAYS(text, "/root/raspbian_proc");
	SAYS(text, "500 \xc3\x97 sleep of 3 s");
	SAYS(text, "killed by SIGKILL from bash(2061) (kill)");
	SAYS(text, "bash(2260) was told with SIGCHLD (CLD_KILLED)");
	SAYS(text, "by bash(2260); at most 1.2 ms as a zombie");
	SAYS(text, "8123.263608 signal_generate, line 304");
	SAYS_NOT(text, "not seen");
	hand_fini(&h);
}

static const char *bar(const char *line, const char *end)
{
	const char *at = strstr(line, "\xe2\x94\x82");

	return at && at < end ? at : NULL;
}

/* Side by side: one column for all lessons, every row of the story still there, each lesson
 * told once. */
static void lessons_stand_beside_the_story(void **state)
{
	struct tl_view_opts opts = {.stacks = true, .teach = true, .width = 140};
	auto_free char *text = NULL, *once = NULL;
	int column = -1, lessons = 0;
	struct hand h;

	hand_init(&h);
	text = hand_view("story", &h, opts);
	for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		const char *at = bar(line, end);

		assert_true(text_width(line, (size_t)(end - line)) <= 140);
		if (!at)
			continue;
		lessons++;
		if (column < 0)
			column = text_width(line, (size_t)(at - line));
		assert_int_equal(text_width(line, (size_t)(at - line)), column);
	}
	assert_true(lessons > 40);
	SAYS(text, "\n  born");
	SAYS(text, "\n  reaped");
	SAYS(text, "CLONE_CHILD_CLEARTID  ");
	SAYS(text, "\xe2\x86\x90 kernel_clone");
	SAYS(text, "the one way to a new task");
	once = strstr(text, "cannot remove it"); /* of the zombie's lesson */
	once = strdup(once ? once + 1 : "cannot remove it");
	SAYS_NOT(once, "cannot remove it");
	hand_fini(&h);
}

static void lessons_stand_under_a_narrow_story(void **state)
{
	struct tl_view_opts opts = {.stacks = true, .teach = true, .width = 80};
	auto_free char *text = NULL, *plain = NULL;
	struct hand h;

	hand_init(&h);
	text = hand_view("story", &h, opts);
	for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
		assert_true(text_width(line, (size_t)(end - line)) <= 80);
	SAYS(text, "\n    \xe2\x94\x82 fork  ");
	SAYS(text, "\n  reaped");
	opts.teach = false;
	plain = hand_view("story", &h, opts);
	SAYS_NOT(plain, "\xe2\x94\x82");
	hand_fini(&h);
}

/* The rows and their order are what a reader relies on. */
static void story_goes_from_birth_to_reaping(void **state)
{
	static const char *const order[] = {"\n  born",   "\n  exec",   "\n  ran",
					    "\n  slept",  "\n  signal", "\n  died",
					    "\n  notice", "\n  reaped", "\n  [1]"};
	auto_free char *text = NULL;
	const char *at;
	struct hand h;

	hand_init(&h);
	at = text = hand_view("story", &h, wide);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		at = strstr(at, order[i]);
		if (!at)
			fail_msg("out of order: %s", order[i]);
	}
	hand_fini(&h);
}

static void story_says_what_was_not_seen(void **state)
{
	auto_free char *text = NULL, *blind = NULL;
	struct hand h;

	hand_init(&h);
	h.task.birth.seen.is = h.death.seen.is = h.notice.seen.is = false;
	h.reap = (struct tl_reap){.automatic = -1};
	text = hand_view("story", &h, wide);
	SAYS(text, "not seen: it lived before the trace began");
	SAYS(text, "not seen: it was alive when the trace ended");
	SAYS_NOT(text, "reaped");
	h.witnesses = (struct tl_witnesses){.signal = true};
	blind = hand_view("story", &h, wide);
	SAYS(blind, "not seen: this trace holds no births");
	SAYS(blind, "not seen: this trace holds no deaths");
	hand_fini(&h);
}

static void story_says_when_nobody_reaped(void **state)
{
	auto_free char *text = NULL, *automatic = NULL;
	struct hand h;

	hand_init(&h);
	h.reap = (struct tl_reap){.automatic = -1};
	text = hand_view("story", &h, wide);
	SAYS(text, "not seen: a zombie when the trace ended");
	h.reap = (struct tl_reap){.automatic = 1};
	automatic = hand_view("story", &h, wide);
	SAYS(automatic, "by the kernel at once");
	hand_fini(&h);
}

static void exit_codes_are_told_or_said_to_be_missing(void **state)
{
	auto_free char *with = NULL, *without = NULL;
	struct hand h;

	hand_init(&h);
	h.told.death = (struct tl_death_verdict){.cause = {.row = &hand_exit},
						 .by = {.tid = TL_PID_NONE},
						 .trigger = {.tid = TL_PID_NONE},
						 .core_dumped = -1,
						 .exited = true};
	without = hand_view("story", &h, wide);
	SAYS(without, "ended itself; the trace does not hold its exit code");
	h.told.death.exit_code_known = true;
	h.told.death.exit_code = 3;
	with = hand_view("story", &h, wide);
	SAYS(with, "ended itself: exit code 3");
	hand_fini(&h);
}

static void stacks_can_be_left_out(void **state)
{
	auto_free char *text = NULL;
	struct hand h;

	hand_init(&h);
	text = hand_view("story", &h, (struct tl_view_opts){});
	SAYS_NOT(text, "do_group_exit");
	hand_fini(&h);
}

static void corrected_frames_show_both_names(void **state)
{
	auto_free char *text = NULL;
	struct tl_stack *s;
	struct hand h;

	hand_init(&h);
	s = (struct tl_stack *)h.death.stack;
	s->frame[2].name = hand_atom(&h, "sys_exit_group");
	s->frame[2].raw = hand_atom(&h, "__wake_up_parent+0x0/0x34");
	s->frame[2].mark = TL_FM_CORRECTED;
	text = hand_view("story", &h, wide);
	SAYS(text, "sys_exit_group*");
	SAYS(text, "* the trace prints __wake_up_parent+0x0/0x34");
	hand_fini(&h);
}

/* Escape sequences, style bytes of our own, newlines: shown, never sent. */
static void hostile_names_stay_harmless(void **state)
{
	static const char *const evil[] = {"\033[31mred", "a\nb",     "\x01\x02\x04",
					   "tab\there",   "\xff\xfe", "%s%n"};
	static const char *const views[] = {"story", "why"};

	for (size_t i = 0; i < ARRAY_SIZE(evil) * ARRAY_SIZE(views); i++) {
		auto_free char *text = NULL;
		struct hand h;

		hand_init(&h);
		h.task.comm = h.comms[1] = hand_atom(&h, evil[i / 2]);
		h.exec.filename = h.task.comm;
		h.signal.owner.comm = h.told.death.by.comm = h.task.comm;
		h.reap.by.comm = h.task.birth.creator.comm = h.task.comm;
		text = hand_view(views[i % 2], &h, wide);
		for (const char *c = text; *c; c++)
			if ((unsigned char)*c < 0x20 && *c != '\n')
				fail_msg("control byte %#x of \"%s\" in:\n%s", *c, evil[i / 2],
					 text);
		SAYS_NOT(text, "a\nb");
		if (strstr(evil[i / 2], "\033"))
			SAYS(text, "\\x1b[31mred(3682)");
		hand_fini(&h);
	}
}

static void colour_is_only_on_request(void **state)
{
	auto_free char *plain = NULL, *colour = NULL;
	struct hand h;

	hand_init(&h);
	plain = hand_view("story", &h, wide);
	colour = hand_view("story", &h, (struct tl_view_opts){.stacks = true, .color = true});
	SAYS_NOT(plain, "\033");
	SAYS(colour, "\033[31mkilled by SIGKILL");
	hand_fini(&h);
}

static int longest(const char *text)
{
	int most = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");
		int w = text_width(text, n);

		most = w > most ? w : most;
		text += n + (text[n] == '\n');
	}
	return most;
}

static void lines_keep_to_the_width(void **state)
{
	static const int widths[] = {80, 100, 120};
	static const enum tongue tongues[] = {TONGUE_EN, TONGUE_KO};

	for (size_t i = 0; i < ARRAY_SIZE(widths) * ARRAY_SIZE(tongues); i++) {
		struct tl_view_opts opts = {.stacks = true, .width = widths[i / 2]};
		auto_free char *text = NULL;
		struct hand h;

		hand_init(&h);
		tongue_set(tongues[i % 2]);
		text = hand_view("story", &h, opts);
		if (longest(text) > opts.width)
			fail_msg("%d cells at width %d:\n%s", longest(text), opts.width, text);
		hand_fini(&h);
	}
}

static void korean_puts_a_noun_behind_names(void **state)
{
	auto_free char *text = NULL;
	struct hand h;

	hand_init(&h);
	tongue_set(TONGUE_KO);
	text = hand_view("story", &h, wide);
	SAYS(text,
	     "bash(2061) \xed\x94\x84\xeb\xa1\x9c\xec\x84\xb8\xec\x8a\xa4\xea\xb0\x80 "); /* 프로세스가
											   */
	SAYS_NOT(text, "killed by");
	SAYS(text, "signal_generate");
	hand_fini(&h);
}

static void why_is_one_line_a_life(void **state)
{
	auto_free char *text = NULL;
	struct hand h;

	hand_init(&h);
	text = hand_view("why", &h, (struct tl_view_opts){});
	SAYS(text, "raspbian_proc(3682)");
	SAYS(text, "8123.263674");
	SAYS(text, "killed by SIGKILL from bash(2061) (kill)");
	assert_ptr_equal(strchr(text, '\n') + 1, text + strlen(text));
	hand_fini(&h);
}

static void a_grade_is_said_once(void **state)
{
	auto_free char *both = NULL, *cause = NULL;
	struct hand h;

	hand_init(&h);
	h.told.death.cause.grade = h.told.death.source.grade = TL_DEDUCED;
	both = hand_view("why", &h, wide);
	SAYS(both, "(kill) (deduced)");
	SAYS_NOT(both, "(deduced) (deduced)");
	h.told.death.source.grade = TL_OBSERVED;
	cause = hand_view("why", &h, wide);
	SAYS(cause, "(kill) (deduced)");
	hand_fini(&h);
}

/* Three are told in full; a killed one, and one asked for by number, always is. */
static void lives_alike_are_counted(void **state)
{
	auto_free char *quiet = NULL, *each = NULL, *killed = NULL;
	struct hand h;

	hand_init(&h);
	h.again = 99;
	killed = hand_view("story", &h, wide);
	SAYS_NOT(killed, "more, each like");
	h.task.n_signals = 0;
	h.task.n_children = 2; /* as of a compiler's driver: ids of children are no difference */
	h.task.child = (struct tl_ref[]){{1, 1, NULL}, {2, 1, NULL}};
	h.told.death = (struct tl_death_verdict){.cause = {.row = &hand_exit},
						 .by = {.tid = TL_PID_NONE},
						 .exited = true,
						 .exit_code_known = true};
	quiet = hand_view("story", &h, wide);
	SAYS(quiet,
	     "\n  raspbian_proc  8120.001000  97 more, each like raspbian_proc(3682); they ran 1.2 ms to 1.2 ms, 116.4 ms in all");
	h.told.death.exit_code_known = false;
	each = hand_view("story", &h, wide);
	SAYS_NOT(each, "more, each like");
	hand_fini(&h);
}

static void nothing_to_tell_is_said(void **state)
{
	auto_free char *story = hand_view("story", NULL, wide), *why = hand_view("why", NULL, wide);

	SAYS(story, "there are no tasks in this trace");
	SAYS(why, "Nobody died");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(story_tells_a_killed_life),
		cmocka_unit_test(lessons_stand_beside_the_story),
		cmocka_unit_test(lessons_stand_under_a_narrow_story),
		cmocka_unit_test(story_goes_from_birth_to_reaping),
		cmocka_unit_test(story_says_what_was_not_seen),
		cmocka_unit_test(story_says_when_nobody_reaped),
		cmocka_unit_test(exit_codes_are_told_or_said_to_be_missing),
		cmocka_unit_test(stacks_can_be_left_out),
		cmocka_unit_test(corrected_frames_show_both_names),
		cmocka_unit_test(hostile_names_stay_harmless),
		cmocka_unit_test(colour_is_only_on_request),
		cmocka_unit_test(lines_keep_to_the_width),
		cmocka_unit_test(korean_puts_a_noun_behind_names),
		cmocka_unit_test(why_is_one_line_a_life),
		cmocka_unit_test(a_grade_is_said_once),
		cmocka_unit_test(lives_alike_are_counted),
		cmocka_unit_test(nothing_to_tell_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
