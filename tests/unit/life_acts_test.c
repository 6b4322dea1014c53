/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The acts of a life, each from a few lines of text; numbers of invariants are those of
 * src/life/life.h. */
#include <stdlib.h>
#include "base/guard.h"
#include "lives.h"

#define MAX_LIVES 64

/* What the tests ask about, copied out of each task. */
struct life_copy {
	tl_pid tid, tgid;
	uint32_t generation;
	char comm[16];
	bool born, dead, exited_code, notice, reaped, at_most, leader, family;
	tl_pid creator, real_parent, notice_parent, reaped_by, adopted_by;
	int status, automatic;
	unsigned n_signals, n_execs, n_children, birth_frames, death_frames, n_comms;
	uint64_t folded;
	int deliver_sig, last_deliver_sig, sig; /* of the first signal, but for last_ */
	tl_pid sig_owner;
	char argvs[64];
	char birth_top[32], death_third[40];
	tl_ns sleep, run, wait, death_t;
	unsigned n_rhythms;
	uint64_t rhythm_count;
	bool process_ended;
	unsigned leavers, threads;
	tl_pid first_leaver;
};

struct copies {
	struct life_copy v[MAX_LIVES];
	unsigned n;
};

static void copy(void *ctx, const struct tl_task *t)
{
	struct copies *all = ctx;
	struct life_copy *c = &all->v[all->n++];

	assert_true(all->n < MAX_LIVES);
	c->tid = t->tid;
	c->tgid = t->tgid;
	c->generation = t->generation;
	snprintf(c->comm, sizeof(c->comm), "%s", t->comm ? t->comm->s : "");
	c->born = t->birth.seen.is;
	c->dead = t->death->seen.is;
	c->death_t = t->death->seen.t;
	c->exited_code = t->death->status_known;
	c->status = t->death->status;
	c->notice = t->notice->seen.is;
	c->reaped = t->reap->is;
	c->at_most = t->reap->at_most;
	c->automatic = t->reap->automatic;
	c->leader = t->is_leader;
	c->family = t->family;
	c->creator = t->birth.creator.tid;
	c->real_parent = t->birth.real_parent.tid;
	c->notice_parent = t->notice->parent.tid;
	c->reaped_by = t->reap->by.tid;
	c->adopted_by = t->n_adoptions ? t->adoption[0].by.tid : TL_PID_NONE;
	c->n_signals = t->n_signals;
	c->folded = t->signals_folded;
	c->n_execs = t->n_execs;
	for (unsigned i = 0, n = 0; i < t->n_execs && n < sizeof(c->argvs); i++)
		n += (unsigned)snprintf(c->argvs + n, sizeof(c->argvs) - n, "%s|",
					t->exec[i].argv ? t->exec[i].argv->s : "-");
	c->n_children = t->n_children;
	c->n_comms = t->n_comms;
	c->birth_frames = t->birth.stack ? t->birth.stack->n : 0;
	c->death_frames = t->death->stack ? t->death->stack->n : 0;
	if (c->birth_frames)
		snprintf(c->birth_top, sizeof(c->birth_top), "%s",
			 t->birth.stack->frame[0].name->s);
	if (c->death_frames > 2)
		snprintf(c->death_third, sizeof(c->death_third), "%s",
			 t->death->stack->frame[2].name->s);
	if (t->signals) {
		c->sig = t->signals->sig;
		c->deliver_sig = t->signals->deliver_sig;
		c->last_deliver_sig = t->signals[t->n_signals - 1].deliver_sig;
		c->sig_owner = t->signals->owner.tid;
	}
	c->sleep = t->sched->sleep;
	c->run = t->sched->run;
	c->wait = t->sched->wait;
	c->n_rhythms = t->sched->n_rhythms;
	c->rhythm_count = t->sched->n_rhythms ? t->sched->rhythm[0].count : 0;
	c->process_ended = t->process->ended;
	c->leavers = t->process->n_leavers;
	c->threads = t->process->n_threads;
	c->first_leaver = t->process->n_leavers ? t->process->leaver[0].who.tid : TL_PID_NONE;
}

static const struct life_copy *find(const struct copies *all, tl_pid tid, unsigned nth)
{
	for (unsigned i = 0; i < all->n; i++)
		if (all->v[i].tid == tid && !nth--)
			return &all->v[i];
	fail_msg("no life of %d", tid);
	return NULL;
}

