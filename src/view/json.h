/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON of a life and of a trace, for forms that hold it inside. */
#ifndef VIEW_JSON_H
#define VIEW_JSON_H

#include "base/json.h"
#include "tasklife/view.h"

void json_task(struct json *j, const char *key, const struct tl_told *told);
void json_trace(struct json *j, const char *key, const struct tl_trailer *trailer);

#endif
