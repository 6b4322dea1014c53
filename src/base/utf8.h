/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "tasklife/types.h"

/* Bytes of the well-formed character at s; 0: not well-formed (or cut). */
unsigned utf8_len(const char *s, size_t n);
/* The code point of a well-formed character of len bytes. */
uint32_t utf8_code(const char *s, unsigned len);

#endif
