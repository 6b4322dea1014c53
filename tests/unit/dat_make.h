/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ring-buffer pages and small recordings made by hand, for the tests of trace.dat. Numbers are
 * written in this machine's byte order.
 */
#ifndef UNIT_DAT_MAKE_H
#define UNIT_DAT_MAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <cmocka.h>
#include "record/dat_write.h"
#include "tasklife/read.h"

enum { PAGE = 4096, PAGE_HEAD = 16 };

struct made_page {
	uint8_t b[PAGE];
	size_t n; /* of events */
	uint64_t t;
};

static inline void made_word(struct made_page *pg, uint32_t v)
{
	memcpy(pg->b + PAGE_HEAD + pg->n, &v, 4);
	pg->n += 4;
}

static inline void made_commit(struct made_page *pg, uint64_t flags)
{
	uint64_t v = pg->n | flags;

	memcpy(pg->b + 8, &v, 8);
}

static inline void made_begin(struct made_page *pg, uint64_t t)
{
	memset(pg, 0, sizeof(*pg));
	memcpy(pg->b, &t, 8);
	pg->t = t;
}

/* An entry of n bytes (a multiple of 4) at time t. */
static inline void made_event(struct made_page *pg, uint64_t t, const void *p, size_t n)
{
	uint64_t delta = t - pg->t;

	if (delta >> 27) { /* time extend */
		made_word(pg, 30 | (uint32_t)(delta << 5));
		made_word(pg, (uint32_t)(delta >> 27));
		delta = 0;
	}
	if (n <= 112) {
		made_word(pg, (uint32_t)(n / 4) | (uint32_t)(delta << 5));
	} else {
		made_word(pg, (uint32_t)(delta << 5));
		made_word(pg, (uint32_t)n + 4);
	}
	memcpy(pg->b + PAGE_HEAD + pg->n, p, n);
	pg->n += n;
	pg->t = t;
	made_commit(pg, 0);
}

#define MADE_COMMON                                                                                \
	"format:\n"                                                                                \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                    \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                    \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"            \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

struct made_entry {
	uint16_t type;
	uint8_t flags, preempt;
	int32_t pid;
};

/* sched_process_free: comm[16], pid, prio */
struct made_free {
	struct made_entry e;
	char comm[16];
	int32_t pid, prio;
};

struct made_stack {
	struct made_entry e;
	int32_t size, pad;
	uint64_t caller[3];
};

struct made_print {
	struct made_entry e;
	uint64_t ip;
	char buf[16];
};

enum { MADE_FREE = 300, MADE_ODD = 301, MADE_STACK = 4, MADE_PRINT = 5 };

static const char made_format_free[] =
	"name: sched_process_free\nID: 300\n" MADE_COMMON
	"\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
	"\tfield:pid_t pid;\toffset:24;\tsize:4;\tsigned:1;\n"
	"\tfield:int prio;\toffset:28;\tsize:4;\tsigned:1;\n\n"
	"print fmt: \"comm=%s pid=%d prio=%d\", REC->comm, REC->pid, REC->prio\n";
static const char made_format_odd[] =
	"name: made_odd\nID: 301\n" MADE_COMMON
	"\tfield:int value;\toffset:8;\tsize:4;\tsigned:1;\n\n"
	"print fmt: \"value=%d\", REC->value\n";
static const char made_format_stack[] =
	"name: kernel_stack\nID: 4\n" MADE_COMMON
	"\tfield:int size;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\tfield:unsigned long caller[8];\toffset:16;\tsize:64;\tsigned:0;\n\n"
	"print fmt: \"\\t=> %ps\\n\", (void *)REC->caller[0]\n";
static const char made_format_print[] =
	"name: print\nID: 5\n" MADE_COMMON
	"\tfield:unsigned long ip;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\tfield:char buf[];\toffset:16;\tsize:0;\tsigned:0;\n\n"
	"print fmt: \"%ps: %s\", (void *)REC->ip, REC->buf\n";
static const char made_header_page[] =
	"\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
	"\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
	"\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
	"\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n";
static const char made_header_event[] = "# compressed entry header\n\ttype_len    :    5 bits\n";
static const char made_kallsyms[] = "ffffffff81000000 T _text\nffffffff81000100 T do_exit\n"
				    "ffffffff81000200 T do_group_exit\nffffffff81000300 T last\n";
static const char made_cmdlines[] = "77 a b\n78 x=1 y\n";

#define MADE_STR(s) {s, sizeof(s) - 1}

static const struct tl_str made_ftrace[] = {MADE_STR(made_format_stack),
					    MADE_STR(made_format_print)};
static const struct tl_str made_sched[] = {MADE_STR(made_format_free), MADE_STR(made_format_odd)};
static const struct dat_system made_system[] = {{"sched", made_sched, 2}};

static inline struct dat_file made_file(const struct dat_buffer *buffer, unsigned n)
{
	return (struct dat_file){
		.page_size = PAGE,
		.long_size = 8,
		.header_page = MADE_STR(made_header_page),
		.header_event = MADE_STR(made_header_event),
		.ftrace = made_ftrace,
		.n_ftrace = 2,
		.system = made_system,
		.n_systems = 1,
		.kallsyms = MADE_STR(made_kallsyms),
		.cmdlines = MADE_STR(made_cmdlines),
		.clock = "mono",
		.uname = "Linux host 6.99.1-test x86_64",
		.version = "test",
		.trace_id = 7,
		.cpus = 2,
		.buffer = buffer,
		.n_buffers = n,
	};
}

static inline void made_add_free(struct made_page *pg, uint64_t t, int32_t pid)
{
	struct made_free ev = {{MADE_FREE, 0, 0, 77}, "gone one", pid, 120};

	made_event(pg, t, &ev, sizeof(ev));
}

static inline void made_add_stack(struct made_page *pg, uint64_t t, uint64_t ip)
{
	struct made_stack ev = {{MADE_STACK, 0, 0, 77}, 2, 0, {ip, ip + 1, 0}};

	made_event(pg, t, &ev, sizeof(ev));
}

/* The bytes of a recording; to be freed. */
static inline char *made_bytes(const struct dat_file *f, size_t *ret_n)
{
	char name[] = "/tmp/tl-dat-XXXXXX";
	int fd = mkstemp(name);
	struct stat st;
	char *b;

	assert_true(fd >= 0);
	unlink(name);
	assert_null(dat_write(f, fd, name, NULL));
	assert_int_equal(fstat(fd, &st), 0);
	b = malloc((size_t)st.st_size);
	assert_int_equal(pread(fd, b, (size_t)st.st_size, 0), st.st_size);
	*ret_n = (size_t)st.st_size;
	close(fd);
	return b;
}

static inline int made_fd(const void *p, size_t n)
{
	char name[] = "/tmp/tl-dat-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(write(fd, p, n), (ssize_t)n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* A source over bytes; NULL when they are refused. */
static inline struct tl_source *made_source(const void *p, size_t n)
{
	struct tl_source *src = NULL;
	struct tl_err *err = tl_source_open_fd(made_fd(p, n), "made", &src);

	tl_err_free(err);
	return err ? NULL : src;
}

#endif
