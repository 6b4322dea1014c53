/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json and ndjson: valid whatever the names, null for the unseen, absent where it cannot apply, and
 * the same in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/json.h"
#include "columns/columns.h"
#include "told.h"

static const char *blank(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* A strict little checker: the end of one value, NULL when it is none. */
static const char *value(const char *p, int depth);

static const char *string(const char *p)
{
	if (*p++ != '"')
		return NULL;
	for (; *p != '"'; p++) {
		if ((unsigned char)*p < 0x20)
			return NULL;
		if (*p != '\\')
			continue;
		p++;
		if (*p == 'u' && strspn(p + 1, "0123456789abcdefABCDEF") < 4)
			return NULL;
		if (!*p || !strchr("\"\\/bfnrtu", *p))
			return NULL;
	}
	return p + 1;
}

static const char *members(const char *p, char close, int depth)
{
	p = blank(p);
	if (*p == close)
		return p + 1;
	for (;;) {
		if (close == '}') {
			p = string(blank(p));
			if (!p || *(p = blank(p)) != ':')
				return NULL;
			p++;
		}
		p = value(blank(p), depth + 1);
		if (!p)
			return NULL;
		p = blank(p);
		if (*p == close)
			return p + 1;
		if (*p++ != ',')
			return NULL;
	}
}

static const char *value(const char *p, int depth)
{
	static const char *const words[] = {"true", "false", "null"};
	size_t n;

	if (depth > 32)
		return NULL;
	if (*p == '{' || *p == '[')
		return members(p + 1, *p == '{' ? '}' : ']', depth);
	if (*p == '"')
		return string(p);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strncmp(p, words[i], strlen(words[i])))
			return p + strlen(words[i]);
	n = strspn(p, "-0123456789");
	return n ? p + n : NULL;
}

static void is_json(const char *text)
{
	const char *end = value(blank(text), 0);

	if (!end || *blank(end))
		fail_msg("no JSON: %s", text);
}

#define HAS(text, what)                                                                            \
	do {                                                                                       \
		if (!strstr(text, what))                                                           \
			fail_msg("missing %s in\n%s", what, text);                                 \
	} while (0)
#define HAS_NOT(text, what)                                                                        \
	do {                                                                                       \
		if (strstr(text, what))                                                            \
			fail_msg("there is %s in\n%s", what, text);                                \
	} while (0)

static void json_holds_a_whole_life(void **state)
{
	auto_free char *text = NULL;
	struct hand h;

	hand_init(&h);
	text = hand_view("json", &h, (struct tl_view_opts){});
	is_json(text);
	HAS(text, "{\"schema\":\"tasklife/1\",\"tasks\":[");
	HAS(text,
	    "\"tid\":3682,\"tgid\":3682,\"generation\":1,\"comm\":\"raspbian_proc\",\"comms\":[\"bash\",\"raspbian_proc\"]");
	HAS(text, "\"birth\":{\"t_ns\":8120001000000,\"kind\":\"fork\",\"rule\":\"B-FORK\"");
	HAS(text, "\"clone_flags\":[\"CHILD_CLEARTID\",\"CHILD_SETTID\"],\"exit_signal\":null,");
	HAS(text,
	    "\"stack\":[\"copy_process\",\"kernel_clone\",\"__do_sys_clone\"],\"stack_raw\":[");
	HAS(text,
	    "\"sig\":9,\"name\":\"SIGKILL\",\"code\":0,\"code_name\":\"SI_USER\",\"group\":true,\"result\":\"queued\",\"source\":\"kill\"");
	HAS(text,
	    "\"from\":{\"tid\":2061,\"comm\":\"bash\"},\"trigger\":null,\"delivered_t_ns\":8123263615000");
	HAS(text,
	    "\"cause\":\"signal\",\"rule\":\"D-SIGKILL\",\"signal\":9,\"source\":\"kill\",\"by\":{\"tid\":2061,\"tgid\":2061,\"comm\":\"bash\",\"argv\":null,\"cgroup\":null,\"missing\":null,\"ancestry\":[]},\"trigger\":null,\"core_dumped\":false,\"grade\":\"observed\"");
	HAS(text,
	    "\"evidence\":[{\"t_ns\":8123263608000,\"event\":\"signal_generate\",\"place\":304}]");
	HAS(text,
	    "\"process\":{\"threads\":[3682],\"end\":{\"t_ns\":8123263674000,\"cause\":\"signal\",\"signal\":9,\"source\":\"kill\",\"decided_by\":3682}}");
	HAS(text,
	    "\"notified\":{\"t_ns\":8123263686000,\"parent\":{\"tid\":2260,\"comm\":\"bash\"},\"sig\":17,\"code\":\"CLD_KILLED\",\"delivered_t_ns\":null}");
	HAS(text,
	    "\"reaped\":{\"t_ns\":8123264874000,\"at_most\":true,\"by\":{\"tid\":2260,\"comm\":\"bash\"},\"by_process\":null,\"auto\":false}");
	HAS(text, "\"cpus\":[3]");
	HAS(text,
	    "\"trace\":{\"format\":\"ftrace-text\",\"clock\":null,\"kernel\":null,\"arch\":null,\"cpus\":null,\"first_t_ns\":8120000000000");
	HAS_NOT(text, "\"exit_code\"");
	hand_fini(&h);
}

