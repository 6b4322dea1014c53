/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose functions `filters` speaks of: this kernel's, or those of a file. */
#ifndef CMD_FILTERS_LIST_H
#define CMD_FILTERS_LIST_H

#include "sym/names.h"

struct filters_list {
	struct sym_names names;
	/* everything in this kernel, where names are only what may be traced; else empty */
	struct sym_names symbols;
	const char *from;         /* the file it came from */
	/* where tracefs is here; NULL: nowhere, or another kernel's list */
	char *tracefs;
	char *path;
};

/* file NULL: this kernel's available_filter_functions; where it may not be read kallsyms, which is
 * said. */
struct tl_err *filters_list_open(const char *file, struct filters_list *ret);
void filters_list_fini(struct filters_list *l);

#endif
