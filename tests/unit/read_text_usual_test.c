/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The quick way through a line says what the thorough one says, or nothing: usual lines of all
 * kinds, and many mutants of them, go both ways. Behind each line stands other text, which must not
 * matter.
 */
#include "read_text_help.h"
#include "read/fields_plugin.h"
#include "read/swar.h"
#include "read/text_head.h"
#include "read/text_latency.h"
#include "read/text_lines.h"
#include "read/text_usual.h"

#define ROOM  1024
#define FRONT "            bash-2124    [002] d..1.  6400.733066: "

/* Every one of these is usual, its fields too where its event has any. */
static const char *const usual[] = {
	FRONT "task_newtask: pid=2467 comm=bash clone_flags=1200000 oom_score_adj=-17",
	FRONT "sched_process_fork: comm=bash pid=2124 child_comm=bash child_pid=2467",
	FRONT "sched_process_exit: comm=x y pid=2467 prio=120",
	FRONT "sched_process_exit: comm=tmux: server pid=2467 prio=120 group_dead=true",
	FRONT "sched_process_exit: comm= pid=2467 prio=120 group_dead=false",
	FRONT "sched_process_wait: comm=bash pid=0 prio=120",
	FRONT "sched_process_free: comm=fifteen bytes:) pid=2467 prio=120",
	FRONT
	"sched_switch: prev_comm=swapper/2 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=kworker/u8:1 next_pid=77 next_prio=120",
	FRONT
	"sched_switch: prev_comm=a prev_pid=2 prev_prio=-1 prev_state=D|K+ ==> next_comm=b next_pid=3 next_prio=98",
	FRONT "sched_waking: comm=tmux: server pid=900 prio=120 target_cpu=001",
	FRONT "sched_waking: comm=sh pid=900 prio=120 success=1 target_cpu=001",
	FRONT "sched_wakeup: comm=sh pid=900 prio=120 target_cpu=001",
	FRONT "sched_wakeup_new: comm=sh pid=900 prio=120 target_cpu=4095",
	FRONT "sched_migrate_task: comm=migration/0 pid=12 prio=0 orig_cpu=0 dest_cpu=1",
	FRONT "sched_switch: bash:2124 [120] S ==> swapper/1:0 [120]",
	FRONT "sched_switch: kworker/u8:1:77 [-1] D|W ==> a:b:3 [120]",
	FRONT "sched_wakeup: kworker/u8:1:77 [120] CPU:003",
	FRONT "signal_generate: sig=17 errno=0 code=-6 comm=bash pid=900 grp=1 res=0",
	FRONT "signal_deliver: sig=17 errno=0 code=1 sa_handler=55d5c0ffee00 sa_flags=14000000",
	FRONT "sched_stat_runtime: comm=load pid=32041 runtime=4717 [ns]",
	FRONT "<stack trace>",
	"           <...>-40000   [000] .....     1.000000: sched_waking: comm=a pid=1 prio=1 target_cpu=000",
	"           <...>-40000   [000]     1.000000: sched_waking:         comm=a pid=1 prio=1 target_cpu=000",
	"           shell-900     [000]     1.000565123: kernel_stack:         <stack trace >",
	"            init-908     (    908) [001] .N.2.    35.852912: sched_process_wait: comm=a pid=1 prio=1",
	"            init-908     (-------) [001] dNh4.    35.852912: sched_process_wait: comm=a pid=1 prio=1",
	"    kworker/0:1H-77      [1000] d.s.. 12345678: sched_process_wait: comm=a pid=1 prio=1",
	"     Web Content-1234567 [000] D.Z12 99999999.999999999: sched_process_wait: comm=a pid=1 prio=1",
};

#define LATENCY "    load-28236     1d..2. 46749385879us+: "