static void unseen_is_null_and_inapplicable_is_absent(void **state)
{
	auto_free char *text = NULL, *exited = NULL, *thread = NULL;
	struct hand h;

	hand_init(&h);
	h.told.death = (struct tl_death_verdict){.cause = {.row = &hand_exit},
						 .by = {.tid = TL_PID_NONE},
						 .trigger = {.tid = TL_PID_NONE},
						 .core_dumped = -1,
						 .exited = true};
	exited = hand_view("ndjson", &h, (struct tl_view_opts){});
	HAS(exited,
	    "\"cause\":\"exit\",\"rule\":\"D-EXIT-GROUP\",\"exit_code\":null,\"by\":null,\"trigger\":null,\"grade\"");
	HAS_NOT(exited, "\"core_dumped\"");

	h.task.birth.seen.is = h.death.seen.is = h.notice.seen.is = h.reap.is =
		false;
	h.sched.any = false;
	h.task.tgid = TL_PID_NONE;
	text = hand_view("ndjson", &h, (struct tl_view_opts){});
	HAS(text, "\"tgid\":null");
	HAS(text, "\"birth\":null,\"execs\"");
	HAS(text, "\"death\":null,\"process\":{");
	HAS(text, "\"notified\":null,\"reaped\":null");
	HAS(text, "\"sched\":null,\"context\":{\"uid\":null");

	h.task.is_leader = false;
	thread = hand_view("ndjson", &h, (struct tl_view_opts){});
	HAS(thread, "\"process\":null");
	hand_fini(&h);
}

/* Up to 5.2 the record holds it; later the notice is a witness, unless an exec made it SIGCHLD. */
static void exit_signal_and_flags_are_what_was_seen(void **state)
{
	auto_free char *old = NULL, *plain = NULL, *thread = NULL;
	struct hand h;

	hand_init(&h);
	h.task.birth.clone_flags = 0x1200000 | 1ull << 45 | 12;
	old = hand_view("ndjson", &h, (struct tl_view_opts){});
	HAS(old,
	    "\"clone_flags\":[\"CHILD_CLEARTID\",\"CHILD_SETTID\",\"0x200000000000\"],\"exit_signal\":12,");
	h.task.birth.clone_flags = 0;
	h.task.n_execs = 0;
	plain = hand_view("ndjson", &h, (struct tl_view_opts){});
	HAS(plain, "\"clone_flags\":[],\"exit_signal\":17,");
	h.task.birth.clone_flags = TL_CLONE_THREAD;
	thread = hand_view("ndjson", &h, (struct tl_view_opts){});
	HAS_NOT(thread, "exit_signal");
	hand_fini(&h);
}

