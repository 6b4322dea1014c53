/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as decimal digits: exports and lines are full of them. */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stdint.h>

/* How many digits v has. */
unsigned digits_of(uint64_t v);
/* They, the last one right before `end`. */
void digits_put(char *end, uint64_t v);

#endif