/* The same in the latency format. */
static const char *const latency[] = {
	LATENCY
	"sched_switch: prev_comm=load prev_pid=28236 prev_prio=120 prev_state=S ==> next_comm=load next_pid=28262 next_prio=120",
	LATENCY "sched_process_exit: comm=x y pid=2467 prio=120 group_dead=true",
	LATENCY "sched_stat_runtime: comm=load pid=28236 runtime=5929 [ns]",
	LATENCY "<stack trace>",
	"   <...>-28262     1dN.2. 46749385940us : signal_generate: sig=17 errno=0 code=1 comm=load pid=28236 grp=1 res=1",
	"kworker/-7       12.....      12us#: sched_waking: comm=a pid=1 prio=1 target_cpu=000",
};

/* Known lines that only the thorough way can tell. */
static const char *const unusual[] = {
	"  tmux: server-2124    [002] d..1.  6400.733066: sched_process_wait: comm=a pid=1 prio=1",
	"   x-1 [0] 1:a-2124    [002] d..1.  6400.733066: sched_process_wait: comm=a pid=1 prio=1",
	"bash-2124 [002] 6400.733066: sched_process_wait: comm=a pid=1 prio=1",
	"# " FRONT "sched_process_wait: comm=a pid=1 prio=1",
	FRONT "tracing_mark_write: hello from a program",
	FRONT "do_exit <-do_group_exit",
	FRONT "sys_exit_group(error_code: 3)",
	FRONT "sched_wakeup: [FAILED TO PARSE] comm=a pid=1 prio=1",
};

static const char *const nasty[] = {
	" ",
	"  ",
	"\t",
	"=",
	"-",
	"[",
	"]",
	"[001]",
	"-1 [0] 1: a",
	" pid=",
	" pid=1",
	"\tpid=1",
	" parent_pid=7",
	" prio=0",
	"0x1f",
	"0x1f (31)",
	"==> ",
	"99999999",
	"999999999999999999999",
	":",
	": ",
	"(",
	")",
	"(    12)",
	"<",
	">",
	"|",
	"+",
	".",
	",",
	"a b",
	"comm",
	" next_comm=",
	" child_comm=z",
	"\r",
	"\xff",
	"\xed\x95\x9c",
	"true",
	"12",
	"#",
	"x pid=5 prio=6",
	" success=1",
	" target_cpu=1",
	"_",
	"\x01",
	"::",
	" group_dead=1",
};

struct line {
	char text[ROOM];
	size_t n;
};

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void set_line(struct line *l, const char *text)
{
	l->n = strlen(text);
	memcpy(l->text, text, l->n);
}

/* One cut, one insertion or one piece written over; in the task column only the last: its width is
 * what makes it. */
static void mutate(struct line *l, uint32_t *seed)
{
	size_t at = next_random(seed) % (l->n + 1), n = next_random(seed) % 9;
	const char *word = nasty[next_random(seed) % (sizeof(nasty) / sizeof(nasty[0]))];

	if (at > 16 && next_random(seed) % 3 == 0) {
		n = n < l->n - at ? n : l->n - at;
		memmove(l->text + at, l->text + at + n, l->n - at - n);
		l->n -= n;
		return;
	}
	n = strlen(word);
	if (l->n + n > ROOM / 2)
		return;
	if ((at > 16 && next_random(seed) % 2) || l->n - at < n)
		memmove(l->text + at + n, l->text + at, l->n - at);
	else
		l->n -= n; /* over what stands there */
	memcpy(l->text + at, word, n);
	l->n += n;
}

static bool same_str(struct tl_str a, struct tl_str b)
{
	return a.n == b.n && (!a.n || a.p == b.p);
}

