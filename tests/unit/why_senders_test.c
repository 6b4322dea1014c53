/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a signal without a call path comes from, told by what stands before and behind it: from the
 * text of a trace to the verdict on task 12. What is only nearly so stays what the code alone says.
 */
#include "lives.h"
#include "tasklife/why.h"
#include "base/arena.h"

#define ON(pid, ms) "  k-" #pid " [000] ..... 1." #ms ": "
#define INIT(text)                                                                                 \
	"  r-9 [000] ..... 1.000: tracing_mark_write: tasklife/1 mode text=events " text "\n"
#define TELLS(ms, text)                                                                            \
	"  r-9 [000] ..... 1." #ms ": tracing_mark_write: tasklife/1 sender " text "\n"
#define BORN(by, pid, flags)                                                                       \
	ON(by, 001)                                                                                \
	"task_newtask: pid=" #pid " comm=k clone_flags=" flags                                     \
	" oom_score_adj=0\n" ON(by, 001) "sched_process_fork: comm=k pid=" #by                     \
					 " child_comm=k child_pid=" #pid "\n"
#define DIES(pid, ms) ON(pid, ms) "sched_process_exit: comm=k pid=" #pid " prio=120\n"
#define SIG(by, to, ms, sig, code, grp)                                                            \
	ON(by, ms)                                                                                 \
	"signal_generate: sig=" #sig " errno=0 code=" #code " comm=k pid=" #to " grp=" #grp        \
	" res=0\n"
#define TAKES(pid, ms, sig, handler)                                                               \
	ON(pid, ms)                                                                                \
	"signal_deliver: sig=" #sig " errno=0 code=0 sa_handler=" handler " sa_flags=4000000\n"
#define WAKES(pid, ms) ON(pid, ms) "sched_waking: comm=x pid=99 prio=120 target_cpu=000\n"
#define GAP "CPU:0 [LOST 3 EVENTS]\n"
#define CALLS INIT("calls=1 asks=1 reclaims=1")
#define END(sig) TAKES(12, 080, sig, "0") DIES(12, 081)

struct look {
	const struct tl_lives *lives;
	enum tl_arch arch;
	char rule[32];
};

static void take_12(void *ctx, const struct tl_task *t)
{
	struct look *look = ctx;
	struct tl_witnesses w = *tl_lives_witnesses(look->lives);
	struct tl_death_verdict v;
	struct arena mem;

	if (t->tid != 12)
		return;
	w.arch = (uint8_t)look->arch;
	arena_init(&mem);
	tl_why_death(t, &w, &mem, &v);
	snprintf(look->rule, sizeof(look->rule), "%s",
		 v.source.row ? v.source.row->rule : "nothing");
	assert_true(!v.source.row || v.source.grade != TL_OBSERVED);
	arena_fini(&mem);
}

static void comes_from(const char *trace, enum tl_arch arch, const char *rule)
{
	struct look look = {.arch = arch};
	struct tl_source *src = source_of_text(trace);
	struct tl_events *events;
	struct tl_lives *lives;
	struct tl_event ev;

	assert_null(tl_events_new(src, &events));
	assert_null(tl_lives_new(events, take_12, &look, &lives));
	look.lives = lives;
	while (tl_events_next(events, &ev))
		assert_null(tl_lives_feed(lives, &ev));
	assert_null(tl_lives_end(lives));
	if (strcmp(look.rule, rule))
		print_message("wanted %s, got %s of\n%s", rule, look.rule, trace);
	assert_string_equal(look.rule, rule);
	tl_lives_free(lives);
	tl_events_free(events);
	tl_source_close(src);
}

/* ---- SIGHUP from who is dying ---- */

#define HUP SIG(11, 12, 020, 1, 128, 1)
#define CONT SIG(11, 12, 021, 18, 128, 1)

