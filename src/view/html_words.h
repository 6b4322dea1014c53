/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of the page itself, as its scripts ask for them: T("Lives"). */
#ifndef VIEW_HTML_WORDS_H
#define VIEW_HTML_WORDS_H

extern const char *const html_words[];
extern const unsigned html_words_n;

#endif