static void a_whole_life(void **state)
{
	static const char text[] =
		"  sh-10    [000] .....   1.000000: task_newtask: pid=11 comm=sh clone_flags=1200000 oom_score_adj=0\n"
		"  sh-10    [000] .....   1.000010: <stack trace>\n"
		" => copy_process+0x1520/0x1ae0\n => kernel_clone+0xbf/0x430\n => __do_sys_clone+0x7b/0xb0\n"
		"  sh-10    [000] .....   1.000020: sched_process_fork: comm=sh pid=10 child_comm=sh child_pid=11\n"
		"  true-11  [001] .....   1.001000: sched_process_exec: filename=/bin/true pid=11 old_pid=11\n"
		"  sh-10    [000] .....   1.001500: sched_process_wait: comm=sh pid=0 prio=120\n"
		"  true-11  [001] .....   1.002000: sched_process_exit: comm=true pid=11 prio=120\n"
		"  true-11  [001] d..1.   1.002100: signal_generate: sig=17 errno=0 code=1 comm=sh pid=10 grp=1 res=0\n"
		"  <idle>-0 [001] ..s1.   1.012000: sched_process_free: comm=true pid=11 prio=120\n";
	struct copies all = {};
	struct told_lives told = lives_of_text(text, copy, &all);
	const struct life_copy *c = find(&all, 11, 0);

	assert_int_equal(told.unparsed, 0);
	assert_int_equal(told.counts.orphan_stacks, 0);
	assert_int_equal(all.n, 2); /* inv 2 */
	assert_int_equal(all.v[0].tid, 11);
	assert_true(c->born && c->dead && c->notice && c->reaped && c->at_most && c->leader);
	assert_int_equal(c->tgid, 11);
	assert_int_equal(c->creator, 10);
	assert_int_equal(c->real_parent, 10);
	assert_int_equal(c->birth_frames, 3);
	assert_string_equal(c->birth_top, "copy_process");
	assert_int_equal(c->n_execs, 1);
	assert_int_equal(c->notice_parent, 10);
	assert_int_equal(c->reaped_by, 10);
	assert_int_equal(c->automatic, -1); /* SA_NOCLDWAIT looks the same: inv 4 */
	assert_int_equal(c->death_t, 1002000000);
	assert_false(c->exited_code); /* inv 4 */
	assert_false(find(&all, 10, 0)->born);
	assert_int_equal(find(&all, 10, 0)->n_children, 1);
}

static void a_command_line_finds_its_exec(void **state)
{
	/* of 12 two execs wait for one */
	static const char text[] =
		"  r-9  [000] ..... 1.00: tracing_mark_write: tasklife/1 root tid=11\n"
		"  s-11 [000] ..... 1.01: sched_process_exec: filename=/bin/a pid=11 old_pid=11\n"
		"  r-9  [001] ..... 1.02: tracing_mark_write: tasklife/1 cmd tid=11 text=a%20-x\n"
		"  s-11 [000] ..... 1.03: sched_process_exec: filename=/bin/b pid=11 old_pid=11\n"
		"  r-9  [001] ..... 1.04: tracing_mark_write: tasklife/1 cmd tid=11 text=b%20-y\n"
		"  s-12 [000] ..... 1.05: sched_process_exec: filename=/bin/a pid=12 old_pid=12\n"
		"  s-12 [000] ..... 1.06: sched_process_exec: filename=/bin/b pid=12 old_pid=12\n"
		"  r-9  [001] ..... 1.07: tracing_mark_write: tasklife/1 cmd tid=12 text=a%20-x\n";
	struct copies all = {};

	lives_of_text(text, copy, &all);
	assert_string_equal(find(&all, 11, 0)->argvs, "a -x|b -y|");
	assert_string_equal(find(&all, 12, 0)->argvs, "-|-|");
}

static void who_acts_is_on_a_cpu(void **state)
{
	/* of 11 the switch to it is missing, of 12 also every act */
	static const char text[] =
		"  sh-10    [000] .....   1.000000: task_newtask: pid=11 comm=sh clone_flags=1200000 oom_score_adj=0\n"
		"  sh-10    [000] .....   1.000020: sched_wakeup_new: comm=sh pid=11 prio=120 target_cpu=001\n"
		"  sh-10    [000] .....   1.000030: task_newtask: pid=12 comm=sh clone_flags=1200000 oom_score_adj=0\n"
		"  sh-10    [000] .....   1.000040: sched_wakeup_new: comm=sh pid=12 prio=120 target_cpu=001\n"
		"  sh-10    [000] d....   1.000050: sched_switch: prev_comm=sh prev_pid=10 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120\n"
		"  true-11  [001] .....   1.001000: sched_process_exec: filename=/bin/true pid=11 old_pid=11\n"
		"  true-11  [001] d....   1.003000: sched_switch: prev_comm=true prev_pid=11 prev_prio=120 prev_state=S ==> next_comm=swapper/1 next_pid=0 next_prio=120\n"
		"  sh-12    [001] d....   1.004000: sched_switch: prev_comm=sh prev_pid=12 prev_prio=120 prev_state=S ==> next_comm=swapper/1 next_pid=0 next_prio=120\n";
	struct copies all = {};

	lives_of_text(text, copy, &all);
	assert_int_equal(find(&all, 11, 0)->run, 2000000);
	assert_int_equal(find(&all, 11, 0)->wait, 980000);
	assert_int_equal(find(&all, 12, 0)->run, 0);
	assert_int_equal(find(&all, 12, 0)->wait, 0);
}

