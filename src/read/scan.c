/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The classes of bytes: a look-up per byte is what makes names cheap. */
#include "read/scan.h"

const unsigned char scan_class[256] = {
	['a' ... 'z'] = SCAN_WORD | SCAN_SYMBOL, ['A' ... 'Z'] = SCAN_WORD | SCAN_SYMBOL,
	['0' ... '9'] = SCAN_WORD | SCAN_SYMBOL, ['_'] = SCAN_WORD | SCAN_SYMBOL,
	['.'] = SCAN_SYMBOL,			 ['$'] = SCAN_SYMBOL,
};