static void every_line_of_ndjson_is_a_value(void **state)
{
	auto_free char *text = NULL;
	unsigned lines = 0;
	struct hand h;

	hand_init(&h);
	text = hand_view("ndjson", &h, (struct tl_view_opts){});
	for (char *line = text, *nl; (nl = strchr(line, '\n')); line = nl + 1, lines++) {
		*nl = 0;
		is_json(line);
		if (!lines)
			assert_string_equal(line, "{\"schema\":\"tasklife/1\"}");
		if (lines == 2)
			assert_memory_equal(line, "{\"trace\":{", 10);
	}
	assert_int_equal(lines, 3);
	hand_fini(&h);
}

static void hostile_names_stay_json(void **state)
{
	static const char *const evil[] = {"\"},{\"",          "\\",           "a\nb\tc\x01",
					   "\xff\xfe\xc0\x80", "\xed\xa0\x80", "</script>"};
	static const char *const views[] = {"json", "ndjson"};

	for (size_t i = 0; i < ARRAY_SIZE(evil) * ARRAY_SIZE(views); i++) {
		auto_free char *text = NULL;
		struct hand h;

		hand_init(&h);
		h.task.comm = h.comms[1] = h.exec.filename = h.signal.owner.comm =
			hand_atom(&h, evil[i / 2]);
		text = hand_view(views[i % 2], &h, (struct tl_view_opts){});
		if (i % 2)
			*strrchr(text, '{') = 0; /* checked line by line elsewhere */
		else
			is_json(text);
		HAS(text, "\"tid\":3682");
		hand_fini(&h);
	}
}

static void json_is_the_same_in_both_languages(void **state)
{
	auto_free char *en = NULL, *ko = NULL;
	struct hand h;

	hand_init(&h);
	en = hand_view("json", &h, (struct tl_view_opts){});
	tongue_set(TONGUE_KO);
	ko = hand_view("json", &h, (struct tl_view_opts){});
	assert_string_equal(en, ko);
	hand_fini(&h);
}

static void no_task_is_still_json(void **state)
{
	auto_free char *text = hand_view("json", NULL, (struct tl_view_opts){});

	is_json(text);
	HAS(text, "\"first_t_ns\":null");
}

/* The table itself: rows behind their object, keys once, a name in SQL for every cell. */
static void columns_are_in_order(void **state)
{
	const struct column *object = NULL;

	for (unsigned i = 0; i < COLUMNS; i++) {
		const struct column *c = &columns[i];

		if (c->depth) {
			assert_non_null(object);
			assert_int_equal(strncmp(c->path, object->path, strlen(object->path)), 0);
		} else {
			object = c->kind == COLUMN_OBJECT ? c : NULL;
		}
		assert_true((c->kind != COLUMN_OBJECT) == (c->sql != NULL));
		assert_in_range(strlen(c->key) + strlen("\":"), 3, JSON_KEY_MOST);
		assert_in_range(c->key - c->path, 0,
				sizeof(((struct json_key *)0)->text) - JSON_KEY_MOST);
		for (unsigned k = 0; k < i; k++) {
			assert_string_not_equal(columns[k].path, c->path);
			if (c->sql && columns[k].sql)
				assert_string_not_equal(columns[k].sql, c->sql);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_holds_a_whole_life),
		cmocka_unit_test(unseen_is_null_and_inapplicable_is_absent),
		cmocka_unit_test(exit_signal_and_flags_are_what_was_seen),
		cmocka_unit_test(every_line_of_ndjson_is_a_value),
		cmocka_unit_test(hostile_names_stay_json),
		cmocka_unit_test(json_is_the_same_in_both_languages),
		cmocka_unit_test(no_task_is_still_json),
		cmocka_unit_test(columns_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
