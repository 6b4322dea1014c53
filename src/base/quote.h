/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hostile text between quotes: the walk that JSON and csv have in common. Each says for itself what
 * becomes of a quote, a backslash, a control byte or a character outside of ASCII; bytes that are
 * no UTF-8 become U+FFFD.
 */
#ifndef BASE_QUOTE_H
#define BASE_QUOTE_H

#include "base/out.h"

/* One character of len bytes that is not plain. */
typedef void quote_fn(struct out *o, const char *s, unsigned len, void *ctx);

/* All of it, where no character is special: most names are copied while they are looked at.
 * False: somewhere one is, and what was written is of no use. */
bool quote_plain(char *to, const char *s, size_t n);

void quote_text(struct out *o, const char *s, size_t n, quote_fn *special, void *ctx);

#endif
