/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands in a task_struct: its fields, and the names of the numbers in them. */
#include <string.h>
#include "base/guard.h"
#include "tasklife/facts.h"

/* ---- names of numbers ---- */

#define V(major, minor) TL_RELEASE(major, minor)
#define OLD TL_RELEASE(5, 10) /* the oldest read */
#define NOW 0xffff
/* "x86: Use generic TIF bits"; seen on 6.18 by what prctl(PR_SET_TSC) sets */
#define GENERIC V(6, 18)
#define ANY TL_ARCH_UNKNOWN
#define X86 TL_ARCH_X86
#define ARM64 TL_ARCH_ARM64
#define ARM TL_ARCH_ARM
#define IN(arch, value, since, until) {value, since, until, arch}
#define FLAG(set, name, says, cite, ...) {TL_FLAGS_##set, name, says, cite, {__VA_ARGS__}},
static const struct tl_flag_row flags[] = {
#include "facts/task_flags.def"
};
#undef FLAG
#undef IN

const struct tl_flag_row *tl_flag_rows(unsigned *ret_n)
{
	*ret_n = ARRAY_SIZE(flags);
	return flags;
}

const struct tl_flag_at *tl_flag_at(const struct tl_flag_row *row, enum tl_arch arch,
				    unsigned release)
{
	for (const struct tl_flag_at *at = row->at; at < row->at + TL_FLAG_PLACES && at->until;
	     at++)
		if ((at->arch == TL_ARCH_UNKNOWN || at->arch == arch) && release >= at->since &&
		    release < at->until)
			return at;
	return NULL;
}

static bool has(enum tl_flag_set set, uint64_t names, uint64_t number)
{
	bool whole = set == TL_FLAGS_POLICY || !names; /* a number, not bits */

	return whole ? names == number : (number & names) != 0;
}

const struct tl_flag_row *tl_flag_next(enum tl_flag_set set, enum tl_arch arch, unsigned release,
				       uint64_t *number, unsigned *it)
{
	while (*it < ARRAY_SIZE(flags)) {
		const struct tl_flag_row *row = &flags[(*it)++];
		const struct tl_flag_at *at =
			row->set == set ? tl_flag_at(row, arch, release) : NULL;

		if (!at || !has(set, at->value, *number))
			continue;
		*number = set == TL_FLAGS_POLICY ? 0 : *number & ~at->value;
		if (!at->value)
			*it = ARRAY_SIZE(flags);
		return row;
	}
	return NULL;
}

unsigned tl_release_of(const char *text)
{
	unsigned v[2] = {0, 0};

	for (unsigned i = 0; i < ARRAY_SIZE(v); i++) {
		for (; *text >= '0' && *text <= '9'; text++)
			v[i] = v[i] * 10 + (*text - '0') > 255 ? 255 : v[i] * 10 + (*text - '0');
		if (*text++ != '.')
			break;
	}
	return TL_RELEASE(v[0], v[1]);
}

/* ---- fields ---- */

#define FIELD(id, group, form, path, says)                                                         \
	{#id, #path, NULL, TL_GROUP_##group, TL_FORM_##form, says},
#define FIELD_WAS(id, group, form, path, older, says)                                              \
	{#id, #path, #older, TL_GROUP_##group, TL_FORM_##form, says},
static const struct tl_task_field_row fields[] = {
#include "facts/task_fields.def"
};
#undef FIELD_WAS
#undef FIELD

static const char *const groups[] = {
	[TL_GROUP_HIDDEN] = "",
	[TL_GROUP_WHO] = N_("who it is"),
	[TL_GROUP_STATE] = N_("what it is doing"),
	[TL_GROUP_KIN] = N_("whom it belongs to"),
	[TL_GROUP_TIME] = N_("what it has used"),
	[TL_GROUP_SCHED] = N_("how it is scheduled"),
	[TL_GROUP_SIGNALS] = N_("signals"),
	[TL_GROUP_END] = N_("its end"),
	[TL_GROUP_MEMORY] = N_("memory"),
	[TL_GROUP_REGS] = N_("registers saved at its last switch"),
	[TL_GROUP_THREAD_INFO] = N_("thread_info"),
};

const struct tl_task_field_row *tl_task_field_row_of(enum tl_task_field f)
{
	return (unsigned)f < ARRAY_SIZE(fields) ? &fields[f] : NULL;
}

enum tl_task_field tl_task_field_named(const char *name, size_t n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(fields); i++)
		if (strlen(fields[i].id) == n && !memcmp(fields[i].id, name, n))
			return i;
	return TL_TASK_FIELDS;
}

const char *tl_task_group_name(enum tl_task_group g)
{
	return (unsigned)g < ARRAY_SIZE(groups) ? groups[g] : "";
}

bool tl_task_form_flags(enum tl_task_form form, enum tl_flag_set *ret)
{
	static const struct {
		enum tl_task_form form;
		enum tl_flag_set set;
	} sets[] = {
		{TL_FORM_TASK_STATE, TL_FLAGS_TASK_STATE},
		{TL_FORM_EXIT_STATE, TL_FLAGS_EXIT_STATE},
		{TL_FORM_PF, TL_FLAGS_PF},
		{TL_FORM_POLICY, TL_FLAGS_POLICY},
		{TL_FORM_PTRACE, TL_FLAGS_PTRACE},
		{TL_FORM_JOBCTL, TL_FLAGS_JOBCTL},
		{TL_FORM_SIGNAL_FLAGS, TL_FLAGS_SIGNAL},
		{TL_FORM_TIF, TL_FLAGS_TIF},
		{TL_FORM_SYSCALL_WORK, TL_FLAGS_SYSCALL_WORK},
		{TL_FORM_TS, TL_FLAGS_TS},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(sets); i++)
		if (sets[i].form == form) {
			*ret = sets[i].set;
			return true;
		}
	return false;
}