static void of_a_session_that_ends(void **state)
{
	comes_from(BORN(10, 11, "0") BORN(11, 12, "0") DIES(11, 010) HUP END(1), TL_ARCH_UNKNOWN,
		   "S-TTY-SLEXIT-BYOWNER");
	/* the SIGCONT may have been among what was lost */
	comes_from(BORN(10, 11, "0") BORN(11, 12, "0") DIES(11, 010) HUP GAP END(1),
		   TL_ARCH_UNKNOWN, "S-KERNEL-BYCODE");
	comes_from(
		BORN(10, 11, "0") BORN(11, 12, "0") ON(
			12, 005) "sched_switch: prev_comm=k prev_pid=12 prev_prio=120 prev_state=T"
				 " ==> next_comm=i next_pid=0 next_prio=120\n" DIES(11, 010)
					 HUP END(1),
		TL_ARCH_UNKNOWN, "S-KERNEL-BYCODE");
	/* alive: in ioctl(TIOCNOTTY), or the terminal is hung up */
	comes_from(BORN(10, 11, "0") BORN(11, 12, "0") HUP END(1), TL_ARCH_UNKNOWN,
		   "S-KERNEL-BYCODE");
}

static void of_a_group_that_is_orphaned(void **state)
{
	comes_from(CALLS BORN(10, 11, "0") BORN(11, 12, "0") DIES(11, 010) HUP CONT END(1),
		   TL_ARCH_ARM, "S-ORPHAN-PGRP-BYOWNER");
	/* the sender's terminal was hung up before: its old job in the foreground is told the same
	 */
	comes_from(CALLS BORN(10, 11, "0") BORN(11, 12, "0") SIG(9, 11, 005, 1, 128, 1)
			   DIES(11, 010) HUP CONT END(1),
		   TL_ARCH_ARM, "S-KERNEL-BYCODE");
	/* who leads a session is told the same when its terminal is hung up; who may not lead one
	 * does not */
	comes_from(CALLS BORN(10, 11, "0") BORN(11, 12, "0")
			   ON(12, 005) "sys_setsid -> 0xc\n" DIES(11, 010) HUP CONT END(1),
		   TL_ARCH_ARM, "S-TTY-HANGUP-BYOWNER");
	comes_from(CALLS BORN(10, 11, "0") BORN(11, 12, "0")
			   ON(12, 005) "sys_setsid -> 0xffffffff\n" DIES(11, 010) HUP CONT END(1),
		   TL_ARCH_ARM, "S-ORPHAN-PGRP-BYOWNER");
	comes_from(BORN(10, 11, "0") BORN(11, 12, "0") DIES(11, 010) HUP CONT END(1), TL_ARCH_ARM,
		   "S-KERNEL-BYCODE");
	comes_from(INIT("calls=1") BORN(10, 11, "0") BORN(11, 12, "0") DIES(11, 010)
			   HUP CONT END(1),
		   TL_ARCH_ARM, "S-KERNEL-BYCODE");
	comes_from(CALLS BORN(11, 12, "0") DIES(11, 010) HUP CONT END(1), TL_ARCH_ARM,
		   "S-KERNEL-BYCODE");
}

static void of_a_terminal_whose_other_end_dies(void **state)
{
	comes_from(BORN(10, 11, "0") BORN(11, 12, "0") DIES(11, 010)
			   HUP TELLS(022, "tid=11 target=12 sig=1 t=1020000000 leads=1")
				   CONT END(1),
		   TL_ARCH_X86, "S-TTY-HANGUP-BYOWNER");
	comes_from(BORN(10, 11, "0") BORN(11, 12, "0") DIES(11, 010)
			   HUP TELLS(022, "tid=11 target=12 sig=1 t=1020000000 leads=0")
				   CONT END(1),
		   TL_ARCH_X86, "S-ORPHAN-PGRP-BYOWNER");
}

/* ---- SIGSEGV without details ---- */

#define SEGV SIG(12, 12, 030, 11, 128, 0)
#define FACT(text) TELLS(031, "tid=12 target=12 sig=11 t=1030000000 " text)

static void of_general_protection(void **state)
{
	comes_from(BORN(10, 12, "0") SEGV FACT("call=none trap=13 rseq=good") END(11), TL_ARCH_X86,
		   "S-GPF-BYTRAP");
	/* in a system call it was no exception; of one before the number may be left */
	comes_from(BORN(10, 12, "0") SEGV FACT("call=other trap=13 rseq=good") END(11), TL_ARCH_X86,
		   "S-FORCED-BYCODE");
	comes_from(BORN(10, 12, "0") SIG(12, 12, 020, 11, 128, 0) TAKES(12, 021, 11, "4010")
			   WAKES(12, 022) SEGV FACT("call=none trap=13 rseq=good") END(11),
		   TL_ARCH_X86, "S-FORCED-BYCODE");
	comes_from(SEGV FACT("call=none trap=13 rseq=good") END(11), TL_ARCH_X86,
		   "S-FORCED-BYCODE");
}

