/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said of a death where a record is missing that should be there: from the text of a trace
 * to the verdicts on the threads 12 (which leads), 13 and 14 of one process. Less may be told,
 * never something else.
 */
#include "lives.h"
#include "tasklife/why.h"
#include "base/arena.h"
#include "base/guard.h"

#define ON(pid, t) "  k-" #pid " [000] ..... " t ": "
#define MODE                                                                                       \
	ON(9, "1.000")                                                                             \
	"tracing_mark_write: tasklife/1 mode text=function arch=x86 calls=0 asks=0 reclaims=0\n"
#define LEADER ON(10, "1.000") "task_newtask: pid=12 comm=k clone_flags=0 oom_score_adj=0\n"
#define THREAD(pid)                                                                                \
	ON(12, "1.001") "task_newtask: pid=" #pid " comm=k clone_flags=3d0f00 oom_score_adj=0\n"
#define EXEC ON(12, "1.000") "sched_process_exec: filename=/bin/k pid=12 old_pid=12\n"
#define SIG(to, t, sig, code, grp)                                                                 \
	ON(to, t)                                                                                  \
	"signal_generate: sig=" #sig " errno=0 code=" #code " comm=k pid=" #to " grp=" #grp        \
	" res=0\n"
#define TAKES(pid, t, sig, handler)                                                                \
	ON(pid, t) "signal_deliver: sig=" #sig " errno=0 code=0 sa_handler=" handler " sa_flags=0\n"
#define CALLED(pid, t, from) ON(pid, t) "do_exit <-" from "\n"
#define PATH(pid, t, ...) ON(pid, t) "<stack trace>\n => do_exit\n => do_group_exit\n" __VA_ARGS__
#define BY_SIGNAL " => get_signal\n => arch_do_signal_or_restart\n => do_syscall_64\n"
#define BY_EXIT " => __x64_sys_exit_group\n => do_syscall_64\n"
#define DIES(pid, t) ON(pid, t) "sched_process_exit: comm=k pid=" #pid " prio=120\n"
#define STATUS(pid, t, status)                                                                     \
	ON(9, t) "tracing_mark_write: tasklife/1 exit tid=" #pid " status=" #status "\n"
#define GAP "CPU:0 [LOST 3 EVENTS]\n"
#define SHOT(pid, t) CALLED(pid, t, "do_group_exit") PATH(pid, t, BY_SIGNAL) DIES(pid, t)

struct looked {
	const struct tl_lives *lives;
	const char *cause[3], *source;
	enum tl_grade grade[3];
};

static void look(void *ctx, const struct tl_task *t)
{
	struct looked *l = ctx;
	struct tl_death_verdict v;
	struct arena mem;

	if (t->tid < 12 || t->tid > 14)
		return;
	arena_init(&mem);
	tl_why_death(t, tl_lives_witnesses(l->lives), &mem, &v);
	l->cause[t->tid - 12] = tl_finding_id(&v.cause);
	l->grade[t->tid - 12] = v.cause.grade;
	if (v.fatal)
		l->source = tl_finding_id(&v.source);
	arena_fini(&mem);
}

static struct looked told(const char *trace)
{
	struct looked l = {};
	struct tl_source *src = source_of_text(trace);
	struct tl_events *events;
	struct tl_lives *lives;
	struct tl_event ev;

	assert_null(tl_events_new(src, &events));
	assert_null(tl_lives_new(events, look, &l, &lives));
	l.lives = lives;
	while (tl_events_next(events, &ev))
		assert_null(tl_lives_feed(lives, &ev));
	assert_null(tl_lives_end(lives));
	tl_lives_free(lives);
	tl_events_free(events);
	tl_source_close(src);
	return l;
}

static void is_told(const char *trace, const char *leader, const char *second, const char *third)
{
	struct looked l = told(trace);
	const char *want[] = {leader, second, third};

	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		if (!want[i])
			continue;
		if (!l.cause[i] || strcmp(l.cause[i], want[i]))
			print_message("of %u: %s, not %s:\n%s", 12 + i,
				      l.cause[i] ? l.cause[i] : "nothing", want[i], trace);
		assert_non_null(l.cause[i]);
		assert_string_equal(l.cause[i], want[i]);
	}
}

/* ---- do_exit and who called it, of the function tracer without func_stack_trace ---- */