static void assert_same_fields(const struct line *l, const struct tl_record *quick,
			       const struct tl_record *slow)
{
	if (quick->f.have != slow->f.have)
		fail_msg("'%.*s': fields %x, not %x", (int)l->n, l->text, quick->f.have,
			 slow->f.have);
	for (unsigned i = 0; i < slow->row->n_fields; i++) {
		if (!(slow->f.have & 1u << i))
			continue;
		if (slow->row->field[i].type == TL_FT_STR
			    ? !same_str(quick->f.v[i].s, slow->f.v[i].s)
			    : quick->f.v[i].i != slow->f.v[i].i)
			fail_msg("'%.*s': field %s differs", (int)l->n, l->text,
				 slow->row->field[i].name);
	}
}

static bool thoroughly(struct tl_str line, bool is_latency, struct tl_record *ret,
		       struct head_extra *extra)
{
	enum head_found found;

	if (line.p[0] == '#')
		return false;
	found = text_head(line, ret, extra);
	ret->tgid = is_latency ? TL_PID_NONE : ret->tgid;
	return is_latency ? found == HEAD_NONE && text_latency(line, ret, extra) == HEAD_OK
			  : found == HEAD_OK;
}

static void thorough_fields(const struct line *l, struct tl_record *slow)
{
	if (!tl_fields_from_text(slow->row, slow->payload, &slow->f) &&
	    (slow->f.have || !fields_from_plugin(slow->row, slow->payload, &slow->f)))
		fail_msg("'%.*s': fields are missing", (int)l->n, l->text);
}

static unsigned laid_out; /* lines that were taken for being laid out like one before */

/* What is said of a line for its layout alone. */
static void same_by_layout(struct usual *u, const struct line *l, const char *p,
			   const struct tl_record *columns, const struct tl_record *slow)
{
	const char *nl, *room = l->text + ROOM;
	struct tl_record quick = *columns;

	u->layouts.rest = 0;
	u->layouts.trust = 64;
	nl = layouts_expect(&u->layouts, p, room, &quick);
	if (!nl)
		nl = layouts_search(&u->layouts, p, swar_skip_blanks(p), room, &quick);
	if (!nl)
		return;
	laid_out++;
	if (nl != l->text + l->n || quick.kind != slow->kind || quick.row != slow->row ||
	    !same_str(quick.name, slow->name) || !same_str(quick.payload, slow->payload))
		fail_msg("'%.*s': is not laid out so", (int)l->n, l->text);
	if (quick.row)
		assert_same_fields(l, &quick, slow);
}

/* Both ways through a line; true: the quick one took it, with *ret_fields also its fields. */
static bool both_ways(struct usual *u, struct line *l, bool is_latency, bool *ret_fields)
{
	struct tl_str line = {l->text, lines_trim(l->text, l->text + l->n) - l->text};
	const char *end = line.p + line.n, *p;
	struct tl_record quick = {}, columns, slow = {};
	struct head_extra extra;

	*ret_fields = false;
	l->n = line.n;
	snprintf(l->text + l->n, ROOM - l->n,
		 "\n 12 pid=12 prio=3 ==> next_comm=b: <stack trace> %64s", "");
	p = is_latency ? usual_latency_head(u, l->text, l->text + ROOM, &quick)
		       : usual_head(u, l->text, &quick);
	columns = quick;
	if (!p || !usual_event(u, swar_skip_blanks(p), &quick))
		return false;
	quick.payload.n = end - quick.payload.p;
	if (!thoroughly(line, is_latency, &slow, &extra))
		fail_msg("'%.*s' is no record", (int)l->n, l->text);
	if (quick.kind != slow.kind || quick.cpu != slow.cpu || quick.pid != slow.pid ||
	    quick.tgid != slow.tgid || quick.t != slow.t || quick.ctx != slow.ctx ||
	    quick.preempt != slow.preempt || quick.row != slow.row)
		fail_msg("'%.*s': columns differ", (int)l->n, l->text);
	if (!same_str(quick.comm, slow.comm) || quick.name.n != slow.name.n ||
	    !same_str(quick.payload, slow.payload) || extra.buffer.n)
		fail_msg("'%.*s': strings differ", (int)l->n, l->text);
	if (slow.row && slow.row->n_fields)
		tl_fields_from_text(slow.row, slow.payload, &slow.f);
	if (slow.row && !slow.f.have)
		fields_from_plugin(slow.row, slow.payload, &slow.f);
	same_by_layout(u, l, p, &columns, &slow);
	if (quick.kind != TL_REC_EVENT || usual_rest(u, p, l->text + ROOM, &quick) != end ||
	    !quick.row)
		return true;
	thorough_fields(l, &slow);
	assert_same_fields(l, &quick, &slow);
	*ret_fields = true;
	return true;
}

