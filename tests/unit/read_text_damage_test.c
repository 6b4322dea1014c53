/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Damaged text: cut at every byte, and with bytes changed. Nothing crashes, nothing runs for ever,
 * and what a record says stays inside the input. Runs under the sanitizers of script/test.
 */
#include "read_text_help.h"

static const char sample[] =
	"# tracer: function\n# entries-in-buffer/entries-written: 9/12   #P:2\n#\n"
	"##### CPU 1 buffer started ####\n"
	"            init-908     (    908) [001] .....    35.852912: task_newtask: pid=909 comm=init clone_flags=1200000 oom_score_adj=0\n"
	" c_nl\nline2: x=1-634     [000] ...1.    23.694164: task_rename: pid=634 oldcomm=d_weirdcomm newcomm=c_nl\nline2: x=1 oom_score_adj=0\n"
	" c w-7 [001] d..-632     [001] d..1.    23.7: signal_generate: sig=9 errno=0 code=0 comm=x pid=1 res=0 pid=634 grp=1 res=0\n"
	"CPU:1 [LOST 68 EVENTS]\n"
	"  a-1 [001] d..1.    23.7: do_exit+0x4/0x990 [m] <-do_group_exit <ffffffff810000ab>\n"
	"  a-1 [001] d..1.    23.7: <stack trace>\n => do_exit+0x8/0x990\n\n => 0xffffffffc044e083 // x\n => [FTRACE TRAMPOLINE]\n"
	"  a-1 [001] d..1.    23.8: sched_switch: prev_comm=x prev_pid=2466\nprev_prio=120 prev_state=Z ==> next_comm=y next_pid=208 next_prio=120\n"
	"  a-1 [001] d..1.    23.9: sys_exit_group(error_code: 3)\n"
	"  a-1 [001] d..1.    24.0: sys_wait4 -> 0x1a2\n"
	"lives:               fk-17284 [000]  2478.185720: kernel_stack:         <stack trace >\n=> x (ffffffff81354959)\n"
	"  a-1 [001] d..1.    24.1: mark_victim: pid=3 comm=a total-vm=1kB\n"
	"  a-1 [001] d..1.    24.2: tracing_mark_write+0xdd/0x240: text\n";

/* Reads every byte a record points to, so that the sanitizers see it. */
static unsigned touch(struct tl_str s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum += (unsigned char)s.p[i];
	return sum;
}

static unsigned touch_record(const struct tl_record *rec)
{
	unsigned sum = touch(rec->comm) + touch(rec->name) + touch(rec->payload);

	sum += rec->ip.has ? touch(rec->ip.name) : 0;
	sum += rec->parent.has ? touch(rec->parent.name) : 0;
	for (unsigned i = 0; i < rec->n_frames; i++)
		sum += touch(rec->frame[i].name) + touch(rec->frame[i].text) +
		       touch(rec->frame[i].module);
	for (unsigned i = 0; rec->row && i < rec->row->n_fields; i++)
		if (rec->f.have & 1u << i && rec->row->field[i].type == TL_FT_STR)
			sum += touch(rec->f.v[i].s);
	return sum;
}

static volatile unsigned sink;

static uint64_t read_all(const char *p, size_t n)
{
	struct tl_source *src = source_of_bytes(p, n);
	struct tl_record rec;
	uint64_t records = 0;

	if (!src)
		return 0;
	while (tl_source_next(src, &rec) == 1) {
		sink += touch_record(&rec);
		records++;
		assert_true(records <= n);
	}
	tl_source_close(src);
	return records;
}

static void whole(void **state)
{
	assert_int_equal(read_all(sample, sizeof(sample) - 1), 12);
}

static void cut_everywhere(void **state)
{
	for (size_t n = 0; n < sizeof(sample); n++) {
		/* a copy of just this size: reading over its end is seen */
		char *part = malloc(n ? n : 1);

		memcpy(part, sample, n);
		read_all(part, n);
		read_all(sample + n, sizeof(sample) - 1 - n);
		free(part);
	}
}

static unsigned rnd(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 8;
}

static void changed_bytes(void **state)
{
	static const char spice[] = "\n \t-[]():=<>.+0x9\r\xff#/";
	unsigned seed = 4711;
	char text[sizeof(sample)];

	for (int round = 0; round < 20000; round++) {
		memcpy(text, sample, sizeof(sample));
		for (unsigned k = rnd(&seed) % 8 + 1; k; k--)
			text[rnd(&seed) % (sizeof(sample) - 1)] =
				spice[rnd(&seed) % (sizeof(spice) - 1)];
		read_all(text, sizeof(sample) - 1);
	}
}

static void pieces_moved(void **state)
{
	unsigned seed = 815;
	char text[2 * sizeof(sample)];

	for (int round = 0; round < 5000; round++) {
		size_t n = 0;

		while (n < sizeof(sample)) {
			size_t from = rnd(&seed) % (sizeof(sample) - 1), len = rnd(&seed) % 120;

			if (len > sizeof(sample) - 1 - from)
				len = sizeof(sample) - 1 - from;
			memcpy(text + n, sample + from, len);
			n += len;
		}
		read_all(text, n);
	}
}

/* Lines made of what the parser looks for: the time must not grow with the square of their length.
 */
static void lines_of_bait(void **state)
{
	static const char *const baits[] = {
		"a-1 [0] 1.1: x(",
		"a-1 [0] 1.1: x) <-",
		"1us : ",
		" pid=1",
		"a-1 [0] 1.1: sched_wakeup: comm=",
		" a-1 [0] .... 1.1: sched_prepare_exec: interp= filename=",
		"[",
		"-1 [",
		"\n=>",
		"\r",
		"\n",
		" => x\n",
		"a-1 [0] 1.1: <stack trace>\n => x\n",
		"a-1 [0] 1.1: sched_wakeup: comm=\n",
	};
	size_t n = 2 << 20;
	char *text = malloc(n);

	for (size_t i = 0; i < sizeof(baits) / sizeof(baits[0]); i++) {
		size_t len = strlen(baits[i]);

		for (size_t at = 0; at < n; at += len)
			memcpy(text + at, baits[i], n - at < len ? n - at : len);
		read_all(text, n);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(cut_everywhere),
		cmocka_unit_test(changed_bytes),
		cmocka_unit_test(pieces_moved),
		cmocka_unit_test(lines_of_bait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