static void a_pair_is_no_path(void **state)
{
	struct looked l = told(LEADER SIG(12, "1.010", 15, 0, 1) TAKES(12, "1.011", 9, "0")
				       CALLED(12, "1.012", "do_group_exit") DIES(12, "1.012"));

	assert_string_equal(l.cause[0], "signal");
	assert_int_equal(l.grade[0], TL_DEDUCED);
	assert_string_equal(l.source, "kill");
	is_told(LEADER THREAD(13) SIG(13, "1.010", 11, 1, 0) TAKES(13, "1.011", 11, "0")
			CALLED(13, "1.012", "do_group_exit") DIES(13, "1.012")
				TAKES(12, "1.013", 9, "0") CALLED(12, "1.014", "do_group_exit")
					DIES(12, "1.014"),
		"peer_crash", "signal", NULL);
	/* nothing else is known: that it called exit_group or took a signal is not */
	is_told(LEADER CALLED(12, "1.012", "do_group_exit") DIES(12, "1.012"), "unknown", NULL,
		NULL);
	is_told(LEADER CALLED(12, "1.012", "__x64_sys_exit") DIES(12, "1.012"), "thread_exit", NULL,
		NULL);
}

static void a_path_is_better_than_a_pair(void **state)
{
	is_told(LEADER CALLED(12, "1.012", "do_group_exit") DIES(12, "1.013")
			PATH(12, "1.013", BY_EXIT),
		"exit", NULL, NULL);
	is_told(LEADER CALLED(12, "1.012", "do_group_exit") PATH(12, "1.012", BY_EXIT)
			DIES(12, "1.013"),
		"exit", NULL, NULL);
}

/* ---- deliveries that were not recorded ---- */

#define CRASH SIG(13, "1.010", 11, 1, 0)
#define BOTH_SHOT SHOT(13, "1.012") SHOT(12, "1.014")

static void a_status_is_the_process_s(void **state)
{
	const char *other =
		ON(20, "0.900") "signal_deliver: sig=1 errno=0 code=0 sa_handler=0 sa_flags=0\n";
	char all[4096];

	is_told(MODE LEADER THREAD(13) CRASH TAKES(13, "1.011", 11, "0") TAKES(12, "1.013", 9, "0")
			BOTH_SHOT STATUS(13, "1.015", 139) STATUS(12, "1.016", 139),
		"peer_crash", "signal", NULL);
	is_told(MODE LEADER THREAD(13) CRASH BOTH_SHOT STATUS(13, "1.015", 139)
			STATUS(12, "1.016", 139),
		"peer_crash", "signal", NULL);
	is_told(MODE LEADER THREAD(13) TAKES(12, "1.013", 9, "0")
			BOTH_SHOT STATUS(12, "1.016", 139),
		"peer_crash", NULL, NULL);
	is_told(MODE LEADER THREAD(13) BOTH_SHOT STATUS(13, "1.015", 139) STATUS(12, "1.016", 139),
		"unknown", "unknown", NULL);
	/* other deliveries were recorded: these are missing */
	snprintf(all, sizeof(all), "%s%s", other,
		 MODE LEADER THREAD(13) BOTH_SHOT STATUS(13, "1.015", 139)
			 STATUS(12, "1.016", 139));
	is_told(all, "unknown", "unknown", NULL);
	/* a signal for all of them is not one's own */
	is_told(MODE LEADER THREAD(13) SIG(12, "1.010", 15, 0, 1) BOTH_SHOT STATUS(13, "1.015", 15)
			STATUS(12, "1.016", 15),
		"signal", "signal", NULL);
	is_told(MODE LEADER SHOT(12, "1.014") STATUS(12, "1.016", 139), "signal", NULL, NULL);
	/* nobody sent it anything, and nothing is told: there may be threads whose births are
	 * missing */
	is_told(LEADER SIG(10, "1.002", 1, 0, 1) SHOT(12, "1.014"), "unknown", NULL, NULL);
	is_told(LEADER SHOT(12, "1.014"), "signal", NULL, NULL);
}

/* A SIGTERM came, was handled, and a thread then called exit_group: that its delivery is missing
 * kills nobody. */
static void a_signal_may_have_been_handled(void **state)
{
	is_told(LEADER THREAD(13) SIG(12, "1.010", 15, 0, 1) CALLED(12, "1.020", "do_group_exit")
			PATH(12, "1.020", BY_EXIT) DIES(12, "1.020") SHOT(13, "1.021"),
		"exit", "peer_exit", NULL);
}

/* ---- who left by itself, from statuses ---- */

/* 14 left by pthread_exit(), 13 called exit_group 100 ms later, and 12 came to die 60 ms behind:
 * the machine was busy. */
