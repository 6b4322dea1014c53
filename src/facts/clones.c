/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Clone flags by bit, as include/uapi/linux/sched.h names them. Bit 7 is CLONE_NEWTIME of clone3
 * (5.6); up to 5.2 it is part of the exit signal, whose numbers do not reach it.
 */
#include "base/guard.h"
#include "tasklife/facts.h"

static const char *const clone_flags[] = {
	[7] = "NEWTIME", /* 5.6, clone3 and unshare only */
	[8] = "VM",
	[9] = "FS",
	[10] = "FILES",
	[11] = "SIGHAND",
	[12] = "PIDFD", /* 5.2 */
	[13] = "PTRACE",
	[14] = "VFORK",
	[15] = "PARENT",
	[16] = "THREAD",
	[17] = "NEWNS",
	[18] = "SYSVSEM",
	[19] = "SETTLS",
	[20] = "PARENT_SETTID",
	[21] = "CHILD_CLEARTID",
	[22] = "DETACHED",
	[23] = "UNTRACED",
	[24] = "CHILD_SETTID",
	[25] = "NEWCGROUP",
	[26] = "NEWUTS",
	[27] = "NEWIPC",
	[28] = "NEWUSER",
	[29] = "NEWPID",
	[30] = "NEWNET",
	[31] = "IO",
	[32] = "CLEAR_SIGHAND", /* 5.5 */
	[33] = "INTO_CGROUP",   /* 5.7 */
	/* 7.1: 07c3ef58223e, 9d4e752a24f7 */
	[34] = "AUTOREAP",
	[35] = "NNP",
	[36] = "PIDFD_AUTOKILL",
	[37] = "EMPTY_MNTNS",
};

const char *tl_clone_flag_name(unsigned bit)
{
	return bit < ARRAY_SIZE(clone_flags) ? clone_flags[bit] : NULL;
}
