/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdint.h>
#include "base/vec.h"

void *vec_grow_(void *v, size_t *cap, size_t want, size_t size)
{
	size_t n = *cap ? *cap : 8;
	void *grown;

	while (n < want) {
		if (n > SIZE_MAX / 2)
			return NULL;
		n *= 2;
	}
	grown = reallocarray(v, n, size);
	if (grown)
		*cap = n;
	return grown;
}
