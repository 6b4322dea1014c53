/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Roles of kernel functions, in both directions: name to role (for frames of a stack), role to
 * names (for filters of a recording). Everything known stands in functions.def; here is only the
 * looking up.
 */
#include <string.h>

#include "base/guard.h"
#include "names.h"
#include "tasklife/facts.h"

#define INDEX_OF_FUNCTIONS
#include "facts_index.h"

static const struct tl_function_row function_rows[] = {
#define ROLE(id, name, summary)
#define FUNCTION(role, name, arch, cite) { TL_ROLE_##role, name, arch, cite },
#include "functions.def"
#undef FUNCTION
#undef ROLE
};

static const struct {
	const char *id, *summary;
} roles[TL_ROLES] = {
#define FUNCTION(role, name, arch, cite)
#define ROLE(id, name, summary) [TL_ROLE_##id] = { name, summary },
#include "functions.def"
#undef ROLE
#undef FUNCTION
};

/* ---- names ---- */

/* What compilers put behind a '.'; numbers may follow. */
static const char *const suffixes[] = {"isra", "part",     "constprop",  "cold",
				       "llvm", "lto_priv", "localalias", "__uniq"};

static bool is_suffix(const char *s, size_t n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t len = strlen(suffixes[i]);

		if (n >= len && !memcmp(s, suffixes[i], len) && (n == len || s[len] == '.'))
			return true;
	}
	return false;
}

size_t tl_function_base(const char *name, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (name[i] == ' ' && name[0] != '[')
			return i; /* " [module]" */
		if (name[i] == '.' && is_suffix(name + i + 1, n - i - 1))
			return i;
	}
	return n;
}

static const struct tl_function_row *exact_row(const char *name, size_t n)
{
	size_t at = name_hash(name, n) & (FUNCTION_SLOTS - 1);

	for (; function_slots[at] != NO_ROW; at = (at + 1) & (FUNCTION_SLOTS - 1)) {
		const struct tl_function_row *row = &function_rows[function_slots[at]];

		if (strlen(row->name) == n && !memcmp(row->name, name, n))
			return row;
	}
	return NULL;
}

/* '*' stands for any bytes; the usual walk that remembers the last star. */
static bool glob_matches(const char *glob, const char *s, size_t n)
{
	const char *star = NULL;
	size_t i = 0, back = 0;

	while (i < n) {
		if (*glob == '*') {
			star = glob++;
			back = i;
		} else if (*glob == s[i]) {
			glob++;
			i++;
		} else if (star) {
			glob = star + 1;
			i = ++back;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}

static const struct tl_function_row *glob_row(const char *name, size_t n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(glob_rows); i++)
		if (glob_matches(function_rows[glob_rows[i]].name, name, n))
			return &function_rows[glob_rows[i]];
	return NULL;
}

/*
 * Every way a system call's function is named: wrappers of x86 and arm64, their 32-bit doors, and
 * the SYSCALL_DEFINE layers (include/linux/syscalls.h). Longest first where one begins another.
 */
static const char *const wrappers[] = {
	"__x64_sys_",
	"__arm64_sys_",
	"__ia32_compat_sys_",
	"__ia32_sys_",
	"__x32_compat_sys_",
	"__arm64_compat_sys_",
	"__se_compat_sys_",
	"__do_compat_sys_",
	"__se_sys_",
	"__do_sys_",
	"compat_SyS_",
	"compat_sys_",
	"SyS_",
};

static const struct tl_function_row *syscall_row(const char *name, size_t n)
{
	char plain[64] = "sys_";

	for (unsigned i = 0; i < ARRAY_SIZE(wrappers); i++) {
		size_t len = strlen(wrappers[i]);

		if (n <= len || n - len > sizeof(plain) - 4 || memcmp(name, wrappers[i], len) != 0)
			continue;
		memcpy(plain + 4, name + len, n - len);
		return exact_row(plain, 4 + n - len);
	}
	return NULL;
}

size_t tl_syscall_part(const char *name, size_t n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(wrappers); i++) {
		size_t len = strlen(wrappers[i]);

		if (n > len && !memcmp(name, wrappers[i], len))
			return len;
	}
	return n > 4 && !memcmp(name, "sys_", 4) ? 4 : 0;
}

enum tl_role tl_role_of(const char *name, size_t n)
{
	const struct tl_function_row *row;

	n = tl_function_base(name, n);
	row = exact_row(name, n);
	if (!row)
		row = syscall_row(name, n);
	if (!row)
		row = glob_row(name, n);
	return row ? row->role : TL_ROLE_NONE;
}

/* ---- roles ---- */

static bool is_role(enum tl_role role)
{
	return role > TL_ROLE_NONE && role < TL_ROLES;
}

const char *tl_role_id(enum tl_role role)
{
	return is_role(role) ? roles[role].id : "none";
}

const char *tl_role_summary(enum tl_role role)
{
	return is_role(role) ? roles[role].summary : NULL;
}

enum tl_role tl_role_named(const char *id)
{
	for (unsigned i = 1; i < TL_ROLES; i++)
		if (!strcmp(roles[i].id, id))
			return i;
	return TL_ROLE_NONE;
}

const struct tl_function_row *tl_role_rows(enum tl_role role, unsigned *ret_n)
{
	const struct tl_function_row *first = NULL;

	*ret_n = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(function_rows); i++) {
		if (function_rows[i].role != role)
			continue;
		if (!first)
			first = &function_rows[i];
		++*ret_n;
	}
	return first;
}

bool tl_role_is_trap(enum tl_role role)
{
	return role >= TL_ROLE_TRAP_SYSCALL && role <= TL_ROLE_STUB_RETURN_HOOK;
}

bool tl_role_is_stub(enum tl_role role)
{
	return role >= TL_ROLE_STUB_RET_SYSCALL && role <= TL_ROLE_STUB_RETURN_HOOK;
}

bool tl_role_is_irq_entry(enum tl_role role)
{
	return role == TL_ROLE_TRAP_PAGE_FAULT || role == TL_ROLE_TRAP_EXC;
}
