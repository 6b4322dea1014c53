/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything any output names is a topic with words of its own, in both languages, and leads to
 * topics that exist. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/tongue.h"
#include "columns/columns.h"
#include "teach/lessons.h"

#define EACH_TOPIC(g, i, t)                                                                        \
	for (unsigned g = 0; g < TOPIC_GROUPS; g++)                                                \
		for (unsigned i = 0; topic_at(g, i, 0, &t); i++)

/* Groups whose topics the table alone describes in one line; all others want a lesson. */
static bool one_line_does(unsigned g)
{
	return g == TOPIC_FUNCTION || g == TOPIC_RULE || g == TOPIC_COLUMN || g == TOPIC_STEP ||
	       g == TOPIC_CONTEXT || g == TOPIC_CODE || g == TOPIC_FIELD || g == TOPIC_RESULT ||
	       g == TOPIC_CLONE || g == TOPIC_FLAG || g == TOPIC_TASK || g == TOPIC_BIRTH ||
	       g == TOPIC_SOURCE || g == TOPIC_DEATH || g == TOPIC_TRACE || g == TOPIC_MARK;
}

static void every_topic_has_words(void **state)
{
	struct topic t;

	EACH_TOPIC(g, i, t)
	{
		if (!t.gist || !*t.gist || (!t.text && !one_line_does(g)))
			fail_msg("%s:%s has no words", topic_group_name(g), t.id);
		if (!one_line_does(g) && (!t.source || !*t.source))
			fail_msg("%s:%s does not say where it was read", topic_group_name(g), t.id);
	}
}

static bool is_korean(const char *s)
{
	for (; s && *s; s++)
		if ((unsigned char)*s >= 0xea && (unsigned char)*s <= 0xed)
			return true;
	return false;
}

/* Names of the kernel stay as they are: a list of them, or a formula, reads the same in both
 * languages. */
static bool is_names_only(const char *s)
{
	return strchr(s, '+') || strstr(s, "\xe2\x86\x92") || strchr(s, ',');
}

static void every_topic_has_korean(void **state)
{
	struct topic t;

	tongue_set(TONGUE_KO);
	EACH_TOPIC(g, i, t)
	{
		if (t.gist && !strcmp(_(t.gist), t.gist) && strchr(t.gist, ' ') &&
		    !is_names_only(t.gist))
			fail_msg("%s:%s: '%s' is not there in Korean", topic_group_name(g), t.id,
				 t.gist);
		if (t.text && !is_korean(_(t.text)))
			fail_msg("%s:%s: its lesson is not there in Korean", topic_group_name(g),
				 t.id);
	}
	tongue_set(TONGUE_EN);
}

static bool leads_somewhere(const char *name)
{
	struct topic t;
	enum topic_group g;

	return topic_group_named(name, &g) || topics_named(name, 0, &t, 1);
}

static void every_link_leads_somewhere(void **state)
{
	char see[512], *save, *word;
	struct topic t;

	EACH_TOPIC(g, i, t)
	{
		snprintf(see, sizeof(see), "%s", t.see ? t.see : "");
		for (word = strtok_r(see, " ", &save); word; word = strtok_r(NULL, " ", &save))
			if (!leads_somewhere(word))
				fail_msg("%s:%s leads to '%s', which is no topic",
					 topic_group_name(g), t.id, word);
	}
}

/* A lesson no table asks for was written under a name that is none. */
static void every_lesson_is_asked_for(void **state)
{
	struct topic t;

	for (unsigned i = 0; i < lessons_n; i++) {
		const struct lesson *l = &lessons[i];

		if (!strncmp(l->id, "*.", 2))
			continue;
		if (!topic_in(l->group, l->id, 0, &t))
			fail_msg("%s:%s is no name of its group", topic_group_name(l->group),
				 l->id);
	}
}

static void every_step_is_a_topic(void **state)
{
	static const char *const of[] = {"copy_process",           "fork",        "dup_task_struct",
					 "alloc_task_struct_node", "do_exit",     "exit_notify",
					 "do_task_dead",           "release_task"};
	struct step s;

	for (unsigned k = 0; k < sizeof(of) / sizeof(of[0]); k++) {
		unsigned it = 0, n = 0;

		for (; step_next(of[k], 0, &it, &s); n++)
			if (!leads_somewhere(s.id))
				fail_msg("%s: step '%s' is no topic", of[k], s.id);
		if (n < 2)
			fail_msg("%s has %u steps", of[k], n);
	}
}

/* Where a step stands: its place counted from 1; 0 nowhere. */
static unsigned place(const char *of, const char *id, int release)
{
	unsigned it = 0, n = 0;
	struct step s;

	while (step_next(of, release, &it, &s)) {
		n++;
		if (!strcmp(s.id, id) && !s.was && !s.will)
			return n;
	}
	return 0;
}

static void steps_are_those_of_the_release(void **state)
{
	int older, newer;
	unsigned it = 0;
	struct step s;
	bool marked = false;

	assert_true(place("do_exit", "sched_process_exit", RELEASE(7, 2)) <
		    place("do_exit", "exit_mm", RELEASE(7, 2)));
	assert_true(place("do_exit", "sched_process_exit", RELEASE(6, 12)) >
		    place("do_exit", "exit_mm", RELEASE(6, 12)));
	assert_int_equal(place("copy_process", "copy_thread", RELEASE(4, 19)), 0);
	assert_int_not_equal(place("copy_process", "copy_thread_tls", RELEASE(4, 19)), 0);
	assert_true(place("copy_process", "rlimit-nproc", RELEASE(5, 10)) <
		    place("copy_process", "copy_creds", RELEASE(5, 10)));
	assert_true(place("copy_process", "rlimit-nproc", RELEASE(6, 1)) >
		    place("copy_process", "copy_creds", RELEASE(6, 1)));
	steps_read(RELEASE(6, 12), &older, &newer);
	assert_int_equal(older, newer);
	steps_read(RELEASE(6, 6), &older, &newer);
	assert_int_equal(older, RELEASE(6, 1));
	assert_int_equal(newer, RELEASE(6, 12));
	while (step_next("do_exit", RELEASE(6, 6), &it, &s))
		marked |= !strcmp(s.id, "user_events_exit") && s.will && !s.was;
	assert_true(marked);
	steps_read(RELEASE(9, 0), &older, &newer);
	assert_int_equal(older, newer);
}

