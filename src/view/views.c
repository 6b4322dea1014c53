/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of views, from all.def. */
#include <string.h>
#include "base/guard.h"
#include "view/views.h"

static const struct tl_view *const views[] = {
#define VIEW(name) &view_##name,
#include "view/all.def"
#undef VIEW
};

const struct tl_view *const *tl_views(unsigned *ret_n)
{
	*ret_n = ARRAY_SIZE(views);
	return views;
}

const struct tl_view *tl_view_named(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(views); i++)
		if (!strcmp(views[i]->name, name))
			return views[i];
	return NULL;
}
