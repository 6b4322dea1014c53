/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * facts/: what is known of kernels. Tables only: no I/O, no state.
 *
 * Law of this header: everything returned is a borrowed constant.
 */
#ifndef TASKLIFE_FACTS_H
#define TASKLIFE_FACTS_H

#include "types.h"

enum tl_arch { TL_ARCH_UNKNOWN, TL_ARCH_X86, TL_ARCH_ARM64, TL_ARCH_ARM };

/* ---- events (facts/events.def) ---- */

enum tl_field_type { TL_FT_INT, TL_FT_HEX, TL_FT_STR, TL_FT_STATE, TL_FT_BOOL };

enum tl_event_flags {
	TL_EVF_LIVES = 1,	/* rare: recorded system-wide, in the buffer `lives` */
	TL_EVF_FAMILY = 2,	/* frequent: recorded for the traced tasks, in `family` */
	TL_EVF_STACK = 4,	/* recorded with a stack trigger */
	TL_EVF_OPTIONAL = 8,	/* not on every kernel */
	TL_EVF_ON_REQUEST = 16, /* only where the user accepts its price */
};

struct tl_field_row {
	const char *name;    /* in the kernel's format file */
	const char *printed; /* key in the text */
	enum tl_field_type type;
};

#define TL_FIELDS_MAX 8

struct tl_event_row {
	uint16_t id; /* enum tl_event_id */
	uint16_t flags;
	const char *system, *name;
	const struct tl_field_row *field;
	unsigned n_fields;
};

enum tl_event_id {
#define FIELD(ev, f, type, printed)
#define EV(id, sys, name, flags, ...) TL_EVENT_##id,
#include "../../src/facts/events.def"
#undef EV
#undef FIELD
	TL_EVENTS,
};

/* TL_F_SIGNAL_GENERATE_sig and so on: the index of a field in its row and in struct tl_fields. */
#define FIELD(ev, f, type, printed) TL_F_##ev##_##f,
#define EV(id, sys, name, flags, ...) enum { __VA_ARGS__ TL_NF_##id };
#include "../../src/facts/events.def"
#undef EV
#undef FIELD

const struct tl_event_row *tl_event_row_of(enum tl_event_id id);
/* By name as traces print it; NULL: an event we do not model. */
const struct tl_event_row *tl_event_row_named(const char *name, size_t n);

/* ---- signals, their codes, and clone flags (facts/signals.c, clones.c) ---- */

/* "SIGKILL"; real-time ones "SIGRTMIN+3"; NULL for none of them. Numbers as on x86, arm and arm64.
 */
const char *tl_signal_name(int sig);
/* "SI_USER", "SEGV_MAPERR", "CLD_KILLED"; NULL: unknown. The kernel's
 * include/uapi/asm-generic/siginfo.h */
const char *tl_sigcode_name(int sig, int code);
/* The i-th code there is a name for, any order; NULL past the end. */
const char *tl_sigcode_at(unsigned i);
/* Does the default action write a core: 3 4 5 6 7 8 11 24 25 31. */
bool tl_signal_dumps_core(int sig);
/* Does the default action end the process. */
bool tl_signal_kills(int sig);
/* "queued", "ignored", "already_pending", "overflow", "lost_info": TRACE_SIGNAL_* */
const char *tl_sigresult_name(int result);

/* Name of clone flag bit number `bit` without CLONE_, NULL when it has none. The low byte is the
 * exit signal up to 5.2 (TL_CLONE_CSIGNAL), where it can be told. */
const char *tl_clone_flag_name(unsigned bit);
enum {
	TL_CLONE_VM = 0x100,
	TL_CLONE_VFORK = 0x4000,
	TL_CLONE_PARENT = 0x8000,
	TL_CLONE_THREAD = 0x10000,
	TL_CLONE_UNTRACED = 0x800000,
};

/* ---- task states: one letter each, as the kernel prints them ---- */

