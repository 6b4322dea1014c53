/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tracefs.h>
#include "base/guard.h"
#include "tracefs/diagnose.h"
#include "tracefs/instance.h"

/* ---- making and removing ---- */

struct tl_err *tfs_instance_make(struct tfs_undo *undo, const char *tracefs, const char *label,
				 struct tfs_instance *ret)
{
	char name[64];
	auto_free char *dir = NULL;

	snprintf(name, sizeof(name), "tasklife-%d-%s", (int)getpid(), label);
	dir = tfs_path(tracefs, "instances/%s", name);
	if (!dir)
		return &tl_enomem;
	*ret = (struct tfs_instance){};
	tracefs_set_loglevel(TEP_LOG_NONE); /* the library prints nothing; its warnings neither */
	/* it would mount tracefs by itself otherwise */
	if (tracefs_set_tracing_dir((char *)tracefs))
		return &tl_enomem;
	try(tfs_undo_note(undo, TFS_CHANGE_INSTANCE, dir, NULL));
	/* where the library may not make it, it forgets its path (1.6.4) */
	if (mkdir(dir, 0777) && errno != EEXIST)
		return tfs_diagnose(NULL, TFS_OP_INSTANCE, errno, NULL, dir);
	ret->ti = tracefs_instance_create(name);
	if (!ret->ti)
		return tfs_diagnose(NULL, TFS_OP_INSTANCE, errno, NULL, dir);
	ret->dir = take(dir);
	return tfs_instance_on(ret, false);
}

void tfs_instance_fini(struct tfs_instance *inst)
{
	if (inst->ti)
		tracefs_instance_free(inst->ti);
	free(inst->dir);
	free(inst->log);
	*inst = (struct tfs_instance){};
}

char *tfs_instance_log(struct tfs_instance *inst)
{
	auto_free char *last = inst->ti ? tracefs_error_last(inst->ti) : NULL;

	if (!last || !*last || (inst->log && !strcmp(last, inst->log)))
		return NULL;
	free(inst->log);
	inst->log = strdup(last);
	return take(last);
}

/* ---- settings: write, read back ---- */

static struct tl_err *set(struct tfs_instance *inst, enum tfs_op op, const char *file,
			  const char *value, enum tfs_shows shows, const char *subject)
{
	auto_free char *path = tfs_path(inst->dir, "%s", file);

	if (!path)
		return &tl_enomem;
	if (tfs_set(path, value, shows))
		return tfs_diagnose(inst, op, errno, subject, path);
	return NULL;
}

struct tl_err *tfs_instance_set_clock(struct tfs_instance *inst, const char *clock)
{
	return set(inst, TFS_OP_CLOCK, "trace_clock", clock, TFS_SHOWS_CHOSEN, NULL);
}

/*
 * A new instance has `local`, whatever the top one has: fast, and not comparable between CPUs.
 * mono is CLOCK_MONOTONIC (in traces since 4.2), so it also compares with what programs log; boot
 * since 4.10; global is on every kernel, and costs a lock.
 */
struct tl_err *tfs_instance_clock(struct tfs_instance *inst, const char **ret)
{
	static const char *const clock[] = {"mono", "boot", "global"};
	struct tl_err *err = NULL;

	for (unsigned i = 0; i < ARRAY_SIZE(clock); i++) {
		tl_err_free(err);
		err = tfs_instance_set_clock(inst, clock[i]);
		if (err)
			continue;
		*ret = clock[i];
		return NULL;
	}
	return err;
}

struct tl_err *tfs_instance_buffer(struct tfs_instance *inst, int64_t kb_per_cpu)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)kb_per_cpu);
	return set(inst, TFS_OP_BUFFER, "buffer_size_kb", text, TFS_SHOWS_AT_LEAST, text);
}

struct tl_err *tfs_instance_option(struct tfs_instance *inst, const char *name, bool on)
{
	char file[64];

	snprintf(file, sizeof(file), "options/%s", name);
	return set(inst, TFS_OP_OPTION, file, on ? "1" : "0", TFS_SHOWS_SAME, name);
}

struct tl_err *tfs_instance_on(struct tfs_instance *inst, bool on)
{
	return set(inst, TFS_OP_ON, "tracing_on", on ? "1" : "0", TFS_SHOWS_SAME, NULL);
}

struct tl_err *tfs_instance_follow(struct tfs_instance *inst, tl_pid pid)
{
	auto_free char *path = tfs_path(inst->dir, "set_event_pid");
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)pid);
	if (!path)
		return &tl_enomem;
	if (pid <= 0 || (kill(pid, 0) && errno == ESRCH))
		return tfs_diagnose(inst, TFS_OP_PIDS, ESRCH, text, path);
	if (tfs_append(path, text))
		return tfs_diagnose(inst, TFS_OP_PIDS, errno, text, path);
	if (!tfs_holds(path, text, TFS_SHOWS_LINE))
		return tfs_diagnose(inst, TFS_OP_PIDS, TFS_NOT_TAKEN, text, path);
	return NULL;
}

/* ---- what nobody wrote down ---- */

/*
 * Without its journal an instance has only a pid to go by. A living process with that pid is given
 * the benefit of the doubt; an instance in use cannot be removed anyway, the kernel says EBUSY
 * while its pipes are open.
 */
static bool is_orphan(const char *name)
{
	char tail;
	int pid;

	return sscanf(name, "tasklife-%d-%c", &pid, &tail) == 2 && pid > 0 && kill(pid, 0) &&
	       errno == ESRCH;
}

struct tl_err *tfs_instance_orphans(const char *tracefs, unsigned *ret_n)
{
	auto_free char *dir = tfs_path(tracefs, "instances");
	struct tl_err *err = NULL;
	struct dirent *d;
	DIR *dp = dir ? opendir(dir) : NULL;

	if (!dp && (errno == EACCES || errno == EPERM)) {
		err = tl_err_os(errno, N_("cannot see what recordings left behind"), NULL, dir);
		return tl_err_hint(tl_err_cause(err, N_("only root may trace the kernel"), NULL),
				   N_("run it as root: sudo tasklife ..."), NULL);
	}
	while (dp && (d = readdir(dp))) {
		auto_free char *path = is_orphan(d->d_name) ? tfs_path(dir, "%s", d->d_name) : NULL;

		if (!path)
			continue;
		if (!rmdir(path))
			(*ret_n)++;
		else if (!err && errno != ENOENT && errno != EBUSY)
			err = tl_err_os(errno, N_("cannot put back '%s'"), path, path);
	}
	if (dp)
		closedir(dp);
	return err;
}
