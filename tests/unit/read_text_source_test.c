/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening and pulling: what is no trace, packed input, pipes, headers, losses, times. */
#include <errno.h>
#include <fcntl.h>
#include <zlib.h>
#include <zstd.h>
#include <unistd.h>
#include "read/bytes.h"
#include "read_text_help.h"

#define LINE "bash-1 [000] d..1. %d.%06d: sched_process_exit: comm=bash pid=%d prio=120\n"

static char *long_trace(int n, size_t *ret_n)
{
	char *text = malloc(n * 100 + 100), *p = text;

	for (int i = 0; i < n; i++)
		p += sprintf(p, LINE, 1 + i / 1000000, i % 1000000, i + 1);
	*ret_n = p - text;
	return text;
}

/* All pids 1..n in order. */
static void assert_long_trace(struct tl_source *src, int n)
{
	struct tl_record rec;
	int i = 0;

	while (tl_source_next(src, &rec) == 1) {
		i++;
		assert_int_equal(rec.f.v[TL_F_SCHED_PROCESS_EXIT_pid].i, i);
		assert_int_equal(rec.place, i);
	}
	assert_int_equal(i, n);
}

static void a_bare_stack_gets_a_hint(void)
{
	static const char text[] =
		"notes\n=> do_group_exit+0x50/0xe8\n=> ret_fast_syscall+0x0/0x28\n";
	int fd = memfd_create("sample", 0);
	struct tl_source *src;
	struct tl_err *err;

	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	lseek(fd, 0, SEEK_SET);
	err = tl_source_open_fd(fd, "sample", &src);
	assert_non_null(err);
	assert_non_null(err->hint[0]);
	tl_err_free(err);
}