/* A word for a state letter: 'S' "sleeping", 'D' "uninterruptible" ... as a msgid; NULL: unknown.
 */
const char *tl_state_word(char letter);
/* The i-th letter there is a word for; 0 past the end. */
char tl_state_at(unsigned i);
/* The letter for a sched_switch prev_state number of a 4.14+ kernel; '+' (0x100) is not part of it.
 * include/trace/events/sched.h __print_flags of prev_state. */
char tl_state_letter(int64_t bits);

/* ---- what stands in a task_struct (facts/task_fields.def, task_flags.def) ---- */

/* A kernel release as a number that compares: TL_RELEASE(6, 12). */
#define TL_RELEASE(major, minor) ((unsigned)((major) << 8 | (minor)))
/* Of "6.12.107+deb13-cloud-amd64"; 0: none. */
unsigned tl_release_of(const char *text);

enum tl_flag_set {
	TL_FLAGS_TASK_STATE,
	TL_FLAGS_EXIT_STATE,
	TL_FLAGS_PF,
	TL_FLAGS_POLICY,
	TL_FLAGS_PTRACE,
	TL_FLAGS_JOBCTL,
	TL_FLAGS_SIGNAL,
	TL_FLAGS_TIF,
	TL_FLAGS_SYSCALL_WORK,
	TL_FLAGS_TS,
	TL_FLAGS_PREEMPT,
};

struct tl_flag_at {
	uint64_t value;
	uint16_t since, until; /* releases; until is the first without it */
	uint8_t arch;	       /* enum tl_arch; TL_ARCH_UNKNOWN: all */
};

#define TL_FLAG_PLACES 7
struct tl_flag_row {
	enum tl_flag_set set;
	const char *name; /* as the kernel's source spells it */
	const char *says; /* msgid: one sentence */
	const char *cite;
	struct tl_flag_at at[TL_FLAG_PLACES]; /* until 0: no more */
};
const struct tl_flag_row *tl_flag_rows(unsigned *ret_n);
/* Where this kernel has it; NULL: it has not, or it is not known. */
const struct tl_flag_at *tl_flag_at(const struct tl_flag_row *row, enum tl_arch arch,
				    unsigned release);
/* The names in a number, one by one: `it` starts at 0; what has been named is taken out of *number.
 * NULL at the end. */
const struct tl_flag_row *tl_flag_next(enum tl_flag_set set, enum tl_arch arch, unsigned release,
				       uint64_t *number, unsigned *it);

enum tl_task_group {
	TL_GROUP_HIDDEN, /* told with another field */
	TL_GROUP_WHO,
	TL_GROUP_STATE,
	TL_GROUP_KIN,
	TL_GROUP_TIME,
	TL_GROUP_SCHED,
	TL_GROUP_SIGNALS,
	TL_GROUP_END,
	TL_GROUP_MEMORY,
	TL_GROUP_REGS,
	TL_GROUP_THREAD_INFO,
	TL_TASK_GROUPS,
};

enum tl_task_form {
	TL_FORM_INT,
	TL_FORM_HEX,
	TL_FORM_PTR,
	TL_FORM_CODE,
	TL_FORM_NS,
	TL_FORM_TIME,
	TL_FORM_TASK,
	TL_FORM_SIGSET,
	TL_FORM_SIGNAL,
	TL_FORM_EXIT_SIGNAL,
	TL_FORM_EXIT_CODE,
	/* numbers with names */
	TL_FORM_TASK_STATE,
	TL_FORM_EXIT_STATE,
	TL_FORM_PF,
	TL_FORM_POLICY,
	TL_FORM_PTRACE,
	TL_FORM_JOBCTL,
	TL_FORM_SIGNAL_FLAGS,
	TL_FORM_TIF,
	TL_FORM_SYSCALL_WORK,
	TL_FORM_TS,
	TL_FORM_PREEMPT,
};