static void who_lived_on(void **state)
{
	is_told(MODE EXEC LEADER THREAD(13) THREAD(14) SIG(10, "1.002", 1, 0, 1)
			TAKES(10, "1.003", 1, "4010") DIES(14, "1.910") STATUS(14, "1.911", 0)
				DIES(13, "2.010") STATUS(13, "2.011", 768)
					TAKES(12, "2.069", 9, "0") DIES(12, "2.070")
						STATUS(12, "2.071", 768),
		"peer_exit", NULL, "thread_exit");
	assert_string_not_equal(
		told(MODE EXEC LEADER THREAD(13) THREAD(14) SIG(10, "1.002", 1, 0, 1) TAKES(
			     10, "1.003", 1, "4010") DIES(14, "1.910") STATUS(14, "1.911", 0)
			     DIES(13, "2.010") STATUS(13, "2.011", 0) TAKES(12, "2.069", 9, "0")
				     DIES(12, "2.070") STATUS(12, "2.071", 0))
			.cause[1],
		"thread_exit");
	/* that nothing of the others was under way proves nothing: a 32-bit program's exit_group is
	 * not recorded */
	assert_string_not_equal(
		told(ON(9,
			"1.000") "tracing_mark_write: tasklife/1 mode text=events arch=x86 calls=1 asks=1 reclaims=1\n" EXEC
			     LEADER THREAD(13) SIG(10, "1.002", 1, 0, 1)
				     TAKES(10, "1.003", 1, "4010") DIES(13, "2.010")
					     STATUS(13, "2.011", 0) DIES(12, "2.012")
						     STATUS(12, "2.013", 0))
			.cause[1],
		"thread_exit");
}

static void silence_beside_a_gap_proves_nothing(void **state)
{
	const char *whole = MODE EXEC LEADER THREAD(13) SIG(10, "1.002", 1, 0, 1)
		TAKES(10, "1.003", 1, "4010") DIES(13, "1.010") STATUS(13, "1.011", 0)
			DIES(12, "1.100") STATUS(12, "1.101", 0);
	const char *broken = MODE EXEC LEADER THREAD(13) SIG(10, "1.002", 1, 0, 1)
		TAKES(10, "1.003", 1, "4010") GAP DIES(13, "1.010") STATUS(13, "1.011", 0)
			DIES(12, "1.100") STATUS(12, "1.101", 0);

	is_told(whole, NULL, "thread_exit", NULL);
	is_told(broken, NULL, "unknown", NULL);
}

#define NINE(t)  TAKES(12, t, 9, "0")
#define SEGV     ON(13, "1.002") "signal_generate: sig=11 errno=0 code=1 comm=k pid=13 grp=0 res=0\n"
#define OTHER(t) ON(10, t) "signal_generate: sig=15 errno=0 code=0 comm=k pid=11 grp=1 res=0\n"
#define END(t)   ON(12, t) "sched_process_exit: comm=k pid=12 prio=120\n"
#define END_PATH ON(12, "1.011") "<stack trace>\n => do_exit\n => do_group_exit\n" BY_SIGNAL
#define TOLD     ON(12, "1.012") "signal_generate: sig=17 errno=0 code=2 comm=k pid=10 grp=1 res=0\n"

/* The thread that crashed was born where records were lost: who takes a 9 that nobody was seen to
 * send may have been taken along. */
static void a_gap_may_hold_the_birth_of_a_peer(void **state)
{
	is_told(MODE GAP SEGV NINE("1.004") END("1.010") END_PATH TOLD, "unknown", NULL, NULL);
	is_told(MODE LEADER GAP SEGV NINE("1.004") END("1.010") END_PATH TOLD, "unknown", NULL,
		NULL);
	is_told(LEADER GAP SEGV NINE("1.004") END("1.010") TOLD, "unknown", NULL, NULL);
	is_told(GAP OTHER("1.000") SEGV NINE("1.004") END("1.010") TOLD, "unknown", NULL, NULL);
	is_told(MODE GAP LEADER SIG(12, "1.003", 15, 0, 1) NINE("1.004") END("1.010") END_PATH TOLD,
		"signal", NULL, NULL);
	/* nothing says that it died of it */
	is_told(LEADER GAP SIG(12, "1.003", 15, 0, 1) END("1.010"), "unknown", NULL, NULL);
	is_told(LEADER GAP SIG(12, "1.003", 15, 0, 1) END("1.010") TOLD, "signal", NULL, NULL);
	is_told(MODE LEADER GAP TAKES(12, "1.004", 11, "0") END("1.010") END_PATH TOLD, "signal",
		NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_is_no_path),
		cmocka_unit_test(a_path_is_better_than_a_pair),
		cmocka_unit_test(a_status_is_the_process_s),
		cmocka_unit_test(a_signal_may_have_been_handled),
		cmocka_unit_test(who_lived_on),
		cmocka_unit_test(silence_beside_a_gap_proves_nothing),
		cmocka_unit_test(a_gap_may_hold_the_birth_of_a_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