static void known_lines(void **state)
{
	static struct usual u;
	static struct line l;
	bool fields;

	usual_init(&u);
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		set_line(&l, usual[i]);
		if (!both_ways(&u, &l, false, &fields))
			fail_msg("'%s' is not taken", usual[i]);
		if ((strstr(usual[i], "comm=") || strstr(usual[i], " [120]")) &&
		    !strstr(usual[i], "runtime") && !fields)
			fail_msg("'%s': its fields are not taken", usual[i]);
	}
	for (size_t i = 0; i < sizeof(unusual) / sizeof(unusual[0]); i++) {
		set_line(&l, unusual[i]);
		if (both_ways(&u, &l, false, &fields))
			fail_msg("'%s' is taken", unusual[i]);
	}
}

static void mutants(void **state)
{
	static struct usual u;
	static struct line l;
	const size_t n = sizeof(usual) / sizeof(usual[0]), m = sizeof(unusual) / sizeof(unusual[0]);
	uint32_t seed = 1;
	unsigned taken = 0, with_fields = 0;
	bool fields;

	usual_init(&u);
	for (unsigned i = 0; i < 400000; i++) {
		size_t k = next_random(&seed) % (n + m);

		set_line(&l, k < n ? usual[k] : unusual[k - n]);
		for (unsigned times = 1 + next_random(&seed) % 2; times; times--)
			mutate(&l, &seed);
		taken += both_ways(&u, &l, false, &fields);
		with_fields += fields;
	}
	print_message("%u lines taken, %u with fields\n", taken, with_fields);
	/* a fair part of the mutants is still usual: both ways were compared, not one with nothing
	 */
	assert_true(taken > 60000);
	assert_true(with_fields > 20000);
}

static void latency_mutants(void **state)
{
	static struct usual u;
	static struct line l;
	const size_t n = sizeof(latency) / sizeof(latency[0]);
	uint32_t seed = 5;
	unsigned taken = 0, with_fields = 0;
	bool fields;

	usual_init(&u);
	for (unsigned i = 0; i < 100000; i++) {
		set_line(&l, latency[i % n]);
		for (unsigned times = i < n ? 0 : 1 + next_random(&seed) % 2; times; times--)
			mutate(&l, &seed);
		taken += both_ways(&u, &l, true, &fields);
		with_fields += fields;
		if (i < n && taken <= i)
			fail_msg("'%s' is not taken", latency[i]);
	}
	print_message("%u lines taken, %u with fields\n", taken, with_fields);
	assert_true(taken > 15000);
	assert_true(with_fields > 5000);
}

/* Lines that differ in one to three bytes from one whose layout is known, and twice in a row. */
static void layouts(void **state)
{
	static const char bytes[] = "0123456789azAZ =:[]-+|\t\r\n\xed/?_";
	static struct usual u;
	static struct line l;
	const size_t n = sizeof(usual) / sizeof(usual[0]);
	uint32_t seed = 3;
	bool fields;

	usual_init(&u);
	laid_out = 0;
	for (unsigned i = 0; i < 300000; i++) {
		size_t k = next_random(&seed) % n;

		set_line(&l, usual[k]);
		both_ways(&u, &l, false, &fields);
		set_line(&l, usual[k]);
		for (unsigned times = 1 + next_random(&seed) % 3; times; times--)
			l.text[40 + next_random(&seed) % (l.n - 40)] =
				bytes[next_random(&seed) % (sizeof(bytes) - 1)];
		l.n = strcspn(l.text, "\n") < l.n ? strcspn(l.text, "\n") : l.n;
		both_ways(&u, &l, false, &fields);
	}
	print_message("%u lines laid out like one before\n", laid_out);
	assert_true(laid_out > 250000);
}

