/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the writer wrote the reader reads back, and trace-cmd does not complain. */
#include "dat_make.h"
#include "base/guard.h"
#include "tasklife/sym.h"

#define MS 1000000ull

struct made {
	struct made_page page[4];
	uint8_t two[2 * PAGE];
	struct dat_pages lives[2], family[2];
	struct dat_buffer buffer[2];
};

static struct dat_pages pages_of(int cpu, const struct made_page *pg, uint64_t n)
{
	/* n: 0 or 1 */
	return (struct dat_pages){.cpu = cpu, .fd = -1, .mem = pg->b, .n = n * PAGE};
}

/*
 * cpu 0 of lives has an event with a stack whose own time is later than an event of cpu 1; both
 * buffers have one at 30 ms.
 */
static void make(struct made *m)
{
	struct made_print mark = {{MADE_PRINT, 0x08 | 0x01, 0x21, 78}, 0, "hello\n"};
	struct {
		struct made_entry e;
		int32_t value, pad;
	} odd = {{MADE_ODD, 0, 0, 5}, -3, 0};

	made_begin(&m->page[0], 10 * MS);
	made_add_free(&m->page[0], 11 * MS, 500);
	made_add_stack(&m->page[0], 13 * MS, 0xffffffff81000104);
	made_add_free(&m->page[0], 30 * MS, 501);
	made_begin(&m->page[1], 12 * MS);
	made_add_free(&m->page[1], 12 * MS, 502);
	made_event(&m->page[1], 300 * MS, &mark, 32);
	made_begin(&m->page[2], 30 * MS);
	made_event(&m->page[2], 30 * MS, &odd, sizeof(odd));
	made_begin(&m->page[3], 40 * MS);
	made_add_free(&m->page[3], 41 * MS, 503);
	made_commit(&m->page[3], 1u << 31);
	m->lives[0] = pages_of(0, &m->page[0], 1);
	m->lives[1] = pages_of(1, &m->page[1], 1);
	memcpy(m->two, m->page[2].b, PAGE);
	memcpy(m->two + PAGE, m->page[3].b, PAGE);
	m->family[0] = (struct dat_pages){.cpu = 0, .fd = -1, .mem = m->two, .n = 2 * PAGE};
	m->family[1] = pages_of(1, &m->page[0], 0);
	m->buffer[0] = (struct dat_buffer){"lives", "mono", PAGE, m->lives, 2};
	m->buffer[1] = (struct dat_buffer){"family", "mono", PAGE, m->family, 2};
}

static struct tl_record next(struct tl_source *src, enum tl_rec_kind kind, uint16_t buffer, int cpu,
			     uint64_t ms)
{
	struct tl_record rec;

	assert_int_equal(tl_source_next(src, &rec), 1);
	assert_int_equal(rec.kind, kind);
	assert_int_equal(rec.buffer, buffer);
	assert_int_equal(rec.cpu, cpu);
	assert_int_equal(rec.t, ms * MS);
	return rec;
}

static void freed(const struct tl_record *rec, int pid)
{
	assert_non_null(rec->row);
	assert_int_equal(rec->row->id, TL_EVENT_SCHED_PROCESS_FREE);
	assert_int_equal(tl_field(&rec->f, TL_F_SCHED_PROCESS_FREE_pid).i, pid);
	assert_int_equal(tl_field(&rec->f, TL_F_SCHED_PROCESS_FREE_comm).s.n, 8);
	assert_int_equal(rec->pid, 77);
	assert_int_equal(rec->comm.n, 3);
	assert_memory_equal(rec->comm.p, "a b", 3);
}

/* How a recording is kept. */
struct form {
	unsigned format;
	bool pack;
	const char *told;
};

static const struct form forms[] = {
	{7, false, "trace.dat/7"}, {7, true, "trace.dat/7"}, {6, false, "trace.dat/6"}};

static struct dat_file made_as(const struct form *form, const struct made *m)
{
	struct dat_file f = made_file(m->buffer, 2);

	f.format = form->format;
	f.pack = form->pack;
	return f;
}

static void told(const struct tl_trace_info *info, const char *format)
{
	assert_string_equal(info->format, format);
	assert_string_equal(info->clock, "mono");
	assert_string_equal(info->kernel, "6.99.1-test");
	assert_int_equal(info->arch, TL_ARCH_X86);
	assert_int_equal(info->cpus, 2);
	assert_int_equal(info->n_buffers, 2);
	assert_string_equal(info->buffer[0], "lives");
	assert_string_equal(info->buffer[1], "family");
	assert_int_equal(info->n_warnings, 0);
}

