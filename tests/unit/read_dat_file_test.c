/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recordings of a real kernel. tests/data/two-buffers.dat was made on Linux 6.18, x86-64: two
 * instances `lives` (stack triggers) and `family`, a shell that runs a program, kills one and fails
 * one; .zstd and .v6 are what trace-cmd 3.1.6 converted it to. With TL_SHARED_DATA set, larger ones
 * are compared with `trace-cmd report`.
 */
#include <zstd.h>
#include "dat_make.h"
#include "read/tracedat.h"

static struct tl_source *open_data(const char *name)
{
	const char *root = getenv("TL_SOURCE_ROOT");
	struct tl_source *src = NULL;
	char path[512];

	if (!root)
		skip();
	snprintf(path, sizeof(path), "%s/tests/data/%s", root, name);
	assert_null(tl_source_open(path, &src));
	return src;
}

static void same_str(struct tl_str a, struct tl_str b)
{
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p ?: "", b.p ?: "", a.n);
}

static void same_fields(const struct tl_record *a, const struct tl_record *b)
{
	assert_int_equal(a->f.have, b->f.have);
	for (unsigned i = 0; a->row && i < a->row->n_fields; i++) {
		if (!(a->f.have >> i & 1))
			continue;
		if (a->row->field[i].type == TL_FT_STR)
			same_str(tl_field(&a->f, i).s, tl_field(&b->f, i).s);
		else
			assert_int_equal(tl_field(&a->f, i).i, tl_field(&b->f, i).i);
	}
}

static void same_records(struct tl_source *one, struct tl_source *two)
{
	struct tl_record a, b;
	unsigned n = 0;

	while (tl_source_next(one, &a) == 1) {
		assert_int_equal(tl_source_next(two, &b), 1);
		assert_int_equal(a.kind, b.kind);
		assert_int_equal(a.buffer, b.buffer);
		assert_int_equal(a.cpu, b.cpu);
		assert_int_equal(a.pid, b.pid);
		assert_int_equal(a.t, b.t);
		assert_int_equal(a.ctx, b.ctx);
		assert_ptr_equal(a.row, b.row);
		assert_int_equal(a.n_frames, b.n_frames);
		assert_int_equal(a.raw_n, b.raw_n);
		assert_memory_equal(a.raw, b.raw, a.raw_n);
		same_str(a.name, b.name);
		same_str(a.comm, b.comm);
		same_fields(&a, &b);
		n++;
	}
	assert_int_equal(n, 72);
	assert_int_equal(tl_source_next(two, &b), 0);
	tl_source_close(one);
	tl_source_close(two);
}

static void three_forms_of_one_recording(void **state)
{
	same_records(open_data("two-buffers.dat"), open_data("two-buffers.zstd.dat"));
	same_records(open_data("two-buffers.dat"), open_data("two-buffers.v6.dat"));
}

static void what_the_file_tells(void **state)
{
	static const char *const files[] = {"two-buffers.dat", "two-buffers.zstd.dat",
					    "two-buffers.v6.dat"};

	for (size_t i = 0; i < 3; i++) {
		struct tl_source *src = open_data(files[i]);
		const struct tl_trace_info *info = tl_source_info(src);
		struct tl_record rec;

		assert_string_equal(info->format, i == 2 ? "trace.dat/6" : "trace.dat/7");
		assert_string_equal(info->clock, "mono");
		assert_string_equal(info->kernel, "6.18.44-fc-v669");
		assert_int_equal(info->arch, TL_ARCH_X86);
		assert_int_equal(info->cpus, 2);
		assert_int_equal(info->n_buffers, 2);
		assert_string_equal(info->buffer[0], "lives");
		assert_string_equal(info->buffer[1], "family");
		assert_null(info->symbols); /* nobody has asked for them */
		while (!info->stacks_seen)
			assert_int_equal(tl_source_next(src, &rec), 1);
		assert_non_null(info->symbols);
		assert_int_equal(info->n_warnings, 0);
		tl_source_close(src);
	}
}

/* Of whom it is said that no stack follows, none does; and of nearly all others one does. */
static void who_is_alone(void **state)
{
	struct tl_source *src = open_data("two-buffers.dat");
	enum { CPUS = 2, BUFFERS = 2 };
	unsigned alone = 0, stacks = 0;
	struct {
		bool alone;
	} last[BUFFERS][CPUS][TL_LEVELS] = {};
	struct tl_record rec;

	while (tl_source_next(src, &rec) == 1) {
		assert_true(rec.cpu >= 0 && rec.cpu < CPUS && rec.buffer < BUFFERS);
		if (rec.kind == TL_REC_STACK) {
			assert_false(last[rec.buffer][rec.cpu][tl_level(rec.ctx)].alone);
			stacks++;
			continue;
		}
		for (unsigned i = tl_level(rec.ctx); i < TL_LEVELS; i++)
			last[rec.buffer][rec.cpu][i].alone = rec.alone;
		alone += rec.alone;
	}
	assert_true(stacks > 5 && alone > 30);
	tl_source_close(src);
}