#define BAD SIG(12, 12, 030, 11, 1, 0)

/* arm64 says the same of both: a data abort has the class 36. */
static void of_a_frame_taken_back(void **state)
{
	comes_from(BORN(10, 12, "0") BAD FACT("call=none trap=0") END(11), TL_ARCH_ARM64,
		   "S-SIGRETURN-BYFAULT");
	comes_from(BORN(10, 12, "0") BAD FACT("call=none trap=36") END(11), TL_ARCH_ARM64,
		   "S-MEMORY-BYCODE");
	comes_from(BORN(10, 12, "0") BAD FACT("call=none trap=0") END(11), TL_ARCH_X86,
		   "S-MEMORY-BYCODE");
	comes_from(BORN(10, 12, "0") BAD FACT("trap=36") END(11), TL_ARCH_ARM64, "S-MEMORY-BYCODE");
	/* nobody looked at the exception: without BPF, or of another tool's recording */
	comes_from(BORN(10, 12, "0") BAD END(11), TL_ARCH_ARM64, "S-FORCED-ARM64-BYCODE");
	comes_from(BORN(10, 12, "0") BAD END(11), TL_ARCH_UNKNOWN, "S-FORCED-ARM64-BYCODE");
	comes_from(BORN(10, 12, "0") BAD END(11), TL_ARCH_X86, "S-MEMORY-BYCODE");
	comes_from(BORN(10, 12, "0") BAD END(11), TL_ARCH_ARM, "S-MEMORY-BYCODE");
	/* the code of a key that does not fit, and a bus error, are never of a frame */
	comes_from(BORN(10, 12, "0") SIG(12, 12, 030, 7, 2, 0) END(7), TL_ARCH_ARM64,
		   "S-MEMORY-BYCODE");
	comes_from(BORN(10, 12, "0") SIG(12, 12, 030, 11, 4, 0) END(11), TL_ARCH_ARM64,
		   "S-FAULT-BYCODE");
	comes_from(BORN(10, 12, "0") BAD FACT("call=rt_sigreturn") END(11), TL_ARCH_X86,
		   "S-SIGRETURN-BYCALL");
}

static void of_a_frame(void **state)
{
	const char *rule = "S-SIGFRAME-BYDELIVERY";

	comes_from(BORN(10, 12, "0") TAKES(12, 029, 10, "4010") SEGV FACT("trap=0 rseq=good")
			   END(11),
		   TL_ARCH_X86, rule);
	comes_from(BORN(10, 12, "0") TAKES(12, 029, 10, "4010") SEGV FACT("rseq=none") END(11),
		   TL_ARCH_ARM64, rule);
	comes_from(CALLS BORN(10, 12, "0") TAKES(12, 029, 10, "4010") SEGV END(11), TL_ARCH_ARM,
		   rule);
	/* the handler may have run; the area may be bad; the CPU may have refused */
	comes_from(BORN(10, 12, "0") TAKES(12, 028, 10, "4010") WAKES(12, 029)
			   SEGV FACT("trap=0 rseq=good") END(11),
		   TL_ARCH_X86, "S-FORCED-BYCODE");
	comes_from(BORN(10, 12, "0") TAKES(12, 029, 10, "4010") SEGV FACT("trap=0 rseq=other")
			   END(11),
		   TL_ARCH_X86, "S-FORCED-BYCODE");
	comes_from(BORN(10, 12, "0") TAKES(12, 029, 10, "4010")
			   SEGV FACT("call=other trap=13 rseq=good") END(11),
		   TL_ARCH_X86, "S-FORCED-BYCODE");
	comes_from(BORN(10, 12, "0") TAKES(12, 029, 10, "4010") SEGV END(11), TL_ARCH_X86,
		   "S-FORCED-BYCODE");
	comes_from(BORN(10, 12, "0") TAKES(12, 029, 10, "4010") SEGV END(11), TL_ARCH_ARM,
		   "S-FORCED-BYCODE");
}

