/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which system call a sender was in: from the entry to the return, and never beyond a gap in the
 * trace. */
#include "lives.h"

#define AT(ms, pid) "  k-" #pid " [000] ..... 1." #ms ": "
#define SAYS(text)                                                                                 \
	"  r-9 [000] ..... 1.000: tracing_mark_write: tasklife/1 mode text=events calls=" text "\n"
#define BORN(pid) AT(001, 10) "task_newtask: pid=" #pid " comm=k clone_flags=0 oom_score_adj=0\n"
#define KILL(ms, pid)                                                                              \
	AT(ms, pid) "signal_generate: sig=9 errno=0 code=0 comm=v pid=12 grp=0 res=0\n"
#define CALL(ms, pid, entry) AT(ms, pid) "sys_" entry ")\n"
#define PTRACE "ptrace(request: 8, pid: c, addr: 0, data: 0"
#define BACK(ms, pid, name) AT(ms, pid) "sys_" name " -> 0x0\n"
#define GAP "CPU:0 [LOST 3 EVENTS]\n"

static void take_12(void *ctx, const struct tl_task *t)
{
	if (t->tid == 12 && t->n_signals)
		*(uint8_t *)ctx = t->signals[t->n_signals - 1].call;
}

static void is_in(const char *trace, enum tl_call want)
{
	uint8_t call = 255;

	lives_told(trace, take_12, &call, false);
	assert_int_equal(call, want);
}

static void from_entry_to_return(void **state)
{
	is_in(CALL(002, 11, PTRACE) KILL(003, 11), TL_CALL_PTRACE);
	is_in(CALL(002, 11, "pidfd_send_signal(pidfd: 3, sig: 9, info: 0, flags: 0") KILL(003, 11),
	      TL_CALL_PIDFD_SIGNAL);
	is_in(CALL(002, 11, "execve(filename: 7ffd1, argv: 0, envp: 0") KILL(003, 11),
	      TL_CALL_EXECVE);
	is_in(CALL(002, 11, PTRACE) BACK(003, 11, "ptrace") KILL(004, 11), TL_CALL_UNWATCHED);
	is_in(CALL(002, 13, PTRACE) KILL(003, 11), TL_CALL_UNKNOWN);
}

static void silence_proves_only_what_was_promised(void **state)
{
	is_in(KILL(003, 11), TL_CALL_UNKNOWN);
	is_in(BORN(11) KILL(003, 11), TL_CALL_UNKNOWN);
	is_in(SAYS("0") BORN(11) KILL(003, 11), TL_CALL_UNKNOWN);
	is_in(SAYS("1") KILL(003, 11), TL_CALL_UNKNOWN); /* it may have been in one before */
	is_in(SAYS("1") BORN(11) KILL(003, 11), TL_CALL_UNWATCHED);
}

static void nothing_holds_beyond_a_gap(void **state)
{
	is_in(CALL(002, 11, PTRACE) GAP KILL(003, 11), TL_CALL_UNKNOWN);
	is_in(SAYS("1") BORN(11) GAP KILL(003, 11), TL_CALL_UNKNOWN);
	is_in(GAP CALL(002, 11, PTRACE) KILL(003, 11), TL_CALL_PTRACE);
}

static void take_confined(void *ctx, const struct tl_task *t)
{
	if (t->tid == 12)
		*(int *)ctx = t->confined;
}

static void seccomp_is_handed_on(void **state)
{
	static const struct {
		const char *trace;
		enum tl_confined want;
	} row[] = {
		{AT(002, 12) "sys_seccomp(op: 1, flags: 0, uargs: 7ff)\n", TL_CONFINED_FILTER},
		{AT(002, 12) "sys_seccomp(op: 0, flags: 0, uargs: 0)\n", TL_CONFINED_STRICT},
		{AT(002, 12) "sys_seccomp(op: 2, flags: 0, uargs: 0)\n" BORN(13),
		 TL_CONFINED_NOT_SEEN},
		/* an argument is missing */
		{AT(002, 12) "sys_prctl(option: 16)\n", TL_CONFINED_NOT_SEEN},
		{AT(002, 12) "sys_prctl(option: 16, arg2: 1, arg3: 0)\n", TL_CONFINED_STRICT},
		{AT(002, 12) "sys_prctl(option: 16, arg2: 2, arg3: 7ff)\n", TL_CONFINED_FILTER},
		{AT(000, 10) "sys_seccomp(op: 1, flags: 0, uargs: 7ff)\n" BORN(12),
		 TL_CONFINED_FILTER},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		int got = -1;

		lives_told(row[i].trace, take_confined, &got, false);
		assert_int_equal(got == -1 ? TL_CONFINED_NOT_SEEN : got, row[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_entry_to_return),
		cmocka_unit_test(silence_proves_only_what_was_promised),
		cmocka_unit_test(nothing_holds_beyond_a_gap),
		cmocka_unit_test(seccomp_is_handed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