static void a_stack_on_another_cpu_waits_for_its_event(void **state)
{
	static const char text[] =
		"  sh-10    [000] .....   1.000000: task_newtask: pid=11 comm=sh clone_flags=0 oom_score_adj=0\n"
		"  x-99     [001] .....   1.000001: sched_process_exit: comm=x pid=99 prio=120\n"
		"  sh-10    [000] .....   1.000010: <stack trace>\n => copy_process+0x1520/0x1ae0\n"
		"  x-99     [001] .....   1.000011: <stack trace>\n => do_exit+0x501/0xb10\n"
		"  y-98     [001] .....   1.000012: <stack trace>\n => do_exit+0x501/0xb10\n";
	struct copies all = {};
	struct told_lives told = lives_of_text(text, copy, &all);

	assert_int_equal(told.counts.orphan_stacks, 1);
	assert_int_equal(find(&all, 11, 0)->birth_frames, 1);
	assert_int_equal(find(&all, 99, 0)->death_frames, 1);
}

static void a_pid_is_not_an_identity(void **state)
{
	static const char text[] =
		"  a-5 [000] ..... 1.0: sched_process_fork: comm=a pid=5 child_comm=a child_pid=7\n"
		"  b-7 [000] ..... 1.1: sched_process_exit: comm=b pid=7 prio=120\n"
		"  a-5 [000] ..... 1.2: sched_process_fork: comm=a pid=5 child_comm=a child_pid=7\n"
		"  c-7 [000] ..... 1.3: sched_process_exit: comm=c pid=7 prio=120\n";
	struct copies all = {};

	lives_of_text(text, copy, &all);
	assert_int_equal(find(&all, 7, 0)->generation, 1);
	assert_string_equal(find(&all, 7, 0)->comm, "b");
	assert_int_equal(find(&all, 7, 1)->generation, 2);
	assert_string_equal(find(&all, 7, 1)->comm, "c");
}

static void a_thread_takes_its_leaders_id_by_exec(void **state)
{
	static const char text[] =
		"  p-20 [000] ..... 1.00: task_newtask: pid=21 comm=p clone_flags=1200000 oom_score_adj=0\n"
		"  p-21 [000] ..... 1.01: task_newtask: pid=22 comm=p clone_flags=3d0f00 oom_score_adj=0\n"
		"  p-21 [000] d.... 1.02: signal_deliver: sig=9 errno=0 code=0 sa_handler=0 sa_flags=0\n"
		"  p-21 [000] ..... 1.03: sched_process_exit: comm=p pid=21 prio=120\n"
		"  q-21 [000] ..... 1.04: sched_process_exec: filename=/bin/q pid=21 old_pid=22\n"
		"  <idle>-0 [000] ..s.. 1.05: sched_process_free: comm=p pid=22 prio=120\n"
		"  p-20 [001] ..... 1.055: sched_process_wait: comm=p pid=21 prio=120\n"
		"  q-21 [000] ..... 1.06: sched_process_exit: comm=q pid=21 prio=120\n"
		"  q-21 [000] d.... 1.061: signal_generate: sig=17 errno=0 code=1 comm=p pid=20 grp=1 res=1\n"
		"  q-21 [000] d.... 1.062: sched_switch: prev_comm=q prev_pid=21 prev_prio=120 prev_state=Z ==> "
		"next_comm=swapper/0 next_pid=0 next_prio=120\n"
		"  p-20 [001] ..... 1.07: sched_process_exit: comm=p pid=20 prio=120\n"
		"  p-20 [001] d.... 1.071: signal_generate: sig=17 errno=0 code=1 comm=o pid=19 grp=1 res=1\n";
	struct copies all = {};
	const struct life_copy *old, *new;

	lives_of_text(text, copy, &all);
	old = find(&all, 21, 0);
	new = find(&all, 21, 1);
	assert_int_equal(old->generation, 1);
	assert_int_equal(new->generation, 2);
	assert_int_equal(new->n_execs, 1);
	assert_int_equal(new->tgid, 21);
	assert_true(new->dead && new->process_ended);
	assert_true(old->reaped);
	assert_true(new->reaped && new->at_most);
	assert_int_equal(new->reaped_by, 20);
	for (unsigned i = 0; i < all.n; i++)
		assert_int_not_equal(all.v[i].tid, 22);
}