/* ---- whole traces: with a line number pasted in front no line is usual ---- */

#define RECORDS 12000 /* several windows */

/* One record's lines; a few dozen stacks, some with remarks inside or a line that is none. */
static void put_record(FILE *f, uint32_t *seed, unsigned i, const char *front, const char *buffer,
		       const char *end)
{
	const char *line = usual[next_random(seed) % (sizeof(usual) / sizeof(usual[0]))];
	unsigned stack = next_random(seed) % 40;

	fprintf(f, "%s%s%s%s", front, i % 3 ? buffer : "", line, end);
	if (!strstr(line, "<stack trace"))
		return;
	for (unsigned k = 0; k < stack % 13; k++)
		fprintf(f, "%s%sfunction_%u+0x%x/0x90 <ffffffff81%06x>%s", front,
			stack & 1 ? " => " : "=> ", stack + k, k, stack * 64 + k, end);
	if (stack == 7)
		fprintf(f, "%s => 0x0%s", front, end);
	if (i % 50 == 3)
		fprintf(f, "%s%s", i % 100 == 3 ? "" : "// a remark", end);
	if (i % 50 > 40)
		fprintf(f, "%s => deeper%s", front, end);
	if (i % 97 == 5)
		fprintf(f, "%s => ! no symbol%s", front, end);
}

static struct tl_source *trace_of(const char *front, const char *buffer, const char *end)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	struct tl_source *src;
	uint32_t seed = 7;

	assert_non_null(f);
	fprintf(f, "# tracer: nop%s#%s", end, end);
	for (unsigned i = 0; i < RECORDS; i++)
		put_record(f, &seed, i, front, buffer, end);
	fclose(f);
	src = source_of_bytes(text, n);
	free(text);
	assert_non_null(src);
	return src;
}

static void assert_text(struct tl_str a, struct tl_str b, unsigned record)
{
	if (a.n != b.n || (a.n && memcmp(a.p, b.p, a.n) != 0))
		fail_msg("record %u: '%.*s' and '%.*s'", record, (int)a.n, a.n ? a.p : "", (int)b.n,
			 b.n ? b.p : "");
}

static void assert_same_frames(const struct tl_record *a, const struct tl_record *b,
			       unsigned record)
{
	assert_int_equal(a->n_frames, b->n_frames);
	for (unsigned i = 0; i < a->n_frames; i++) {
		assert_text(a->frame[i].name, b->frame[i].name, record);
		assert_text(a->frame[i].text, b->frame[i].text, record);
		assert_true(a->frame[i].addr == b->frame[i].addr &&
			    a->frame[i].off == b->frame[i].off &&
			    a->frame[i].has == b->frame[i].has);
	}
}

static void assert_same_record(const struct tl_record *a, const struct tl_record *b,
			       unsigned record)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->t, b->t);
	assert_true(a->place == b->place && a->buffer == b->buffer && a->cpu == b->cpu &&
		    a->pid == b->pid && a->tgid == b->tgid && a->ctx == b->ctx &&
		    a->row == b->row && a->f.have == b->f.have);
	assert_true(a->orphan == b->orphan && a->lost == b->lost && a->raw == b->raw);
	assert_text(a->comm, b->comm, record);
	assert_text(a->payload, b->payload, record);
	assert_same_frames(a, b, record);
}