static void what_is_no_trace(void **state)
{
	if (access("/proc/self/stat", R_OK))
		skip(); /* needs /proc */

	static const struct {
		const char *path;
		int code, os;
	} rows[] = {{"/nonexistent/trace.txt", TL_E_INPUT, ENOENT}, {"/tmp", TL_E_INPUT, 0},
		    {"/dev/null", TL_E_INPUT, 0}, {"/proc/version", TL_E_INPUT, 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tl_source *src = NULL;
		struct tl_err *err = tl_source_open(rows[i].path, &src);

		assert_non_null(err);
		assert_null(src);
		assert_int_equal(err->code, rows[i].code);
		assert_int_equal(err->os, rows[i].os);
		assert_non_null(err->what);
		tl_err_free(err);
	}
	assert_null(source_of_bytes("\0\1\2\3\0", 5));
	a_bare_stack_gets_a_hint();
	assert_null(source_of_bytes("a text that holds no record\n", 28));
}

static void a_header_alone_is_an_empty_trace(void **state)
{
	struct tl_source *src =
		source_of("# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0   #P:8\n#\n");

	assert_end(src);
	assert_int_equal(tl_source_info(src)->cpus, 8);
	assert_int_equal(tl_source_info(src)->first, TL_NS_NONE);
	tl_source_close(src);
}

/* As editors of another system save it. */
static void mark_and_line_ends(void **state)
{
	struct tl_source *src = source_of(
		"\xef\xbb\xbf# tracer: nop\r\n# entries-in-buffer/entries-written: 1/1   #P:4\r\n\r\n"
		"bash-1 [000] d..1. 1.0: sched_process_exit: comm=bash pid=2 prio=120\r\n");

	assert_int_equal(next_of(src).place, 4);
	assert_end(src);
	assert_int_equal(tl_source_info(src)->cpus, 4);
	tl_source_close(src);
	src = source_of("\xef\xbb\xbf" "bash-1 [000] d..1. 1.0: <stack trace>\n");
	assert_str(next_of(src).comm, "bash");
	tl_source_close(src);
}

/* However much prose stands before the first record. */
static void prose_before_the_first_record(void **state)
{
	size_t n = 1 << 20, len;
	char *text = malloc(n + 200);
	struct tl_source *src;

	for (size_t i = 0; i < n; i++)
		text[i] = i % 60 == 59 ? '\n' : 'x';
	len = n + sprintf(text + n, "\n" LINE, 5, 0, 42);
	src = source_of_bytes(text, len);
	assert_non_null(src);
	assert_int_equal(next_of(src).f.v[TL_F_SCHED_PROCESS_EXIT_pid].i, 42);
	assert_end(src);
	tl_source_close(src);
	free(text);
}

static size_t gzip(const char *text, size_t n, char *out, size_t room)
{
	z_stream z = {
		.next_in = (void *)text, .avail_in = n, .next_out = (void *)out, .avail_out = room};

	deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return room - z.avail_out;
}

/* As `gzip a; gzip b; cat` makes them, an empty one among them; zeros behind, as tapes and block
 * devices leave them. */
static void members_of_gzip(void **state)
{
	const size_t room = 1 << 20;
	size_t n, half, used;
	char *text = long_trace(20000, &n), *out = calloc(1, room);
	struct tl_source *src;

	half = n / 3; /* in the middle of a line */
	used = gzip(text, half, out, room);
	used += gzip(text, 0, out + used, room - used);
	used += gzip(text + half, n - half, out + used, room - used);
	src = source_of_bytes(out, used);
	assert_non_null(src);
	assert_long_trace(src, 20000);
	assert_int_equal(tl_source_info(src)->n_warnings, 0);
	tl_source_close(src);
	free(out);
	free(text);
}

/* A cut stream: what is there is read, and behind it nothing is known. */
static void cut_frames_of_zstd(void **state)
{
	const size_t room = 1 << 20;
	size_t n, used;
	char *text = long_trace(20000, &n), *out = malloc(room);
	struct tl_source *src;

	used = ZSTD_compress(out, room, text, n / 2, 3);
	used += ZSTD_compress(out + used, room - used, text + n / 2, n - n / 2, 3);
	for (unsigned i = 1; i < 6; i++) {
		src = source_of_bytes(out, used - i * used / 11);
		assert_non_null(src);
		while (tl_source_next(src, &(struct tl_record){}) == 1)
			;
		assert_true(tl_source_info(src)->records >= 9999 || i > 4);
		assert_int_equal(tl_source_info(src)->n_warnings, 1);
		assert_int_equal(tl_source_info(src)->n_blind, 1);
		assert_int_equal(tl_source_info(src)->blind[0].to, TL_NS_NONE);
		tl_source_close(src);
	}
	free(out);
	free(text);
}

static void packed(void **state)
{
	size_t n, gz_n = 1 << 20, zst_n = 1 << 20, half;
	char *text = long_trace(20000, &n), *out = malloc(1 << 20);
	struct tl_source *src;
	z_stream z = {};

	deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY);
	z.next_in = (void *)text;
	z.avail_in = n;
	z.next_out = (void *)out;
	z.avail_out = gz_n;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	gz_n -= z.avail_out;
	deflateEnd(&z);
	src = source_of_bytes(out, gz_n);
	assert_non_null(src);
	assert_long_trace(src, 20000);
	assert_int_equal(tl_source_info(src)->n_warnings, 0);
	tl_source_close(src);

	/* cut: what is there is read, and what is missing is told */
	src = source_of_bytes(out, gz_n / 2);
	assert_non_null(src);
	while (tl_source_next(src, &(struct tl_record){}) == 1)
		;
	assert_true(tl_source_info(src)->records > 1000);
	assert_int_equal(tl_source_info(src)->n_warnings, 1);
	assert_int_equal(tl_source_info(src)->n_blind, 1);
	tl_source_close(src);

	/* two frames of zstd, as `zstd a; zstd b; cat` makes them */
	half = memchr(text + n / 2, '\n', n / 2) + 1 - (void *)text;
	zst_n = ZSTD_compress(out, 1 << 20, text, half, 3);
	zst_n += ZSTD_compress(out + zst_n, (1 << 20) - zst_n, text + half, n - half, 3);
	src = source_of_bytes(out, zst_n);
	assert_non_null(src);
	assert_long_trace(src, 20000);
	tl_source_close(src);
	free(out);
	free(text);
}

static void through_a_pipe(void **state)
{
	size_t n;
	char *text = long_trace(30000, &n);
	struct tl_source *src;
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	if (fork() == 0) {
		for (size_t at = 0; at < n; at += 777)
			if (write(fd[1], text + at, n - at < 777 ? n - at : 777) < 0)
				_exit(1);
		_exit(0);
	}
	close(fd[1]);
	assert_null(tl_source_open_fd(fd[0], "pipe", &src));
	assert_long_trace(src, 30000);
	tl_source_close(src);
	free(text);
}

/* The first record of a living pipe comes without waiting for the second, but for what may belong
 * to it. */
static void a_pipe_that_is_alive(void **state)
{
	/* short: shorter than any sniffing */
	static const char line[] = "a-1 [0] 1.0: mark_victim: pid=7\n";
	struct tl_source *src;
	int fd[2], n = sizeof(line) - 1;

	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], line, n), n);
	assert_null(tl_source_open_fd(fd[0], "pipe", &src));
	assert_int_equal(next_of(src).f.v[TL_F_MARK_VICTIM_pid].i, 7);
	close(fd[1]);
	assert_end(src);
	tl_source_close(src);
}

static void a_map_of_a_pipe(void **state)
{
	struct source_bytes *b;
	struct tl_str head, map;
	bool whole;
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], "0123456789", 10), 10);
	close(fd[1]);
	assert_null(bytes_open(fd[0], "pipe", &b));
	head = bytes_head(b, 4, &whole);
	assert_true(head.n >= 4);
	assert_null(bytes_map(b, &map));
	assert_str(map, "0123456789");
	bytes_close(b);
}