static void a_process_ends_with_its_last_thread(void **state)
{
	static const char text[] =
		"  p-20 [000] ..... 1.00: task_newtask: pid=21 comm=p clone_flags=1200000 oom_score_adj=0\n"
		"  p-21 [000] ..... 1.01: task_newtask: pid=22 comm=t clone_flags=3d0f00 oom_score_adj=0\n"
		"  p-21 [000] ..... 1.03: sched_process_exit: comm=p pid=21 prio=120\n"
		"  t-22 [001] ..... 1.05: sched_process_exit: comm=t pid=22 prio=120\n"
		"  t-22 [001] d.... 1.06: signal_generate: sig=17 errno=0 code=1 comm=p pid=20 grp=1 res=0\n"
		"  <idle>-0 [000] ..s.. 1.07: sched_process_free: comm=t pid=22 prio=120\n"
		"  <idle>-0 [000] ..s.. 1.08: sched_process_free: comm=p pid=21 prio=120\n";
	struct copies all = {};
	const struct life_copy *leader;

	lives_of_text(text, copy, &all);
	leader = find(&all, 21, 0);
	assert_true(leader->notice); /* told by its last thread */
	assert_int_equal(leader->leavers, 2);
	assert_int_equal(leader->first_leaver, 21);
	assert_false(find(&all, 22, 0)->notice);
	assert_int_equal(find(&all, 22, 0)->automatic, 1);
	assert_int_equal(find(&all, 22, 0)->tgid, 21);
}

/* Threads made by a task whose own birth was not seen are one process with it, and get its id when
 * it is known. */
static void threads_of_an_unknown_process(void **state)
{
	static const char text[] =
		"  p-21 [000] ..... 1.01: task_newtask: pid=22 comm=t clone_flags=3d0f00 oom_score_adj=0\n"
		"  p-21 [000] ..... 1.02: task_newtask: pid=23 comm=u clone_flags=3d0f00 oom_score_adj=0\n"
		"  p-21 [000] ..... 1.03: sched_process_exit: comm=p pid=21 prio=120\n"
		"  u-23 [001] ..... 1.04: sched_process_exit: comm=u pid=23 prio=120\n"
		"  t-22 [001] ..... 1.05: sched_process_exit: comm=t pid=22 prio=120\n"
		"  t-22 [001] d.... 1.06: signal_generate: sig=17 errno=0 code=1 comm=p pid=20 grp=1 res=0\n"
		"  <idle>-0 [000] ..s.. 1.07: sched_process_free: comm=t pid=22 prio=120\n"
		"  <idle>-0 [000] ..s.. 1.08: sched_process_free: comm=p pid=21 prio=120\n";
	struct copies all = {};

	lives_of_text(text, copy, &all);
	assert_true(find(&all, 21, 0)->notice);
	assert_true(find(&all, 21, 0)->leader);
	assert_int_equal(find(&all, 21, 0)->threads, 3);
	assert_int_equal(find(&all, 22, 0)->tgid, 21);
	assert_int_equal(find(&all, 23, 0)->tgid, 21);
	assert_false(find(&all, 22, 0)->notice);
}

static void signals_find_their_delivery(void **state)
{
	static const char text[] =
		"  sh-10 [000] d.... 1.00: signal_generate: sig=15 errno=0 code=0 comm=v pid=30 grp=1 res=0\n"
		"  v-30  [000] d.... 1.01: signal_deliver: sig=9 errno=0 code=0 sa_handler=0 sa_flags=0\n"
		"  v-30  [000] ..... 1.02: sched_process_exit: comm=v pid=30 prio=120\n";
	struct copies all = {};
	const struct life_copy *c;

	lives_of_text(text, copy, &all);
	c = find(&all, 30, 0);
	assert_int_equal(c->sig, 15);
	assert_int_equal(c->deliver_sig, 9);
	assert_int_equal(c->sig_owner, 10);
}

/* Each thread of a killed group is told 9; what else is pending, blocked or a stop, was not
 * delivered by that. */
