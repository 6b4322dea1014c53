/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One task as the iterator writes it: what passes from the BPF program to the loader. */
#ifndef BPF_TASK_ROW_H
#define BPF_TASK_ROW_H

#include <linux/types.h>

#define FIELD(id, group, form, path, says) TASK_SLOT_##id,
#define FIELD_WAS(id, group, form, path, older, says) TASK_SLOT_##id,
enum {
#include "facts/task_fields.def"
	TASK_SLOTS
};
#undef FIELD_WAS
#undef FIELD

#define TASK_NS_MOST	8  /* pid namespaces one in another; the kernel allows 32 */
#define TASK_STACK_MOST 48 /* frames */

struct task_row {
	__u64 addr; /* of the task_struct */
	__u64 have[2]; /* a bit per slot: this kernel has that field */
	char comm[16];
	__u32 ns[TASK_NS_MOST]; /* inode number of each pid namespace, outermost first; 0 none */
	__s32 nr[TASK_NS_MOST]; /* its pid there */
	__u64 v[TASK_SLOTS]; /* signed ones extended */
	__s32 n_stack; /* frames; < 0: -errno; the row ends here when stacks were not asked for */
	__u32 pad;
	__u64 stack[TASK_STACK_MOST];
};
#define TASK_ROW_SHORT __builtin_offsetof(struct task_row, n_stack)
_Static_assert(TASK_ROW_SHORT % 8 == 0 && sizeof(struct task_row) % 8 == 0,
	       "rows stand one after the other in a buffer");

#endif
