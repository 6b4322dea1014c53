/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Language: English message ids, Korean from the catalogue that is compiled in (po/ko.po). Chosen
 * by --lang, TASKLIFE_LANG, LC_ALL, LC_MESSAGES, LANG, in this order; not by the C library's
 * locale, which a fresh server or an initramfs does not have.
 */
#ifndef BASE_TONGUE_H
#define BASE_TONGUE_H

#include <stdbool.h>
#include "base/guard.h"

enum tongue { TONGUE_EN, TONGUE_KO };

/* One of the three allowed file-scope variables of the house (log level, language, signal flag). */
void tongue_set(enum tongue t);
enum tongue tongue_now(void);
/* From a --lang value: false when it is none we speak. */
bool tongue_parse(const char *s, enum tongue *ret);
/* From the environment. */
enum tongue tongue_from_env(void);

/* The sentence in the language now chosen; the msgid itself where none is known. */
const char *tongue_of(const char *msgid) __attribute__((format_arg(1)));
#define _(msgid) tongue_of(msgid)

struct tongue_entry {
	const char *msgid, *text;
};
/* Generated from po/ko.po at build time, sorted by msgid. */
extern const struct tongue_entry tongue_ko[];
extern const unsigned tongue_ko_n;

#endif
