/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the tests of read/'s text half: a source from a string, and comparing borrowed strings.
 */
#ifndef READ_TEXT_HELP_H
#define READ_TEXT_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include "tasklife/read.h"

static inline struct tl_source *source_of_bytes(const void *p, size_t n)
{
	struct tl_source *src = NULL;
	struct tl_err *err;
	int fd = memfd_create("sample", 0);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), n);
	lseek(fd, 0, SEEK_SET);
	err = tl_source_open_fd(fd, "sample", &src);
	if (err) {
		assert_int_equal(err->code, TL_E_INPUT);
		tl_err_free(err);
		return NULL;
	}
	return src;
}

static inline struct tl_source *source_of(const char *text)
{
	struct tl_source *src = source_of_bytes(text, strlen(text));

	assert_non_null(src);
	return src;
}

static inline bool str_eq(struct tl_str s, const char *want)
{
	return s.n == strlen(want) && (!s.n || memcmp(s.p, want, s.n) == 0);
}

#define assert_str(s, want)                                                                        \
	do {                                                                                       \
		struct tl_str str_ = (s);                                                          \
		if (!str_eq(str_, want))                                                           \
			fail_msg("'%.*s' is not '%s'", (int)str_.n, str_.n ? str_.p : "", want);   \
	} while (0)

static inline struct tl_record next_of(struct tl_source *src)
{
	struct tl_record rec;

	assert_int_equal(tl_source_next(src, &rec), 1);
	return rec;
}

#define assert_end(src)                                                                            \
	do {                                                                                       \
		struct tl_record rec_;                                                             \
		assert_int_equal(tl_source_next(src, &rec_), 0);                                   \
	} while (0)

/* The first record of a text. The source is leaked into *src for the caller to close. */
static inline struct tl_record only(const char *text, struct tl_source **src)
{
	*src = source_of(text);
	return next_of(*src);
}

#endif