static void lost_events(void **state)
{
	struct tl_source *src =
		source_of("# tracer: nop\n# entries-in-buffer/entries-written: 2/12   #P:2\n"
			  "a-1 [001] d..1. 1.000000: sched_process_exit: comm=a pid=1 prio=120\n"
			  "CPU:1 [LOST 68 EVENTS]\n"
			  "a-1 [000] d..1. 2.000000: sched_process_exit: comm=a pid=1 prio=120\n"
			  "a-1 [001] d..1. 3.000000: sched_process_exit: comm=a pid=1 prio=120\n"
			  "CPU:0 [LOST EVENTS]\n");
	const struct tl_trace_info *info = tl_source_info(src);
	struct tl_record rec = next_of(src);

	assert_int_equal(info->lost, 10);
	assert_int_equal(info->n_blind, 1);
	assert_int_equal(info->blind[0].cpu, -1);
	assert_int_equal(info->blind[0].from, TL_NS_NONE);
	assert_int_equal(info->blind[0].to, 1000000000);
	rec = next_of(src);
	assert_int_equal(rec.kind, TL_REC_LOST);
	assert_int_equal(rec.cpu, 1);
	assert_int_equal(rec.lost, 68);
	assert_int_equal(info->lost, 78);
	assert_int_equal(info->blind[1].from, 1000000000);
	assert_int_equal(info->blind[1].to, TL_NS_NONE);
	next_of(src);
	assert_int_equal(info->blind[1].to, TL_NS_NONE);
	next_of(src);
	assert_int_equal(info->blind[1].to, 3000000000);
	assert_false(info->lost_unknown);
	assert_int_equal(next_of(src).lost, UINT64_MAX);
	assert_true(info->lost_unknown);
	assert_end(src);
	tl_source_close(src);
}

static void a_buffer_that_started_late(void **state)
{
	struct tl_source *src =
		source_of("a-1 [000] d..1. 1.000000: sched_process_exit: comm=a pid=1 prio=120\n"
			  "##### CPU 1 buffer started ####\n"
			  "a-1 [001] d..1. 2.000000: sched_process_exit: comm=a pid=1 prio=120\n");
	const struct tl_trace_info *info = tl_source_info(src);

	next_of(src);
	next_of(src);
	assert_int_equal(info->n_blind, 1);
	assert_int_equal(info->blind[0].cpu, 1);
	assert_int_equal(info->blind[0].to, 2000000000);
	tl_source_close(src);
}

static void time_backwards_is_told_once(void **state)
{
	struct tl_source *src =
		source_of("a-1 [000] d..1. 5.000000: sched_process_exit: comm=a pid=1 prio=120\n"
			  "a-1 [000] d..1. 2.000000: sched_process_exit: comm=a pid=1 prio=120\n"
			  "a-1 [000] d..1. 1.000000: sched_process_exit: comm=a pid=1 prio=120\n");
	const struct tl_trace_info *info = tl_source_info(src);

	for (int i = 0; i < 3; i++)
		next_of(src);
	assert_int_equal(info->n_warnings, 1);
	assert_int_equal(info->first, 1000000000);
	assert_int_equal(info->last, 5000000000);
	assert_true(info->event_seen[TL_EVENT_SCHED_PROCESS_EXIT / 64] >>
			    TL_EVENT_SCHED_PROCESS_EXIT % 64 &
		    1);
	tl_source_close(src);
}

/* A line without end takes bounded memory and hides nothing behind it. */
static void a_line_of_megabytes(void **state)
{
	size_t n = 5 << 20;
	char *text = malloc(n + 300), *p = text;
	struct tl_source *src;

	p += sprintf(p, LINE, 1, 0, 7);
	memset(p, 'x', n);
	p += n;
	p += sprintf(p, "\n" LINE, 2, 0, 8);
	src = source_of_bytes(text, p - text);
	assert_int_equal(next_of(src).f.v[TL_F_SCHED_PROCESS_EXIT_pid].i, 7);
	assert_int_equal(next_of(src).f.v[TL_F_SCHED_PROCESS_EXIT_pid].i, 8);
	assert_end(src);
	tl_source_close(src);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_trace),
		cmocka_unit_test(a_header_alone_is_an_empty_trace),
		cmocka_unit_test(mark_and_line_ends),
		cmocka_unit_test(prose_before_the_first_record),
		cmocka_unit_test(packed),
		cmocka_unit_test(members_of_gzip),
		cmocka_unit_test(cut_frames_of_zstd),
		cmocka_unit_test(through_a_pipe),
		cmocka_unit_test(a_pipe_that_is_alive),
		cmocka_unit_test(a_map_of_a_pipe),
		cmocka_unit_test(lost_events),
		cmocka_unit_test(a_buffer_that_started_late),
		cmocka_unit_test(time_backwards_is_told_once),
		cmocka_unit_test(a_line_of_megabytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
