/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libarchive, loaded when a package is unpacked: it brings nine more libraries along, and loading
 * them took half of the time in which any command starts.
 */
#ifndef LAB_LIBARCHIVE_H
#define LAB_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>
#include "tasklife/err.h"

#define ARCHIVE_CALLS(CALL) \
	CALL(archive_entry_filetype) \
	CALL(archive_entry_pathname) \
	CALL(archive_error_string) \
	CALL(archive_read_data) \
	CALL(archive_read_free) \
	CALL(archive_read_new) \
	CALL(archive_read_next_header) \
	CALL(archive_read_open) \
	CALL(archive_read_open_filename) \
	CALL(archive_read_support_filter_all) \
	CALL(archive_read_support_format_ar) \
	CALL(archive_read_support_format_raw) \
	CALL(archive_read_support_format_tar)

struct archive_calls {
	void *library;
#define CALL(name) __typeof__(&name) name;
	ARCHIVE_CALLS(CALL)
#undef CALL
};

/* To be unloaded, also after an error. */
struct tl_err *archive_load(struct archive_calls *la);
void archive_unload(struct archive_calls *la);

#endif
