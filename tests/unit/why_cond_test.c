/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions about deaths: what holds, what does not, and that the unknown answers none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "base/guard.h"
#include "why/cond.h"

static const struct tl_cause *cause_named(enum tl_cause_kind kind, const char *id)
{
	unsigned n;
	const struct tl_cause *row = tl_causes(&n);

	for (unsigned i = 0; i < n; i++)
		if (row[i].kind == kind && !strcmp(row[i].id, id))
			return &row[i];
	fail_msg("no cause '%s'", id);
	return NULL;
}

static bool holds(const char *expr, const struct tl_task *task, const struct tl_death_verdict *v)
{
	struct cond c;
	struct tl_err *err = cond_parse(expr, &c);

	assert_null(err);
	return cond_holds(&c, task, v);
}

struct expectation {
	const char *expr;
	bool holds;
};

static void expect(const struct expectation *e, size_t n, const struct tl_task *task,
		   const struct tl_death_verdict *v)
{
	for (size_t i = 0; i < n; i++)
		if (holds(e[i].expr, task, v) != e[i].holds)
			fail_msg("%s: %d", e[i].expr, !e[i].holds);
}

static const struct tl_ref nobody = {.tid = TL_PID_NONE};

static void test_killed(void **state)
{
	static const struct expectation e[] = {
		{"cause=signal", true},
		{"cause=sig*", true},
		{"cause!=exit", true},
		{"source=kill", true},
		{"source=oom*", false},
		{"signal=9", true},
		{"signal=SIGKILL", true},
		{"signal=KILL", true},
		{"signal!=0", true},
		{"signal!=KILL", false},
		{"signal=15", false},
		{"exit_code=0", false},
		{"exit_code!=0", false},
		{"by=77", true},
		{"by=bash", true},
		{"by=ba?h,signal=9", true},
		{"by=bash,signal=15", false},
		{"comm=sleep", true},
		{"comm!=sleep", false},
		{"comm=*", true},
	};
	struct tl_death death = {.seen.is = true, .way = &tl_no_way};
	struct tl_task task = {.death = &death};
	struct tl_death_verdict v = {.signal = 9, .trigger = nobody};
	auto_free struct tl_atom *a = calloc(1, sizeof(*a) + 16), *b = calloc(1, sizeof(*b) + 16);

	memcpy((char *)a->s, "sleep", 6);
	memcpy((char *)b->s, "bash", 5);
	task.comm = a;
	v.by = (struct tl_ref){.tid = 77, .comm = b};
	v.cause.row = cause_named(TL_CAUSE_DEATH, "signal");
	v.source.row = cause_named(TL_CAUSE_SOURCE, "kill");
	expect(e, ARRAY_SIZE(e), &task, &v);
	death.seen.is = false;
	assert_false(holds("comm=sleep", &task, &v));
}

static void test_exited(void **state)
{
	static const struct expectation e[] = {
		{"signal=0", true},      {"signal!=0", false},   {"exit_code=3", true},
		{"exit_code!=0", true},  {"exit_code=0", false}, {"source=*", false},
		{"source!=kill", false}, {"by=*", false},        {"by!=bash", false},
		{"comm=*", false},
	};
	struct tl_death death = {.seen.is = true, .way = &tl_no_way};
	struct tl_task task = {.death = &death};
	struct tl_death_verdict v = {.by = nobody,
				     .trigger = nobody,
				     .exited = true,
				     .exit_code_known = true,
				     .exit_code = 3};

	v.cause.row = cause_named(TL_CAUSE_DEATH, "exit");
	expect(e, ARRAY_SIZE(e), &task, &v);
	v.exit_code_known = false;
	assert_false(holds("exit_code=0", &task, &v));
	assert_false(holds("exit_code!=0", &task, &v));
}

static void test_unknown(void **state)
{
	static const struct expectation e[] = {
		{"cause=unknown", true},
		{"signal=0", false},
		{"signal!=0", false},
		{"source=unknown", false},
	};
	struct tl_death death = {.seen.is = true, .way = &tl_no_way};
	struct tl_task task = {.death = &death};
	struct tl_death_verdict v = {.by = nobody, .trigger = nobody};

	expect(e, ARRAY_SIZE(e), &task, &v);
}

static void test_wrong_questions(void **state)
{
	static const char *const exprs[] = {
		"",
		"signal",
		"=9",
		"!=9",
		"signal=",
		"sig=9",
		"signal==9,",
		"cause=exit,",
		",cause=exit",
		"signal>9",
		"comm=0123456789012345678901234567890123456789012345678901234567890123456789",
		"comm=a,comm=a,comm=a,comm=a,comm=a,comm=a,comm=a,comm=a,comm=a",
	};

	for (size_t i = 0; i < ARRAY_SIZE(exprs); i++) {
		struct cond c;
		struct tl_err *err = cond_parse(exprs[i], &c);

		if (!err)
			fail_msg("'%s' was taken", exprs[i]);
		assert_int_equal(err->code, TL_E_USAGE);
		tl_err_free(err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_exited),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_wrong_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
