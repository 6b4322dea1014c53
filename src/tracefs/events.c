/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Event switches, filters and triggers through libtracefs; what it wrote is read back here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <tracefs.h>
#include "base/guard.h"
#include "tracefs/diagnose.h"
#include "tracefs/events.h"

static char *event_path(const struct tfs_instance *inst, const struct tl_event_row *row,
			const char *file)
{
	return tfs_path(inst->dir, "events/%s/%s/%s", row->system, row->name, file);
}

bool tfs_event_exists(const struct tfs_instance *inst, const struct tl_event_row *row)
{
	return tracefs_event_file_exists(inst->ti, row->system, row->name, "enable");
}

static struct tl_err *put(struct tfs_instance *inst, const struct tl_event_row *row, enum tfs_op op,
			  const char *file, const char *value, enum tfs_shows shows)
{
	auto_free char *path = event_path(inst, row, file);

	if (!path)
		return &tl_enomem;
	if (access(path, F_OK))
		return tfs_diagnose(inst, op, errno, row->name, path);
	errno = 0;
	if (tracefs_event_file_write(inst->ti, row->system, row->name, file, value) < 0)
		return tfs_diagnose(inst, op, errno ? errno : EIO, row->name, path);
	if (!tfs_holds(path, value, shows))
		return tfs_diagnose(inst, op, TFS_NOT_TAKEN, row->name, path);
	return NULL;
}

struct tl_err *tfs_event_on(struct tfs_instance *inst, const struct tl_event_row *row,
			    const char *cond)
{
	if (cond)
		try(put(inst, row, TFS_OP_EVENT_FILTER, "filter", cond, TFS_SHOWS_SAME));
	return put(inst, row, TFS_OP_EVENT, "enable", "1", TFS_SHOWS_SWITCH);
}

struct tl_err *tfs_event_stack(struct tfs_instance *inst, const struct tl_event_row *row,
			       const char *cond)
{
	char text[512];

	if (snprintf(text, sizeof(text), cond ? "stacktrace if %s" : "stacktrace%s",
		     cond ? cond : "") >= (int)sizeof(text))
		return tfs_diagnose(inst, TFS_OP_TRIGGER, E2BIG, row->name, NULL);
	return put(inst, row, TFS_OP_TRIGGER, "trigger", text, TFS_SHOWS_TRIGGER);
}

struct tl_err *tfs_event_off(struct tfs_instance *inst, const struct tl_event_row *row)
{
	return put(inst, row, TFS_OP_EVENT, "enable", "0", TFS_SHOWS_SWITCH);
}
