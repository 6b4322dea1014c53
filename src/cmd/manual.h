/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The manual's pages, opened by man(1). */
#ifndef CMD_MANUAL_H
#define CMD_MANUAL_H

#include <stdbool.h>

/* Shows the page of a verb in the language chosen. false: there is no page beside the program, or
 * no man that shows it. */
bool manual_open(const char *verb);

#endif