static void same_trace(const char *buffer, const char *end)
{
	struct tl_source *plain = trace_of("", buffer, end),
			 *numbered = trace_of("12: ", buffer, end);
	unsigned n = 0, kept = 0, cut = 0;
	struct tl_record a, b;

	/* what a record is written over must not shine through */
	memset(&a, 0xff, sizeof(a));
	memset(&b, 0, sizeof(b));
	for (; tl_source_next(plain, &a) == 1; n++) {
		assert_int_equal(tl_source_next(numbered, &b), 1);
		assert_same_record(&a, &b, n);
		assert_false(b.frames_kept);
		kept += a.frames_kept;
		cut += a.n_frames && !a.frames_kept;
	}
	assert_end(numbered);
	assert_int_equal(n, RECORDS);
	assert_true(kept > 100); /* both ways were gone */
	assert_true(cut > 10);
	assert_int_equal(tl_source_info(plain)->unparsed, tl_source_info(numbered)->unparsed);
	tl_source_close(plain);
	tl_source_close(numbered);
}

static void whole_traces(void **state)
{
	same_trace("", "\n");
	same_trace("", "\r\n");
	same_trace("lives:  ", "\n");
}

/* perf script: behind a chain stands an empty line, which with CRLF is not quite empty. */
static struct tl_source *perf_of(const char *end)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	struct tl_source *src;
	uint32_t seed = 7;

	assert_non_null(f);
	for (unsigned i = 0; i < RECORDS; i++) {
		unsigned stack = next_random(&seed) % 40;

		fprintf(f, "sh %u [001] %u.%06u: %30s comm=sh pid=%u prio=120%s", 900 + stack,
			i / 1000, i % 1000,
			stack % 3 ? "sched:sched_process_exit:" : "a:b_c_d_e_f:sched_process_wait:",
			i, end);
		for (unsigned k = 0; k < stack % 9; k++)
			fprintf(f, "\tffffffff81%06x function_%u+0x%x (%s)%s", stack * 64 + k,
				stack + k, k, k < 5 ? "[kernel.kallsyms]" : "/usr/lib/libc.so.6",
				end);
		fprintf(f, "%s", end);
	}
	fclose(f);
	src = source_of_bytes(text, n);
	free(text);
	assert_non_null(src);
	return src;
}

static void perf_traces(void **state)
{
	struct tl_source *lf = perf_of("\n"), *crlf = perf_of("\r\n");
	unsigned n = 0, kept = 0, fields = 0;
	struct tl_record a, b;

	for (; tl_source_next(lf, &a) == 1; n++) {
		assert_int_equal(tl_source_next(crlf, &b), 1);
		assert_same_record(&a, &b, n);
		assert_false(b.frames_kept);
		kept += a.frames_kept;
		fields += a.row && a.f.have == 7;
	}
	assert_end(crlf);
	assert_true(kept > RECORDS / 2);
	assert_int_equal(fields, RECORDS);
	tl_source_close(lf);
	tl_source_close(crlf);
}

static const char *const perf_lines[] = {
	"            true 14803 [000] 46787.215394:       sched:sched_process_exit: comm=true pid=14803 prio=120 group_dead=true",
	"load 26071 [000] 46792.664717:       sched:sched_switch: prev_comm=load prev_pid=26071 prev_prio=120 prev_state=Z ==> next_comm=load next_pid=26067 next_prio=120",
	"sh 12/13 [001] 1.000000001: signal:signal_generate: sig=17 errno=0 code=1 comm=sh pid=900 grp=1 res=0",
	"            sh:1  9 [1] 5.123456: sched:sched_waking: comm=tmux: server pid=900 prio=120 target_cpu=001",
	"        my iperf 27409 [000] 441995.133575: sched:sched_process_wait: comm=x y pid=1 prio=2",
	"              dd 29776 [000] 666709.771979:   10101010 sched:sched_process_exit: comm=dd pid=29776 prio=120",
	"              dd 29776 [000] 666709.771980: sched:sched_stat_runtime: comm=load pid=32041 runtime=4717 [ns]",
};
enum { PERF_LINES = sizeof(perf_lines) / sizeof(perf_lines[0]), PERF_MUTANTS = 4000 };

