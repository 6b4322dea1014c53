/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values inside lines: every byte that could end a value or a line is written as %XX, so that a
 * hostile name stays one word. Used by the undo journal and by the side facts of a recording
 * (record/side.md).
 *
 * Encoded: 0x00-0x20, '%', '=', 0x7f-0xff. Everything else stands for itself.
 */
#ifndef TRACEFS_PERCENT_H
#define TRACEFS_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

/* Encode n bytes into dst[cap], NUL-terminated; a value that does not fit is cut between whole
 * characters of the encoding. Returns the length written. */
size_t percent_encode(char *dst, size_t cap, const char *s, size_t n);
/* Decode in place; false when a % is not followed by two hex digits. *ret_n is the decoded length;
 * a NUL is put behind it. */
bool percent_decode(char *s, size_t *ret_n);

#endif