/* The killing of 1809 by 1807: signal, stack, death, with the values `trace-cmd report` shows. */
static void a_killing(void **state)
{
	struct tl_source *src = open_data("two-buffers.dat");
	struct tl_record rec;
	bool seen = false;

	while (!seen && tl_source_next(src, &rec) == 1)
		seen = rec.row && rec.row->id == TL_EVENT_SIGNAL_GENERATE &&
		       tl_field(&rec.f, TL_F_SIGNAL_GENERATE_sig).i == 9;
	assert_true(seen);
	assert_int_equal(rec.t, 2721420612247);
	assert_int_equal(rec.pid, 1807);
	assert_int_equal(tl_field(&rec.f, TL_F_SIGNAL_GENERATE_pid).i, 1809);
	assert_int_equal(tl_field(&rec.f, TL_F_SIGNAL_GENERATE_group).i, 1);
	assert_int_equal(tl_source_next(src, &rec), 1);
	assert_int_equal(rec.kind, TL_REC_STACK);
	assert_true(rec.frame[0].addr == 0xffffffff8136b9ba);
	assert_int_equal(rec.n_frames, 9);
	for (seen = false; !seen && tl_source_next(src, &rec) == 1;)
		seen = rec.row && rec.row->id == TL_EVENT_SCHED_PROCESS_EXIT;
	assert_true(seen);
	assert_int_equal(tl_field(&rec.f, TL_F_SCHED_PROCESS_EXIT_pid).i, 1809);
	assert_int_equal(tl_field(&rec.f, TL_F_SCHED_PROCESS_EXIT_group_dead).i, 1);
	tl_source_close(src);
}

/* Six bytes, no more and no fewer, also behind what was damaged. */
static void unpacks_six(struct td_unpacker *u, enum td_codec codec, const char *packed, size_t n)
{
	_Alignas(16) char to[32];

	for (unsigned i = 0; i < 2; i++) {
		bool (*fn)(struct td_unpacker *, enum td_codec, struct tl_str, void *, size_t) =
			i ? td_unpack_for_another : td_unpack;

		assert_true(fn(u, codec, (struct tl_str){packed, n}, to, 6));
		assert_memory_equal(to, "abcdef", 6);
		assert_false(fn(u, codec, (struct tl_str){packed, n}, to, 5));
		assert_false(fn(u, codec, (struct tl_str){packed, n}, to, 7));
		assert_false(fn(u, codec, (struct tl_str){packed, n - 1}, to, 6));
		assert_false(fn(u, codec, (struct tl_str){packed, 0}, to, 6));
		memset(to, 0, sizeof(to));
		assert_true(fn(u, codec, (struct tl_str){packed, n}, to, 6));
		assert_memory_equal(to, "abcdef\0", 7);
	}
}

static void unpacking(void **state)
{
	static const char zlib[] = "\x78\x9c\x4b\x4c\x4a\x4e\x49\x4d\x03\x00\x08\x1e\x02\x56";
	struct tracedat td = {};
	struct td_unpacker *u = td_unpacker_get(&td);
	char zstd[64];

	assert_int_equal(td_codec_named((struct tl_str){"zlib", 4}), TD_CODEC_ZLIB);
	assert_int_equal(td_codec_named((struct tl_str){"zstd", 4}), TD_CODEC_ZSTD);
	assert_int_equal(td_codec_named((struct tl_str){"lz4", 3}), TD_CODEC_UNKNOWN);
	unpacks_six(u, TD_CODEC_ZLIB, zlib, sizeof(zlib) - 1);
	unpacks_six(u, TD_CODEC_ZSTD, zstd, ZSTD_compress(zstd, sizeof(zstd), "abcdef", 6, 1));
	assert_false(td_unpack(u, TD_CODEC_UNKNOWN, (struct tl_str){zlib, sizeof(zlib)}, zstd, 6));
	td_unpacker_put(&td, u);
	assert_ptr_equal(td_unpacker_get(&td), u);
	td_unpacker_put(&td, u);
	td_unpackers_free(&td);
}

struct big {
	uint8_t b[4 * PAGE];
	size_t n;
};

static void be(struct big *f, uint64_t v, unsigned n)
{
	for (unsigned i = n; i--; v >>= 8)
		f->b[f->n + i] = (uint8_t)v;
	f->n += n;
}

static void bytes(struct big *f, const void *p, size_t n)
{
	memcpy(f->b + f->n, p, n);
	f->n += n;
}

static void sized(struct big *f, const char *s, unsigned word)
{
	be(f, strlen(s), word);
	bytes(f, s, strlen(s));
}

/* A page with one sched_process_free at 1007 of pid 77. */
static void big_page(struct big *f)
{
	size_t at = f->n;

	be(f, 1000, 8);
	be(f, 4 + 32, 4);
	be(f, 8u << 27 | 7, 4);
	be(f, MADE_FREE, 2);
	be(f, 0x0102, 2);
	be(f, 77, 4);
	bytes(f, "gone one\0\0\0\0\0\0\0", 16);
	be(f, 500, 4);
	be(f, 120, 4);
	f->n = at + PAGE;
}