#define GIVES_BACK(pid, ms)                                                                        \
	ON(pid, ms) "sys_rseq(rseq: 4c1000, rseq_len: 20, flags: 1, sig: 53053053)\n"

static void of_a_bad_area(void **state)
{
	comes_from(BORN(10, 12, "0") SEGV FACT("call=other trap=0 rseq=bad") END(11), TL_ARCH_X86,
		   "S-RSEQ-BYAREA");
	comes_from(BORN(10, 12, "0") SEGV FACT("call=rt_sigreturn trap=0 rseq=bad") END(11),
		   TL_ARCH_X86, "S-SIGRETURN-BYCALL");
	comes_from(BORN(10, 12, "0") SEGV FACT("call=execve trap=0 rseq=bad") END(11), TL_ARCH_X86,
		   "S-EXEC-BYCALL");
	comes_from(CALLS BORN(10, 12, "0") GIVES_BACK(12, 010) SEGV END(11), TL_ARCH_ARM,
		   "S-RSEQ-BYCALL");
	comes_from(
		CALLS BORN(10, 11, "0") GIVES_BACK(11, 010) ON(
			11, 011) "task_newtask: pid=12 comm=k clone_flags=0 oom_score_adj=0\n" SEGV
			END(11),
		TL_ARCH_ARM, "S-RSEQ-BYCALL");
	/* registered is not given back; a handler may return from nowhere; exec begins without an
	 * area */
	comes_from(
		CALLS BORN(10, 12, "0") ON(
			12,
			010) "sys_rseq(rseq: 4c1000, rseq_len: 20, flags: 0, sig: 53053053)\n" SEGV
			END(11),
		TL_ARCH_ARM, "S-FORCED-BYCODE");
	comes_from(CALLS BORN(10, 12, "0") GIVES_BACK(12, 010) SIG(11, 12, 014, 10, 0, 1)
			   TAKES(12, 015, 10, "4010") WAKES(12, 016) SEGV END(11),
		   TL_ARCH_ARM, "S-FORCED-BYCODE");
	comes_from(
		CALLS BORN(10, 12, "0") GIVES_BACK(12, 010) ON(
			12,
			012) "sched_process_exec: filename=/bin/x pid=12 old_pid=12\n" SEGV END(11),
		TL_ARCH_ARM, "S-FORCED-BYCODE");
}

/* ---- SIGKILL of the kernel's own ---- */

#define VICTIM ON(13, 031) "mark_victim: pid=12\n"
#define OOM SIG(13, 12, 030, 9, 128, 1) VICTIM END(9)
#define MEMCG(ms, n) ON(13, ms) "mm_vmscan_memcg_reclaim_end: nr_reclaimed=" #n "\n"
#define DIRECT(ms, n) ON(13, ms) "mm_vmscan_direct_reclaim_end: nr_reclaimed=" #n "\n"
#define KWORKER(ms)                                                                                \
	"  r-9 [000] ..... 1." #ms                                                                 \
	": tracing_mark_write: tasklife/1 task tid=13 tgid=13 ppid=2 kthread=1 comm=kworker/0:1\n"
#define KSWAPD(ms)                                                                                 \
	"  r-9 [000] ..... 1." #ms                                                                 \
	": tracing_mark_write: tasklife/1 task tid=13 tgid=13 ppid=2 kthread=1 comm=kswapd0\n"

