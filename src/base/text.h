/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text for people: names from the traced system are hostile, columns count display cells, times and
 * amounts have one spelling.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/out.h"

/* Cells a terminal needs for these bytes: Hangul and other wide characters 2, combining 0, invalid
 * bytes and control bytes 4 (they are shown as \x1b). */
int text_width(const char *s, size_t n);

/* Nothing but printable ASCII: shown as it is, a cell per byte. */
bool text_is_plain(const char *s, size_t n);

/* Write a hostile name for a terminal: control bytes, DEL, C1 controls, bidi overrides, what is no
 * character and invalid UTF-8 as \xNN; everything else as it is. */
void text_safe(struct out *o, const char *s, size_t n);
void text_safe_atom(struct out *o, const struct tl_atom *a); /* "?" for NULL */

/* The same with spaces after it until `cells` are filled (never cut). */
void text_pad(struct out *o, const char *s, size_t n, int cells);

/* "1.234 s", "12.3 ms", "45 us", "120 ns"; at most 4 significant digits. */
void text_duration(struct out *o, tl_ns ns);
/* "8123.263608" seconds with microseconds, as the kernel prints time. */
void text_time(struct out *o, tl_ns t);

/* The same into memory without a NUL, as every line of a page has one; how many bytes. */
#define TEXT_DIGITS_MOST 20
#define TEXT_TIME_MOST	 (1 + TEXT_DIGITS_MOST + 7)
size_t text_digits(char *ret, uint64_t v);
size_t text_time_put(char *ret, tl_ns t);

#endif
