/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call paths: named, put right, without the tracer's own frames; and stacks joined to their events.
 */
#include "lives.h"

struct found {
	char path[512]; /* names of the last event with a stack, "a<b<c" */
	char raw[512];
	unsigned corrected, doubtful, events;
};

static struct found last_stack(const char *text, enum tl_ev kind)
{
	struct tl_source *src = source_of_text(text);
	struct tl_events *events;
	struct tl_event ev;
	struct found f = {};

	assert_null(tl_events_new(src, &events));
	while (tl_events_next(events, &ev)) {
		f.events++;
		if (ev.kind != kind || !ev.stack)
			continue;
		f.path[0] = f.raw[0] = 0;
		f.corrected = f.doubtful = 0;
		for (unsigned i = 0; i < ev.stack->n; i++) {
			const struct tl_frame *fr = &ev.stack->frame[i];

			strcat(f.path, i ? "<" : "");
			strcat(f.path, fr->name->s);
			f.corrected += fr->mark == TL_FM_CORRECTED;
			f.doubtful += fr->mark == TL_FM_DOUBTFUL;
		}
		for (unsigned i = 0; i < ev.stack->n_raw; i++) {
			strcat(f.raw, i ? "<" : "");
			strcat(f.raw, ev.stack->raw[i]->s);
		}
	}
	tl_events_free(events);
	tl_source_close(src);
	return f;
}

/* x86 5.10 and 6.1: the trampoline is a bare address; the tracer's own helper stands above events'
 * stacks. */
static void the_tracers_own_frames_are_dropped(void **state)
{
	struct found f = last_stack(
		" c-7 [000] ..... 8.5: do_exit+0x0/0xb10 <-do_group_exit+0x2d/0x80\n"
		" c-7 [000] ..... 8.6: <stack trace>\n => 0xffffffffc044e083\n => do_exit+0x5/0xb10\n"
		" => do_group_exit+0x2d/0x80\n => __x64_sys_exit_group+0x14/0x20\n => do_syscall_64+0x5d/0x90\n",
		TL_EV_FUNC);

	assert_string_equal(f.path, "do_exit<do_group_exit<__x64_sys_exit_group<do_syscall_64");
	assert_int_equal(f.corrected + f.doubtful, 0);
	assert_string_equal(f.raw, "0xffffffffc044e083<do_exit+0x5/0xb10<do_group_exit+0x2d/0x80<"
				   "__x64_sys_exit_group+0x14/0x20<do_syscall_64+0x5d/0x90");
	f = last_stack(
		" c-7 [000] ..... 8.5: sched_process_exit: comm=c pid=7 prio=120\n"
		" c-7 [000] ..... 8.6: <stack trace>\n => trace_event_raw_event_sched_process_template+0x79/0xb0\n"
		" => __traceiter_sched_process_exit+0x3c/0x50\n => do_exit+0x501/0xb10\n",
		TL_EV_EXIT);
	assert_string_equal(f.path, "do_exit");
}

/* ARMv7 5.10 (guests.md): the function itself is missing, exit_group bears its neighbour's name,
 * the last frame is a user address. */
static void an_arm_stack_is_completed_and_put_right(void **state)
{
	struct found f = last_stack(
		" c-7 [000] .... 8.732262: do_exit+0x14/0xadc <-do_group_exit+0x50/0xcc\n"
		" c-7 [000] .... 8.732300: <stack trace>\n => do_group_exit+0x50/0xcc\n"
		" => __wake_up_parent+0x0/0x30\n => ret_fast_syscall+0x0/0x54\n => 0xbefb8c74\n",
		TL_EV_FUNC);

	assert_string_equal(f.path, "do_exit<do_group_exit<sys_exit_group<ret_fast_syscall");
	assert_int_equal(f.corrected, 1);
}

/* The same path read as group exit would be wrong: it is a thread's exit(2). */
static void a_thread_exit_is_not_a_group_exit(void **state)
{
	struct found f = last_stack(
		" c-7 [000] .... 8.1: do_exit+0x14/0xadc <-do_group_exit+0x0/0xcc\n"
		" c-7 [000] .... 8.2: <stack trace>\n => do_group_exit+0x0/0xcc\n => ret_fast_syscall+0x0/0x54\n",
		TL_EV_FUNC);

	assert_string_equal(f.path, "do_exit<sys_exit<ret_fast_syscall");
}

