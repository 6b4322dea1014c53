/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passes from the BPF program to the loader. */
#ifndef BPF_EXIT_RECORD_H
#define BPF_EXIT_RECORD_H

#include <linux/types.h>

#define CALL_UNKNOWN (-2) /* -1: in no system call */

struct call_record {
	__s32 nr;
	__u32 compat; /* the number is a 32-bit program's */
};

struct exit_record {
	__u64 t; /* CLOCK_MONOTONIC, the trace clock `mono` */
	__s32 tid, tgid;
	__s32 exit_code, group_exit_code;
	__u32 signal_flags;
	__u32 unwanted; /* its parent leaves no zombies */
	__u32 cpu;
	struct call_record call;
	char comm[16];
};

#define EXEC_TEXT 1024 /* a power of two; a side fact holds less */

struct exec_record {
	__u64 t; /* as above */
	__s32 tid;
	__u32 cpu;
	__u32 n;
	char text[EXEC_TEXT]; /* arguments, a NUL behind each */
};

enum rseq_area { AREA_UNKNOWN, AREA_NONE, AREA_GOOD, AREA_BAD, AREA_OTHER };

struct signal_record {
	__u64 t; /* as above */
	__u64 cgroup; /* id in the unified hierarchy */
	__s32 tid, target; /* who was running, and who gets it */
	__s32 sig;
	__u32 n;
	struct call_record call;
	__s32 trap;
	__u32 cpu;
	__u8 rseq, leads, limit, pad; /* enum rseq_area */
	char text[EXEC_TEXT]; /* the command line of who was running */
};

#endif