static void a_group_kill_delivers_nothing_else(void **state)
{
	static const char text[] =
		"  sh-10 [000] d.... 1.00: signal_generate: sig=%d errno=0 code=0 comm=v pid=30 grp=1 res=0\n"
		"  sh-10 [000] d.... 1.01: signal_generate: sig=%d errno=0 code=0 comm=v pid=30 grp=1 res=0\n"
		"  v-30  [000] d.... 1.02: signal_deliver: sig=9 errno=0 code=0 sa_handler=0 sa_flags=0\n"
		"  v-31  [001] d.... 1.02: signal_deliver: sig=9 errno=0 code=0 sa_handler=0 sa_flags=0\n"
		"  v-31  [001] ..... 1.03: sched_process_exit: comm=v pid=31 prio=120\n"
		"  v-30  [000] ..... 1.04: sched_process_exit: comm=v pid=30 prio=120\n";
	static const struct {
		int pending, killing, first, last;
	} cases[] = {{10, 9, 0, 9}, {19, 9, 0, 9}, {19, 15, 0, 9}, {15, 10, 9, 0}};
	static const char born[] =
		"  sh-10 [000] ..... 0.90: task_newtask: pid=30 comm=v clone_flags=1200000 oom_score_adj=0\n"
		"  v-30  [000] ..... 0.91: task_newtask: pid=31 comm=v clone_flags=3d0f00 oom_score_adj=0\n";

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		char made[1024];
		struct copies all = {};
		size_t n = (size_t)snprintf(made, sizeof(made), "%s", born);

		snprintf(made + n, sizeof(made) - n, text, cases[i].pending, cases[i].killing);
		lives_of_text(made, copy, &all);
		assert_int_equal(find(&all, 30, 0)->n_signals, 2);
		assert_int_equal(find(&all, 30, 0)->deliver_sig, cases[i].first);
		assert_int_equal(find(&all, 30, 0)->last_deliver_sig, cases[i].last);
	}
}

static void orphans_are_adopted_by_who_is_told(void **state)
{
	static const char text[] =
		"  sh-10 [000] ..... 1.00: task_newtask: pid=11 comm=m clone_flags=1200000 oom_score_adj=0\n"
		"  m-11  [000] ..... 1.01: task_newtask: pid=12 comm=c clone_flags=1200000 oom_score_adj=0\n"
		"  m-11  [000] ..... 1.02: sched_process_exit: comm=m pid=11 prio=120\n"
		"  m-11  [000] d.... 1.03: signal_generate: sig=17 errno=0 code=1 comm=sh pid=10 grp=1 res=0\n"
		"  c-12  [000] ..... 1.50: sched_process_exit: comm=c pid=12 prio=120\n"
		"  c-12  [000] d.... 1.51: signal_generate: sig=17 errno=0 code=1 comm=init pid=1 grp=1 res=0\n";
	struct copies all = {};
	const struct life_copy *c;

	lives_of_text(text, copy, &all);
	c = find(&all, 12, 0);
	assert_int_equal(c->real_parent, 11);
	assert_int_equal(c->adopted_by, 1);
	assert_int_equal(c->notice_parent, 1);
	assert_int_equal(find(&all, 11, 0)->adopted_by, TL_PID_NONE);
}

/* A zombie its parent never waited for is told to the heir; without such a notice the parent had
 * reaped it. */
static void zombies_are_settled_at_their_parents_end(void **state)
{
	static const char begin[] =
		"  sh-10 [000] ..... 1.00: task_newtask: pid=11 comm=m clone_flags=1200000 oom_score_adj=0\n"
		"  m-11  [000] ..... 1.01: task_newtask: pid=12 comm=c clone_flags=1200000 oom_score_adj=0\n"
		"  m-11  [000] ..... 1.02: sched_process_wait: comm=m pid=0 prio=120\n"
		"  c-12  [000] ..... 1.10: sched_process_exit: comm=c pid=12 prio=120\n"
		"  c-12  [000] d.... 1.11: signal_generate: sig=17 errno=0 code=1 comm=m pid=11 grp=1 res=0\n"
		"  c-12 [000] d.... 1.12: sched_switch: prev_comm=c prev_pid=12 prev_prio=120 prev_state=Z ==> "
		"next_comm=swapper/0 next_pid=0 next_prio=120\n"
		"  m-11  [000] ..... 1.20: sched_process_exit: comm=m pid=11 prio=120\n";
	static const char heir[] =
		"  m-11  [000] d.... 1.21: signal_generate: sig=17 errno=0 code=1 comm=init pid=1 grp=1 res=0\n";
	static const char end[] =
		"  m-11  [000] d.... 1.22: signal_generate: sig=17 errno=0 code=1 comm=sh pid=10 grp=1 res=0\n";
	char text[2048];
	struct copies all = {};
	const struct life_copy *c;

	snprintf(text, sizeof(text), "%s%s", begin, end);
	lives_of_text(text, copy, &all);
	c = find(&all, 12, 0);
	assert_true(c->reaped && c->at_most);
	assert_int_equal(c->reaped_by, 11);
	all.n = 0;
	snprintf(text, sizeof(text), "%s%s%s", begin, heir, end);
	lives_of_text(text, copy, &all);
	c = find(&all, 12, 0);
	assert_false(c->reaped);
	assert_int_equal(c->adopted_by, 1);
	assert_int_equal(find(&all, 11, 0)->notice_parent, 10);
}