/* ARMv7 6.1 loses the caller too. */
static void a_cut_stack_gets_function_and_caller(void **state)
{
	struct found f = last_stack(
		" c-7 [000] ..... 6.8: do_exit+0xc/0x9e4 <-do_group_exit+0x40/0x8c\n"
		" c-7 [000] ..... 6.9: <stack trace>\n => get_signal+0x95c/0x984\n => do_work_pending+0x10c/0x4bc\n",
		TL_EV_FUNC);

	assert_string_equal(f.path, "do_exit<do_group_exit<get_signal<do_work_pending");
	f = last_stack(" c-7 [000] ..... 6.8: do_exit+0xc/0x9e4 <-do_group_exit+0x40/0x8c\n"
		       " c-7 [000] ..... 6.9: <stack trace>\n",
		       TL_EV_FUNC);
	assert_string_equal(f.path, "do_exit<do_group_exit");
}

/* rich.txt: the frame under an interrupt's entry is the interrupted instruction itself. */
static void an_interrupted_address_is_left_alone(void **state)
{
	struct found f = last_stack(
		" c-7 [000] d.h1. 6.8: signal_generate: sig=14 errno=0 code=128 comm=c pid=9 grp=1 res=0\n"
		" c-7 [000] d.h1. 6.9: <stack trace>\n => it_real_fn+0x21/0x80\n"
		" => asm_sysvec_apic_timer_interrupt+0x16/0x20\n => uart_write+0x0/0x40\n",
		TL_EV_SIGNAL);

	assert_string_equal(f.path, "it_real_fn<asm_sysvec_apic_timer_interrupt<uart_write");
	assert_int_equal(f.corrected + f.doubtful, 0);
}

/* What an interrupt records between an event and its stack does not part them, whether it has a
 * stack of its own or not. */
static void interrupts_nest(void **state)
{
	struct found f = last_stack(
		" c-7 [000] ..... 6.1: sched_process_exit: comm=c pid=7 prio=120\n"
		" c-7 [000] d.h1. 6.2: signal_generate: sig=14 errno=0 code=128 comm=x pid=9 grp=1 res=0\n"
		" c-7 [000] d.h1. 6.3: <stack trace>\n => it_real_fn+0x21/0x80\n"
		" c-7 [000] ..... 6.4: <stack trace>\n => do_exit+0x501/0xb10\n",
		TL_EV_EXIT);

	assert_string_equal(f.path, "do_exit");
	assert_int_equal(f.events, 2);
}

static void events_keep_their_order(void **state)
{
	char text[20000];
	size_t n = 0;
	struct tl_source *src;
	struct tl_events *events;
	struct tl_event ev;
	tl_ns last = 0;
	unsigned got = 0;

	for (int i = 0; i < 200; i++)
		n += (size_t)snprintf(
			text + n, sizeof(text) - n,
			" c-%d [%03d] ..... 6.%06d: sched_process_exit: comm=c pid=%d prio=120\n",
			i + 1, i % 7 ? 1 : 0, i, i + 1);
	src = source_of_text(text);
	assert_null(tl_events_new(src, &events));
	while (tl_events_next(events, &ev)) {
		assert_true(ev.t >= last);
		last = ev.t;
		got++;
	}
	assert_int_equal(got, 200);
	tl_events_free(events);
	tl_source_close(src);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tracers_own_frames_are_dropped),
		cmocka_unit_test(an_arm_stack_is_completed_and_put_right),
		cmocka_unit_test(a_thread_exit_is_not_a_group_exit),
		cmocka_unit_test(a_cut_stack_gets_function_and_caller),
		cmocka_unit_test(an_interrupted_address_is_left_alone),
		cmocka_unit_test(interrupts_nest),
		cmocka_unit_test(events_keep_their_order),
	};

	return cmocka_run_group_tests_name("call paths", tests, NULL, NULL);
}
