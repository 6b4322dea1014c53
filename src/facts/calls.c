/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include "base/guard.h"
#include "tasklife/facts.h"

static const struct {
	const char *name;
	int x86_64, i386, arm64, arm;
} calls[] = {
	[TL_CALL_NONE] = { "none", -1, -1, -1, -1 },
	[TL_CALL_OTHER] = { "other", -2, -2, -2, -2 },
	[TL_CALL_UNWATCHED] = { "unwatched", -3, -3, -3, -3 },
#define CALL(id, name, x86_64, i386, arm64, arm) [TL_CALL_##id] = {name, x86_64, i386, arm64, arm},
#include "calls.def"
#undef CALL
};

static int number_of(unsigned i, enum tl_arch arch, bool compat)
{
	switch (arch) {
	case TL_ARCH_X86: return compat ? calls[i].i386 : calls[i].x86_64;
	case TL_ARCH_ARM64: return compat ? calls[i].arm : calls[i].arm64;
	case TL_ARCH_ARM: return calls[i].arm;
	case TL_ARCH_UNKNOWN: break;
	}
	return -2;
}

enum tl_call tl_call_numbered(enum tl_arch arch, bool compat, int nr)
{
	if (arch == TL_ARCH_UNKNOWN || nr < -1)
		return TL_CALL_UNKNOWN;
	for (unsigned i = TL_CALL_NONE; i < ARRAY_SIZE(calls); i++)
		if (number_of(i, arch, compat) == nr)
			return (enum tl_call)i;
	return TL_CALL_OTHER;
}

enum tl_call tl_call_named(const char *name, size_t n)
{
	for (unsigned i = TL_CALL_NONE; i < ARRAY_SIZE(calls); i++)
		if (strlen(calls[i].name) == n && !memcmp(calls[i].name, name, n))
			return (enum tl_call)i;
	return TL_CALL_UNKNOWN;
}

const char *tl_call_name(enum tl_call call)
{
	return call > TL_CALL_UNKNOWN && call < TL_CALLS ? calls[call].name : NULL;
}