static void text_is(struct tl_source *src, const struct tl_record *rec, const char *want)
{
	struct tl_str s = tl_record_text(src, rec);

	assert_int_equal(s.n, strlen(want));
	assert_memory_equal(s.p, want, s.n);
}

static void records(struct tl_source *src)
{
	const struct tl_trace_info *info = tl_source_info(src);
	struct tl_record rec;

	rec = next(src, TL_REC_EVENT, 0, 0, 11);
	freed(&rec, 500);
	text_is(src, &rec, "comm=gone one pid=500 prio=120");
	rec = next(src, TL_REC_STACK, 0, 0, 13);
	assert_int_equal(rec.n_frames, 2);
	assert_int_equal(rec.frame[0].has, TL_FH_ADDR);
	assert_true(rec.frame[1].addr == 0xffffffff81000105);
	assert_non_null(info->symbols);
	assert_string_equal(tl_symtab_at(info->symbols, 0xffffffff81000104)->name, "do_exit");
	rec = next(src, TL_REC_EVENT, 0, 1, 12);
	freed(&rec, 502);
	rec = next(src, TL_REC_EVENT, 0, 0, 30);
	freed(&rec, 501);
	rec = next(src, TL_REC_EVENT, 1, 0, 30);
	assert_null(rec.row);
	assert_int_equal(rec.name.n, 8);
	assert_int_equal(rec.pid, 5);
	text_is(src, &rec, "value=-3");
	rec = next(src, TL_REC_LOST, 1, 0, 41);
	assert_true(rec.lost == UINT64_MAX);
	rec = next(src, TL_REC_EVENT, 1, 0, 41);
	freed(&rec, 503);
	rec = next(src, TL_REC_MARK, 0, 1, 300);
	assert_int_equal(rec.payload.n, 5);
	assert_memory_equal(rec.payload.p, "hello", 5);
	assert_int_equal(rec.ctx, TL_CTX_KNOWN | TL_CTX_HARDIRQ | TL_CTX_IRQS_OFF);
	assert_int_equal(rec.preempt, 1);
	assert_int_equal(tl_source_next(src, &rec), 0);
	assert_int_equal(tl_source_next(src, &rec), 0);
	assert_int_equal(info->n_blind, 1);
	assert_int_equal(info->blind[0].from, 30 * MS);
	assert_int_equal(info->blind[0].to, 41 * MS);
	assert_true(info->lost_unknown);
	assert_true(info->stacks_seen);
	assert_int_equal(info->records, 6);
	assert_int_equal(info->first, 11 * MS);
	assert_int_equal(info->last, 300 * MS);
	assert_true(info->event_seen[0] & 1ull << TL_EVENT_SCHED_PROCESS_FREE);
	assert_false(info->event_seen[0] & 1ull << TL_EVENT_SCHED_PROCESS_EXIT);
}

static void there_and_back(const struct form *form)
{
	struct made m;
	struct dat_file f;
	struct tl_source *src;
	size_t n;
	char *b;

	make(&m);
	f = made_as(form, &m);
	b = made_bytes(&f, &n);
	src = made_source(b, n);
	assert_non_null(src);
	told(tl_source_info(src), form->told);
	records(src);
	tl_source_close(src);
	free(b);
}

static void round_trip(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		there_and_back(&forms[i]);
}

/* Where a record is said to lie its bytes are found. */
static void places(void **state)
{
	struct tl_record rec;
	struct made m;
	struct dat_file f;
	struct tl_source *src;
	size_t n;
	char *b;

	make(&m);
	f = made_file(m.buffer, 2);
	b = made_bytes(&f, &n);
	src = made_source(b, n);
	while (tl_source_next(src, &rec) == 1)
		if (rec.kind != TL_REC_LOST) {
			assert_true(rec.place + rec.raw_n <= n);
			assert_memory_equal(b + rec.place, rec.raw, rec.raw_n);
		}
	tl_source_close(src);
	free(b);
}