/* An empty line behind each: no line stands where a chain might. */
static void append_perf(char **text, size_t *n, const struct line *l)
{
	*text = realloc(*text, *n + l->n + 3);
	assert_non_null(*text);
	memcpy(*text + *n, l->text, l->n);
	memcpy(*text + *n + l->n, "\n\n", 3);
	*n += l->n + 2;
}

/* The first line says what the text is. */
static void begin_perf(char **text, size_t *n)
{
	static struct line l;

	set_line(&l, "x 1 [000] 1.000000: a:bb: ");
	append_perf(text, n, &l);
}

static struct tl_source *perf_source(const char *text, size_t n)
{
	struct tl_source *src = source_of_bytes(text, n);
	struct tl_record rec;

	assert_non_null(src);
	assert_int_equal(tl_source_next(src, &rec), 1);
	return src;
}

static bool is_perf(const struct tl_source *src)
{
	return strcmp(tl_source_info(src)->format, "perf-script") == 0;
}

/* No line of ftrace, which would make the text one. */
static bool stays_perf(const struct line *l)
{
	char *text = NULL;
	size_t n = 0;
	struct tl_source *src;
	bool is;

	begin_perf(&text, &n);
	append_perf(&text, &n, l);
	src = perf_source(text, n);
	is = is_perf(src);
	tl_source_close(src);
	free(text);
	return is;
}

static void assert_as_alone(struct tl_source *all, const struct line *l, unsigned *taken)
{
	char *text = NULL;
	size_t n = 0;
	struct tl_record a, b;
	struct tl_source *alone;

	begin_perf(&text, &n);
	append_perf(&text, &n, l);
	alone = perf_source(text, n);
	while (tl_source_next(alone, &b) == 1) {
		assert_int_equal(tl_source_next(all, &a), 1);
		a.place = b.place;
		assert_same_record(&a, &b, *taken);
		for (unsigned i = 0; a.row && i < a.row->n_fields; i++) {
			if (!(a.f.have & 1u << i))
				continue;
			if (a.row->field[i].type == TL_FT_STR)
				assert_text(a.f.v[i].s, b.f.v[i].s, *taken);
			else
				assert_int_equal(a.f.v[i].i, b.f.v[i].i);
		}
		++*taken;
	}
	tl_source_close(alone);
	free(text);
}

/* A name met for the first time is looked at thoroughly: one line alone, and among many, say the
 * same. */
static void perf_mutants(void **state)
{
	static struct line lines[PERF_MUTANTS];
	char *text = NULL;
	size_t n = 0;
	uint32_t seed = 3;
	unsigned taken = 0;
	struct tl_source *all;

	begin_perf(&text, &n);
	for (unsigned i = 0; i < PERF_MUTANTS; i++) {
		set_line(&lines[i], perf_lines[i % PERF_LINES]);
		for (unsigned k = i < PERF_LINES ? 0 : 1 + next_random(&seed) % 2; k; k--)
			mutate(&lines[i], &seed);
		if (!stays_perf(&lines[i]))
			set_line(&lines[i], "");
		append_perf(&text, &n, &lines[i]);
	}
	all = perf_source(text, n);
	assert_true(is_perf(all));
	for (unsigned i = 0; i < PERF_MUTANTS; i++)
		assert_as_alone(all, &lines[i], &taken);
	assert_end(all);
	assert_true(taken > PERF_MUTANTS / 3);
	tl_source_close(all);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_lines),     cmocka_unit_test(mutants),
		cmocka_unit_test(latency_mutants), cmocka_unit_test(layouts),
		cmocka_unit_test(whole_traces),    cmocka_unit_test(perf_traces),
		cmocka_unit_test(perf_mutants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
