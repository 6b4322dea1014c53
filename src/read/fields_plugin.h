/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The forms trace-cmd's plugins give some events: "sched_switch: bash:2124 [120] S ==> x:2466
 * [120]".
 */
#ifndef READ_FIELDS_PLUGIN_H
#define READ_FIELDS_PLUGIN_H

#include "tasklife/read.h"

/* False when this event has no such form or the text is not in it. */
bool fields_from_plugin(const struct tl_event_row *row, struct tl_str payload,
			struct tl_fields *ret);

/* The same for a usual line (text_usual.h): where the fields end, or NULL. */
const char *usual_from_plugin(const struct tl_event_row *row, const char *p, struct tl_fields *ret);

#endif
