/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Four digits at a time, in pairs: a division costs more than all else here. */
#include <string.h>
#include "base/digits.h"

unsigned digits_of(uint64_t v)
{
	static const uint64_t ten_to[] = {1ull,
					  10ull,
					  100ull,
					  1000ull,
					  10000ull,
					  100000ull,
					  1000000ull,
					  10000000ull,
					  100000000ull,
					  1000000000ull,
					  10000000000ull,
					  100000000000ull,
					  1000000000000ull,
					  10000000000000ull,
					  100000000000000ull,
					  1000000000000000ull,
					  10000000000000000ull,
					  100000000000000000ull,
					  1000000000000000000ull,
					  10000000000000000000ull};
	unsigned bits = 64 - (unsigned)__builtin_clzll(v | 1);
	unsigned n = bits * 1233 / 4096; /* log10(2): this many, or one more */

	return n + (n == 0 || v >= ten_to[n]);
}

void digits_put(char *end, uint64_t v)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
				    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";
	unsigned few;

	for (; v >= 10000; v /= 10000) {
		few = (unsigned)(v % 10000);
		memcpy(end -= 2, pairs + few % 100 * 2, 2);
		memcpy(end -= 2, pairs + few / 100 * 2, 2);
	}
	for (few = (unsigned)v; few >= 100; few /= 100)
		memcpy(end -= 2, pairs + few % 100 * 2, 2);
	if (few >= 10)
		memcpy(end - 2, pairs + few * 2, 2);
	else
		end[-1] = (char)('0' + few);
}