static void like_sleeps_are_one_rhythm(void **state)
{
	char text[40000];
	size_t n = 0;
	struct copies all = {};
	const struct life_copy *c;

	for (int i = 0; i < 50; i++)
		n += (size_t)snprintf(
			text + n, sizeof(text) - n,
			" <idle>-0 [000] d.h.. %d.000000: sched_wakeup: comm=p pid=7 prio=120 target_cpu=000\n"
			" <idle>-0 [000] d.... %d.000100: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 "
			"prev_state=R ==> next_comm=p next_pid=7 next_prio=120\n"
			" p-7 [000] d.... %d.000200: sched_switch: prev_comm=p prev_pid=7 prev_prio=120 prev_state=S "
			"==> next_comm=swapper/0 next_pid=0 next_prio=120\n",
			3 * i + 3, 3 * i + 3, 3 * i + 3);
	lives_of_text(text, copy, &all);
	c = find(&all, 7, 0);
	assert_int_equal(c->run, 50 * 100000);
	assert_int_equal(c->n_rhythms, 1);
	assert_true(c->rhythm_count >= 49);
}

static void side_facts_join_the_dead(void **state)
{
	static const char text[] =
		"  r-9 [000] ..... 1.00: tracing_mark_write: tasklife/1 task tid=10 tgid=10 ppid=1 kthread=0 comm=a%20b\n"
		"  s-10 [000] ..... 1.01: task_newtask: pid=11 comm=s clone_flags=1200000 oom_score_adj=0\n"
		"  r-9 [000] ..... 1.015: tracing_mark_write: tasklife/1 root tid=11\n"
		"  x-7 [001] d.... 1.016: sched_switch: prev_comm=r prev_pid=9 prev_prio=120 prev_state=S ==> next_comm=x next_pid=11 next_prio=120\n"
		"  x-7 [001] d.... 1.017: sched_switch: prev_comm=x prev_pid=11 prev_prio=120 prev_state=S ==> next_comm=r next_pid=9 next_prio=120\n"
		"  s-11 [000] ..... 1.02: sched_process_exit: comm=s pid=11 prio=120\n"
		"  <idle>-0 [000] ..s.. 1.03: sched_process_free: comm=s pid=11 prio=120\n"
		"  r-9 [000] ..... 1.05: print:                tracing_mark_write: tasklife/1 exit tid=11 status=768\n"
		"  r-9 [000] ..... 1.06: tracing_mark_write: tasklife/1 waited tid=11 ppid=10\n"
		"  r-9 [000] ..... 1.07: tracing_mark_write: tasklife/1 nonsense tid=11\n"
		"  r-9 [000] ..... 1.08: tracing_mark_write: tasklife/1 exit tid=99999999999999999999 status=\n";
	struct copies all = {};
	const struct life_copy *c;

	lives_of_text(text, copy, &all);
	c = find(&all, 11, 0);
	assert_true(c->exited_code);
	assert_true(c->family);
	assert_int_equal(c->status, 768);
	assert_false(c->at_most);
	assert_int_equal(c->reaped_by, 10);
	assert_string_equal(find(&all, 10, 0)->comm, "a b");
	/* of who is not followed, a few switches are no account of its time */
	assert_int_equal(c->run, 1000000);
	assert_int_equal(find(&all, 9, 0)->sleep, 0);
}

/* Damaged records: no kernel gives such ids (PID_MAX_LIMIT), and nobody is made of them. */
static void ids_that_cannot_be(void **state)
{
	static const char text[] =
		"  s-10 [000] ..... 1.00: task_newtask: pid=11 comm=s clone_flags=1200000 oom_score_adj=0\n"
		"  s-10 [000] ..... 1.01: task_newtask: pid=4194304 comm=s clone_flags=1200000 oom_score_adj=0\n"
		"  s-11 [000] ..... 1.02: sched_process_exec: filename=/bin/k pid=-1048576 old_pid=11\n"
		"  s-11 [000] ..... 1.03: sched_process_exec: filename=/bin/k pid=2147483647 old_pid=11\n"
		"  s-11 [000] ..... 1.04: tracing_mark_write: tasklife/1 task tid=11 tgid=2147483647 ppid=2147483646 kthread=0 comm=s\n"
		"  s-2147483647 [000] ..... 1.05: sched_process_exit: comm=s pid=2147483647 prio=120\n"
		"  s-11 [000] ..... 1.06: sched_process_exit: comm=s pid=11 prio=120\n";
	struct copies all = {};

	lives_of_text(text, copy, &all);
	assert_int_equal(all.n, 2);
	assert_true(find(&all, 11, 0)->dead);
	assert_int_equal(find(&all, 11, 0)->creator, 10);
	assert_false(find(&all, 10, 0)->dead);
}

