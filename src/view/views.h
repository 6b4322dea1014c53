/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The views themselves, for the list. */
#ifndef VIEW_VIEWS_H
#define VIEW_VIEWS_H

#include "tasklife/view.h"

#define VIEW(name) extern const struct tl_view view_##name;
#include "view/all.def"
#undef VIEW

#endif
