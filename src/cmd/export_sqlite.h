/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form that is no text: a database is written by a store, which stands beside the views. */
#ifndef CMD_EXPORT_SQLITE_H
#define CMD_EXPORT_SQLITE_H

#include "cmd/pipeline.h"

/* Tells src into the database at `path`; a view that writes nothing stands for it in p. Exit
 * status. */
int export_sqlite(struct pipeline *p, struct tl_source *src, const char *path, const char *tables);

#endif