/* The fact may overtake the record of the death, and a reused id must not get its elder's code. */
static void side_facts_find_the_right_bearer(void **state)
{
	static const char text[] =
		"  s-10 [000] ..... 1.01: task_newtask: pid=11 comm=s clone_flags=1200000 oom_score_adj=0\n"
		"  r-9  [000] ..... 1.02: tracing_mark_write: tasklife/1 exit tid=11 status=256 t=1020000000\n"
		"  s-11 [000] ..... 1.020001: sched_process_exit: comm=s pid=11 prio=120\n"
		"  s-10 [000] ..... 1.03: task_newtask: pid=11 comm=s clone_flags=1200000 oom_score_adj=0\n"
		"  s-11 [000] ..... 1.04: sched_process_exit: comm=s pid=11 prio=120\n"
		"  r-9  [000] ..... 1.05: tracing_mark_write: tasklife/1 exit tid=11 status=512 t=1040000000\n";
	struct copies all = {};

	lives_of_text(text, copy, &all);
	assert_int_equal(find(&all, 11, 0)->status, 256);
	assert_int_equal(find(&all, 11, 1)->status, 512);
}

/* The same with both at once: the fact of the second bearer overtakes, half a second after the
 * first one's end. */
static void a_reused_id_gets_its_own_fact(void **state)
{
	static const char text[] =
		"  s-10 [000] ..... 1.01: task_newtask: pid=11 comm=s clone_flags=1200000 oom_score_adj=0\n"
		"  s-11 [000] ..... 1.02: sched_process_exit: comm=s pid=11 prio=120\n"
		"  r-9  [000] ..... 1.021: tracing_mark_write: tasklife/1 exit tid=11 status=256 t=1020000000\n"
		"  <idle>-0 [000] ..s.. 1.03: sched_process_free: comm=s pid=11 prio=120\n"
		"  s-10 [000] ..... 1.53: task_newtask: pid=11 comm=s clone_flags=1200000 oom_score_adj=0\n"
		"  r-9  [001] ..... 1.5401: tracing_mark_write: tasklife/1 exit tid=11 status=512 t=1540000000\n"
		"  s-11 [000] ..... 1.5435: sched_process_exit: comm=s pid=11 prio=120\n";
	struct copies all = {};

	lives_of_text(text, copy, &all);
	assert_int_equal(find(&all, 11, 0)->status, 256);
	assert_int_equal(find(&all, 11, 1)->status, 512);
}

/* A guest whose host took its CPU away tells of a death 120 ms late. Where nothing was lost it is
 * the same death, in either order; where records are missing it may be another bearer's. */
static void a_late_fact_is_of_the_death_that_was_seen(void **state)
{
	static const char form[] =
		"  s-10 [000] ..... 1.01: task_newtask: pid=11 comm=s clone_flags=1200000 oom_score_adj=0\n"
		"  s-11 [000] ..... 1.02: sched_process_exit: comm=s pid=11 prio=120\n"
		"%s"
		"  s-11 [000] ..... 1.14: tracing_mark_write: tasklife/1 exit tid=11 status=256 t=1140000000\n"
		"  s-10 [000] ..... 2.01: task_newtask: pid=12 comm=s clone_flags=1200000 oom_score_adj=0\n"
		"  s-12 [000] ..... 2.02: tracing_mark_write: tasklife/1 exit tid=12 status=512 t=2020000000\n"
		"  s-12 [000] ..... 2.14: sched_process_exit: comm=s pid=12 prio=120\n";
	static const char *const between[] = {"", "CPU:0 [LOST 3 EVENTS]\n"};

	for (unsigned i = 0; i < 2; i++) {
		struct copies all = {};
		char text[2048];

		snprintf(text, sizeof(text), form, between[i]);
		lives_of_text(text, copy, &all);
		assert_int_equal(find(&all, 11, 0)->exited_code, !i);
		assert_int_equal(find(&all, 11, 0)->status, i ? 0 : 256);
		assert_int_equal(find(&all, 12, 0)->status, 512);
		assert_int_equal(all.n, i ? 4 : 3); /* with s-10 */
	}
}

/* A task whose last switch shows it reaped: by its parent, or by itself because its parent wants no
 * zombies. */