static void of_the_out_of_memory_killer(void **state)
{
	comes_from(CALLS BORN(10, 12, "0") MEMCG(020, 0) OOM, TL_ARCH_X86, "S-OOM-MEMCG-BYRECLAIM");
	comes_from(CALLS BORN(10, 12, "0") MEMCG(020, 0) DIRECT(021, 3) OOM, TL_ARCH_X86,
		   "S-OOM-BYRECLAIM");
	comes_from(CALLS BORN(10, 12, "0") DIRECT(020, 3) MEMCG(021, 0) OOM, TL_ARCH_X86,
		   "S-OOM-MEMCG-BYRECLAIM");
	comes_from(CALLS BORN(10, 12, "0") MEMCG(020, 7) OOM, TL_ARCH_X86, "S-OOM-BYVICTIM");
	comes_from(CALLS BORN(10, 12, "0") MEMCG(020, 0) GAP OOM, TL_ARCH_X86, "S-OOM-BYVICTIM");
	comes_from(CALLS BORN(10, 12, "0") OOM, TL_ARCH_X86, "S-OOM-BYVICTIM");
	comes_from(CALLS KWORKER(002) BORN(10, 12, "0") OOM, TL_ARCH_X86, "S-OOM-SYSRQ-BYRECLAIM");
	comes_from(CALLS KSWAPD(002) BORN(10, 12, "0") OOM, TL_ARCH_X86, "S-OOM-BYVICTIM");
	comes_from(CALLS KWORKER(002) BORN(10, 12, "0") DIRECT(020, 90) OOM, TL_ARCH_X86,
		   "S-OOM-BYRECLAIM");
	comes_from(CALLS KWORKER(002) BORN(10, 12, "0") GAP OOM, TL_ARCH_X86, "S-OOM-BYVICTIM");
	comes_from(INIT("calls=1") KWORKER(002) BORN(10, 12, "0") OOM, TL_ARCH_X86,
		   "S-OOM-BYVICTIM");
}

#define OWN_KILL SIG(12, 12, 030, 9, 128, 1)
#define LIMITS(by, what) ON(by, 000) "sys_prlimit64(" what ", new_rlim: 7ffd, old_rlim: 0)\n"

static void of_the_limit_of_cpu_time(void **state)
{
	comes_from(BORN(10, 12, "0")
			   OWN_KILL TELLS(031, "tid=12 target=12 sig=9 t=1030000000 limit=1")
				   END(9),
		   TL_ARCH_X86, "S-CPU-HARD-BYLIMIT");
	comes_from(BORN(10, 12, "0")
			   OWN_KILL TELLS(031, "tid=12 target=12 sig=9 t=1030000000 limit=0")
				   END(9),
		   TL_ARCH_X86, "S-KERNEL-BYCODE");
	comes_from(CALLS LIMITS(10, "pid: 0, resource: 0") BORN(10, 12, "0") OWN_KILL END(9),
		   TL_ARCH_ARM, "S-CPU-HARD-BYLIMIT");
	comes_from(
		CALLS BORN(10, 12, "0") ON(
			10,
			002) "sys_prlimit64(pid: c, resource: 0, new_rlim: 7ffd, old_rlim: 0)\n" OWN_KILL
			END(9),
		TL_ARCH_ARM, "S-CPU-HARD-BYLIMIT");
	/* another limit, another process, a trace of which silence proves nothing */
	comes_from(CALLS LIMITS(10, "pid: 0, resource: 7") BORN(10, 12, "0") OWN_KILL END(9),
		   TL_ARCH_ARM, "S-KERNEL-BYCODE");
	comes_from(CALLS BORN(10, 12, "0") LIMITS(10, "pid: 0, resource: 0") OWN_KILL END(9),
		   TL_ARCH_ARM, "S-KERNEL-BYCODE");
	comes_from(LIMITS(10, "pid: 0, resource: 0") BORN(10, 12, "0") OWN_KILL END(9), TL_ARCH_ARM,
		   "S-KERNEL-BYCODE");
	/* a second of CPU time is the least limit; it ran a hundredth */
	comes_from(
		CALLS LIMITS(10, "pid: 0, resource: 0") BORN(10, 12, "0")
			ON(0, 010) "sched_switch: prev_comm=i prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=k next_pid=12 next_prio=120\n" ON(
				12,
				020) "sched_switch: prev_comm=k prev_pid=12 prev_prio=120 prev_state=S ==> next_comm=i next_pid=0 next_prio=120\n" OWN_KILL
				END(9),
		TL_ARCH_ARM, "S-KERNEL-BYCODE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_session_that_ends),
		cmocka_unit_test(of_a_group_that_is_orphaned),
		cmocka_unit_test(of_a_terminal_whose_other_end_dies),
		cmocka_unit_test(of_general_protection),
		cmocka_unit_test(of_a_frame),
		cmocka_unit_test(of_a_frame_taken_back),
		cmocka_unit_test(of_a_bad_area),
		cmocka_unit_test(of_the_out_of_memory_killer),
		cmocka_unit_test(of_the_limit_of_cpu_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