static void names_are_found_as_people_type_them(void **state)
{
	static const struct {
		const char *name, *id;
		enum topic_group g;
	} row[] = {
		{"SIGKILL", "SIGKILL", TOPIC_SIGNAL},
		{"kill", "kill", TOPIC_SOURCE},
		{"9", "SIGKILL", TOPIC_SIGNAL},
		{"sigterm", "SIGTERM", TOPIC_SIGNAL},
		{"USR1", "SIGUSR1", TOPIC_SIGNAL},
		{"CLONE_VM", "CLONE_VM", TOPIC_CLONE},
		{"settls", "CLONE_SETTLS", TOPIC_CLONE},
		{"kernel_clone", "fork", TOPIC_FUNCTION},
		{"_do_fork+0xcf/0x3a0", "fork", TOPIC_FUNCTION},
		{"copy_process.part.53", "copy_process", TOPIC_FUNCTION},
		{"do_exit()", "do_exit", TOPIC_FUNCTION},
		{"__arm64_sys_exit_group", "sys_exit_group", TOPIC_FUNCTION},
		{"signal_generate.grp", "signal_generate.group", TOPIC_FIELD},
		{"prev_state", "sched_switch.prev_state", TOPIC_FIELD},
		{"deaths:exit", "exit", TOPIC_DEATH},
		{"births:fork", "fork", TOPIC_BIRTH},
		{"exit_code", "exit_code", TOPIC_TASK},
		{"core_dumped", "death.core_dumped", TOPIC_COLUMN},
		{"S-KILL", "S-KILL", TOPIC_RULE},
		{"t", "t", TOPIC_STATE},
		{"T", "T", TOPIC_STATE},
		{"h", "hardirq.h", TOPIC_CONTEXT},
		{"PF_EXITING", "PF_EXITING", TOPIC_FLAG},
		{"exiting", "PF_EXITING", TOPIC_FLAG},
		{"TIF_SIGPENDING", "TIF_SIGPENDING", TOPIC_FLAG},
		{"thread_info.flags", "ti_flags", TOPIC_TASK},
		{"sched_info.last_arrival", "last_arrival", TOPIC_TASK},
		{"zombie", "Z", TOPIC_STATE},
	};
	struct topic t[4];

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (!topics_named(row[i].name, 0, t, 4))
			fail_msg("'%s' is not found", row[i].name);
		assert_string_equal(t[0].id, row[i].id);
		assert_int_equal(t[0].group, row[i].g);
	}
	assert_int_equal(topics_named("no_such_thing_at_all", 0, t, 4), 0);
	assert_int_equal(topics_named("", 0, t, 4), 0);
	assert_int_equal(topics_named("\x1b[31m", 0, t, 4), 0);
	assert_int_equal(topics_named("99", 0, t, 4), 0);
	assert_int_equal(topics_named("nosuchgroup:exit", 0, t, 4), 0);
}

static void letters_of_a_trace_line_are_taken_apart(void **state)
{
	struct topic t[8];

	assert_int_equal(topics_context("d..2.", 0, t, 8), 2);
	assert_string_equal(t[0].id, "irqs-off.d");
	assert_string_equal(t[1].id, "preempt-depth");
	assert_int_equal(topics_context("dNh2.", 0, t, 8), 4);
	assert_string_equal(t[1].id, "need-resched.N");
	assert_string_equal(t[2].id, "hardirq.h");
	assert_int_equal(topics_context("d..2", 0, t, 8), 2);
	assert_int_equal(topics_context(".....", 0, t, 8), 1);
	assert_string_equal(t[0].id, "context");
	assert_int_equal(topics_context("dead!", 0, t, 8), 0);
	assert_int_equal(topics_context("d..", 0, t, 8), 0);
	assert_int_equal(topics_context("d..2..", 0, t, 8), 0);
	assert_int_equal(topics_context("dNh2.", 0, t, 1), 1);
}

static void a_slip_of_the_keys_is_forgiven(void **state)
{
	char near[64];

	assert_true(topic_nearest("copy_proces", near, sizeof(near)));
	assert_string_equal(near, "copy_process");
	assert_true(topic_nearest("SIGKIL", near, sizeof(near)));
	assert_string_equal(near, "SIGKILL");
	assert_true(topic_nearest("kernel_clon", near, sizeof(near)));
	assert_string_equal(near, "kernel_clone");
	assert_false(topic_nearest("zzzzzzzzzzzzzzzz", near, sizeof(near)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_topic_has_words),
		cmocka_unit_test(every_topic_has_korean),
		cmocka_unit_test(every_link_leads_somewhere),
		cmocka_unit_test(every_lesson_is_asked_for),
		cmocka_unit_test(every_step_is_a_topic),
		cmocka_unit_test(steps_are_those_of_the_release),
		cmocka_unit_test(names_are_found_as_people_type_them),
		cmocka_unit_test(letters_of_a_trace_line_are_taken_apart),
		cmocka_unit_test(a_slip_of_the_keys_is_forgiven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