static void reaped_before_its_last_switch(void **state)
{
	static const char form[] =
		"  p-10 [001] ..... 1.00: sched_process_wait: comm=p pid=0 prio=120\n"
		"  p-10 [001] ..... 1.01: task_newtask: pid=11 comm=s clone_flags=1200000 oom_score_adj=0\n"
		"  s-11 [000] ..... 1.02: sched_process_exit: comm=s pid=11 prio=120\n"
		"  s-11 [000] d.... 1.021: signal_generate: sig=17 errno=0 code=1 comm=p pid=10 grp=1 res=0\n"
		"%s"
		"  s-11 [000] d.... 1.022: sched_switch: prev_comm=s prev_pid=11 prev_prio=120 prev_state=X ==> next_comm=r next_pid=9 next_prio=120\n"
		"%s"
		"  <idle>-0 [000] ..s.. 1.03: sched_process_free: comm=s pid=11 prio=120\n";
	static const struct {
		const char *before, *after;
		int automatic;
		tl_pid by;
	} row[] = {
		{"", "", -1, TL_PID_NONE},
		{"",
		 "  r-9  [000] ..... 1.023: tracing_mark_write: tasklife/1 exit tid=11 status=0 t=1020000000 unwanted=0\n",
		 0, 10},
		{"",
		 "  r-9  [000] ..... 1.023: tracing_mark_write: tasklife/1 exit tid=11 status=0 t=1020000000 unwanted=1\n",
		 1, TL_PID_NONE},
		{"  p-10 [001] ..... 1.0215: release_task <-wait_task_zombie\n", "", 0, 10},
		{"  s-11 [000] ..... 1.0215: release_task <-do_exit\n", "", 1, TL_PID_NONE},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(row); i++) {
		struct copies all = {};
		char text[2048];

		snprintf(text, sizeof(text), form, row[i].before, row[i].after);
		lives_of_text(text, copy, &all);
		assert_int_equal(find(&all, 11, 0)->automatic, row[i].automatic);
		assert_int_equal(find(&all, 11, 0)->reaped_by, row[i].by);
	}
}

static void a_strange_notice_is_told_with_a_warning(void **state)
{
	static const char text[] =
		"rpi_proc_exit-13081 [002] d... 439862.582574: signal_generate: sig=17 errno=0 "
		"code=1 comm=bash pid=13081 grp=1 res=0\n";
	struct copies all = {};
	struct told_lives told = lives_of_text(text, copy, &all);

	assert_int_equal(told.oddities, 1);
	assert_int_equal(find(&all, 13081, 0)->notice_parent, 13081);
	assert_false(find(&all, 13081, 0)->dead);
}

/* inv 5: memory follows the living, not the length of the trace. */
static void memory_follows_the_living(void **state)
{
	size_t room = 8 << 20, n = 0;
	char *text = malloc(room);
	struct told_lives told;

	for (int i = 0; i < 10000; i++) {
		int pid = 1000 + i;

		n += (size_t)snprintf(
			text + n, room - n,
			" s-10 [000] ..... %d.1: task_newtask: pid=%d comm=s clone_flags=1200000 oom_score_adj=0\n"
			" s-%d [000] ..... %d.2: sched_process_exit: comm=s pid=%d prio=120\n"
			" s-%d [000] d.... %d.3: signal_generate: sig=17 errno=0 code=1 comm=s pid=10 grp=1 res=0\n"
			" s-10 [000] ..... %d.4: sched_process_free: comm=s pid=%d prio=120\n",
			i, pid, pid, i, pid, pid, i, i, pid);
	}
	told = lives_of_text(text, NULL, NULL);
	assert_true(told.most < 20);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_life),
		cmocka_unit_test(a_command_line_finds_its_exec),
		cmocka_unit_test(who_acts_is_on_a_cpu),
		cmocka_unit_test(a_stack_on_another_cpu_waits_for_its_event),
		cmocka_unit_test(a_pid_is_not_an_identity),
		cmocka_unit_test(a_thread_takes_its_leaders_id_by_exec),
		cmocka_unit_test(a_process_ends_with_its_last_thread),
		cmocka_unit_test(threads_of_an_unknown_process),
		cmocka_unit_test(signals_find_their_delivery),
		cmocka_unit_test(a_group_kill_delivers_nothing_else),
		cmocka_unit_test(orphans_are_adopted_by_who_is_told),
		cmocka_unit_test(zombies_are_settled_at_their_parents_end),
		cmocka_unit_test(like_sleeps_are_one_rhythm),
		cmocka_unit_test(side_facts_join_the_dead),
		cmocka_unit_test(ids_that_cannot_be),
		cmocka_unit_test(side_facts_find_the_right_bearer),
		cmocka_unit_test(a_reused_id_gets_its_own_fact),
		cmocka_unit_test(a_late_fact_is_of_the_death_that_was_seen),
		cmocka_unit_test(reaped_before_its_last_switch),
		cmocka_unit_test(a_strange_notice_is_told_with_a_warning),
		cmocka_unit_test(memory_follows_the_living),
	};

	return cmocka_run_group_tests_name("acts of a life", tests, NULL, NULL);
}
