/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Scope guards: what is declared with auto_x is released when the scope ends. To hand a thing on,
 * return take(thing): the guard then sees an empty one.
 */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "tasklife/err.h"

#define N_(msgid) msgid /* marks a message id for the catalogue */

/* Called so seldom that it must not cost its caller registers. */
#define RARE __attribute__((noinline, cold))
/* Not so seldom, but seldom enough for the same. */
#define APART __attribute__((noinline))

#define ARRAY_SIZE(a)	   (sizeof(a) / sizeof((a)[0]))
#define container_of(p, t, m) ((t *)((char *)(p) - offsetof(t, m)))

static inline void guard_free(void *p)
{
	free(*(void **)p);
}

static inline void guard_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void guard_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void guard_err(struct tl_err **err)
{
	tl_err_free(*err);
}

#define auto_free   __attribute__((cleanup(guard_free)))
#define auto_close  __attribute__((cleanup(guard_close)))
#define auto_fclose __attribute__((cleanup(guard_fclose)))
#define auto_err    __attribute__((cleanup(guard_err)))
#define auto_fini(type) __attribute__((cleanup(type##_fini)))

/* Empty `x` (all bytes 0) and give what it was. Not for file descriptors: see take_fd. */
#define take(x)                                                                                    \
	({                                                                                         \
		__typeof__(x) taken_ = (x);                                                        \
		__builtin_memset(&(x), 0, sizeof(x));                                              \
		taken_;                                                                            \
	})

static inline int take_fd(int *fd)
{
	int was = *fd;

	*fd = -1;
	return was;
}

/* Hand an error up: `try(call)` returns from the function when call gives one. */
#define try(call)                                                                                  \
	do {                                                                                       \
		struct tl_err *try_err_ = (call);                                                  \
		if (try_err_)                                                                      \
			return try_err_;                                                           \
	} while (0)

#endif
