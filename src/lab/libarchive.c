/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include "base/guard.h"
#include "lab/libarchive.h"

#define LIBARCHIVE "libarchive.so.13"

void archive_unload(struct archive_calls *la)
{
	if (la->library)
		dlclose(la->library);
	la->library = NULL;
}

struct tl_err *archive_load(struct archive_calls *la)
{
	bool all = true;

	la->library = dlopen(LIBARCHIVE, RTLD_NOW | RTLD_LOCAL);
	if (!la->library)
		return tl_err_hint(tl_err_new(TL_E_DENIED, N_("cannot load %s"), LIBARCHIVE),
				   N_("install it: apt install libarchive13"), NULL);
#define CALL(name) all = (la->name = (__typeof__(la->name))dlsym(la->library, #name)) && all;
	ARCHIVE_CALLS(CALL)
#undef CALL
	return all ? NULL : tl_err_new(TL_E_DENIED, N_("cannot load %s"), LIBARCHIVE);
}
