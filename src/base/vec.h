/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A growing array: struct { T *v; size_t n, cap; }. Declare with VEC(T), start from {}, end
 * with vec_fini.
 *
 *	VEC(int) v = {};
 *	int *p = vec_push(&v);      // a new zeroed last element, or NULL when memory is out
 *	vec_each(it, &v) ...        // it is int *
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdlib.h>
#include <string.h>

#define VEC(T)                                                                                     \
	struct {                                                                                   \
		T *v;                                                                              \
		size_t n, cap;                                                                     \
	}

void *vec_grow_(void *v, size_t *cap, size_t want, size_t size);

#define vec_reserve(vec, want)                                                                     \
	((want) <= (vec)->cap ||                                                                   \
	 ({                                                                                        \
		 void *grown_ = vec_grow_((vec)->v, &(vec)->cap, (want), sizeof(*(vec)->v));       \
		 if (grown_)                                                                       \
			 (vec)->v = grown_;                                                        \
		 grown_ != NULL;                                                                   \
	 }))

#define vec_push(vec)                                                                              \
	(vec_reserve((vec), (vec)->n + 1)                                                          \
		 ? (memset(&(vec)->v[(vec)->n], 0, sizeof(*(vec)->v)), &(vec)->v[(vec)->n++])      \
		 : NULL)

#define vec_each(it, vec)                                                                          \
	for (__typeof__((vec)->v) it = (vec)->v; it && it < (vec)->v + (vec)->n; it++)

#define vec_fini(vec) (free((vec)->v), (vec)->v = NULL, (vec)->n = (vec)->cap = 0)

/* qsort(3) may not be given an empty vector's NULL. */
#define vec_sort(vec, order)                                                                       \
	do {                                                                                       \
		if ((vec)->n)                                                                      \
			qsort((vec)->v, (vec)->n, sizeof(*(vec)->v), order);                       \
	} while (0)

#endif