static void into_a_pipe(const struct form *form)
{
	struct made m;
	struct dat_file f;
	size_t n, got = 0;
	char *b, *piped;
	int fd[2], raw[2];
	pid_t pid;

	make(&m);
	f = made_as(form, &m);
	b = made_bytes(&f, &n);
	raw[0] = made_fd(m.page[0].b, PAGE);
	raw[1] = made_fd(m.page[1].b, PAGE);
	m.lives[0].fd = raw[0];
	m.lives[1].fd = raw[1];
	m.lives[0].mem = m.lives[1].mem = NULL;
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (!pid)
		_exit(dat_write(&f, fd[1], "pipe", NULL) ? 1 : 0);
	close(fd[1]);
	piped = malloc(n + 1);
	for (ssize_t k; got <= n && (k = read(fd[0], piped + got, n + 1 - got)) > 0;)
		got += (size_t)k;
	assert_int_equal(got, n);
	assert_memory_equal(piped, b, n);
	close(fd[0]);
	close(raw[0]);
	close(raw[1]);
	free(piped);
	free(b);
}

/* From files and into a pipe gives the same bytes as from memory and into a file. */
static void without_seeking(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		into_a_pipe(&forms[i]);
}

/* A file that has fewer pages than was said: an error, but the recording can be read. */
static void vanish(const struct form *form)
{
	struct made m;
	struct dat_file f;
	struct tl_source *src = NULL;
	struct tl_record rec;
	struct tl_err *err;
	int raw, out = made_fd("", 0), n = 0;

	make(&m);
	raw = made_fd(m.page[1].b, 0);
	m.lives[1].fd = raw;
	f = made_as(form, &m);
	err = dat_write(&f, out, "out", NULL);
	assert_non_null(err);
	assert_int_equal(err->os, EIO);
	tl_err_free(err);
	close(raw);
	lseek(out, 0, SEEK_SET);
	assert_null(tl_source_open_fd(out, "out", &src));
	while (tl_source_next(src, &rec) == 1)
		n++;
	assert_int_equal(n, 6);
	tl_source_close(src);
}

static void pages_that_vanished(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		vanish(&forms[i]);
}

static void a_full_disk(void **state)
{
	struct made m;
	struct dat_file f;
	struct tl_err *err;
	int fd = open("/dev/full", O_WRONLY);

	if (fd < 0)
		skip();
	make(&m);
	f = made_file(m.buffer, 2);
	err = dat_write(&f, fd, "/dev/full", NULL);
	assert_non_null(err);
	assert_int_equal(err->os, ENOSPC);
	tl_err_free(err);
	close(fd);
}

static unsigned count_of(const char *command, const char *word)
{
	FILE *p = popen(command, "r");
	char line[512];
	unsigned n = 0;

	assert_non_null(p);
	while (fgets(line, sizeof(line), p))
		n += strstr(line, word) != NULL;
	assert_int_equal(pclose(p), 0);
	return n;
}

static void trace_cmd_reads(const struct form *form)
{
	char name[] = "/tmp/tl-dat-XXXXXX", command[200];
	struct made m;
	struct dat_file f;
	int fd;

	make(&m);
	m.lives[0].stats = (struct tl_str)MADE_STR("entries: 3\n");
	f = made_as(form, &m);
	fd = mkstemp(name);
	assert_null(dat_write(&f, fd, name, NULL));
	close(fd);
	snprintf(command, sizeof(command), "trace-cmd report -N -i %s 2>/tmp/tl-dat-err.%d", name,
		 getpid());
	assert_int_equal(count_of(command, "sched_process_free:"), 4);
	/* its third has "EVENTS DROPPED" before it */
	assert_int_equal(count_of(command, "family:"), 2);
	assert_int_equal(count_of(command, "lives:"), 5);
	assert_int_equal(count_of(command, "=> do_exit"), 1);
	assert_int_equal(count_of(command, "made_odd:             value=-3"), 1);
	snprintf(command, sizeof(command), "cat /tmp/tl-dat-err.%d; rm /tmp/tl-dat-err.%d",
		 getpid(), getpid());
	assert_int_equal(count_of(command, ""), 0);
	snprintf(command, sizeof(command), "trace-cmd dump -v -i %s 2>&1", name);
	assert_int_equal(count_of(command, "is a valid trace-cmd file"), 1);
	unlink(name);
}

static void trace_cmd_reads_it(void **state)
{
	if (system("command -v trace-cmd >/dev/null 2>&1"))
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		trace_cmd_reads(&forms[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),	      cmocka_unit_test(places),
		cmocka_unit_test(without_seeking),    cmocka_unit_test(pages_that_vanished),
		cmocka_unit_test(a_full_disk),	      cmocka_unit_test(trace_cmd_reads_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