/* Version 6 of a big-endian 32-bit machine. */
static void big_endian_32_bits(void **state)
{
	static const char header[] = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
				     "\tfield: local_t commit;\toffset:8;\tsize:4;\tsigned:1;\n"
				     "\tfield: char data;\toffset:12;\tsize:4084;\tsigned:1;\n";
	struct big f = {};
	struct tl_source *src;
	struct tl_record rec;

	bytes(&f, "\x17\x08\x44tracing6\0\1\4", 14);
	be(&f, PAGE, 4);
	bytes(&f, "header_page", 12);
	sized(&f, header, 8);
	bytes(&f, "header_event", 13);
	sized(&f, "x", 8);
	be(&f, 0, 4);
	be(&f, 1, 4);
	bytes(&f, "sched", 6);
	be(&f, 1, 4);
	sized(&f, made_format_free, 8);
	be(&f, 0, 4);
	be(&f, 0, 4);
	sized(&f, "77 a b\n", 8);
	be(&f, 1, 4);
	bytes(&f, "options  ", 10);
	be(&f, 0, 2);
	bytes(&f, "flyrecord", 10);
	be(&f, PAGE * 2, 8);
	be(&f, PAGE, 8);
	f.n = PAGE * 2;
	big_page(&f);
	src = made_source(f.b, f.n);
	assert_non_null(src);
	assert_int_equal(tl_source_info(src)->n_warnings, 0);
	assert_int_equal(tl_source_next(src, &rec), 1);
	assert_int_equal(rec.t, 1007);
	assert_int_equal(rec.pid, 77);
	assert_int_equal(rec.preempt, 2);
	assert_int_equal(rec.ctx, TL_CTX_KNOWN | TL_CTX_IRQS_OFF);
	same_str(rec.comm, (struct tl_str){"a b", 3});
	assert_int_equal(tl_field(&rec.f, TL_F_SCHED_PROCESS_FREE_pid).i, 500);
	same_str(tl_field(&rec.f, TL_F_SCHED_PROCESS_FREE_comm).s, (struct tl_str){"gone one", 8});
	same_str(tl_record_text(src, &rec), (struct tl_str){"comm=gone one pid=500 prio=120", 30});
	assert_int_equal(tl_source_next(src, &rec), 0);
	tl_source_close(src);
}

/* One line of `trace-cmd report -t`: "  name: comm-pid [cpu] seconds.nanoseconds: event: ..." */
static bool parse_line(const char *line, int *pid, int *cpu, int64_t *t)
{
	const char *at = line, *open, *dash;
	long long s, ns;

	for (; (open = strstr(at, " [")); at = open + 1) {
		for (dash = open;
		     dash > line && (dash[-1] == ' ' || (dash[-1] >= '0' && dash[-1] <= '9'));)
			dash--;
		if (dash > line && dash[-1] == '-' && sscanf(dash, "%d", pid) == 1 &&
		    sscanf(open, " [%d] %lld.%9lld:", cpu, &s, &ns) == 3) {
			*t = s * 1000000000 + ns;
			return true;
		}
	}
	return false;
}

static unsigned long compare(const char *path)
{
	char command[600], line[8192];
	struct tl_source *src = NULL;
	struct tl_record rec;
	unsigned long n = 0;
	int pid, cpu;
	int64_t t;
	FILE *p;

	assert_null(tl_source_open(path, &src));
	snprintf(command, sizeof(command), "trace-cmd report -N -t -i '%s' 2>/dev/null", path);
	p = popen(command, "r");
	assert_non_null(p);
	while (fgets(line, sizeof(line), p)) {
		if (!parse_line(line, &pid, &cpu, &t))
			continue;
		do
			assert_int_equal(tl_source_next(src, &rec), 1);
		while (rec.kind == TL_REC_LOST);
		assert_int_equal(rec.t, t);
		assert_int_equal(rec.cpu, cpu);
		assert_int_equal(rec.pid, pid);
		n++;
	}
	pclose(p);
	while (tl_source_next(src, &rec) == 1)
		assert_int_equal(rec.kind, TL_REC_LOST);
	tl_source_close(src);
	return n;
}

static void as_trace_cmd_sees_it(void **state)
{
	static const struct {
		const char *path;
		unsigned long n;
	} files[] = {
		{"golden/amd64-6.1/trace.dat", 581},
		{"golden/amd64-6.1/trace.v6.dat", 581},
		{"logs/a3-trappy-trace.dat", 525},
		{"logs/a5-local-6.18-fork20000.dat", 284930},
	};
	const char *dir = getenv("TL_SHARED_DATA");
	char path[512];

	if (!dir || system("command -v trace-cmd >/dev/null 2>&1"))
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i].path);
		if (access(path, R_OK))
			continue;
		assert_int_equal(compare(path), files[i].n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_forms_of_one_recording),
		cmocka_unit_test(what_the_file_tells),
		cmocka_unit_test(a_killing),
		cmocka_unit_test(who_is_alone),
		cmocka_unit_test(unpacking),
		cmocka_unit_test(big_endian_32_bits),
		cmocka_unit_test(as_trace_cmd_sees_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