enum tl_task_field {
#define FIELD(id, group, form, path, says) TL_TASK_##id,
#define FIELD_WAS(id, group, form, path, older, says) TL_TASK_##id,
#include "../../src/facts/task_fields.def"
#undef FIELD_WAS
#undef FIELD
	TL_TASK_FIELDS,
};

struct tl_task_field_row {
	const char *id;	   /* what users type and JSON says */
	const char *path;  /* from a struct task_struct */
	const char *older; /* the same in older kernels, or NULL */
	enum tl_task_group group;
	enum tl_task_form form;
	const char *says; /* msgid */
};
const struct tl_task_field_row *tl_task_field_row_of(enum tl_task_field f);
enum tl_task_field tl_task_field_named(const char *name, size_t n); /* TL_TASK_FIELDS: none */
const char *tl_task_group_name(enum tl_task_group g);		      /* msgid */
/* The names its numbers have; false: they are plain numbers. */
bool tl_task_form_flags(enum tl_task_form form, enum tl_flag_set *ret);

/* ---- roles of kernel functions (facts/functions.def) ---- */

enum tl_role {
	TL_ROLE_NONE = 0,
#define FUNCTION(role, name, arch, cite)
#define ROLE(id, name, summary) TL_ROLE_##id,
#include "../../src/facts/functions.def"
#undef ROLE
#undef FUNCTION
	TL_ROLES,
};

/*
 * The role of a function as a trace or kallsyms names it (compiler suffixes .isra.N .part.N
 * .constprop.N .cold .llvm.N and module marks are cut first). TL_ROLE_NONE for one that plays none.
 */
enum tl_role tl_role_of(const char *name, size_t n);
/* "fork" style lower-case id of a role. */
const char *tl_role_id(enum tl_role role);
const char *tl_role_summary(enum tl_role role); /* msgid */
enum tl_role tl_role_named(const char *id); /* by its id; TL_ROLE_NONE: no such role */

/* Frames between user space and the kernel's work: views dim them. */
bool tl_role_is_trap(enum tl_role role);
/* Assembly labels whose +0x0 is true, because it was loaded as a return address by hand. */
bool tl_role_is_stub(enum tl_role role);
/* Exception and interrupt entries: the frame below is an interrupted pc, no return address. */
bool tl_role_is_irq_entry(enum tl_role role);

struct tl_function_row {
	enum tl_role role;
	const char *name; /* a glob with '*' only */
	const char *arch; /* "*", "x86", "arm64", "arm" */
	const char *cite; /* kernel commit, release or trace it rests on */
};
/* Rows of one role, newest kernel's name first; *ret_n of them. */
const struct tl_function_row *tl_role_rows(enum tl_role role, unsigned *ret_n);

/* ---- system calls (facts/calls.def) ---- */

enum tl_call {
	TL_CALL_UNKNOWN = 0, /* not told */
	TL_CALL_NONE,	     /* in no system call */
	TL_CALL_OTHER,	     /* in one that no life asks for */
	TL_CALL_UNWATCHED,   /* in none of those whose events were recorded (facts/events.def) */
#define CALL(id, name, x86_64, i386, arm64, arm) TL_CALL_##id,
#include "../../src/facts/calls.def"
#undef CALL
	TL_CALLS,
};

/* compat: a 32-bit program's number on a 64-bit kernel. nr -1: in none. */
enum tl_call tl_call_numbered(enum tl_arch arch, bool compat, int nr);
/* "exit_group", "none", "other"; else TL_CALL_UNKNOWN */
enum tl_call tl_call_named(const char *name, size_t n);
const char *tl_call_name(enum tl_call call);		/* NULL for TL_CALL_UNKNOWN */

/* Where a system call's own name begins in its function's name ("__x64_sys_kill": 10); 0: it is no
 * such function. */
size_t tl_syscall_part(const char *name, size_t n);

/* Length of the name without compiler suffixes: "copy_process.part.53" -> 12. */
size_t tl_function_base(const char *name, size_t n);

#endif
