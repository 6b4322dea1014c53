/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The option record-cmd is each instance's own, but whoever changes it makes the kernel count down
 * its users for every event that is on anywhere, whether it was counted or not
 * (kernel/trace/trace_events.c trace_event_enable_cmd_record(), 5.10 to 7.2). So it is changed only
 * while no event is on anywhere, and under a lock: else another recorder of ours, whose events are
 * on and were not counted, would be counted down.
 *
 * trace_options takes it in an instance, too; there is no file in options/ for it
 * (TOP_LEVEL_TRACE_FLAGS).
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "base/guard.h"
#include "tracefs/names.h"

/* No event of this instance is on; where that cannot be read, one may be. */
static bool is_still(const char *dir)
{
	auto_free char *path = tfs_path(dir, "events/enable"), *value = NULL;

	return path && !tfs_read(path, &value) && !strcmp(value, "0");
}

static bool all_still(const char *tracefs)
{
	auto_free char *dir = tfs_path(tracefs, "instances");
	DIR *dp = dir ? opendir(dir) : NULL;
	bool still = dp && is_still(tracefs);
	struct dirent *d;

	while (still && (d = readdir(dp))) {
		auto_free char *path =
			d->d_name[0] != '.' ? tfs_path(dir, "%s", d->d_name) : NULL;

		still = d->d_name[0] == '.' || (path && is_still(path));
	}
	if (dp)
		closedir(dp);
	return still;
}

static bool set_option(struct tfs_instance *inst, const char *option)
{
	auto_free char *path = tfs_path(inst->dir, "trace_options");

	return path && !tfs_set(path, option, TFS_SHOWS_LINE);
}

static bool set_all(struct tfs_instance *inst, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!set_option(&inst[i], "norecord-cmd")) {
			while (i-- > 0)
				set_option(&inst[i], "record-cmd");
			return false;
		}
	return true;
}

int tfs_names_off(const char *tracefs, struct tfs_instance *inst, unsigned n)
{
	auto_free char *dir = tfs_path(tracefs, "instances");
	auto_close int lock = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) || !all_still(tracefs) || !set_all(inst, n))
		return -1;
	return take_fd(&lock);
}
