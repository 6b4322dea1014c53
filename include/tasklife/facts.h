/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * facts/: what is known of kernels. Tables only: no I/O, no state.
 *
 * Law of this header: everything returned is a borrowed constant.
 */
#ifndef TASKLIFE_FACTS_H
#define TASKLIFE_FACTS_H

#include "types.h"

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

/* "SIGKILL"; real-time ones "SIGRTMIN+3"; NULL for none of them. Numbers as on x86, arm and arm64. */
const char *tl_signal_name(int sig);
/* "SI_USER", "SEGV_MAPERR", "CLD_KILLED"; NULL: unknown. The kernel's include/uapi/asm-generic/siginfo.h */
const char *tl_sigcode_name(int sig, int code);
/* Does the default action write a core: 3 4 5 6 7 8 11 24 25 31. */
bool tl_signal_dumps_core(int sig);
/* Does the default action end the process. */
bool tl_signal_kills(int sig);
/* "queued", "ignored", "already_pending", "overflow", "lost_info": TRACE_SIGNAL_* */
const char *tl_sigresult_name(int result);

/* Name of clone flag bit number `bit` without CLONE_, NULL when it has none. The low byte is the exit signal
 * up to 5.2 (TL_CLONE_CSIGNAL), where it can be told. */
const char *tl_clone_flag_name(unsigned bit);
enum {
	TL_CLONE_VM = 0x100,
	TL_CLONE_VFORK = 0x4000,
	TL_CLONE_PARENT = 0x8000,
	TL_CLONE_THREAD = 0x10000,
	TL_CLONE_UNTRACED = 0x800000,
};

/* ---- task states: one letter each, as the kernel prints them ---- */

/* A word for a state letter: 'S' "sleeping", 'D' "uninterruptible" ... as a msgid; NULL: unknown. */
const char *tl_state_word(char letter);
/* The letter for a sched_switch prev_state number of a 4.14+ kernel; '+' (0x100) is not part of it.
 * include/trace/events/sched.h __print_flags of prev_state. */
char tl_state_letter(int64_t bits);

/* ---- roles of kernel functions (facts/functions.def) ---- */

enum tl_arch { TL_ARCH_UNKNOWN, TL_ARCH_X86, TL_ARCH_ARM64, TL_ARCH_ARM };

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
 * The role of a function as a trace or kallsyms names it (compiler suffixes .isra.N .part.N .constprop.N
 * .cold .llvm.N and module marks are cut first). TL_ROLE_NONE for one that plays none.
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

/* Where a system call's own name begins in its function's name ("__x64_sys_kill": 10); 0: it is no such function. */
size_t tl_syscall_part(const char *name, size_t n);

/* Length of the name without compiler suffixes: "copy_process.part.53" -> 12. */
size_t tl_function_base(const char *name, size_t n);

#endif
